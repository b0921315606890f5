//! What every method over HTTP has in common: how an attempt ends when the provider, or the way to it, fails.

use firebell::notify::{
    Address, Carrier, Carriers, Format, Gotify, GotifyConfig, HttpCarrier, HttpCarrierConfig, Notifier, Ntfy, NtfyAuth,
    NtfyConfig, Opsgenie, OpsgenieConfig, PagerDuty, PagerDutyConfig, Pushover, PushoverConfig, Setup, Telegram,
    TelegramConfig, Url, Webhook, WebhookConfig,
};
use firebell_core::effect::Delivery;
use tokio::net::TcpListener;

use crate::notify::providers::http::{Fake, Fault, Provider};
use crate::notify::providers::{carrier, gotify, ntfy, opsgenie, pagerduty, pushover, receiver, telegram, twilio};
use crate::notify::support::{again, id_of, page, patient, secret, setup, wait};

const KEY: &str = "pg1:notice:ana:1";

/// How one method is set up, and what its provider has seen.
struct Case<P> {
    make: fn(Url, &Setup) -> Notifier,
    to: fn(&Url) -> Address,
    /// How many requests had an effect.
    count: fn(&P) -> usize,
    /// Whether the provider takes a second message under the same key for the first.
    knows_keys: bool,
}

impl<P: Provider> Case<P> {
    async fn fares(self, provider: P) {
        let fake = Fake::start(provider).await;
        let count = || fake.with(|state| (self.count)(state));
        let to = (self.to)(&fake.url);
        let notifier = (self.make)(fake.url.clone(), &patient());
        assert_eq!(notifier.check(&to), Ok(()));
        id_of(notifier.send(&to, &page(KEY)).await);
        assert_eq!(count(), 1);
        for (fault, seconds) in [
            (Fault::Status(503), 10),
            (Fault::Status(500), 10),
            (Fault::Busy(429, 7), 7),
            (Fault::Busy(503, 9_999), 300),
            (Fault::Status(408), 10),
        ] {
            fake.fails(fault);
            assert_eq!(wait(notifier.send(&to, &page(KEY)).await), seconds, "{fault:?}");
        }
        for fault in [Fault::Status(504), Fault::Status(502), Fault::ResetBefore] {
            fake.fails(fault);
            assert_eq!(notifier.send(&to, &page(KEY)).await, Delivery::Unknown, "{fault:?}");
        }
        assert_eq!(count(), 1, "none of these had an effect");
        fake.fails(Fault::ResetAfter);
        assert_eq!(notifier.send(&to, &page(KEY)).await, Delivery::Unknown);
        assert_eq!(count(), 2, "this one had its effect");
        fake.fails(Fault::Busy(429, 7));
        let put_off = notifier.send(&to, &again(page(KEY))).await;
        let expected =
            if self.knows_keys { Delivery::RetryAfter(chrono::TimeDelta::seconds(7)) } else { Delivery::Unknown };
        assert_eq!(put_off, expected, "the attempt before is still in doubt");
        id_of(notifier.send(&to, &again(page(KEY))).await);
        assert_eq!(count(), 3);
        self.fares_without_answer(&fake).await;
    }

    async fn fares_without_answer(&self, fake: &Fake<P>) {
        let hasty = (self.make)(fake.url.clone(), &setup());
        fake.fails(Fault::Hang);
        assert_eq!(hasty.send(&(self.to)(&fake.url), &page(KEY)).await, Delivery::Unknown);
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let nowhere: Url = format!("http://{closed}/").parse().unwrap();
        let notifier = (self.make)(nowhere.clone(), &patient());
        assert_eq!(wait(notifier.send(&(self.to)(&nowhere), &page(KEY)).await), 5, "nobody listens there");
    }
}

pub(crate) fn twilio_at(base: Url, setup: &Setup) -> firebell::notify::twilio::Twilio {
    let from = firebell::notify::twilio::Sender::Number(twilio::FROM.to_owned());
    let (account, secret) = (twilio::ACCOUNT.to_owned(), secret(twilio::TOKEN));
    let config = firebell::notify::twilio::TwilioConfig {
        base,
        account,
        api_key: None,
        secret,
        from,
        language: "en-GB".to_owned(),
    };
    firebell::notify::twilio::Twilio::new(config, setup).unwrap()
}

pub(crate) fn carrier_at(base: &Url, setup: &Setup) -> HttpCarrier {
    let config = HttpCarrierConfig {
        url: base.join("send").unwrap(),
        method: reqwest::Method::POST,
        headers: vec![("Authorization".to_owned(), secret("Key carrier-key"))],
        format: Format::Json,
        body: r#"{"to": "{to}", "text": "{text}", "ref": "{key}"}"#.to_owned(),
        success: vec![202],
        id_pointer: Some("/messages/0/id".to_owned()),
    };
    HttpCarrier::new(config, setup).unwrap()
}

pub(crate) fn carriers(carriers: Vec<Carrier>, setup: &Setup) -> Carriers {
    Carriers::new(carriers, setup.now.clone())
}

pub(crate) fn ntfy_at(base: Url, setup: &Setup) -> Notifier {
    let auth = Some(NtfyAuth::Token(secret(ntfy::TOKEN)));
    Notifier::Ntfy(Ntfy::new(NtfyConfig { base, auth }, setup).unwrap())
}

pub(crate) fn gotify_at(base: Url, setup: &Setup) -> Notifier {
    Notifier::Gotify(Gotify::new(GotifyConfig { base }, setup).unwrap())
}

pub(crate) fn pushover_at(base: Url, setup: &Setup) -> Notifier {
    let config = PushoverConfig { base, token: secret(pushover::TOKEN), sound: Some("siren".to_owned()) };
    Notifier::Pushover(Pushover::new(config, setup).unwrap())
}

pub(crate) fn bot_at(base: Url, setup: &Setup) -> Telegram {
    Telegram::new(TelegramConfig { base, token: secret(telegram::TOKEN) }, setup).unwrap()
}

pub(crate) fn webhook_at(_: Url, setup: &Setup) -> Notifier {
    Notifier::Webhook(Webhook::new(&WebhookConfig { secret: Some(secret(receiver::SECRET)) }, setup).unwrap())
}

pub(crate) fn pagerduty_at(base: Url, setup: &Setup) -> Notifier {
    Notifier::PagerDuty(PagerDuty::new(PagerDutyConfig { base }, setup).unwrap())
}

pub(crate) fn opsgenie_at(base: Url, setup: &Setup) -> Notifier {
    Notifier::Opsgenie(Opsgenie::new(OpsgenieConfig { base, api_key: secret(opsgenie::KEY) }, setup).unwrap())
}

#[tokio::test]
async fn text_messages() {
    let make = |base, setup: &Setup| Notifier::Sms(carriers(vec![Carrier::Twilio(twilio_at(base, setup))], setup));
    let count = |state: &twilio::Twilio| state.messages.len();
    Case { make, to: |_| Address::new("+4915112345678"), count, knows_keys: false }
        .fares(twilio::Twilio::default())
        .await;
}

#[tokio::test]
async fn calls() {
    let make = |base, setup: &Setup| Notifier::Voice(carriers(vec![Carrier::Twilio(twilio_at(base, setup))], setup));
    let count = |state: &twilio::Twilio| state.calls.len();
    Case { make, to: |_| Address::new("+4915112345678"), count, knows_keys: false }
        .fares(twilio::Twilio::default())
        .await;
}

#[tokio::test]
async fn text_messages_of_another_carrier() {
    let make = |base: Url, setup: &Setup| Notifier::Sms(carriers(vec![Carrier::Http(carrier_at(&base, setup))], setup));
    let count = |state: &carrier::Carrier| state.messages.len();
    Case { make, to: |_| Address::new("+4915112345678"), count, knows_keys: false }
        .fares(carrier::Carrier::default())
        .await;
}

#[tokio::test]
async fn ntfy_topics() {
    let count = |state: &ntfy::Ntfy| state.messages.len();
    Case { make: ntfy_at, to: |_| Address::new("ana-pages"), count, knows_keys: true }
        .fares(ntfy::Ntfy::default())
        .await;
}

#[tokio::test]
async fn ntfy_topics_of_another_server() {
    let count = |state: &ntfy::Ntfy| state.messages.len();
    let make = |_, setup: &Setup| ntfy_at("https://ntfy.invalid".parse().unwrap(), setup);
    let to = |url: &Url| Address::new(url.join("ana-pages").unwrap().as_str());
    Case { make, to, count, knows_keys: true }.fares(ntfy::Ntfy::default()).await;
}

#[tokio::test]
async fn gotify_applications() {
    let count = |state: &gotify::Gotify| state.messages.len();
    Case { make: gotify_at, to: |_| Address::new(gotify::TOKEN), count, knows_keys: false }
        .fares(gotify::Gotify::default())
        .await;
}

#[tokio::test]
async fn pushover_users() {
    let count = |state: &pushover::Pushover| state.messages.len();
    Case { make: pushover_at, to: |_| Address::new(pushover::USER), count, knows_keys: false }
        .fares(pushover::Pushover::default())
        .await;
}

#[tokio::test]
async fn telegram_chats() {
    let count = |state: &telegram::Telegram| state.messages.len();
    let make = |base, setup: &Setup| Notifier::Telegram(bot_at(base, setup));
    Case { make, to: |_| Address::new(&telegram::CHAT.to_string()), count, knows_keys: false }
        .fares(telegram::Telegram::default())
        .await;
}

#[tokio::test]
async fn webhooks() {
    let count = |state: &receiver::Receiver| state.calls;
    let to = |url: &Url| Address::new(url.join("hook").unwrap().as_str());
    Case { make: webhook_at, to, count, knows_keys: true }.fares(receiver::Receiver::new()).await;
}

#[tokio::test]
async fn pagerduty_services() {
    let count = |state: &pagerduty::PagerDuty| state.events;
    Case { make: pagerduty_at, to: |_| Address::new(pagerduty::KEY), count, knows_keys: true }
        .fares(pagerduty::PagerDuty::default())
        .await;
}

#[tokio::test]
async fn opsgenie_responders() {
    let count = |state: &opsgenie::Opsgenie| state.requests;
    Case { make: opsgenie_at, to: |_| Address::new("team:sre"), count, knows_keys: true }
        .fares(opsgenie::Opsgenie::default())
        .await;
}
