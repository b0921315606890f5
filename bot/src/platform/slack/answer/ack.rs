//! What Slack's acknowledgement carries: the answer, where it can.

use firebell_core::form::Form;
use serde_json::{Value, json};

use super::{Place, steps};
use crate::platform::incoming::{Answer, Cited};
use crate::platform::inlet::{Ack, Kind, Step};
use crate::platform::slack::blocks;
use crate::platform::slack::inbound::{Back, Surface};

/// What a person is told whose request could not be stored.
const NOT_KEPT: &str = "This could not be stored, and nothing was done. Please try again.";
const LATE: &str =
    "This takes longer than usual. If nothing more is said within a minute, it was not stored: please try again.";

/// The body of the acknowledgement, and what is left to be done after it.
pub fn at_once(back: &Back, cites: Option<&Cited>, answer: Answer) -> (Option<Value>, Vec<Step>) {
    match (back.surface, answer) {
        (Surface::Suggestion, Answer::Options(choices)) => (Some(blocks::options(&choices)), Vec::new()),
        (Surface::Suggestion, _) => (Some(blocks::options(&[])), Vec::new()),
        (Surface::Submission, Answer::Form(form)) => (Some(update(back, cites, &form)), Vec::new()),
        (Surface::Submission, Answer::Invalid { field, message }) => match errors(back, Some(&field), &message) {
            Some(body) => (Some(body), Vec::new()),
            None => (None, steps(Answer::Invalid { field, message })),
        },
        (Surface::Command, answer) => first_page(steps(answer)),
        (_, answer) => (None, steps(answer)),
    }
}

/// The acknowledgement of a request that could not be stored, and what else to tell. Slack sends no request again, so
/// that whoever asked has to know.
pub fn not_kept(back: &Back) -> (Ack, Vec<Step>) {
    match back.surface {
        Surface::Press | Surface::Shortcut => (Ack::Received(None), not_kept_steps(back)),
        Surface::Command | Surface::Suggestion | Surface::Submission => (told(back, NOT_KEPT), Vec::new()),
    }
}

/// What is told after the acknowledgement of a request that could not be stored.
pub fn not_kept_steps(back: &Back) -> Vec<Step> {
    match back.surface {
        Surface::Suggestion => Vec::new(),
        _ => vec![Step::Say(vec![NOT_KEPT.to_owned()])],
    }
}

/// The acknowledgement of a request of which nobody knows yet whether it can be stored.
pub fn late(back: &Back) -> Ack {
    told(back, LATE)
}

fn told(back: &Back, text: &str) -> Ack {
    match back.surface {
        Surface::Command => Ack::Received(Some(ephemeral(text))),
        Surface::Suggestion => Ack::Received(Some(blocks::options(&[]))),
        // Without an acknowledgement Slack says over the form that it could not be sent.
        Surface::Submission => errors(back, None, text).map_or(Ack::NotKept, |body| Ack::Received(Some(body))),
        Surface::Press | Surface::Shortcut => Ack::Received(None),
    }
}

/// The acknowledgement of a request that cannot be read: it would read no better the next time.
pub fn unread(kind: Kind) -> Ack {
    match kind {
        Kind::Command => Ack::Received(Some(ephemeral(
            "Slack sent this in a form that Firebell cannot read, and nothing was done. Please try again.",
        ))),
        Kind::Interaction | Kind::Event => Ack::Received(None),
    }
}

/// A slash command's answer that only whoever typed it sees.
///
/// Source: <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_to_commands>.
fn ephemeral(text: &str) -> Value {
    let message = blocks::message(text, &[]);
    json!({ "response_type": "ephemeral", "text": message.fallback, "blocks": message.blocks })
}

/// The first page goes with the acknowledgement, the others follow it.
fn first_page(mut steps: Vec<Step>) -> (Option<Value>, Vec<Step>) {
    let Some(Step::Say(pages)) = steps.first_mut() else { return (None, steps) };
    let first = if pages.is_empty() { None } else { Some(pages.remove(0)) };
    if pages.is_empty() {
        steps.remove(0);
    }
    (first.map(|page| ephemeral(&page)), steps)
}

/// The form stays open and says at a field what is wrong; where the field is not in it, at the first that is.
///
/// Source: <https://docs.slack.dev/surfaces/modals#displaying_errors>.
fn errors(back: &Back, field: Option<&str>, message: &str) -> Option<Value> {
    let view = &back.view.as_ref()?.raw;
    let block = match field.and_then(|field| blocks::block_of(view, field)) {
        Some(block) => block,
        None => first_input(view)?,
    };
    Some(json!({ "response_action": "errors", "errors": { block: message } }))
}

fn first_input(view: &Value) -> Option<String> {
    let mut inputs = view.get("blocks")?.as_array()?.iter().filter(|block| block["type"] == "input");
    inputs.find_map(|block| block["block_id"].as_str()).map(str::to_owned)
}

fn update(back: &Back, cites: Option<&Cited>, form: &Form) -> Value {
    let metadata = Place::new(form, back.channel.as_deref(), cites).write();
    json!({ "response_action": "update", "view": blocks::form(form, &metadata) })
}
