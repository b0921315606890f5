//! The synthetic page: it takes the way of every notice, once for however many replicas, and is missed when it fails.

use chrono::TimeDelta;
use firebell::engine::Synthetic;
use firebell::store::on;
use firebell_core::effect::Delivery;
use firebell_core::ids::Key;

use crate::support::{Act, Home, Kind, World, minutes, on_both, seconds};

on_both!(
    it_is_sent_at_its_pace_and_recorded,
    of_two_replicas_one_sends_it,
    it_is_due_when_it_was_whoever_starts_again,
    an_outage_is_followed_by_one_alone,
    one_that_fails_is_missed_and_tried_again,
    one_that_does_not_arrive_is_missed_until_it_does,
    one_that_is_still_under_way_gives_way_to_the_next,
    a_person_who_is_not_there_is_missed_too,
);

fn hourly(person: &str) -> Synthetic {
    let person = Key::new(person).unwrap();
    Synthetic { person, method: None, every: TimeDelta::hours(1), within: minutes(5) }
}

/// The instants, as minutes after nine, for which somebody was told.
fn sent(world: &World, who: &str) -> Vec<String> {
    let due = |text: String| Some(text.split_once("It was due at 2026-03-0")?.1.get(2..7)?.to_owned());
    world.terminal.told(who).into_iter().filter_map(due).collect()
}

fn alarms(world: &World) -> Vec<String> {
    let told = world.terminal.told("dee").into_iter();
    told.filter_map(|text| Some(text.lines().next()?.strip_prefix("Firebell is in trouble: ")?.to_owned())).collect()
}

async fn audited(world: &World) {
    world.app.engine.audit().await.unwrap();
    world.settle().await;
}

/// What the installation's stream says of synthetic pages.
async fn record(world: &World) -> Vec<String> {
    let sql = "SELECT e.kind FROM entry e WHERE e.stream = 'installation' AND e.kind LIKE 'synthetic%' ORDER BY e.seq";
    let found = world.store().read(move |tx| {
        Box::pin(async move { Ok(on!(tx, |c| sqlx::query_scalar::<_, String>(sql).fetch_all(c).await)?) })
    });
    found.await.unwrap()
}

async fn it_is_sent_at_its_pace_and_recorded(world: &mut World) {
    world.proves_itself(hourly("ana")).await;
    world.settle().await;
    let said = world.terminal.told("ana").remove(0);
    assert_eq!(
        said,
        "This is a test of Firebell's paging, @ana: nothing is wrong, and no answer is needed. It was due at 2026-03-02 09:00 \
         UTC."
    );
    world.advance(minutes(59)).await;
    assert_eq!(sent(world, "ana"), ["09:00"]);
    world.advance(minutes(62)).await;
    assert_eq!(sent(world, "ana"), ["09:00", "10:00", "11:00"]);
    audited(world).await;
    assert_eq!(alarms(world), [""; 0]);
    assert_eq!(record(world).await, ["synthetic_sent", "synthetic_settled"].repeat(3));
    assert_eq!(world.broken().await, Vec::<String>::new());
    let numbers = |world: &World| world.app.engine.metrics.text().unwrap();
    drop(world.app.engine.clone().arrive().await.unwrap());
    let last = world.clock.now() - minutes(1);
    let line = format!("firebell_synthetic_last_success_timestamp_seconds {}\n", last.timestamp());
    assert!(numbers(world).contains(&line), "{}", numbers(world));
    assert!(numbers(world).contains("firebell_effects_total{work=\"synthetic\",outcome=\"delivered\"} 3\n"));
}

async fn of_two_replicas_one_sends_it(world: &mut World) {
    world.proves_itself(hourly("ana")).await;
    let other = world.replica().await;
    for _ in 0..3 {
        let both = futures_util::join!(world.app.engine.prove(), other.engine.prove());
        assert!(both.0.unwrap() ^ both.1.unwrap(), "one of them sends it");
        world.settle().await;
        other.engine.settle().await.unwrap();
        world.clock.advance(minutes(60)).unwrap();
    }
    assert_eq!(sent(world, "ana"), ["09:00", "10:00", "11:00"]);
    other.store.close().await;
}

async fn it_is_due_when_it_was_whoever_starts_again(world: &mut World) {
    world.proves_itself(hourly("ana")).await;
    world.settle().await;
    world.advance(minutes(30)).await;
    world.restart().await;
    world.settle().await;
    assert_eq!(sent(world, "ana"), ["09:00"]);
    world.advance(minutes(29) + seconds(59)).await;
    assert_eq!(sent(world, "ana").len(), 1);
    world.advance(seconds(1)).await;
    assert_eq!(sent(world, "ana"), ["09:00", "10:00"]);
}

async fn an_outage_is_followed_by_one_alone(world: &mut World) {
    world.proves_itself(hourly("ana")).await;
    world.settle().await;
    world.clock.advance(minutes(10 * 60 + 20)).unwrap();
    world.restart().await;
    world.settle().await;
    assert_eq!(sent(world, "ana"), ["09:00", "10:00"]);
    world.advance(minutes(40)).await;
    assert_eq!(sent(world, "ana"), ["09:00", "10:00", "20:00"]);
}

async fn one_that_fails_is_missed_and_tried_again(world: &mut World) {
    let never = Act::Answer(Delivery::Impossible("no such number".to_owned()));
    world.terminal.script_for(Kind::Notice, "ana", 1, never);
    world.proves_itself(Synthetic { every: TimeDelta::days(1), ..hourly("ana") }).await;
    world.settle().await;
    for _ in 0..2 {
        audited(world).await;
        world.advance(minutes(25)).await;
    }
    assert_eq!(alarms(world), ["the synthetic page of 2026-03-02 09:00 UTC did not arrive"], "once for each");
    let health = &world.app.engine.health;
    assert!(health.ready().is_ok() && health.content().is_err(), "{:?} {:?}", health.ready(), health.content());
    world.advance(minutes(10)).await;
    assert_eq!(sent(world, "ana"), ["09:00", "10:00"].split_at(2 - sent(world, "ana").len()).1);
    audited(world).await;
    assert_eq!((alarms(world).len(), world.app.engine.health.content()), (1, Ok(())));
}

async fn one_that_does_not_arrive_is_missed_until_it_does(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "ana", 6, Act::Answer(Delivery::RetryAfter(minutes(1))));
    world.proves_itself(hourly("ana")).await;
    world.settle().await;
    world.advance(minutes(5)).await;
    audited(world).await;
    assert_eq!(alarms(world), [""; 0], "it may yet arrive in time");
    world.advance(seconds(1)).await;
    audited(world).await;
    assert_eq!(alarms(world), ["the synthetic page of 2026-03-02 09:00 UTC did not arrive"]);
    world.advance(minutes(1)).await;
    audited(world).await;
    assert_eq!((alarms(world).len(), world.app.engine.health.content()), (1, Ok(())));
}

async fn one_that_is_still_under_way_gives_way_to_the_next(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "ana", 30, Act::Answer(Delivery::RetryAfter(minutes(3))));
    world.proves_itself(hourly("ana")).await;
    world.settle().await;
    world.advance(minutes(120)).await;
    // The first was tried for an hour and the second for half of one.
    assert_eq!(sent(world, "ana"), ["10:00", "11:00"], "they do not pile up");
    assert_eq!(record(world).await, ["synthetic_sent", "synthetic_settled"].repeat(3));
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn a_person_who_is_not_there_is_missed_too(world: &mut World) {
    world.proves_itself(hourly("nobody")).await;
    world.settle().await;
    audited(world).await;
    assert_eq!(alarms(world), ["the synthetic page of 2026-03-02 09:00 UTC did not arrive"]);
    assert_eq!(record(world).await, ["synthetic_settled"]);
}

#[test]
fn serve_sends_it_to_the_person_who_is_configured() {
    let home = Home::with("[synthetic]\nperson = \"ana\"\nmethod = \"console\"\n");
    let checked = home.run(&["check"]).done();
    assert!(checked.contains("synthetic page                   to @ana, every 1 d"), "{checked}");
    let mut serving = home.serve();
    serving.shows("This is a test of Firebell's paging, @ana");
    serving.delivers("synthetic", 1);
    serving.stop("-TERM");
    let mut again = home.serve();
    home.says("ana", "/incident declare it is down sev1").done();
    again.shows("PAGE @bo");
    let ended = again.stop("-TERM");
    assert!(!ended.out.contains("This is a test"), "{}", ended.out);
}
