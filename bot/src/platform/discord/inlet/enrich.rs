//! What payloads do not tell: names behind ids, messages that are only pointed at, marks that are left, and which room a
//! thread belongs to.

use std::sync::PoisonError;
use std::time::Duration;

use firebell_core::file::Attached;
use firebell_core::message::Happened;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::DiscordWire;
use crate::platform::discord::answer::Channel;
use crate::platform::discord::inbound::{Back, Settings, is_evidence, is_marked, said};
use crate::platform::discord::snowflake::time_of;
use crate::platform::incoming::{Ask, Cited, Happening, Incoming, Lost, Said};
use crate::platform::inlet::{CallError, Request, UNREAD, What};

/// How long a person's request waits for it: Discord waits three seconds for the whole.
const FOR_REQUESTS: Duration = Duration::from_millis(700);
/// How many channels are remembered; a guild has no more than a thousand threads that are in use.
const REMEMBERED: usize = 5_000;

impl DiscordWire {
    /// A request with its texts as a person sees them, as far as Discord says so in time.
    pub(super) async fn with_texts(&self, request: Request<Back>) -> Incoming {
        let Request { mut incoming, .. } = request;
        let limit = Instant::now() + FOR_REQUESTS;
        if let Some(channel) = &incoming.room
            && let Ok(Ok((room, _))) = timeout_at(limit, self.place(channel)).await
        {
            incoming.room = Some(room);
        }
        match &mut incoming.ask {
            Ask::Line { text, .. } => *text = self.named_by(limit, text).await,
            Ask::Mark { message: cited } | Ask::Evidence { message: cited } | Ask::Declare { from: Some(cited) } => {
                self.cite(limit, cited, false).await;
            }
            Ask::Submit { cites: Some(cited), .. } => self.cite(limit, cited, true).await,
            Ask::Submit { .. } | Ask::Declare { .. } | Ask::Press { .. } | Ask::Options { .. } => {}
        }
        incoming
    }

    /// A message that somebody points at, where it belongs; of a form only its id came back.
    async fn cite(&self, limit: Instant, cited: &mut Cited, fetch: bool) {
        if fetch {
            let found = timeout_at(limit, self.fetched(&cited.room, &cited.message.id)).await;
            match found {
                Ok(Ok(Some(message))) => cited.message = message,
                Ok(Ok(None) | Err(_)) | Err(_) => UNREAD.clone_into(&mut cited.message.text),
            }
        }
        if let Ok(Ok((room, thread))) = timeout_at(limit, self.place(&cited.room)).await {
            cited.room = room;
            cited.message.parent = cited.message.parent.take().or(thread);
        }
        let text = self.named_by(limit, &cited.message.text).await;
        cited.message.text = with_files(text, &cited.message.files);
    }

    /// What happened with everything that Discord knows of it; `None` where it comes to nothing, as when one of several
    /// marks is taken away.
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
                let message = self.fetched(&mark.room, &mark.message).await?.filter(legible);
                mark.on(message, time_of(&mark.message))
            }
        };
        if let Some((text, files)) = text_of(&mut happening) {
            *text = with_files(self.names.plain(text).await?, files);
        }
        self.settle(&mut happening).await?;
        Ok(Some(happening))
    }

    /// The same with no more than what is known without asking.
    pub(super) fn as_known(&self, what: &What) -> Happening {
        let mut happening = match what {
            What::Happening(happening) => happening.clone(),
            What::Mark(mark) => mark.on(None, time_of(&mark.message)),
        };
        if let Some((text, files)) = text_of(&mut happening) {
            *text = with_files(self.names.plain_as_known(text), files);
        }
        happening
    }

    /// Has what happened in a thread of a room happen in the room.
    async fn settle(&self, happening: &mut Happening) -> Result<(), CallError> {
        let (room, parent) = match happening {
            Happening::Message { room, parent, .. } => (room, Some(parent)),
            Happening::Marked { room, message, .. } => (room, Some(&mut message.parent)),
            Happening::Unmarked { room, .. } | Happening::Joined { room, .. } => (room, None),
            Happening::RoomGone { .. } | Happening::Home { .. } => return Ok(()),
        };
        let (place, thread) = self.place(room).await?;
        *room = place;
        if let (Some(parent), Some(thread)) = (parent, thread) {
            parent.get_or_insert(thread);
        }
        Ok(())
    }

    /// The room that a channel is, or that it is a thread of, with the thread's id: that of the message which began it.
    async fn place(&self, channel: &str) -> Result<(String, Option<String>), CallError> {
        let unknown =
            CallError { retry_after: None, reason: "the rooms could not be read".to_owned(), is_final: false };
        let is_room = |channel: String| async move { self.desk.is_room(self.workspace, &channel).await };
        if is_room(channel.to_owned()).await.map_err(|_| unknown.clone())? {
            return Ok((channel.to_owned(), None));
        }
        if let Some(Channel { thread_of: Some(parent), .. }) = self.channel(channel).await?
            && is_room(parent.clone()).await.map_err(|_| unknown)?
        {
            return Ok((parent, Some(channel.to_owned())));
        }
        Ok((channel.to_owned(), None))
    }

    async fn channel(&self, id: &str) -> Result<Option<Channel>, CallError> {
        let known = self.channels.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = self.calls.channel(id).await?;
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if channels.len() >= REMEMBERED {
            channels.clear();
        }
        channels.insert(id.to_owned(), found.clone());
        Ok(found)
    }

    /// What a message is no more since a mark was taken away from it; `None` where nothing is, because it bears another.
    async fn lost(&self, what: &What) -> Result<Option<Lost>, CallError> {
        let What::Happening(Happening::Unmarked { room, message, lost, .. }) = what else { return Ok(None) };
        let message = self.calls.message(room, message).await?;
        let bears = |is: fn(&Value, &Settings) -> bool| message.as_ref().is_some_and(|held| is(held, &self.settings));
        Ok(lost.beside(bears(is_marked), bears(is_evidence)))
    }

    async fn named_by(&self, limit: Instant, text: &str) -> String {
        match timeout_at(limit, self.names.plain(text)).await {
            Ok(Ok(text)) => text,
            Ok(Err(_)) | Err(_) => self.names.plain_as_known(text),
        }
    }

    /// A message as it stands in its channel. It does not name its guild, which the address of it needs.
    async fn fetched(&self, channel: &str, message: &str) -> Result<Option<Said>, CallError> {
        let Some(mut raw) = self.calls.message(channel, message).await? else { return Ok(None) };
        raw["guild_id"] = Value::String(self.settings.guild.clone());
        Ok(said(&raw))
    }
}

/// The words, and a line for each file.
fn with_files(text: String, files: &[Attached]) -> String {
    let lines = files.iter().map(Attached::line);
    let words = Some(text).filter(|text| !text.is_empty());
    words.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn text_of(happening: &mut Happening) -> Option<(&mut String, &[Attached])> {
    match happening {
        Happening::Message { what: Happened::Said { text, .. } | Happened::Edited { text, .. }, files, .. } => {
            Some((text, files))
        }
        Happening::Marked { message, .. } => Some((&mut message.text, &message.files)),
        Happening::Message { what: Happened::Deleted { .. }, .. }
        | Happening::Unmarked { .. }
        | Happening::Joined { .. }
        | Happening::Home { .. }
        | Happening::RoomGone { .. } => None,
    }
}

/// A message that could be read: without the right to read what people write Discord leaves it empty.
fn legible(message: &Said) -> bool {
    !message.text.is_empty() || !message.files.is_empty()
}
