//! What is told after the acknowledgement, by the first way that works.

use std::time::Duration;

use firebell_core::form::Form;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Calls, Place};
use crate::content::Content;
use crate::platform::answering::{insist, instead};
use crate::platform::incoming::Cited;
use crate::platform::inlet::{CallError, Step};
use crate::platform::slack::inbound::Back;
use crate::platform::slack::{blocks, text};

/// How long the address that came with a request may take.
const RESPONDED_WITHIN: Duration = Duration::from_secs(3);
/// How a person is told something.
#[derive(Clone, Copy)]
enum Way<'b> {
    Response(&'b str),
    Ephemeral(&'b str),
    Direct,
}

/// Carries out what an answer takes; what fails is told to whoever asked.
pub async fn carry_out(calls: &dyn Calls, back: &Back, cites: Option<&Cited>, steps: Vec<Step>) {
    for step in steps {
        match step {
            Step::Say(pages) => say(calls, back, &pages).await,
            Step::Upload { name, title, content, for_room, link } => {
                let room = back.channel.as_deref().filter(|_| for_room);
                upload(calls, back, (room, link), ([&name, &title], &content)).await;
            }
            Step::Open(form) => open(calls, back, cites, &form).await,
        }
    }
}

/// Tells whoever asked, and nobody else: where they asked, in the room that it was about, or in person.
pub async fn say(calls: &dyn Calls, back: &Back, pages: &[String]) {
    let mut ways = ways(back).into_iter();
    let mut way = ways.next();
    for page in pages {
        let message = blocks::message(page, &[]);
        let message = json!({ "text": message.fallback, "blocks": message.blocks });
        while let Some(by) = way {
            let Err(error) = insist(|| tell(calls, by, back, &message)).await else { break };
            tracing::debug!(%error, "an answer could not be told in one way; trying the next");
            way = ways.next();
        }
    }
    if way.is_none() && !pages.is_empty() {
        tracing::warn!(account = %back.account, "an answer could not be told; the command shows its result when it is repeated");
    }
}

fn ways(back: &Back) -> Vec<Way<'_>> {
    let response = back.response_url.as_ref().map(|url| Way::Response(url.expose()));
    let room = back.channel.as_deref().map(Way::Ephemeral);
    response.into_iter().chain(room).chain([Way::Direct]).collect()
}

fn tell<'c>(
    calls: &'c dyn Calls,
    way: Way<'c>,
    back: &'c Back,
    message: &Value,
) -> BoxFuture<'c, Result<(), CallError>> {
    let mut message = message.clone();
    match way {
        Way::Response(url) => {
            message["response_type"] = json!("ephemeral");
            // Otherwise the message with the button would be gone.
            message["replace_original"] = json!(false);
            respond(calls, url, message)
        }
        Way::Ephemeral(channel) => calls.ephemeral(channel, &back.account, message),
        Way::Direct => calls.direct(&back.account, message),
    }
}

/// Whoever asked is waiting, and there are other ways.
fn respond<'c>(calls: &'c dyn Calls, url: &'c str, message: Value) -> BoxFuture<'c, Result<(), CallError>> {
    let late = || CallError { retry_after: None, reason: "there was no answer in time".to_owned(), is_final: true };
    let answered = tokio::time::timeout(RESPONDED_WITHIN, calls.respond(url, message));
    Box::pin(async move { answered.await.unwrap_or_else(|_| Err(late())) })
}

/// Uploads to the room, if everybody there may have it; else, and where that fails, to whoever asked.
async fn upload(
    calls: &dyn Calls,
    back: &Back,
    (room, link): (Option<&str>, Option<&str>),
    ([name, title], content): ([&String; 2], &Content),
) {
    let mut reason = String::new();
    for (to, link) in room.map(|room| (room, link)).into_iter().chain([(back.account.as_str(), None)]) {
        match insist(|| calls.upload(to, name, title, content)).await {
            Ok(url) => return keep_at_hand(calls, to, link, &url).await,
            Err(error) => {
                tracing::warn!(%error, to, "a document could not be uploaded");
                reason = error.reason;
            }
        }
    }
    let told = format!(
        "{} could not be uploaded ({}). Ask for it again; if that fails too, see whether Firebell may write files.",
        text::inert(name),
        text::inert(&reason)
    );
    say(calls, back, &[told]).await;
}

/// The file is there, whatever becomes of the link to it.
async fn keep_at_hand(calls: &dyn Calls, room: &str, link: Option<&str>, url: &str) {
    let Some(title) = link.filter(|_| !url.is_empty()) else { return };
    if let Err(error) = insist(|| calls.link(room, title, url)).await {
        tracing::warn!(%error, room, title, "the link above a room does not lead to its newest document; the next export mends it");
    }
}

async fn open(calls: &dyn Calls, back: &Back, cites: Option<&Cited>, form: &Form) {
    let metadata = Place::new(form, back.channel.as_deref(), cites).write();
    let view = blocks::form(form, &metadata);
    let opened = match &back.trigger {
        // Once: a trigger is good for three seconds, and for one form.
        Some(trigger) => calls.open_view(trigger.expose(), view).await,
        None => Err(CallError { retry_after: None, reason: "there was no trigger".to_owned(), is_final: true }),
    };
    let Err(error) = opened else { return };
    tracing::debug!(%error, "a form could not be opened; whoever asked is told what to type");
    say(calls, back, &[instead(form)]).await;
}
