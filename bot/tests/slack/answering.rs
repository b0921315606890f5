//! Where the address for an answer is dead, whoever asked is told in another way.

use chrono::TimeDelta;

use crate::support::slack::{Fault, Trouble};
use crate::support::{SlackWorld, in_slack};

in_slack!(
    a_dead_address_is_no_end,
    an_address_that_hangs_is_not_waited_for_long,
    an_address_is_good_for_half_an_hour_and_five_answers,
);

/// The room of an incident, in which these are.
async fn room(world: &SlackWorld, who: &[&str]) -> String {
    world.types("cy", "declare checkout is down").await;
    let room = world.room(1).await.id;
    for who in who {
        world.fake.joins(world.id(who), &room).await;
    }
    world.settle().await;
    room
}

/// How often each way was tried: the address, a word to one person in a channel, a direct message.
fn ways(world: &SlackWorld) -> [usize; 3] {
    ["response_url", "chat.postEphemeral", "conversations.open"].map(|method| world.fake.calls_of(method).len())
}

fn url_is(world: &SlackWorld, fault: Fault) {
    world.fake.breaks(Trouble::with("response_url", fault));
}

async fn a_dead_address_is_no_end(world: &mut SlackWorld) {
    let room = room(world, &["bo", "dee"]).await;
    let refused = ["used_url", "expired_url"].map(|code| (Fault::Error(code.to_owned()), 1));
    let broken = [(Fault::Status(404), 1), (Fault::Status(500), 3), (Fault::RateLimited(120), 1)];
    for (round, (fault, tries)) in refused.into_iter().chain(broken).enumerate() {
        let (who, at_first) = (["bo", "cy"][round % 2], ways(world));
        url_is(world, fault.clone());
        world.presses(who, &room, "timeline").await;
        let shown = world.fake.ephemerals(world.id(who)).pop().unwrap();
        assert!(shown.text.starts_with("*Timeline of INC-1*"), "{fault:?}: {}", shown.text);
        let [by_url, whispered, written] = at_first;
        assert_eq!(ways(world), [by_url + tries, whispered + 1, written], "{fault:?}");
        assert!(world.fake.dms(world.id(who)).is_empty());
        world.fake.heals();
        // After a limit the address is left alone for as long as Slack said.
        world.advance(TimeDelta::minutes(3)).await;
    }
    url_is(world, Fault::Error("used_url".to_owned()));
    world.fake.breaks(Trouble::with("chat.postEphemeral", Fault::Error("user_not_in_channel".to_owned())));
    world.presses("dee", &room, "lead").await;
    assert_eq!(world.dm("dee").messages.last().unwrap().text, "@dee is lead of INC-1.");
}

async fn an_address_that_hangs_is_not_waited_for_long(world: &mut SlackWorld) {
    let room = room(world, &["bo"]).await;
    url_is(world, Fault::Hang);
    world.presses("bo", &room, "lead").await;
    assert_eq!(world.fake.ephemerals(world.id("bo")).last().unwrap().text, "@bo is lead of INC-1.");
    assert_eq!(ways(world), [1, 1, 0]);
}

/// The rules of Slack itself, without any order of the story.
async fn an_address_is_good_for_half_an_hour_and_five_answers(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    for number in 0..30 {
        world.types("cy", &format!("note {number} {}", "x".repeat(2_500))).await;
    }
    let before = world.fake.ephemerals(world.id("cy")).len();
    let outcome = world.fake.slash(world.id("cy"), &world.general, "/incident", "INC-1 timeline").await;
    world.settle().await;
    let pages = world.fake.ephemerals(world.id("cy")).split_off(before);
    assert_eq!(pages.len(), 5, "the first goes with the acknowledgement");
    assert!(pages[4].text.contains("more pages are left out"), "{}", pages[4].text);
    assert_eq!((outcome.error, ways(world)), (None, [4, 0, 0]));
}
