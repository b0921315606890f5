//! Push messages: ntfy, Gotify and Pushover.

use firebell::notify::Purpose;
use serde_json::json;

use crate::notify::outcomes::{gotify_at, ntfy_at, pushover_at};
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::{gotify, ntfy, pushover};
use crate::notify::support::{address, again, id_of, over, page, patient, reason, setup, wait};

const KEY: &str = "pg1:notice:ana:1";

#[tokio::test]
async fn ntfy_shows_one_message_of_a_page_from_its_beginning_to_its_end() {
    let fake = Fake::start(ntfy::Ntfy::default()).await;
    let notifier = ntfy_at(fake.url.clone(), &patient());
    let to = address("ana-pages");
    let shown = || fake.with(|state| state.shown("ana-pages"));
    fake.fails(Fault::ResetAfter);
    notifier.send(&to, &page(KEY)).await;
    let id = id_of(notifier.send(&to, &again(page(KEY))).await);
    let [held] = shown().try_into().unwrap();
    assert_eq!(
        (held["priority"].as_i64(), held["title"].as_str()),
        (Some(5), Some("(may be a repetition) INC-1 checkout is down"))
    );
    let post = "https://fire.example/p/tok";
    let press = json!({ "action": "http", "label": "Acknowledge", "url": post, "method": "POST", "clear": true });
    assert_eq!((&held["actions"][0], &held["click"]), (&press, &json!("https://fire.example/a/tok")));
    id_of(notifier.send(&to, &over("pg1:withdraw:ana:1", Some(&id))).await);
    let [held] = shown().try_into().unwrap();
    assert_eq!(
        (held["title"].as_str(), held["priority"].as_i64(), held.get("actions")),
        (Some("INC-1 is over"), Some(2), None)
    );
    id_of(notifier.send(&to, &over("pg2:withdraw:ana:1", None)).await);
    assert_eq!(shown().len(), 2, "without a reference it is a message of its own");
}

#[tokio::test]
async fn ntfy_credentials_stay_on_the_operators_server() {
    let fake = Fake::start(ntfy::Ntfy::default()).await;
    let notifier = ntfy_at(fake.url.clone(), &patient());
    id_of(notifier.send(&address("ana-pages"), &page(KEY)).await);
    assert_eq!(fake.with(|state| state.authorization.clone()), format!("Bearer {}", ntfy::TOKEN));
    let other = address(fake.url.join("ana-pages").unwrap().as_str());
    id_of(notifier.send(&other, &page(KEY)).await);
    assert_eq!(fake.with(|state| state.authorization.clone()), "");
    assert!(reason(notifier.send(&address("reserved"), &page(KEY)).await).contains("not open to Firebell"));
    fake.with(|state| state.protected = true);
    assert!(reason(notifier.send(&other, &page(KEY)).await).contains("let everyone write"));
    fake.fails(Fault::Status(401));
    assert_eq!(wait(notifier.send(&address("ana-pages"), &page(KEY)).await), 60);
}

#[tokio::test]
async fn ntfy_knows_a_user_by_a_password_too() {
    let fake = Fake::start(ntfy::Ntfy { protected: true, ..ntfy::Ntfy::default() }).await;
    let with = |auth| {
        let config = firebell::notify::NtfyConfig { base: fake.url.clone(), auth };
        firebell::notify::Notifier::Ntfy(firebell::notify::Ntfy::new(config, &patient()).unwrap())
    };
    let basic =
        firebell::notify::NtfyAuth::Basic { user: "user".to_owned(), password: crate::notify::support::secret("pass") };
    id_of(with(Some(basic)).send(&address("ana-pages"), &page(KEY)).await);
    assert!(reason(with(None).send(&address("ana-pages"), &page(KEY)).await).contains("not open to Firebell"));
}

#[tokio::test]
async fn servers_of_people_that_redirect_are_theirs_to_mend() {
    let (ntfy, gotify) = (Fake::start(ntfy::Ntfy::default()).await, Fake::start(gotify::Gotify::default()).await);
    ntfy.fails(Fault::Status(301));
    let topic = address(ntfy.url.join("ana-pages").unwrap().as_str());
    assert!(reason(ntfy_at(ntfy.url.clone(), &patient()).send(&topic, &page(KEY)).await).contains("redirect"));
    gotify.fails(Fault::Status(301));
    let token = address(&format!("{}?token={}", gotify.url, gotify::TOKEN));
    assert!(reason(gotify_at(gotify.url.clone(), &patient()).send(&token, &page(KEY)).await).contains("redirect"));
    gotify.fails(Fault::Status(301));
    let own = gotify_at(gotify.url.clone(), &patient());
    assert_eq!(wait(own.send(&address(gotify::TOKEN), &page(KEY)).await), 60, "the operator's is not");
}

#[tokio::test]
async fn a_long_text_is_cut_to_what_ntfy_shows() {
    let fake = Fake::start(ntfy::Ntfy::default()).await;
    let mut message = page(KEY);
    message.text = "ü🔥".repeat(2_000);
    id_of(ntfy_at(fake.url.clone(), &patient()).send(&address("t"), &message).await);
    let length = fake.with(|state| state.messages[0]["message"].as_str().unwrap().len());
    assert!((3_800..4_000).contains(&length), "{length}");
}

#[test]
fn addresses_of_push_messages_are_checked() {
    let public = firebell::notify::Setup { guard: firebell::notify::guard::Guard::default(), ..setup() };
    let base: firebell::notify::Url = "https://push.example".parse().unwrap();
    let (ntfy, gotify) = (ntfy_at(base.clone(), &public), gotify_at(base.clone(), &public));
    let pushover = pushover_at(base, &public);
    let user = pushover::USER;
    let table = [
        (&ntfy, "ana-pages_1", true),
        (&ntfy, "https://ntfy.example.org/ana", true),
        (&ntfy, "https://ntfy.example.org/below/ana", false),
        (&ntfy, "https://ntfy.example.org/", false),
        (&ntfy, "https://ntfy.example.org/a?x=1", false),
        (&ntfy, "https://127.0.0.1/ana", false),
        (&ntfy, "https://u:p@ntfy.example.org/ana", false),
        (&ntfy, "http://ntfy.example.org/ana", false),
        (&ntfy, "a b", false),
        (&ntfy, "", false),
        (&gotify, gotify::TOKEN, true),
        (&gotify, "https://gotify.example.org/?token=AbCdEfGhIjKlMnO", true),
        (&gotify, "https://gotify.example.org/", false),
        (&gotify, "https://gotify.example.org/?token=CbCdEfGhIjKlMnO", false),
        (&gotify, "https://10.0.0.1/?token=AbCdEfGhIjKlMnO", false),
        (&gotify, "CbCdEfGhIjKlMnO", false),
        (&pushover, user, true),
        (&pushover, &format!("{user}/phone"), true),
        (&pushover, &format!("{user}/"), false),
        (&pushover, &user[1..], false),
        (&pushover, "ana@example.org", false),
    ];
    for (notifier, text, passes) in table {
        assert_eq!(notifier.check(&address(text)).is_ok(), passes, "{text}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_calls_nobody() {
    let fake = Fake::start(ntfy::Ntfy::default()).await;
    let public = firebell::notify::Setup { guard: firebell::notify::guard::Guard::default(), ..patient() };
    let notifier = ntfy_at("https://push.example".parse().unwrap(), &public);
    let inside = address(fake.url.join("ana-pages").unwrap().as_str());
    assert!(reason(notifier.send(&inside, &page(KEY)).await).contains("https://"));
    assert_eq!(fake.with(|state| state.messages.len()), 0);
}

#[tokio::test]
async fn gotify_shows_how_urgent_it_is_and_where_to_acknowledge() {
    let fake = Fake::start(gotify::Gotify::default()).await;
    let notifier = gotify_at(fake.url.clone(), &patient());
    let to = address(gotify::TOKEN);
    assert_eq!(id_of(notifier.send(&to, &page(KEY)).await), "1");
    assert_eq!(id_of(notifier.send(&to, &over("k", Some("1"))).await), "2");
    let held = fake.with(|state| state.messages.clone());
    assert_eq!((&held[0]["priority"], &held[1]["priority"]), (&json!(10), &json!(1)));
    assert_eq!(held[0]["extras"]["client::notification"]["click"]["url"], "https://fire.example/a/tok");
    assert!(held[0]["message"].as_str().unwrap().ends_with("Acknowledge: https://fire.example/a/tok"));
    let unknown = address("AxCdEfGhIjKlMnO");
    assert!(reason(notifier.send(&unknown, &page(KEY)).await).contains("make an application"));
    let url = address(&format!("{}?token={}", fake.url, gotify::TOKEN));
    assert_eq!(id_of(notifier.send(&url, &page(KEY)).await), "3");
}

#[tokio::test]
async fn pushover_repeats_a_page_until_it_is_over() {
    let fake = Fake::start(pushover::Pushover::default()).await;
    let notifier = pushover_at(fake.url.clone(), &patient());
    let to = address(pushover::USER);
    let receipt = id_of(notifier.send(&to, &page(KEY)).await);
    assert_eq!(fake.with(|state| state.repeating.clone()), [receipt.as_str()]);
    let form = fake.with(|state| state.messages[0].clone());
    let expected = [
        ("priority", "2"),
        ("sound", "siren"),
        ("url", "https://fire.example/a/tok"),
        ("callback", "https://fire.example/p/tok"),
        ("title", "INC-1 checkout is down"),
    ];
    assert_eq!(expected.map(|(name, _)| form.get(name)), expected.map(|(_, value)| value));
    fake.fails(Fault::Busy(503, 4));
    assert_eq!(wait(notifier.send(&to, &over("k", Some(&receipt))).await), 4, "it still repeats");
    for attempt in ["it repeats", "it is cancelled"] {
        id_of(notifier.send(&to, &over("k", Some(&receipt))).await);
        assert_eq!(
            fake.with(|state| (state.repeating.len(), state.messages.last().unwrap().get("priority").to_owned())),
            (0, "-1".to_owned()),
            "{attempt}"
        );
    }
}

#[tokio::test]
async fn pushover_says_whose_key_is_wrong() {
    let fake = Fake::start(pushover::Pushover::default()).await;
    let notifier = pushover_at(fake.url.clone(), &patient());
    let stranger = address(&"u".repeat(30));
    assert!(reason(notifier.send(&stranger, &page(KEY)).await).contains("user's key"));
    let device = address(&format!("{}/tablet", pushover::USER));
    assert!(reason(notifier.send(&device, &page(KEY)).await).contains("device"));
    let mut quiet = page(KEY);
    quiet.purpose = Purpose::Page { urgent: false };
    let id = id_of(notifier.send(&address(&format!("{}/phone", pushover::USER)), &quiet).await);
    assert_eq!((id.len(), fake.with(|state| state.repeating.len())), (36, 0), "nothing to cancel");
    id_of(notifier.send(&address(pushover::USER), &over("k", Some(&id))).await);
    let config = firebell::notify::PushoverConfig {
        base: fake.url.clone(),
        token: crate::notify::support::secret("wrong"),
        sound: None,
    };
    let locked = firebell::notify::Notifier::Pushover(firebell::notify::Pushover::new(config, &patient()).unwrap());
    assert_eq!(wait(locked.send(&address(pushover::USER), &page(KEY)).await), 60, "our token, not the person's");
}
