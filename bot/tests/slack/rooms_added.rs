//! An incident gets rooms in several places: by hand, by its severity and by its services.

use chrono::TimeDelta;
use firebell_core::incident::RoomState;

use crate::support::slack::{Channel, Fault, Kind, Trouble};
use crate::support::{Before, SlackWorld, in_slack};

in_slack!(two =>
    a_room_is_added_and_told_of_the_other,
    what_is_private_is_private_there_too,
    a_room_that_failed_may_be_wanted_again,
    a_screen_is_a_place_too,
);
in_slack!(configured => severities_and_services_have_rooms);

fn two(before: &mut Before) {
    before.connect("twin");
}

/// Severe incidents and those of checkout have a room in the second workspace.
fn configured(before: &mut Before) {
    two(before);
    before.settings.severities[0].rooms = vec!["twin".to_owned()];
    before.org.files.services[0].rooms = vec!["slack/twin".to_owned(), "unknown".to_owned()];
}

/// The room of an incident in the workspace that the story looks at.
pub(super) fn room_here(world: &SlackWorld, number: i64) -> Option<Channel> {
    let prefix = format!("inc-{number}");
    let own = |channel: &Channel| channel.name == prefix || channel.name.starts_with(&format!("{prefix}-"));
    world.fake.channels().into_iter().find(|channel| own(channel) && !channel.archived)
}

async fn a_room_is_added_and_told_of_the_other(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down --service checkout").await;
    let here = world.room(1).await;
    world.types_in(&here.id, "cy", "lead @bo").await;
    let add = |place: &str| format!("room add {place}");
    let refused = "! \"slack\" may be main or twin; name one of them";
    assert_eq!(world.types_in(&here.id, "cy", &add("slack")).await, refused);
    let unknown = world.types_in(&here.id, "cy", &add("twni")).await;
    assert_eq!(unknown, "! There is no place \"twni\"; did you mean twin? There are main, twin, console");
    assert_eq!(world.types_in(&here.id, "cy", &add("twin")).await, "INC-1 gets a room in twin.");
    world.goes_over();
    let there = room_here(world, 1).unwrap();
    assert!(there.has(world.id("cy")) && there.has(world.id("bo")), "who takes part is in");
    let said = world.said(&there.id);
    let all: Vec<&str> = said.iter().map(|message| message.text.as_str()).collect();
    let told =
        |text: &&&str| text.starts_with("INC-1 is talked about elsewhere, too: main #inc-1-checkout-is-down <http");
    assert_eq!(all.iter().filter(told).count(), 1, "{all:?}");
    assert!(there.pins.len() == 1 && there.topic.value.contains("lead @bo"), "{}", there.topic.value);
    assert!(there.bookmarks.iter().any(|link| link.title == "Runbook: checkout"));
    world.goes_over();
    let said = world.said(&here.id);
    assert!(said.iter().any(|message| message.text.contains("elsewhere, too: twin #inc-1-")), "{said:?}");
    let listed = world.types_in(&here.id, "cy", "room").await;
    let lines: Vec<&str> = listed.lines().collect();
    assert!(lines[0].contains("what is said in one is not shown in the others"), "{listed}");
    assert!(lines[1].starts_with("main  #inc-1-") && lines[1].contains("  open  <http"), "{listed}");
    assert!(lines[2].starts_with("twin  #inc-1-") && lines[2].contains(&format!("/archives/{}", there.id)), "{listed}");
    let taken = "! INC-1 has a room there already, in twin; `/incident INC-1 room` lists its rooms";
    assert_eq!(world.types_in(&here.id, "cy", &add("twin")).await, taken);
    world.types_in(&here.id, "cy", "update it is the queue").await;
    world.goes_over();
    assert!(world.said(&there.id).iter().any(|message| message.text.contains("it is the queue")));
    assert!(world.types_in(&there.id, "bo", "resolve it was the queue").await.starts_with("INC-1 is resolved."));
    let over = "! INC-1 is resolved and takes no more of this; `/incident reopen` first";
    assert_eq!(world.types_in(&there.id, "bo", &add("console")).await, over);
    world.types_in(&there.id, "bo", "close").await;
    world.advance(TimeDelta::days(2)).await;
    for _ in 0..2 {
        assert!(room_here(world, 1).is_none(), "both are archived");
        world.goes_over();
    }
}

async fn what_is_private_is_private_there_too(world: &mut SlackWorld) {
    world.types("cy", "declare payroll leaked --private").await;
    let here = world.room(1).await;
    world.types_in(&here.id, "cy", "room add twin").await;
    world.goes_over();
    let there = room_here(world, 1).unwrap();
    assert_eq!((there.kind, there.name.as_str()), (Kind::Private, "inc-1"));
    assert!(there.has(world.id("cy")) && !there.has(world.id("eve")));
    assert_eq!(world.types("eve", "INC-1 room").await, "! No incident is called INC-1");
    assert_eq!(world.types("eve", "INC-1 room add main").await, "! No incident is called INC-1");
    assert_eq!(world.types("eve", "INC-1 mirror on").await, "! No incident is called INC-1");
}

async fn a_room_that_failed_may_be_wanted_again(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let here = world.room(1).await.id;
    world.goes_over();
    let refused = Fault::Error("restricted_action".to_owned());
    world.fake.breaks(Trouble::with("conversations.create", refused).times(1));
    world.goes_over();
    world.types_in(&here, "cy", "room add twin").await;
    let listed = world.types_in(&here, "cy", "room").await;
    assert!(listed.contains("twin  not opened: the settings of the Slack workspace"), "{listed}");
    assert_eq!(world.types_in(&here, "cy", "room add twin").await, "INC-1 gets a room in twin.");
    world.goes_over();
    assert!(room_here(world, 1).is_some());
    let states = world.row(1).await.rooms.into_iter().map(|room| room.state.word()).collect::<Vec<_>>();
    assert_eq!(states, ["open", "failed", "open"]);
}

async fn a_screen_is_a_place_too(world: &mut SlackWorld) {
    world.types("cy", "declare checkout is down").await;
    let here = world.room(1).await.id;
    assert_eq!(world.types_in(&here, "cy", "room add console").await, "INC-1 gets a room in console.");
    let row = world.row(1).await;
    assert!(matches!(row.rooms[1].state, RoomState::Open { .. }), "{:?}", row.rooms);
    assert!(world.said(&here).iter().any(|message| message.text.contains("elsewhere, too: console #inc-1-")));
    world.types_in(&here, "cy", "mirror on").await;
    world.fake.says(world.id("cy"), &here, "it is the queue").await;
    world.settle().await;
    let logged = world.logged("effect");
    assert!(logged.is_empty(), "{logged:?}");
    let shown = "SELECT count(*) FROM message_copy WHERE revision = 1 AND external_id IS NOT NULL";
    assert_eq!(world.count(shown).await, 1);
}

async fn severities_and_services_have_rooms(world: &mut SlackWorld) {
    for line in ["declare search is slow", "declare checkout is down --service checkout", "declare all is down sev1"] {
        world.types("cy", line).await;
    }
    let here: Vec<bool> = (1..=3).map(|number| room_here(world, number).is_some()).collect();
    assert_eq!(here, [true; 3], "where it was declared");
    world.goes_over();
    let there = |world: &SlackWorld| (1..=3).map(|number| room_here(world, number).is_some()).collect::<Vec<_>>();
    assert_eq!(there(world), [false, true, true]);
    world.types("cy", "INC-1 sev sev2").await;
    assert!(!there(world)[0]);
    world.types("cy", "INC-1 sev sev1").await;
    assert!(there(world)[0], "the severity rose");
    assert!(room_here(world, 1).unwrap().has(world.id("cy")));
    world.types("cy", "INC-3 sev sev2").await;
    world.types("cy", "INC-3 sev sev1").await;
    assert_eq!(world.row(3).await.rooms.len(), 2, "a room that is there is not opened again");
}
