//! What happened in a channel or thread while nobody listened, as events that Discord would have sent: what was said, edits,
//! pins, and reactions that mark. What was deleted or unmarked leaves no trace to read.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::api::{Api, ApiError, Around, Channel};
use super::snowflake;

/// How many messages one call asks for, which is the most that Discord gives.
const PAGE: u8 = 100;
/// How many are read of one channel at once; who talks more in a gap is read again at the next.
const MESSAGES_MAX: usize = 2_000;
/// How many pages of archived threads are read of one channel.
const THREAD_PAGES: usize = 10;
/// The pin of a message, as a message (<https://discord.com/developers/docs/resources/message#message-object-message-types>).
const PINNED: u64 = 6;

/// Where to look, and for what.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'l> {
    pub guild: &'l str,
    /// A channel or thread.
    pub channel: &'l str,
    /// The emojis whose reactions mark a message: characters, or the names of a server's own.
    pub marks: &'l [String],
}

/// What happened in a channel or thread from `oldest` on, in its order, each as `{"t": ..., "d": ...}` of the gateway. An edited
/// message comes twice: as it was said, and as it was edited; Discord does not keep what it said before, so both say what
/// it says now.
///
/// # Errors
/// [`ApiError`] of a call; nothing of what was read is given, so it is to be read again as a whole.
pub async fn since(api: &Api, at: Looked<'_>, oldest: DateTime<Utc>) -> Result<Vec<Value>, ApiError> {
    let from = snowflake::at(oldest);
    let mut found = walked(api, at.channel, &from).await?;
    // Some older ones, which may have been edited.
    found.extend(api.messages(at.channel, Around::Before(&from), PAGE).await?);
    let by_id: BTreeMap<u64, Value> = found.into_iter().map(|message| (order(&message), message)).collect();
    let mut told = Vec::new();
    for message in by_id.values() {
        told.extend(payloads(at, message, oldest));
        if is_new(message, oldest) {
            told.extend(reactions(api, at, message).await?);
        }
    }
    // The bot pins cards of its own, which costs no call here.
    let me = &api.me().await?.id;
    let theirs = |message: &&Value| message["author"]["id"] != me.as_str();
    if by_id.values().filter(theirs).any(|message| message["pinned"] == true) {
        told.extend(pins(api, at, oldest).await?);
    }
    Ok(told)
}

/// The threads of a channel that may hold something from `oldest` on: those that are active, and those that were archived
/// since then.
///
/// # Errors
/// [`ApiError`] of a call.
pub async fn threads(api: &Api, guild: &str, channel: &str, oldest: DateTime<Utc>) -> Result<Vec<Channel>, ApiError> {
    let mut found = api.active_threads(guild).await?;
    found.retain(|thread| thread.parent_id == channel);
    let mut before: Option<String> = None;
    for _ in 0..THREAD_PAGES {
        let (page, more) = api.archived_threads(channel, before.as_deref()).await?;
        let last = page.last().map(|thread| thread.thread_metadata.archive_timestamp.clone());
        found.extend(page.into_iter().filter(|thread| archived_since(thread, oldest)));
        let goes_on = last.as_deref().and_then(instant).is_some_and(|last| last >= oldest);
        if !more || !goes_on {
            break;
        }
        before = last;
    }
    // By the threads' ids, so there is no telling from the last of a page whether there are newer ones behind it.
    let (private, _) = api.archived_private_threads(channel, None).await?;
    found.extend(private.into_iter().filter(|thread| archived_since(thread, oldest)));
    Ok(found)
}

/// Messages after an id, page by page, oldest page first.
async fn walked(api: &Api, channel: &str, from: &str) -> Result<Vec<Value>, ApiError> {
    let mut found: Vec<Value> = Vec::new();
    // The first of them may have been said in that very millisecond.
    let mut after = snowflake::order(from).saturating_sub(1).to_string();
    loop {
        let page = api.messages(channel, Around::After(&after), PAGE).await?;
        let Some(newest) = page.iter().map(order).max() else { return Ok(found) };
        let is_last = page.len() < usize::from(PAGE);
        found.extend(page);
        if is_last || found.len() >= MESSAGES_MAX {
            return Ok(found);
        }
        after = newest.to_string();
    }
}

fn payloads(at: Looked<'_>, message: &Value, oldest: DateTime<Utc>) -> Vec<Value> {
    let edited = message["edited_timestamp"].as_str().and_then(instant);
    let is_new = is_new(message, oldest);
    let mut told = Vec::new();
    if is_new {
        told.push(payload("MESSAGE_CREATE", &in_guild(at, message)));
    }
    if edited.is_some_and(|edited| is_new || edited >= oldest) && message["type"] != PINNED {
        told.push(payload("MESSAGE_UPDATE", &in_guild(at, message)));
    }
    told
}

/// One for each emoji that marks, by whoever reacted last. A reaction does not say when it was made: on older messages it may
/// be one that was taken back by a command.
async fn reactions(api: &Api, at: Looked<'_>, message: &Value) -> Result<Vec<Value>, ApiError> {
    let id = message["id"].as_str().unwrap_or_default();
    let mut told = Vec::new();
    for reaction in message["reactions"].as_array().into_iter().flatten() {
        let emoji = &reaction["emoji"];
        let name = emoji["name"].as_str().unwrap_or_default();
        if !at.marks.iter().any(|mark| mark == name) {
            continue;
        }
        let named = emoji["id"].as_str().map_or_else(|| name.to_owned(), |own| format!("{name}:{own}"));
        if let Some(by) = api.reactors(at.channel, id, &named).await?.pop() {
            let event = json!({
                "user_id": by, "channel_id": at.channel, "message_id": id, "guild_id": at.guild, "emoji": emoji,
                "message_author_id": message["author"]["id"],
            });
            told.push(payload("MESSAGE_REACTION_ADD", &event));
        }
    }
    Ok(told)
}

/// That pins changed, where one was made from `oldest` on. Who made it is said by a message of its own.
async fn pins(api: &Api, at: Looked<'_>, oldest: DateTime<Utc>) -> Result<Option<Value>, ApiError> {
    let (pins, _) = api.pins(at.channel, None).await?;
    let newest = pins.iter().filter_map(|pin| instant(&pin.pinned_at)).max().filter(|newest| *newest >= oldest);
    Ok(newest.map(|newest| {
        let event = json!({
            "guild_id": at.guild, "channel_id": at.channel, "last_pin_timestamp": newest.to_rfc3339(),
        });
        payload("CHANNEL_PINS_UPDATE", &event)
    }))
}

/// A message as the gateway tells it, which says in which server it was said.
fn in_guild(at: Looked<'_>, message: &Value) -> Value {
    let mut message = message.clone();
    message["guild_id"] = json!(at.guild);
    message
}

fn payload(kind: &str, event: &Value) -> Value {
    json!({ "t": kind, "d": event })
}

fn is_new(message: &Value, oldest: DateTime<Utc>) -> bool {
    message["id"].as_str().and_then(snowflake::time_of).is_some_and(|said| {
        // Ids count whole milliseconds.
        said.timestamp_millis() >= oldest.timestamp_millis()
    })
}

fn archived_since(thread: &Channel, oldest: DateTime<Utc>) -> bool {
    instant(&thread.thread_metadata.archive_timestamp).is_none_or(|archived| archived >= oldest)
}

fn order(message: &Value) -> u64 {
    message["id"].as_str().map_or(0, snowflake::order)
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
