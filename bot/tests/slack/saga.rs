//! Whatever Slack does in between, and wherever the process is killed: one channel, one card, one page.

use chrono::TimeDelta;
use firebell_core::policy::Viewer;

use crate::support::slack::{Fault, Trouble, Twice};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(each_call_may_fail_once, each_call_may_be_refused_for_a_while, killed_in_each_call);
in_slack!(|before: &mut Before| before.config.connections = 2 => the_same_envelope_comes_twice);

const DECLARE: &str = "declare checkout is down sev1 --service checkout";

/// What declaring, acknowledging and resolving calls.
const METHODS: [&str; 9] = [
    "conversations.create",
    "chat.postMessage",
    "chat.update",
    "pins.add",
    "conversations.invite",
    "conversations.setTopic",
    "conversations.setPurpose",
    "bookmarks.list",
    "bookmarks.add",
];

/// Everything that an incident has in Slack is there once.
pub(super) async fn is_whole(world: &SlackWorld, number: i64, case: &str) {
    let prefix = format!("inc-{number}-");
    let incident = world.row(number).await;
    assert!(!incident.rooms.is_empty(), "{case}: {incident:?}");
    let own: Vec<_> = world.fake.channels().into_iter().filter(|channel| channel.name.starts_with(&prefix)).collect();
    let names: Vec<_> = own.iter().map(|channel| &channel.name).collect();
    assert_eq!(own.len(), 1, "{case}: {names:?} for {:?}", incident.rooms);
    let room = world.room(number).await;
    assert_eq!(own[0].id, room.id, "{case}");
    let is_card = |text: &str| text.starts_with(&format!("*INC-{number}: "));
    let cards: Vec<_> = world.said(&room.id).into_iter().filter(|said| is_card(&said.text)).collect();
    assert_eq!(cards.len(), 1, "{case}: {cards:#?}");
    assert_eq!(room.pins.iter().map(|pin| &pin.ts).collect::<Vec<_>>(), [&cards[0].ts], "{case}");
    assert!(room.topic.value.contains("SEV1"), "{case}: {}", room.topic.value);
    assert!(room.purpose.value.starts_with(&format!("INC-{number}: ")), "{case}: {}", room.purpose.value);
    let mut links: Vec<&str> = room.bookmarks.iter().map(|bookmark| bookmark.title.as_str()).collect();
    links.sort_unstable();
    assert_eq!(links, ["Runbook: checkout", "Timeline"], "{case}");
    assert!(room.has(world.id("cy")) && room.has(world.id("bo")), "{case}");
    let names = |text: &str| {
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == format!("INC-{number}"))
    };
    let pages = world.dm("bo").messages.iter().filter(|said| names(&said.text)).count();
    assert_eq!(pages, 1, "{case}");
}

/// An incident is declared, answered and led while a method has its trouble once.
async fn goes_on(world: &SlackWorld, number: i64, (method, fault): (&str, Fault)) {
    let case = format!("{method} {fault:?}");
    world.fake.breaks(Trouble::with(method, fault).times(1));
    world.types("cy", DECLARE).await;
    world.advance(TimeDelta::minutes(2)).await;
    world.types("bo", &format!("INC-{number} ack")).await;
    world.types("cy", &format!("INC-{number} lead")).await;
    world.advance(TimeDelta::minutes(2)).await;
    world.fake.heals();
    is_whole(world, number, &case).await;
    world.types("cy", &format!("INC-{number} cancel")).await;
}

async fn each_call_may_fail_once(world: &mut SlackWorld) {
    let faults = [Fault::ResetBefore, Fault::ResetAfter, Fault::Status(500)];
    let all = METHODS.into_iter().flat_map(|method| faults.clone().map(|fault| (method, fault)));
    for (number, trouble) in (1_i64..).zip(all) {
        goes_on(world, number, trouble).await;
    }
}

async fn each_call_may_be_refused_for_a_while(world: &mut SlackWorld) {
    for (number, method) in (1_i64..).zip(METHODS) {
        goes_on(world, number, (method, Fault::RateLimited(7))).await;
    }
}

/// The process is killed while Slack carries out the n-th call, whose answer nobody hears.
async fn killed_in_each_call(world: &mut SlackWorld) {
    for (number, nth) in (1_i64..).zip(1..=9) {
        let case = format!("killed in call {nth}");
        let before = world.fake.calls().len();
        world.fake.breaks(Trouble::with("*", Fault::HangAfter).starting_at(nth).times(1));
        let outcome = world.fake.slash(world.id("cy"), &world.general, "/incident", DECLARE).await;
        assert_eq!(outcome.error, None, "{case}");
        world.killed_when(|fake| fake.calls().len() >= before + nth).await;
        world.fake.heals();
        world.advance(TimeDelta::minutes(2)).await;
        is_whole(world, number, &case).await;
        world.types("cy", &format!("INC-{number} cancel")).await;
    }
}

async fn the_same_envelope_comes_twice(world: &mut SlackWorld) {
    world.fake.send_next_twice(Twice::SameSocket);
    world.types("cy", DECLARE).await;
    world.advance(TimeDelta::minutes(1)).await;
    is_whole(world, 1, "on one socket").await;
    world.fake.connected(2).await;
    world.fake.send_next_twice(Twice::OtherSocket);
    world.types("cy", DECLARE).await;
    world.advance(TimeDelta::minutes(1)).await;
    is_whole(world, 2, "on two sockets").await;
    let declared = world.app.intake.incidents(Viewer::Operator, true, None).await.unwrap();
    assert_eq!(declared.len(), 2);
}
