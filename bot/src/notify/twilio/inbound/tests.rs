//! Twilio's own example, what is near to it and not signed, and every status.

use super::*;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const SIGNATURE: &str = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";

fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn example() -> Vec<(String, String)> {
    form(&[
        ("To", "+18005551212"),
        ("Digits", "1234"),
        ("CallSid", "CA1234567890ABCDE"),
        ("From", "+14158675309"),
        ("Caller", "+14158675309"),
    ])
}

fn token() -> Secret {
    Secret::new("12345").unwrap()
}

fn signature(url: &str, params: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
    STANDARD.encode(hmac::sign(&key, format!("{url}{params}").as_bytes()))
}

#[test]
fn the_documented_example_holds_and_nothing_near_it() {
    assert!(verify_signature(&token(), URL, &example(), SIGNATURE));
    assert!(verify_signature(&token(), &URL.replace(".com", ".com:443"), &example(), SIGNATURE), "with its port");
    let mut twice = example();
    twice.extend(form(&[("Digits", "1234")]));
    assert!(verify_signature(&token(), URL, &twice, SIGNATURE), "what is there twice counts once");
    let mut more = example();
    more.extend(form(&[("Digits", "4")]));
    let other = Secret::new("12346").unwrap();
    let table = [
        (&token(), URL, more.as_slice(), SIGNATURE),
        (&token(), URL, &example()[1..], SIGNATURE),
        (&other, URL, &example(), SIGNATURE),
        (&token(), "https://mycompany.com/myapp.php?foo=1&bar=3", &example(), SIGNATURE),
        (&token(), "http://mycompany.com/myapp.php?foo=1&bar=2", &example(), SIGNATURE),
        (&token(), "https://mycompany.com:8443/myapp.php?foo=1&bar=2", &example()[..0], SIGNATURE),
        (&token(), URL, &example(), ""),
        (&token(), URL, &example(), "RSOYDt4T1cUTdK1PDd93/VVr8B8"),
        (&token(), URL, &example(), "RSOYDt4T1cUTdK1PDd93/VVr8B9="),
    ];
    for (row, (token, url, params, header)) in table.into_iter().enumerate() {
        assert!(!verify_signature(token, url, params, header), "row {row}");
    }
}

#[test]
fn both_forms_of_a_port_are_tried_and_no_other() {
    let table = [
        ("https://a.example/x", "https://a.example:443/x", true),
        ("http://a.example/x", "http://a.example:80/x", true),
        ("https://a.example:8443/x", "https://a.example/x", true),
        ("https://[2606:4700::1]/x", "https://[2606:4700::1]:443/x", true),
        ("https://a.example?x=1", "https://a.example:443?x=1", true),
        ("https://a.example/x", "https://a.example:444/x", false),
        ("https://a.example/x", "https://b.example/x", false),
    ];
    for (ours, signed, holds) in table {
        assert_eq!(verify_signature(&token(), ours, &[], &signature(signed, "")), holds, "{ours} by {signed}");
    }
}

#[test]
fn each_status_has_its_stage() {
    let texts = [
        ("accepted", "", Stage::Accepted, None),
        ("queued", "", Stage::Accepted, None),
        ("sending", "", Stage::Accepted, None),
        ("sent", "", Stage::UnderWay, None),
        ("delivered", "", Stage::Delivered, None),
        ("read", "", Stage::Read, None),
        ("canceled", "", Stage::Failed, Some("it was cancelled at Twilio")),
        ("undelivered", "30003", Stage::Failed, Some("the phone was off or out of reach (Twilio 30003)")),
        ("failed", "30099", Stage::Failed, Some("look it up in Twilio's error dictionary (Twilio 30099)")),
        ("failed", "", Stage::Failed, Some("the carrier did not say why")),
    ];
    for (status, code, stage, reason) in texts {
        let params = form(&[("MessageSid", "SM1"), ("MessageStatus", status), ("ErrorCode", code)]);
        let expected = receipt("SM1", status, stage, reason.map(str::to_owned));
        assert_eq!(read_status(&params), Some(expected), "{status}");
    }
    let calls = [
        ("queued", Stage::Accepted, None),
        ("initiated", Stage::Accepted, None),
        ("ringing", Stage::UnderWay, None),
        ("in-progress", Stage::Read, None),
        ("completed", Stage::Read, None),
        ("canceled", Stage::Failed, Some("the call was ended before somebody took it")),
        ("busy", Stage::Failed, Some("the line was busy")),
        ("no-answer", Stage::Failed, Some("nobody took the call")),
        ("failed", Stage::Failed, Some("the call could not be made; check the number")),
    ];
    for (status, stage, reason) in calls {
        let params = form(&[("CallSid", "CA1"), ("CallStatus", status)]);
        let expected = receipt("CA1", status, stage, reason.map(str::to_owned));
        assert_eq!(read_status(&params), Some(expected), "{status}");
    }
    let ended = form(&[("CallSid", "CA1"), ("CallStatus", "completed"), ("CallDuration", "0")]);
    assert_eq!(read_status(&ended).map(|receipt| receipt.stage), Some(Stage::Failed), "nobody took it");
    for params in [form(&[]), form(&[("MessageSid", "SM1"), ("MessageStatus", "new")]), form(&[("CallStatus", "busy")])]
    {
        assert_eq!(read_status(&params), None);
    }
}

#[test]
fn replies_and_keys_are_read() {
    let params = form(&[("MessageSid", "SM1"), ("From", "+491511"), ("To", "+491512"), ("Body", "ack K7QX")]);
    let own = str::to_owned;
    let sms = Sms { sid: own("SM1"), from: own("+491511"), to: own("+491512"), body: own("ack K7QX") };
    assert_eq!((read_sms(&params), read_sms(&params[..3])), (Some(sms), None));
    let table = [
        (Some("4"), Pressed::Acknowledge),
        (Some("6"), Pressed::Nothing),
        (Some("44"), Pressed::Nothing),
        (Some(""), Pressed::Nothing),
        (None, Pressed::Nothing),
    ];
    for (digits, pressed) in table {
        let mut params = form(&[("CallSid", "CA1"), ("To", "+491511")]);
        params.extend(digits.map(|digits| ("Digits".to_owned(), digits.to_owned())));
        assert_eq!(read_digits(&params), Some(Digits { sid: own("CA1"), to: own("+491511"), pressed }), "{digits:?}");
    }
    assert_eq!(read_digits(&form(&[("Digits", "4")])), None);
}
