//! <https://docs.discord.com/developers/resources/message#create-reaction>

use serde_json::{Value, json};

use super::{Answer, Answered, lacking};
use crate::support::discord::perms::flags::{ADD_REACTIONS, MANAGE_MESSAGES, READ_MESSAGE_HISTORY};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::render::emoji as shown;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Kind, Reaction, State};

/// Different emoji on one message.
const MOST: usize = 20;

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let (channel, id) = (request.channel(), request.message());
    state.need(channel, READ_MESSAGE_HISTORY)?;
    let message = state.find_message(channel, id)?;
    let bot = state.bot.clone();
    let emoji = request.param("emoji_name");
    if !emoji.is_empty() && !is_emoji(emoji) {
        return Err(Refusal::of(10014));
    }
    match (method, path.rsplit('/').next().unwrap()) {
        ("PUT", "@me") => {
            if message.reacted(emoji).is_empty() {
                state.need(channel, ADD_REACTIONS)?;
                if message.reactions.len() >= MOST {
                    return Err(Refusal::of(30010));
                }
            }
            if state.channels[channel].archived() {
                return Err(Refusal::of(50083));
            }
            state.react((channel, id), &bot, emoji, true);
            Ok(Answer::nothing())
        }
        ("DELETE", "@me") => {
            state.react((channel, id), &bot, emoji, false);
            Ok(Answer::nothing())
        }
        ("DELETE", "{user_id}") => {
            state.need(channel, MANAGE_MESSAGES)?;
            state.react((channel, id), request.param("user_id"), emoji, false);
            Ok(Answer::nothing())
        }
        ("DELETE", "reactions") => {
            state.need(channel, MANAGE_MESSAGES)?;
            state.change_message(channel, id, |message| message.reactions.clear());
            state.tell("MESSAGE_REACTION_REMOVE_ALL", channel, json!({"channel_id": channel, "message_id": id}));
            Ok(Answer::nothing())
        }
        ("GET", _) => {
            let limit = request.number("limit", 25, (1, 100))?;
            let users = message.reacted(emoji);
            Ok(users.iter().take(limit).map(|user| state.user(user)).collect::<Value>().into())
        }
        _ => Err(lacking(state, request)),
    }
}

/// `name:id`, or something that is no word.
fn is_emoji(text: &str) -> bool {
    match text.split_once(':') {
        Some((name, id)) => !name.is_empty() && id.parse::<u64>().is_ok(),
        None => !text.is_empty() && !text.is_ascii(),
    }
}

impl State {
    /// Adds somebody's reaction or takes it away, and tells of it; whether that changed anything.
    pub(in super::super) fn react(&mut self, (channel, id): (&str, &str), user: &str, emoji: &str, add: bool) -> bool {
        let mut changed = false;
        let mut author = String::new();
        self.change_message(channel, id, |message| {
            author.clone_from(&message.author);
            let found = message.reactions.iter_mut().find(|reaction| reaction.emoji == emoji);
            match (found, add) {
                (Some(reaction), true) if !reaction.users.iter().any(|known| known == user) => {
                    reaction.users.push(user.to_owned());
                    changed = true;
                }
                (Some(reaction), false) => {
                    let before = reaction.users.len();
                    reaction.users.retain(|known| known != user);
                    changed = before != reaction.users.len();
                }
                (None, true) => {
                    message.reactions.push(Reaction { emoji: emoji.to_owned(), users: vec![user.to_owned()] });
                    changed = true;
                }
                _ => {}
            }
            message.reactions.retain(|reaction| !reaction.users.is_empty());
        });
        if changed {
            let mut data = json!({
                "user_id": user, "channel_id": channel, "message_id": id, "emoji": shown(emoji), "burst": false, "type": 0,
            });
            if add {
                data["message_author_id"] = json!(author);
                if self.channels[channel].kind != Kind::Dm {
                    data["member"] = self.member(user);
                }
            }
            let name = if add { "MESSAGE_REACTION_ADD" } else { "MESSAGE_REACTION_REMOVE" };
            self.tell(name, channel, data);
        }
        changed
    }

    /// Changes a message without telling anybody.
    pub(in super::super) fn change_message(
        &mut self,
        channel: &str,
        id: &str,
        change: impl FnOnce(&mut crate::support::discord::state::Message),
    ) {
        let place = self.channels.get_mut(channel);
        if let Some(message) = place.and_then(|place| place.messages.iter_mut().find(|message| message.id == id)) {
            change(message);
        }
    }
}
