//! Messages of the app.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::blockkit::{Surface, check_blocks};
use super::super::state::{Ephemeral, Kind, Message, State};
use super::{Answer, Refusal};

/// What a message says.
pub(in super::super) struct Words {
    pub(in super::super) text: Option<String>,
    pub(in super::super) blocks: Option<Vec<Value>>,
    attachments: Option<Vec<Value>>,
}

impl Words {
    /// Reads and checks what an app says; `longest` is the most characters of text.
    pub(in super::super) fn read(
        state: &mut State,
        method: &str,
        args: &Args,
        longest: usize,
    ) -> Result<Self, Refusal> {
        let array = |name: &str| match args.json(name) {
            None if args.text(name).is_some_and(|text| !text.is_empty()) => Err(Refusal::from("invalid_blocks_format")),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err("invalid_blocks_format".into()),
            None => Ok(None),
        };
        let words = Self { text: args.text("text"), blocks: array("blocks")?, attachments: array("attachments")? };
        if words.text.as_ref().is_some_and(|text| text.chars().count() > longest) {
            return Err("msg_too_long".into());
        }
        let Some(blocks) = words.blocks else { return Ok(words) };
        state.record(method, "blocks", &json!(blocks));
        let mut blocks = Value::Array(blocks);
        let faults = check_blocks(&mut blocks, Surface::Message, "/blocks");
        if !faults.is_empty() {
            let more = json!({"errors": faults, "response_metadata": {"messages": faults}});
            return Err(Refusal::with("invalid_blocks", more));
        }
        let Value::Array(blocks) = blocks else { unreachable!("it was an array") };
        Ok(Self { blocks: Some(blocks), ..words })
    }

    pub(in super::super) fn are_missing(&self) -> bool {
        let none = |items: &Option<Vec<Value>>| items.as_ref().is_none_or(Vec::is_empty);
        self.text.as_ref().is_none_or(String::is_empty) && none(&self.blocks) && none(&self.attachments)
    }
}

pub(super) fn post(state: &mut State, args: &Args) -> Answer {
    let id = target(state, &args.need("channel")?)?;
    let words = Words::read(state, "chat.postMessage", args, 40_000)?;
    if words.are_missing() {
        return Err("no_text".into());
    }
    let thread_ts = args.text("thread_ts").filter(|ts| !ts.is_empty());
    let broadcast = thread_ts.is_some() && args.flag("reply_broadcast");
    let message = Message {
        user: state.bot_user.clone(),
        by_bot: true,
        subtype: broadcast.then(|| "thread_broadcast".to_owned()),
        text: words.text.unwrap_or_default(),
        blocks: words.blocks.unwrap_or_default(),
        attachments: words.attachments.unwrap_or_default(),
        metadata: metadata(args)?,
        thread_ts,
        ..Message::default()
    };
    let ts = state.post(&id, message);
    let channel = &state.channels[&id];
    let shown = state.show_message(channel, channel.message(&ts).unwrap(), true);
    Ok(json!({"channel": id, "ts": ts, "message": shown}))
}

/// The channel that a message is for: an id, a name, or a user whose direct message it is.
fn target(state: &mut State, asked: &str) -> Result<String, Refusal> {
    let named = asked.strip_prefix('#').unwrap_or(asked);
    let by_name = state.channels.values().find(|channel| !channel.name.is_empty() && channel.name == named);
    let id = match (by_name, state.users.get(asked)) {
        (Some(channel), _) => channel.id.clone(),
        (None, Some(user)) if user.deleted || user.dm_closed || user.is_bot => return Err("channel_not_found".into()),
        (None, Some(_)) => state.dm_of(asked),
        (None, None) => asked.to_owned(),
    };
    let channel = state.seen(&id)?;
    if channel.archived {
        return Err("is_archived".into());
    }
    let shut = channel.members.iter().any(|member| state.users.get(member).is_some_and(|user| user.dm_closed));
    if channel.kind == Kind::Dm && shut {
        return Err("restricted_action".into());
    }
    let public = channel.kind == Kind::Public && state.scopes.contains("chat:write.public");
    if channel.has(&state.bot_user) || public { Ok(id) } else { Err("not_in_channel".into()) }
}

fn metadata(args: &Args) -> Result<Option<Value>, Refusal> {
    let Some(metadata) = args.json("metadata") else {
        return if args.text("metadata").is_some() { Err("invalid_metadata_format".into()) } else { Ok(None) };
    };
    if !metadata["event_type"].is_string() || !metadata["event_payload"].is_object() {
        return Err("invalid_metadata_schema".into());
    }
    Ok(Some(metadata))
}

pub(super) fn update(state: &mut State, args: &Args) -> Answer {
    let (id, ts) = (args.need("channel")?, args.need("ts")?);
    let previous = own_message(state, &id, &ts, "cant_update_message")?;
    if state.channels[&id].archived {
        return Err("is_inactive".into());
    }
    // Longer than 4,000 characters is refused only here: https://docs.slack.dev/reference/methods/chat.update
    let words = Words::read(state, "chat.update", args, 4000)?;
    if words.text.is_none() && words.blocks.is_none() && words.attachments.is_none() {
        return Err("no_text".into());
    }
    let new_metadata = metadata(args)?;
    let edited = (state.bot_user.clone(), state.ts());
    let messages = &mut state.channel_mut(&id).messages;
    let message = messages.iter_mut().find(|message| message.ts == ts).unwrap();
    if let Some(text) = words.text {
        message.text = text;
    }
    if let Some(blocks) = words.blocks {
        message.blocks = blocks;
    }
    if let Some(attachments) = words.attachments {
        message.attachments = attachments;
    }
    message.metadata = new_metadata.or(message.metadata.take());
    message.edited = Some(edited);
    let text = message.text.clone();
    state.tell_changed(&id, &previous);
    let channel = &state.channels[&id];
    let shown = state.show_message(channel, channel.message(&ts).unwrap(), true);
    Ok(json!({"channel": id, "ts": ts, "text": text, "message": shown}))
}

pub(super) fn delete(state: &mut State, args: &Args) -> Answer {
    let (id, ts) = (args.need("channel")?, args.need("ts")?);
    own_message(state, &id, &ts, "cant_delete_message")?;
    state.remove_message(&id, &ts);
    Ok(json!({"channel": id, "ts": ts}))
}

fn own_message(state: &State, id: &str, ts: &str, refusal: &str) -> Result<Message, Refusal> {
    let message = state.seen(id)?.message(ts).ok_or("message_not_found")?;
    if message.by_bot { Ok(message.clone()) } else { Err(refusal.into()) }
}

pub(super) fn post_ephemeral(state: &mut State, args: &Args) -> Answer {
    let (id, user) = (args.need("channel")?, args.need("user")?);
    let channel = state.own(&id)?;
    if !channel.has(&user) {
        return Err("user_not_in_channel".into());
    }
    let words = Words::read(state, "chat.postEphemeral", args, 40_000)?;
    if words.are_missing() {
        return Err("no_text".into());
    }
    let ts = state.whisper(&id, &user, words);
    Ok(json!({"message_ts": ts}))
}

impl State {
    /// Shows something to one person in a channel.
    pub(in super::super) fn whisper(&mut self, channel: &str, user: &str, words: Words) -> String {
        let ts = self.ts();
        self.ephemerals.push(Ephemeral {
            channel: channel.to_owned(),
            user: user.to_owned(),
            ts: ts.clone(),
            text: words.text.unwrap_or_default(),
            blocks: words.blocks.unwrap_or_default(),
        });
        ts
    }

    /// Deletes a message; the first of a thread leaves a tombstone.
    pub(in super::super) fn remove_message(&mut self, id: &str, ts: &str) {
        let channel = self.channels.get_mut(id).unwrap();
        let threaded = !channel.replies(ts).is_empty();
        let at = channel.messages.iter().position(|message| message.ts == ts).unwrap();
        channel.pins.retain(|pin| pin.ts != ts);
        let gone = channel.messages.remove(at);
        channel.gone.push(gone.clone());
        if threaded {
            let tombstone = Message {
                ts: ts.to_owned(),
                user: "USLACKBOT".to_owned(),
                subtype: Some("tombstone".to_owned()),
                text: "This message was deleted.".to_owned(),
                ..Message::default()
            };
            channel.messages.insert(at, tombstone);
        }
        self.tell_deleted(id, &gone);
    }
}
