//! Mail: real conversations with a relay that refuses, breaks off and falls silent at each step.

use firebell::notify::{Encryption, Login, Mail, MailConfig, Notifier, Setup};
use firebell_core::effect::Delivery;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::notify::providers::smtp::{Fault, Relay, Wants};
use crate::notify::support::{address, again, id_of, over, page, patient, reason, secret, setup, wait};

const KEY: &str = "pg1:notice:ana:1";
const TO: &str = "ana@example.net";

fn config(relay: &Relay, encryption: Encryption) -> MailConfig {
    MailConfig {
        host: "127.0.0.1".to_owned(),
        port: relay.port,
        encryption,
        login: None,
        from: "Firebell <fire@example.org>".to_owned(),
        hello: Some("fire.example.org".to_owned()),
        roots: vec![relay.certificate.clone()],
    }
}

fn notifier(config: &MailConfig, setup: &Setup) -> Notifier {
    Notifier::Mail(Mail::new(config, setup).unwrap())
}

fn login(password: &str) -> Login {
    Login { user: "user".to_owned(), password: secret(password) }
}

async fn plain() -> (Relay, Notifier) {
    let relay = Relay::start(Wants::default()).await;
    let notifier = notifier(&config(&relay, Encryption::None), &patient());
    (relay, notifier)
}

#[tokio::test]
async fn a_letter_says_what_it_is_and_a_repetition_has_the_same_id() {
    let (relay, notifier) = plain().await;
    let id = id_of(notifier.send(&address(TO), &page(KEY)).await);
    let letter = relay.letters()[0].clone();
    assert_eq!((letter.from.as_str(), letter.to), ("fire@example.org", vec![TO.to_owned()]));
    for line in [
        "Subject: INC-1 checkout is down",
        "Auto-Submitted: auto-generated",
        "Date: Sun, 01 Mar 2026 12:00:00 +0000",
        &format!("Message-ID: {id}"),
        "Acknowledge: https://fire.example/a/tok",
    ] {
        assert!(letter.text.lines().any(|found| found == line), "{line} in {}", letter.text);
    }
    assert_eq!(id_of(notifier.send(&address(TO), &again(page(KEY))).await), id);
    let end = id_of(notifier.send(&address(TO), &over("pg1:withdraw:ana:1", Some(&id))).await);
    let letters = relay.letters();
    assert!(letters[1].text.contains("Subject: (may be a repetition) INC-1"), "{}", letters[1].text);
    assert!(letters[2].text.contains(&format!("In-Reply-To: {id}")) && end != id, "{}", letters[2].text);
    assert_eq!(relay.connections(), 1, "one connection for all of them");
}

#[tokio::test]
async fn a_text_cannot_end_the_letter() {
    let (relay, notifier) = plain().await;
    let mut message = page(KEY);
    message.text = "first\n.\nQUIT\n..second\r\n.\r\nMAIL FROM:<eve@example.com>".to_owned();
    message.subject = "a\r\nBcc: eve@example.com".to_owned();
    id_of(notifier.send(&address(TO), &message).await);
    let letters = relay.letters();
    assert_eq!((letters.len(), letters[0].to.len()), (1, 1));
    assert!(letters[0].text.contains("\r\n.\r\nQUIT\r\n..second\r\n"), "{}", letters[0].text);
    assert!(letters[0].text.contains("Subject: a Bcc: eve@example.com"), "{}", letters[0].text);
}

#[tokio::test]
async fn each_way_to_protect_and_to_log_in_works() {
    let table = [
        (Encryption::StartTls, Wants { starttls: true, login: Some("PLAIN LOGIN"), ..Wants::default() }),
        (Encryption::StartTls, Wants { starttls: true, login: Some("LOGIN"), ..Wants::default() }),
        (Encryption::Implicit, Wants { implicit_tls: true, login: Some("PLAIN"), ..Wants::default() }),
        (Encryption::None, Wants { login: Some("LOGIN"), ..Wants::default() }),
    ];
    for (encryption, wants) in table {
        let relay = Relay::start(wants).await;
        let config = MailConfig { login: Some(login("pass")), ..config(&relay, encryption) };
        id_of(notifier(&config, &patient()).send(&address(TO), &page(KEY)).await);
        let letter = relay.letters()[0].clone();
        assert_eq!((letter.encrypted, letter.user.as_deref()), (encryption != Encryption::None, Some("user")));
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_account_leaves_the_notice_due() {
    let starttls = Wants { starttls: true, login: Some("PLAIN"), ..Wants::default() };
    let relay = Relay::start(starttls).await;
    let good = MailConfig { login: Some(login("pass")), ..config(&relay, Encryption::StartTls) };
    let untrusted = MailConfig { roots: Vec::new(), ..good.clone() };
    let wrong = MailConfig { login: Some(login("wrong")), ..good.clone() };
    let none = MailConfig { login: None, ..good.clone() };
    let bare = Relay::start(Wants::default()).await;
    let stripped = MailConfig { port: bare.port, roots: vec![bare.certificate.clone()], ..good.clone() };
    let no_login = MailConfig { encryption: Encryption::None, ..stripped.clone() };
    for (config, what) in
        [(untrusted, "TLS"), (wrong, "password"), (none, "login"), (stripped, "STARTTLS"), (no_login, "AUTH")]
    {
        assert_eq!(wait(notifier(&config, &patient()).send(&address(TO), &page(KEY)).await), 60, "{what}");
    }
    assert_eq!((relay.letters().len(), bare.letters().len()), (0, 0));
    relay.refuses(TO, "554 5.7.1 relay access denied");
    assert_eq!(wait(notifier(&good, &patient()).send(&address(TO), &page(KEY)).await), 60, "relaying");
}

#[tokio::test]
async fn a_mailbox_that_is_refused_is_not_tried_again_and_does_not_spoil_the_next() {
    let (relay, notifier) = plain().await;
    relay.refuses(TO, "550 5.1.1 <ana@example.net> no such user");
    let why = reason(notifier.send(&address(TO), &page(KEY)).await);
    assert!(why.contains("550") && !why.contains("example.net"), "{why}");
    assert_eq!(relay.goodbyes(), 1, "relays count connections that just break off");
    relay.refuses("bo@example.net", "450 4.2.0 greylisted");
    assert_eq!(wait(notifier.send(&address("bo@example.net"), &page(KEY)).await), 60);
    id_of(notifier.send(&address("cy@example.net"), &page(KEY)).await);
    assert_eq!(relay.letters().len(), 1);
}

#[tokio::test]
async fn what_breaks_before_the_letter_had_no_effect_and_after_it_is_not_known() {
    let (relay, notifier) = plain().await;
    let table = [
        (Fault::Greeting("421 4.3.2 too busy"), Some(60), 0),
        (Fault::Greeting("554 5.7.1 go away"), Some(60), 0),
        (Fault::Sender("451 4.3.0 try later"), Some(60), 0),
        (Fault::Sender("550 5.7.1 not you"), Some(60), 0),
        (Fault::BreakAtData, Some(5), 0),
        (Fault::Letter("452 4.3.1 disk full"), Some(60), 0),
        (Fault::BreakAfterDot, None, 1),
    ];
    for (fault, seconds, letters) in table {
        relay.fails(fault);
        let delivery = notifier.send(&address(TO), &page(KEY)).await;
        match seconds {
            Some(seconds) => assert_eq!(wait(delivery), seconds, "{fault:?}"),
            None => assert_eq!(delivery, Delivery::Unknown, "{fault:?}"),
        }
        assert_eq!(relay.letters().len(), letters, "{fault:?}");
    }
    relay.fails(Fault::Sender("451 4.3.0 try later"));
    assert_eq!(notifier.send(&address(TO), &again(page(KEY))).await, Delivery::Unknown, "the letter is still in doubt");
    id_of(notifier.send(&address(TO), &again(page(KEY))).await);
    let ids = relay
        .letters()
        .into_iter()
        .map(|letter| letter.text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned());
    let ids: Vec<String> = ids.collect();
    assert_eq!((ids.len(), &ids[0]), (2, &ids[1]), "both have the same id");
    relay.fails(Fault::Letter("552 5.3.4 too big"));
    drop(notifier);
    let fresh = self::notifier(&config(&relay, Encryption::None), &patient());
    assert!(reason(fresh.send(&address(TO), &page(KEY)).await).contains("552"));
}

#[tokio::test]
async fn a_silent_relay_is_left_in_time() {
    let relay = Relay::start(Wants::default()).await;
    let hasty = notifier(&config(&relay, Encryption::None), &setup());
    relay.fails(Fault::Silence);
    assert_eq!(wait(hasty.send(&address(TO), &page(KEY)).await), 5);
    relay.fails(Fault::SilenceAfterDot);
    assert_eq!(hasty.send(&address(TO), &page(KEY)).await, Delivery::Unknown);
    assert_eq!(relay.letters().len(), 1);
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let nowhere = MailConfig { port, ..config(&relay, Encryption::None) };
    assert_eq!(wait(notifier(&nowhere, &patient()).send(&address(TO), &page(KEY)).await), 5);
}

#[tokio::test]
async fn configurations_and_addresses_are_checked() {
    let relay = Relay::start(Wants::default()).await;
    let good = config(&relay, Encryption::None);
    let bad = [
        MailConfig { host: "mail.example.org".to_owned(), ..good.clone() },
        MailConfig { from: "nobody".to_owned(), ..good.clone() },
        MailConfig { hello: Some("a b".to_owned()), ..good.clone() },
        MailConfig { roots: vec!["no certificate".to_owned()], ..config(&relay, Encryption::StartTls) },
    ];
    for config in bad {
        assert!(Mail::new(&config, &patient()).is_err(), "{config:?}");
    }
    let notifier = notifier(&good, &patient());
    let table = [
        (TO, true),
        ("ana+pages@sub.example.net", true),
        ("ana", false),
        ("ana@", false),
        ("Ana <ana@example.net>", false),
        ("ana@example.net\r\nRCPT TO:<eve@example.com>", false),
        ("ana@example.net, bo@example.net", false),
        ("ana@[127.0.0.1", false),
        ("", false),
    ];
    for (text, passes) in table {
        assert_eq!(notifier.check(&address(text)).is_ok(), passes, "{text}");
        if !passes {
            reason(notifier.send(&address(text), &page(KEY)).await);
        }
    }
    assert_eq!(relay.connections(), 0);
}

/// The pretend relay takes commands that come at once, as some clients send them.
#[tokio::test]
async fn commands_that_come_at_once_are_answered_in_their_order() {
    let relay = Relay::start(Wants::default()).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", relay.port)).await.unwrap();
    let talk = "EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n..dot\r\n.\r\nQUIT\r\n";
    stream.write_all(talk.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    let codes: Vec<&str> = said.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250", "221"]);
    assert_eq!(relay.letters()[0].text, ".dot\r\n");
}
