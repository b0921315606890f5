//! The verbs about rooms, and about whoever asks.

use super::super::{Ask, Code, Command, Own, Query};
use super::words::Words;
use crate::refusal::Refusal;

/// `room [add] [place]`.
pub(super) fn room(words: &Words) -> Result<Ask, Refusal> {
    match words.first().map(str::to_lowercase).as_deref() {
        None => return Ok(Ask::Query(Query::Rooms)),
        Some("add" | "") => {}
        Some(other) => {
            return Err(words.refuse(&format!("\"{}\" is nothing to do with rooms", Refusal::quote(other))));
        }
    }
    words.at_most(2)?;
    let place = words.after_first().first().map(|token| token.text.trim()).filter(|place| !place.is_empty());
    let place = place.ok_or_else(|| words.refuse("say where, by the name of a workspace or a platform"))?;
    Ok(Ask::Command(Command::AddRoom { place: place.to_owned() }))
}

/// `mirror <on|off>`.
pub(super) fn mirror(words: &Words) -> Result<Ask, Refusal> {
    let word = words.first().ok_or_else(|| words.refuse("say on or off"))?;
    words.at_most(1)?;
    let on = match word.to_lowercase().as_str() {
        "on" => true,
        "off" => false,
        other => return Err(words.refuse(&format!("\"{}\" is neither on nor off", Refusal::quote(other)))),
    };
    Ok(Ask::Command(Command::Mirror { on }))
}

/// `me [link|unlink] [code|account]`. No refusal repeats what may be a code.
pub(super) fn me(words: &Words) -> Result<Ask, Refusal> {
    let rest = words.text("code", words.after_first())?;
    match (words.first().map(str::to_lowercase).as_deref(), rest) {
        (None, _) => Ok(Ask::Query(Query::Me)),
        (Some("link"), None) => Ok(Ask::Own(Own::Code)),
        (Some("link" | ""), Some(code)) => Ok(Ask::Own(Own::Link { code: Code(code) })),
        (Some("unlink"), Some(account)) => Ok(Ask::Own(Own::Unlink { account })),
        (Some("unlink"), None) => Err(words.refuse("say which account, by its id or its workspace")),
        (Some(_), _) => Err(words.refuse("say what to do with your accounts, link or unlink")),
    }
}
