use std::sync::{Arc, Mutex};

use super::*;
use crate::notify::guard::Guard;
use crate::notify::standard_webhooks::Signer;
use crate::notify::{Secret, Setup, WebhookConfig};
use crate::outside::fakes::HOSTILE;
use crate::outside::fakes::wire::{Call, Fault, Reply, Service, Wire};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Remembers what it is sent whose signature holds, once under each id.
#[derive(Default)]
struct Receiver(Mutex<Vec<(String, Value)>>);

impl Service for Receiver {
    fn answer(&self, call: &Call) -> Reply {
        let header = |name: &str| call.headers[name].clone();
        let (id, seconds) = (header("webhook-id"), header("webhook-timestamp").parse().unwrap());
        let signer = Signer::new(SECRET).unwrap();
        // The order of the fields is that of the body, as the body is told in the same way.
        if !signer.verify(&id, seconds, call.body.to_string().as_bytes(), &header("webhook-signature")) {
            return Reply::said(401, "no");
        }
        let mut seen = self.0.lock().unwrap();
        if seen.iter().all(|(held, _)| *held != id) {
            seen.push((id, call.body.clone()));
        }
        Reply { status: 204, headers: Vec::new(), body: None }
    }
}

fn draft(content: Content) -> HookDraft {
    HookDraft {
        key: "firebell:f1:INC-42/page".to_owned(),
        event: "published".to_owned(),
        incident: "INC-42".to_owned(),
        title: HOSTILE.to_owned(),
        url: None,
        content,
    }
}

fn webhook() -> Webhook {
    let now = Arc::new(|| "2026-03-01T12:00:00Z".parse().unwrap());
    let setup = Setup { guard: Guard::allowing_private_networks(), ..Setup::new(now) };
    Webhook::new(&WebhookConfig { secret: Some(Secret::new(SECRET).unwrap()) }, &setup).unwrap()
}

#[tokio::test]
async fn a_document_is_posted_signed_and_each_version_once() {
    let receiver = Arc::new(Receiver::default());
    let wire = Wire::serve("/hook", receiver.clone()).await;
    let (webhook, to) = (webhook(), Address::new(wire.base().as_str()));
    wire.trouble("POST", "", Fault::Lose, 1);
    let first = draft(Content::Markdown("# It".to_owned()));
    // Half an answer still has its status.
    publish(&webhook, &to, &first).await;
    assert!(matches!(publish(&webhook, &to, &first).await, Delivery::Delivered(_)));
    let second = draft(Content::Document(json!({ "format": 1 })));
    publish(&webhook, &to, &second).await;
    let third = draft(Content::Html("<p>".to_owned()));
    publish(&webhook, &to, &third).await;
    let seen = receiver.0.lock().unwrap();
    assert_eq!(seen.len(), 3);
    let data = &seen[0].1["data"];
    assert_eq!((&seen[0].1["type"], &seen[0].1["timestamp"]), (&json!("document"), &json!("2026-03-01T12:00:00Z")));
    assert_eq!(
        (&data["event"], &data["markdown"], &data["title"]),
        (&json!("published"), &json!("# It"), &json!(HOSTILE))
    );
    assert_eq!((&seen[1].1["data"]["document"], &seen[2].1["data"]["html"]), (&json!({ "format": 1 }), &json!("<p>")));
    assert!(seen.iter().all(|(_, body)| body["data"]["id"] == data["id"]));
}

#[tokio::test]
async fn a_receiver_that_refuses_is_told_of() {
    let receiver = Arc::new(Receiver::default());
    let wire = Wire::serve("/hook", receiver).await;
    let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let to = Address::new(&format!("{} {other}", wire.base()));
    let delivery = publish(&webhook(), &to, &draft(Content::Markdown(String::new()))).await;
    assert!(matches!(delivery, Delivery::Impossible(why) if why.contains("signing secret")));
}
