//! Preparing an effect: the recheck, and the text from the record as it is at this moment.

use firebell_core::control::{Button, Control};
use firebell_core::directory::Directory;
use firebell_core::effect::{SetUp, Work};
use firebell_core::ids::{EntryId, RoomId};
use firebell_core::incident::{Channel, Incident, Room, RoomState, StatusWord};
use firebell_core::paging::page::DueStep;
use firebell_core::timeline::Change;
use firebell_core::view;

use super::Worker;
use super::accounts::Reached;
use super::files::Wanted;
use super::material::{Material, Subject};
use super::notify::{Letter, may_hear};
use crate::intake::Fault;
use crate::platform::{Envelope, Labels, Link, Outgoing, Platform};
use crate::render::Target;
use crate::store::copies::Shows;
use crate::store::effects::Claimed;
use crate::trackers::Order;

/// What is to be done, ready.
pub(super) enum Prepared {
    Send(Platform, Box<Envelope>),
    /// By a contact method that is no chat.
    Letter(Box<Letter>),
    /// A message is shown in another room, which shows this of it then.
    Show(Platform, Box<Envelope>, Shows),
    Copy(Wanted),
    /// A tracker keeps something.
    Ticket(Box<Order>),
    /// A target holds a postmortem.
    Publish(super::publish::Wanted),
}

/// Why nothing is sent.
pub(super) enum Unsent {
    /// It is no longer wanted.
    Unwanted,
    /// It is wanted, and takes nothing outside of the record.
    Done,
    /// It is wanted, and will never be possible.
    Impossible(String),
    /// It is wanted still, and something has to be there first that is on its way.
    NotYet,
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
    pub(super) fn prepare(&self, claimed: &Claimed, material: &Material) -> Result<Prepared, Unsent> {
        may_hear(&claimed.work, &material.directory)?;
        if let Some(prepared) = self.beside_chat(claimed, material) {
            return prepared;
        }
        let (platform, what) = match &claimed.work {
            Work::Alarm { finding, person, method } => {
                let Reached { platform, account, .. } = self.reached(*person, *method, &material.directory)?;
                let text = self.intake.renderer.alarm(platform.target(), &view::AlarmView::of(finding))?;
                (platform, Outgoing::Alarm { account, text })
            }
            Work::Synthetic { person, method, due } => {
                let Reached { platform, account, .. } = self.reached(*person, *method, &material.directory)?;
                let view = view::SyntheticView::of(material.directory.handle(*person), *due, claimed.again);
                let text = self.intake.renderer.synthetic(platform.target(), &view)?;
                (platform, Outgoing::Notice { account, room: None, text, controls: Vec::new() })
            }
            Work::TellLinked { person, workspace, linked } => {
                let platform = self.platform(*workspace).ok_or(Unsent::Elsewhere)?;
                let directory = &material.directory;
                let account = platform.account(*person, *workspace, directory).map_err(Unsent::Impossible)?;
                let account_view = view::AccountView::at(linked, &self.intake.places);
                let handle = directory.handle(*person).to_owned();
                let view = view::LinkedView { handle, account: account_view };
                let text = self.intake.renderer.linked(platform.target(), &view)?;
                (platform, Outgoing::Tell { account, text })
            }
            Work::TellUnproved { person, method, asked } => {
                let directory = &material.directory;
                let Reached { platform, account, .. } = self.reached(*person, *method, directory)?;
                let view = view::UnprovedView::of(directory.handle(*person), *asked);
                let text = self.intake.renderer.unproved(platform.target(), &view)?;
                (platform, Outgoing::Tell { account, text })
            }
            Work::TellOnCall { person, method, news } => {
                let Reached { platform, account, .. } = self.reached(*person, *method, &material.directory)?;
                let text = self.news((*person, *method), news, platform.target(), material)?;
                (platform, Outgoing::Tell { account, text })
            }
            Work::Digest { team, person, method, .. } => {
                let Reached { platform, account, .. } = self.reached(*person, *method, &material.directory)?;
                let zone = material.directory.people.get(person).map_or(chrono_tz::UTC, |held| held.zone);
                let text = self.digest(team, (Some(*method), zone), platform.target(), material)?;
                (platform, Outgoing::Tell { account, text })
            }
            Work::TeamDigest { team, channel, .. } => {
                let platform = self.platform(channel.workspace).ok_or(Unsent::Elsewhere)?;
                let zone = self.intake.settings.digest.as_ref().map_or(chrono_tz::UTC, |digest| digest.zone);
                let text = self.digest(team, (None, zone), platform.target(), material)?;
                (platform, Outgoing::Post { room: channel.external_id.clone(), text, controls: Vec::new() })
            }
            Work::Mirror { .. } => return self.mirrored(claimed, material),
            work @ Work::CopyFile { .. } => return self.wanted_file(work, material).map(Prepared::Copy),
            work => {
                let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
                match work {
                    Work::Notice { .. } | Work::Withdraw { .. } | Work::Tell { .. } => {
                        self.for_person(work, &subject, material, claimed.again)?
                    }
                    _ => self.for_room(work, &subject, material)?,
                }
            }
        };
        let envelope = Envelope { key: claimed.key.clone(), again: claimed.again, what };
        Ok(Prepared::Send(platform, Box::new(envelope)))
    }

    /// What goes to none of the chats; `None` where the work is one for a chat.
    fn beside_chat(&self, claimed: &Claimed, material: &Material) -> Option<Result<Prepared, Unsent>> {
        let ticket = || Some(self.order(claimed, material)?.map(|order| Prepared::Ticket(Box::new(order))));
        let copy = || Some(self.wanted_copy(claimed, material)?.map(Prepared::Publish));
        let letter = || Some(self.letter(claimed, material)?.map(|letter| Prepared::Letter(Box::new(letter))));
        ticket().or_else(copy).or_else(letter)
    }

    fn for_room(
        &self,
        work: &Work,
        subject: &Subject<'_>,
        material: &Material,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let (incident, directory) = (subject.incident, &*material.directory);
        match work {
            Work::OpenRoom { room, .. } => {
                let (platform, room) = self.room(incident, *room)?;
                let (name, private) = (platform.room_name(incident), incident.is_private());
                let (requested_at, adopts) = (incident.declared.at, room.adopts.clone());
                let labels = self.labels(incident);
                Ok((platform, Outgoing::OpenRoom { name, private, requested_at, adopts, labels }))
            }
            Work::CloseRoom { room, .. } => {
                // What was there before the incident stays when it is over.
                if incident.room(*room).is_some_and(|room| room.adopts.is_some()) {
                    return Err(Unsent::Done);
                }
                let (platform, room) = self.open_room(incident, *room)?;
                Ok((platform, Outgoing::CloseRoom { room }))
            }
            Work::Invite { room, person, .. } => {
                let (platform, external_id) = self.open_room(incident, *room)?;
                let workspace = self.room(incident, *room)?.1.workspace;
                let account = platform.account(*person, workspace, directory).map_err(Unsent::Impossible)?;
                Ok((platform, Outgoing::Invite { room: external_id, account }))
            }
            Work::SetUp { room, step, entry, .. } => self.set_up((*room, *step), *entry, subject, directory),
            // What is private by now is for no channel.
            Work::Call { .. } if incident.is_private() => Err(Unsent::Unwanted),
            Work::Call { channel, occasion, .. } => {
                let platform = self.platform(channel.workspace).ok_or(Unsent::Elsewhere)?;
                let text = self.called(subject, *occasion, directory, platform.target())?;
                let controls = vec![Control::of(Button::Acknowledge, incident.id)];
                Ok((platform, Outgoing::Post { room: channel.external_id.clone(), text, controls }))
            }
            Work::Announce { channel, entry, .. } => self.announce(channel, *entry, subject, directory),
            Work::Post { room: at, entry, .. } => {
                let (platform, room) = self.open_room(incident, *at)?;
                if tells_of_a_room(subject, *entry) {
                    let view = view::RoomsView::besides(incident, &self.intake.places, *at);
                    let text = self.intake.renderer.elsewhere(platform.target(), &view)?;
                    return Ok((platform, Outgoing::Post { room, text, controls: Vec::new() }));
                }
                let record = self.record(subject, directory, platform.target());
                let view = view::PostView::of(&record, *entry).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.post(platform.target(), &view)?;
                Ok((platform, Outgoing::Post { room, text, controls: controls(subject, *entry) }))
            }
            Work::Notice { .. }
            | Work::Ticket { .. }
            | Work::Publish { .. }
            | Work::Digest { .. }
            | Work::TeamDigest { .. }
            | Work::Hook { .. }
            | Work::Withdraw { .. }
            | Work::Tell { .. }
            | Work::Alarm { .. }
            | Work::Synthetic { .. }
            | Work::ContactCode { .. }
            | Work::TellReplaced { .. }
            | Work::TellUnproved { .. }
            | Work::TellLinked { .. }
            | Work::TellOnCall { .. }
            | Work::Mirror { .. }
            | Work::CopyFile { .. } => Err(Unsent::Unwanted),
        }
    }

    fn for_person(
        &self,
        work: &Work,
        subject: &Subject<'_>,
        material: &Material,
        again: bool,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let directory = &*material.directory;
        match work {
            Work::Notice { notice, person, method, .. } => {
                // The recheck: never for a page that was acknowledged meanwhile.
                let page = subject.page.filter(|page| page.wants(*notice)).ok_or(Unsent::Unwanted)?;
                let Reached { platform, account, room } = self.reached_of(subject, *person, *method, directory)?;
                let record = self.record(subject, directory, platform.target());
                let view = view::NoticeView::of(&record, page, *notice, again).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.notice(platform.target(), &view)?;
                let controls = vec![Control::of(Button::Acknowledge, subject.incident.id)];
                Ok((platform, Outgoing::Notice { account, room, text, controls }))
            }
            Work::Withdraw { notice, person, method, .. } => {
                let page = subject.page.ok_or(Unsent::Unwanted)?;
                let Reached { platform, account, room } = self.reached_of(subject, *person, *method, directory)?;
                let record = self.record(subject, directory, platform.target());
                let view = view::WithdrawView::of(&record, page, *notice).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.withdraw(platform.target(), &view)?;
                Ok((platform, Outgoing::Withdraw { account, room, text, notice: material.notice_of(work) }))
            }
            Work::Tell { person, entry, method, .. } => {
                let Reached { platform, account, .. } = self.reached(*person, *method, directory)?;
                let record = self.record(subject, directory, platform.target());
                let view = view::PostView::of(&record, *entry).ok_or(Unsent::Unwanted)?;
                let text = self.intake.renderer.tell(platform.target(), &view)?;
                Ok((platform, Outgoing::Tell { account, text }))
            }
            _ => Err(Unsent::Unwanted),
        }
    }

    fn set_up(
        &self,
        (room, step): (RoomId, SetUp),
        entry: EntryId,
        subject: &Subject<'_>,
        directory: &Directory,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let incident = subject.incident;
        let (platform, external_id) = self.open_room(incident, room)?;
        let record = self.record(subject, directory, platform.target());
        let what = match step {
            // A later one says what is true by now.
            SetUp::Describe if entry.0 < incident.headline => return Err(Unsent::Unwanted),
            SetUp::Describe => {
                let view = view::AnnouncementView::of(&record, None);
                let topic = self.intake.renderer.topic(platform.target(), &view)?;
                let purpose = self.intake.renderer.purpose(platform.target(), &view)?;
                Outgoing::Describe { room: external_id, topic, purpose, labels: self.labels(incident) }
            }
            SetUp::Bookmarks => {
                let links: Vec<Link> = runbooks(incident, directory);
                if links.is_empty() {
                    return Err(Unsent::Done);
                }
                Outgoing::Bookmarks { room: external_id, links }
            }
            SetUp::Group => {
                let group = platform.group().ok_or(Unsent::Unwanted)?;
                Outgoing::InviteGroup { room: external_id, group }
            }
            SetUp::Invite | SetUp::Announce => return Err(Unsent::Unwanted),
        };
        Ok((platform, what))
    }

    fn announce(
        &self,
        channel: &Channel,
        entry: EntryId,
        subject: &Subject<'_>,
        directory: &Directory,
    ) -> Result<(Platform, Outgoing), Unsent> {
        let incident = subject.incident;
        // What is private is announced nowhere, whatever was queued.
        if entry.0 < incident.headline || incident.is_private() {
            return Err(Unsent::Unwanted);
        }
        let platform = self.platform(channel.workspace).ok_or(Unsent::Elsewhere)?;
        let held = incident.announcements.iter().find(|held| held.channel == *channel).ok_or(Unsent::Unwanted)?;
        let live = incident.live_room_in(channel.workspace);
        let room = live.or_else(|| incident.rooms.iter().find(|room| room.workspace == channel.workspace));
        let room = room.and_then(|room| match &room.state {
            RoomState::Open { external_id, .. } => Some(platform.room_link(external_id)),
            RoomState::Requested | RoomState::Failed { .. } | RoomState::Closed { .. } => None,
        });
        let view = view::AnnouncementView::of(&self.record(subject, directory, platform.target()), room);
        let text = self.intake.renderer.announcement(platform.target(), &view)?;
        let (channel, replaces) = (channel.external_id.clone(), held.message.clone());
        Ok((platform, Outgoing::Announce { channel, text, replaces }))
    }

    /// What a channel or webhook is told of a page that nobody has acknowledged yet.
    pub(super) fn called(
        &self,
        subject: &Subject<'_>,
        occasion: DueStep,
        directory: &Directory,
        target: Target,
    ) -> Result<String, Unsent> {
        let page = subject.page.filter(|page| page.is_open()).ok_or(Unsent::Unwanted)?;
        let record = self.record(subject, directory, target);
        let view = view::CallView::of(&record, page, occasion).ok_or(Unsent::Unwanted)?;
        Ok(self.intake.renderer.call(target, &view)?)
    }

    pub(super) fn record<'a>(
        &'a self,
        subject: &Subject<'a>,
        directory: &'a Directory,
        target: Target,
    ) -> view::Record<'a> {
        view::Record {
            incident: subject.incident,
            entries: subject.entries,
            messages: &[],
            pages: subject.page.map_or(&[], std::slice::from_ref),
            directory,
            settings: &self.intake.settings,
            times: target.times(chrono_tz::UTC),
            head: subject.head.clone(),
        }
    }

    /// What an incident's rooms are sorted by.
    fn labels(&self, incident: &Incident) -> Labels {
        let severity = |key: &firebell_core::ids::Key| key.to_string();
        let statuses = StatusWord::ALL.iter().map(|word| word.as_str().to_owned());
        let severities = self.intake.settings.severities.iter().map(|held| severity(&held.key));
        Labels {
            now: vec![incident.status.word().as_str().to_owned(), severity(&incident.severity)],
            all: statuses.chain(severities).collect(),
        }
    }

    fn room<'i>(&self, incident: &'i Incident, id: RoomId) -> Result<(Platform, &'i Room), Unsent> {
        let room = incident.room(id).ok_or(Unsent::Unwanted)?;
        let platform = self.platform(room.workspace).ok_or(Unsent::Elsewhere)?;
        Ok((platform, room))
    }

    pub(super) fn open_room(&self, incident: &Incident, id: RoomId) -> Result<(Platform, String), Unsent> {
        let (platform, room) = self.room(incident, id)?;
        match &room.state {
            RoomState::Open { external_id, .. } => Ok((platform, external_id.clone())),
            RoomState::Requested | RoomState::Failed { .. } | RoomState::Closed { .. } => Err(Unsent::Unwanted),
        }
    }
}

/// Whether an entry says that a room was opened: each room is told where the others are.
fn tells_of_a_room(subject: &Subject<'_>, entry: EntryId) -> bool {
    let said = subject.entries.iter().find(|held| held.id == entry).and_then(|held| held.change.as_ref());
    matches!(said, Some(Change::RoomOpened { .. }))
}

/// The buttons under what a room is told: where an answer is wanted.
fn controls(subject: &Subject<'_>, entry: EntryId) -> Vec<Control> {
    let said = subject.entries.iter().find(|held| held.id == entry).and_then(|held| held.change.as_ref());
    let buttons: &[Button] = match said {
        Some(Change::UpdateReminded { .. }) => &[Button::Update, Button::Snooze],
        _ => &[],
    };
    buttons.iter().map(|button| Control::of(*button, subject.incident.id)).collect()
}

fn runbooks(incident: &Incident, directory: &Directory) -> Vec<Link> {
    let services = incident.services.iter().filter_map(|key| directory.services.get(key));
    services
        .filter_map(|service| Some(Link { title: format!("Runbook: {}", service.name), url: service.runbook.clone()? }))
        .collect()
}
