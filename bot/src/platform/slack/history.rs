//! What happened in a channel while nobody listened, as events that Slack would have sent: what was said, also in threads,
//! edits, marks, and who came in. What was deleted or unmarked leaves no trace to read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::api::{Api, ApiError, Range};

/// How many messages one call asks for. The page that reaches back to before the gap is looked through to its end, so that
/// this many older messages are seen, too, which may have been edited or answered.
const PAGE: u16 = 200;
/// How many are read of one channel at once; who talks more in a gap is read again at the next.
const MESSAGES_MAX: usize = 2_000;

/// What happened in a channel from `oldest` on (a `ts`), in its order, each as the payload of an event. An edited message
/// comes twice: as it was said, and as it was edited.
///
/// # Errors
/// [`ApiError`] of a call.
pub async fn since(api: &Api, channel: &str, oldest: &str) -> Result<Vec<Value>, ApiError> {
    let mut found = walked(api, channel, oldest).await?;
    let answered: Vec<String> =
        found.iter().filter(|message| ts_at(message, "latest_reply") >= oldest).filter_map(id).collect();
    for ts in answered {
        found.extend(replies(api, channel, &ts, oldest).await?);
    }
    found.sort_by(|one, other| ts_at(one, "ts").cmp(ts_at(other, "ts")));
    // The app pins cards of its own, which costs no call here.
    let me = &api.me().await?.user;
    let theirs = |message: &&Value| message["user"] != me.as_str();
    let pinned =
        if found.iter().filter(theirs).any(is_pinned) { pins(api, channel, oldest).await? } else { Vec::new() };
    let said = found.iter().flat_map(|message| payloads(channel, message, oldest));
    Ok(said.chain(pinned).collect())
}

/// Messages from `oldest` on, and some older ones; those of threads are not among them.
async fn walked(api: &Api, channel: &str, oldest: &str) -> Result<Vec<Value>, ApiError> {
    let mut found: Vec<Value> = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let range = Range { limit: PAGE, cursor: cursor.as_deref(), ..Range::default() };
        let page = api.history(channel, range).await?;
        found.extend(page.messages);
        cursor = page.next;
        let reached = found.last().is_none_or(|last| ts_at(last, "ts") < oldest);
        if cursor.is_none() || reached || found.len() >= MESSAGES_MAX {
            return Ok(found);
        }
    }
}

/// What was said in a thread from `oldest` on.
async fn replies(api: &Api, channel: &str, thread: &str, oldest: &str) -> Result<Vec<Value>, ApiError> {
    let mut found: Vec<Value> = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let range =
            Range { oldest: Some(oldest), inclusive: true, limit: PAGE, cursor: cursor.as_deref(), ..Range::default() };
        let page = api.replies(channel, thread, range).await?;
        // The thread's first message comes with every page, and what was said to the channel as well is known.
        let own = |reply: &Value| reply["ts"] != thread && reply["subtype"] != "thread_broadcast";
        found.extend(page.messages.into_iter().filter(own));
        cursor = page.next;
        if cursor.is_none() || found.len() >= MESSAGES_MAX {
            return Ok(found);
        }
    }
}

/// Pins from `oldest` on; a message says that it is pinned, and not by whom and when.
async fn pins(api: &Api, channel: &str, oldest: &str) -> Result<Vec<Value>, ApiError> {
    let from = oldest.split('.').next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let pins = api.pins_list(channel).await?;
    let pinned = pins.into_iter().filter(|pin| pin["type"] == "message" && pin["created"].as_i64() >= Some(from));
    Ok(pinned.map(|pin| pinned_as_told(channel, &pin)).collect())
}

fn is_pinned(message: &Value) -> bool {
    message["pinned_to"].as_array().is_some_and(|channels| !channels.is_empty())
}

fn pinned_as_told(channel: &str, pin: &Value) -> Value {
    let (ts, by) = (ts_at(&pin["message"], "ts"), ts_at(pin, "created_by"));
    let item = json!({ "type": "message", "channel": channel, "message": pin["message"] });
    let event = json!({ "type": "pin_added", "user": by, "channel_id": channel, "item": item });
    payload(&format!("{channel}:{ts}:pin:{}", pin["created"]), &event)
}

fn payloads(channel: &str, message: &Value, oldest: &str) -> Vec<Value> {
    let (ts, edited) = (ts_at(message, "ts"), ts_at(&message["edited"], "ts"));
    let mut told = Vec::new();
    if ts >= oldest {
        told.push(said(channel, message));
    }
    if !edited.is_empty() && (edited >= oldest || ts >= oldest) {
        let mut before = message.clone();
        before["text"] = json!("");
        let event = json!({
            "type": "message", "subtype": "message_changed", "channel": channel, "ts": edited,
            "message": message, "previous_message": before,
        });
        told.push(payload(&format!("{channel}:{ts}:{edited}"), &event));
    }
    // A reaction does not say when it was made: on older messages it may be one that was taken back by a command.
    if ts >= oldest {
        told.extend(reactions(channel, message));
    }
    told
}

/// A message; of one in which Slack says that somebody came, that they came.
fn said(channel: &str, message: &Value) -> Value {
    let ts = ts_at(message, "ts");
    let event = if matches!(ts_at(message, "subtype"), "channel_join" | "group_join") {
        json!({ "type": "member_joined_channel", "user": message["user"], "channel": channel })
    } else {
        let mut said = message.clone();
        said["type"] = json!("message");
        said["channel"] = json!(channel);
        said
    };
    // The same message is the same event however often it is read.
    payload(&format!("{channel}:{ts}"), &event)
}

/// One for each kind, by whoever made it last.
fn reactions(channel: &str, message: &Value) -> Vec<Value> {
    let ts = ts_at(message, "ts");
    let all = message["reactions"].as_array().into_iter().flatten();
    let mut seen = BTreeSet::new();
    let told = all.filter_map(|reaction| {
        let (name, by) = (reaction["name"].as_str()?, reaction["users"].as_array()?.last()?);
        let item = json!({ "type": "message", "channel": channel, "ts": ts });
        let event = json!({
            "type": "reaction_added", "user": by, "reaction": name, "item": item, "item_user": message["user"],
        });
        seen.insert(name).then(|| payload(&format!("{channel}:{ts}:{name}"), &event))
    });
    told.collect()
}

fn payload(id: &str, event: &Value) -> Value {
    json!({ "type": "event_callback", "event_id": format!("history:{id}"), "event": event })
}

fn id(message: &Value) -> Option<String> {
    message["ts"].as_str().map(str::to_owned)
}

fn ts_at<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests;
