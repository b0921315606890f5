//! Two carriers: the second is asked when the first does not work, and nobody is told twice without a mark.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use firebell::notify::{Carrier, Format, HttpCarrier, HttpCarrierConfig, Notifier, Setup};
use firebell_core::effect::Delivery;

use crate::notify::outcomes::{carrier_at, carriers, twilio_at};
use crate::notify::providers::carrier;
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::twilio::Twilio;
use crate::notify::support::{address, again, id_of, noon, page, patient, reason, secret, setup, wait};

const KEY: &str = "pg1:notice:ana:1";
const TO: &str = "+4915112345678";

/// Twilio first, then the other one, and a clock moved by hand.
struct Stage {
    twilio: Fake<Twilio>,
    other: Fake<carrier::Carrier>,
    notifier: Notifier,
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl Stage {
    async fn new() -> Self {
        let now = Arc::new(Mutex::new(noon()));
        let read = Arc::clone(&now);
        let setup = Setup { now: Arc::new(move || *read.lock().unwrap()), ..patient() };
        let (twilio, other) = (Fake::start(Twilio::default()).await, Fake::start(carrier::Carrier::default()).await);
        let both =
            vec![Carrier::Twilio(twilio_at(twilio.url.clone(), &setup)), Carrier::Http(carrier_at(&other.url, &setup))];
        Self { twilio, other, notifier: Notifier::Sms(carriers(both, &setup)), now }
    }

    async fn send(&self) -> Delivery {
        self.notifier.send(&address(TO), &page(KEY)).await
    }

    /// How many messages each took.
    fn took(&self) -> (usize, usize) {
        (self.twilio.with(|state| state.messages.len()), self.other.with(|state| state.messages.len()))
    }

    fn advance(&self, seconds: i64) {
        *self.now.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

#[tokio::test]
async fn the_second_takes_over_while_the_first_is_busy_and_then_gives_back() {
    let stage = Stage::new().await;
    stage.twilio.fails(Fault::Busy(429, 20));
    assert_eq!(id_of(stage.send().await), "1", "the second's id");
    assert_eq!(stage.took(), (0, 1));
    stage.advance(19);
    id_of(stage.send().await);
    assert_eq!(stage.took(), (0, 2), "the first is not asked before its time");
    stage.advance(1);
    id_of(stage.send().await);
    assert_eq!(stage.took(), (1, 2));
}

#[tokio::test]
async fn the_second_takes_over_while_the_firsts_account_does_not_work() {
    let stage = Stage::new().await;
    stage.twilio.with(|state| state.locked = true);
    id_of(stage.send().await);
    assert_eq!(stage.took(), (0, 1));
    stage.other.fails(Fault::Busy(503, 30));
    assert_eq!(wait(stage.send().await), 30, "the shorter of both waits");
}

#[tokio::test]
async fn after_no_answer_the_second_is_asked_only_with_a_mark() {
    let stage = Stage::new().await;
    stage.twilio.fails(Fault::ResetAfter);
    assert_eq!(stage.send().await, Delivery::Unknown);
    assert_eq!(stage.took(), (1, 0), "the second was not asked");
    id_of(stage.notifier.send(&address(TO), &again(page(KEY))).await);
    assert_eq!(stage.took(), (1, 1));
    let text = stage.other.with(|state| state.messages[0]["text"].as_str().unwrap().to_owned());
    assert!(text.starts_with("(may be a repetition) INC-1"), "{text}");
    let restarted = Stage::new().await;
    id_of(restarted.notifier.send(&address(TO), &again(page(KEY))).await);
    assert_eq!(restarted.took(), (0, 1), "also where nothing is known of the first any more");
}

#[tokio::test]
async fn a_number_that_does_not_exist_is_not_tried_elsewhere() {
    let stage = Stage::new().await;
    stage.twilio.with(|state| state.bad.insert(TO, 21_211));
    assert!(reason(stage.send().await).contains("does not exist"));
    assert_eq!(stage.took(), (0, 0));
}

#[tokio::test]
async fn a_text_message_says_how_to_acknowledge_however_long_it_is() {
    let stage = Stage::new().await;
    let mut message = page(KEY);
    message.text = "x".repeat(5_000);
    id_of(stage.notifier.send(&address(TO), &message).await);
    let body = stage.twilio.with(|state| state.messages[0].get("Body").to_owned());
    assert!(body.ends_with("…\nReply K7QX to acknowledge, or open https://fire.example/a/tok"), "{body}");
    assert_eq!(body.chars().count(), 600);
}

#[tokio::test]
async fn another_carrier_is_told_what_its_template_says() {
    let stage = Stage::new().await;
    stage.twilio.fails(Fault::Busy(429, 20));
    let mut message = page(KEY);
    message.text = "a \"quoted\"\nline {to} \\".to_owned();
    message.ack = None;
    id_of(stage.notifier.send(&address(TO), &message).await);
    let held = stage.other.with(|state| state.messages[0].clone());
    assert_eq!((held["to"].as_str(), held["ref"].as_str().map(str::len)), (Some(TO), Some(32)));
    assert_eq!(held["text"], "INC-1 checkout is down\na \"quoted\"\nline {to} \\");
}

fn http_config(url: firebell::notify::Url) -> HttpCarrierConfig {
    HttpCarrierConfig {
        url,
        method: reqwest::Method::POST,
        headers: vec![("Authorization".to_owned(), secret("Key carrier-key"))],
        format: Format::Form,
        body: "to={to}&text={text}".to_owned(),
        success: Vec::new(),
        id_pointer: None,
    }
}

#[tokio::test]
async fn forms_and_queries_are_filled_as_they_ask() {
    let (setup, other) = (patient(), Fake::start(carrier::Carrier::default()).await);
    let at = |path: &str| other.url.join(path).unwrap();
    let form = http_config(at("form?ref={key}"));
    let get = HttpCarrierConfig {
        method: reqwest::Method::GET,
        body: String::new(),
        ..http_config(at("get?n={to}&t={text}"))
    };
    let strict = HttpCarrierConfig { success: vec![202], ..get.clone() };
    let one = |config| Notifier::Sms(carriers(vec![Carrier::Http(HttpCarrier::new(config, &setup).unwrap())], &setup));
    let mut message = page(KEY);
    (message.subject, message.text, message.ack) = ("a&b=c+d".to_owned(), String::new(), None);
    for config in [form, get] {
        assert_eq!(id_of(one(config).send(&address(TO), &message).await), "", "no id was asked for");
    }
    let held = other.with(|state| state.messages.clone());
    assert_eq!(held[0]["form"], serde_json::json!([["to", TO], ["text", "a&b=c+d"]]));
    assert_eq!(held[0]["query"].as_str().map(str::len), Some("ref=".len() + 32));
    assert_eq!(held[1]["query"], "n=%2B4915112345678&t=a%26b%3Dc%2Bd");
    assert_eq!(wait(one(strict).send(&address(TO), &message).await), 60, "200 is no success of this carrier");
    other.fails(Fault::Status(422));
    assert!(reason(one(http_config(at("form"))).send(&address(TO), &message).await).contains("check the number"));
}

#[test]
fn a_carrier_that_could_not_be_asked_is_refused() {
    let good = || http_config("https://carrier.example/send".parse().unwrap());
    let header = |name: &str, value: &str| vec![(name.to_owned(), secret(value))];
    let json = |body: &str| HttpCarrierConfig { format: Format::Json, body: body.to_owned(), ..good() };
    let table = [
        (good(), true),
        (json(r#"{"to": "{to}", "text": "{text}"}"#), true),
        (json(r#"{"to": {to}, "text": {text}}"#), false),
        (HttpCarrierConfig { body: "to={to}".to_owned(), ..good() }, false),
        (HttpCarrierConfig { url: "ftp://carrier.example/".parse().unwrap(), ..good() }, false),
        (HttpCarrierConfig { id_pointer: Some("id".to_owned()), ..good() }, false),
        (HttpCarrierConfig { headers: header("a b", "x"), ..good() }, false),
    ];
    for (config, passes) in table {
        assert!(!format!("{config:?}").contains("carrier"), "{config:?}");
        assert_eq!(HttpCarrier::new(config.clone(), &setup()).is_ok(), passes, "{}", config.body);
    }
}

#[tokio::test]
async fn a_carrier_whose_key_was_changed_leaves_the_notice_due() {
    let setup = patient();
    let other = Fake::start(carrier::Carrier::default()).await;
    let wrong = other.url.join("elsewhere/").unwrap();
    let notifier = Notifier::Sms(carriers(vec![Carrier::Http(carrier_at(&wrong, &setup))], &setup));
    assert_eq!(wait(notifier.send(&address(TO), &page(KEY)).await), 60);
    let none = Notifier::Sms(carriers(Vec::new(), &setup));
    assert_eq!(wait(none.send(&address(TO), &page(KEY)).await), 60, "no carrier at all");
    assert!(reason(notifier.send(&address("0151 123"), &page(KEY)).await).contains("+4915112345678"));
}
