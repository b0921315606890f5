//! Buttons, forms, lists and shortcuts.
//!
//! Source: <https://docs.slack.dev/reference/interaction-payloads>.

use firebell_core::form::FormKind;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Back, Decoded, Hidden, Request, Surface, View, at, message, owned, word};
use crate::platform::incoming::{Ask, Cited, Incoming};
use crate::platform::json::list;
use crate::platform::slack::answer::Place;
use crate::platform::slack::blocks;
use crate::text::hex;

/// What the callbacks of Firebell's forms begin with; the form's word follows.
const FORM: &str = "firebell:form:";
/// The callbacks of the shortcuts, as the manifest names them.
const DECLARE: &str = "declare";
const DECLARE_FROM: &str = "declare_from";
const MARK: &str = "mark";
const EVIDENCE: &str = "evidence";

/// Reads what a person did with something that Slack shows.
pub fn interaction(payload: &Value) -> Decoded<Request> {
    let unknown = |lacks: &str| {
        let kind = word(payload, "/type");
        let callback = at(payload, "/callback_id").map_or("/view/callback_id", |_| "/callback_id");
        format!("an interaction {kind} {} {lacks}", word(payload, callback))
    };
    let request = match at(payload, "/type").unwrap_or_default() {
        "block_actions" => return press(payload, unknown),
        "view_closed" => return Decoded::Nothing,
        "view_submission" => submission(payload),
        "block_suggestion" => suggestion(payload),
        "shortcut" | "message_action" => shortcut(payload),
        _ => return Decoded::Unknown { what: unknown("of no known kind") },
    };
    Decoded::or_unknown(request, || unknown("that lacks what it needs"))
}

/// What is chosen in a form says nothing before the form is sent, and a link is followed by Slack itself.
fn press(payload: &Value, unknown: impl Fn(&str) -> String) -> Decoded<Request> {
    let actions = list(payload, "/actions");
    let Some(control) = actions.iter().find_map(blocks::control_of) else { return Decoded::Nothing };
    let request = back(payload, Surface::Press).and_then(|back| {
        let id = owned(payload, "/trigger_id")?;
        Some(requested(id, back, Ask::Press { control }))
    });
    Decoded::or_unknown(request, || unknown("without trigger or user"))
}

fn submission(payload: &Value) -> Option<Request> {
    let mut back = back(payload, Surface::Submission)?;
    let view = back.view.as_ref()?;
    let form = FormKind::of(at(&view.raw, "/callback_id")?.strip_prefix(FORM)?)?;
    let values = blocks::values(view.raw.get("state").unwrap_or(&Value::Null));
    // A form that was found wrong stays open under its id and hash: what was filled in tells a correction from a
    // repetition.
    let filled_in = digest(&format!("{values:?}"));
    let id = format!("{}:{}:{filled_in}", view.id, at(&view.raw, "/hash").unwrap_or_default());
    let place = Place::read(&view.metadata);
    let incident = place.incident;
    back.channel.clone_from(&place.room);
    let (cites, cut) = place.cites().map_or((None, false), |(cited, cut)| (Some(cited), cut));
    let ask = Ask::Submit { form, incident, values, cites };
    Some(Request { cut, ..requested(id, back, ask) })
}

fn suggestion(payload: &Value) -> Option<Request> {
    let mut back = back(payload, Surface::Suggestion)?;
    if let Some(view) = &back.view {
        back.channel = Place::read(&view.metadata).room;
    }
    let action = at(payload, "/action_id")?;
    let source = blocks::source_of(action)?;
    let typed = at(payload, "/value").unwrap_or_default().to_owned();
    let view = back.view.as_ref().map_or("", |view| &view.id);
    let id = format!("{view}:{}", digest(&format!("{action}:{typed}")));
    Some(requested(id, back, Ask::Options { source, typed, incident: None }))
}

fn shortcut(payload: &Value) -> Option<Request> {
    let back = back(payload, Surface::Shortcut)?;
    let id = owned(payload, "/trigger_id")?;
    let ask = match (at(payload, "/type")?, at(payload, "/callback_id")?) {
        ("shortcut", DECLARE) => Ask::Declare { from: None },
        ("message_action", DECLARE_FROM) => Ask::Declare { from: Some(cited(payload)?) },
        ("message_action", MARK) => Ask::Mark { message: cited(payload)? },
        ("message_action", EVIDENCE) => Ask::Evidence { message: cited(payload)? },
        _ => return None,
    };
    Some(requested(id, back, ask))
}

fn cited(payload: &Value) -> Option<Cited> {
    let room = owned(payload, "/channel/id")?;
    let message = message::said(payload.get("message")?, at(payload, "/message_ts"))?;
    let permalink = at(payload, "/team/domain").and_then(|domain| {
        // The government's Slack has names of its own, and tells them in the address for answers.
        let own = at(payload, "/response_url").is_some_and(|url| url.contains(".slack-gov.com/"));
        message::permalink(domain, if own { "slack-gov.com" } else { "slack.com" }, &room, &message)
    });
    Some(Cited { room, message, permalink })
}

fn requested(id: String, back: Back, ask: Ask) -> Request {
    let incoming = Incoming { id, account: back.account.clone(), room: back.channel.clone(), ask };
    Request { incoming, back, cut: false }
}

fn back(payload: &Value, surface: Surface) -> Option<Back> {
    let view = payload.get("view").and_then(|raw| {
        let metadata = owned(raw, "/private_metadata").unwrap_or_default();
        Some(View { id: owned(raw, "/id")?, metadata, raw: raw.clone() })
    });
    Some(Back {
        surface,
        account: owned(payload, "/user/id")?,
        channel: owned(payload, "/channel/id").or_else(|| owned(payload, "/container/channel_id")),
        response_url: at(payload, "/response_url").map(Hidden::new),
        trigger: at(payload, "/trigger_id").map(Hidden::new),
        view,
    })
}

/// So short that it stays readable in an id, and long enough that no two of one form are alike.
fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes())[..8])
}
