//! Slash commands.
//!
//! Source: <https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling>.

use firebell_core::command::verbs::{Name, Slash, Verb};
use serde_json::Value;

use super::{Back, Decoded, Hidden, Request, Surface, at, owned, word};
use crate::platform::incoming::{Ask, Incoming};
use crate::platform::slack::text::mentions;

/// Reads a slash command.
pub fn command(payload: &Value) -> Decoded<Request> {
    Decoded::or_unknown(read(payload), || format!("a command {} without trigger or user", word(payload, "/command")))
}

fn read(payload: &Value) -> Option<Request> {
    let (trigger, account) = (owned(payload, "/trigger_id")?, owned(payload, "/user_id")?);
    let channel = owned(payload, "/channel_id");
    let back = Back {
        surface: Surface::Command,
        account: account.clone(),
        channel: channel.clone(),
        response_url: at(payload, "/response_url").map(Hidden::new),
        trigger: Some(Hidden::new(&*trigger)),
        view: None,
    };
    let slash = at(payload, "/command").and_then(Slash::read).unwrap_or(Slash::Incident);
    let ask = asked(slash, at(payload, "/text").unwrap_or_default().trim());
    Some(Request { incoming: Incoming { id: trigger, account, room: channel, ask }, back, cut: false })
}

/// Nothing, or nothing but the word for it, asks for the form.
fn asked(slash: Slash, text: &str) -> Ask {
    if slash != Slash::Incident {
        let (text, mentions) = mentions(text);
        return Ask::Line { text: format!("{} {text}", slash.typed()), mentions };
    }
    let declares = |verb: &Verb| verb.name == Name::Declare;
    if text.is_empty() || Verb::find(text).is_some_and(declares) {
        return Ask::Declare { from: None };
    }
    let (text, mentions) = mentions(text);
    Ask::Line { text, mentions }
}
