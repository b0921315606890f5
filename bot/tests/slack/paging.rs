//! People are paged in person and answer by a button.

use chrono::TimeDelta;

use crate::support::{SlackWorld, in_slack};

in_slack!(a_button_acknowledges_a_page, whoever_waits_is_told_that_it_is_over);

async fn a_button_acknowledges_a_page(world: &mut SlackWorld) {
    let reply = world.types("cy", "declare checkout is down sev1 --service checkout").await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @bo.");
    let page = world.dm("bo").messages[0].clone();
    assert!(page.text.starts_with("*INC-1: checkout is down* · *SEV1*\n@bo, you are paged by @cy at"), "{}", page.text);
    let room = world.room(1).await;
    let card = world.said(&room.id)[0].clone();
    assert!(card.text.contains("*Page* waits for @bo"), "{}", card.text);

    world.presses("bo", &world.dm("bo").id, "ack").await;
    assert_eq!(world.told("bo"), "You have INC-1.");
    let room = world.room(1).await;
    let edited = room.message(&card.ts).unwrap();
    assert!(edited.text.contains("*Page* acknowledged by @bo"), "{}", edited.text);
    assert_eq!(room.pins.len(), 1);
    assert!(room.has(world.id("bo")));
    world.advance(TimeDelta::minutes(20)).await;
    assert!(world.fake.dms(world.id("cy")).is_empty(), "nobody else is woken");
}

async fn whoever_waits_is_told_that_it_is_over(world: &mut SlackWorld) {
    world.types("eve", "declare checkout is down sev1 --service checkout").await;
    world.advance(TimeDelta::minutes(5)).await;
    let paged = world.dm("cy").messages[0].clone();
    assert!(paged.text.contains("@cy, you are paged"), "{}", paged.text);
    world.presses("cy", &world.dm("cy").id, "ack").await;
    let bos = world.dm("bo");
    assert_eq!(bos.messages.len(), 1, "what was said is edited, and nothing rings: {:#?}", bos.messages);
    let over = &bos.messages[0];
    assert!(
        over.text.starts_with("INC-1: no need to answer the page any more, @bo. @cy acknowledged it"),
        "{}",
        over.text
    );
    assert!(crate::support::buttons(&over.blocks.clone().into()).is_empty(), "{over:#?}");
}
