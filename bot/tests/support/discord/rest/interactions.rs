//! First answers to interactions:
//! <https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response>

use serde_json::{Value, json};

use super::{Answer, Answered, Draft};
use crate::support::discord::check::{self, is_empty};
use crate::support::discord::interactions::{
    AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, Modal, PATIENCE, SUBMIT, Shown,
};
use crate::support::discord::refusal::{Form, Refusal};
use crate::support::discord::request::Request;
use crate::support::discord::state::{Ephemeral, Message, State};
use crate::support::fake::clock::micros;

/// The flags of a message that one person sees, and of one that is still to come.
const EPHEMERAL: u64 = 64;
const LOADING: u64 = 128;

/// Kinds of answers.
const MESSAGE: u64 = 4;
const DEFERRED: u64 = 5;
const DEFERRED_UPDATE: u64 = 6;
const UPDATE: u64 = 7;
const CHOICES: u64 = 8;
const MODAL: u64 = 9;

pub(super) fn call(state: &mut State, request: &Request) -> Answered {
    let (id, token) = (request.param("interaction_id").to_owned(), request.param("interaction_token"));
    let found = state.interaction(&id).filter(|found| found.token == token).cloned();
    let found = found.ok_or_else(|| Refusal::of(10062))?;
    state.respond(&found, request)?;
    if !request.flag("with_response") {
        return Ok(Answer::nothing());
    }
    let found = state.interaction(&id).unwrap();
    let kind = request.body["type"].as_u64().unwrap_or_default();
    let mut shown = json!({"interaction": {"id": id, "type": found.kind, "response_message_ephemeral": found.ephemeral,
        "response_message_loading": kind == DEFERRED}, "resource": {"type": kind}});
    if let Some(original) = &found.original
        && let Some(message) = state.any_message(&found.channel, original)
    {
        shown["interaction"]["response_message_id"] = json!(original);
        shown["resource"]["message"] = state.message(&message);
    }
    Ok(shown.into())
}

impl State {
    /// Takes the first answer to an interaction; `request` has it as its body.
    pub(in super::super) fn respond(&mut self, asked: &Interaction, request: &Request) -> Result<(), Refusal> {
        if asked.shown.is_some() {
            return Err(Refusal::of(40060));
        }
        if asked.failed || self.now - asked.made > micros(PATIENCE) {
            return Err(Refusal::of(10062));
        }
        let kind = request.body["type"].as_u64().unwrap_or_default();
        let from_message = asked.source.is_some();
        let fits = match kind {
            MESSAGE | DEFERRED => asked.kind != AUTOCOMPLETE,
            DEFERRED_UPDATE | UPDATE => from_message && matches!(asked.kind, COMPONENT | SUBMIT),
            CHOICES => asked.kind == AUTOCOMPLETE,
            MODAL => matches!(asked.kind, COMMAND | COMPONENT),
            _ => false,
        };
        if !fits {
            let message = "This interaction cannot be answered by that type";
            return Err(Refusal::field("type", "INTERACTION_CALLBACK_TYPE_INVALID", message));
        }
        let data = &request.body["data"];
        match kind {
            MESSAGE | DEFERRED => self.say_first(asked, request, kind == DEFERRED),
            DEFERRED_UPDATE => {
                self.answered(&asked.id, Shown::Quiet, asked.source.clone(), self.is_ephemeral(asked));
                Ok(())
            }
            UPDATE => self.update_source(asked, request),
            CHOICES => {
                let choices = read_choices(data)?;
                self.answered(&asked.id, Shown::Choices(choices), None, true);
                Ok(())
            }
            _ => {
                check::check_modal("data", data)?;
                let modal = Modal {
                    custom_id: data["custom_id"].as_str().unwrap_or_default().to_owned(),
                    title: data["title"].as_str().unwrap_or_default().to_owned(),
                    components: data["components"].as_array().cloned().unwrap_or_default(),
                    channel: asked.channel.clone(),
                    source: asked.source.clone(),
                };
                self.answered(&asked.id, Shown::Form(modal), None, false);
                Ok(())
            }
        }
    }

    fn say_first(&mut self, asked: &Interaction, request: &Request, deferred: bool) -> Result<(), Refusal> {
        let data = &request.body["data"];
        let ephemeral = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0;
        let mut draft = if deferred {
            Draft { allowed: json!({}), ..Draft::default() }
        } else {
            self.draft(&asked.channel, ("data", data), request)?
        };
        draft.flags |= if ephemeral { EPHEMERAL } else { 0 } | if deferred { LOADING } else { 0 };
        let message = self.say_for(asked, draft, ephemeral)?;
        let original = Some(message.id.clone());
        let shown = if deferred { Shown::Thinking(message) } else { Shown::Message(message) };
        self.answered(&asked.id, shown, original, ephemeral);
        Ok(())
    }

    /// Says something in answer to an interaction, to all or to the asker alone.
    pub(in super::super) fn say_for(
        &mut self,
        asked: &Interaction,
        mut draft: Draft,
        ephemeral: bool,
    ) -> Result<Message, Refusal> {
        if !self.channels.contains_key(&asked.channel) {
            return Err(Refusal::of(10003));
        }
        draft.kind = match asked.payload["data"]["type"].as_u64() {
            Some(1) if asked.kind == COMMAND => 20,
            Some(_) if asked.kind == COMMAND => 23,
            _ => 0,
        };
        draft.interaction = Some(self.metadata(asked));
        let bot = self.bot.clone();
        if !ephemeral {
            return Ok(self.post(&asked.channel, &bot, draft));
        }
        let mut message = self.written(&asked.channel, &bot, draft);
        message.flags |= EPHEMERAL;
        message.pinged = crate::support::discord::Pinged::default();
        let (user, interaction) = (asked.user.clone(), asked.id.clone());
        self.ephemerals.push(Ephemeral { user, interaction, message: message.clone() });
        Ok(message)
    }

    fn metadata(&self, asked: &Interaction) -> Value {
        let mut metadata = json!({
            "id": asked.id, "type": asked.kind, "user": self.user(&asked.user),
            "authorizing_integration_owners": {"0": self.guild},
        });
        if let Some(source) = asked.source.as_ref().filter(|_| asked.kind == COMPONENT) {
            metadata["interacted_message_id"] = json!(source);
        }
        if asked.kind == SUBMIT {
            metadata["triggering_interaction_metadata"] = json!({
                "id": asked.id, "type": COMMAND, "user": self.user(&asked.user),
                "authorizing_integration_owners": {"0": self.guild},
            });
        }
        metadata
    }

    fn is_ephemeral(&self, asked: &Interaction) -> bool {
        let source = asked.source.as_deref().unwrap_or_default();
        self.ephemerals.iter().any(|shown| shown.message.id == source)
    }

    fn update_source(&mut self, asked: &Interaction, request: &Request) -> Result<(), Refusal> {
        let source = asked.source.as_deref().unwrap_or_default();
        let before = self.any_message(&asked.channel, source).ok_or_else(|| Refusal::of(10008))?;
        let inner = Request { body: request.body["data"].clone(), ..request.clone() };
        let after = if is_empty(&inner.body) { before } else { self.changed(&before, &inner)? };
        self.put_message(after.clone());
        self.answered(&asked.id, Shown::Updated(after), asked.source.clone(), self.is_ephemeral(asked));
        Ok(())
    }

    /// Puts a message in the place of the one with its id, be it ephemeral or not.
    pub(in super::super) fn put_message(&mut self, message: Message) {
        self.told += 1;
        match self.ephemerals.iter_mut().find(|shown| shown.message.id == message.id) {
            Some(shown) => shown.message = message,
            None => self.replace_message(&message),
        }
    }
}

/// <https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-autocomplete>
fn read_choices(data: &Value) -> Result<Vec<(String, Value)>, Refusal> {
    let choices = data["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut form = Form::default();
    form.within("data.choices", choices.len(), (0, 25));
    for (index, choice) in choices.iter().enumerate() {
        form.needed(&format!("data.choices.{index}.name"), &choice["name"], (1, 100));
        form.text(&format!("data.choices.{index}.value"), &choice["value"], (1, 100));
        if choice["value"].is_null() {
            form.need(&format!("data.choices.{index}.value"));
        }
    }
    form.done()?;
    let pair = |choice: &Value| (choice["name"].as_str().unwrap_or_default().to_owned(), choice["value"].clone());
    Ok(choices.iter().map(pair).collect())
}
