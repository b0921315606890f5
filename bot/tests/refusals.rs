//! What a person reads when a request cannot be carried out: always why, and the way out.

use crate::support::{World, on_both};

on_both!(
    lines_that_are_no_command,
    times_that_are_none,
    names_that_nobody_has,
    incidents_that_are_over,
    entries_messages_and_actions_that_are_not_there,
    things_that_are_so_already,
    which_incident_is_meant,
    guests_and_strangers,
    what_only_some_may_do,
);

async fn refused(world: &mut World, who: &str, table: &[(&str, &str)]) {
    for (line, expected) in table {
        let before = world.numbers().await;
        let reply = world.says(who, line).await; if *expected == "?" { eprintln!("REF\t{line}\t{reply}"); continue; }
        assert_eq!(reply, format!("! {expected}"), "{line}");
        assert_eq!(world.numbers().await, before, "{line} changed something");
    }
    world.adds_up().await;
}

async fn lines_that_are_no_command(world: &mut World) {
    let table = [
        ("/incident declar it is down", "?"),
        ("/incident declare", "?"),
        ("/incident declare it is down sev9", "?"),
        ("/incident declare it is down --servise checkout", "?"),
        ("/incident note", "?"),
        ("/incident status resolved", "?"),
        ("/incident status identifed", "?"),
        ("/incident INC-x show", "?"),
        ("/incident merge 7", "?"),
        ("/incident done soon", "?"),
        ("/incident help fly", "?"),
        ("/incident postmortem --template nope", "?"),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn times_that_are_none(world: &mut World) {
    let table = [
        ("/incident note rolled back --at soon", "?"),
        ("/incident note rolled back --at 25:00", "?"),
        ("/incident note rolled back --at 10:00", "?"),
        ("/incident update wait --next yesterday", "?"),
        ("/incident impact slow --started 2026-03-03", "?"),
        ("/incident declare it is down --impact-started +5m", "?"),
        ("/incident action write it up --due never", "?"),
        ("/incident correct E1 25:61 --time", "?"),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn names_that_nobody_has(world: &mut World) {
    let table = [
        ("/incident lead @deee", "?"),
        ("/incident lead @zebra", "?"),
        ("/incident page wev", "?"),
        ("/incident page @gus", "?"),
        ("/incident declare it is down --service chekout", "?"),
        ("/incident sev sev7", "?"),
        ("/incident why-paged @nobody", "?"),
        ("/incident action write it up @boo", "?"),
        ("/incident scribe @gus", "?"),
    ];
    world.says("ana", "/incident declare checkout is down").await;
    refused(world, "ana", &table).await;
}

async fn incidents_that_are_over(world: &mut World) {
    world.says("ana", "/incident declare one").await;
    world.says("ana", "/incident INC-1 resolve done").await;
    let resolved = [
        ("/incident INC-1 status mitigated", "?"),
        ("/incident INC-1 update still going", "?"),
        ("/incident INC-1 page @bo", "?"),
        ("/incident INC-1 resolve again", "?"),
        ("/incident INC-1 cancel", "?"),
    ];
    refused(world, "ana", &resolved).await;
    world.says("ana", "/incident INC-1 close").await;
    let closed =
        [("/incident INC-1 reopen", "?"), ("/incident INC-1 close", "?"), ("/incident INC-1 sev sev1", "?")];
    refused(world, "ana", &closed).await;
    world.says("ana", "/incident declare two").await;
    world.says("ana", "/incident INC-2 cancel false alarm").await;
    world.says("ana", "/incident declare three").await;
    let others = [
        ("/incident INC-2 resolve done", "?"),
        ("/incident INC-2 reopen", "?"),
        ("/incident INC-3 merge INC-1", "?"),
        ("/incident INC-3 merge INC-3", "?"),
        ("/incident INC-3 merge INC-9", "?"),
        ("/incident INC-3 close", "?"),
        ("/incident INC-3 reopen", "?"),
        ("/incident INC-3 ack", "?"),
    ];
    refused(world, "ana", &others).await;
}

async fn entries_messages_and_actions_that_are_not_there(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident note a password").await;
    world.says("ana", "/incident redact E5 pasted").await;
    world.says("ana", "/incident action write it up").await;
    world.says("ana", "/incident done A1").await;
    let table = [
        ("/incident correct E99 no", "?"),
        ("/incident redact E99 no", "?"),
        ("/incident redact E5 again", "?"),
        ("/incident correct E5 new words", "?"),
        ("/incident redact M9 no", "?"),
        ("/incident mark M9", "?"),
        ("/incident done A9", "?"),
        ("/incident done A1", "?"),
    ];
    refused(world, "ana", &table).await;
}

async fn things_that_are_so_already(world: &mut World) {
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.says("ana", "/incident status identified").await;
    world.says("ana", "/incident lead @bo").await;
    let table = [
        ("/incident status identified", "?"),
        ("/incident sev sev1", "?"),
        ("/incident lead @bo", "?"),
        ("/incident page web", "?"),
    ];
    refused(world, "ana", &table).await;
}

async fn which_incident_is_meant(world: &mut World) {
    refused(world, "ana", &[("/incident note hello", "?"), ("/incident show", "?")]).await;
    world.says("ana", "/incident declare one").await;
    world.says("ana", "/incident declare two").await;
    let table = [
        ("/incident note hello", "?"),
        ("/incident show", "?"),
        ("/incident INC-1 show INC-2", "?"),
        ("/incident INC-7 show", "?"),
        ("/incident INC-7 note hello", "?"),
    ];
    refused(world, "ana", &table).await;
}

async fn guests_and_strangers(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    for line in ["declare mine", "INC-1 note hello", "INC-1 show", "list", "INC-1 ack", "help"] {
        let line = format!("/incident {line}");
        let guest = "@gus is a guest here and may not run commands; ask an administrator to make them a responder";
        refused(world, "gus", &[(&line, guest)]).await;
        refused(world, "mallory", &[(&line, "No person is called @mallory")]).await;
    }
}

async fn what_only_some_may_do(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("bo", "/incident lead").await;
    world.says("cy", "/incident note mine").await;
    world.says("cy", "/incident resolve done").await;
    let table = [
        ("/incident INC-1 close", "?"),
        ("/incident INC-1 redact E7 not mine", "?"),
        ("/incident INC-1 correct E7 not mine", "?"),
    ];
    refused(world, "eve", &table).await;
    assert_eq!(world.says("bo", "/incident INC-1 close").await, "INC-1 is closed; its record is sealed.");
}
