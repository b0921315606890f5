//! Two processes on one database share the work: nothing is done twice, and nothing is left.

use std::time::Duration;

use firebell::app::App;
use firebell::intake::{Answer, From, Inbound};
use firebell::render::Target;
use firebell_core::directory::Standing;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::support::{Act, Kind, Place, World, minutes, on_both, seconds};

on_both!(a_provider_that_hangs_delays_nobody_elses_notice);
on_both!(a_worker_that_was_away_too_long_has_no_say, what_the_directory_says_elsewhere_holds_at_once);

const INCIDENTS: usize = 200;
/// People beside the one whose provider hangs, and incidents of which each of them is told: 1,000 notices.
const OTHERS: usize = 20;
const STORM: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn they_race_for_effects_and_due_pages() {
    let mut world = World::on(Place::postgres().await).await;
    for number in 1..=INCIDENTS {
        let line = format!("/incident declare number {number} is down sev1 --service checkout");
        world.asks("ana", None, &line).await;
    }
    let other = world.replica().await;
    let (stop, stopped) = watch::channel(false);
    let runs = [serves(&world.app, &stopped), serves(&other, &stopped)];

    shown(&world, Kind::OpenRoom, INCIDENTS).await;
    shown(&world, Kind::Notice, INCIDENTS).await;
    shown(&world, Kind::Post, INCIDENTS).await;
    shown(&world, Kind::Invite, 2 * INCIDENTS).await;
    at_rest(&world).await;
    world.clock.advance(minutes(5)).unwrap();
    shown(&world, Kind::Notice, 2 * INCIDENTS).await;
    shown(&world, Kind::Post, 2 * INCIDENTS).await;
    shown(&world, Kind::Invite, 3 * INCIDENTS).await;
    at_rest(&world).await;
    stop.send(true).unwrap();
    for run in runs {
        run.await.unwrap();
    }

    world.settle().await;
    assert_eq!(world.terminal.repeats().len(), 0, "{:?}", world.terminal.repeats());
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("dee")), (INCIDENTS, INCIDENTS, 0));
    assert_eq!(world.terminal.rooms().len(), INCIDENTS);
    let next = world.app.engine.next().await.unwrap().unwrap();
    assert_eq!(next, world.clock.now() + minutes(5), "something was left to do");
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    other.store.close().await;
    world.end().await;
}

fn serves(app: &App, stopped: &watch::Receiver<bool>) -> JoinHandle<()> {
    let (engine, stopped) = (app.engine.clone(), stopped.clone());
    tokio::spawn(async move { engine.run(stopped).await })
}

/// Waits for so many things of a kind; the limit is for a story that would never end.
async fn shown(world: &World, kind: Kind, count: usize) {
    let shown = tokio::time::timeout(Duration::from_mins(1), world.terminal.has_shown(kind, count)).await;
    assert!(shown.is_ok(), "{} of {count} {kind:?}", world.terminal.count(kind));
}

/// Waits until everything that was shown is settled: an advance of the clock would end the leases of what is not.
async fn at_rest(world: &World) {
    let rests = async {
        while world.app.engine.worker.next_ready().await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), rests).await.expect("effects are never settled");
}

/// A thousand others are told while one provider has not answered yet; and nothing is told twice.
async fn a_provider_that_hangs_delays_nobody_elses_notice(world: &mut World) {
    let others: Vec<String> = (0..OTHERS).map(|number| format!("n{number}")).collect();
    world
        .reorganise(|org| {
            for handle in &others {
                org.person(handle, Standing::Responder);
            }
            let all: Vec<&str> = std::iter::once("bo").chain(others.iter().map(String::as_str)).collect();
            org.policy("web", &[(&all, 5)]);
        })
        .await;
    world.terminal.script_for(Kind::Notice, "bo", 1, Act::HangAfter);
    for number in 1..=STORM {
        let line = format!("/incident declare number {number} is down sev1 --service checkout");
        world.asks("ana", None, &line).await;
    }
    let settling = world.settles();
    world.terminal.hangs().await;
    shown(world, Kind::Notice, OTHERS * STORM + 1).await;
    assert!(others.iter().all(|handle| world.pages(handle) == STORM));
    assert_eq!(world.pages("bo"), 1, "the rest of theirs waits behind it");
    world.terminal.release();
    settling.await.unwrap();
    // What hung ended without an answer, so it comes once more, marked; then the rest.
    world.advance(minutes(1)).await;
    let repeats = world.terminal.repeats();
    assert!(repeats.values().all(|seen| (seen.times, seen.marked) == (1, 1)) && repeats.len() <= 1, "{repeats:?}");
    assert_eq!(world.pages("bo"), STORM);
    assert!(others.iter().all(|handle| world.pages(handle) == STORM), "nobody else is told twice");
    world.adds_up().await;
}

async fn a_worker_that_was_away_too_long_has_no_say(world: &mut World) {
    world.terminal.script_for(Kind::Notice, "bo", 1, Act::HangAfter);
    world.asks("ana", None, "/incident declare checkout is down sev1 --service checkout").await;
    let settling = world.settles();
    world.terminal.hangs().await;
    let other = world.replica().await;
    world.clock.advance(seconds(31)).unwrap();
    other.engine.settle().await.unwrap();
    let before = world.history(1).await;
    world.terminal.release();
    settling.await.unwrap();
    assert_eq!(world.history(1).await, before, "the one that was away changed the record");
    let settled = before.iter().filter(|entry| entry.kind == "notice_settled").count();
    assert_eq!(settled, 1);
    assert_eq!(world.terminal.count(Kind::Notice), 2);
    let repeats: Vec<(u32, u32)> =
        world.terminal.repeats().into_values().map(|seen| (seen.times, seen.marked)).collect();
    assert_eq!(repeats, [(1, 1)]);
    world.advance(minutes(4)).await;
    assert_eq!(world.terminal.count(Kind::Notice), 2);
    assert!(world.says("ana", "/incident why-paged").await.contains("delivered 09:00, perhaps twice"));
    other.store.close().await;
}

/// A process goes by the directory as it last read it, and finds out in time that it is another.
async fn what_the_directory_says_elsewhere_holds_at_once(world: &mut World) {
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    let other = world.replica().await;
    let said = async |id: &str, who: &str, line: &str| {
        let answer = other.intake.take(world.inbound(id, who, line)).await.unwrap();
        other.intake.words(Target::Console, &answer, chrono_tz::UTC).unwrap().trim_end().to_owned()
    };
    let noted = said("a", "bo", "/incident INC-1 note the pool is exhausted").await;
    assert!(noted.starts_with("Noted"), "{noted}");
    let fay = async |id: &str| {
        let from = From::Cli { handle: "fay".to_owned(), os_user: "root".to_owned() };
        let inbound = Inbound { from, ..world.inbound(id, "fay", "/incident INC-1 note so do I") };
        other.intake.take(inbound).await.unwrap()
    };
    assert!(matches!(fay("b").await, Answer::Refused(_)));

    let mut org = world.org.clone();
    for person in &mut org.files.people {
        match person.handle.as_str() {
            "bo" => person.standing = Standing::Guest,
            "ana" => person.zone = chrono_tz::Asia::Tokyo,
            _ => {}
        }
    }
    org.person("fay", Standing::Responder);
    world.app.bring_in(org.files).await.unwrap();

    let refused = said("c", "bo", "/incident INC-1 note it still is").await;
    assert!(refused.contains("guest"), "{refused}");
    said("d", "ana", "/incident INC-1 note deployed --at \"yesterday 12:00\"").await;
    let noted = world.history(1).await.pop().unwrap();
    assert_eq!(noted.happened_at.format("%H:%M").to_string(), "03:00", "understood in the zone that ana had before");
    assert!(matches!(fay("e").await, Answer::Done(_)));
    other.store.close().await;
}
