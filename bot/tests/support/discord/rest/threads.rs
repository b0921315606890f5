//! <https://docs.discord.com/developers/topics/threads>

use serde_json::{Value, json};

use super::channels::{count_renames, say_renamed};
use super::{Answer, Answered, Draft, lacking};
use crate::support::discord::perms::flags::{
    CREATE_PRIVATE_THREADS, CREATE_PUBLIC_THREADS, MANAGE_THREADS, READ_MESSAGE_HISTORY, SEND_MESSAGES,
};
use crate::support::discord::refusal::{Form, Refusal};
use crate::support::discord::render::time;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Channel, Kind, Message, State, Thread, ThreadMember};

/// Discord's messages of its own: a thread was made, and what it was made from.
const CREATED: u64 = 18;
const STARTER: u64 = 21;

/// The flag of a message with a thread.
const HAS_THREAD: u64 = 32;

/// The flag of a forum whose posts need a tag.
const NEEDS_TAG: u64 = 16;

/// A thread that is to be made.
pub(in super::super) struct NewThread {
    pub(in super::super) parent: String,
    pub(in super::super) owner: String,
    pub(in super::super) name: String,
    pub(in super::super) kind: Kind,
    pub(in super::super) auto_archive: u64,
    pub(in super::super) invitable: bool,
    /// The id where it is that of a message.
    pub(in super::super) id: Option<String>,
}

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let id = request.channel();
    match (method, path) {
        ("POST", "/channels/{channel_id}/messages/{message_id}/threads") => from_message(state, request),
        ("POST", "/channels/{channel_id}/threads") => {
            state.need(id, 0)?;
            match state.channels[id].kind {
                Kind::Forum => forum_post(state, request),
                Kind::Text | Kind::Announcement => without_message(state, request),
                _ => Err(Refusal::of(50024)),
            }
        }
        ("GET", "/channels/{channel_id}/threads/archived/public") => archived(state, request, false, false),
        ("GET", "/channels/{channel_id}/threads/archived/private") => {
            state.need(id, MANAGE_THREADS)?;
            archived(state, request, true, false)
        }
        ("GET", "/channels/{channel_id}/users/@me/threads/archived/private") => archived(state, request, true, true),
        (_, path) if path.contains("/thread-members") => members(state, method, path, request),
        _ => Err(lacking(state, request)),
    }
}

fn check_name(body: &Value) -> Result<(String, u64), Refusal> {
    let mut form = Form::default();
    form.needed("name", &body["name"], (1, 100));
    let minutes = body["auto_archive_duration"].as_u64().unwrap_or(4320);
    if ![60, 1440, 4320, 10080].contains(&minutes) {
        let message = "Value must be one of {60, 1440, 4320, 10080}.";
        form.wrong("auto_archive_duration", "BASE_TYPE_CHOICES", message);
    }
    form.done()?;
    Ok((body["name"].as_str().unwrap_or_default().to_owned(), minutes))
}

fn from_message(state: &mut State, request: &Request) -> Answered {
    let (channel, id) = (request.channel(), request.message());
    state.need(channel, CREATE_PUBLIC_THREADS | READ_MESSAGE_HISTORY)?;
    let kind = match state.channels[channel].kind {
        Kind::Text => Kind::PublicThread,
        Kind::Announcement => Kind::AnnouncementThread,
        _ => return Err(Refusal::of(50024)),
    };
    let (name, auto_archive) = check_name(&request.body)?;
    let message = state.find_message(channel, id)?;
    if message.has_thread {
        return Err(Refusal::of(160_004));
    }
    let new = NewThread {
        parent: channel.to_owned(),
        owner: state.bot.clone(),
        name,
        kind,
        auto_archive,
        invitable: false,
        id: Some(id.to_owned()),
    };
    let made = state.begin_thread(new);
    Ok(Answer::created(state.channel(&state.channels[&made])))
}

fn without_message(state: &mut State, request: &Request) -> Answered {
    let channel = request.channel();
    let (name, auto_archive) = check_name(&request.body)?;
    let kind = match request.body["type"].as_u64() {
        Some(11) => Kind::PublicThread,
        Some(10) => Kind::AnnouncementThread,
        Some(12) | None => Kind::PrivateThread,
        Some(_) => return Err(Refusal::field("type", "BASE_TYPE_CHOICES", "Value must be one of {10, 11, 12}.")),
    };
    let private = kind == Kind::PrivateThread;
    state.need(channel, if private { CREATE_PRIVATE_THREADS } else { CREATE_PUBLIC_THREADS })?;
    let invitable = request.body["invitable"] != false;
    let (parent, owner) = (channel.to_owned(), state.bot.clone());
    let made = state.begin_thread(NewThread { parent, owner, name, kind, auto_archive, invitable, id: None });
    Ok(Answer::created(state.channel(&state.channels[&made])))
}

fn forum_post(state: &mut State, request: &Request) -> Answered {
    let channel = request.channel();
    state.need(channel, SEND_MESSAGES)?;
    let body = &request.body;
    let (name, auto_archive) = check_name(body)?;
    let tags = tags_to_apply(&state.channels[channel], &body["applied_tags"])?;
    if tags.is_empty() && state.channels[channel].flags & NEEDS_TAG != 0 {
        return Err(Refusal::of(40067));
    }
    if !body["message"].is_object() {
        return Err(Refusal::field("message", "BASE_TYPE_REQUIRED", "This field is required"));
    }
    let draft = state.draft(channel, ("message", &body["message"]), request)?;
    let owner = state.bot.clone();
    let new = NewThread {
        parent: channel.to_owned(),
        owner: owner.clone(),
        name,
        kind: Kind::PublicThread,
        auto_archive,
        invitable: false,
        id: None,
    };
    let (id, message) = state.begin_post(new, tags, draft);
    let mut shown = state.channel(&state.channels[&id]);
    shown["message"] = state.message(&message);
    Ok(Answer::created(shown))
}

fn tags_to_apply(forum: &Channel, list: &Value) -> Result<Vec<String>, Refusal> {
    let tags: Vec<String> =
        list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut wrong = Form::default();
    wrong.within("applied_tags", tags.len(), (0, 5));
    for (index, tag) in tags.iter().enumerate() {
        if !forum.tags.iter().any(|known| known.id == *tag) {
            wrong.wrong(&format!("applied_tags.{index}"), "FORUM_TAG_UNKNOWN", "Unknown tag");
        }
    }
    wrong.done()?;
    Ok(tags)
}

/// `PATCH /channels/{channel_id}` of a thread.
pub(super) fn change(state: &mut State, request: &Request) -> Answered {
    let id = request.channel();
    let body = &request.body;
    let before = state.channels[id].clone();
    let mut after = before.clone();
    let mut thread = before.thread.clone().unwrap();
    let own = before.owner.as_deref() == Some(state.bot.as_str());
    let manages = state.manages_threads(id);
    let wakes = body["archived"] == false && !thread.locked;
    let only_wakes = wakes && body.as_object().is_some_and(|map| map.len() == 1);
    if !(manages || own || only_wakes) {
        return Err(Refusal::of(50013));
    }
    if body["locked"].is_boolean() && !manages {
        return Err(Refusal::of(50013));
    }
    if thread.archived && body["archived"] != false {
        return Err(Refusal::of(50083));
    }
    let mut form = Form::default();
    form.text("name", &body["name"], (1, 100));
    form.done()?;
    if let Some(list) = body.get("applied_tags") {
        let parent = before.parent.as_ref().and_then(|parent| state.channels.get(parent));
        after.applied_tags = tags_to_apply(parent.ok_or_else(|| Refusal::of(50024))?, list)?;
    }
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut after.name);
        count_renames(state.now, &before, &mut after)?;
    }
    let archived = body["archived"].as_bool().unwrap_or(thread.archived);
    if archived != thread.archived {
        (thread.archived, thread.archived_at) = (archived, state.now);
    }
    thread.locked = body["locked"].as_bool().unwrap_or(thread.locked);
    thread.invitable = body["invitable"].as_bool().unwrap_or(thread.invitable);
    thread.auto_archive = body["auto_archive_duration"].as_u64().unwrap_or(thread.auto_archive);
    after.flags = body["flags"].as_u64().unwrap_or(after.flags);
    after.slow = body["rate_limit_per_user"].as_u64().unwrap_or(after.slow);
    let renamed = after.name != before.name;
    after.thread = Some(thread);
    state.channels.insert(id.to_owned(), after);
    state.tell_channel("THREAD_UPDATE", id);
    if renamed {
        say_renamed(state, id);
    }
    Ok(state.channel(&state.channels[id]).into())
}

fn archived(state: &State, request: &Request, private: bool, own: bool) -> Answered {
    let id = request.channel();
    state.need(id, READ_MESSAGE_HISTORY)?;
    let limit = request.number("limit", 50, (2, 100))?;
    let before = request.query.get("before");
    let of = |place: &&Channel| {
        place.parent.as_deref() == Some(id)
            && place.archived()
            && (place.kind == Kind::PrivateThread) == private
            && (!own || place.has_member(&state.bot))
    };
    let mut found: Vec<&Channel> = state.channels.values().filter(of).collect();
    let at = |place: &Channel| place.thread.as_ref().map_or(0, |thread| thread.archived_at);
    found.sort_by_key(|place| std::cmp::Reverse(at(place)));
    found.retain(|place| before.is_none_or(|before| if own { place.id < *before } else { time(at(place)) < *before }));
    let has_more = found.len() > limit;
    found.truncate(limit);
    Ok(json!({"threads": list(state, &found), "members": own_members(state, &found), "has_more": has_more}).into())
}

pub(super) fn active(state: &State) -> Value {
    let open = |place: &&Channel| place.kind.is_thread() && !place.archived() && state.sees(&place.id, &state.bot);
    let found: Vec<&Channel> = state.channels.values().filter(open).collect();
    json!({"threads": list(state, &found), "members": own_members(state, &found), "has_more": false})
}

fn list(state: &State, found: &[&Channel]) -> Vec<Value> {
    found.iter().map(|place| state.channel(place)).collect()
}

fn own_members(state: &State, found: &[&Channel]) -> Vec<Value> {
    let own = |place: &&Channel| {
        let thread = place.thread.as_ref()?;
        let member = thread.members.iter().find(|member| member.user == state.bot)?;
        Some(shown_member(&place.id, member))
    };
    found.iter().filter_map(own).collect()
}

/// Somebody in a thread, as Discord writes it.
pub(in super::super) fn shown_member(thread: &str, member: &ThreadMember) -> Value {
    json!({
        "id": thread, "user_id": member.user, "join_timestamp": time(member.joined), "flags": 1, "muted": false,
        "mute_config": null,
    })
}

fn members(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let id = request.channel();
    state.need(id, 0)?;
    let Some(thread) = state.channels[id].thread.clone() else { return Err(Refusal::of(50024)) };
    let own = path.ends_with("/@me");
    let user = if own { state.bot.clone() } else { request.param("user_id").to_owned() };
    let found = thread.members.iter().find(|member| member.user == user);
    match (method, user.as_str()) {
        ("GET", "") => {
            let with = request.flag("with_member");
            let shown = thread.members.iter().map(|member| {
                let mut shown = shown_member(id, member);
                if with {
                    shown["member"] = state.member(&member.user);
                }
                shown
            });
            Ok(shown.collect::<Value>().into())
        }
        ("GET", _) => found.map(|member| shown_member(id, member).into()).ok_or_else(|| Refusal::of(10007)),
        ("PUT", user) => {
            state.need(id, SEND_MESSAGES)?;
            if thread.archived {
                return Err(Refusal::of(50083));
            }
            if !state.users.contains_key(user) {
                return Err(Refusal::of(10013));
            }
            let parent = state.channels[id].parent.clone().unwrap_or_default();
            if !state.members.contains_key(user) || !state.sees(&parent, user) {
                return Err(Refusal::of(50001));
            }
            state.come_into(id, &[user.to_owned()]);
            Ok(Answer::nothing())
        }
        ("DELETE", user) => {
            let owns = state.channels[id].owner.as_deref() == Some(state.bot.as_str());
            let may = own || state.manages_threads(id) || (owns && state.channels[id].kind == Kind::PrivateThread);
            if !may {
                return Err(Refusal::of(50013));
            }
            if thread.archived {
                return Err(Refusal::of(50083));
            }
            state.go_out_of(id, user);
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}

impl State {
    pub(in super::super) fn manages_threads(&self, id: &str) -> bool {
        self.permissions_in(id, &self.bot) & MANAGE_THREADS != 0
    }

    pub(in super::super) fn go_out_of(&mut self, thread: &str, user: &str) {
        let Some(inner) = self.channels.get_mut(thread).and_then(|place| place.thread.as_mut()) else { return };
        let before = inner.members.len();
        inner.members.retain(|member| member.user != user);
        if before != inner.members.len() {
            self.tell_thread_members(thread, &[], &[user.to_owned()]);
        }
    }

    /// Makes a thread with whoever makes it in it, and tells of it; its id.
    pub(in super::super) fn begin_thread(&mut self, new: NewThread) -> String {
        let (parent, owner, from) = (new.parent.clone(), new.owner.clone(), new.id.clone());
        let (public, name) = (new.kind != Kind::PrivateThread, new.name.clone());
        let id = self.open_thread(new);
        self.tell_new_thread(&id);
        if let Some(from) = from {
            self.change_message(&parent, &from, |message| {
                message.has_thread = true;
                message.flags |= HAS_THREAD;
            });
            let message = self.find_message(&parent, &from).unwrap();
            self.tell_message("MESSAGE_UPDATE", &message);
            let reference = Some((parent, Some(from)));
            self.post(&id, &owner, Draft { kind: STARTER, reference, allowed: json!({}), ..Draft::default() });
        } else if public {
            let reference = Some((id.clone(), None));
            let draft = Draft { kind: CREATED, content: name, reference, allowed: json!({}), ..Draft::default() };
            self.post(&parent, &owner, draft);
        }
        id
    }

    /// Makes a forum's post with its first message, whose id is the thread's.
    pub(in super::super) fn begin_post(
        &mut self,
        new: NewThread,
        tags: Vec<String>,
        draft: Draft,
    ) -> (String, Message) {
        let owner = new.owner.clone();
        let id = self.open_thread(new);
        self.channels.get_mut(&id).unwrap().applied_tags = tags;
        self.tell_new_thread(&id);
        let mut message = self.written(&id, &owner, draft);
        message.id.clone_from(&id);
        (id, self.append(message))
    }

    fn open_thread(&mut self, new: NewThread) -> String {
        let made = self.make_channel(&new.name, new.kind);
        let mut place = self.channels.remove(&made).unwrap();
        place.id = new.id.unwrap_or(made);
        place.parent = Some(new.parent.clone());
        place.owner = Some(new.owner.clone());
        place.thread = Some(Thread {
            archived: false,
            locked: false,
            invitable: new.invitable,
            auto_archive: new.auto_archive,
            archived_at: self.now,
            created: self.now,
            members: vec![ThreadMember { user: new.owner, joined: self.now }],
            sent: 0,
        });
        let id = place.id.clone();
        self.channels.insert(id.clone(), place);
        if let Some(parent) = self.channels.get_mut(&new.parent).filter(|parent| parent.kind == Kind::Forum) {
            parent.last_message = Some(id.clone());
        }
        id
    }

    fn tell_new_thread(&mut self, id: &str) {
        let mut shown = self.channel(&self.channels[id]);
        shown["newly_created"] = json!(true);
        self.tell("THREAD_CREATE", id, shown);
    }
}
