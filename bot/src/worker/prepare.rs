//! Preparing an effect: the recheck, and the text from the record as it is at this moment.

use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::effect::Work;
use firebell_core::ids::{PersonId, RoomId};
use firebell_core::incident::{Incident, Room, RoomState};
use firebell_core::view;

use super::Worker;
use super::material::{Material, Subject};
use crate::intake::Fault;
use crate::platform::console::room_name;
use crate::platform::{Envelope, Outgoing, Platform};
use crate::store::effects::Claimed;

impl Worker {
    /// What to send and to whom; `None` when it is no longer wanted.
    pub(super) fn prepare(
        &self,
        claimed: &Claimed,
        material: &Material,
    ) -> Result<Option<(Platform, Envelope)>, Fault> {
        let prepared = match &claimed.work {
            Work::Alarm { finding, person, method } => self.alarm(finding, (*person, *method), &material.directory)?,
            work => {
                let Some(subject) = material.subject(work) else { return Ok(None) };
                self.outgoing(work, &subject, &material.directory, claimed.again)?
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
        subject: &Subject<'_>,
        directory: &Directory,
        again: bool,
    ) -> Result<Option<(Platform, Outgoing)>, Fault> {
        let incident = subject.incident;
        let record = self.record(subject, directory);
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
                let Some(page) = subject.page.filter(|page| page.wants(*notice)) else { return Ok(None) };
                let Some((platform, account)) = self.account(*person, *method, directory) else { return Ok(None) };
                let Some(view) = view::NoticeView::of(&record, page, *notice, again) else { return Ok(None) };
                let text = self.intake.renderer.notice(platform.target(), &view)?;
                Ok(Some((platform, Outgoing::Notice { account, text })))
            }
            Work::Withdraw { notice, person, method, .. } => {
                let Some(page) = subject.page else { return Ok(None) };
                let Some((platform, account)) = self.account(*person, *method, directory) else { return Ok(None) };
                let Some(view) = view::WithdrawView::of(&record, page, *notice) else { return Ok(None) };
                let text = self.intake.renderer.withdraw(platform.target(), &view)?;
                Ok(Some((platform, Outgoing::Withdraw { account, text })))
            }
            Work::Alarm { .. } => Ok(None),
        }
    }

    fn record<'a>(&'a self, subject: &Subject<'a>, directory: &'a Directory) -> view::Record<'a> {
        view::Record {
            incident: subject.incident,
            entries: subject.entries,
            messages: &[],
            pages: subject.page.map_or(&[], std::slice::from_ref),
            directory,
            settings: &self.intake.settings,
            zone: chrono_tz::UTC,
            head: subject.head.clone(),
        }
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

/// The console knows people by their handle.
fn account_of(directory: &Directory, person: PersonId) -> Option<String> {
    directory.people.get(&person).map(|person| person.handle.to_string())
}
