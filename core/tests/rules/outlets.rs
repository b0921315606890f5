//! Through what effects are delivered. That a lane has one outlet is asserted after every decision of every story, in
//! the world.

use std::collections::BTreeSet;

use firebell_core::command::Command;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Reference};
use firebell_core::ids::WorkspaceId;
use firebell_core::incident::Room;
use firebell_core::outlet::Outlet;
use firebell_core::place::Place;
use uuid::Uuid;

use crate::world::{World, who};
use firebell_core::paging::notice::Attempt;

const HERE: WorkspaceId = WorkspaceId(Uuid::from_u128(77));
const THERE: WorkspaceId = WorkspaceId(Uuid::from_u128(78));

/// The purposes of effects by outlet, as `purpose@outlet`.
fn through(effects: &[Effect]) -> BTreeSet<String> {
    let purpose = |effect: &Effect| effect.key.split(':').nth(1).unwrap().to_owned();
    effects.iter().map(|effect| format!("{}@{}", purpose(effect), effect.outlet)).collect()
}

fn set(words: &[String]) -> BTreeSet<String> {
    words.iter().cloned().collect()
}

#[test]
fn what_concerns_a_room_goes_through_its_workspace_and_what_a_person_is_told_through_the_method() {
    let mut world =
        World { places: vec![Place { local: true, ..Place::plain(HERE) }, Place::plain(THERE)], ..World::new() };
    world.policy("plain", &[&["bo"]]);
    world.service("shop", "plain");
    let of_rooms = |purpose: &str| [HERE, THERE].map(|workspace| format!("{purpose}@{workspace}"));

    let declared = world.declare_paging();
    let all_rooms = [of_rooms("open"), of_rooms("invite"), of_rooms("post")].concat();
    assert_eq!(through(&declared.effects), set(&[all_rooms, vec!["notice@console".to_owned()]].concat()));
    let rooms: Vec<Room> = world.incident().rooms.clone();
    for (number, room) in rooms.iter().enumerate() {
        let made = Reference { external_id: format!("C{number}"), name: "inc-1".to_owned() };
        world.delivery(Command::RoomOpened { room: room.id, made });
    }
    let page = world.page().id;
    world.delivery(Command::NoticeDelivered {
        page,
        notice: firebell_core::ids::NoticeId(1),
        again: false,
        attempt: Attempt::default(),
    });

    let ended = world.says("ana", Command::Cancel { reason: None }).unwrap();
    let closing = [of_rooms("post"), of_rooms("close")].concat();
    assert_eq!(through(&ended.effects), set(&[closing, vec!["withdraw@console".to_owned()]].concat()));

    let alarm = Effect::alarm("stuck", who("ana"), ContactMethod::Console, world.now);
    assert_eq!(alarm.outlet, Outlet::Method(ContactMethod::Console));
}

#[test]
fn a_method_is_never_taken_for_a_workspace() {
    let words = [Outlet::Workspace(HERE), Outlet::Method(ContactMethod::Console)].map(|outlet| outlet.to_string());
    assert_eq!(words, ["00000000-0000-0000-0000-00000000004d", "console"]);
}
