//! Slack refuses what is asked of it, for a while or for good.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Trouble};
use crate::support::{SlackWorld, in_slack};

in_slack!(
    a_token_that_is_taken_back_loses_nothing,
    a_refusal_of_one_call_stops_no_other,
    a_channel_that_is_gone_ends_no_incident,
);

async fn a_token_that_is_taken_back_loses_nothing(world: &mut SlackWorld) {
    for who in ["bo", "cy"] {
        world.types(who, "list").await;
    }
    world.fake.revoke();
    let reply = world.types("cy", "declare checkout is down sev1 --service checkout").await;
    assert_eq!(reply, "INC-1 declared at SEV1. Paging @bo.");
    assert_eq!(world.types("cy", "INC-1 note it is the queue").await, "Noted in INC-1 as E7.");
    assert_eq!(world.types("bo", "INC-1 ack").await, "You have INC-1.");
    world.advance(TimeDelta::minutes(20)).await;
    assert_eq!(world.fake.channels().len(), 1);
    let told = world.logged("Slack does not take the bot's token");
    assert!(told.first().is_some_and(|line| line.contains("token_revoked")), "{told:#?}");
    assert!(told.len() <= 21, "once a minute at most: {}", told.len());
    world.fake.reinstate();
    world.advance(TimeDelta::minutes(6)).await;
    let room = world.room(1).await;
    assert!(room.has(world.id("cy")) && room.has(world.id("bo")), "{:?}", room.members);
    assert_eq!((room.pins.len(), room.bookmarks.len()), (1, 2));
    assert!(room.topic.value.starts_with("SEV1 · "), "{}", room.topic.value);
    let said = world.said(&room.id);
    assert!(said[0].text.contains("*Page* acknowledged by @bo"), "{}", said[0].text);
    assert!(world.timeline("cy", 1).await.contains("it is the queue"));
    assert!(!world.fake.dms(world.id("bo")).iter().any(|said| said.text.contains("you are paged")), "they answered");
}

/// Posts, invitations and topics each have their own trouble, and the next that is to be said is said.
async fn a_refusal_of_one_call_stops_no_other(world: &mut SlackWorld) {
    let methods = ["chat.postMessage", "conversations.invite", "conversations.setTopic"];
    let codes = ["not_in_channel", "is_archived", "channel_not_found", "user_not_found"];
    let all = methods.into_iter().flat_map(|method| codes.map(|code| (method, code)));
    for (number, (method, code)) in (1..).zip(all) {
        let case = format!("{method} {code}");
        world.fake.breaks(Trouble::with(method, Fault::Error(code.to_owned())).times(1));
        assert_eq!(world.types("cy", "declare checkout is down").await, format!("INC-{number} declared at SEV3."));
        world.fake.heals();
        world.advance(TimeDelta::minutes(1)).await;
        let room = world.room(number).await.id;
        assert_eq!(world.types_in(&room, "cy", "update we look").await, update(number), "{case}");
        world.types_in(&room, "cy", "severity sev4").await;
        world.advance(TimeDelta::minutes(1)).await;
        let said = world.said(&room);
        assert!(said.iter().any(|said| said.text.starts_with(&format!("*INC-{number}: "))), "{case}: no card");
        assert!(said.iter().any(|said| said.text.contains("we look")), "{case}: no update");
        let room = world.room(number).await;
        assert!(room.topic.value.starts_with("SEV4"), "{case}: {}", room.topic.value);
        assert!(room.purpose.value.starts_with(&format!("INC-{number}: ")), "{case}: {}", room.purpose.value);
        let told = world.fake.dms(world.id("cy")).iter().any(|said| said.text.contains(&format!("INC-{number}: @cy")));
        let is_there = room.has(world.id("cy"));
        assert!(is_there || told, "{case}: whoever declared neither came in nor was told");
        world.types("cy", &format!("INC-{number} cancel")).await;
    }
}

fn update(number: i64) -> String {
    format!("Update of INC-{number} sent.")
}

async fn a_channel_that_is_gone_ends_no_incident(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.deletes_channel(world.id("bo"), &room).await;
    world.settle().await;
    world.types("cy", "INC-1 update we look").await;
    world.types("cy", "INC-1 lead").await;
    world.advance(TimeDelta::hours(1)).await;
    let reply = world.types("cy", "INC-1 resolve it was the queue").await;
    assert!(reply.starts_with("INC-1 is resolved."), "{reply}");
    assert!(world.timeline("cy", 1).await.contains("Room closed"));
}
