//! What platforms ask of rooms and what is in them, by their own ids.

use chrono::{DateTime, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::ids::{IncidentId, MessageId, PersonId, RoomId, WorkspaceId};

use super::load::Before;
use super::round::Unattended;
use super::{Fault, Intake, RACES};
use crate::store::{StoreError, Tx, Writes, copies, incidents, messages, pages};

impl Intake {
    /// The incident and the room that a platform's room is.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn room(
        &self,
        workspace: WorkspaceId,
        external_id: &str,
    ) -> Result<Option<(IncidentId, RoomId)>, StoreError> {
        let external_id = external_id.to_owned();
        let look = self.store.look(move |tx| {
            let external_id = external_id.clone();
            Box::pin(async move { incidents::of_room(tx, workspace, &external_id).await })
        });
        look.await
    }

    /// The captured message that a platform calls so, or of which it calls so a copy in another room.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn message_in(
        &self,
        workspace: WorkspaceId,
        room: &str,
        external_id: &str,
    ) -> Result<Option<(IncidentId, MessageId)>, StoreError> {
        let (room, external_id) = (room.to_owned(), external_id.to_owned());
        let read = self.store.read(move |tx| {
            let (room, external_id) = (room.clone(), external_id.clone());
            Box::pin(async move {
                let Some(place) = incidents::of_room(tx, workspace, &room).await? else { return Ok(None) };
                match messages::find(tx, place, &external_id).await? {
                    Some(message) => Ok(Some((place.0, message.id))),
                    None => copies::original(tx, place.1, &external_id).await,
                }
            })
        });
        read.await
    }

    /// The message of which a platform calls so a copy that is shown in a room.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn copied_in(
        &self,
        workspace: WorkspaceId,
        room: &str,
        external_id: &str,
    ) -> Result<Option<(IncidentId, MessageId)>, StoreError> {
        let (room, external_id) = (room.to_owned(), external_id.to_owned());
        let read = self.store.read(move |tx| {
            let (room, external_id) = (room.clone(), external_id.clone());
            Box::pin(async move {
                let Some((_, room)) = incidents::of_room(tx, workspace, &room).await? else { return Ok(None) };
                copies::original(tx, room, &external_id).await
            })
        });
        read.await
    }

    /// The incidents with open pages that wait for a person.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn pages_of(&self, person: PersonId) -> Result<Vec<IncidentId>, StoreError> {
        self.store.read(move |tx| Box::pin(pages::incidents_waiting_for(tx, person))).await
    }

    /// The open rooms of a workspace, each with the instant up to which what was said in it is known.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn open_rooms(&self, workspace: WorkspaceId) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        const ROOMS_MAX: i64 = 500;
        self.store.read(move |tx| Box::pin(incidents::open_rooms(tx, workspace, ROOMS_MAX))).await
    }

    /// A room is gone: somebody archived or deleted it. What it is no room of is passed over.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn room_gone(&self, workspace: WorkspaceId, external_id: &str) -> Result<(), Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let mut races = 0;
        loop {
            let (this, external_id) = (self.clone(), external_id.to_owned());
            let done = self.store.write(move |tx| {
                let (this, external_id) = (this.clone(), external_id.clone());
                Box::pin(async move { this.close_in(tx, (workspace, &external_id), (seed, now)).await })
            });
            match done.await {
                Err(StoreError::Conflict { .. }) if races < RACES => races += 1,
                done => return Ok(done?),
            }
        }
    }

    async fn close_in(
        &self,
        tx: &mut Tx<'_>,
        (workspace, external_id): (WorkspaceId, &str),
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let Some((id, room)) = incidents::of_room(tx, workspace, external_id).await? else { return Ok(()) };
        let loaded = incidents::lock_all(tx, &[id.0]).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        let directory = self.directory_in(tx).await?;
        let mut round = Unattended::new((self, directory), Actor::delivery(), (seed, now), (&before, Vec::new()));
        round.run(id, Command::RoomClosed { room });
        if let Some(decision) = round.decided() {
            let mut writes = Writes::new(tx);
            // A room that is gone pages nobody, so there is nothing to count.
            let _ = self.commit((tx, &mut writes), before, decision, (seed, now)).await?;
            writes.run(tx).await?;
        }
        Ok(())
    }
}
