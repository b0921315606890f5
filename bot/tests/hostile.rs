//! Whatever people type is refused in clear words or kept as it is, and never reaches the terminal as an order.

use firebell::platform::Outgoing;
use firebell_core::incident::RoomState;
use firebell_core::timeline::Change;
use proptest::prelude::*;

use crate::support::{Place, World, minutes, on_both};

on_both!(
    odd_words_are_kept,
    every_verb_keeps_odd_words_or_refuses_them,
    orders_to_a_terminal_are_shown_and_not_obeyed,
    long_texts_are_refused,
    texts_of_nothing_are_refused,
);

const ROOM: &str = "inc-1-checkout-is-down";

const ODD: [&str; 12] = [
    "👩‍🚒🔥 тест 火事 é",
    "שלום עולם العربية",
    "'; DROP TABLE incident;--",
    "Robert\"); DELETE FROM entry WHERE (\"1\"=\"1",
    "$1 %s {} {{title}} {{{title}}} {{> chat/card}}",
    "<script>alert(1)</script> & <!channel> @everyone",
    "\\ \\n \\u0000 \\x1b[31m",
    "NULL",
    "| a | b |\n| --- | --- |",
    "\u{202e}evil\u{202c} \u{feff} e\u{301}\u{301}\u{301} \u{fffe} \u{10ffff}",
    "# heading\n- item\n1. one\n> quote\n```\nfence",
    "@bo @nobody #1 E5 M1 INC-1 sev1",
];

async fn odd_words_are_kept(world: &mut World) {
    // What cannot be seen is shown by its number, and what is shown is compared here.
    let words: Vec<&str> = ODD.into_iter().filter(|text| !text.contains('\u{202e}')).collect();
    world.says("ana", "/incident declare checkout is down").await;
    for (number, text) in words.iter().copied().enumerate() {
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

/// The verbs that take words of any kind, with what stands before them.
const FREE: [&str; 19] = [
    "note",
    "update",
    "summary",
    "impact",
    "action",
    "link https://example.org/dash",
    "field ticket",
    "correct E1",
    "page @bo",
    "trigger",
    "factor",
    "why",
    "limited",
    "detection",
    "resolve",
    "reopen",
    "cancel",
    "redact E1",
    "redact M1",
];

/// The verbs whose words name something, and that refuse whatever names nothing.
const NAMING: [&str; 28] = [
    "lead",
    "comms",
    "scribe",
    "role",
    "status",
    "sev",
    "page",
    "done",
    "mark",
    "merge",
    "link",
    "field region",
    "why-paged",
    "evidence F1",
    "confirm",
    "suspect",
    "because",
    "cause",
    "times",
    "factor it is full --category",
    "impact --users",
    "list",
    "export",
    "help",
    "postmortem --template",
    "note it is down --at",
    "update it is down --next",
    "action write it up --due",
];

async fn every_verb_keeps_odd_words_or_refuses_them(world: &mut World) {
    for (number, text) in (1..).zip(ODD) {
        let id = format!("INC-{number}");
        world.says("ana", "/incident declare checkout is down").await;
        let room = world.row(number).await.rooms[0].clone();
        let RoomState::Open { external_id: room, .. } = room.state else { panic!("{room:?}") };
        world.talks(&room, "bo", text).await.unwrap();
        for verb in NAMING {
            let entries = world.history(number).await.len();
            // Quoted, so that it is one word.
            let quoted = format!("\"{}\"", text.replace(['"', '\n'], "'"));
            let reply = world.says("ana", &format!("/incident {id} {verb} {quoted}")).await;
            assert!(reply.starts_with("! ") && reply.chars().count() < 400, "{verb} {text}: {reply}");
            assert_no_orders(&reply);
            assert_eq!(world.history(number).await.len(), entries, "{verb} {text}");
        }
        for verb in FREE {
            let reply = world.says("ana", &format!("/incident {id} {verb} {text}")).await;
            let over = verb == "cancel" && reply.contains("is already cancelled");
            assert!(!reply.starts_with('!') || over || names_somebody(verb, text), "{verb} {text}: {reply}");
            assert_no_orders(&reply);
            if verb == "reopen" {
                world.says("ana", &format!("/incident {id} resolve {text}")).await;
                world.says("ana", &format!("/incident {id} reopen")).await;
            }
        }
        for line in [
            "show",
            "timeline",
            "actions",
            "summary",
            "impact",
            "causes",
            "times",
            "why-paged",
            "postmortem",
            "export json",
        ] {
            let shown = world.says("ana", &format!("/incident {id} {line}")).await;
            assert!(!shown.starts_with('!'), "{line}: {shown}");
            assert_no_orders(&shown);
        }
    }
    world.adds_up().await;
    shows_no_orders(world);
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// A follow-up's owner stands before its text or behind it.
fn names_somebody(verb: &str, text: &str) -> bool {
    verb == "action" && (text.starts_with('@') || text.contains(" @everyone"))
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
        ("impact", "! The impact is longer than 8000 characters; shorten it or link to it"),
        ("cancel", "! The reason is longer than 8000 characters; shorten it or link to it"),
        ("reopen", "! The reason is longer than 8000 characters; shorten it or link to it"),
        ("correct E1", "! The correction is longer than 8000 characters; shorten it or link to it"),
        ("redact E1", "! The reason is longer than 8000 characters; shorten it or link to it"),
        ("redact M1", "! The reason is longer than 8000 characters; shorten it or link to it"),
        ("field ticket", "! The field is longer than 8000 characters; shorten it or link to it"),
        ("link https://example.org", "! The title is longer than 200 characters; shorten it or link to it"),
    ];
    for (verb, expected) in table {
        assert_eq!(world.says("ana", &format!("/incident {verb} {}", "long ".repeat(1_700))).await, expected, "{verb}");
    }
    let refused = world.talks(ROOM, "bo", &long).await.unwrap_err();
    assert_eq!(refused, "the message is longer than 8000 characters; shorten it or link to it");
    let endless = "x".repeat(1 << 20);
    let naming = NAMING.map(|verb| format!("/incident {verb} {endless}"));
    let odd = [
        long.clone(),
        format!("/incident note {long}"),
        endless.clone(),
        format!("/incident INC-{endless}"),
        "/incident ".repeat(100_000),
    ];
    let inside = ["declare --service", "declare --type", "declare --field", "declare --severity", "impact --started"];
    for line in naming.into_iter().chain(odd).chain(inside.map(|verb| format!("/incident {verb} {endless}"))) {
        let reply = world.says("ana", &line).await;
        assert!(reply.starts_with('!') && reply.len() < 1_000, "{} bytes: {}", reply.len(), &line[..30]);
    }
    assert_eq!((world.numbers().await, world.history(1).await.len()), (vec![1], entries));
}

async fn texts_of_nothing_are_refused(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    let entries = world.history(1).await.len();
    for nothing in ["", " ", "\t", "\u{a0}\u{2003}", "\n\r\n"] {
        for verb in FREE.into_iter().filter(|verb| !matches!(*verb, "reopen" | "cancel" | "page @bo")) {
            let reply = world.says("ana", &format!("/incident {verb}{nothing}")).await;
            // Without a text these show what is set, and a link needs no title.
            let shows = matches!(verb, "summary" | "impact") || verb.starts_with("link");
            assert_eq!(reply.starts_with('!'), !shows, "{verb}{nothing:?}: {reply}");
        }
        for verb in NAMING.into_iter().filter(|verb| !OPTIONAL.contains(verb)) {
            let reply = world.says("ana", &format!("/incident {verb}{nothing}")).await;
            assert!(reply.starts_with('!'), "{verb}{nothing:?}: {reply}");
        }
        assert!(world.talks(ROOM, "bo", nothing).await.is_err(), "{nothing:?}");
        assert!(world.says("ana", &format!("/incident declare{nothing}")).await.starts_with('!'));
    }
    assert_eq!(world.numbers().await, [1]);
    let new = world.history(1).await.split_off(entries);
    assert!(new.iter().all(|entry| entry.kind == "linked"), "{new:?}");
}

/// Without a name they mean whoever asks, or everything.
const OPTIONAL: [&str; 8] = ["times", "lead", "comms", "scribe", "why-paged", "list", "export", "help"];

fn shows_no_orders(world: &World) {
    for envelope in world.terminal.log() {
        let texts = match envelope.what {
            Outgoing::OpenRoom { name, .. } => [name, String::new()],
            Outgoing::CloseRoom { room } | Outgoing::Bookmarks { room, .. } => [room, String::new()],
            Outgoing::Invite { room, account } => [room, account.to_string()],
            Outgoing::Post { room, text, .. }
            | Outgoing::Mirror { room, text, .. }
            | Outgoing::Card { room, text, .. } => [room, text],
            Outgoing::Unmirror { room, message, .. } => [room, message],
            Outgoing::Document { room, file, .. } => [room, format!("{} {}", file.name, file.title)],
            Outgoing::Notice { account, text, .. }
            | Outgoing::Withdraw { account, text, .. }
            | Outgoing::Tell { account, text }
            | Outgoing::Alarm { account, text } => [account.to_string(), text],
            Outgoing::Describe { room, topic, .. } => [room, topic],
            Outgoing::Announce { channel, text, .. } => [channel, text],
            Outgoing::InviteGroup { room, group } => [room, group],
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
