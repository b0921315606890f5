//! <https://docs.discord.com/developers/resources/message>

use serde_json::{Value, json};

use super::posting::{finished_embed, numbered_components};
use super::{Answer, Answered, lacking};
use crate::support::discord::check;
use crate::support::discord::perms::flags::{MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Attachment, Message, State};

/// For so long a nonce stands for the message that it came with first. Discord says "the past few minutes".
const NONCE: i64 = 5 * 60 * 1_000_000;

/// Messages older than that cannot be deleted in bulk.
const TWO_WEEKS: i64 = 14 * 24 * 3600 * 1_000_000;

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let one = path == "/channels/{channel_id}/messages/{message_id}";
    match (method, path) {
        ("POST", "/channels/{channel_id}/messages") => create(state, request),
        ("GET", "/channels/{channel_id}/messages") => history(state, request),
        ("POST", "/channels/{channel_id}/messages/bulk-delete") => bulk_delete(state, request),
        ("GET", _) if one => {
            state.need(request.channel(), READ_MESSAGE_HISTORY)?;
            let message = state.find_message(request.channel(), request.message())?;
            Ok(shown(state, &message).into())
        }
        ("PATCH", _) if one => edit(state, request),
        ("DELETE", _) if one => {
            state.need(request.channel(), 0)?;
            let message = state.find_message(request.channel(), request.message())?;
            if message.author != state.bot {
                state.need(request.channel(), MANAGE_MESSAGES)?;
            }
            state.remove_message(&message.channel, &message.id);
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}

/// A message as the app may read it by REST.
fn shown(state: &State, message: &Message) -> Value {
    let mut shown = state.message(message);
    if state.content_intent {
        return shown;
    }
    let dm = state.channels[&message.channel].kind == crate::support::discord::Kind::Dm;
    if !dm {
        shown["guild_id"] = json!(state.guild);
    }
    let mut shown = state.without_content(shown);
    shown.as_object_mut().unwrap().remove("guild_id");
    shown
}

fn create(state: &mut State, request: &Request) -> Answered {
    let channel = request.channel();
    state.may_post(channel, !request.files.is_empty())?;
    let body = &request.body;
    let key =
        body["nonce"].as_str().map(str::to_owned).or_else(|| body["nonce"].as_i64().map(|nonce| nonce.to_string()));
    let key = key.map(|nonce| (state.bot.clone(), nonce));
    if let Some(key) = key.as_ref().filter(|_| body["enforce_nonce"] == true)
        && let Some(found) = state.nonces.get(key).filter(|(_, at)| state.now - at < NONCE)
    {
        let found = state.channels.values().find_map(|place| place.message(&found.0)).cloned();
        if let Some(found) = found {
            return Ok(state.message(&found).into());
        }
    }
    let mut draft = state.draft(channel, ("", body), request)?;
    draft.reference = state.reference(channel, &body["message_reference"])?;
    if draft.reference.is_some() {
        draft.kind = 19;
    }
    draft.flags &= !64;
    let bot = state.bot.clone();
    let message = state.post(channel, &bot, draft);
    if let Some(key) = key {
        state.nonces.insert(key, (message.id.clone(), state.now));
    }
    Ok(state.message(&message).into())
}

fn history(state: &State, request: &Request) -> Answered {
    let channel = request.channel();
    state.need(channel, 0)?;
    let limit = request.number("limit", 50, (1, 100))?;
    if state.need(channel, READ_MESSAGE_HISTORY).is_err() {
        return Ok(json!([]).into());
    }
    let all = &state.channels[channel].messages;
    let id = |name: &str| request.query.get(name).and_then(|id| id.parse::<u64>().ok());
    let of = |message: &Message| message.id.parse::<u64>().unwrap();
    let mut sorted: Vec<&Message> = all.iter().collect();
    sorted.sort_by_key(|message| of(message));
    let found: Vec<&Message> = match (id("around"), id("before"), id("after")) {
        (Some(around), _, _) => {
            let split = sorted.partition_point(|message| of(message) < around);
            let begin = split.saturating_sub(limit / 2);
            sorted[begin..].iter().take(limit).copied().collect()
        }
        (None, Some(before), _) => {
            let end = sorted.partition_point(|message| of(message) < before);
            sorted[end.saturating_sub(limit)..end].to_vec()
        }
        (None, None, Some(after)) => {
            let begin = sorted.partition_point(|message| of(message) <= after);
            sorted[begin..].iter().take(limit).copied().collect()
        }
        (None, None, None) => sorted[sorted.len().saturating_sub(limit)..].to_vec(),
    };
    Ok(found.into_iter().rev().map(|message| shown(state, message)).collect::<Value>().into())
}

fn edit(state: &mut State, request: &Request) -> Answered {
    let (channel, id) = (request.channel(), request.message());
    state.need(channel, 0)?;
    let before = state.find_message(channel, id)?;
    let body = &request.body;
    let only_flags = body.as_object().is_some_and(|map| map.keys().all(|name| name == "flags"));
    if before.author != state.bot {
        if !only_flags {
            return Err(Refusal::of(50005));
        }
        state.need(channel, MANAGE_MESSAGES)?;
    }
    if state.channels[channel].archived() {
        return Err(Refusal::of(50083));
    }
    let after = state.changed(&before, request)?;
    state.replace_message(&after);
    Ok(state.message(&after).into())
}

fn bulk_delete(state: &mut State, request: &Request) -> Answered {
    let channel = request.channel();
    state.need(channel, MANAGE_MESSAGES)?;
    let ids = request.body["messages"].as_array().cloned().unwrap_or_default();
    if !(2..=100).contains(&ids.len()) {
        return Err(Refusal::of(50016));
    }
    let ids: Vec<String> = ids.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let place = state.channels.get_mut(channel).unwrap();
    let old = |message: &Message| ids.contains(&message.id) && state.now - message.at > TWO_WEEKS;
    if place.messages.iter().any(old) {
        return Err(Refusal::of(50034));
    }
    let gone: Vec<Message> = place.messages.extract_if(.., |message| ids.contains(&message.id)).collect();
    place.pins.retain(|(id, _)| !ids.contains(id));
    place.gone.extend(gone);
    state.tell("MESSAGE_DELETE_BULK", channel, json!({"ids": ids, "channel_id": channel}));
    Ok(Answer::nothing())
}

impl State {
    pub(in super::super) fn find_message(&self, channel: &str, id: &str) -> Result<Message, Refusal> {
        let place = self.channels.get(channel).ok_or_else(|| Refusal::of(10003))?;
        place.message(id).cloned().ok_or_else(|| Refusal::of(10008))
    }

    /// What a message would be after an edit by the app.
    pub(in super::super) fn changed(&mut self, before: &Message, request: &Request) -> Result<Message, Refusal> {
        let body = &request.body;
        check::check_message("", body)?;
        let mut after = before.clone();
        if let Some(content) = body.get("content") {
            content.as_str().unwrap_or_default().clone_into(&mut after.content);
            self.check_mentions(&request.name, &after.content, &body["allowed_mentions"]);
            let place = (before.channel.as_str(), before.author.as_str());
            after.pinged = self.pings(place, &after.content, &body["allowed_mentions"], None);
        }
        if let Some(embeds) = body.get("embeds") {
            let embeds = embeds.as_array().cloned().unwrap_or_default();
            after.embeds = embeds.into_iter().map(finished_embed).collect();
        }
        if let Some(components) = body.get("components") {
            after.components = numbered_components(components);
        }
        if let Some(flags) = body["flags"].as_u64() {
            after.flags = after.flags & !4 | flags & 4;
        }
        let added = self.attach(&before.channel, &body["attachments"], &request.files)?;
        if let Some(kept) = body["attachments"].as_array() {
            let keeps = |file: &Attachment| kept.iter().any(|one| one["id"] == file.id.as_str());
            after.attachments.retain(keeps);
        }
        after.attachments.extend(added);
        let empty = after.content.trim().is_empty()
            && after.embeds.is_empty()
            && after.attachments.is_empty()
            && (after.components.is_empty() || after.flags & check::COMPONENTS_V2 == 0);
        if empty && body.get("flags").is_none() {
            return Err(Refusal::of(50006));
        }
        after.edited = Some(self.now);
        Ok(after)
    }

    /// Puts a message in the place of the one with its id, and tells of it.
    pub(in super::super) fn replace_message(&mut self, message: &Message) {
        let place = self.channels.get_mut(&message.channel).unwrap();
        let Some(found) = place.messages.iter_mut().find(|known| known.id == message.id) else { return };
        found.clone_from(message);
        self.tell_message("MESSAGE_UPDATE", message);
    }

    pub(in super::super) fn remove_message(&mut self, channel: &str, id: &str) {
        let place = self.channels.get_mut(channel).unwrap();
        let gone: Vec<Message> = place.messages.extract_if(.., |message| message.id == id).collect();
        place.pins.retain(|(pinned, _)| pinned != id);
        place.gone.extend(gone);
        self.tell("MESSAGE_DELETE", channel, json!({"id": id, "channel_id": channel}));
    }
}
