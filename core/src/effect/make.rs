//! How each effect is queued: its key, its lane and its urgency.

use chrono::{DateTime, Utc};

use super::{Effect, Lane, OnCallNews, Priority, SetUp, Work};
use crate::directory::reach::Waiting;
use crate::directory::{Address, ContactMethod};
use crate::ids::{
    ActionId, CodeId, EntryId, FileId, IncidentId, Key, MessageId, NoticeId, PageId, PersonId, RoomId, WorkspaceId,
};
use crate::incident::{Channel, Room};
use crate::outlet::Outlet;
use crate::paging::page::{DueStep, Notice, Page};
use crate::publishing::copy_name;

impl Effect {
    /// Make a room.
    pub fn open_room(incident: IncidentId, room: &Room) -> Self {
        Self {
            key: open_room_key(incident, room.id),
            lane: Lane::Room(room.id),
            outlet: Outlet::of_room(room),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::OpenRoom { incident, room: room.id },
        }
    }

    /// Close a room, after what was said in it before; at once, or at an instant of its own.
    pub fn close_room(incident: IncidentId, room: &Room, entry: EntryId, at: Option<DateTime<Utc>>) -> Self {
        Self {
            key: format!("{incident}:close:{}:{entry}", room.id),
            // What is said until then must not wait for it.
            lane: if at.is_some() { Lane::End(room.id) } else { Lane::Room(room.id) },
            outlet: Outlet::of_room(room),
            priority: Priority::Post,
            after: None,
            not_before: at,
            work: Work::CloseRoom { incident, room: room.id },
        }
    }

    /// Make a room more useful.
    pub fn set_up(incident: IncidentId, room: &Room, step: SetUp, entry: EntryId) -> Self {
        Self {
            key: format!("{incident}:{}:{}:{entry}", step.word(), room.id),
            lane: Lane::Step(room.id, step),
            outlet: Outlet::of_room(room),
            priority: Priority::Setup,
            after: None,
            not_before: None,
            work: Work::SetUp { incident, room: room.id, step, entry },
        }
    }

    /// Show in a channel how the incident stands.
    pub fn announce(incident: IncidentId, channel: &Channel, entry: EntryId) -> Self {
        Self {
            key: format!("{incident}:announce:{channel}:{entry}"),
            lane: Lane::Announcement(incident, channel.clone()),
            outlet: Outlet::Workspace(channel.workspace),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::Announce { incident, channel: channel.clone(), entry },
        }
    }

    /// Tell a person what an entry says.
    pub fn tell(incident: IncidentId, person: PersonId, method: ContactMethod, entry: EntryId) -> Self {
        Self {
            key: format!("{incident}:tell:{person}:{entry}.{}", method.word()),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::Tell { incident, person, entry, method },
        }
    }

    /// Bring a person into a room, once it is there.
    pub fn invite(incident: IncidentId, room: &Room, person: PersonId) -> Self {
        Self {
            key: format!("{incident}:invite:{}:{person}", room.id),
            lane: Lane::Setup(room.id),
            outlet: Outlet::of_room(room),
            priority: Priority::Setup,
            after: Some(open_room_key(incident, room.id)),
            not_before: None,
            work: Work::Invite { incident, room: room.id, person },
        }
    }

    /// Copy a file that was posted in a room of this workspace.
    pub fn copy_file(incident: IncidentId, (workspace, room): (WorkspaceId, RoomId), file: FileId) -> Self {
        Self {
            key: format!("{incident}:copy:{room}:{file}"),
            lane: Lane::Files(room),
            outlet: Outlet::Workspace(workspace),
            priority: Priority::Setup,
            after: None,
            not_before: None,
            work: Work::CopyFile { incident, workspace, file },
        }
    }

    /// Tell a room what an entry says.
    pub fn post(incident: IncidentId, room: &Room, entry: EntryId) -> Self {
        Self {
            key: format!("{incident}:post:{}:{entry}", room.id),
            lane: Lane::Room(room.id),
            outlet: Outlet::of_room(room),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::Post { incident, room: room.id, entry },
        }
    }

    /// Show in a room of a workspace how a message of another room stands. `occasion` is the revision that was kept, or
    /// says that the message was redacted.
    pub fn mirror(
        incident: IncidentId,
        (workspace, room): (WorkspaceId, RoomId),
        message: MessageId,
        occasion: Mirrored,
    ) -> Self {
        Self {
            key: format!("{incident}:mirror:{room}:{message}:{occasion}"),
            lane: Lane::Room(room),
            outlet: Outlet::Workspace(workspace),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::Mirror { incident, room, message },
        }
    }

    /// Tell a person in a workspace that another account was linked to them.
    pub fn tell_linked(person: PersonId, workspace: WorkspaceId, linked: &Channel, now: DateTime<Utc>) -> Self {
        Self {
            key: format!("linked:{person}:{workspace}:{linked}:{}", now.timestamp_micros()),
            lane: Lane::Account(person, workspace),
            outlet: Outlet::Workspace(workspace),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::TellLinked { person, workspace, linked: linked.clone() },
        }
    }

    /// Tell a person what changed for them in who is on call.
    pub fn on_call_news(person: PersonId, method: ContactMethod, news: OnCallNews) -> Self {
        let made = |occurrence: &str, id: &dyn std::fmt::Display| {
            format!("oncall:{person}:{}:{occurrence}:{id}", method.word())
        };
        // Once for each hand-off, whatever becomes of their contacts meanwhile.
        let passes = |schedule: &Key, purpose: &str, at: &DateTime<Utc>| {
            format!("{schedule}:handoff-{purpose}:{person}:{}", at.timestamp_micros())
        };
        let key = match &news {
            OnCallNews::Put { made: id, .. } => made("put", id),
            OnCallNews::Relieved { made: id, .. } => made("relieved", id),
            OnCallNews::Ended { made: id, .. } => made("ended", id),
            OnCallNews::SwapProposed { swap } => made("offered", &swap.id),
            OnCallNews::SwapAnswered { swap, .. } => made("answered", &swap.id),
            OnCallNews::Comes { schedule, at, anew: None } => passes(schedule, "comes", at),
            OnCallNews::Comes { schedule, at, anew: Some(seen) } => {
                format!("{}.{}", passes(schedule, "comes", at), seen.timestamp_micros())
            }
            OnCallNews::NotComing { schedule, at, seen } => {
                format!("{}.{}", passes(schedule, "off", at), seen.timestamp_micros())
            }
            OnCallNews::Left { schedule, at, .. } => passes(schedule, "left", at),
            OnCallNews::Unaccepted { schedule, at, .. } => passes(schedule, "unaccepted", at),
            OnCallNews::HandoffAccepted { schedule, at, .. } => passes(schedule, "accepted", at),
        };
        Self {
            key,
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::TellOnCall { person, method, news },
        }
    }

    /// Send a notice.
    pub fn notice(incident: IncidentId, page: PageId, told: &Told) -> Self {
        let Told { notice, person, method, .. } = *told;
        Self {
            key: format!("{page}:notice:{person}:{}", told.occurrence()),
            lane: Lane::Recipient(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Notice { incident, page, notice, person, method },
        }
    }

    /// Tell a channel what a step of a page comes to.
    pub fn call(page: &Page, channel: &Channel, occasion: DueStep) -> Self {
        Self {
            key: format!("{}:call:{channel}:{occasion}", page.id),
            lane: Lane::Calls(channel.clone()),
            outlet: Outlet::Workspace(channel.workspace),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Call { incident: page.incident, page: page.id, channel: channel.clone(), occasion },
        }
    }

    /// Tell a configured webhook what a step of a page comes to.
    pub fn hook(page: &Page, webhook: &Key, occasion: DueStep) -> Self {
        Self {
            key: format!("{}:hook:{webhook}:{occasion}", page.id),
            lane: Lane::Webhook(webhook.clone()),
            outlet: Outlet::Method(ContactMethod::Webhook),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Hook { incident: page.incident, page: page.id, webhook: webhook.clone(), occasion },
        }
    }

    /// Bring a follow-up into a tracker as an entry has it; `first` where nothing was brought there before.
    pub fn ticket(incident: IncidentId, action: ActionId, tracker: &Key, (entry, first): (EntryId, bool)) -> Self {
        Self::kept_by((incident, action), tracker, first, &entry)
    }

    /// The same because somebody asked for it.
    pub fn asked_ticket(incident: IncidentId, action: ActionId, tracker: &Key, now: DateTime<Utc>) -> Self {
        Self::kept_by((incident, action), tracker, false, &now.timestamp_micros())
    }

    fn kept_by(
        (incident, action): (IncidentId, ActionId),
        tracker: &Key,
        first: bool,
        occurrence: &dyn std::fmt::Display,
    ) -> Self {
        Self {
            key: format!("{incident}:ticket:{tracker}.{action}:{occurrence}"),
            lane: Lane::Tracker(tracker.clone()),
            outlet: Outlet::Trackers,
            priority: Priority::Setup,
            after: None,
            not_before: None,
            work: Work::Ticket { incident, action, tracker: tracker.clone(), first },
        }
    }

    /// Have a target hold the postmortem as of an entry.
    pub fn publish(incident: IncidentId, copy: (&Key, Option<&Room>), entry: EntryId) -> Self {
        Self::held_by(incident, copy, &entry)
    }

    /// The same because somebody asked for it.
    pub fn asked_publish(incident: IncidentId, copy: (&Key, Option<&Room>), now: DateTime<Utc>) -> Self {
        Self::held_by(incident, copy, &now.timestamp_micros())
    }

    fn held_by(
        incident: IncidentId,
        (target, room): (&Key, Option<&Room>),
        occurrence: &dyn std::fmt::Display,
    ) -> Self {
        let at = room.map(|room| room.id);
        Self {
            key: format!("{incident}:publish:{}:{occurrence}", copy_name(target.as_str(), at)),
            lane: at.map_or_else(|| Lane::Target(target.clone()), Lane::Documents),
            outlet: room.map_or(Outlet::Targets, Outlet::of_room),
            priority: Priority::Setup,
            after: None,
            not_before: None,
            work: Work::Publish { incident, target: target.clone(), room: at },
        }
    }

    /// Tell a person what their team still has to do.
    pub fn digest(team: &Key, person: PersonId, method: ContactMethod, due: DateTime<Utc>) -> Self {
        Self {
            key: format!("digest:{team}:{person}:{}.{}", due.timestamp_micros(), method.word()),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::Digest { team: team.clone(), person, method, due },
        }
    }

    /// Tell a team's channel the same.
    pub fn team_digest(team: &Key, channel: &Channel, due: DateTime<Utc>) -> Self {
        Self {
            key: format!("digest:{team}:{channel}:{}", due.timestamp_micros()),
            lane: Lane::Digests(channel.clone()),
            outlet: Outlet::Workspace(channel.workspace),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::TeamDigest { team: team.clone(), channel: channel.clone(), due },
        }
    }

    /// Tell someone who was told of a page that it is over.
    pub fn withdraw(incident: IncidentId, page: PageId, told: &Told) -> Self {
        let Told { notice, person, method, .. } = *told;
        Self {
            key: format!("{page}:withdraw:{person}:{}", told.occurrence()),
            lane: Lane::Over(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Withdraw { incident, page, notice, person, method },
        }
    }

    /// Prove that notices arrive, by one that stands among all others of this person and method.
    pub fn synthetic(person: PersonId, method: ContactMethod, due: DateTime<Utc>) -> Self {
        Self {
            key: format!("synthetic:{person}:{}.{}", due.timestamp_micros(), method.word()),
            lane: Lane::Recipient(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Synthetic { person, method, due },
        }
    }

    /// Bring a code to an address.
    pub fn contact_code(waiting: &Waiting) -> Self {
        let Waiting { id: code, person, method, to, why, until, .. } = waiting.clone();
        Self {
            key: code_key(code),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::ContactCode { person, method, to, code, why, until },
        }
    }

    /// Tell an address that another took its place, which `code` proved.
    pub fn tell_replaced(person: PersonId, method: ContactMethod, to: Address, code: CodeId) -> Self {
        Self {
            key: format!("contact:replaced:{person}:{code}.{}", method.word()),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::TellReplaced { person, method, to, removed: false },
        }
    }

    /// Tell an address that its person took it away.
    pub fn tell_removed(person: PersonId, method: ContactMethod, to: Address, now: DateTime<Utc>) -> Self {
        Self {
            key: format!("contact:removed:{person}:{}.{}", now.timestamp_micros(), method.word()),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::TellReplaced { person, method, to, removed: true },
        }
    }

    /// Tell a person in chat that nothing came back of what they were asked.
    pub fn tell_unproved(person: PersonId, method: ContactMethod, asked: DateTime<Utc>) -> Self {
        Self {
            key: format!("contact:unproved:{person}:{}.{}", asked.timestamp_micros(), method.word()),
            lane: Lane::News(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Post,
            after: None,
            not_before: None,
            work: Work::TellUnproved { person, method, asked },
        }
    }

    /// Raise Firebell's own alarm, at most once an hour for one finding.
    pub fn alarm(finding: &str, person: PersonId, method: ContactMethod, now: DateTime<Utc>) -> Self {
        Self {
            key: format!("alarm:{finding}:{person}:{}.{}", now.format("%Y%m%d%H"), method.word()),
            lane: Lane::Recipient(person, method),
            outlet: Outlet::of_contact(method),
            priority: Priority::Notice,
            after: None,
            not_before: None,
            work: Work::Alarm { finding: finding.to_owned(), person, method },
        }
    }
}

/// For what a message is shown anew in another room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mirrored {
    /// A revision of it was kept.
    Revision(i64),
    /// Its words were taken out of the record.
    Redacted,
}

impl std::fmt::Display for Mirrored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Revision(number) => number.fmt(f),
            Self::Redacted => f.write_str("redacted"),
        }
    }
}

/// Which notice, to whom, by what, and for which occasion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    pub notice: NoticeId,
    pub person: PersonId,
    pub method: ContactMethod,
    pub occasion: DueStep,
    /// How many by this method for this occasion came before it.
    pub repeat: i64,
}

impl Told {
    /// What a page holds of a notice.
    pub fn of(notice: &Notice) -> Self {
        let Notice { id, person, method, occasion, repeat, .. } = notice;
        Self { notice: *id, person: *person, method: *method, occasion: *occasion, repeat: *repeat }
    }

    fn occurrence(&self) -> String {
        let Self { occasion, method, repeat, .. } = self;
        let first = format!("{occasion}.{}", method.word());
        if *repeat == 0 { first } else { format!("{first}.{repeat}") }
    }
}

/// The key of the effect that brings a code.
pub fn code_key(code: CodeId) -> String {
    format!("contact:code:{code}:1")
}

/// The key of the effect that makes a room.
fn open_room_key(incident: IncidentId, room: RoomId) -> String {
    format!("{incident}:open:{room}:1")
}
