//! Slack is slow, limits calls or fails at them: what was to be done is done afterwards, once.

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::saga::is_whole;
use crate::support::slack::{Fake, Fault, Message, Trouble};
use crate::support::{SlackWorld, in_slack};

in_slack!(
    each_method_may_be_limited_for_short_or_long,
    each_method_may_fail_for_a_minute,
    what_is_never_answered_is_done_again,
    a_document_that_cannot_go_up_is_told_of,
    a_home_that_was_refused_comes_with_the_next_look,
);

const DECLARE: &str = "declare checkout is down sev1 --service checkout";

const METHODS: [&str; 8] = [
    "conversations.create",
    "chat.postMessage",
    "chat.update",
    "pins.add",
    "conversations.invite",
    "conversations.setTopic",
    "conversations.setPurpose",
    "bookmarks.add",
];

/// Everything that an incident has in Slack is there once, and says what was done last.
async fn is_current(world: &SlackWorld, number: i64, case: &str) {
    is_whole(world, number, case).await;
    let room = world.room(number).await;
    let is_card = |text: &str| text.starts_with(&format!("*INC-{number}: "));
    let card = world.said(&room.id).into_iter().find(|said| is_card(&said.text)).unwrap();
    assert!(card.text.contains("*Page* acknowledged by @bo"), "{case}: {}", card.text);
    assert!(room.topic.value.contains("lead @cy"), "{case}: {}", room.topic.value);
    let own = |said: &&Message| said.text.contains(&format!("INC-{number}:"));
    assert_eq!(world.dm("bo").messages.iter().filter(own).count(), 1, "{case}: pages");
}

/// An incident is declared, answered and led.
async fn goes_on(world: &SlackWorld, number: i64) {
    world.types("cy", DECLARE).await;
    world.advance(TimeDelta::minutes(3)).await;
    world.types("bo", &format!("INC-{number} ack")).await;
    world.types("cy", &format!("INC-{number} lead")).await;
    world.advance(TimeDelta::minutes(3)).await;
}

async fn each_method_may_be_limited_for_short_or_long(world: &mut SlackWorld) {
    let all = METHODS.into_iter().flat_map(|method| [1, 120].map(|wait| (method, wait)));
    for (number, (method, wait)) in (1..).zip(all) {
        world.fake.breaks(Trouble::with(method, Fault::RateLimited(wait)).times(1));
        goes_on(world, number).await;
        is_current(world, number, &format!("{method} limited for {wait} s")).await;
        world.fake.heals();
        world.types("cy", &format!("INC-{number} cancel")).await;
        world.advance(TimeDelta::minutes(3)).await;
    }
}

async fn each_method_may_fail_for_a_minute(world: &mut SlackWorld) {
    for (number, method) in (1..).zip(METHODS) {
        for fault in [Fault::Status(500), Fault::Status(503)] {
            world.fake.breaks(Trouble::with(method, fault).times(1));
        }
        goes_on(world, number).await;
        is_current(world, number, &format!("{method} fails")).await;
        world.fake.heals();
        world.types("cy", &format!("INC-{number} cancel")).await;
        world.advance(TimeDelta::minutes(3)).await;
    }
}

/// Several incidents at once, since each time-out is waited for.
async fn what_is_never_answered_is_done_again(world: &mut SlackWorld) {
    let lines = METHODS.map(|_| world.fake.slash(world.id("cy"), &world.general, "/incident", DECLARE));
    for (method, fault) in METHODS.into_iter().zip([Fault::Hang, Fault::HangAfter].into_iter().cycle()) {
        world.fake.breaks(Trouble::with(method, fault).times(1));
    }
    join_all(lines).await;
    // As the process itself does: what hangs holds up nothing else. All but the editing of cards hangs from the start.
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let engine = world.app.engine.clone();
    let working = tokio::spawn(async move { engine.run(stopped).await });
    let hang = |fake: &Fake| fake.calls().iter().filter(|call| call.fault.is_some()).count() + 1 >= METHODS.len();
    world.fake.until("what hangs", |fake| hang(fake).then_some(())).await;
    stop.send_replace(true);
    working.await.unwrap();
    world.advance(TimeDelta::minutes(3)).await;
    for number in 1..=i64::try_from(METHODS.len()).unwrap() {
        world.types("bo", &format!("INC-{number} ack")).await;
        world.types("cy", &format!("INC-{number} lead")).await;
    }
    world.advance(TimeDelta::minutes(3)).await;
    for number in 1..=i64::try_from(METHODS.len()).unwrap() {
        is_current(world, number, "a method hangs").await;
    }
    assert_eq!(world.fake.channels().len(), METHODS.len() + 1);
}

async fn a_document_that_cannot_go_up_is_told_of(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    for (times, (method, fault)) in (1..).zip([
        ("files.getUploadURLExternal", Fault::RateLimited(120)),
        ("files.completeUploadExternal", Fault::RateLimited(120)),
        ("files.getUploadURLExternal", Fault::Error("not_allowed".to_owned())),
    ]) {
        world.fake.breaks(Trouble::with(method, fault.clone()));
        assert_eq!(world.types_in(&room, "cy", "export").await, "INC-1-postmortem.md is being uploaded.");
        // It may overtake the acknowledgement, which goes another way.
        let shown = world.fake.ephemerals(world.id("cy")).into_iter().map(|shown| shown.text);
        let told = shown.filter(|text| text.starts_with("INC-1-postmortem.md could not be uploaded (")).count();
        assert_eq!(told, times, "{method} {fault:?}");
        world.fake.heals();
        world.advance(TimeDelta::minutes(3)).await;
    }
    // What passes by itself is not told of.
    world.fake.breaks(Trouble::with("files.getUploadURLExternal", Fault::Status(503)).times(1));
    world.types_in(&room, "cy", "export").await;
    let shared = world.fake.channel_by_id(&room).messages.into_iter().flat_map(|message| message.files);
    assert_eq!(shared.count(), 1);
}

async fn a_home_that_was_refused_comes_with_the_next_look(world: &mut SlackWorld) {
    for fault in [Fault::Status(500), Fault::RateLimited(1), Fault::Error("internal_error".to_owned())] {
        world.fake.breaks(Trouble::with("views.publish", fault).times(1));
    }
    world.types("cy", "declare checkout is down").await;
    for _ in 0..4 {
        world.fake.opens_home(world.id("bo")).await;
        world.settle().await;
        world.advance(TimeDelta::minutes(1)).await;
    }
    let home = world.fake.home(world.id("bo")).expect("it was published at last");
    assert!(home.body.to_string().contains("checkout is down"));
    assert_eq!(world.types("bo", "INC-1 lead").await, "@bo is lead of INC-1.");
}
