//! <https://docs.discord.com/developers/resources/channel>

use serde_json::{Value, json};

use super::{Answer, Answered, Draft, lacking};
use crate::support::discord::perms::flags::{MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_THREADS};
use crate::support::discord::refusal::{Form, Refusal};
use crate::support::discord::request::Request;
use crate::support::discord::state::{Channel, Kind, Overwrite, State, Tag};

/// Channels of a guild, threads apart.
const MOST: usize = 500;

/// A channel takes so many new names within so long:
/// <https://github.com/discord/discord-api-docs/issues/1900>
const RENAMES: (usize, i64) = (2, 10 * 60 * 1_000_000);

/// A message that says that a thread has a new name.
const RENAMED: u64 = 4;

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let id = request.channel();
    match (method, path) {
        ("GET", "/channels/{channel_id}") => {
            state.need(id, 0)?;
            Ok(state.channel(&state.channels[id]).into())
        }
        ("PATCH", "/channels/{channel_id}") => change(state, request),
        ("DELETE", "/channels/{channel_id}") => delete(state, id),
        ("PUT", "/channels/{channel_id}/permissions/{overwrite_id}") => overwrite(state, request),
        ("DELETE", "/channels/{channel_id}/permissions/{overwrite_id}") => {
            state.need(id, MANAGE_ROLES)?;
            let place = state.channels.get_mut(id).unwrap();
            place.overwrites.retain(|overwrite| overwrite.id != request.param("overwrite_id"));
            state.tell_channel("CHANNEL_UPDATE", id);
            Ok(Answer::nothing())
        }
        ("POST", "/channels/{channel_id}/typing") => {
            state.need(id, 0)?;
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}

/// `POST /guilds/{guild_id}/channels`.
pub(super) fn create(state: &mut State, request: &Request) -> Answered {
    let bot = state.bot.clone();
    let may = state.permissions_of(&bot);
    if may & MANAGE_CHANNELS == 0 {
        return Err(Refusal::of(50013));
    }
    let body = &request.body;
    let kind =
        Kind::of(body["type"].as_u64().unwrap_or_default()).filter(|kind| !kind.is_thread() && *kind != Kind::Dm);
    let Some(kind) = kind else {
        return Err(Refusal::field("type", "BASE_TYPE_CHOICES", "Value must be one of {0, 2, 4, 5, 13, 14, 15, 16}."));
    };
    let mut form = Form::default();
    form.needed("name", &body["name"], (1, 100));
    check_shape(&mut form, kind, body);
    form.done()?;
    if state.channels.values().filter(|place| !place.kind.is_thread() && place.kind != Kind::Dm).count() >= MOST {
        return Err(Refusal::of(30013));
    }
    let parent = parent_of(state, body)?;
    let overwrites = match body["permission_overwrites"].as_array() {
        Some(list) => read_overwrites(state, list)?,
        None => parent.as_ref().map(|parent| state.channels[parent].overwrites.clone()).unwrap_or_default(),
    };
    if body["permission_overwrites"].is_array() && !overwrites.is_empty() {
        within_own(state, may, &overwrites)?;
    }
    let name = shaped_name(kind, body["name"].as_str().unwrap_or_default());
    let tags = read_tags(state, &[], &body["available_tags"]);
    let id = state.make_channel(&name, kind);
    let place = state.channels.get_mut(&id).unwrap();
    place.topic = body["topic"].as_str().filter(|topic| !topic.is_empty()).map(str::to_owned);
    (place.parent, place.overwrites, place.tags) = (parent, overwrites, tags);
    place.nsfw = body["nsfw"] == true;
    place.slow = body["rate_limit_per_user"].as_u64().unwrap_or_default();
    let shown = state.channel(&state.channels[&id]);
    state.tell("CHANNEL_CREATE", &id, shown.clone());
    Ok(Answer::created(shown))
}

fn check_shape(form: &mut Form, kind: Kind, body: &Value) {
    form.text("topic", &body["topic"], (0, if kind == Kind::Forum { 4096 } else { 1024 }));
    let tags = body["available_tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    form.within("available_tags", tags.len(), (0, 20));
    for (index, tag) in tags.iter().enumerate() {
        form.needed(&format!("available_tags.{index}.name"), &tag["name"], (1, 20));
        let double = |other: &&Value| other["name"] == tag["name"];
        if tags.iter().filter(double).count() > 1 {
            let message = "Tag name must be unique";
            form.wrong(&format!("available_tags.{index}.name"), "FORUM_TAG_NAME_DUPLICATED", message);
        }
    }
    if body["rate_limit_per_user"].as_u64().is_some_and(|slow| slow > 21600) {
        let message = "int value should be less than or equal to 21600.";
        form.wrong("rate_limit_per_user", "NUMBER_TYPE_MAX", message);
    }
}

/// Text channels have small letters and no blanks.
fn shaped_name(kind: Kind, name: &str) -> String {
    match kind {
        Kind::Text | Kind::Announcement | Kind::Forum => name.to_lowercase().replace(' ', "-"),
        _ => name.to_owned(),
    }
}

fn parent_of(state: &State, body: &Value) -> Result<Option<String>, Refusal> {
    let Some(parent) = body["parent_id"].as_str() else { return Ok(None) };
    let category = state.channels.get(parent).is_some_and(|place| place.kind == Kind::Category);
    if !category {
        return Err(Refusal::field("parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category"));
    }
    let inside = state.channels.values().filter(|place| !place.kind.is_thread());
    if inside.filter(|place| place.parent.as_deref() == Some(parent)).count() >= 50 {
        let message = "Maximum number of channels in category reached (50)";
        return Err(Refusal::field("parent_id", "CHANNEL_PARENT_MAX_CHANNELS", message));
    }
    Ok(Some(parent.to_owned()))
}

fn read_overwrites(state: &State, list: &[Value]) -> Result<Vec<Overwrite>, Refusal> {
    let bits = |value: &Value| match value {
        Value::Null => Some(0),
        Value::String(text) => text.parse::<u64>().ok(),
        number => number.as_u64(),
    };
    let mut read = Vec::new();
    for (index, one) in list.iter().enumerate() {
        let id = one["id"].as_str().unwrap_or_default().to_owned();
        let of_member = one["type"] == 1;
        let known = if of_member { state.users.contains_key(&id) } else { state.roles.contains_key(&id) };
        if !known {
            return Err(Refusal::of(if of_member { 10013 } else { 10011 }));
        }
        let (Some(allow), Some(deny)) = (bits(&one["allow"]), bits(&one["deny"])) else {
            let path = format!("permission_overwrites.{index}.allow");
            return Err(Refusal::field(&path, "NUMBER_TYPE_COERCE", "Value is not int."));
        };
        read.push(Overwrite { id, of_member, allow, deny });
    }
    Ok(read)
}

/// A bot can neither give nor take what it has not.
fn within_own(state: &State, may: u64, overwrites: &[Overwrite]) -> Result<(), Refusal> {
    let beyond = |overwrite: &Overwrite| (overwrite.allow | overwrite.deny) & !may != 0;
    let manages = state.permissions_of(&state.bot) & MANAGE_ROLES != 0;
    if overwrites.iter().any(beyond) || !manages { Err(Refusal::of(50013)) } else { Ok(()) }
}

fn read_tags(state: &mut State, known: &[Tag], list: &Value) -> Vec<Tag> {
    let mut tags = Vec::new();
    for one in list.as_array().into_iter().flatten() {
        let id = one["id"].as_str().filter(|id| known.iter().any(|tag| tag.id == *id));
        tags.push(Tag {
            id: id.map_or_else(|| state.id(), str::to_owned),
            name: one["name"].as_str().unwrap_or_default().to_owned(),
            moderated: one["moderated"] == true,
            emoji_name: one["emoji_name"].as_str().map(str::to_owned),
        });
    }
    tags
}

fn change(state: &mut State, request: &Request) -> Answered {
    let id = request.channel();
    state.need(id, 0)?;
    let place = state.channels[id].clone();
    if place.kind == Kind::Dm {
        return Err(Refusal::of(50024));
    }
    if place.kind.is_thread() {
        return super::threads::change(state, request);
    }
    let body = &request.body;
    state.need(id, MANAGE_CHANNELS)?;
    let mut form = Form::default();
    form.text("name", &body["name"], (1, 100));
    check_shape(&mut form, place.kind, body);
    form.done()?;
    let mut after = place.clone();
    if let Some(list) = body["permission_overwrites"].as_array() {
        after.overwrites = read_overwrites(state, list)?;
        let changed: Vec<Overwrite> =
            after.overwrites.iter().filter(|one| !place.overwrites.contains(one)).cloned().collect();
        state.need(id, MANAGE_ROLES)?;
        within_own(state, state.permissions_in(id, &state.bot), &changed)?;
    }
    if body.get("parent_id").is_some() {
        after.parent = parent_of(state, body)?;
    }
    if body.get("topic").is_some() {
        after.topic = body["topic"].as_str().filter(|topic| !topic.is_empty()).map(str::to_owned);
    }
    if body["available_tags"].is_array() {
        after.tags = read_tags(state, &place.tags, &body["available_tags"]);
    }
    after.position = body["position"].as_u64().unwrap_or(after.position);
    after.nsfw = body["nsfw"].as_bool().unwrap_or(after.nsfw);
    after.slow = body["rate_limit_per_user"].as_u64().unwrap_or(after.slow);
    after.flags = body["flags"].as_u64().unwrap_or(after.flags);
    if let Some(name) = body["name"].as_str() {
        after.name = shaped_name(after.kind, name);
        count_renames(state.now, &place, &mut after)?;
    }
    state.channels.insert(id.to_owned(), after);
    state.tell_channel("CHANNEL_UPDATE", id);
    Ok(state.channel(&state.channels[id]).into())
}

/// Refuses the third new name within ten minutes.
pub(super) fn count_renames(now: i64, before: &Channel, after: &mut Channel) -> Result<(), Refusal> {
    if before.name == after.name {
        return Ok(());
    }
    let (most, span) = RENAMES;
    after.renames.retain(|&at| now - at < span);
    if after.renames.len() >= most {
        let wait = after.renames[0] + span - now;
        return Err(Refusal::limited(f64::from(u32::try_from(wait / 1000).unwrap()) / 1000.0));
    }
    after.renames.push(now);
    Ok(())
}

pub(super) fn say_renamed(state: &mut State, id: &str) {
    let (bot, name) = (state.bot.clone(), state.channels[id].name.clone());
    state.post(id, &bot, Draft { kind: RENAMED, content: name, allowed: json!({}), ..Draft::default() });
}

fn delete(state: &mut State, id: &str) -> Answered {
    state.need(id, 0)?;
    let place = &state.channels[id];
    let shown = state.channel(place);
    if place.kind == Kind::Dm {
        return Ok(shown.into());
    }
    state.need(id, if place.kind.is_thread() { MANAGE_THREADS } else { MANAGE_CHANNELS })?;
    state.remove_channel(id);
    Ok(shown.into())
}

fn overwrite(state: &mut State, request: &Request) -> Answered {
    let id = request.channel();
    state.need(id, MANAGE_ROLES)?;
    if state.channels[id].kind.is_thread() {
        return Err(Refusal::of(50024));
    }
    let mut one = request.body.clone();
    one["id"] = json!(request.param("overwrite_id"));
    let read = read_overwrites(state, std::slice::from_ref(&one))?;
    within_own(state, state.permissions_in(id, &state.bot), &read)?;
    let place = state.channels.get_mut(id).unwrap();
    place.overwrites.retain(|known| known.id != read[0].id);
    place.overwrites.extend(read);
    state.tell_channel("CHANNEL_UPDATE", id);
    Ok(Answer::nothing())
}

impl State {
    pub(in super::super) fn tell_channel(&mut self, name: &str, id: &str) {
        let shown = self.channel(&self.channels[id]);
        self.tell(name, id, shown);
    }

    /// Takes a channel away with the threads in it, and tells of it.
    pub(in super::super) fn remove_channel(&mut self, id: &str) {
        let thread = self.channels[id].kind.is_thread();
        if thread {
            let place = &self.channels[id];
            let data = json!({"id": id, "parent_id": place.parent, "type": place.kind.number()});
            self.tell("THREAD_DELETE", id, data);
        } else {
            self.tell_channel("CHANNEL_DELETE", id);
            for place in self.channels.values_mut().filter(|place| !place.kind.is_thread()) {
                place.parent.take_if(|parent| parent == id);
            }
        }
        self.channels.retain(|known, place| known != id && (thread || place.parent.as_deref() != Some(id)));
    }
}
