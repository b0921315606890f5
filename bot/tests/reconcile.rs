//! What should be and is not is put right by the reconcile pass, once, and nothing else is touched.

use futures_util::future::join_all;

use crate::support::{Kind, World, minutes, on_both};

on_both!(
    a_lost_room_is_opened,
    lost_invitations_are_made,
    a_lost_notice_is_sent,
    a_lost_card_is_shown,
    a_lost_closing_closes_the_room,
    a_page_without_its_timer_goes_on_when_it_is_due,
    a_page_that_lost_its_next_step_goes_to_the_last_resort,
    what_is_done_is_not_done_again,
    many_passes_at_once_mend_a_thing_once,
    every_incident_has_its_turn,
);

const DECLARE: &str = "/incident declare checkout is down sev1 --service checkout";
const ROOM: &str = "inc-1-checkout-is-down";

/// The reconcile pass runs, and what it queued happens.
async fn pass(world: &World) {
    world.app.engine.audit().await.unwrap();
    world.settle().await;
}

/// How much the passes of this process have put right.
fn repairs(world: &World) -> u64 {
    let text = world.app.engine.metrics.text().unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("firebell_repairs_total "));
    line.unwrap().parse().unwrap()
}

fn members(world: &World) -> Vec<String> {
    world.terminal.room(ROOM).members.into_iter().collect()
}

/// Ana declares, and what is to be done at once is lost before it is done.
async fn declared_without(world: &mut World, lost: &str) {
    world.asks("ana", None, DECLARE).await;
    world.tampers(&format!("DELETE FROM effect WHERE key LIKE '%:{lost}:%'")).await;
    world.settle().await;
}

/// Nothing was shown twice, and nothing is left to put right.
async fn all_is_well(world: &World, repaired: u64) {
    assert_eq!(repairs(world), repaired);
    pass(world).await;
    assert_eq!(repairs(world), repaired, "a second pass finds nothing");
    assert_eq!(world.terminal.repeats().len(), 0, "{:?}", world.terminal.repeats());
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.adds_up().await;
}

async fn a_lost_room_is_opened(world: &mut World) {
    declared_without(world, "open").await;
    assert_eq!(world.terminal.rooms(), [""; 0]);
    pass(world).await;
    assert_eq!(
        (world.terminal.rooms(), members(world)),
        (vec![ROOM.to_owned()], vec!["ana".to_owned(), "bo".to_owned()])
    );
    assert!(world.terminal.room(ROOM).card.contains("checkout is down"));
    all_is_well(world, 1).await;
}

async fn lost_invitations_are_made(world: &mut World) {
    declared_without(world, "invite").await;
    assert_eq!(members(world), [""; 0]);
    // Nobody remembers the opening of the room either; it is open, which is enough.
    world.tampers("DELETE FROM effect WHERE key LIKE '%:open:%'").await;
    pass(world).await;
    assert_eq!(members(world), ["ana", "bo"]);
    all_is_well(world, 2).await;
}

async fn a_lost_notice_is_sent(world: &mut World) {
    declared_without(world, "notice").await;
    world.not_paged("bo");
    pass(world).await;
    assert_eq!(world.pages("bo"), 1);
    world.says("bo", "/incident ack").await;
    world.advance(minutes(60)).await;
    world.not_paged("cy");
    all_is_well(world, 1).await;
}

async fn a_lost_card_is_shown(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.tampers("DELETE FROM card").await;
    world.says("ana", "/incident status identified").await;
    assert!(!world.terminal.room(ROOM).card.contains("identified"));
    pass(world).await;
    assert!(world.terminal.room(ROOM).card.contains("identified"));
    // And one that rests while it is behind what it should show.
    world.tampers("UPDATE card SET desired = desired - 1, sent = sent - 1").await;
    world.app.engine.audit().await.unwrap();
    assert_eq!(repairs(world), 2);
    let cards = world.terminal.count(Kind::Card);
    world.settle().await;
    assert_eq!(world.terminal.count(Kind::Card), cards + 1);
    pass(world).await;
    assert_eq!((repairs(world), world.terminal.count(Kind::Card)), (2, cards + 1));
}

async fn a_lost_closing_closes_the_room(world: &mut World) {
    world.says("ana", "/incident declare checkout is down").await;
    world.says("ana", "/incident resolve more disk").await;
    world.asks("ana", None, "/incident close").await;
    world.tampers("DELETE FROM effect WHERE key LIKE '%:close:%'").await;
    world.settle().await;
    assert!(!world.terminal.room(ROOM).closed);
    pass(world).await;
    assert!(world.terminal.room(ROOM).closed);
    all_is_well(world, 1).await;
}

async fn a_page_without_its_timer_goes_on_when_it_is_due(world: &mut World) {
    world.says("ana", DECLARE).await;
    world.tampers("UPDATE page SET due_at = NULL").await;
    pass(world).await;
    // The page still knew when: nobody is paged early.
    world.not_paged("cy");
    let alarms = world.terminal.count(Kind::Alarm);
    assert_eq!((alarms, repairs(world)), (1, 1), "the last resort hears of it all the same");
    world.advance(minutes(5)).await;
    assert_eq!((world.pages("bo"), world.pages("cy")), (1, 1));

    world.tampers("UPDATE page SET due_at = NULL").await;
    world.advance(minutes(20)).await;
    world.not_paged("dee");
    pass(world).await;
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("dee")), (1, 1, 1));
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), 2);
    world.says("dee", "/incident ack").await;
    all_is_well(world, 2).await;
}

async fn a_page_that_lost_its_next_step_goes_to_the_last_resort(world: &mut World) {
    world.says("ana", DECLARE).await;
    let doc = if world.on_postgres().await {
        "jsonb_set(doc, '{due}', 'null')"
    } else {
        "json_set(doc, '$.due', json('null'))"
    };
    world.tampers(&format!("UPDATE page SET due_at = NULL, doc = {doc}")).await;
    pass(world).await;
    assert_eq!((world.pages("bo"), world.pages("cy"), world.pages("dee")), (1, 0, 1));
    world.advance(minutes(5)).await;
    assert_eq!(world.pages("dee"), 2);
    world.says("bo", "/incident ack").await;
    all_is_well(world, 1).await;
}

async fn what_is_done_is_not_done_again(world: &mut World) {
    world.says("ana", DECLARE).await;
    world.says("bo", "/incident ack").await;
    let shown = world.terminal.log().len();
    pass(world).await;
    assert_eq!((repairs(world), world.terminal.log().len()), (0, shown));
    for line in ["/incident resolve more disk", "/incident INC-1 close"] {
        world.says("ana", line).await;
    }
    let shown = world.terminal.log().len();
    // Of an incident that is over and whose rooms are closed nothing is owed, remembered or not.
    world.tampers("DELETE FROM effect").await;
    pass(world).await;
    assert_eq!((repairs(world), world.terminal.log().len()), (0, shown));
}

async fn many_passes_at_once_mend_a_thing_once(world: &mut World) {
    declared_without(world, "notice").await;
    let other = world.replica().await;
    let passes = (0..8).map(|n| if n % 2 == 0 { world.app.engine.audit() } else { other.engine.audit() });
    for passed in join_all(passes).await {
        passed.unwrap();
    }
    world.settle().await;
    assert_eq!(world.pages("bo"), 1);
    other.store.close().await;
}

/// A pass looks at so many incidents that each has its turn before long, and at no more.
async fn every_incident_has_its_turn(world: &mut World) {
    const INCIDENTS: usize = 300;
    for number in 1..=INCIDENTS {
        world.asks("ana", None, &format!("/incident declare number {number} is down sev4")).await;
    }
    let lost = format!("DELETE FROM effect WHERE key LIKE 'INC-{INCIDENTS}:open:%' OR key LIKE 'INC-1:open:%'");
    world.tampers(&lost).await;
    for (pass, repaired) in [1, 2, 2].into_iter().enumerate() {
        world.app.engine.audit().await.unwrap();
        assert_eq!(repairs(world), repaired, "after pass {pass}");
    }
    // And from the beginning again.
    world.tampers("DELETE FROM effect WHERE key LIKE 'INC-2:open:%'").await;
    for _ in 0..2 {
        world.app.engine.audit().await.unwrap();
    }
    assert_eq!(repairs(world), 3);
}
