//! Many people at once, on one incident and on several.

use firebell::app::App;
use firebell::intake::{Answer, Inbound};
use futures_util::future::join_all;

use crate::support::{World, minutes, on_both};

on_both!(everybody_writes_at_once, an_acknowledgement_races_the_timer, incidents_merged_into_each_other);

/// All at once, by turns through two processes; answers in the order of the lines.
async fn at_once(world: &World, other: &App, lines: &[(&str, String)]) -> Vec<Answer> {
    let taken = lines.iter().enumerate().map(|(number, (who, line))| {
        let intake = if number % 2 == 0 { world.app.intake.clone() } else { other.intake.clone() };
        let inbound: Inbound = world.inbound(&format!("race-{number}"), who, line);
        tokio::spawn(async move { intake.take(inbound).await.unwrap() })
    });
    join_all(taken).await.into_iter().map(Result::unwrap).collect()
}

async fn everybody_writes_at_once(world: &mut World) {
    let other = world.replica().await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    let before = world.history(1).await.len();
    let lines: Vec<(&str, String)> =
        (0..48).map(|n| (["ana", "bo", "cy"][n % 3], format!("/incident INC-1 note number {n}"))).collect();
    let answers = at_once(world, &other, &lines).await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Done(_))), "{answers:?}");
    world.settle().await;
    let places: Vec<i64> = world.history(1).await.iter().map(|entry| entry.id.0).collect();
    assert_eq!(places, (1..=i64::try_from(before + 48).unwrap()).collect::<Vec<_>>());
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    other.store.close().await;
}

async fn an_acknowledgement_races_the_timer(world: &mut World) {
    let other = world.replica().await;
    for number in 1..=20 {
        world.says("ana", &format!("/incident declare number {number} is down sev1 --service checkout")).await;
    }
    world.clock.advance(minutes(5)).unwrap();
    let lines: Vec<(&str, String)> = (1..=20).map(|n| ("bo", format!("/incident INC-{n} ack"))).collect();
    let timers = async {
        let (one, two) = tokio::join!(world.app.engine.settle(), other.engine.settle());
        one.and(two).unwrap();
    };
    let (answers, ()) = tokio::join!(at_once(world, &other, &lines), timers);
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Done(_))), "{answers:?}");
    world.advance(minutes(60)).await;
    // Whoever was first: each page is acknowledged once, and nobody after the last step is told.
    world.not_paged("dee");
    assert_eq!((world.pages("bo"), world.terminal.repeats().len()), (20, 0));
    for number in 1..=20 {
        let kinds: Vec<String> = world.history(number).await.into_iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "acknowledged").count(), 1, "{kinds:?}");
    }
    world.adds_up().await;
    other.store.close().await;
}

async fn incidents_merged_into_each_other(world: &mut World) {
    let other = world.replica().await;
    for number in 1..=20 {
        world.says("ana", &format!("/incident declare number {number} is down sev4")).await;
    }
    let pairs = (1..=20).step_by(2);
    let lines: Vec<(&str, String)> = pairs
        .flat_map(|n| {
            let (a, b) = (n, n + 1);
            [("ana", format!("/incident INC-{a} merge INC-{b}")), ("ana", format!("/incident INC-{b} merge INC-{a}"))]
        })
        .collect();
    let answers = at_once(world, &other, &lines).await;
    for pair in answers.chunks(2) {
        let done = pair.iter().filter(|answer| matches!(answer, Answer::Done(_))).count();
        assert_eq!(done, 1, "{pair:?}");
    }
    world.settle().await;
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    other.store.close().await;
}
