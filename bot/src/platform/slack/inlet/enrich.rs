//! What payloads do not tell: names behind ids, messages that are only pointed at, and marks that are left.

use std::time::Duration;

use firebell_core::message::Happened;
use serde_json::Value;

use super::{Settings, SlackWire};
use crate::platform::incoming::{Ask, Happening, Incoming, Lost, Said};
use crate::platform::inlet::{CallError, Request, What};
use crate::platform::slack::inbound::{Back, instant, is_evidence, is_marked, said};

/// How long a person's request waits for it: Slack waits three seconds for the whole.
const FOR_REQUESTS: Duration = Duration::from_millis(700);

impl SlackWire {
    /// A request with its texts as a person sees them, as far as Slack says so in time.
    pub(super) async fn with_texts(&self, request: Request<Back>) -> Incoming {
        let Request { mut incoming, cut, .. } = request;
        let limit = tokio::time::Instant::now() + FOR_REQUESTS;
        match &mut incoming.ask {
            Ask::Line { text, .. } => *text = self.named_by(limit, text).await,
            Ask::Mark { message: cited } | Ask::Evidence { message: cited } | Ask::Declare { from: Some(cited) } => {
                cited.message.text = self.named_by(limit, &cited.message.text).await;
            }
            Ask::Submit { cites: Some(cited), .. } if cut => {
                let whole = tokio::time::timeout_at(limit, self.fetched(&cited.room, &cited.message)).await;
                if let Ok(Ok(Some(message))) = whole {
                    cited.message.text = self.named_by(limit, &message.text).await;
                }
            }
            Ask::Submit { .. } | Ask::Declare { .. } | Ask::Press { .. } | Ask::Options { .. } => {}
        }
        incoming
    }

    /// What happened with everything that Slack knows of it; `None` where it comes to nothing, as when one of several marks
    /// is taken away.
    pub(super) async fn with_all(&self, what: &What) -> Result<Option<Happening>, CallError> {
        let left = self.lost(what).await?;
        let mut happening = match what {
            What::Happening(Happening::Unmarked { room, message, by, means, .. }) => {
                let Some(lost) = left else { return Ok(None) };
                let (room, message, by, means) = (room.clone(), message.clone(), by.clone(), means.clone());
                Happening::Unmarked { room, message, by, means, lost }
            }
            What::Happening(happening) => happening.clone(),
            What::Mark(mark) => {
                let message = self.calls.message(&mark.room, &mark.message, None).await?;
                let message = message.as_ref().and_then(|raw| said(raw, Some(&mark.message)));
                mark.on(message.filter(|message| message.id == mark.message), instant(&mark.message))
            }
        };
        if let Some(text) = text_of(&mut happening) {
            *text = self.names.plain(text).await?;
        }
        Ok(Some(happening))
    }

    /// What a message is no more since a mark was taken away from it; `None` where nothing is, because it bears another.
    async fn lost(&self, what: &What) -> Result<Option<Lost>, CallError> {
        let What::Happening(Happening::Unmarked { room, message, lost, .. }) = what else { return Ok(None) };
        let message = self.calls.message(room, message, None).await?;
        let bears = |is: fn(&Value, &Settings) -> bool| message.as_ref().is_some_and(|held| is(held, &self.settings));
        Ok(lost.beside(bears(is_marked), bears(is_evidence)))
    }

    /// The same with no more than what is known without asking.
    pub(super) fn as_known(&self, what: &What) -> Happening {
        let mut happening = match what {
            What::Happening(happening) => happening.clone(),
            What::Mark(mark) => mark.on(None, instant(&mark.message)),
        };
        if let Some(text) = text_of(&mut happening) {
            *text = self.names.plain_as_known(text);
        }
        happening
    }

    async fn named_by(&self, limit: tokio::time::Instant, text: &str) -> String {
        match tokio::time::timeout_at(limit, self.names.plain(text)).await {
            Ok(Ok(text)) => text,
            Ok(Err(_)) | Err(_) => self.names.plain_as_known(text),
        }
    }

    async fn fetched(&self, room: &str, message: &Said) -> Result<Option<Said>, CallError> {
        let raw = self.calls.message(room, &message.id, message.parent.as_deref()).await?;
        Ok(raw.and_then(|raw| said(&raw, Some(&message.id))).filter(|fetched| fetched.id == message.id))
    }
}

fn text_of(happening: &mut Happening) -> Option<&mut String> {
    match happening {
        Happening::Message { what: Happened::Said { text, .. } | Happened::Edited { text, .. }, .. } => Some(text),
        Happening::Marked { message, .. } => Some(&mut message.text),
        Happening::Message { what: Happened::Deleted { .. }, .. }
        | Happening::Unmarked { .. }
        | Happening::Joined { .. }
        | Happening::Home { .. }
        | Happening::RoomGone { .. } => None,
    }
}
