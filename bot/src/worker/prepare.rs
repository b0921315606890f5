//! Preparing an effect: the recheck, and the text from the record as it is at this moment.

use std::sync::Arc;

use firebell_core::chain::Hash;
use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::effect::Work;
use firebell_core::ids::{EntryId, IncidentId, PageId, PersonId, RoomId};
use firebell_core::incident::{Incident, Room, RoomState};
use firebell_core::paging::page::Page;
use firebell_core::timeline::Entry;
use firebell_core::view;

use super::Worker;
use crate::intake::Fault;
use crate::platform::console::room_name;
use crate::platform::{Envelope, Outgoing, Platform};
use crate::store::effects::Claimed;
use crate::store::incidents::Loaded;
use crate::store::{StoreError, Tx, entries, incidents, pages};

/// What one effect is rendered from.
struct Material {
    loaded: Loaded,
    entries: Vec<Entry>,
    page: Option<Page>,
    anchor: Option<(i64, Hash, String)>,
}

impl Worker {
    /// What to send and to whom; `None` when it is no longer wanted.
    pub(super) async fn prepare(&self, claimed: &Claimed) -> Result<Option<(Platform, Envelope)>, Fault> {
        let prepared = match &claimed.work {
            Work::Alarm { finding, person, method } => {
                self.alarm(finding, (*person, *method), &*self.intake.directory().await?)?
            }
            work => {
                let Some((directory, material)) = self.material(work).await? else { return Ok(None) };
                self.outgoing(work, &material, &directory, claimed.again)?
            }
        };
        Ok(prepared.map(|(platform, what)| {
            let envelope = Envelope { key: claimed.key.clone(), again: claimed.again, what };
            (platform, envelope)
        }))
    }

    fn alarm(
        &self,
        finding: &str,
        (person, method): (PersonId, ContactMethod),
        directory: &Directory,
    ) -> Result<Option<(Platform, Outgoing)>, Fault> {
        let Some((platform, account)) = self.account(person, method, directory) else { return Ok(None) };
        let text = self.intake.renderer.alarm(platform.target(), &view::AlarmView::of(finding))?;
        Ok(Some((platform, Outgoing::Alarm { account, text })))
    }

    fn outgoing(
        &self,
        work: &Work,
        material: &Material,
        directory: &Arc<Directory>,
        again: bool,
    ) -> Result<Option<(Platform, Outgoing)>, Fault> {
        let incident = &material.loaded.incident;
        let record = self.record(material, directory);
        match work {
            Work::OpenRoom { room, .. } => {
                let Some((platform, _)) = self.room(incident, *room) else { return Ok(None) };
                let private = incident.is_private();
                let name = room_name(incident.id, &incident.title, private);
                Ok(Some((platform, Outgoing::OpenRoom { name, private })))
            }
            Work::CloseRoom { room, .. } => {
                Ok(self.open_room(incident, *room).map(|(platform, room)| (platform, Outgoing::CloseRoom { room })))
            }
            Work::Invite { room, person, .. } => {
                let Some((platform, room)) = self.open_room(incident, *room) else { return Ok(None) };
                let Some(account) = account_of(directory, *person) else { return Ok(None) };
                Ok(Some((platform, Outgoing::Invite { room, account })))
            }
            Work::Post { room, entry, .. } => {
                let Some((platform, room)) = self.open_room(incident, *room) else { return Ok(None) };
                let Some(view) = view::PostView::of(&record, *entry) else { return Ok(None) };
                let text = self.intake.renderer.post(platform.target(), &view)?;
                Ok(Some((platform, Outgoing::Post { room, text })))
            }
            Work::Notice { notice, person, method, .. } => {
                // The recheck: never for a page that was acknowledged meanwhile.
                let Some(page) = material.page.as_ref().filter(|page| page.wants(*notice)) else { return Ok(None) };
                let Some((platform, account)) = self.account(*person, *method, directory) else { return Ok(None) };
                let Some(view) = view::NoticeView::of(&record, page, *notice, again) else { return Ok(None) };
                let text = self.intake.renderer.notice(platform.target(), &view)?;
                Ok(Some((platform, Outgoing::Notice { account, text })))
            }
            Work::Withdraw { notice, person, method, .. } => {
                let Some(page) = material.page.as_ref() else { return Ok(None) };
                let Some((platform, account)) = self.account(*person, *method, directory) else { return Ok(None) };
                let Some(view) = view::WithdrawView::of(&record, page, *notice) else { return Ok(None) };
                let text = self.intake.renderer.withdraw(platform.target(), &view)?;
                Ok(Some((platform, Outgoing::Withdraw { account, text })))
            }
            Work::Alarm { .. } => Ok(None),
        }
    }

    fn record<'a>(&'a self, material: &'a Material, directory: &'a Directory) -> view::Record<'a> {
        let head =
            material.anchor.clone().map_or_else(no_head, |(seq, hash, signature)| view::Head { seq, hash, signature });
        view::Record {
            incident: &material.loaded.incident,
            entries: &material.entries,
            messages: &[],
            pages: material.page.as_slice(),
            directory,
            settings: &self.intake.settings,
            zone: chrono_tz::UTC,
            head,
        }
    }

    /// The directory and the record as one snapshot has them.
    async fn material(&self, work: &Work) -> Result<Option<(Arc<Directory>, Material)>, StoreError> {
        let Some(incident) = work.incident() else { return Ok(None) };
        let wants = Wants {
            incident,
            entry: match work {
                Work::Post { entry, .. } => Some(*entry),
                _ => None,
            },
            page: match work {
                Work::Notice { page, .. } | Work::Withdraw { page, .. } => Some(*page),
                _ => None,
            },
        };
        let intake = self.intake.clone();
        let read = self.intake.store.read(move |tx| {
            Box::pin(async move {
                let directory = intake.directory_in(tx).await?;
                Ok(load(tx, wants).await?.map(|material| (directory, material)))
            })
        });
        read.await
    }

    fn room<'i>(&self, incident: &'i Incident, id: RoomId) -> Option<(Platform, &'i Room)> {
        let room = incident.room(id)?;
        Some((self.platform(room.workspace)?, room))
    }

    fn open_room(&self, incident: &Incident, id: RoomId) -> Option<(Platform, String)> {
        let (platform, room) = self.room(incident, id)?;
        match &room.state {
            RoomState::Open { external_id, .. } => Some((platform, external_id.clone())),
            RoomState::Requested | RoomState::Failed { .. } | RoomState::Closed { .. } => None,
        }
    }

    fn account(&self, person: PersonId, method: ContactMethod, directory: &Directory) -> Option<(Platform, String)> {
        let platform = self.platform_for(method)?;
        Some((platform, account_of(directory, person)?))
    }
}

#[derive(Clone, Copy)]
struct Wants {
    incident: IncidentId,
    entry: Option<EntryId>,
    page: Option<PageId>,
}

async fn load(tx: &mut Tx<'_>, wants: Wants) -> Result<Option<Material>, StoreError> {
    let Some(loaded) = incidents::get(tx, wants.incident).await? else { return Ok(None) };
    let page = match wants.page {
        Some(page) => pages::get(tx, page).await?,
        None => None,
    };
    // A notice says what the entry says that raised its page.
    let entries = match wants.entry.or(page.as_ref().map(|page| page.raised)) {
        Some(entry) => entries::amended(tx, wants.incident, entry).await?,
        None => Vec::new(),
    };
    let anchors = entries::anchors(tx, &wants.incident.to_string()).await?;
    Ok(Some(Material { loaded, entries, page, anchor: anchors.into_iter().next_back() }))
}

/// The console knows people by their handle.
fn account_of(directory: &Directory, person: PersonId) -> Option<String> {
    directory.people.get(&person).map(|person| person.handle.to_string())
}

/// For views that carry no anchor.
pub(super) fn no_head() -> view::Head {
    view::Head { seq: 0, hash: Hash::ZERO, signature: String::new() }
}
