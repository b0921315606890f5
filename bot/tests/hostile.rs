//! Whatever people type is refused in clear words or kept as it is, and never reaches the terminal as an order.

use firebell::platform::Outgoing;
use firebell_core::timeline::Change;
use proptest::prelude::*;

use crate::support::{Place, World, minutes, on_both};

on_both!(odd_words_are_kept, orders_to_a_terminal_are_shown_and_not_obeyed, long_texts_are_refused);

const ROOM: &str = "inc-1-checkout-is-down";

async fn odd_words_are_kept(world: &mut World) {
    let words = [
        "👩‍🚒🔥 тест 火事 é",
        "שלום עולם العربية",
        "'; DROP TABLE incident;--",
        "Robert\"); DELETE FROM entry WHERE (\"1\"=\"1",
        "$1 %s {} {{title}} {{{title}}} {{> chat/card}}",
        "<script>alert(1)</script> & <!channel> @everyone",
        "\\ \\n \\u0000 \\x1b[31m",
        "NULL",
        "| a | b |\n| --- | --- |",
    ];
    world.says("ana", "/incident declare checkout is down").await;
    for (number, text) in words.into_iter().enumerate() {
        let entry = 5 + number;
        let reply = world.says("ana", &format!("/incident note {text}")).await;
        assert_eq!(reply, format!("Noted in INC-1 as E{entry}."), "{text}");
        world.talks(ROOM, "bo", text).await.unwrap();
        let kept = world.history(1).await.pop().and_then(|entry| entry.change);
        assert_eq!(kept, Some(Change::Noted { text: text.to_owned() }));
        let first_line = text.lines().next().unwrap();
        assert!(world.says("ana", "/incident timeline").await.contains(first_line), "{text}");
    }
    for (number, text) in words.into_iter().enumerate() {
        let incident = 2 + number;
        let reply = world.says("ana", &format!("/incident declare \"{}\"", text.replace('"', "'"))).await;
        assert_eq!(reply, format!("INC-{incident} declared at SEV3."), "{text}");
    }
    world.adds_up().await;
    shows_no_orders(world);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

async fn orders_to_a_terminal_are_shown_and_not_obeyed(world: &mut World) {
    let orders = "a\0b\u{1b}[2J\u{1b}]0;title\u{7}c\u{8}\rd\u{7f}\u{9b}31m";
    let reply = world.says("ana", &format!("/incident declare {orders} sev1 --service checkout")).await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @bo.");
    let room = world.terminal.rooms()[0].clone();
    for line in ["note", "update", "page @cy", "summary", "impact", "action", "resolve"] {
        let reply = world.says("ana", &format!("/incident INC-1 {line} {orders}")).await;
        assert!(!reply.starts_with('!'), "{line}: {reply}");
    }
    world.talks(&room, "bo", orders).await.unwrap();
    world.says("ana", "/incident INC-1 mark M1").await;
    for line in ["show", "timeline", "actions", "summary", "impact", "why-paged", "list all", "postmortem"] {
        assert_no_orders(&world.says("ana", &format!("/incident INC-1 {line}")).await);
    }
    for line in [format!("/incident {orders}"), format!("/incident lead @{orders}"), format!("/incident sev {orders}")]
    {
        let reply = world.says("ana", &line).await;
        assert!(reply.starts_with('!'), "{reply}");
        assert_no_orders(&reply);
    }
    assert_no_orders(&world.says(orders, "/incident list").await);
    assert!(world.row(1).await.title.starts_with("a␀b␛[2J␛]0;title␇c␈"), "{}", world.row(1).await.title);
    shows_no_orders(world);
    world.adds_up().await;
}

async fn long_texts_are_refused(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    let entries = world.history(1).await.len();
    let long = "long ".repeat(1 << 18);
    let table = [
        ("declare", "! The title is longer than 200 characters; shorten it or link to it"),
        ("note", "! The note is longer than 8000 characters; shorten it or link to it"),
        ("update", "! The update is longer than 8000 characters; shorten it or link to it"),
        ("summary", "! The summary is longer than 8000 characters; shorten it or link to it"),
        ("resolve", "! The summary is longer than 8000 characters; shorten it or link to it"),
        ("page @bo", "! The message is longer than 8000 characters; shorten it or link to it"),
        ("action", "! The action is longer than 8000 characters; shorten it or link to it"),
    ];
    for (verb, expected) in table {
        assert_eq!(world.says("ana", &format!("/incident {verb} {long}")).await, expected, "{verb}");
    }
    let refused = world.talks(ROOM, "bo", &long).await.unwrap_err();
    assert_eq!(refused, "the message is longer than 8000 characters; shorten it or link to it");
    for line in [long.clone(), format!("/incident lead @{}", "x".repeat(1 << 20)), "/incident ".repeat(100_000)] {
        let reply = world.says("ana", &line).await;
        assert!(reply.starts_with('!') && reply.len() < 1_000, "{} bytes", reply.len());
    }
    assert_eq!((world.numbers().await, world.history(1).await.len()), (vec![1], entries));
}

fn shows_no_orders(world: &World) {
    for envelope in world.terminal.log() {
        let texts = match envelope.what {
            Outgoing::OpenRoom { name, .. } => [name, String::new()],
            Outgoing::CloseRoom { room } => [room, String::new()],
            Outgoing::Invite { room, account } => [room, account],
            Outgoing::Post { room, text } | Outgoing::Card { room, text, .. } => [room, text],
            Outgoing::Notice { account, text }
            | Outgoing::Withdraw { account, text }
            | Outgoing::Alarm { account, text } => [account, text],
        };
        for text in &texts {
            assert_no_orders(text);
        }
    }
}

fn assert_no_orders(text: &str) {
    let order = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(order, None, "{text:?}");
}

fn line() -> impl Strategy<Value = String> {
    let verbs: Vec<&str> = firebell_core::command::verbs::VERBS.iter().map(|verb| verb.word).collect();
    let number = prop_oneof![Just(String::new()), (1..4).prop_map(|number| format!("INC-{number} "))];
    let piece = prop_oneof![
        any::<String>(),
        "[a-z ]{1,30}",
        prop::sample::select(vec![
            "@bo",
            "web",
            "sev1",
            "E5",
            "M1",
            "A1",
            "INC-1",
            "--private",
            "--at -5m",
            "--next 10m",
            "identified"
        ])
        .prop_map(str::to_owned),
    ];
    (number, prop::sample::select(verbs), prop::collection::vec(piece, 0..4))
        .prop_map(|(number, verb, pieces)| format!("/incident {number}{verb} {}", pieces.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random lines of random people neither fail nor leave a record that does not add up.
    #[test]
    fn random_lines_leave_a_sound_record(
        lines in prop::collection::vec((prop::sample::select(vec!["ana", "bo", "cy", "gus"]), line(), 0_i64..4), 1..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::on(Place::sqlite()).await;
            world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
            world.talks(ROOM, "bo", "it is the disk").await.unwrap();
            for (who, line, wait) in lines {
                assert_no_orders(&world.says(who, &line).await);
                world.advance(minutes(wait)).await;
            }
            world.adds_up().await;
            shows_no_orders(&world);
            assert_eq!(world.broken().await, Vec::<String>::new());
            world.end().await;
        });
    }
}
