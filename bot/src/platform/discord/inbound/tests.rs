use chrono::{DateTime, Utc};
use firebell_core::control::Button;
use firebell_core::form::FormKind;
use firebell_core::ids::IncidentId;
use firebell_core::message::Happened;
use serde_json::{Value, json};

use super::{Settings, Surface, each, event, interaction};
use crate::platform::discord::snowflake;
use crate::platform::incoming::{Ask, Happening, Lost};
use crate::platform::inlet::{Decoded, Mark, What};

pub(in crate::platform::discord) const GUILD: &str = "100000000000000001";
pub(in crate::platform::discord) const ROOM: &str = "100000000000000002";
const BO: &str = "100000000000000003";
const BOT: &str = "100000000000000009";

pub(in crate::platform::discord) fn settings() -> Settings {
    Settings {
        guild: GUILD.to_owned(),
        reactions: vec!["📌".to_owned(), ":firebell:".to_owned()],
        evidence: vec!["🔍".to_owned()],
        bot_user: BOT.to_owned(),
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_264_000, 0).unwrap()
}

fn message(change: impl FnOnce(&mut Value)) -> Value {
    let mut message = json!({
        "id": snowflake::at(now()), "channel_id": ROOM, "guild_id": GUILD, "type": 0, "content": "it is the disk",
        "author": {"id": BO, "username": "bo"}, "attachments": [], "embeds": [], "edited_timestamp": null, "pinned": false,
    });
    change(&mut message);
    message
}

fn read(kind: &str, data: &Value) -> Vec<Decoded<(String, String, What)>> {
    let told = each(&json!({ "t": kind, "d": data }), now());
    told.iter()
        .map(|payload| match event(payload, &settings()) {
            Decoded::Known(heard) => Decoded::Known((heard.id, heard.lane, heard.what)),
            Decoded::Nothing => Decoded::Nothing,
            Decoded::Unknown { what } => Decoded::Unknown { what },
        })
        .collect()
}

fn one(kind: &str, data: &Value) -> Happening {
    match read(kind, data).remove(0) {
        Decoded::Known((_, _, What::Happening(happening))) => happening,
        other => panic!("{other:?}"),
    }
}

fn nothing(kind: &str, data: &Value) {
    assert_eq!(read(kind, data), [Decoded::Nothing], "{kind} {data}");
}

#[test]
fn what_people_write_is_told() {
    let file = json!([{"id": "7", "filename": "a.log", "size": 12, "content_type": "text/plain"}]);
    let said = one("MESSAGE_CREATE", &message(|held| held["attachments"] = file));
    let Happening::Message { room, id, sent_at, parent, what, files } = said else { panic!("{said:?}") };
    assert_eq!((room.as_str(), sent_at, parent), (ROOM, now(), None));
    assert_eq!(what, Happened::Said { author: BO.to_owned(), text: "it is the disk".to_owned() });
    assert_eq!(files[0].external_id, format!("{ROOM}/{id}/7"));
    assert_eq!(files[0].permalink, Some(format!("https://discord.com/channels/{GUILD}/{ROOM}/{id}")));

    let reply = one(
        "MESSAGE_CREATE",
        &message(|held| (held["type"], held["message_reference"]) = (json!(19), json!({"message_id": "42"}))),
    );
    assert!(matches!(reply, Happening::Message { parent: Some(parent), .. } if parent == "42"));

    let edited =
        one("MESSAGE_UPDATE", &message(|held| held["edited_timestamp"] = json!("2025-11-27T17:21:00.5+00:00")));
    let Happening::Message { what: Happened::Edited { at, .. }, .. } = edited else { panic!("{edited:?}") };
    assert_eq!(at.timestamp_millis(), now().timestamp_millis() + 60_500);
}

#[test]
fn what_nobody_wrote_or_is_said_elsewhere_is_passed_over() {
    nothing("MESSAGE_CREATE", &message(|held| held["author"]["bot"] = json!(true)));
    nothing("MESSAGE_CREATE", &message(|held| held["webhook_id"] = json!("5")));
    nothing("MESSAGE_CREATE", &message(|held| held["author"]["id"] = json!(BOT)));
    nothing("MESSAGE_CREATE", &message(|held| held["type"] = json!(18)));
    nothing("MESSAGE_CREATE", &message(|held| held["content"] = json!("")));
    nothing("MESSAGE_CREATE", &message(|held| held["guild_id"] = json!("1")));
    nothing("MESSAGE_CREATE", &message(|held| drop(held.as_object_mut().unwrap().remove("guild_id"))));
    // A link was unfolded, or a pin came.
    nothing("MESSAGE_UPDATE", &message(|held| held["pinned"] = json!(true)));
    nothing("MESSAGE_REACTION_ADD", &json!({"guild_id": GUILD, "channel_id": ROOM, "emoji": {"name": "👀"}}));
    nothing("TYPING_START", &json!({"guild_id": GUILD}));
    let lacks = message(|held| drop(held.as_object_mut().unwrap().remove("id")));
    assert!(matches!(read("MESSAGE_CREATE", &lacks)[0], Decoded::Unknown { .. }));
}

#[test]
fn marks_come_by_pins_and_reactions() {
    let pinned = message(|held| {
        held["type"] = json!(6);
        held["message_reference"] = json!({"message_id": "42", "channel_id": ROOM});
    });
    let mark = |means: &str| {
        What::Mark(Mark {
            room: ROOM.into(),
            message: "42".into(),
            author: None,
            by: BO.into(),
            means: means.into(),
            supports: means == ":🔍:",
        })
    };
    let told = |kind: &str, data: &Value| match read(kind, data).remove(0) {
        Decoded::Known((_, _, what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(told("MESSAGE_CREATE", &pinned), mark("pin"));
    let reaction = json!({
        "guild_id": GUILD, "channel_id": ROOM, "message_id": "42", "user_id": BO, "emoji": {"id": "9", "name": "firebell"},
    });
    assert_eq!(told("MESSAGE_REACTION_ADD", &reaction), mark(":firebell:"));
    let gone = |means: &str| {
        let lost = if means == ":🔍:" { Lost::Both } else { Lost::Mark };
        let (message, by) = ("42".into(), BO.into());
        What::from(Happening::Unmarked { room: ROOM.into(), message, by, means: means.into(), lost })
    };
    assert_eq!(told("MESSAGE_REACTION_REMOVE", &reaction), gone(":firebell:"));
    let mut evidence = reaction.clone();
    evidence["emoji"] = json!({"id": null, "name": "🔍"});
    assert_eq!(told("MESSAGE_REACTION_ADD", &evidence), mark(":🔍:"));
    assert_eq!(told("MESSAGE_REACTION_REMOVE", &evidence), gone(":🔍:"));
    let unpinned = json!({
        "guild_id": GUILD, "id": "77", "action_type": 75, "user_id": BO, "target_id": "5",
        "options": {"channel_id": ROOM, "message_id": "42"},
    });
    assert_eq!(told("GUILD_AUDIT_LOG_ENTRY_CREATE", &unpinned), gone("pin"));
    let mut other = unpinned;
    other["action_type"] = json!(72);
    nothing("GUILD_AUDIT_LOG_ENTRY_CREATE", &other);
}

#[test]
fn what_is_told_of_several_is_heard_one_by_one_and_each_under_an_id() {
    let id = snowflake::at(now());
    let bulk =
        json!({"guild_id": GUILD, "channel_id": ROOM, "ids": [id, snowflake::at(now() - chrono::TimeDelta::hours(1))]});
    let deleted = read("MESSAGE_DELETE_BULK", &bulk);
    assert_eq!(deleted.len(), 2);
    let Decoded::Known((known, lane, What::Happening(Happening::Message { what, .. }))) = &deleted[0] else {
        panic!("{deleted:?}")
    };
    assert_eq!((known.as_str(), lane.as_str()), (format!("MESSAGE_DELETE:{id}::").as_str(), ROOM));
    assert_eq!(*what, Happened::Deleted { at: now() });
    let came = json!({"guild_id": GUILD, "id": ROOM, "added_members": [{"user_id": BO}, {"user_id": BOT}]});
    let came = read("THREAD_MEMBERS_UPDATE", &came);
    assert!(
        matches!(&came[0], Decoded::Known((_, _, What::Happening(Happening::Joined { account, .. }))) if account == BO)
    );
    assert_eq!(came[1], Decoded::Nothing);
    let gone = one("THREAD_DELETE", &json!({"guild_id": GUILD, "id": ROOM, "parent_id": "5"}));
    assert_eq!(gone, Happening::RoomGone { room: ROOM.to_owned() });
    let first = read("MESSAGE_CREATE", &message(|_| {}));
    assert_eq!(first, read("MESSAGE_CREATE", &message(|_| {})), "the same message is told of under the same id");
}

pub(in crate::platform::discord) fn asked(kind: u8, data: &Value) -> Value {
    json!({
        "id": "900000000000000001", "application_id": "800", "type": kind, "data": data, "guild_id": GUILD,
        "channel_id": ROOM, "member": {"user": {"id": BO, "username": "bo"}}, "token": "secret-token", "version": 1,
    })
}

pub(in crate::platform::discord) fn slash(subcommand: &str, options: &Value) -> Value {
    let option = json!({"type": 1, "name": subcommand, "options": options});
    asked(2, &json!({"id": "1", "name": "incident", "type": 1, "options": [option]}))
}

fn known(payload: &Value) -> super::Request {
    match interaction(payload) {
        Decoded::Known(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn requests_are_read_with_how_to_answer_them() {
    let request = known(&slash("ack", &json!([])));
    assert_eq!(request.incoming.ask, Ask::Line { text: "ack".to_owned(), mentions: Vec::new() });
    assert_eq!((request.incoming.account.as_str(), request.incoming.room.as_deref()), (BO, Some(ROOM)));
    assert_eq!(request.back.surface, Surface::Command);
    assert!(!format!("{request:?}").contains("secret-token"), "whoever has it can answer in Firebell's name");
    assert_eq!(known(&slash("declare", &json!([]))).incoming.ask, Ask::Declare { from: None });

    let press = known(&asked(3, &json!({"component_type": 2, "custom_id": "firebell:ack:INC-7"})));
    let Ask::Press { control } = press.incoming.ask else { panic!("{press:?}") };
    assert_eq!((control.button, control.incident), (Button::Acknowledge, Some(IncidentId(7))));

    let mut direct = asked(3, &json!({"component_type": 2, "custom_id": "firebell:ack:INC-7"}));
    let fields = direct.as_object_mut().unwrap();
    fields.remove("guild_id");
    fields.remove("member");
    fields.insert("user".to_owned(), json!({"id": BO}));
    assert_eq!(known(&direct).incoming.room, None, "a direct message is no room");
}

#[test]
fn a_form_tells_what_was_typed_and_points_at_its_message() {
    let inputs =
        |name: &str, value: &str| json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]});
    let cited = snowflake::at(now());
    let data = json!({
        "custom_id": format!("firebell:form:declare:-:{ROOM}:{cited}"),
        "components": [inputs("title", "api is down"), {"type": 18, "component": {"type": 99, "custom_id": "new"}}],
    });
    let request = known(&asked(5, &data));
    let Ask::Submit { form: FormKind::Declare, incident: None, values, cites: Some(found) } = request.incoming.ask
    else {
        panic!("{request:?}")
    };
    assert_eq!(values["title"], ["api is down"]);
    assert_eq!((found.room.as_str(), found.message.id.as_str()), (ROOM, cited.as_str()));
    assert!(request.cut, "its words are asked for");
    assert_eq!(request.back.typed, [("title".to_owned(), "api is down".to_owned())]);
}

#[test]
fn what_is_not_understood_is_told_without_words_of_people() {
    for payload in [
        slash("dance", &json!([])),
        asked(3, &json!({"component_type": 2, "custom_id": "something else"})),
        asked(5, &json!({"custom_id": "other:form", "components": []})),
        asked(9, &json!({})),
        json!({"id": "1", "type": 2}),
    ] {
        match interaction(&payload) {
            Decoded::Unknown { what } => assert!(!what.contains("secret"), "{what}"),
            other => panic!("{payload}: {other:?}"),
        }
    }
}
