//! What Discord refuses, loses or tells twice.

use chrono::TimeDelta;

use crate::support::discord::{Fault, Trouble, permissions};
use crate::support::{DiscordWorld, in_discord};

in_discord!(
    what_comes_twice_is_done_once,
    an_answer_that_comes_too_late_is_told_in_person,
    whatever_call_fails_there_is_one_room,
    a_limit_holds_up_nothing_for_good,
    a_room_that_is_deleted_is_closed,
    a_card_that_is_deleted_is_shown_anew,
    an_archived_room_is_brought_back_to_be_written_in,
    what_the_bot_may_no_longer_do_is_named,
    what_a_form_does_not_hold_is_passed_over,
    a_session_that_is_lost_loses_nothing,
);

const THREADS: &str = "POST /channels/{channel_id}/threads";
const POST: &str = "POST /channels/{channel_id}/messages";
const EDIT: &str = "PATCH /channels/{channel_id}/messages/{message_id}";
const RESPOND: &str = "POST /interactions/{interaction_id}/{interaction_token}/callback";

async fn declare(world: &DiscordWorld, title: &str) -> String {
    world.types("cy", "incident declare", &[("title", title)]).await
}

async fn what_comes_twice_is_done_once(world: &mut DiscordWorld) {
    world.fake.sends_next_twice();
    assert!(declare(world, "checkout is down").await.starts_with("INC-1 declared"));
    let outcome = world.fake.slash(world.id("cy"), &world.general, "incident declare", &[("title", "again")]).await;
    world.fake.repeats(&outcome);
    world.settle().await;
    assert_eq!(world.fake.threads(&world.forum).len(), 2);
    let (bo, room) = (world.id("bo").to_owned(), world.room(1).await.id);
    world.fake.sends_next_twice();
    world.fake.says(&bo, &room, "it is the cache");
    world.settle().await;
    assert_eq!(world.kept(1).await, ["it is the cache"]);
}

async fn an_answer_that_comes_too_late_is_told_in_person(world: &mut DiscordWorld) {
    world.fake.breaks(Trouble::with(RESPOND, Fault::Error("10062".to_owned())).times(1));
    let (id, general) = (world.id("cy").to_owned(), world.general.clone());
    let asked = world.fake.slash(&id, &general, "incident declare", &[("title", "checkout is down")]);
    let passes = async {
        world.fake.until("the response", |fake| (!fake.calls_of(RESPOND).is_empty()).then_some(())).await;
        world.fake.pass(std::time::Duration::from_secs(4));
    };
    let (outcome, ()) = tokio::join!(asked, passes);
    assert_eq!(outcome.error.as_deref(), Some("The application did not respond"));
    world.settle().await;
    assert!(world.told("cy").starts_with("INC-1 declared"), "{}", world.told("cy"));
    assert_eq!(world.fake.threads(&world.forum).len(), 1);
}

/// Whatever call fails in whatever way, there is one room and one card in it.
async fn whatever_call_fails_there_is_one_room(world: &mut DiscordWorld) {
    let mut number = 0;
    for method in [THREADS, EDIT, POST, "PUT /channels/{channel_id}/messages/pins/{message_id}"] {
        for fault in
            [Fault::ResetBefore, Fault::ResetAfter, Fault::Status(503), Fault::Status(500), Fault::RateLimited(30)]
        {
            number += 1;
            world.fake.breaks(Trouble::with(method, fault.clone()).times(1));
            let title = format!("number {number} is down");
            assert!(declare(world, &title).await.starts_with(&format!("INC-{number} declared")));
            world.advance(TimeDelta::minutes(2)).await;
            let named = format!("INC-{number} {title}");
            let rooms = world.fake.threads(&world.forum);
            let rooms: Vec<_> = rooms.into_iter().filter(|room| room.name == named).collect();
            assert_eq!(rooms.len(), 1, "{method} {fault:?}");
            let said = world.said(&rooms[0].id);
            assert!(said[0].content.contains(&title), "{method} {fault:?}: {}", said[0].content);
            assert_eq!(
                said.iter().filter(|message| message.content == said[0].content).count(),
                1,
                "{method} {fault:?}"
            );
            world.fake.heals();
        }
    }
}

async fn a_limit_holds_up_nothing_for_good(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.breaks(Trouble::with(POST, Fault::LimitedEverywhere(20)).times(1));
    for number in 1..=3 {
        // What belongs to interactions is not held up.
        let told = world.types_in(&room, "cy", "incident update", &[("text", &format!("part {number}"))]).await;
        assert!(!told.is_empty());
    }
    world.advance(TimeDelta::minutes(1)).await;
    let said: Vec<String> = world.said(&room).into_iter().map(|message| message.content).collect();
    let at = |part: &str| said.iter().position(|text| text.contains(part) && !text.contains("Last update"));
    let order: Vec<_> = ["part 1", "part 2", "part 3"].iter().map(|part| at(part).expect(part)).collect();
    assert!(order.is_sorted(), "{said:?}");
}

async fn a_room_that_is_deleted_is_closed(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.deletes_channel(&room);
    world.settle().await;
    assert_eq!(world.row(1).await.live_rooms().count(), 0);
    let told = world.types("cy", "incident update", &[("incident", "INC-1"), ("text", "still on it")]).await;
    assert_eq!(told, "Update of INC-1 sent.");
    world.types("cy", "incident room", &[("incident", "INC-1"), ("do", "add"), ("place", "discord")]).await;
    assert_eq!(world.row(1).await.live_rooms().count(), 1, "and can be opened again");
}

async fn a_card_that_is_deleted_is_shown_anew(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.deletes(&room, &room);
    world.types_in(&room, "cy", "incident sev", &[("severity", "sev2")]).await;
    let said = world.said(&room);
    let card = said.iter().find(|message| !message.components.is_empty()).expect("a card");
    assert!(card.content.contains("SEV2"), "{}", card.content);
    assert_eq!(world.fake.pins_of(&room).len(), 1);
}

async fn an_archived_room_is_brought_back_to_be_written_in(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.archives(&room, true, false);
    world.settle().await;
    assert_eq!(world.row(1).await.live_rooms().count(), 1, "Discord hides what is quiet; nobody closed it");
    world.types("cy", "incident update", &[("incident", "INC-1"), ("text", "restarting")]).await;
    assert!(world.said(&room).iter().any(|message| message.content.contains("restarting")));
    world.types("cy", "incident resolve", &[("incident", "INC-1"), ("summary", "restarted")]).await;
    world.types("cy", "incident end close", &[("incident", "INC-1")]).await;
    world.advance(TimeDelta::hours(25)).await;
    let closed = world.fake.channel_by_id(&room);
    assert!(closed.archived() && closed.locked());
}

async fn what_the_bot_may_no_longer_do_is_named(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    world.fake.deny_everybody(permissions::SEND_MESSAGES_IN_THREADS);
    world.fake.grant_bot(permissions::VIEW_CHANNEL | permissions::READ_MESSAGE_HISTORY);
    let told = world.types_in(&room, "cy", "incident update", &[("text", "restarting")]).await;
    assert!(!told.is_empty(), "who asks is answered all the same");
    let logged = world.logged("Send Messages in Threads");
    assert!(!logged.is_empty(), "{:?}", world.logged("impossible"));
}

async fn what_a_form_does_not_hold_is_passed_over(world: &mut DiscordWorld) {
    let outcome = world.fake.slash(world.id("cy"), &world.general, "incident declare", &[]).await;
    let mut modal = outcome.modal().expect("a form").clone();
    "firebell:form:dance:-".clone_into(&mut modal.custom_id);
    let sent = world.submits("cy", &modal, &[("title", "api is down")]).await;
    assert!(sent.text().contains("cannot read"), "{}", sent.text());
    assert!(world.fake.threads(&world.forum).is_empty());
}

async fn a_session_that_is_lost_loses_nothing(world: &mut DiscordWorld) {
    declare(world, "checkout is down").await;
    let room = world.room(1).await.id;
    let connects = world.fake.connects();
    // Nothing of the session is left, so that it begins anew and what was said is read.
    world.fake.forgets_sessions();
    world.fake.drops_tcp();
    world.fake.says(world.id("bo"), &room, "is anybody there?");
    world.fake.until("a new session", |fake| (fake.connects() > connects).then_some(())).await;
    world.fake.connected(1).await;
    world.until_kept(1, 1).await;
    assert_eq!(world.kept(1).await, ["is anybody there?"]);
}
