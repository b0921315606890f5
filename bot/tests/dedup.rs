//! One request is carried out once, however often it arrives.

use futures_util::future::join_all;

use crate::support::{World, minutes, on_both};

on_both!(
    a_request_that_arrives_twice_gets_the_first_reply,
    a_refusal_is_remembered_too,
    many_arrivals_at_once_make_one_incident,
    numbers_have_no_gaps,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";

async fn a_request_that_arrives_twice_gets_the_first_reply(world: &mut World) {
    let first = world.takes(world.inbound("slash-1", "ana", DECLARE)).await;
    assert_eq!(first, "INC-1 declared at SEV1. Paging @bo.");
    assert_eq!(world.takes(world.inbound("slash-1", "ana", DECLARE)).await, first);
    world.settle().await;
    world.says("bo", "/incident ack").await;
    world.restart().await;
    world.advance(minutes(60)).await;
    assert_eq!(world.takes(world.inbound("slash-1", "ana", DECLARE)).await, first);
    world.settle().await;
    assert_eq!(world.numbers().await, [1]);
    assert_eq!(world.terminal.rooms(), ["inc-1-checkout-is-down"]);
    assert_eq!(world.pages("bo"), 1);
    world.adds_up().await;
}

async fn a_refusal_is_remembered_too(world: &mut World) {
    let early = world.takes(world.inbound("slash-1", "bo", "/incident INC-1 ack")).await;
    assert_eq!(early, "! No incident is called INC-1");
    world.says("ana", DECLARE).await;
    assert_eq!(world.takes(world.inbound("slash-1", "bo", "/incident INC-1 ack")).await, early);
    assert_eq!(world.says("bo", "/incident INC-1 ack").await, "You have INC-1.");
}

async fn many_arrivals_at_once_make_one_incident(world: &mut World) {
    let arrivals = (0..32).map(|_| {
        let (intake, inbound) = (world.app.intake.clone(), world.inbound("slash-1", "ana", DECLARE));
        tokio::spawn(async move { intake.take(inbound).await.unwrap() })
    });
    let replies: Vec<_> = join_all(arrivals).await.into_iter().map(Result::unwrap).collect();
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
    world.settle().await;
    assert_eq!(world.numbers().await, [1]);
    assert_eq!(world.pages("bo"), 1);
    assert_eq!(world.history(1).await.iter().filter(|entry| entry.kind == "declared").count(), 1);
}

async fn numbers_have_no_gaps(world: &mut World) {
    // Every third one is refused after its number was looked up.
    let lines = (0..96).map(|n| match n % 3 {
        0 => (n, "/incident declare it is down --service nowhere".to_owned()),
        _ => (n, format!("/incident declare number {n} is down sev4")),
    });
    let declares = lines.map(|(n, line)| {
        let (intake, inbound) = (world.app.intake.clone(), world.inbound(&format!("slash-{n}"), "ana", &line));
        tokio::spawn(async move { intake.take(inbound).await.unwrap() })
    });
    for answer in join_all(declares).await {
        answer.unwrap();
    }
    assert_eq!(world.numbers().await, (1..=64).collect::<Vec<_>>());
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}
