//! Messages as they come to be: what every way of posting shares.

use serde_json::{Value, json};

use crate::support::discord::check::{self, COMPONENTS_V2, is_empty};
use crate::support::discord::perms::flags::{ATTACH_FILES, READ_MESSAGE_HISTORY, SEND_MESSAGES};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Attachment, Kind, Message, State, ThreadMember};
use crate::support::fake::multipart::Part;

/// What a message is to say.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Draft {
    pub(in super::super) content: String,
    pub(in super::super) kind: u64,
    pub(in super::super) flags: u64,
    pub(in super::super) embeds: Vec<Value>,
    pub(in super::super) components: Vec<Value>,
    pub(in super::super) attachments: Vec<Attachment>,
    pub(in super::super) nonce: Option<Value>,
    pub(in super::super) reference: Option<(String, Option<String>)>,
    /// `allowed_mentions`; null where there were none.
    pub(in super::super) allowed: Value,
    pub(in super::super) interaction: Option<Value>,
}

impl State {
    /// Reads what the app wants to say in a channel, and checks it; `path` is where it stands in the body.
    pub(in super::super) fn draft(
        &mut self,
        channel: &str,
        (path, body): (&str, &Value),
        request: &Request,
    ) -> Result<Draft, Refusal> {
        check::check_message(path, body)?;
        let content = body["content"].as_str().unwrap_or_default().to_owned();
        self.check_mentions(&request.name, &content, &body["allowed_mentions"]);
        let flags = body["flags"].as_u64().unwrap_or_default();
        let empty = content.trim().is_empty()
            && ["embeds", "sticker_ids", "poll"].iter().all(|name| is_empty(&body[*name]))
            && (is_empty(&body["components"]) || flags & COMPONENTS_V2 == 0)
            && request.files.is_empty();
        if empty {
            return Err(Refusal::of(50006));
        }
        let list = |name: &str| body[name].as_array().cloned().unwrap_or_default();
        let (embeds, components) = (list("embeds"), numbered(list("components")));
        Ok(Draft {
            content,
            flags: flags & (4 | 4096 | 64 | COMPONENTS_V2),
            embeds: embeds.into_iter().map(finished_embed).collect(),
            components,
            attachments: self.attach(channel, &body["attachments"], &request.files)?,
            nonce: Some(body["nonce"].clone()).filter(|nonce| !nonce.is_null()),
            allowed: body["allowed_mentions"].clone(),
            ..Draft::default()
        })
    }

    /// Keeps files that came along.
    pub(in super::super) fn attach(
        &mut self,
        channel: &str,
        described: &Value,
        files: &[Part],
    ) -> Result<Vec<Attachment>, Refusal> {
        if files.len() > 10 {
            return Err(Refusal::field("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
        }
        if files.iter().map(|file| file.bytes.len()).sum::<usize>() > 10 * 1024 * 1024 {
            return Err(Refusal::of(40005));
        }
        let mut kept = Vec::new();
        for (index, file) in files.iter().enumerate() {
            let number = file.name.strip_prefix("files[").and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
            let mut told = described.as_array().into_iter().flatten();
            let told = told.find(|one| one["id"].to_string().trim_matches('"') == number);
            let given = told.and_then(|told| told["filename"].as_str());
            let name = given.or(file.filename.as_deref()).map_or_else(|| format!("file{index}"), str::to_owned);
            let description = told.and_then(|told| told["description"].as_str()).map(str::to_owned);
            kept.push(self.keep_file(channel, (&name, file.content_type.clone(), description), &file.bytes));
        }
        Ok(kept)
    }

    pub(in super::super) fn keep_file(
        &mut self,
        channel: &str,
        (name, content_type, description): (&str, Option<String>, Option<String>),
        bytes: &[u8],
    ) -> Attachment {
        let id = self.id();
        // Discord keeps no blanks in names.
        let filename = name.replace(' ', "_");
        let url = format!("{}/attachments/{channel}/{id}/{filename}?ex=0&is=0&hm=0", self.base);
        self.files.insert(id.clone(), bytes.to_vec());
        Attachment { id, filename, description, content_type, size: bytes.len(), url }
    }

    /// Whether the bot may post there; a thread that is archived and not locked is opened by it.
    pub(in super::super) fn may_post(&self, channel: &str, with_files: bool) -> Result<(), Refusal> {
        self.need(channel, 0)?;
        let place = &self.channels[channel];
        match place.kind {
            Kind::Category | Kind::Forum => return Err(Refusal::of(50008)),
            Kind::Dm => {
                let closed = |user: &String| {
                    self.users.get(user).is_none_or(|user| user.dms_closed) || !self.members.contains_key(user)
                };
                if place.recipients.iter().any(closed) {
                    return Err(Refusal::of(50007));
                }
            }
            _ => {}
        }
        self.need(channel, SEND_MESSAGES | if with_files { ATTACH_FILES } else { 0 })?;
        if place.locked() && place.archived() && !self.manages_threads(channel) {
            return Err(Refusal::of(50083));
        }
        Ok(())
    }

    /// The message that a reply answers.
    pub(in super::super) fn reference(
        &self,
        channel: &str,
        reference: &Value,
    ) -> Result<Option<(String, Option<String>)>, Refusal> {
        let Some(id) = reference["message_id"].as_str() else { return Ok(None) };
        let place = reference["channel_id"].as_str().unwrap_or(channel);
        self.need(channel, READ_MESSAGE_HISTORY).map_err(|_| Refusal::of(160_002))?;
        let known = self.channels.get(place).and_then(|channel| channel.message(id)).is_some();
        if place != channel || (!known && reference["fail_if_not_exists"] != false) {
            let message = "Unknown message";
            return Err(Refusal::field("message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", message));
        }
        Ok(known.then(|| (place.to_owned(), Some(id.to_owned()))))
    }

    /// Adds a message and tells of it. Whoever writes in a thread is in it from then on, and so is whoever is mentioned;
    /// an archived thread is open again.
    pub(in super::super) fn post(&mut self, channel: &str, author: &str, draft: Draft) -> Message {
        let message = self.written(channel, author, draft);
        self.append(message)
    }

    /// A message that is not yet anywhere.
    pub(in super::super) fn written(&mut self, channel: &str, author: &str, draft: Draft) -> Message {
        let replied = draft.reference.as_ref().and_then(|(place, id)| {
            let message = self.channels.get(place)?.message(id.as_deref()?)?;
            Some(message.author.clone()).filter(|_| draft.kind == 19)
        });
        let pinged = self.pings((channel, author), &draft.content, &draft.allowed, replied.as_deref());
        Message {
            id: self.id(),
            channel: channel.to_owned(),
            author: author.to_owned(),
            content: draft.content,
            at: self.now,
            edited: None,
            kind: draft.kind,
            flags: draft.flags,
            embeds: draft.embeds,
            components: draft.components,
            attachments: draft.attachments,
            nonce: draft.nonce,
            reference: draft.reference,
            reactions: Vec::new(),
            pinged,
            interaction: draft.interaction,
            has_thread: false,
        }
    }

    pub(in super::super) fn append(&mut self, message: Message) -> Message {
        let channel = message.channel.clone();
        self.wake_thread(&channel);
        let place = self.channels.get_mut(&channel).unwrap();
        place.last_message = Some(message.id.clone());
        place.messages.push(message.clone());
        if let Some(thread) = &mut place.thread {
            thread.sent += u64::from(message.id != channel);
        }
        if place.kind.is_thread() {
            let mut coming = vec![message.author.clone()];
            coming.extend(message.pinged.users.iter().cloned());
            self.come_into(&channel, &coming);
        }
        self.tell_message("MESSAGE_CREATE", &message);
        message
    }

    /// Adds those who are not yet in a thread.
    pub(in super::super) fn come_into(&mut self, thread: &str, users: &[String]) {
        let now = self.now;
        let parent = self.channels[thread].parent.clone().unwrap_or_default();
        let fits = |user: &&String| self.members.contains_key(*user) && self.sees(&parent, user);
        let known: Vec<String> = users.iter().filter(fits).cloned().collect();
        let Some(inner) = self.channels.get_mut(thread).and_then(|place| place.thread.as_mut()) else { return };
        let fresh = known.into_iter().filter(|user| inner.members.iter().all(|member| member.user != *user));
        let fresh: Vec<String> = fresh.collect();
        inner.members.extend(fresh.iter().map(|user| ThreadMember { user: user.clone(), joined: now }));
        if !fresh.is_empty() {
            self.tell_thread_members(thread, &fresh, &[]);
        }
    }

    fn wake_thread(&mut self, channel: &str) {
        let now = self.now;
        let Some(thread) = self.channels.get_mut(channel).and_then(|place| place.thread.as_mut()) else { return };
        if std::mem::take(&mut thread.archived) {
            thread.archived_at = now;
            let shown = self.channel(&self.channels[channel]);
            self.tell("THREAD_UPDATE", channel, shown);
        }
    }
}

/// Components get numbers where they have none, and menus what Discord fills in.
fn numbered(mut components: Vec<Value>) -> Vec<Value> {
    fn number(component: &mut Value, next: &mut u64) {
        *next += 1;
        if component["id"].as_u64().unwrap_or_default() == 0 {
            component["id"] = json!(*next);
        }
        let menu = component["type"].as_u64().is_some_and(is_menu);
        for name in ["min_values", "max_values"].into_iter().filter(|_| menu) {
            if component[name].is_null() {
                component[name] = json!(1);
            }
        }
        if let Some(inner) = component.get_mut("components").and_then(Value::as_array_mut) {
            for inner in inner {
                number(inner, next);
            }
        }
    }
    let mut next = 0;
    for component in &mut components {
        number(component, &mut next);
    }
    components
}

fn is_menu(kind: u64) -> bool {
    matches!(kind, 3 | 5..=8)
}

pub(super) fn numbered_components(list: &Value) -> Vec<Value> {
    numbered(list.as_array().cloned().unwrap_or_default())
}

pub(super) fn finished_embed(mut embed: Value) -> Value {
    embed["type"] = json!("rich");
    for field in embed["fields"].as_array_mut().into_iter().flatten() {
        if field["inline"].is_null() {
            field["inline"] = json!(false);
        }
    }
    embed.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    embed
}
