//! Waiting for what a line set off.

use std::time::Duration;

use super::Session;
use crate::console::ConsoleError;
use crate::replay::room_of;
use crate::worker::LEASE;

/// How long the next prompt waits for the room of a declaration; it is entered later where that is not enough.
const ROOM_PATIENCE: Duration = Duration::from_secs(3);
/// How long the next line waits for what the one before it set off.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause between two looks: hints can be missed.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Session {
    /// Takes whoever declared into the new room as soon as it is open.
    pub(super) async fn follow(&mut self) -> Result<(), ConsoleError> {
        let Some((speaker, incident)) = self.awaited.take() else { return Ok(()) };
        let app = self.app.clone();
        let opened = async {
            let mut hints = app.store.changed();
            loop {
                if let Some(room) = room_of(&app, incident).await? {
                    return Ok::<_, ConsoleError>(room);
                }
                let _ = tokio::time::timeout(LOOK_AGAIN, hints.changed()).await;
            }
        };
        match tokio::time::timeout(ROOM_PATIENCE, opened).await {
            Ok(Ok(room)) => {
                self.rooms.insert(speaker, room.clone());
                self.last_room = Some(room);
            }
            Ok(Err(ConsoleError::Fault(_))) | Err(_) if self.typed => self.awaited = Some((speaker, incident)),
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    /// Returns once nothing is due or under way at this instant, in this process or, for a while, in another.
    pub(super) async fn settled(&self) -> Result<(), ConsoleError> {
        let engine = &self.app.engine;
        let all_done = async {
            let mut hints = self.app.store.changed();
            loop {
                engine.settle().await?;
                let now = self.app.intake.clock.now();
                let due = self.app.intake.next_due().await?.is_some_and(|at| at <= now);
                // What another has claimed is ready again at the end of its lease, and not before.
                let soon = now.checked_add_signed(LEASE).unwrap_or(now);
                let under_way = engine.worker.next_ready().await?.is_some_and(|at| at <= soon);
                if !due && !under_way {
                    return Ok::<_, ConsoleError>(());
                }
                let _ = tokio::time::timeout(LOOK_AGAIN, hints.changed()).await;
            }
        };
        tokio::time::timeout(PATIENCE, all_done).await.unwrap_or(Ok(()))
    }
}
