//! Of a private incident outsiders learn only that its number exists.

use std::collections::BTreeSet;

use firebell_core::command::verbs::{Slash, VERBS};

use crate::support::{Home, World, minutes, on_both};

on_both!(
    outsiders_read_what_they_would_read_if_it_did_not_exist,
    lists_and_rooms_hide_it,
    what_is_hidden_hides_nothing_else,
    a_reply_is_for_the_one_who_asked,
    a_notice_names_no_title,
    whoever_is_paged_later_is_let_in,
    a_merge_tells_nobody_more_than_they_knew,
);

const SECRET: &str = "payroll leaked";

/// Ana declares a private incident; eve and cy are no members, nor is bo until he is paged.
async fn private(world: &mut World) {
    let reply = world.says("cy", &format!("/incident declare {SECRET} sev3 --private")).await;
    assert_eq!(reply, "INC-1 declared at SEV3.");
    world.says("cy", &format!("/incident note {SECRET}: the file was public")).await;
}

async fn outsiders_read_what_they_would_read_if_it_did_not_exist(world: &mut World) {
    private(world).await;
    world.talks("inc-1", "cy", SECRET).await.unwrap();
    world.says("cy", "/incident action tell the staff @bo").await;
    world.says("cy", "/incident trigger a public folder").await;
    everything_is_hidden(world).await;
    world.says("cy", "/incident INC-1 page @dee").await;
    everything_is_hidden(world).await;
    world.says("cy", "/incident INC-1 resolve it was moved").await;
    everything_is_hidden(world).await;
    world.says("cy", "/incident INC-1 close").await;
    everything_is_hidden(world).await;
    assert!(world.says("cy", "/incident INC-1 show").await.contains(SECRET));
    assert!(world.says("ana", "/incident INC-1 show").await.contains(SECRET));
}

/// Whatever eve asks of it, she hears what she hears of a number that was never given out, in its room too.
async fn everything_is_hidden(world: &mut World) {
    let before = world.row(1).await;
    for verb in WORDS {
        let missing = world.says("eve", &format!("/incident INC-9 {verb}")).await;
        let hidden = world.says("eve", &format!("/incident INC-1 {verb}")).await;
        assert_eq!(hidden, missing.replace("INC-9", "INC-1"), "{verb}");
        assert_eq!(hidden, "! No incident is called INC-1", "{verb}");
        assert_eq!(world.says_in("inc-1", "eve", &format!("/incident {verb}")).await, hidden, "{verb}");
    }
    // What is listed of all incidents tells of it no more.
    assert_eq!(world.says("eve", "/incident INC-1 actions --all").await, "! No incident is called INC-1");
    assert!(!world.says_in("inc-1", "eve", "/incident actions --all").await.contains("INC-1"));
    assert_eq!(world.row(1).await, before);
}

/// Every verb that is about one incident, aimed at things that exist and at things that do not.
const WORDS: [&str; 70] = [
    "show",
    "timeline",
    "actions",
    "similar",
    "summary",
    "impact",
    "why-paged",
    "why-paged @dee",
    "why-paged @nobody",
    "postmortem",
    "postmortem --template nope",
    "export md",
    "export json",
    "ack",
    "lead",
    "lead @nobody",
    "role scribe @eve",
    "role nope",
    "note hello",
    "note hello --at 2026-03-01",
    "update hello",
    "status identified",
    "sev sev1",
    "sev sev9",
    "page @bo",
    "page web",
    "resolve done",
    "close",
    "cancel",
    "reopen",
    "mark M1",
    "mark M9",
    "unmark M1",
    "snooze",
    "snooze 1h",
    "correct E1 hello",
    "redact E1 hello",
    "redact M1 hello",
    "link https://example.org",
    "action hello @eve",
    "done A1",
    "edit-action A1 hello",
    "undone A1",
    "ticket A1 tracker",
    "summary hello",
    "impact hello",
    "comms",
    "field region eu",
    "merge INC-1",
    "room",
    "room add console",
    "room add nowhere",
    "times",
    "times detected 2026-03-01",
    "trigger hello",
    "factor hello",
    "why hello",
    "limited hello",
    "detection hello",
    "evidence F1 E1",
    "evidence F1 M1",
    "confirm F1",
    "rule-out F1 hello",
    "suspect F1",
    "because F1 F2",
    "cause F1",
    "cause F9 --role why",
    "causes",
    "mirror on",
    "mirror off",
];

#[test]
fn every_verb_is_tried() {
    let tried: BTreeSet<&str> = WORDS.iter().map(|line| line.split(' ').next().unwrap()).collect();
    let about_none = ["declare", "list", "me", "help"];
    let missing: Vec<&str> = VERBS
        .iter()
        .filter(|verb| verb.slash == Slash::Incident)
        .map(|verb| verb.word)
        .filter(|word| !tried.contains(word) && !about_none.contains(word))
        .collect();
    // The same rule as `comms`, with another role.
    assert_eq!(missing, ["scribe"]);
}

async fn lists_and_rooms_hide_it(world: &mut World) {
    private(world).await;
    for line in ["/incident list", "/incident list all"] {
        assert!(!world.says("eve", line).await.contains("INC-1"), "{line}");
        assert!(world.says("cy", line).await.contains(SECRET), "{line}");
    }
    // It is nothing that eve could have meant.
    assert_eq!(
        world.says("eve", "/incident note hello").await,
        "! There is no open incident; begin with `/incident declare <title>`"
    );
    assert_eq!(world.terminal.rooms(), ["inc-1"]);
    let room = world.terminal.room("inc-1");
    assert!(room.private);
    assert_eq!(room.members.iter().map(String::as_str).collect::<Vec<_>>(), ["cy"]);
}

/// However many there are that somebody may not see, what they may see is found.
async fn what_is_hidden_hides_nothing_else(world: &mut World) {
    assert_eq!(world.says("eve", "/incident declare search is slow").await, "INC-1 declared at SEV3.");
    for _ in 0..201 {
        world.asks("cy", None, &format!("/incident declare {SECRET} sev4 --private")).await;
    }
    for line in ["list", "list all"] {
        let listed = world.asks("eve", None, &format!("/incident {line}")).await;
        assert!(listed.starts_with("INC-1  ") && listed.lines().count() == 1, "{line}: {listed}");
    }
    let listed = world.asks("cy", None, "/incident list").await;
    assert!(listed.starts_with("INC-202  ") && listed.lines().count() == 201, "{listed}");
    assert!(listed.ends_with("\nOlder ones are left out; `firebell list` shows them all."), "{listed}");
    assert_eq!(world.asks("eve", None, "/incident note it is the index").await, "Noted in INC-1 as E5.");
    assert!(world.asks("eve", None, "/incident show").await.contains("search is slow"));
    world.asks("eve", None, "/incident declare search is down").await;
    let which = "! Say which incident is meant, as in `/incident INC-203 ...`: INC-203, INC-1";
    assert_eq!(world.asks("eve", None, "/incident note it is down").await, which);
    assert_eq!(world.asks("eve", None, "/incident show").await, which);
}

/// Whoever comes by a request's id, which is no secret, does not come by its reply.
async fn a_reply_is_for_the_one_who_asked(world: &mut World) {
    let declare = format!("/incident declare {SECRET} sev1 --private --service checkout");
    let reply = world.takes(world.inbound("slash-1", "cy", &declare)).await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @bo.");
    assert_eq!(world.takes(world.inbound("slash-1", "cy", &declare)).await, reply);
    let refused = world.takes(world.inbound("slash-1", "eve", "/incident INC-1 ack")).await;
    assert_eq!(refused, "! No incident is called INC-1");
    assert_eq!(world.takes(world.inbound("slash-1", "cy", &declare)).await, reply);
    assert_eq!(world.numbers().await, [1]);
}

async fn a_notice_names_no_title(world: &mut World) {
    private(world).await;
    world.says("cy", "/incident page @bo").await;
    world.advance(minutes(6)).await;
    assert_eq!(
        world.terminal.told("bo")[0],
        "INC-1 SEV3: a private incident\n@bo, you are paged by @cy at 09:00.\nAnswer with /incident INC-1 ack"
    );
    // Whoever is paged is let in: they have to see what they answer for.
    assert!(world.says("bo", "/incident INC-1 show").await.contains(SECRET));
    world.says("bo", "/incident INC-1 ack").await;
    for who in ["ana", "bo", "cy", "dee", "eve"] {
        for text in world.terminal.told(who) {
            assert!(!text.contains(SECRET), "{who} was told: {text}");
        }
    }
}

/// A step that fires later and the last resort bring in those whom they page, and nobody else.
async fn whoever_is_paged_later_is_let_in(world: &mut World) {
    world.says("eve", &format!("/incident declare {SECRET} sev1 --private --service checkout")).await;
    world.advance(minutes(5)).await;
    assert!(world.says("cy", "/incident INC-1 show").await.contains(SECRET));
    assert_eq!(world.says("dee", "/incident INC-1 show").await, "! No incident is called INC-1");
    world.advance(minutes(5)).await;
    assert!(world.says("dee", "/incident INC-1 show").await.contains(SECRET));
    let members: Vec<String> = world.terminal.room("inc-1").members.into_iter().collect();
    assert_eq!(members, ["bo", "cy", "dee", "eve"]);
    for who in members {
        let told = world.terminal.told(&who).concat();
        assert!(!told.contains(SECRET), "{who} was told: {told}");
    }
}

async fn a_merge_tells_nobody_more_than_they_knew(world: &mut World) {
    private(world).await;
    world.says("eve", "/incident declare search is slow").await;
    assert_eq!(world.says("eve", "/incident INC-2 merge INC-1").await, "! No incident is called INC-1");
    assert_eq!(world.says("cy", "/incident INC-1 merge INC-2").await, "INC-1 is merged into INC-2; go on there.");
    world.settle().await;
    let mut seen = String::new();
    for line in ["show", "timeline", "postmortem", "export json", "why-paged"] {
        seen += &world.says("eve", &format!("/incident INC-2 {line}")).await;
    }
    let room = world.terminal.room("inc-2-search-is-slow");
    assert!(!seen.contains(SECRET) && !room.posts.concat().contains(SECRET), "{seen} {room:?}");
    assert!(!seen.contains("@cy joined"), "{seen}");
    assert_eq!(world.says("eve", "/incident INC-1 show").await, "! No incident is called INC-1");
    world.adds_up().await;
}

/// The log and the numbers of a process that serves say of it what a number says.
#[test]
fn the_log_and_the_numbers_tell_nothing_of_it() {
    let home = Home::new();
    let mut serving = home.serve();
    for line in [
        format!("/incident declare {SECRET} sev1 --private"),
        format!("/incident INC-1 note {SECRET}"),
        format!("/incident INC-1 page @cy {SECRET}"),
        format!("/incident INC-1 resolve {SECRET}"),
    ] {
        home.says("ana", &line).done();
    }
    serving.shows("@cy joined");
    let (status, numbers) = serving.asked("/metrics");
    assert_eq!(status, 200);
    let ready = serving.asked("/readyz").1;
    let log = serving.stop("-TERM").err;
    for told in [&numbers, &ready, &log] {
        assert!(!told.contains(SECRET) && !told.contains("private"), "{told}");
    }
    // Whoever holds the database and its key reads everything, and the command line says so.
    assert!(home.run(&["show", "INC-1"]).done().contains(SECRET));
    assert_eq!(home.says("bo", "/incident INC-1 show").code, 0, "bo was paged");
}
