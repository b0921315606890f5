//! Of a private incident outsiders learn only that its number exists.

use crate::support::{World, minutes, on_both};

on_both!(
    outsiders_read_what_they_would_read_if_it_did_not_exist,
    lists_and_rooms_hide_it,
    a_notice_names_no_title,
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
    let verbs = [
        "show",
        "timeline",
        "actions",
        "summary",
        "impact",
        "why-paged",
        "postmortem",
        "export json",
        "ack",
        "lead",
        "note hello",
        "update hello",
        "status identified",
        "sev sev1",
        "page @bo",
        "resolve done",
        "close",
        "cancel",
        "reopen",
        "mark M1",
        "correct E1 hello",
        "redact E1 hello",
        "link https://example.org",
        "action hello",
        "done A1",
        "summary hello",
        "impact hello",
        "comms",
        "scribe",
        "merge INC-1",
    ];
    for verb in verbs {
        let missing = world.says("eve", &format!("/incident INC-9 {verb}")).await;
        let hidden = world.says("eve", &format!("/incident INC-1 {verb}")).await;
        assert_eq!(hidden, missing.replace("INC-9", "INC-1"), "{verb}");
        assert!(hidden.starts_with("! No incident is called INC-1"), "{verb}: {hidden}");
    }
    let room = world.terminal.rooms()[0].clone();
    assert_eq!(world.says_in(&room, "eve", "/incident show").await, "! No incident is called INC-1");
    assert_eq!(world.says_in(&room, "eve", "/incident note hello").await, "! No incident is called INC-1");
    assert!(world.says("cy", "/incident INC-1 show").await.contains(SECRET));
    assert!(world.says("ana", "/incident INC-1 show").await.contains(SECRET));
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

async fn a_merge_tells_nobody_more_than_they_knew(world: &mut World) {
    private(world).await;
    world.says("eve", "/incident declare search is slow").await;
    assert_eq!(world.says("eve", "/incident INC-2 merge INC-1").await, "! No incident is called INC-1");
    assert_eq!(world.says("cy", "/incident INC-1 merge INC-2").await, "INC-1 is merged into INC-2; go on there.");
    world.settle().await;
    let seen = world.says("eve", "/incident INC-2 show").await + &world.says("eve", "/incident INC-2 timeline").await;
    let room = world.terminal.room("inc-2-search-is-slow");
    assert!(!seen.contains(SECRET) && !room.posts.concat().contains(SECRET), "{seen} {room:?}");
    assert!(!seen.contains("@cy joined"), "{seen}");
    assert_eq!(world.says("eve", "/incident INC-1 show").await, "! No incident is called INC-1");
    world.adds_up().await;
}
