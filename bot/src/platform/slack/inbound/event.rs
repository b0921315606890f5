//! What happened in the workspace.
//!
//! Source: <https://docs.slack.dev/reference/events>.

use firebell_core::message::Happened;
use serde_json::Value;

use super::message::{content, parent, said, says_the_same};
use super::{Decoded, at, instant, owned, word};
use crate::platform::incoming::{Happening, Lost, Said};
use crate::platform::inlet::{Heard, Mark, What};
use crate::platform::slack::inlet::Settings;

/// The kinds of messages that people write; all others are told by Slack or by apps.
const WRITTEN: [&str; 4] = ["", "thread_broadcast", "me_message", "file_share"];

/// Reads an event, with the envelope that has its id.
pub fn event(payload: &Value, settings: &Settings) -> Decoded<Heard> {
    let event = payload.get("event").unwrap_or(&Value::Null);
    let unknown = |lacks: &str| format!("an event {} {} {lacks}", word(event, "/type"), word(event, "/subtype"));
    let happened = match at(event, "/type").unwrap_or_default() {
        "message" => message(event, settings),
        "pin_added" => ours(event, "/user", settings, pinned),
        "pin_removed" => ours(event, "/user", settings, unpinned),
        "reaction_added" | "reaction_removed" => ours(event, "/user", settings, |event| reaction(event, settings)),
        "member_joined_channel" => ours(event, "/user", settings, joined),
        "channel_archive" | "group_archive" | "channel_deleted" | "group_deleted" => {
            ours(event, "/user", settings, |event| found(room(event).map(|room| Happening::RoomGone { room })))
        }
        "app_home_opened" => home(event),
        _ => Decoded::Unknown { what: unknown("of no known kind") },
    };
    let what = match happened {
        Decoded::Known(what) => what,
        Decoded::Nothing => return Decoded::Nothing,
        Decoded::Unknown { .. } => return Decoded::Unknown { what: unknown("that lacks what it needs") },
    };
    let lane = room(event).or_else(|| owned(event, "/user")).unwrap_or_default();
    let heard = owned(payload, "/event_id").map(|id| Heard { id, lane, what });
    Decoded::or_unknown(heard, || unknown("without an id"))
}

fn found(happening: Option<Happening>) -> Decoded<What> {
    Decoded::or_unknown(happening.map(What::from), String::new)
}

/// What Firebell itself did, it knows already.
fn ours(event: &Value, who: &str, settings: &Settings, other: impl FnOnce(&Value) -> Decoded<What>) -> Decoded<What> {
    if at(event, who) == Some(&settings.bot_user) { Decoded::Nothing } else { other(event) }
}

/// Different kinds of events name the channel in different places.
fn room(event: &Value) -> Option<String> {
    ["/channel", "/channel/id", "/channel_id", "/item/channel"].into_iter().find_map(|place| owned(event, place))
}

fn message(event: &Value, settings: &Settings) -> Decoded<What> {
    if at(event, "/channel_type") == Some("im") || is_of_app(event) {
        return Decoded::Nothing;
    }
    match at(event, "/subtype").unwrap_or_default() {
        "message_changed" => changed(event, settings),
        "message_deleted" => ours(event, "/previous_message/user", settings, deleted),
        kind if WRITTEN.contains(&kind) => ours(event, "/user", settings, |event| {
            let Some(Said { id, author, sent_at, text, parent, files }) = said(event, None) else { return found(None) };
            if text.is_empty() || at(event, "/user").is_none() {
                return Decoded::Nothing;
            }
            let what = Happened::Said { author, text };
            found(room(event).map(|room| Happening::Message { room, id, sent_at, parent, what, files }))
        }),
        _ => Decoded::Nothing,
    }
}

/// Whether an app said it. It is kept where somebody marks it.
fn is_of_app(message: &Value) -> bool {
    at(message, "/bot_id").is_some()
}

fn changed(event: &Value, settings: &Settings) -> Decoded<What> {
    let (Some(now), before) = (event.get("message"), event.get("previous_message")) else { return found(None) };
    let kind = at(now, "/subtype").unwrap_or_default();
    // The first message of a thread is not deleted while it has replies; this stands in its place.
    if kind == "tombstone" {
        return ours(event, "/previous_message/user", settings, |event| gone(event, now, at(now, "/ts")));
    }
    let same = before.map_or_else(|| at(now, "/edited/ts").is_none(), |before| says_the_same(before, now));
    if same || !WRITTEN.contains(&kind) || at(now, "/user").is_none() || is_of_app(now) {
        return Decoded::Nothing;
    }
    ours(now, "/user", settings, |now| found(edited(event, now)))
}

fn edited(event: &Value, now: &Value) -> Option<Happening> {
    let Said { id, author, sent_at, parent, files, .. } = said(now, None)?;
    let at = at(now, "/edited/ts").or_else(|| happened(event)).and_then(instant)?;
    let what = Happened::Edited { author, at, text: content(now) };
    Some(Happening::Message { room: room(event)?, id, sent_at, parent, what, files })
}

fn deleted(event: &Value) -> Decoded<What> {
    let before = event.get("previous_message").unwrap_or(&Value::Null);
    gone(event, before, at(event, "/deleted_ts").or_else(|| at(before, "/ts")))
}

fn gone(event: &Value, message: &Value, id: Option<&str>) -> Decoded<What> {
    let told = || {
        let id = id?;
        let what = Happened::Deleted { at: happened(event).and_then(instant)? };
        let parent = parent(message, id);
        let (room, id, sent_at, files) = (room(event)?, id.to_owned(), instant(id)?, Vec::new());
        Some(Happening::Message { room, id, sent_at, parent, what, files })
    };
    found(told())
}

fn happened(event: &Value) -> Option<&str> {
    at(event, "/event_ts").or_else(|| at(event, "/ts"))
}

fn pinned(event: &Value) -> Decoded<What> {
    marked(event, ("pin", false), event.pointer("/item/message"))
}

fn unpinned(event: &Value) -> Decoded<What> {
    unmarked(event, "pin", Lost::Mark)
}

fn reaction(event: &Value, settings: &Settings) -> Decoded<What> {
    let Some((name, supports)) = mark_of(at(event, "/reaction").unwrap_or_default(), settings) else {
        return Decoded::Nothing;
    };
    let means = format!(":{name}:");
    if at(event, "/type") == Some("reaction_added") {
        marked(event, (&means, supports), None)
    } else {
        unmarked(event, &means, if supports { Lost::Both } else { Lost::Mark })
    }
}

/// The name of a reaction, if it is one that marks, and whether it makes evidence besides. The tone of the skin makes no
/// other mark.
fn mark_of<'n>(named: &'n str, settings: &Settings) -> Option<(&'n str, bool)> {
    let name = named.split_once("::").map_or(named, |(name, _)| name);
    let among = |reactions: &[String]| reactions.iter().any(|reaction| reaction.trim_matches(':') == name);
    let supports = among(&settings.evidence);
    (supports || among(&settings.reactions)).then_some((name, supports))
}

/// Whether a message bears a mark, by a pin or by somebody's reaction; the app's own is none. Slack may count more people
/// than it names.
///
/// Source: <https://docs.slack.dev/reference/events/message>, "Stars, pins, and reactions".
pub fn is_marked(message: &Value, settings: &Settings) -> bool {
    let pinned = message.get("pinned_to").and_then(Value::as_array).is_some_and(|channels| !channels.is_empty());
    pinned || reacted(message, settings, |_| true)
}

/// Whether it bears a reaction of somebody's that makes evidence.
pub fn is_evidence(message: &Value, settings: &Settings) -> bool {
    reacted(message, settings, |supports| supports)
}

fn reacted(message: &Value, settings: &Settings, wanted: impl Fn(bool) -> bool) -> bool {
    let some = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let by_people = |reaction: &Value| {
        let users = some(reaction, "users");
        let more = reaction.get("count").and_then(Value::as_u64).is_some_and(|count| count > users.len() as u64);
        more || users.iter().any(|user| user.as_str() != Some(settings.bot_user.as_str()))
    };
    let marks = |reaction: &Value| {
        let found = at(reaction, "/name").and_then(|name| mark_of(name, settings));
        found.is_some_and(|(_, supports)| wanted(supports)) && by_people(reaction)
    };
    some(message, "reactions").iter().any(marks)
}

/// Files can be pinned, too; they are no messages.
fn is_message(event: &Value) -> bool {
    at(event, "/item/type").is_none_or(|kind| kind == "message") && item(event).is_some()
}

fn item(event: &Value) -> Option<&str> {
    at(event, "/item/ts").or_else(|| at(event, "/item/message/ts"))
}

fn marked(event: &Value, (means, supports): (&str, bool), message: Option<&Value>) -> Decoded<What> {
    if !is_message(event) {
        return Decoded::Nothing;
    }
    let (means, told) = (means.to_owned(), message.filter(|message| at(message, "/text").is_some()));
    let mark = || {
        let (room, by, id) = (room(event)?, owned(event, "/user")?, item(event)?);
        Some(match told.and_then(|message| said(message, None)).filter(|said| said.id == id) {
            Some(message) => Happening::Marked { room, message, by, means, supports }.into(),
            None => {
                let author = owned(event, "/item_user").or_else(|| owned(event, "/item/message/user"));
                instant(id)?;
                What::Mark(Mark { room, message: id.to_owned(), author, by, means, supports })
            }
        })
    };
    Decoded::or_unknown(mark(), String::new)
}

fn unmarked(event: &Value, means: &str, lost: Lost) -> Decoded<What> {
    if !is_message(event) {
        return Decoded::Nothing;
    }
    let mark = || {
        let (message, means) = (item(event)?.to_owned(), means.to_owned());
        Some(Happening::Unmarked { room: room(event)?, message, by: owned(event, "/user")?, means, lost })
    };
    found(mark())
}

fn joined(event: &Value) -> Decoded<What> {
    let joined = || Some(Happening::Joined { room: room(event)?, account: owned(event, "/user")? });
    found(joined())
}

fn home(event: &Value) -> Decoded<What> {
    if at(event, "/tab").is_some_and(|tab| tab != "home") {
        return Decoded::Nothing;
    }
    found(owned(event, "/user").map(|account| Happening::Home { account }))
}
