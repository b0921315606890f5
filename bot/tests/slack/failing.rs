//! What Slack refuses is told to those whom it concerns.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Kind, Trouble};
use crate::support::{SlackWorld, buttons, in_slack};

in_slack!(
    whoever_declares_hears_that_there_is_no_room,
    a_room_tells_who_could_not_come,
    a_taken_name_is_made_another,
    a_form_that_does_not_open_says_what_to_type,
    a_lost_answer_makes_nothing_twice,
    a_room_that_somebody_archives_is_closed,
    nobody_is_called_by_what_people_write,
);

async fn whoever_declares_hears_that_there_is_no_room(world: &mut SlackWorld) {
    world.fake.breaks(Trouble::with("conversations.create", Fault::Error("restricted_action".to_owned())));
    assert_eq!(world.types("cy", "declare checkout is down").await, "INC-1 declared at SEV3.");
    let told = world.told("cy");
    assert!(told.starts_with("INC-1: Room not opened: ") && told.contains("ask one of its admins"), "{told}");
}

async fn a_room_tells_who_could_not_come(world: &mut SlackWorld) {
    world.fake.breaks(Trouble::with("conversations.invite", Fault::Error("cant_invite".to_owned())));
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await;
    let said: String = world.said(&room.id).into_iter().map(|message| message.text).collect();
    assert!(said.contains("@cy ") && said.contains("an admin of Slack can invite it"), "{said}");
    assert!(world.told("cy").starts_with("INC-1: @cy "), "{}", world.told("cy"));
}

async fn a_taken_name_is_made_another(world: &mut SlackWorld) {
    world.fake.add_channel("inc-1-checkout-is-down", Kind::Public, &[]);
    world.fake.add_channel("inc-1-checkout-is-down-2", Kind::Private, &[]);
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await;
    assert_eq!(room.name, "inc-1-checkout-is-down-3");
    assert!(room.has(world.id("cy")));
}

async fn a_form_that_does_not_open_says_what_to_type(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.breaks(Trouble::with("views.open", Fault::Error("expired_trigger_id".to_owned())));
    world.presses("bo", &room, "resolve").await;
    let told = world.told("bo");
    assert!(
        told.contains("The form could not be opened in time.") && told.contains("`/incident INC-1 resolve "),
        "{told}"
    );
}

/// Whatever call fails in whatever way, there is one room, one card in it, and the declarer.
async fn a_lost_answer_makes_nothing_twice(world: &mut SlackWorld) {
    let faults = [Fault::ResetBefore, Fault::ResetAfter, Fault::Status(503), Fault::RateLimited(30)];
    let methods = ["conversations.create", "chat.postMessage", "conversations.invite", "pins.add"];
    let mut number = 0;
    for method in methods {
        for fault in &faults {
            number += 1;
            world.fake.breaks(Trouble::with(method, fault.clone()).times(1));
            world.types("cy", &format!("declare it is number {number}")).await;
            world.advance(TimeDelta::minutes(5)).await;
            let room = world.room(number).await;
            assert_eq!(room.name, format!("inc-{number}-it-is-number-{number}"), "{method} {fault:?}");
            assert_eq!(world.said(&room.id).len(), 1, "{method} {fault:?}");
            assert!(room.has(world.id("cy")), "{method} {fault:?}");
        }
    }
    assert_eq!(world.fake.channels().len(), 17);
}

async fn a_room_that_somebody_archives_is_closed(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.archives(world.id("bo"), &room).await;
    world.settle().await;
    assert!(world.timeline("cy", 1).await.contains("Room closed"), "{}", world.timeline("cy", 1).await);
    world.types("cy", "INC-1 note it goes on").await;
    assert_eq!(world.row(1).await.status.word().to_string(), "declared");
}

/// Titles, notes and messages wake nobody and lead nowhere by themselves.
async fn nobody_is_called_by_what_people_write(world: &mut SlackWorld) {
    world.types("cy", "declare <!channel> &lt;!here&gt; @everyone is down <https://evil.example|here>").await;
    let room = world.room(1).await.id;
    world.types_in(&room, "bo", "note <!here> look at @channel").await;
    world.types_in(&room, "bo", "update <!subteam^S1> *bold* <@U1> & more").await;
    let said = world.said(&room);
    assert!(said.len() > 1);
    for message in said.into_iter().chain(world.fake.channel_by_id(&world.general).messages) {
        let all = format!("{} {}", message.text, serde_json::to_string(&message.blocks).unwrap());
        for call in ["<!", "<@", "<#", "|here>", "@everyone", "@channel"] {
            assert!(!all.contains(call), "{call}: {all}");
        }
    }
    assert!(!buttons(&world.said(&room)[0].blocks.clone().into()).is_empty());
}
