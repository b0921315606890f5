//! What Slack was told to have arrived is carried out, though the process dies over it: once, and whoever asked is answered.

use chrono::TimeDelta;

use crate::support::slack::{Fake, Fault, Outcome, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

const DECLARE: &str = "declare checkout is down";
const DECLARED: &str = "INC-1 declared at SEV3.";

in_slack!(known_by_nobody =>
    events_are_heard_after_a_restart,
    a_command_is_answered_after_a_restart,
    a_late_answer_goes_where_it_can,
    a_form_is_carried_out_after_a_restart,
);
in_slack!(a_database_that_hangs_makes_answers_late, what_comes_again_after_a_restart_is_known);

/// Zoe is a member, and Firebell has yet to ask Slack who she is.
fn known_by_nobody(before: &mut Before) {
    before.newcomer("zoe");
}

/// From now on nobody hears who somebody is.
fn is_slow(world: &SlackWorld) {
    world.fake.breaks(Trouble::with("users.info", Fault::Hang));
}

/// Zoe's command is acknowledged without an answer, as it takes too long, and the process dies over it.
async fn asks_in_vain(world: &mut SlackWorld, channel: &str, line: &str) -> Outcome {
    is_slow(world);
    let outcome = world.fake.slash(world.id("zoe"), channel, "/incident", line).await;
    assert_eq!((outcome.error.clone(), outcome.text()), (None, ""));
    world.is_killed().await;
    world.fake.heals();
    outcome
}

async fn events_are_heard_after_a_restart(world: &mut SlackWorld) {
    world.types("cy", DECLARE).await;
    let room = world.room(1).await.id;
    is_slow(world);
    let ts = world.fake.says(world.id("zoe"), &room, "it is the cache").await;
    world.fake.edits(world.id("zoe"), &room, &ts, "it is the queue").await;
    world.fake.says(world.id("bo"), &room, "it is").await;
    world.fake.settled().await;
    assert_eq!(world.kept(1).await, [""; 0], "it is acknowledged, and not heard as yet");
    world.is_killed().await;
    world.fake.heals();
    // What is read of the room's history is not what this is about.
    world.fake.breaks(Trouble::with("conversations.history", Fault::Error("missing_scope".to_owned())));
    world.starts().await;
    world.until_keeps(1, &["it is the queue", "it is"]).await;
    world.fake.redeliver_latest();
    world.settle().await;
    assert_eq!(world.kept(1).await.len(), 2);
}

async fn a_command_is_answered_after_a_restart(world: &mut SlackWorld) {
    let general = world.general.clone();
    let asked = asks_in_vain(world, &general, DECLARE).await;
    world.starts().await;
    world.settle().await;
    assert_eq!(world.fake.ephemerals(world.id("zoe")).iter().map(|shown| &*shown.text).collect::<Vec<_>>(), [DECLARED]);
    assert_eq!(world.fake.calls_of("response_url").len(), 1);
    // Slack sends no command twice, but were it so, it would hear the same.
    assert_eq!(world.fake.repeats(&asked).await.text(), DECLARED);
    // Nor is it taken up again.
    world.is_killed().await;
    world.starts().await;
    world.advance(TimeDelta::minutes(5)).await;
    assert_eq!(world.fake.calls_of("response_url").len(), 1);
    let rooms = |fake: &Fake| fake.channels().iter().filter(|channel| channel.name.starts_with("inc-")).count();
    assert_eq!(rooms(&world.fake), 1);
}

async fn a_late_answer_goes_where_it_can(world: &mut SlackWorld) {
    world.types("cy", DECLARE).await;
    let room = world.room(1).await.id;
    world.fake.joins(world.id("zoe"), &room).await;
    world.settle().await;
    // The bot is in the room and not in #general.
    for (channel, number) in [(room, 2), (world.general.clone(), 3)] {
        let written = world.fake.dms(world.id("zoe")).len();
        asks_slowly(world, &channel).await;
        let told = format!("INC-{number} declared at SEV3.");
        assert_eq!(world.told("zoe"), told);
        assert_eq!(world.fake.dms(world.id("zoe")).len() - written, number - 2, "{told}");
    }
}

/// Zoe's command waits for the database, and the address for its answer is dead by the time that it is decided.
async fn asks_slowly(world: &mut SlackWorld, channel: &str) {
    let hold = world.place.hold().await;
    let outcome = world.fake.slash(world.id("zoe"), channel, "/incident", DECLARE).await;
    assert_eq!(outcome.error, None);
    world.fake.pass(TimeDelta::minutes(31).to_std().unwrap());
    hold.lets_go().await;
    world.settle().await;
}

async fn a_form_is_carried_out_after_a_restart(world: &mut SlackWorld) {
    world.types("cy", DECLARE).await;
    let room = world.room(1).await.id;
    is_slow(world);
    let card = world.said(&room)[0].ts.clone();
    let pressed = world.fake.press(world.id("zoe"), &room, &card, "firebell:lead").await;
    assert_eq!(pressed.error, None);
    world.is_killed().await;
    world.fake.heals();
    world.starts().await;
    world.settle().await;
    assert_eq!(world.told("zoe"), "@zoe is lead of INC-1.");
    assert_eq!(world.fake.calls_of("response_url").len(), 1);
}

async fn a_database_that_hangs_makes_answers_late(world: &mut SlackWorld) {
    world.types("cy", "list").await;
    let hold = world.place.hold().await;
    let outcome = world.fake.slash(world.id("cy"), &world.general, "/incident", DECLARE).await;
    assert_eq!(outcome.error, None);
    // Where nobody can write, it cannot be kept either.
    assert!(outcome.text().is_empty() || outcome.text().starts_with("This takes longer than usual."), "{outcome:?}");
    hold.lets_go().await;
    world.settle().await;
    assert_eq!(world.told("cy"), DECLARED);
    assert_eq!(world.fake.calls_of("response_url").len(), 1);
    world.is_killed().await;
    world.starts().await;
    world.settle().await;
    assert_eq!(world.fake.calls_of("response_url").len(), 1);
    assert_eq!(world.types("cy", "declare again").await, "INC-2 declared at SEV3.");
}

async fn what_comes_again_after_a_restart_is_known(world: &mut SlackWorld) {
    let asked = world.fake.slash(world.id("cy"), &world.general, "/incident", DECLARE).await;
    world.settle().await;
    let room = world.room(1).await.id;
    let pressed = world.presses("bo", &room, "lead").await;
    world.fake.says(world.id("bo"), &room, "it is the queue").await;
    world.settle().await;
    world.is_killed().await;
    world.starts().await;
    world.settle().await;
    world.fake.redeliver_latest();
    let again = world.fake.repeats(&asked).await;
    assert_eq!((asked.text(), again.text()), (DECLARED, DECLARED));
    world.fake.repeats_press(&pressed).await;
    world.settle().await;
    assert_eq!(world.told("bo"), "@bo is lead of INC-1.");
    assert_eq!(world.kept(1).await, ["it is the queue"]);
    let timeline = world.timeline("cy", 1).await;
    assert_eq!(timeline.matches("is lead").count() + timeline.matches("Lead").count(), 1, "{timeline}");
    assert_eq!(world.fake.channels().len(), 2);
    assert_eq!(world.types("cy", "declare again").await, "INC-2 declared at SEV3.");
}
