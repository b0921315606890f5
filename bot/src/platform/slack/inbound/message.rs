//! Messages as they stand in their rooms.
//!
//! Source: <https://docs.slack.dev/reference/events/message>.

use firebell_core::file::Attached;
use serde_json::Value;

use super::{at, instant, owned};
use crate::platform::incoming::Said;
use crate::platform::json::list;
use crate::platform::slack::text;

/// A message, its text still as Slack writes it. Its id is `ts` where that is told apart from it.
pub fn said(message: &Value, ts: Option<&str>) -> Option<Said> {
    let id = at(message, "/ts").or(ts)?;
    let author = at(message, "/user").or_else(|| at(message, "/bot_id")).unwrap_or_default();
    Some(Said {
        id: id.to_owned(),
        author: author.to_owned(),
        sent_at: instant(id)?,
        text: content(message),
        parent: parent(message, id),
        files: files(message),
    })
}

/// Where a message can be read.
///
/// Source: <https://docs.slack.dev/reference/methods/chat.getPermalink>, which costs a call for what can be built.
pub fn permalink(domain: &str, site: &str, room: &str, message: &Said) -> Option<String> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !plain(domain) || !plain(room) {
        return None;
    }
    let thread = |parent: &String| format!("?thread_ts={parent}&cid={room}");
    let thread = message.parent.as_ref().filter(|parent| instant(parent).is_some()).map(thread).unwrap_or_default();
    Some(format!("https://{domain}.{site}/archives/{room}/p{}{thread}", message.id.replace('.', "")))
}

/// The message whose thread it is in; a thread's first message names itself.
pub(super) fn parent(message: &Value, id: &str) -> Option<String> {
    owned(message, "/thread_ts").filter(|parent| parent != id)
}

/// The words, and a line for each file. What has no words of its own, as what apps post and what is passed on from
/// another room, is told by what is attached.
pub(super) fn content(message: &Value) -> String {
    let mut lines = Vec::new();
    match at(message, "/text") {
        Some(text) => lines.push(text.to_owned()),
        None => lines.extend(list(message, "/attachments").iter().filter_map(attached)),
    }
    lines.extend(list(message, "/files").iter().map(file));
    lines.join("\n")
}

/// Whether two versions of a message have the same words and files. Slack also tells of a change when it unfolds a link or
/// counts replies.
pub(super) fn says_the_same(one: &Value, other: &Value) -> bool {
    let files = |message: &Value| -> Vec<(Option<String>, bool)> {
        list(message, "/files").iter().map(|file| (owned(file, "/id"), is_gone(file))).collect()
    };
    at(one, "/text") == at(other, "/text") && files(one) == files(other)
}

fn attached(attachment: &Value) -> Option<String> {
    let words = ["/text", "/fallback", "/title"].into_iter().find_map(|place| at(attachment, place));
    let source = at(attachment, "/from_url").map(|url| format!("[from {}]", text::inert(url)));
    match (words, source) {
        (Some(words), Some(source)) => Some(format!("{words}\n{source}")),
        (words, source) => words.map(str::to_owned).or(source),
    }
}

/// A file's line is made inert here, so that its parts are no markup.
fn file(file: &Value) -> String {
    if is_gone(file) { "[file: deleted]".to_owned() } else { text::inert(&attached_file(file).line()) }
}

fn name(file: &Value) -> &str {
    ["/name", "/title", "/id"].into_iter().find_map(|place| at(file, place)).unwrap_or("without a name")
}

/// The files themselves, but for those that are deleted.
pub(super) fn files(message: &Value) -> Vec<Attached> {
    let named = |file: &&Value| at(file, "/id").is_some() && !is_gone(file);
    list(message, "/files").iter().filter(named).map(attached_file).collect()
}

fn attached_file(file: &Value) -> Attached {
    Attached {
        external_id: owned(file, "/id").unwrap_or_default(),
        name: name(file).to_owned(),
        media_type: owned(file, "/mimetype"),
        size: file.get("size").and_then(Value::as_i64),
        permalink: owned(file, "/permalink"),
    }
}

fn is_gone(file: &Value) -> bool {
    matches!(at(file, "/mode"), Some("tombstone"))
}
