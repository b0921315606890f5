//! The front desk: what chat platforms bring in goes to intake, and what intake says goes back. It knows no platform, and
//! decides nothing; it finds out who somebody is, and which request a button, a form or a shortcut stands for.

mod answers;
mod choices;
mod events;
mod evidence;
mod forms;
mod home;
mod homes;
mod people;
mod requests;

use std::collections::HashMap;
use std::sync::Arc;

use firebell_core::directory::{ContactMethod, Standing};
use firebell_core::ids::WorkspaceId;
use futures_util::future::BoxFuture;

use self::homes::OpenHomes;
use crate::intake::{Fault, Intake};
use crate::platform::incoming::{Answer, Chat, Desk, Happening, Incoming, Kept, NotKept};
use crate::render::Target;
use crate::store::inbox;

/// How many kept requests are looked at in one go.
const WAITING_MAX: i64 = 1_000;

/// The desk of a process. Clones share it.
#[derive(Clone)]
pub struct FrontDesk {
    intake: Intake,
    doors: Arc<HashMap<WorkspaceId, Door>>,
    homes: Arc<OpenHomes>,
}

/// What the desk knows of a workspace.
#[derive(Clone)]
pub struct Door {
    pub chat: Arc<dyn Chat>,
    /// For whom texts are escaped.
    pub target: Target,
    /// By which people who were first seen here are reached, in this order.
    pub contacts: &'static [ContactMethod],
    /// What members of the workspace may do whom the directory does not hold.
    pub members: Standing,
}

impl FrontDesk {
    /// A desk for these workspaces.
    pub fn new(intake: Intake, doors: HashMap<WorkspaceId, Door>) -> Self {
        Self { intake, doors: Arc::new(doors), homes: Arc::default() }
    }

    fn door(&self, workspace: WorkspaceId) -> Result<&Door, NotKept> {
        self.doors.get(&workspace).ok_or(NotKept)
    }
}

impl Desk for FrontDesk {
    fn take(&self, workspace: WorkspaceId, incoming: Incoming) -> BoxFuture<'_, Result<Answer, NotKept>> {
        Box::pin(self.request(workspace, incoming))
    }

    fn keep<'d>(&'d self, workspace: WorkspaceId, id: &'d str, raw: &'d [u8]) -> BoxFuture<'d, Result<Kept, NotKept>> {
        Box::pin(async move {
            let sealed = self.intake.keyring.seal(INBOX, raw).map_err(|error| failed(&Fault::from(error)))?;
            let (id, now) = (kept_as(id), self.intake.clock.now());
            let kept = self.intake.store.write(move |tx| {
                let (id, sealed) = (id.clone(), sealed.clone());
                Box::pin(async move { inbox::keep(tx, (workspace, &id), &sealed, now).await })
            });
            let new = kept.await.map_err(|error| failed(&error.into()))?;
            Ok(if new { Kept::New } else { Kept::Known })
        })
    }

    fn hear(&self, workspace: WorkspaceId, id: String, happening: Happening) -> BoxFuture<'_, Result<(), NotKept>> {
        Box::pin(self.happened(workspace, id, happening))
    }

    fn done<'d>(&'d self, workspace: WorkspaceId, id: &'d str) -> BoxFuture<'d, Result<(), NotKept>> {
        Box::pin(async move {
            let id = kept_as(id);
            let done = self.intake.store.write(move |tx| {
                let id = id.clone();
                Box::pin(async move { inbox::done(tx, workspace, &id).await })
            });
            done.await.map_err(|error| failed(&error.into()))
        })
    }

    fn is_room<'d>(&'d self, workspace: WorkspaceId, room: &'d str) -> BoxFuture<'d, Result<bool, NotKept>> {
        Box::pin(self.holds_room(workspace, room))
    }

    fn waiting(&self, workspace: WorkspaceId) -> BoxFuture<'_, Result<Vec<(String, Vec<u8>)>, NotKept>> {
        Box::pin(async move {
            let until = self.intake.clock.now();
            let rows = self.intake.store.read(move |tx| Box::pin(inbox::waiting(tx, workspace, until, WAITING_MAX)));
            let rows = rows.await.map_err(|error| failed(&error.into()))?;
            let open = |(id, sealed): (String, Vec<u8>)| {
                let id = id.strip_prefix(KEPT).unwrap_or(&id).to_owned();
                let raw = self.intake.keyring.open(INBOX, &sealed);
                let raw = raw.inspect_err(|error| tracing::error!(%error, request = id, "kept request not opened"));
                Some((id, raw.ok()?))
            };
            Ok(rows.into_iter().filter_map(open).collect())
        })
    }
}

/// For what the seals of kept requests are made.
const INBOX: &str = "inbox";
/// Tells kept requests from replies, which are stored under ids of their own.
const KEPT: &str = "kept ";

fn kept_as(id: &str) -> String {
    format!("{KEPT}{id}")
}

/// What is left of a fault once the log knows of it.
fn failed(fault: &Fault) -> NotKept {
    tracing::error!(%fault, "what a chat platform brought in was not kept");
    NotKept
}
