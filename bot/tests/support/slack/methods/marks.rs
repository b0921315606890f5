//! Pins, reactions and bookmarks.

use serde_json::{Value, json};

use super::super::args::Args;
use super::super::state::{Bookmark, Pin, State};
use super::{Answer, Refusal};

pub(super) fn pin(state: &mut State, args: &Args) -> Answer {
    let (id, ts) = message(state, args)?;
    if state.channels[&id].pins.iter().any(|pin| pin.ts == ts) {
        return Err("already_pinned".into());
    }
    let bot = state.bot_user.clone();
    state.set_pinned(&id, &ts, &bot, true);
    Ok(json!({}))
}

pub(super) fn unpin(state: &mut State, args: &Args) -> Answer {
    let (id, ts) = message(state, args)?;
    if !state.channels[&id].pins.iter().any(|pin| pin.ts == ts) {
        return Err("no_pin".into());
    }
    let bot = state.bot_user.clone();
    state.set_pinned(&id, &ts, &bot, false);
    Ok(json!({}))
}

pub(super) fn pins(state: &State, args: &Args) -> Answer {
    let channel = state.seen(&args.need("channel")?)?;
    let show = |pin: &Pin| {
        let message = state.show_message(channel, channel.message(&pin.ts)?, false);
        Some(json!({
            "type": "message", "channel": channel.id, "message": message, "created": pin.at, "created_by": pin.by,
        }))
    };
    Ok(json!({"items": channel.pins.iter().filter_map(show).collect::<Vec<Value>>()}))
}

pub(super) fn react(state: &mut State, args: &Args) -> Answer {
    let name = emoji(args)?;
    let (id, ts) = message(state, args)?;
    let bot = state.bot_user.clone();
    if state.set_reaction(&id, &ts, (&bot, &name), true) { Ok(json!({})) } else { Err("already_reacted".into()) }
}

pub(super) fn unreact(state: &mut State, args: &Args) -> Answer {
    let name = emoji(args)?;
    let (id, ts) = message(state, args)?;
    let bot = state.bot_user.clone();
    if state.set_reaction(&id, &ts, (&bot, &name), false) { Ok(json!({})) } else { Err("no_reaction".into()) }
}

pub(super) fn reactions(state: &State, args: &Args) -> Answer {
    let (id, ts) = message(state, args)?;
    let channel = &state.channels[&id];
    let shown = state.show_message(channel, channel.message(&ts).unwrap(), false);
    Ok(json!({"type": "message", "channel": id, "message": shown}))
}

fn emoji(args: &Args) -> Result<String, Refusal> {
    let name = args.need("name")?;
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '+' | ':' | '\'');
    if name.chars().all(known) { Ok(name.trim_matches(':').to_owned()) } else { Err("invalid_name".into()) }
}

/// The message that `channel` and `timestamp` name.
fn message(state: &State, args: &Args) -> Result<(String, String), Refusal> {
    let id = args.need("channel")?;
    let channel = state.own(&id)?;
    let ts = args.text("timestamp").ok_or("no_item_specified")?;
    channel.message(&ts).ok_or("message_not_found")?;
    Ok((id, ts))
}

pub(super) fn add_bookmark(state: &mut State, args: &Args) -> Answer {
    let (id, title) = (args.need("channel_id")?, args.need("title")?);
    if args.need("type")? != "link" {
        return Err("invalid_bookmark_type".into());
    }
    state.own(&id)?;
    let link = checked_link(&args.need("link")?)?;
    if state.channels[&id].bookmarks.len() >= 100 {
        return Err("too_many_bookmarks".into());
    }
    let bookmark = Bookmark {
        id: state.id("Bk"),
        title,
        link,
        emoji: args.text("emoji").unwrap_or_default(),
        created: state.seconds(),
        updated: 0,
    };
    let shown = state.show_bookmark(&id, &bookmark);
    state.channel_mut(&id).bookmarks.push(bookmark);
    Ok(json!({"bookmark": shown}))
}

pub(super) fn edit_bookmark(state: &mut State, args: &Args) -> Answer {
    let (id, which) = (args.need("channel_id")?, args.need("bookmark_id")?);
    state.own(&id)?;
    let link = args.text("link").map(|link| checked_link(&link)).transpose()?;
    let now = state.seconds();
    let mut bookmarks = state.channel_mut(&id).bookmarks.iter_mut();
    let bookmark = bookmarks.find(|bookmark| bookmark.id == which).ok_or("bookmark_not_found")?;
    bookmark.title = args.text("title").unwrap_or_else(|| bookmark.title.clone());
    bookmark.emoji = args.text("emoji").unwrap_or_else(|| bookmark.emoji.clone());
    bookmark.link = link.unwrap_or_else(|| bookmark.link.clone());
    bookmark.updated = now;
    let bookmark = bookmark.clone();
    Ok(json!({"bookmark": state.show_bookmark(&id, &bookmark)}))
}

pub(super) fn remove_bookmark(state: &mut State, args: &Args) -> Answer {
    let (id, which) = (args.need("channel_id")?, args.need("bookmark_id")?);
    state.own(&id)?;
    let bookmarks = &mut state.channel_mut(&id).bookmarks;
    let at = bookmarks.iter().position(|bookmark| bookmark.id == which).ok_or("bookmark_not_found")?;
    bookmarks.remove(at);
    Ok(json!({}))
}

pub(super) fn bookmarks(state: &State, args: &Args) -> Answer {
    let channel = state.seen(&args.need("channel_id")?)?;
    let shown: Vec<Value> = channel.bookmarks.iter().map(|own| state.show_bookmark(&channel.id, own)).collect();
    Ok(json!({"bookmarks": shown}))
}

fn checked_link(link: &str) -> Result<String, Refusal> {
    match reqwest::Url::parse(link) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(link.to_owned()),
        _ => Err("invalid_link".into()),
    }
}

impl State {
    /// Pins a message or takes its pin away, and tells of it.
    pub(in super::super) fn set_pinned(&mut self, id: &str, ts: &str, by: &str, pinned: bool) {
        let at = self.seconds();
        let channel = self.channel_mut(id);
        if pinned {
            channel.pins.insert(0, Pin { ts: ts.to_owned(), by: by.to_owned(), at });
        } else {
            channel.pins.retain(|pin| pin.ts != ts);
        }
        let count = channel.pins.len();
        let channel = &self.channels[id];
        let message = channel.message(ts).unwrap();
        let shown = self.show_message(channel, message, false);
        let item = json!({"type": "message", "channel": id, "message": shown, "created": at, "created_by": by});
        let kind = if pinned { "pin_added" } else { "pin_removed" };
        let event = json!({
            "type": kind, "user": by, "channel_id": id, "item": item, "item_user": message.user, "pin_count": count,
            "pinned_info": {"channel": id, "pinned_by": by, "pinned_ts": at}, "has_pins": count > 0,
        });
        self.tell(id, event);
    }

    /// Adds somebody's reaction or takes it away, and tells of it; whether that changed anything.
    pub(in super::super) fn set_reaction(&mut self, id: &str, ts: &str, (by, name): (&str, &str), there: bool) -> bool {
        let messages = &mut self.channel_mut(id).messages;
        let message = messages.iter_mut().find(|message| message.ts == ts).unwrap();
        let has = |(own, users): &(String, Vec<String>)| own == name && users.iter().any(|user| user == by);
        if message.reactions.iter().any(has) == there {
            return false;
        }
        match message.reactions.iter_mut().find(|(own, _)| own == name) {
            Some((_, users)) if there => users.push(by.to_owned()),
            Some((_, users)) => users.retain(|user| user != by),
            None => message.reactions.push((name.to_owned(), vec![by.to_owned()])),
        }
        message.reactions.retain(|(_, users)| !users.is_empty());
        let author = message.user.clone();
        let kind = if there { "reaction_added" } else { "reaction_removed" };
        let item = json!({"type": "message", "channel": id, "ts": ts});
        self.tell(id, json!({"type": kind, "user": by, "reaction": name, "item": item, "item_user": author}));
        true
    }
}
