//! What hands a page on to another program: webhooks, PagerDuty and Opsgenie.

use firebell::notify::{Notifier, Purpose, Webhook, WebhookConfig};
use serde_json::json;

use crate::notify::outcomes::{opsgenie_at, pagerduty_at, webhook_at};
use crate::notify::providers::http::{Fake, Fault};
use crate::notify::providers::{opsgenie, pagerduty, receiver};
use crate::notify::support::{address, again, id_of, over, page, patient, reason, secret, setup, wait};

const KEY: &str = "pg1:notice:ana:1";

#[tokio::test]
async fn a_webhook_is_signed_and_a_repetition_has_the_same_id() {
    let fake = Fake::start(receiver::Receiver::new()).await;
    let notifier = webhook_at(fake.url.clone(), &patient());
    let to = address(fake.url.join("hook").unwrap().as_str());
    fake.fails(Fault::ResetAfter);
    notifier.send(&to, &page(KEY)).await;
    let id = id_of(notifier.send(&to, &again(page(KEY))).await);
    let (calls, seen) = fake.with(|state| (state.calls, state.seen.clone()));
    assert_eq!((calls, seen.len()), (2, 1), "the receiver may pass over the second");
    let ack = json!({ "url": "https://fire.example/a/tok", "post_url": "https://fire.example/p/tok" });
    let data = json!({
        "key": KEY, "again": false, "urgent": true, "subject": "INC-1 checkout is down", "text": "Paged by ana.",
        "reference": null, "ack": ack,
    });
    assert_eq!(seen[&id], json!({ "type": "page", "timestamp": "2026-03-01T12:00:00Z", "data": data }));
    let end = id_of(notifier.send(&to, &over("pg1:withdraw:ana:1", Some(&id))).await);
    let seen = fake.with(|state| state.seen[&end].clone());
    assert_eq!((&seen["type"], &seen["data"]["reference"]), (&json!("over"), &json!(id)));
}

#[tokio::test]
async fn a_receiver_may_have_a_secret_of_its_own() {
    let fake = Fake::start(receiver::Receiver::new()).await;
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let config = WebhookConfig { secret: Some(secret(other)) };
    let notifier = Notifier::Webhook(Webhook::new(&config, &patient()).unwrap());
    assert!(reason(notifier.send(&address(fake.url.as_str()), &page(KEY)).await).contains("signing secret"));
    id_of(notifier.send(&address(&format!("{} {}", fake.url, receiver::SECRET)), &page(KEY)).await);
    let none = Notifier::Webhook(Webhook::new(&WebhookConfig { secret: None }, &patient()).unwrap());
    assert!(none.check(&address(fake.url.as_str())).unwrap_err().contains("whsec_"));
    assert!(Webhook::new(&WebhookConfig { secret: Some(secret("whsec_x")) }, &setup()).is_err());
}

#[tokio::test]
async fn a_webhook_that_refuses_says_what_to_do() {
    let fake = Fake::start(receiver::Receiver::new()).await;
    let notifier = webhook_at(fake.url.clone(), &patient());
    let table = [
        (302, "redirect"),
        (400, "its own log"),
        (403, "signing secret"),
        (404, "correct it"),
        (410, "wants no more"),
        (422, "its own log"),
    ];
    for (status, part) in table {
        fake.fails(Fault::Status(status));
        let why = reason(notifier.send(&address(fake.url.as_str()), &page(KEY)).await);
        assert!(why.contains(part), "{status}: {why}");
    }
    let public = firebell::notify::Setup { guard: firebell::notify::guard::Guard::default(), ..patient() };
    let strict = webhook_at(fake.url.clone(), &public);
    for text in [fake.url.as_str(), "https://169.254.169.254/latest", "https://localhost/x", "no url"] {
        assert!(strict.check(&address(text)).is_err(), "{text}");
    }
    assert_eq!(strict.check(&address("https://hooks.example.org/x")), Ok(()));
}

#[tokio::test]
async fn pagerduty_holds_one_alert_of_a_page_until_it_is_over() {
    let fake = Fake::start(pagerduty::PagerDuty::default()).await;
    let notifier = pagerduty_at(fake.url.clone(), &patient());
    let to = address(pagerduty::KEY);
    let open = || fake.with(|state| state.open.clone());
    let id = id_of(notifier.send(&to, &page(KEY)).await);
    assert_eq!(id_of(notifier.send(&to, &again(page(KEY))).await), id);
    assert_eq!(id_of(notifier.send(&to, &page("pg1:notice:ana:2")).await), id, "the next round of the same page");
    assert_ne!(id_of(notifier.send(&to, &page("pg2:notice:ana:1")).await), id);
    let alert = open()[&id].clone();
    assert_eq!(
        (&alert["payload"]["severity"], &alert["client_url"]),
        (&json!("critical"), &json!("https://fire.example/a/tok"))
    );
    id_of(notifier.send(&to, &over("pg1:withdraw:ana:1", Some(&id))).await);
    id_of(notifier.send(&to, &over("pg2:withdraw:ana:1", None)).await);
    assert_eq!(open().len(), 0);
    let stranger = address(&"x".repeat(32));
    assert!(reason(notifier.send(&stranger, &page(KEY)).await).contains("integration key"));
    assert!(reason(notifier.send(&address("short"), &page(KEY)).await).contains("32"));
    let long = id_of(notifier.send(&to, &page(&"k".repeat(400))).await);
    assert!(long.len() <= 255, "{long}");
}

#[tokio::test]
async fn opsgenie_holds_one_alert_of_a_page_until_it_is_over() {
    let fake = Fake::start(opsgenie::Opsgenie::default()).await;
    let notifier = opsgenie_at(fake.url.clone(), &patient());
    let to = address("team:sre");
    let mut message = page(KEY);
    message.subject = "x".repeat(500);
    let id = id_of(notifier.send(&to, &message).await);
    assert_eq!(id_of(notifier.send(&to, &again(page(KEY))).await), id);
    let alert = fake.with(|state| state.open[&id].clone());
    assert_eq!(
        (&alert["priority"], &alert["responders"][0]),
        (&json!("P1"), &json!({ "type": "team", "name": "sre" }))
    );
    assert!(alert["description"].as_str().unwrap().ends_with("Acknowledge: https://fire.example/a/tok"));
    id_of(notifier.send(&to, &over("pg1:withdraw:ana:1", None)).await);
    assert_eq!(fake.with(|state| state.open.len()), 0);
    fake.fails(Fault::Status(404));
    id_of(notifier.send(&to, &over("pg1:withdraw:ana:1", Some(&id))).await);
    assert!(reason(notifier.send(&address("team:nobody"), &page(KEY)).await).contains("responder"));
    let config = firebell::notify::OpsgenieConfig { base: fake.url.clone(), api_key: secret("wrong") };
    let locked = Notifier::Opsgenie(firebell::notify::Opsgenie::new(config, &patient()).unwrap());
    assert_eq!(wait(locked.send(&to, &page(KEY)).await), 60, "our key, not the person's");
    let table = [
        ("user:ana@example.org", true),
        ("schedule:a b", true),
        ("escalation:x", true),
        ("team:", false),
        ("ana", false),
        ("group:x", false),
    ];
    for (text, passes) in table {
        assert_eq!(notifier.check(&address(text)).is_ok(), passes, "{text}");
    }
    message.purpose = Purpose::Proof;
    let proof = id_of(notifier.send(&to, &message).await);
    assert_ne!(proof, id, "a test stands for itself");
}
