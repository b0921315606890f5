//! What a policy says beside its steps, and what its steps tell beside people.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebell::notifiers::Notifiers;
use firebell::notify::guard::Guard;
use firebell::notify::{Address, Notifier, Secret, Setup, Webhook, WebhookConfig};
use firebell_core::directory::{ContactMethod, Urgency};
use firebell_core::oncall::text::read_windows;
use firebell_core::paging::policy::Hours;

use crate::notify::providers::http::Fake;
use crate::notify::providers::receiver::{Receiver, SECRET};
use crate::support::{Before, Beside, SlackWorld, World, in_slack, key, minutes, on_both};

on_both!(
    what_does_not_hurry_waits_for_working_hours_over_a_restart,
    what_goes_on_after_an_acknowledgement_is_paged_anew_over_a_restart,
    a_webhook_is_told_of_a_step,
    a_webhook_that_is_not_there_is_said,
);
in_slack!(with_a_channel => a_channel_is_told_and_answers_by_its_button);

const DECLARE: &str = "/incident declare checkout is slow sev3 --service checkout";

async fn what_does_not_hurry_waits_for_working_hours_over_a_restart(world: &mut World) {
    world.restart_with(|settings| settings.severities.iter_mut().for_each(|held| held.urgency = Urgency::Low)).await;
    // The stories begin on a Monday at nine.
    let hours = Hours { zone: chrono_tz::UTC, windows: read_windows("mon-fri 11:00-17:00").unwrap() };
    world.reorganise(|org| org.files.policies.iter_mut().for_each(|held| held.terms.defer = Some(hours.clone()))).await;
    world.says("ana", DECLARE).await;
    let said = world.says("ana", "/incident page web").await;
    assert_eq!(said, "The page of INC-1 does not hurry and waits until 2026-03-02 11:00.");
    world.restart().await;
    world.advance(minutes(119)).await;
    world.not_paged("bo");
    let why = world.says("ana", "/incident why-paged @bo").await;
    assert!(why.contains("as the page does not hurry"), "{why}");
    world.advance(minutes(1)).await;
    world.paged("bo");
    world.adds_up().await;
}

async fn what_goes_on_after_an_acknowledgement_is_paged_anew_over_a_restart(world: &mut World) {
    world.reorganise(|org| org.files.policies.iter_mut().for_each(|held| held.terms.again_s = Some(3_600))).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.says("bo", "/incident ack").await;
    world.restart().await;
    let before = world.pages("bo");
    world.advance(minutes(59)).await;
    assert_eq!(world.pages("bo"), before);
    world.advance(minutes(1)).await;
    assert_eq!(world.pages("bo"), before + 1);
    let timeline = world.says("ana", "/incident timeline").await;
    assert!(timeline.contains("Paging anew"), "{timeline}");
    world.says("bo", "/incident resolve rolled back").await;
    world.advance(minutes(180)).await;
    assert_eq!(world.pages("bo"), before + 1);
    world.adds_up().await;
}

/// Firebell with a webhook that policies name `bridge`.
async fn hooked(world: &mut World, receiver: &Fake<Receiver>) {
    let clock = world.clock.clone();
    let setup = Setup { guard: Guard::allowing_private_networks(), ..Setup::new(Arc::new(move || clock.now())) };
    let webhook = Webhook::new(&WebhookConfig { secret: Some(Secret::new(SECRET).unwrap()) }, &setup).unwrap();
    let methods = BTreeMap::from([(ContactMethod::Webhook, Notifier::Webhook(webhook))]);
    let targets = BTreeMap::from([(key("bridge"), Address::new(receiver.url.as_str()))]);
    let notifiers = Notifiers::new(methods, None).with_targets(targets);
    world.restart_beside(Beside { notifiers, ..Beside::default() }).await;
}

async fn a_webhook_is_told_of_a_step(world: &mut World) {
    let receiver = Fake::start(Receiver::new()).await;
    hooked(world, &receiver).await;
    world.reorganise(|org| org.files.policies[0].steps[0].webhooks = vec![key("bridge")]).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.paged("bo");
    let told = receiver.with(|state| state.seen.values().cloned().collect::<Vec<_>>());
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["type"], &told[0]["data"]["urgent"]), (&"page".into(), &true.into()));
    assert_eq!(told[0]["data"]["subject"], "INC-1 SEV1: checkout is down");
    let text = told[0]["data"]["text"].as_str().unwrap();
    assert!(text.contains("Nobody has acknowledged the page of 09:00 yet (web, step 1); paging @bo."), "{text}");
}

async fn a_webhook_that_is_not_there_is_said(world: &mut World) {
    let receiver = Fake::start(Receiver::new()).await;
    hooked(world, &receiver).await;
    world.reorganise(|org| org.files.policies[0].steps[0].webhooks = vec![key("brigde")]).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.settle().await;
    let timeline = world.says("ana", "/incident timeline").await;
    let expected =
        "brigde could not be told of the page: no webhook brigde is configured; add it to [notify.webhook.targets]";
    assert!(timeline.contains(expected), "{timeline}");
}

fn with_a_channel(before: &mut Before) {
    let status = before.fake.add_channel("status", crate::support::slack::Kind::Public, &[]);
    before.org.files.policies[0].steps[0].rooms = vec![format!("slack:{status}")];
}

async fn a_channel_is_told_and_answers_by_its_button(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down sev1 --service checkout").await;
    let said: Vec<_> = world.fake.channel("status").messages.into_iter().filter(|message| message.by_bot).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].text.contains("Nobody has acknowledged the page"), "{}", said[0].text);
    world.presses("dee", &world.fake.channel("status").id, "ack").await;
    world.advance(minutes(20)).await;
    assert!(world.fake.dms(world.id("cy")).is_empty(), "nobody else is woken");
    let room = world.room(1).await;
    assert!(world.said(&room.id)[0].text.contains("acknowledged by @dee"), "{:#?}", world.said(&room.id)[0]);
}
