//! <https://docs.discord.com/developers/resources/message#get-channel-pins>, and the older addresses without
//! `messages`.

use serde_json::{Value, json};

use super::{Answer, Answered, Draft, lacking};
use crate::support::discord::perms::flags::{PIN_MESSAGES, READ_MESSAGE_HISTORY};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::render::time;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Kind, State};

/// Pins of one channel.
const MOST: usize = 50;

/// A message that says that somebody pinned one.
const PINNED: u64 = 6;

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let (channel, id) = (request.channel(), request.message());
    let bot = state.bot.clone();
    match method {
        "GET" => {
            state.need(channel, READ_MESSAGE_HISTORY)?;
            list(state, request, path.contains("/messages/"))
        }
        "PUT" | "DELETE" => {
            state.need(channel, PIN_MESSAGES)?;
            state.find_message(channel, id)?;
            if state.channels[channel].archived() {
                return Err(Refusal::of(50083));
            }
            state.pin((channel, id), &bot, method == "PUT")?;
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}

fn list(state: &State, request: &Request, newer: bool) -> Answered {
    let place = &state.channels[request.channel()];
    let pins = place.pins.iter().filter_map(|(id, at)| Some((place.message(id)?, *at)));
    if !newer {
        return Ok(pins.map(|(message, _)| state.message(message)).collect::<Value>().into());
    }
    let limit = request.number("limit", 50, (1, 50))?;
    let before = request.query.get("before").cloned();
    let older = pins.filter(|(_, at)| before.as_ref().is_none_or(|before| time(*at) < *before));
    let older: Vec<Value> =
        older.map(|(message, at)| json!({"pinned_at": time(at), "message": state.message(message)})).collect();
    let has_more = older.len() > limit;
    Ok(json!({"items": older.into_iter().take(limit).collect::<Value>(), "has_more": has_more}).into())
}

impl State {
    /// Pins or unpins a message, and tells of it.
    pub(in super::super) fn pin(&mut self, (channel, id): (&str, &str), user: &str, on: bool) -> Result<(), Refusal> {
        let place = self.channels.get_mut(channel).unwrap();
        let pinned = place.pins.iter().any(|(pinned, _)| pinned == id);
        if pinned == on {
            return Ok(());
        }
        if on && place.pins.len() >= MOST {
            return Err(Refusal::of(30003));
        }
        if on {
            place.pins.insert(0, (id.to_owned(), self.now));
            place.last_pin = Some(self.now);
        } else {
            place.pins.retain(|(pinned, _)| pinned != id);
        }
        let last = place.pins.first().map(|(_, at)| time(*at));
        let dm = place.kind == Kind::Dm;
        let message = self.find_message(channel, id)?;
        // Nothing that people read changed, and the time of the last edit stays.
        self.tell_message("MESSAGE_UPDATE", &message);
        let data = json!({"channel_id": channel, "last_pin_timestamp": last});
        self.tell("CHANNEL_PINS_UPDATE", channel, data);
        if !on && !dm {
            self.tell_unpinned((channel, &message), user);
        }
        if on && !dm {
            let reference = Some((channel.to_owned(), Some(id.to_owned())));
            self.post(channel, user, Draft { kind: PINNED, reference, allowed: json!({}), ..Draft::default() });
        }
        Ok(())
    }
}
