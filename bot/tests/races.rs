//! Many people at once, on one incident and on several.

use firebell::app::App;
use firebell::intake::{Answer, Inbound};
use firebell::render::Target;
use firebell_core::ids::Key;
use futures_util::future::join_all;

use crate::support::{World, minutes, on_both};

on_both!(
    everybody_writes_at_once,
    what_comes_together_is_answered_one_by_one,
    a_directory_that_changes_meanwhile,
    an_acknowledgement_races_the_timer,
    incidents_merged_into_each_other,
);

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

/// Whatever can be said at once: what is done and what is refused, by number and by room, new and repeated.
async fn what_comes_together_is_answered_one_by_one(world: &mut World) {
    for number in 1..=8 {
        world.says("ana", &format!("/incident declare number {number} is down sev4")).await;
    }
    world.says("ana", "/incident INC-8 cancel false alarm").await;
    let said = |(id, who, room, line): (&str, &str, Option<&str>, &str)| {
        let inbound = Inbound { room: room.map(str::to_owned), ..world.inbound(id, who, line) };
        let intake = world.app.intake.clone();
        tokio::spawn(async move { intake.take(inbound).await.unwrap() })
    };
    let room = world.terminal.rooms().first().cloned();
    let lines = [
        ("a", "ana", None, "/incident INC-6 note the first"),
        ("b", "bo", None, "/incident INC-7 lead @bo"),
        ("b", "bo", None, "/incident INC-7 lead @bo"),
        ("c", "bo", None, "/incident INC-2 lead @nobody"),
        ("d", "gus", None, "/incident INC-3 note as a guest"),
        ("e", "cy", None, "/incident INC-99 note nowhere"),
        ("f", "cy", None, "/incident INC-8 status mitigated"),
        ("g", "cy", None, "/incident INC-2 sev sev2"),
        ("h", "cy", None, "/incident INC-5 status mitigated"),
        ("i", "cy", room.as_deref(), "/incident note in the room"),
        ("j", "cy", Some("a room of no incident"), "/incident note anywhere"),
        ("k", "dee", None, "/incident INC-3 action buy a spare @dee"),
        ("k", "dee", None, "/incident INC-3 action buy a spare @dee"),
        ("k", "dee", None, "/incident INC-3 action buy a spare @dee"),
        ("l", "dee", None, "/incident INC-4 action and another"),
        ("m", "ana", None, "/incident declare one more is down sev4"),
    ];
    let answers = join_all(lines.map(said)).await;
    let answers: Vec<String> = lines
        .iter()
        .zip(answers)
        .map(|((id, ..), answer)| {
            let words = world.app.intake.words(Target::Console, &answer.unwrap(), chrono_tz::Tz::UTC).unwrap();
            // Which others could have been meant depends on who was first.
            let words = words.lines().next().unwrap_or_default().split(", as in").next().unwrap_or_default();
            format!("{id}: {words}")
        })
        .collect();
    let expected = [
        "a: Noted in INC-6 as E5.",
        "b: @bo is lead of INC-7.",
        "b: @bo is lead of INC-7.",
        "c: ! No person is called @nobody",
        "d: ! @gus is a guest here and may not run commands; ask an administrator to make them a responder",
        "e: ! No incident is called INC-99",
        "f: ! INC-8 is cancelled, so it cannot become mitigated; declare a new incident",
        "g: INC-2 is SEV2 now. Paging @bo.",
        "h: INC-5 is mitigated.",
        "i: Noted in INC-1 as E5.",
        "j: ! Say which incident is meant",
        "k: Action A1 added to INC-3.",
        "k: Action A1 added to INC-3.",
        "k: Action A1 added to INC-3.",
        "l: Action A1 added to INC-4.",
        "m: INC-9 declared at SEV4.",
    ];
    assert_eq!(answers, expected);
    // What was said again is answered again and not done again.
    for ((id, who, room, line), answer) in lines.into_iter().zip(expected) {
        let again = world.takes(Inbound { room: room.map(str::to_owned), ..world.inbound(id, who, line) }).await;
        assert!(again.starts_with(answer.split_once(": ").unwrap().1), "{again}");
    }
    world.settle().await;
    for (number, kind) in [(1, "noted"), (3, "action_added"), (6, "noted"), (7, "role_assigned")] {
        let written = world.history(number).await.iter().filter(|entry| entry.kind == kind).count();
        assert_eq!(written, 1, "{kind} in INC-{number}");
    }
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// Commands that wait together are understood by the directory as it is when they are decided.
async fn a_directory_that_changes_meanwhile(world: &mut World) {
    let other = world.replica().await;
    for number in 1..=24 {
        world.says("ana", &format!("/incident declare number {number} is down sev4")).await;
    }
    other.intake.introduce(world.app.console, &Key::new("zoe").unwrap()).await.unwrap();
    let lines: Vec<(&str, String)> = (1..=24).map(|n| ("ana", format!("/incident INC-{n} lead @zoe"))).collect();
    let answers = at_once(world, &other, &lines).await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::Done(_))), "{answers:?}");
    world.settle().await;
    world.adds_up().await;
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
