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
use crate::platform::{Account, Envelope, Outgoing, Platform};
use crate::store::effects::Claimed;

/// Why nothing is sent.
pub(super) enum Unsent {
    /// It is no longer wanted.
    Unwanted,
    /// It is wanted still, and this process has not what it goes through.
    Elsewhere,
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Unsent {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

impl Worker {
    /// What to send and to whom.
    pub(super) fn prepare(&self, claimed: &Claimed, material: &Material) -> Result<(Platform, Envelope), Unsent> {
        let (platform, what) = match &claimed.work {
            Work::Alarm { finding, person, method } => self.alarm(finding, (*person, *method), &material.directory)?,
            work => {
                let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
                self.outgoing(work, &subject, &material.directory, claimed.again)?
            }
        };
        Ok((platform, Envelope { key: claimed.key.clone(), again: claimed.again, what }))
    }

    fn alarm(
        &self,
        finding: &str,
        (person, method): (PersonId, ContactMethod),
        directory: &Directory,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let (platform, account) = self.account(person, method, directory)?;
        let text = self.intake.renderer.alarm(platform.target(), &view::AlarmView::of(finding))?;
        Ok((platform, Outgoing::Alarm { account, text }))
    }

    fn outgoing(
        &self,
        work: &Work,
        subject: &Subject<'_>,
        directory: &Directory,
        again: bool,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let incident = subject.incident;
        let record = self.record(subject, directory);
        match work {
            Work::OpenRoom { room, .. } => {
                let (platform, _) = self.room(incident, *room)?;
                let private = incident.is_private();
                let name = room_name(incident.id, &incident.title, private);
                Ok((platform, Outgoing::OpenRoom { name, private, requested_at: incident.declared.at, adopts: None }))
            }
            Work::CloseRoom { room, .. } => {
                let (platform, room) = self.open_room(incident, *room)?;
                Ok((platform, Outgoing::CloseRoom { room }))
            }
            Work::Invite { room, person, .. } => {
                let (platform, room) = self.open_room(incident, *room)?;
                let account = account_of(directory, *person)?;
                Ok((platform, Outgoing::Invite { room, account }))
            }
            Work::Post { room, entry, .. } => {
                let (platform, room) = self.open_room(incident, *room)?;
                let view = view::PostView::of(&record, *entry).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.post(platform.target(), &view)?;
                Ok((platform, Outgoing::Post { room, text, controls: Vec::new() }))
            }
            Work::Notice { notice, person, method, .. } => {
                // The recheck: never for a page that was acknowledged meanwhile.
                let page = subject.page.filter(|page| page.wants(*notice)).ok_or(Unsent::Unwanted)?;
                let (platform, account) = self.account(*person, *method, directory)?;
                let view = view::NoticeView::of(&record, page, *notice, again).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.notice(platform.target(), &view)?;
                Ok((platform, Outgoing::Notice { account, text, controls: Vec::new() }))
            }
            Work::Withdraw { notice, person, method, .. } => {
                let page = subject.page.ok_or(Unsent::Unwanted)?;
                let (platform, account) = self.account(*person, *method, directory)?;
                let view = view::WithdrawView::of(&record, page, *notice).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.withdraw(platform.target(), &view)?;
                Ok((platform, Outgoing::Withdraw { account, text, notice: None }))
            }
            Work::Alarm { .. } => Err(Unsent::Unwanted),
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

    fn room<'i>(&self, incident: &'i Incident, id: RoomId) -> Result<(Platform, &'i Room), Unsent> {
        let room = incident.room(id).ok_or(Unsent::Unwanted)?;
        let platform = self.platform(room.workspace).ok_or(Unsent::Elsewhere)?;
        Ok((platform, room))
    }

    fn open_room(&self, incident: &Incident, id: RoomId) -> Result<(Platform, String), Unsent> {
        let (platform, room) = self.room(incident, id)?;
        match &room.state {
            RoomState::Open { external_id, .. } => Ok((platform, external_id.clone())),
            RoomState::Requested | RoomState::Failed { .. } | RoomState::Closed { .. } => Err(Unsent::Unwanted),
        }
    }

    fn account(
        &self,
        person: PersonId,
        method: ContactMethod,
        directory: &Directory,
    ) -> Result<(Platform, Account), Unsent> {
        let platform = self.platform_for(method).ok_or(Unsent::Elsewhere)?;
        Ok((platform, account_of(directory, person)?))
    }
}

/// The console knows people by their handle.
fn account_of(directory: &Directory, person: PersonId) -> Result<Account, Unsent> {
    directory.people.get(&person).map(|person| Account::Id(person.handle.to_string())).ok_or(Unsent::Unwanted)
}
