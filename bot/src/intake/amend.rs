//! What people do to messages of their own, on a platform where they know them by the number in the record alone.

use std::sync::Arc;

use firebell_core::actor::Actor;
use firebell_core::directory::Directory;
use firebell_core::ids::{MessageId, WorkspaceId};
use firebell_core::message::{Amendment, Happened};
use firebell_core::policy;
use firebell_core::refusal::Refusal;

use super::told::Told;
use super::{Fault, Heard, Intake};
use crate::store::{StoreError, Tx, incidents, messages};

/// How many of somebody's messages are offered to be amended.
const OWN_MAX: i64 = 20;

/// The platform's id of a message, and when it was sent.
type Found = (String, chrono::DateTime<chrono::Utc>);

/// What somebody wants done to a message of theirs.
#[derive(Debug, Clone)]
pub struct Amend {
    pub workspace: WorkspaceId,
    /// The platform's id of the room that they are in.
    pub room: String,
    /// The platform's id of who asks.
    pub account: String,
    pub message: MessageId,
    pub amendment: Amendment,
}

impl Intake {
    /// Does it as its platform would, and hears of it.
    ///
    /// # Errors
    /// Nothing was stored. The inner refusal says why it cannot be done; to those who may not see the incident the room
    /// does not exist.
    pub async fn amend(&self, asked: Amend) -> Result<Result<(), Refusal>, Fault> {
        let (message, now) = (asked.message, self.clock.now());
        let told = Told::of_message(&message.to_string(), asked.workspace);
        let found = self.found(asked).await.inspect_err(|fault| told.failed(fault))?;
        let (asked, (external_id, sent_at)) = match found {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Amend { workspace, room, account: author, amendment, .. } = asked;
        let what = match amendment {
            Amendment::Edit { text } => Happened::Edited { author, at: now, text },
            Amendment::Delete => Happened::Deleted { at: now },
        };
        let (parent, wanted, files) = (None, false, Vec::new());
        let heard = self.hear(Heard { workspace, room, external_id, sent_at, parent, wanted, what, files }).await?;
        Ok(heard.and_then(|kept| kept.map(drop).ok_or_else(|| not_captured(message))))
    }

    /// What is asked, with what the platform calls the message and when it was sent.
    async fn found(&self, asked: Amend) -> Result<Result<(Amend, Found), Refusal>, Fault> {
        let directory = self.directory().await?;
        let found = self.store.read(move |tx| {
            Box::pin(async move { Ok(find(tx, &asked, &directory).await?.map(|found| (asked, found))) })
        });
        Ok(found.await?)
    }

    /// The numbers of somebody's messages in a room that they may amend, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn own_messages(
        &self,
        workspace: WorkspaceId,
        room: &str,
        account: &str,
    ) -> Result<Vec<MessageId>, Fault> {
        let directory = self.directory().await?;
        let Some(author) = directory.person_by_account(workspace, account).map(|person| person.id) else {
            return Ok(Vec::new());
        };
        let room = room.to_owned();
        let own = self.store.read(move |tx| {
            Box::pin(async move {
                match incidents::of_room(tx, workspace, &room).await? {
                    Some(place) => messages::own(tx, place, author, OWN_MAX).await,
                    None => Ok(Vec::new()),
                }
            })
        });
        Ok(own.await?)
    }
}

/// What the platform calls the message, and when it was sent, for its author in its room.
async fn find(
    tx: &mut Tx<'_>,
    asked: &Amend,
    directory: &Arc<Directory>,
) -> Result<Result<Found, Refusal>, StoreError> {
    let Amend { workspace, room, account, message, amendment } = asked;
    let Some(author) = directory.person_by_account(*workspace, account).map(|person| person.id) else {
        return Ok(Err(Refusal::UnknownPerson { named: Refusal::quote(account), nearest: None }));
    };
    let hidden = || Ok(Err(Refusal::UnknownRoom { named: Refusal::quote(room) }));
    let Some((id, here)) = incidents::of_room(tx, *workspace, room).await? else { return hidden() };
    let Some(loaded) = incidents::get(tx, id).await? else { return hidden() };
    if policy::may_see(&Actor::chat(author, *workspace), directory, &loaded.incident).is_err() {
        return hidden();
    }
    let place = messages::place(tx, id, *message).await?.filter(|(room, _)| *room == here);
    let held = messages::get(tx, id, *message).await?;
    let (Some((_, external_id)), Some(held)) = (place, held) else {
        return Ok(Err(Refusal::NoMessage { incident: id, message: *message }));
    };
    Ok(held.refuse_amending(author, amendment).map(|()| (external_id, held.sent_at)))
}

fn not_captured(message: MessageId) -> Refusal {
    let message = format!("messages are no longer captured here, so {message} stays as it is");
    Refusal::NotAllowed { message }
}
