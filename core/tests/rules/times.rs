//! Key times by the word of people, and the impact in numbers.

use chrono::TimeDelta;
use firebell_core::command::{Command, Fix};
use firebell_core::ids::{EntryId, IncidentId};
use firebell_core::incident::{ActiveStatus, Measures, Money};
use firebell_core::metrics::Metrics;
use firebell_core::reply::Reply;
use firebell_core::times::KeyTime;

use crate::invariants::adds_up;
use crate::world::{World, kinds};

fn ago(world: &World, minutes: i64) -> chrono::DateTime<chrono::Utc> {
    world.now - TimeDelta::minutes(minutes)
}

fn set(world: &World, time: KeyTime, minutes: i64) -> Command {
    Command::SetTime { time, at: Some(ago(world, minutes)) }
}

#[test]
fn every_figure_follows_what_people_say() {
    let mut world = World::declared();
    world.pass(30);
    world.says("ana", Command::Status { to: ActiveStatus::Mitigated }).unwrap();
    let mitigated = world.history[&IncidentId(1)].last().unwrap().id;
    assert_eq!(Metrics::of(world.incident()).mitigate, Some(TimeDelta::minutes(30)));
    let earlier = set(&world, KeyTime::Mitigated, 10);
    world.says("ana", earlier).unwrap();
    assert_eq!(Metrics::of(world.incident()).mitigate, Some(TimeDelta::minutes(20)));
    let started = set(&world, KeyTime::ImpactStarted, 40);
    world.says("ana", started).unwrap();
    let metrics = Metrics::of(world.incident());
    assert_eq!((metrics.detect, metrics.mitigate), (Some(TimeDelta::minutes(10)), Some(TimeDelta::minutes(30))));
    let said = world.history[&IncidentId(1)].last().unwrap().id;
    let at = ago(&world, 50);
    world.says("ana", Command::Correct { entry: said, fix: Fix::HappenedAt(at) }).unwrap();
    assert_eq!(Metrics::of(world.incident()).detect, Some(TimeDelta::minutes(20)), "what people said is corrected");
    world.says("ana", Command::SetTime { time: KeyTime::Mitigated, at: None }).unwrap();
    let at = ago(&world, 5);
    world.says("ana", Command::Correct { entry: mitigated, fix: Fix::HappenedAt(at) }).unwrap();
    assert_eq!(Metrics::of(world.incident()).mitigate, Some(TimeDelta::minutes(45)), "the timeline has the say again");
    adds_up(world.incident(), &world.history[&IncidentId(1)]);
}

#[test]
fn an_unlikely_order_is_told_and_taken() {
    let mut world = World::declared();
    world.pass(30);
    let future = Command::SetTime { time: KeyTime::Detected, at: Some(ago(&world, -1)) };
    assert_eq!(world.refuses("ana", future), "that time lies in the future; facts have already happened");
    let clear = Command::SetTime { time: KeyTime::Detected, at: None };
    assert_eq!(
        world.refuses("ana", clear),
        "nobody has said when it was detected, so the timeline has the say already"
    );
    let started = set(&world, KeyTime::ImpactStarted, 10);
    world.says("ana", started).unwrap();
    let mitigated = set(&world, KeyTime::Mitigated, 20);
    let decision = world.says("ana", mitigated).unwrap();
    let Reply::TimeSet { disorder, cleared, .. } = decision.reply else { panic!() };
    assert!(!cleared);
    assert_eq!(disorder, [(KeyTime::ImpactStarted, KeyTime::Mitigated)]);
    assert_eq!(Metrics::of(world.incident()).mitigate, None, "a time that ran backwards is no time");
    let acknowledged = set(&world, KeyTime::Acknowledged, 5);
    let decision = world.says("ana", acknowledged).unwrap();
    let Reply::TimeSet { disorder, .. } = decision.reply else { panic!() };
    assert_eq!(disorder, [], "what is taken on may be mitigated already");
}

#[test]
fn impact_has_numbers_an_end_and_text_each_by_itself() {
    let mut world = World::declared();
    world.pass(60);
    let impact = |text: Option<&str>, started, ended, measures| Command::SetImpact {
        text: text.map(str::to_owned),
        started_at: started,
        ended_at: ended,
        measures,
    };
    let users = Measures { users: Some(1_200), ..Measures::default() };
    let done = world.says("ana", impact(None, None, None, users)).unwrap();
    assert_eq!(kinds(&done), ["impact_measured"]);
    let money = Some(Money { cents: 500, currency: "EUR".to_owned() });
    let costs = Measures { money, ..Measures::default() };
    let (started, ended) = (Some(ago(&world, 10)), Some(ago(&world, 20)));
    let done = world.says("ana", impact(Some("no carts"), started, ended, costs)).unwrap();
    assert_eq!(kinds(&done), ["impact_set", "impact_measured"]);
    let disorder = vec![
        (KeyTime::ImpactStarted, KeyTime::Detected),
        (KeyTime::ImpactStarted, KeyTime::Declared),
        (KeyTime::ImpactStarted, KeyTime::ImpactEnded),
    ];
    assert_eq!(done.reply, Reply::ImpactSet { incident: IncidentId(1), disorder });
    let measures = &world.incident().impact.measures;
    assert_eq!((measures.users, measures.money.as_ref().map(ToString::to_string)), (Some(1_200), Some("5 EUR".into())));
    let future = Some(ago(&world, -5));
    assert_eq!(
        world.refuses("ana", impact(None, None, future, Measures::default())),
        "that time lies in the future; facts have already happened"
    );
    assert_eq!(world.refuses("ana", impact(None, None, None, Measures::default())), "the impact is empty");
    assert_eq!(world.incident().time(KeyTime::Detected).unwrap().entry, Some(EntryId(1)));
    adds_up(world.incident(), &world.history[&IncidentId(1)]);
}
