//! What happened in the guild.
//!
//! Source: <https://discord.com/developers/docs/events/gateway-events>.

use chrono::{DateTime, Utc};
use firebell_core::message::Happened;
use serde_json::{Value, json};

use super::Settings;
use super::message::{files, said};
use crate::platform::discord::snowflake::time_of;
use crate::platform::incoming::{Happening, Lost, Said};
use crate::platform::inlet::{Decoded, Heard, Mark, What};
use crate::platform::json::{at, list, owned, word};

/// The kinds of messages that people write: plain ones and replies.
const WRITTEN: [i64; 2] = [0, 19];
/// What Discord says in a channel when somebody pinned a message there.
const PIN_NOTICE: i64 = 6;
/// The audit log's number for a message that is pinned no longer.
///
/// Source: <https://discord.com/developers/docs/resources/audit-log#audit-log-entry-object-audit-log-events>.
const UNPINNED: i64 = 75;
/// What a mark by a pin is called.
const PIN: &str = "pin";

/// The events that one of the gateway's stands for, each with the instant at which it was heard: some tell of several
/// messages or people at once.
pub fn each(event: &Value, heard_at: DateTime<Utc>) -> Vec<Value> {
    let data = event.get("d").unwrap_or(&Value::Null);
    let one = |kind: &str, data: Value| json!({ "t": kind, "d": data, "at": heard_at.timestamp_micros() });
    let with = |name: &str, value: Value| {
        let mut data = data.clone();
        data[name] = value;
        data
    };
    match at(event, "/t").unwrap_or_default() {
        "MESSAGE_DELETE_BULK" => {
            list(data, "/ids").iter().map(|id| one("MESSAGE_DELETE", with("id", id.clone()))).collect()
        }
        kind @ "THREAD_MEMBERS_UPDATE" => {
            list(data, "/added_members").iter().map(|added| one(kind, with("added_members", json!([added])))).collect()
        }
        kind => vec![one(kind, data.clone())],
    }
}

/// Reads one of them.
pub fn event(payload: &Value, settings: &Settings) -> Decoded<Heard> {
    let data = payload.get("d").unwrap_or(&Value::Null);
    // What is said to the app alone concerns no incident, and other guilds are others' business.
    if at(data, "/guild_id") != Some(&settings.guild) {
        return Decoded::Nothing;
    }
    let kind = at(payload, "/t").unwrap_or_default();
    let happened = match kind {
        "MESSAGE_CREATE" => ours(data, "/author/id", settings, created),
        "MESSAGE_UPDATE" => ours(data, "/author/id", settings, updated),
        "MESSAGE_DELETE" => found(deleted(payload, data)),
        "MESSAGE_REACTION_ADD" | "MESSAGE_REACTION_REMOVE" => {
            ours(data, "/user_id", settings, |data| reaction(kind, data, settings))
        }
        "GUILD_AUDIT_LOG_ENTRY_CREATE" => ours(data, "/user_id", settings, unpinned),
        "THREAD_MEMBERS_UPDATE" => ours(data, "/added_members/0/user_id", settings, joined),
        "CHANNEL_DELETE" | "THREAD_DELETE" => found(owned(data, "/id").map(|room| Happening::RoomGone { room })),
        _ => Decoded::Nothing,
    };
    let unknown = || format!("an event {} that lacks what it needs", word(payload, "/t"));
    let what = match happened {
        Decoded::Known(what) => what,
        Decoded::Nothing => return Decoded::Nothing,
        Decoded::Unknown { .. } => return Decoded::Unknown { what: unknown() },
    };
    let lane = ["/channel_id", "/options/channel_id", "/id"].into_iter().find_map(|place| owned(data, place));
    let heard = lane.map(|lane| Heard { id: id(payload, data), lane, what });
    Decoded::or_unknown(heard, unknown)
}

/// Discord gives events no ids. A message is told of under its own; what can happen twice, with the instant at which it was
/// heard, since telling it twice changes nothing.
fn id(payload: &Value, data: &Value) -> String {
    let kind = at(payload, "/t").unwrap_or_default();
    let message = at(data, "/message_id").or_else(|| at(data, "/id")).unwrap_or_default();
    let once = match kind {
        "MESSAGE_CREATE" | "MESSAGE_DELETE" | "GUILD_AUDIT_LOG_ENTRY_CREATE" => String::new(),
        "MESSAGE_UPDATE" => at(data, "/edited_timestamp").unwrap_or_default().to_owned(),
        _ => payload.get("at").map(Value::to_string).unwrap_or_default(),
    };
    let who = ["/user_id", "/added_members/0/user_id"].into_iter().find_map(|place| at(data, place));
    format!("{kind}:{message}:{}:{once}", who.unwrap_or_default())
}

fn found(happening: Option<Happening>) -> Decoded<What> {
    Decoded::or_unknown(happening.map(What::from), String::new)
}

/// What Firebell itself did, it knows already.
fn ours(data: &Value, who: &str, settings: &Settings, other: impl FnOnce(&Value) -> Decoded<What>) -> Decoded<What> {
    if at(data, who) == Some(&settings.bot_user) { Decoded::Nothing } else { other(data) }
}

/// Whether an app said it. It is kept where somebody marks it.
fn is_of_app(message: &Value) -> bool {
    message.pointer("/author/bot").and_then(Value::as_bool) == Some(true) || at(message, "/webhook_id").is_some()
}

fn kind(message: &Value) -> i64 {
    message.get("type").and_then(Value::as_i64).unwrap_or(0)
}

fn created(data: &Value) -> Decoded<What> {
    if kind(data) == PIN_NOTICE {
        return Decoded::or_unknown(pinned(data).map(What::Mark), String::new);
    }
    if is_of_app(data) || !WRITTEN.contains(&kind(data)) {
        return Decoded::Nothing;
    }
    let Some(Said { id, author, sent_at, text, parent, files }) = said(data) else { return found(None) };
    if text.is_empty() && files.is_empty() {
        return Decoded::Nothing;
    }
    let what = Happened::Said { author, text };
    found(owned(data, "/channel_id").map(|room| Happening::Message { room, id, sent_at, parent, what, files }))
}

/// Discord also tells of a change when it unfolds a link or a pin comes or goes; words were changed only where it says when.
fn updated(data: &Value) -> Decoded<What> {
    if is_of_app(data) || !WRITTEN.contains(&kind(data)) {
        return Decoded::Nothing;
    }
    let Some(edited) = at(data, "/edited_timestamp") else { return Decoded::Nothing };
    let Some(Said { id, author, sent_at, text, parent, .. }) = said(data) else { return found(None) };
    let files = files(data, &id);
    if text.is_empty() && files.is_empty() {
        return Decoded::Nothing;
    }
    let edited = DateTime::parse_from_rfc3339(edited).ok().map(|at| at.with_timezone(&Utc));
    let happening = edited.zip(owned(data, "/channel_id")).map(|(at, room)| {
        let what = Happened::Edited { author, at, text };
        Happening::Message { room, id, sent_at, parent, what, files }
    });
    found(happening)
}

/// Discord does not say when, so that it is when it was heard.
fn deleted(payload: &Value, data: &Value) -> Option<Happening> {
    let id = owned(data, "/id")?;
    let at = DateTime::from_timestamp_micros(payload.get("at")?.as_i64()?)?;
    Some(Happening::Message {
        room: owned(data, "/channel_id")?,
        sent_at: time_of(&id)?,
        id,
        parent: None,
        what: Happened::Deleted { at },
        files: Vec::new(),
    })
}

/// The notice that somebody pinned a message names both.
fn pinned(data: &Value) -> Option<Mark> {
    Some(Mark {
        room: owned(data, "/message_reference/channel_id").or_else(|| owned(data, "/channel_id"))?,
        message: owned(data, "/message_reference/message_id")?,
        author: None,
        by: owned(data, "/author/id")?,
        means: PIN.to_owned(),
        supports: false,
    })
}

/// Who takes a pin away is told by the audit log alone.
fn unpinned(data: &Value) -> Decoded<What> {
    if data.get("action_type").and_then(Value::as_i64) != Some(UNPINNED) {
        return Decoded::Nothing;
    }
    let happening = owned(data, "/options/channel_id").and_then(|room| {
        let (message, by) = (owned(data, "/options/message_id")?, owned(data, "/user_id")?);
        Some(Happening::Unmarked { room, message, by, means: PIN.to_owned(), lost: Lost::Mark })
    });
    found(happening)
}

fn reaction(kind: &str, data: &Value, settings: &Settings) -> Decoded<What> {
    let name = at(data, "/emoji/name").unwrap_or_default();
    if !settings.marks(name) {
        return Decoded::Nothing;
    }
    let marked = owned(data, "/channel_id").and_then(|room| {
        let (message, by) = (owned(data, "/message_id")?, owned(data, "/user_id")?);
        let (means, supports) = (format!(":{name}:"), settings.supports(name));
        Some(if kind == "MESSAGE_REACTION_ADD" {
            What::Mark(Mark { room, message, author: owned(data, "/message_author_id"), by, means, supports })
        } else {
            let lost = if supports { Lost::Both } else { Lost::Mark };
            Happening::Unmarked { room, message, by, means, lost }.into()
        })
    });
    Decoded::or_unknown(marked, String::new)
}

fn joined(data: &Value) -> Decoded<What> {
    let happening = owned(data, "/id")
        .and_then(|room| Some(Happening::Joined { room, account: owned(data, "/added_members/0/user_id")? }));
    found(happening)
}

/// Whether a message bears a mark: a pin, or one of the reactions that mark.
pub fn is_marked(message: &Value, settings: &Settings) -> bool {
    let pinned = message.get("pinned").and_then(Value::as_bool) == Some(true);
    let reacted = |reaction: &Value| settings.marks(at(reaction, "/emoji/name").unwrap_or_default());
    pinned || list(message, "/reactions").iter().any(reacted)
}

/// Whether it bears a reaction that makes evidence.
pub fn is_evidence(message: &Value, settings: &Settings) -> bool {
    let reacted = |reaction: &Value| settings.supports(at(reaction, "/emoji/name").unwrap_or_default());
    list(message, "/reactions").iter().any(reacted)
}
