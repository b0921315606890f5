//! Commands, menus, buttons, forms and suggestions.
//!
//! Source: <https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object>.

use serde_json::Value;

use super::{Back, Request, Surface, message};
use crate::platform::discord::commands::{self, Asked};
use crate::platform::discord::components;
use crate::platform::discord::snowflake::time_of;
use crate::platform::hidden::Hidden;
use crate::platform::incoming::{Ask, Cited, Incoming, Said};
use crate::platform::inlet::Decoded;
use crate::platform::json::{at, list, owned, word};

const COMMAND: i64 = 2;
const COMPONENT: i64 = 3;
const AUTOCOMPLETE: i64 = 4;
const MODAL: i64 = 5;

/// Reads what a person asks for.
pub fn interaction(payload: &Value) -> Decoded<Request> {
    let kind = number(payload, "/type");
    let request = match kind {
        COMMAND => return command(payload),
        COMPONENT => return press(payload),
        AUTOCOMPLETE => suggestion(payload),
        MODAL => submission(payload),
        _ => None,
    };
    Decoded::or_unknown(request, || {
        let name = ["/data/name", "/data/custom_id"].into_iter().find(|place| at(payload, place).is_some());
        format!("an interaction {kind} {}", word(payload, name.unwrap_or("/data/name")))
    })
}

fn command(payload: &Value) -> Decoded<Request> {
    let asked = match commands::read(payload.get("data").unwrap_or(&Value::Null)) {
        Ok(asked) => asked,
        Err(what) => return Decoded::Unknown { what },
    };
    let request = match asked {
        Asked::Ask(ask) => requested(payload, Surface::Command, ask),
        Asked::Mark(message) => {
            cited(payload, &message).and_then(|message| requested(payload, Surface::Menu, Ask::Mark { message }))
        }
        Asked::Evidence(message) => {
            cited(payload, &message).and_then(|message| requested(payload, Surface::Menu, Ask::Evidence { message }))
        }
        Asked::DeclareFrom(message) => cited(payload, &message)
            .and_then(|message| requested(payload, Surface::Menu, Ask::Declare { from: Some(message) })),
    };
    Decoded::or_unknown(request, || format!("a command {} that lacks what it needs", word(payload, "/data/name")))
}

/// A message as the command on it tells it, which names no guild in it.
fn cited(payload: &Value, message: &Value) -> Option<Cited> {
    let mut message = message.clone();
    message["guild_id"] = payload.get("guild_id").cloned().unwrap_or_default();
    let message = message::said(&message)?;
    let room = owned(payload, "/channel_id")?;
    let permalink = at(payload, "/guild_id").and_then(|guild| super::permalink(guild, &room, &message.id));
    Some(Cited { room, message, permalink })
}

/// What is not Firebell's to read, as a button of an older version, is passed over as unknown.
fn press(payload: &Value) -> Decoded<Request> {
    let data = payload.get("data");
    let pressed = data.and_then(components::control_of).map(|control| Ask::Press { control });
    let asked = pressed.or_else(|| {
        let components::Chosen { kind, incident, values } = data.and_then(components::chosen)?;
        Some(Ask::Submit { form: kind, incident, values, cites: None })
    });
    let request = asked.and_then(|ask| requested(payload, Surface::Press, ask));
    Decoded::or_unknown(request, || format!("a component {}", word(payload, "/data/custom_id")))
}

fn suggestion(payload: &Value) -> Option<Request> {
    let offer = commands::offer(payload.get("data")?)?;
    let mut request = requested(payload, Surface::Suggestion, offer.ask.clone())?;
    request.back.offer = Some(offer);
    Some(request)
}

/// The message on which a form was opened is only pointed at: its words are asked for again.
fn submission(payload: &Value) -> Option<Request> {
    let data = payload.get("data")?;
    let about = components::opened(data)?;
    let values = components::values(data);
    let cites = match &about.cites {
        Some((room, message)) => Some(Cited {
            permalink: at(payload, "/guild_id").and_then(|guild| super::permalink(guild, room, message)),
            room: room.clone(),
            message: Said {
                id: message.clone(),
                author: String::new(),
                sent_at: time_of(message)?,
                text: String::new(),
                parent: None,
                files: Vec::new(),
            },
        }),
        None => None,
    };
    let cut = cites.is_some();
    let ask = Ask::Submit { form: about.kind, incident: about.incident, values, cites };
    let mut request = requested(payload, Surface::Submission, ask)?;
    request.back.typed = typed(payload);
    Some(Request { cut, ..request })
}

/// What was typed, by the fields' own words.
fn typed(payload: &Value) -> Vec<(String, String)> {
    let rows = list(payload, "/data/components").iter();
    let inputs = rows.flat_map(|row| list(row, "/components"));
    inputs.filter_map(|input| Some((owned(input, "/custom_id")?, owned(input, "/value")?))).collect()
}

fn requested(payload: &Value, surface: Surface, ask: Ask) -> Option<Request> {
    let id = owned(payload, "/id")?;
    let account = owned(payload, "/member/user/id").or_else(|| owned(payload, "/user/id"))?;
    // A conversation with the app alone is nobody's room.
    let channel = owned(payload, "/channel_id").filter(|_| at(payload, "/guild_id").is_some());
    let back = Back {
        surface,
        account: account.clone(),
        channel: channel.clone(),
        interaction: id.clone(),
        application: owned(payload, "/application_id")?,
        token: Hidden::new(at(payload, "/token")?),
        typed: Vec::new(),
        offer: None,
    };
    Some(Request { incoming: Incoming { id, account, room: channel, ask }, back, cut: false })
}

fn number(payload: &Value, place: &str) -> i64 {
    payload.pointer(place).and_then(Value::as_i64).unwrap_or(1)
}
