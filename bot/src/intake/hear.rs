//! Messages in rooms: captured as rows with revisions, without touching the incident's version.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::ids::{IncidentId, MessageId, Minter, WorkspaceId};
use firebell_core::refusal::Refusal;
use firebell_core::settings::Capture;
use firebell_core::text::{self, TEXT_MAX};

use super::{Fault, Intake};
use crate::store::incidents;
use crate::store::messages::{self, Heard};

/// A message as a platform tells of it.
#[derive(Debug, Clone)]
pub struct Message {
    pub workspace: WorkspaceId,
    /// The platform's id of the room.
    pub room: String,
    /// The platform's id of the message, stable across deliveries.
    pub external_id: String,
    /// The platform's id of the author.
    pub author: String,
    pub sent_at: DateTime<Utc>,
    pub text: String,
}

impl Intake {
    /// Keeps a message of an incident's room, where messages are captured; answers its place in the record.
    ///
    /// # Errors
    /// Nothing was stored. The inner refusal is for texts that cannot be kept.
    pub async fn hear(&self, message: Message) -> Result<Result<Option<(IncidentId, MessageId)>, Refusal>, Fault> {
        if self.settings.capture == Capture::Marked {
            return Ok(Ok(None));
        }
        let text = match text::kept("message", &message.text, TEXT_MAX) {
            Ok(text) => text,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let directory = self.directory().await?;
        let Some(author) = directory.person_by_account(message.workspace, &message.author).map(|person| person.id)
        else {
            return Ok(Ok(None));
        };
        let salt = Minter::new(self.entropy.seed()?, message.sent_at).salt();
        let job = Arc::new((message, text));
        let write = self.store.write(move |tx| {
            let job = job.clone();
            Box::pin(async move {
                let (message, text) = &*job;
                let Some((incident, room)) = incidents::of_room(tx, message.workspace, &message.room).await? else {
                    return Ok(None);
                };
                let heard = Heard {
                    incident,
                    room,
                    external_id: message.external_id.clone(),
                    author,
                    sent_at: message.sent_at,
                    text: text.clone(),
                    salt,
                };
                Ok(Some((incident, messages::keep(tx, &heard).await?)))
            })
        });
        Ok(Ok(write.await?))
    }
}
