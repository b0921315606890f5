//! What happened in chat: messages, marks, people who come into rooms.

use firebell_core::command::{Ask as Wants, CauseCommand, Command, Request, Support};
use firebell_core::ids::{IncidentId, MessageId, WorkspaceId};
use firebell_core::message::Happened;

use super::people::Nobody;
use super::{FrontDesk, failed};
use crate::intake::{From, Heard, Inbound, Says};
use crate::platform::incoming::{Cited, Happening, Lost, NotKept};

impl FrontDesk {
    /// Takes note of what happened; what concerns no incident is passed over.
    pub(super) async fn happened(
        &self,
        workspace: WorkspaceId,
        id: String,
        happening: Happening,
    ) -> Result<(), NotKept> {
        match happening {
            Happening::Message { room, id: external_id, sent_at, parent, what, files } => {
                // Most channels that the bot is in are no rooms, and who writes there is nobody's business.
                if !self.holds_room(workspace, &room).await? {
                    return Ok(());
                }
                if let Some(author) = author(&what) {
                    passes(self.person(workspace, author).await)?;
                }
                let heard = Heard { workspace, room, external_id, sent_at, parent, wanted: false, what, files };
                // A refusal is for texts that cannot be kept, and there is nobody to tell; the log has a line of it.
                let kept = self.intake.hear(heard).await.map_err(|_| NotKept)?;
                if let Err(refusal) = kept {
                    tracing::warn!(%refusal, message = id, "a message was not kept");
                }
                Ok(())
            }
            Happening::Marked { room, message, by, supports, .. } => {
                if !self.holds_room(workspace, &room).await? {
                    return Ok(());
                }
                let command = |message| {
                    if !supports {
                        return Command::Mark { message };
                    }
                    Command::Analysis(CauseCommand::Support { cause: None, by: Support::Message(message) })
                };
                // A copy stands for the message that it shows.
                if let Some((incident, message)) = self.copied(workspace, &room, &message.id).await? {
                    return self.by(workspace, (by, id), (incident, command(message))).await;
                }
                let cited = Cited { room, message, permalink: None };
                let Some(Some((incident, message))) = passes(self.captured(workspace, &cited).await)? else {
                    return Ok(());
                };
                self.by(workspace, (by, id), (incident, command(message))).await
            }
            Happening::Unmarked { room, message, by, lost, .. } => {
                let Some((incident, message)) = self.message(workspace, &room, &message).await? else { return Ok(()) };
                if lost != Lost::Mark {
                    let own = (by.clone(), format!("{id}/evidence"));
                    self.withdrawn(workspace, own, (incident, message)).await?;
                }
                if lost == Lost::Evidence {
                    return Ok(());
                }
                self.by(workspace, (by, id), (incident, Command::Unmark { message })).await
            }
            Happening::Joined { room, account } => self.joined(workspace, (room, account), id).await,
            Happening::Home { account } => self.home(workspace, account).await,
            Happening::RoomGone { room } => self.room_gone(workspace, &room).await,
        }
    }

    /// A command that somebody gave by pointing: refusals have nobody to go to, and most say that it is so already.
    pub(super) async fn by(
        &self,
        workspace: WorkspaceId,
        (account, id): (String, String),
        (incident, command): (IncidentId, Command),
    ) -> Result<(), NotKept> {
        if passes(self.person(workspace, &account).await)?.is_none() {
            return Ok(());
        }
        let request = Request { incident: Some(incident), ask: Wants::Command(command) };
        let inbound = Inbound {
            workspace,
            id,
            from: From::Account { external_id: account },
            room: None,
            says: Says::Request(Box::new(request)),
            target: self.door(workspace)?.target,
        };
        self.intake.take(inbound).await.map(drop).map_err(|_| NotKept)
    }

    async fn joined(
        &self,
        workspace: WorkspaceId,
        (room, account): (String, String),
        id: String,
    ) -> Result<(), NotKept> {
        let found = self.intake.room(workspace, &room).await.map_err(|error| failed(&error.into()))?;
        match found {
            Some((incident, _)) => self.by(workspace, (account, id), (incident, Command::Join)).await,
            None => Ok(()),
        }
    }

    async fn room_gone(&self, workspace: WorkspaceId, room: &str) -> Result<(), NotKept> {
        let gone = self.intake.room_gone(workspace, room).await;
        gone.map_err(|fault| failed(&fault))
    }

    pub(super) async fn holds_room(&self, workspace: WorkspaceId, room: &str) -> Result<bool, NotKept> {
        let found = self.intake.room(workspace, room).await.map_err(|error| failed(&error.into()))?;
        Ok(found.is_some())
    }

    /// The message of which a room shows a copy that the platform calls so.
    pub(super) async fn copied(
        &self,
        workspace: WorkspaceId,
        room: &str,
        external_id: &str,
    ) -> Result<Option<(IncidentId, MessageId)>, NotKept> {
        self.intake.copied_in(workspace, room, external_id).await.map_err(|error| failed(&error.into()))
    }

    async fn message(
        &self,
        workspace: WorkspaceId,
        room: &str,
        external_id: &str,
    ) -> Result<Option<(IncidentId, MessageId)>, NotKept> {
        self.intake.message_in(workspace, room, external_id).await.map_err(|error| failed(&error.into()))
    }
}

fn author(what: &Happened<String>) -> Option<&str> {
    match what {
        Happened::Said { author, .. } | Happened::Edited { author, .. } => Some(author),
        Happened::Deleted { .. } => None,
    }
}

/// Whoever the platform knows nothing of is passed over; while it does not answer, what happened is to be told again.
fn passes<T>(found: Result<T, Nobody>) -> Result<Option<T>, NotKept> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Nobody::Unknown) => Ok(None),
        Err(Nobody::Unanswered | Nobody::NotKept) => Err(NotKept),
    }
}
