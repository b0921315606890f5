//! What follows a first answer:
//! <https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages>

use super::{Answer, Answered, lacking};
use crate::support::discord::interactions::{Interaction, TOKEN_LIFE};
use crate::support::discord::refusal::Refusal;
use crate::support::discord::request::Request;
use crate::support::discord::state::{Message, State};
use crate::support::fake::clock::micros;

const EPHEMERAL: u64 = 64;
const LOADING: u64 = 128;

pub(super) fn call(state: &mut State, method: &str, path: &str, request: &Request) -> Answered {
    let asked = whose(state, request)?;
    match (method, path) {
        ("POST", "/webhooks/{webhook_id}/{webhook_token}") => follow(state, &asked, request),
        (_, path) if path.contains("/messages/") => {
            let id =
                if path.ends_with("@original") { asked.original.clone() } else { Some(request.message().to_owned()) };
            let found =
                id.and_then(|id| state.any_message(&asked.channel, &id)).filter(|found| found.author == state.bot);
            let found = found.ok_or_else(|| Refusal::of(10008))?;
            of_message(state, method, &found, request)
        }
        _ => Err(lacking(state, request)),
    }
}

/// The interaction whose token it is.
fn whose(state: &State, request: &Request) -> Result<Interaction, Refusal> {
    let token = request.param("webhook_token");
    let known = state.interactions.iter().rev().find(|known| known.token == token);
    let found = known.filter(|_| request.param("webhook_id") == state.application).ok_or_else(|| Refusal::of(10015))?;
    if state.now - found.made > micros(TOKEN_LIFE) {
        return Err(Refusal::of(50027));
    }
    if found.shown.is_none() {
        return Err(Refusal::of(10015));
    }
    Ok(found.clone())
}

/// Right after an answer that says that the app thinks, this is the rest of that answer.
fn follow(state: &mut State, asked: &Interaction, request: &Request) -> Answered {
    let original = asked.original.as_ref().and_then(|id| state.any_message(&asked.channel, id));
    if let Some(original) = original.filter(Message::is_loading) {
        return of_message(state, "PATCH", &original, request);
    }
    let draft = state.draft(&asked.channel, ("", &request.body), request)?;
    let ephemeral = draft.flags & EPHEMERAL != 0;
    let message = state.say_for(asked, draft, ephemeral)?;
    Ok(Answer::from(state.message(&message)))
}

fn of_message(state: &mut State, method: &str, found: &Message, request: &Request) -> Answered {
    let ephemeral = found.flags & EPHEMERAL != 0;
    match method {
        "GET" => Ok(state.message(found).into()),
        "PATCH" | "POST" => {
            let mut after = state.changed(found, request)?;
            if found.is_loading() {
                after.flags &= !LOADING;
                after.edited = None;
            }
            state.put_message(after.clone());
            Ok(state.message(&after).into())
        }
        "DELETE" if ephemeral => {
            state.ephemerals.retain(|shown| shown.message.id != found.id);
            state.told += 1;
            Ok(Answer::nothing())
        }
        "DELETE" => {
            state.remove_message(&found.channel, &found.id);
            Ok(Answer::nothing())
        }
        _ => Err(lacking(state, request)),
    }
}
