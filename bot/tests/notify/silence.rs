//! What the log and the errors do not hold: texts, addresses, credentials.

use std::io;
use std::sync::{Arc, Mutex};

use firebell::notify::{Carrier, Encryption, Login, Mail, MailConfig, Notifier};
use firebell_core::effect::Delivery;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::notify::outcomes::{
    bot_at, carrier_at, carriers, gotify_at, ntfy_at, opsgenie_at, pagerduty_at, pushover_at, twilio_at, webhook_at,
};
use crate::notify::providers::http::{Fake, Fault, Provider, Reply, Request};
use crate::notify::providers::smtp::{Relay, Wants};
use crate::notify::providers::{gotify, ntfy, opsgenie, pagerduty, pushover, receiver, telegram, twilio};
use crate::notify::support::{address, page, patient, secret};

/// All that is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

/// A server that knows nobody.
struct Stranger;

impl Provider for Stranger {
    fn take(&mut self, request: &Request) -> Reply {
        // Many repeat what they were told.
        Reply::Json(401, serde_json::json!({ "message": String::from_utf8_lossy(&request.body), "path": request.path }))
    }
}

/// What must stay with us.
const HELD: [&str; 20] = [
    "checkout",
    "Paged by",
    "fire.example",
    "K7QX",
    "hunter2",
    "secret-path",
    "carrier-key",
    "ana@",
    "12345678",
    "ana-pages",
    "4242424242",
    receiver::SECRET,
    twilio::TOKEN,
    ntfy::TOKEN,
    gotify::TOKEN,
    pushover::TOKEN,
    pushover::USER,
    telegram::TOKEN,
    pagerduty::KEY,
    opsgenie::KEY,
];

#[tokio::test]
async fn no_text_no_address_and_no_credential_is_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(log.clone()).finish();
    // For the whole process: one of this thread alone would miss what other threads met first.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let fake = Fake::start(Stranger).await;
    let relay = Relay::start(Wants { login: Some("PLAIN"), ..Wants::default() }).await;
    let (url, setup) = (fake.url.clone(), patient());
    let mail = MailConfig {
        host: "127.0.0.1".to_owned(),
        port: relay.port,
        encryption: Encryption::None,
        login: Some(Login { user: "user".to_owned(), password: secret("hunter2") }),
        from: "fire@example.org".to_owned(),
        hello: None,
        roots: Vec::new(),
    };
    let both = vec![Carrier::Twilio(twilio_at(url.clone(), &setup)), Carrier::Http(carrier_at(&url, &setup))];
    let hook = format!("{url}secret-path {}", receiver::SECRET);
    let all = [
        (Notifier::Mail(Mail::new(&mail, &setup).unwrap()), "ana@example.net"),
        (Notifier::Sms(carriers(both, &setup)), "+4915112345678"),
        (ntfy_at(url.clone(), &setup), "ana-pages"),
        (gotify_at(url.clone(), &setup), gotify::TOKEN),
        (pushover_at(url.clone(), &setup), pushover::USER),
        (Notifier::Telegram(bot_at(url.clone(), &setup)), "4242424242"),
        (webhook_at(url.clone(), &setup), hook.as_str()),
        (pagerduty_at(url.clone(), &setup), pagerduty::KEY),
        (opsgenie_at(url.clone(), &setup), "user:ana@example.net"),
    ];
    let mut said = String::new();
    for (notifier, to) in &all {
        for fault in [None, Some(Fault::ResetBefore), Some(Fault::Status(400))] {
            if let Some(fault) = fault {
                fake.fails(fault);
            }
            if let Delivery::Impossible(why) = notifier.send(&address(to), &page("pg1:notice:ana:1")).await {
                said += &why;
            }
        }
    }
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("a contact method does not work") && logged.contains("was not answered"), "{logged}");
    for text in HELD {
        assert!(!said.contains(text), "{text} in {said}");
        let own = logged.lines().filter(|line| line.contains(" firebell::notify"));
        assert!(!own.clone().any(|line| line.contains(text)), "{text} in {}", own.collect::<String>());
    }
}
