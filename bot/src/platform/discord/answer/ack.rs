//! The first response: the answer, where there is one already.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object>.

use firebell_core::form::{Choice, Form};
use serde_json::{Value, json};

use super::{EPHEMERAL, ephemeral, pages, steps};
use crate::platform::answering::instead;
use crate::platform::discord::commands;
use crate::platform::discord::components;
use crate::platform::discord::inbound::{Back, Surface};
use crate::platform::discord::text;
use crate::platform::incoming::{Answer, Cited};
use crate::platform::inlet::{Ack, Step};
use crate::platform::json::at;

const MESSAGE: u8 = 4;
const DEFERRED: u8 = 5;
const SUGGESTIONS: u8 = 8;
const MODAL: u8 = 9;
/// What a person is told whose request could not be stored.
const NOT_KEPT: &str = "This could not be stored, and nothing was done. Please try again.";
/// What a person is told whose request cannot be read.
const UNREAD: &str = "Discord sent this in a form that Firebell cannot read, and nothing was done. Please try again.";

/// The response that carries an answer, and what is left to be done after it.
pub fn at_once(back: &Back, cites: Option<&Cited>, answer: Answer) -> (Ack, Vec<Step>) {
    match (back.surface, answer) {
        (Surface::Suggestion, Answer::Options(choices)) => (suggestions(back, &choices), Vec::new()),
        (Surface::Suggestion, _) => (suggestions(back, &[]), Vec::new()),
        (Surface::Submission, Answer::Form(form)) => (message(&instead(&form)), Vec::new()),
        (_, Answer::Form(form)) => (open(&form, cites), Vec::new()),
        (_, Answer::Invalid { field, message: why }) => first_page(invalid(back, &field, &why)),
        (_, Answer::Document { name, title, content, for_room, link }) => {
            let told = message(&format!("{} is being uploaded.", text::inert(&name)));
            (told, vec![Step::Upload { name, title, content, for_room, link }])
        }
        (_, answer) => first_page(steps(answer)),
    }
}

/// The response to a request that is kept, or not decided yet: Discord shows that the answer is to come.
pub fn later(back: &Back) -> Ack {
    match back.surface {
        Surface::Suggestion => suggestions(back, &[]),
        _ => Ack::Received(Some(json!({ "type": DEFERRED, "data": { "flags": EPHEMERAL } }))),
    }
}

/// The response to a request of which nobody knows yet whether it can be stored.
pub fn late(back: &Back) -> Ack {
    later(back)
}

/// The response to a request that could not be stored.
pub fn not_kept(back: &Back) -> (Ack, Vec<Step>) {
    match back.surface {
        Surface::Suggestion => (suggestions(back, &[]), Vec::new()),
        _ => (message(NOT_KEPT), Vec::new()),
    }
}

/// What is told after the response to a request that could not be stored.
pub fn not_kept_steps(back: &Back) -> Vec<Step> {
    match back.surface {
        Surface::Suggestion => Vec::new(),
        _ => vec![Step::Say(vec![NOT_KEPT.to_owned()])],
    }
}

/// The response to a request that cannot be read. Only a suggestion has no words.
pub fn unread(payload: &Value) -> Ack {
    const AUTOCOMPLETE: i64 = 4;
    if payload.get("type").and_then(Value::as_i64) == Some(AUTOCOMPLETE) {
        return suggested(&json!([]));
    }
    if at(payload, "/token").is_none() {
        // Nobody could be answered.
        return Ack::Received(None);
    }
    message(UNREAD)
}

fn message(text: &str) -> Ack {
    Ack::Received(Some(json!({ "type": MESSAGE, "data": ephemeral(text) })))
}

/// The first page goes with the response, the others follow it.
fn first_page(mut steps: Vec<Step>) -> (Ack, Vec<Step>) {
    let Some(Step::Say(pages)) = steps.first_mut() else { return (message("Done."), steps) };
    let first = if pages.is_empty() { "Done.".to_owned() } else { pages.remove(0) };
    if pages.is_empty() {
        steps.remove(0);
    }
    (message(&first), steps)
}

/// A form is gone once it is sent, with what was typed; it is given back, to be copied.
fn invalid(back: &Back, field: &str, why: &str) -> Vec<Step> {
    let mut told = text::inert(&format!("Nothing was done. {field}: {why}"));
    let typed: Vec<_> = back.typed.iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    if !typed.is_empty() {
        told.push_str("\nThis is what you typed:");
        for (name, value) in typed {
            let field = format!("\n**{}**\n{}", text::inert(name), text::inert(value));
            told.push_str(&field);
        }
    }
    vec![Step::Say(pages(&told))]
}

/// A form in which everything is chosen needs no modal; one that cites a message has to carry that.
fn open(form: &Form, cites: Option<&Cited>) -> Ack {
    if let Some(mut menus) = components::menus(form).filter(|_| cites.is_none()) {
        menus["flags"] = json!(EPHEMERAL);
        return Ack::Received(Some(json!({ "type": MESSAGE, "data": menus })));
    }
    let about = cites.map(|cited| (cited.room.as_str(), cited.message.id.as_str()));
    Ack::Received(Some(json!({ "type": MODAL, "data": components::modal(form, about) })))
}

fn suggestions(back: &Back, choices: &[Choice]) -> Ack {
    let choices = back.offer.as_ref().map_or_else(|| json!([]), |offer| commands::options(offer, choices));
    suggested(&choices)
}

fn suggested(choices: &Value) -> Ack {
    Ack::Received(Some(json!({ "type": SUGGESTIONS, "data": { "choices": choices } })))
}
