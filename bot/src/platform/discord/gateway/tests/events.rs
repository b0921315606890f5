//! What comes through serenity: it reads each event into its own types and writes it from them. Nothing that matters may be
//! lost on the way, and what is lost is listed here.

use chrono::DateTime;
use serde_json::json;
use serenity::model::event::Event;

use super::super::mend::as_discord_told;
use super::super::*;
use super::world::message;

/// What is lost and does not matter here, by the ends of the paths to it.
const DOES_NOT_MATTER: [&str; 16] = [
    // There is none any more.
    ".discriminator",
    // What a member may skip, what a role is; of messages and channels they are kept.
    ".member.flags",
    ".members.32.flags",
    ".roles.51.flags",
    // Rights that are newer than serenity are not among them.
    ".permissions",
    ".app_permissions",
    ".attachments[0].ephemeral",
    ".attachments[0].title",
    ".attachments.61.ephemeral",
    ".attachments.61.title",
    ".thread_metadata.invitable",
    ".newly_created",
    // The id of an interaction's server is `guild_id`, its locale `guild_locale`.
    ".guild",
    ".channel.guild_id",
    // Of an update; it is told when the message is created.
    ".nonce",
    // A component has its `custom_id`.
    ".data.id",
];

/// An event as the listener hears it.
fn as_told(kind: &str, d: &Value) -> Value {
    let event: Event = serde_json::from_value(json!({ "t": kind, "d": d })).unwrap();
    assert!(!matches!(event, Event::Unknown(_)), "this sample says nothing, as serenity cannot read it: {d}");
    let told = as_discord_told(event).unwrap();
    assert_eq!(told["t"], kind);
    told["d"].clone()
}

/// Where something of the original is missing, or is something else.
fn losses(original: &Value, told: &Value, path: &str, lost: &mut Vec<String>) {
    match (original, told) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, value) in fields {
                let at = format!("{path}.{name}");
                match told.get(name) {
                    Some(told) => losses(value, told, &at, lost),
                    // To be absent and to be nothing is the same to Discord, but for the fields of an update.
                    None if value.is_null() => {}
                    None => lost.push(at),
                }
            }
        }
        (Value::Array(values), Value::Array(tolds)) if values.len() == tolds.len() => {
            for (index, (value, told)) in values.iter().zip(tolds).enumerate() {
                losses(value, told, &format!("{path}[{index}]"), lost);
            }
        }
        (Value::String(text), Value::String(told)) if is_same_time(text, told) => {}
        (value, told) if value == told => {}
        _ => lost.push(path.to_owned()),
    }
}

fn is_same_time(one: &str, other: &str) -> bool {
    let read = |text| DateTime::parse_from_rfc3339(text).ok();
    read(one).is_some_and(|time| read(other) == Some(time))
}

/// Only this is lost, beside what never matters.
#[track_caller]
fn loses(kind: &str, d: &Value, expected: &[&str]) {
    let told = as_told(kind, d);
    let mut lost = Vec::new();
    losses(d, &told, "", &mut lost);
    lost.retain(|path| !DOES_NOT_MATTER.iter().any(|end| path.ends_with(end)));
    assert_eq!(lost, expected, "{kind}");
    // And nothing more the second time.
    let mut again = Vec::new();
    losses(&told, &as_told(kind, &told), "", &mut again);
    assert_eq!(again, Vec::<String>::new(), "{kind}");
}

fn user(id: &str) -> Value {
    json!({ "id": id, "username": "ann", "discriminator": "0", "global_name": "Ann", "avatar": "0123456789abcdef0123456789abcdef", "bot": false,
        "public_flags": 0 })
}

fn member() -> Value {
    json!({ "roles": ["51"], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0,
        "nick": "Annie", "avatar": null, "permissions": "2248473465835073", "pending": false })
}

fn attachment() -> Value {
    json!({ "id": "61", "filename": "log.txt", "title": "log", "description": "what it said", "size": 12,
        "url": "https://cdn.discordapp.com/attachments/21/61/log.txt?ex=1&is=2&hm=3",
        "proxy_url": "https://media.discordapp.net/attachments/21/61/log.txt", "content_type": "text/plain; charset=utf-8",
        "ephemeral": false })
}

fn thread(id: &str) -> Value {
    json!({ "id": id, "type": 11, "guild_id": "20", "parent_id": "21", "owner_id": "31", "name": "INC-1",
        "last_message_id": "1100000000000000003", "rate_limit_per_user": 0, "message_count": 2, "total_message_sent": 2,
        "member_count": 2, "flags": 2, "applied_tags": ["71", "72"], "bitrate": 0, "user_limit": null,
        "thread_metadata": { "archived": true, "auto_archive_duration": 1440, "locked": true, "invitable": false,
            "archive_timestamp": "2026-03-01T12:00:00.123000+00:00",
            "create_timestamp": "2026-03-01T11:00:00.123000+00:00" } })
}

#[test]
fn messages() {
    let mut full = message("see <@7> https://example.org");
    full["attachments"] = json!([attachment()]);
    full["mentions"] = json!([user("7")]);
    full["mention_roles"] = json!(["51"]);
    full["webhook_id"] = json!("81");
    full["application_id"] = json!("9");
    full["pinned"] = json!(true);
    full["reactions"] = json!([{ "count": 2, "count_details": { "burst": 0, "normal": 2 }, "me": true, "me_burst": false,
        "burst_colors": [], "emoji": { "id": null, "name": "📌" } }]);
    full["embeds"] = json!([{ "type": "rich", "title": "t", "description": "d", "url": "https://example.org/",
        "fields": [{ "name": "n", "value": "v", "inline": true }], "footer": { "text": "INC-1" } }]);
    full["thread"] = thread("1100000000000000001");
    full["thread"]["guild_id"] = json!("20");
    loses("MESSAGE_CREATE", &full, &[]);
    let mut reply = message("yes");
    reply["type"] = json!(19);
    reply["message_reference"] = json!({ "type": 0, "message_id": "1100000000000000000", "channel_id": "21",
        "guild_id": "20" });
    let mut first = message("no");
    first["id"] = json!("1100000000000000000");
    reply["referenced_message"] = first;
    loses("MESSAGE_CREATE", &reply, &[]);
    let mut pin = message("");
    pin["type"] = json!(6);
    pin["message_reference"] = json!({ "message_id": "1100000000000000000", "channel_id": "21", "guild_id": "20" });
    loses("MESSAGE_CREATE", &pin, &[]);
    let mut forward = message("");
    forward["message_reference"] = json!({ "type": 1, "message_id": "1100000000000000000", "channel_id": "22" });
    forward["message_snapshots"] = json!([{ "message": { "content": "was said", "type": 0, "flags": 0,
        "timestamp": "2026-03-01T12:00:00.123000+00:00", "edited_timestamp": null, "embeds": [], "components": [],
        "attachments": [attachment()], "mentions": [], "mention_roles": [] } }]);
    loses("MESSAGE_CREATE", &forward, &[]);
    let mut direct = message("hello");
    direct.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "guild_id" | "member"));
    loses("MESSAGE_CREATE", &direct, &[]);
    // Of a kind that is newer than serenity.
    let mut newer = message("");
    newer["type"] = json!(199);
    newer["components"] = json!([{ "type": 17, "id": 1, "components": [{ "type": 10, "id": 2, "content": "text" }] }]);
    loses("MESSAGE_CREATE", &newer, &[".components"]);
}

#[test]
fn changes_of_messages() {
    let mut edited = message("looking again");
    edited["edited_timestamp"] = json!("2026-03-01T12:01:00.123000+00:00");
    edited["attachments"] = json!([attachment()]);
    loses("MESSAGE_UPDATE", &edited, &[]);
    // Discord tells a link's preview so.
    let unfurled = json!({ "id": "1100000000000000001", "channel_id": "21", "guild_id": "20", "embeds": [] });
    loses("MESSAGE_UPDATE", &unfurled, &[]);
    // What was not told may not seem emptied.
    assert_eq!(as_told("MESSAGE_UPDATE", &unfurled), unfurled);
    loses("MESSAGE_DELETE", &json!({ "id": "1100000000000000001", "channel_id": "21", "guild_id": "20" }), &[]);
    let bulk = json!({ "ids": ["1100000000000000001", "1100000000000000002"], "channel_id": "21", "guild_id": "20" });
    loses("MESSAGE_DELETE_BULK", &bulk, &[]);
    let reaction = json!({ "user_id": "31", "channel_id": "21", "message_id": "1100000000000000001", "guild_id": "20",
        "member": { "user": user("31"), "roles": ["51"], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false,
            "mute": false, "flags": 0 },
        "emoji": { "id": null, "name": "📌" }, "message_author_id": "32", "burst": false, "type": 0 });
    loses("MESSAGE_REACTION_ADD", &reaction, &[]);
    let mut removed = reaction;
    removed.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "member" | "message_author_id"));
    removed["emoji"] = json!({ "id": "91", "name": "siren", "animated": false });
    loses("MESSAGE_REACTION_REMOVE", &removed, &[]);
    let all = json!({ "channel_id": "21", "message_id": "1100000000000000001", "guild_id": "20" });
    loses("MESSAGE_REACTION_REMOVE_ALL", &all, &[]);
    let mut emoji = all;
    emoji["emoji"] = json!({ "id": null, "name": "📌" });
    // serenity takes it for a reaction of somebody, which it is not, so that it comes unchanged.
    let frame = json!({ "t": "MESSAGE_REACTION_REMOVE_EMOJI", "d": emoji });
    let event: Event = serde_json::from_value(frame.clone()).unwrap();
    assert!(matches!(event, Event::Unknown(_)));
    assert_eq!(as_discord_told(event), Some(frame));
    let pins = json!({ "channel_id": "21", "guild_id": "20", "last_pin_timestamp": "2026-03-01T12:00:00+00:00" });
    loses("CHANNEL_PINS_UPDATE", &pins, &[]);
}

#[test]
fn channels_and_threads() {
    let channel = json!({ "id": "21", "type": 0, "guild_id": "20", "name": "inc-1", "topic": "INC-1", "position": 3,
        "parent_id": "23", "nsfw": false, "last_message_id": null, "rate_limit_per_user": 0, "flags": 0,
        "permission_overwrites": [{ "id": "20", "type": 0, "allow": "0", "deny": "1024" }] });
    for kind in ["CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"] {
        loses(kind, &channel, &[]);
    }
    let forum = json!({ "id": "22", "type": 15, "guild_id": "20", "name": "incidents", "position": 0, "flags": 16,
        "permission_overwrites": [], "parent_id": null, "nsfw": false, "default_forum_layout": 0,
        "available_tags": [{ "id": "71", "name": "sev1", "moderated": true, "emoji_id": null, "emoji_name": "🔥" }] });
    loses("CHANNEL_UPDATE", &forum, &[]);
    let mut created = thread("24");
    created["newly_created"] = json!(true);
    loses("THREAD_CREATE", &created, &[]);
    loses("THREAD_UPDATE", &thread("24"), &[]);
    loses("THREAD_DELETE", &json!({ "id": "24", "guild_id": "20", "parent_id": "22", "type": 11 }), &[]);
    let listed = json!({ "guild_id": "20", "channel_ids": ["22"], "threads": [thread("24")], "members": [{ "id": "24",
        "user_id": "7", "join_timestamp": "2026-03-01T12:00:00+00:00", "flags": 1 }] });
    loses("THREAD_LIST_SYNC", &listed, &[]);
    let joined = json!({ "id": "24", "guild_id": "20", "member_count": 2, "removed_member_ids": ["32"],
        "added_members": [{ "id": "24", "user_id": "7", "join_timestamp": "2026-03-01T12:00:00+00:00", "flags": 1 }] });
    loses("THREAD_MEMBERS_UPDATE", &joined, &[]);
    loses("GUILD_DELETE", &json!({ "id": "20", "unavailable": true }), &[]);
}

fn interaction(kind: u8, data: &Value) -> Value {
    let mut of = member();
    of["user"] = user("31");
    json!({ "id": "1200000000000000001", "application_id": "9", "type": kind, "token": "aW50ZXJhY3Rpb246",
        "version": 1, "guild_id": "20", "channel_id": "21", "member": of, "data": data, "locale": "de",
        "guild_locale": "en-US", "app_permissions": "2248473465835073", "entitlements": [], "context": 0,
        "authorizing_integration_owners": { "0": "20" }, "attachment_size_limit": 10_485_760,
        "channel": { "id": "21", "type": 0, "guild_id": "20", "name": "inc-1", "permissions": "2248473465835073" },
        "guild": { "id": "20", "locale": "en-US", "features": [] } })
}

#[test]
fn commands() {
    let option = |name: &str, kind: u8, value: Value| json!({ "name": name, "type": kind, "value": value });
    let options = [
        option("title", 3, json!("checkout fails")),
        option("count", 4, json!(3)),
        option("private", 5, json!(true)),
        option("person", 6, json!("32")),
        option("channel", 7, json!("21")),
        option("role", 8, json!("51")),
        option("whom", 9, json!("32")),
        option("rate", 10, json!(0.5)),
        option("file", 11, json!("61")),
    ];
    let resolved = json!({
        "users": { "32": user("32") },
        "members": { "32": member() },
        "channels": { "21": { "id": "21", "type": 0, "name": "inc-1", "permissions": "2248473465835073" } },
        "roles": { "51": { "id": "51", "name": "on call", "color": 0,
            "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null }, "hoist": false, "managed": false,
            "mentionable": true, "permissions": "0", "position": 1, "flags": 0 } },
        "attachments": { "61": attachment() },
    });
    let command = |options: Value| {
        json!({ "id": "1300000000000000001", "name": "incident", "type": 1, "guild_id": "20",
        "options": options, "resolved": resolved })
    };
    let plain = command(json!([{ "name": "declare", "type": 1, "options": options }]));
    loses("INTERACTION_CREATE", &interaction(2, &plain), &[]);
    let group = json!([{ "name": "room", "type": 2, "options": [{ "name": "add", "type": 1, "options": options }] }]);
    loses("INTERACTION_CREATE", &interaction(2, &command(group)), &[]);
    let bare = json!({ "id": "1300000000000000001", "name": "oncall", "type": 1,
        "options": [{ "name": "now", "type": 1, "options": [] }] });
    loses("INTERACTION_CREATE", &interaction(2, &bare), &[]);
    // Somebody is in the midst of a number.
    let typing = json!({ "id": "1300000000000000001", "name": "incident", "type": 1, "options": [{ "name": "ack",
        "type": 1, "options": [
            { "name": "service", "type": 3, "value": "che", "focused": true },
            { "name": "count", "type": 4, "value": "1", "focused": true },
        ] }] });
    loses("INTERACTION_CREATE", &interaction(4, &typing), &[]);
    let menu = json!({ "id": "1300000000000000002", "name": "Add to timeline", "type": 3, "guild_id": "20",
        "target_id": "1100000000000000001", "resolved": { "messages": { "1100000000000000001": message("look") } } });
    loses("INTERACTION_CREATE", &interaction(2, &menu), &[]);
}

#[test]
fn buttons_selects_and_forms() {
    let on_message = |data: &Value| {
        let mut of = interaction(3, data);
        of["message"] = message("the card");
        of["message"]["components"] = json!([{ "type": 1, "id": 1, "components": [
            { "type": 2, "id": 2, "style": 1, "label": "Acknowledge", "custom_id": "ack:1" },
            { "type": 2, "id": 3, "style": 5, "label": "Runbook", "url": "https://example.org/" },
        ] }]);
        of
    };
    let of_a_card = [
        ".message.components[0].components[0].id",
        ".message.components[0].components[1].id",
        ".message.components[0].id",
    ];
    let button = json!({ "component_type": 2, "id": 2, "custom_id": "ack:1" });
    loses("INTERACTION_CREATE", &on_message(&button), &of_a_card);
    let select = json!({ "component_type": 3, "id": 2, "custom_id": "sev:1", "values": ["sev1", "sev2"] });
    loses("INTERACTION_CREATE", &on_message(&select), &of_a_card);
    let whom = json!({ "component_type": 5, "id": 2, "custom_id": "lead:1", "values": ["32"],
        "resolved": { "users": { "32": user("32") }, "members": { "32": member() } } });
    loses("INTERACTION_CREATE", &on_message(&whom), &of_a_card);
    // Where it was used matters for a command alone; a form comes after one.
    let of_a_form = [
        ".authorizing_integration_owners",
        ".context",
        ".data.components[0].components[0].id",
        ".data.components[0].id",
        ".data.components[1].components[0].id",
        ".data.components[1].id",
    ];
    let form = json!({ "custom_id": "declare:1", "components": [{ "type": 1, "id": 1, "components": [
        { "type": 4, "id": 2, "custom_id": "title", "value": "checkout fails" }] }, { "type": 1, "id": 3, "components": [
        { "type": 4, "id": 4, "custom_id": "note", "value": "" }] }] });
    loses("INTERACTION_CREATE", &interaction(5, &form), &of_a_form);
    let mut direct = interaction(5, &form);
    let fields = direct.as_object_mut().unwrap();
    fields.retain(|name, _| !matches!(name.as_str(), "member" | "guild_id" | "guild" | "guild_locale"));
    fields.insert("user".to_owned(), user("31"));
    loses("INTERACTION_CREATE", &direct, &of_a_form);
}
