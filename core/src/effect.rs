//! Effects: each is one thing to be done outside the database, at least once, under a key of its own.

mod make;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::make::{Mirrored, Told, code_key};
use crate::directory::{Address, ContactMethod};
use crate::ids::{
    ActionId, CodeId, EntryId, FileId, IncidentId, Key, MessageId, NoticeId, OverrideId, PageId, PersonId, RoomId,
    WorkspaceId,
};
use crate::incident::Channel;
use crate::oncall::overrides::Swap;
use crate::oncall::shift::Span;
use crate::outlet::Outlet;
use crate::paging::page::DueStep;

/// One thing to be done outside the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// `subject:purpose:target:occurrence`, unique in the database.
    pub key: String,
    pub lane: Lane,
    /// Through what it is delivered; the same for all effects of a lane.
    pub outlet: Outlet,
    pub priority: Priority,
    /// The effect that must be done first, where order matters across lanes.
    pub after: Option<String>,
    /// Not before this instant; absent for what is to be done now. Nothing else may stand in its lane.
    pub not_before: Option<DateTime<Utc>>,
    pub work: Work,
}

/// What is to be done. Texts are not stored: they are rendered from the record when the effect is carried out, so
/// that a redaction in between is honoured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Work {
    OpenRoom {
        incident: IncidentId,
        room: RoomId,
    },
    CloseRoom {
        incident: IncidentId,
        room: RoomId,
    },
    Invite {
        incident: IncidentId,
        room: RoomId,
        person: PersonId,
    },
    /// Make a room more useful.
    SetUp {
        incident: IncidentId,
        room: RoomId,
        step: SetUp,
        /// The entry for which it is done; a later one makes it needless.
        entry: EntryId,
    },
    /// Show in a channel how the incident stands.
    Announce {
        incident: IncidentId,
        channel: Channel,
        /// As that of [`Work::SetUp`].
        entry: EntryId,
    },
    /// Tell a person what an entry says who may be in no room that could be told.
    Tell {
        incident: IncidentId,
        person: PersonId,
        entry: EntryId,
        method: ContactMethod,
    },
    /// Copy into the store what is in a file that was attached to a message.
    CopyFile {
        incident: IncidentId,
        /// The workspace that it was posted in.
        workspace: WorkspaceId,
        file: FileId,
    },
    /// Tell a room what an entry says.
    Post {
        incident: IncidentId,
        room: RoomId,
        entry: EntryId,
    },
    /// Show in a room how a message stands that was said in another room of the incident.
    Mirror {
        incident: IncidentId,
        room: RoomId,
        message: MessageId,
    },
    Notice {
        incident: IncidentId,
        page: PageId,
        notice: NoticeId,
        person: PersonId,
        method: ContactMethod,
    },
    /// Tell a channel what a step of a page comes to, so that whoever reads it can answer.
    Call {
        incident: IncidentId,
        page: PageId,
        channel: Channel,
        /// The step that tells it.
        occasion: DueStep,
    },
    /// As [`Work::Call`], for a configured webhook.
    Hook {
        incident: IncidentId,
        page: PageId,
        webhook: Key,
        /// The step that tells it.
        occasion: DueStep,
    },
    /// Bring a follow-up into a tracker, or its ticket there up to date.
    Ticket {
        incident: IncidentId,
        action: ActionId,
        tracker: Key,
        /// Nothing was brought there before of it for sure.
        #[serde(default)]
        first: bool,
    },
    /// Have a target hold the postmortem as it stands.
    Publish {
        incident: IncidentId,
        target: Key,
        /// The room that it is to be a file in; none where the target is outside of chat.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<RoomId>,
    },
    /// Tell a person what their team still has to do.
    Digest {
        team: Key,
        person: PersonId,
        method: ContactMethod,
        /// When it was due.
        due: DateTime<Utc>,
    },
    /// The same for a team's channel.
    TeamDigest {
        team: Key,
        channel: Channel,
        /// When it was due.
        due: DateTime<Utc>,
    },
    /// Tell a person who was told of a page that it is over, or stop what still rings.
    Withdraw {
        incident: IncidentId,
        page: PageId,
        notice: NoticeId,
        person: PersonId,
        method: ContactMethod,
    },
    /// Tell a person in a workspace that another account is theirs now.
    TellLinked {
        person: PersonId,
        workspace: WorkspaceId,
        /// The account that was linked, by its workspace and the platform's id.
        linked: Channel,
    },
    /// Tell a person what changed for them in who is on call.
    TellOnCall {
        person: PersonId,
        method: ContactMethod,
        news: OnCallNews,
    },
    /// Prove to a person, and by them to everybody, that notices arrive.
    Synthetic {
        person: PersonId,
        method: ContactMethod,
        /// When it was due.
        due: DateTime<Utc>,
    },
    /// Bring a code to an address, by which its owner proves that it is theirs.
    ContactCode {
        person: PersonId,
        method: ContactMethod,
        to: Address,
        code: CodeId,
        why: CodeFor,
        /// Of no use after this.
        until: DateTime<Utc>,
    },
    /// Tell an address that it is a person's no more: another one is, or they took it away.
    TellReplaced {
        person: PersonId,
        method: ContactMethod,
        to: Address,
        /// Whether nothing took its place.
        #[serde(default)]
        removed: bool,
    },
    /// Tell a person in chat that nothing is proved of what they are reached by beside it.
    TellUnproved {
        person: PersonId,
        method: ContactMethod,
        /// When they were asked to prove it.
        asked: DateTime<Utc>,
    },
    /// Firebell's own alarm to a person of the last resort; `finding` is the auditor's word for what is wrong.
    Alarm {
        finding: String,
        person: PersonId,
        method: ContactMethod,
    },
}

/// For what a code is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeFor {
    /// Somebody wants to be reached there.
    Address,
    /// Somebody wants to see that they are.
    Test,
    /// It is their turn to prove it.
    Round,
}

impl CodeFor {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Address, Self::Test, Self::Round];

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Test => "test",
            Self::Round => "round",
        }
    }
}

/// What somebody is told about when they are on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnCallNews {
    /// They were put on call.
    Put { schedule: Key, span: Span, by: PersonId, made: OverrideId },
    /// Somebody else is on call in their place.
    Relieved { schedule: Key, span: Span, by: PersonId, made: OverrideId },
    /// An override was ended for the rest of its time: they are on call again in it, or it was what put them on call.
    Ended { schedule: Key, span: Span, by: PersonId, made: OverrideId, again: bool },
    /// They are offered a shift.
    SwapProposed { swap: Swap },
    /// A proposal that they made or were asked in is over.
    SwapAnswered { swap: Swap, accepted: bool, by: PersonId },
    /// On-call passes to them at an instant; `anew` is when that was found again after they were told otherwise.
    Comes {
        schedule: Key,
        at: DateTime<Utc>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        anew: Option<DateTime<Utc>>,
    },
    /// It does not pass to them then, as they were told; found at `seen`.
    NotComing { schedule: Key, at: DateTime<Utc>, seen: DateTime<Utc> },
    /// On-call has passed from them to others.
    Left { schedule: Key, at: DateTime<Utc>, to: Vec<PersonId> },
    /// Nobody has accepted yet what passed to these people.
    Unaccepted { schedule: Key, at: DateTime<Utc>, to: Vec<PersonId> },
    /// Somebody has accepted what passed from them.
    HandoffAccepted { schedule: Key, at: DateTime<Utc>, by: PersonId },
}

/// What makes a room more useful; done again whenever it would come out otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetUp {
    /// What stands above it: how the incident stands, and what the room is for.
    Describe,
    /// Links that stand above it.
    Bookmarks,
    /// The configured group comes in.
    Group,
    /// A person comes in; queued as [`Work::Invite`].
    Invite,
    /// The incident is shown in a channel; queued as [`Work::Announce`].
    Announce,
}

impl SetUp {
    /// Its word in keys, tables and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Bookmarks => "bookmarks",
            Self::Group => "group",
            Self::Invite => "invite",
            Self::Announce => "announce",
        }
    }
}

/// The queue that an effect stands in; only a lane's head runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// What people read in one room.
    Room(RoomId),
    /// Set-up work of a room (invitations), which runs beside what people read.
    Setup(RoomId),
    /// One step of the set-up, which waits for no other.
    Step(RoomId, SetUp),
    /// The end of a room, which may be days ahead.
    End(RoomId),
    /// Files that were posted in a room, one after the other.
    Files(RoomId),
    /// The copies of documents that stand in a room.
    Documents(RoomId),
    /// What an incident shows in one channel.
    Announcement(IncidentId, Channel),
    /// What a channel is told of pages.
    Calls(Channel),
    /// What one configured webhook is told.
    Webhook(Key),
    /// What one configured tracker keeps.
    Tracker(Key),
    /// What one configured target holds.
    Target(Key),
    /// What a channel hears of its team's promises.
    Digests(Channel),
    /// Pages to one person by one contact method, which wait for nothing else that reaches them by it.
    Recipient(PersonId, ContactMethod),
    /// Ends of pages that one person was told by one contact method.
    Over(PersonId, ContactMethod),
    /// What else reaches one person by one contact method.
    News(PersonId, ContactMethod),
    /// What reaches one person in one workspace.
    Account(PersonId, WorkspaceId),
}

/// Who goes first when there is more to do than hands to do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Notice,
    Post,
    Setup,
}

/// What to do when an attempt ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovery {
    /// Doing it again changes nothing: the platform knows the key.
    Idempotent,
    /// Ask the platform whether it was done.
    LookUp,
    /// Send again, marked as a possible duplicate.
    MayDuplicate,
}

/// The outcome of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Done; the platform's reference to what was made, and its name where it has one.
    Delivered(Reference),
    /// Not now; try again after this.
    RetryAfter(TimeDelta),
    /// Never; recorded and passed.
    Impossible(String),
    /// It may or may not have happened.
    Unknown,
}

/// What a platform calls the thing it made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    pub external_id: String,
    pub name: String,
}

impl Work {
    /// The incident that it belongs to.
    pub fn incident(&self) -> Option<IncidentId> {
        match self {
            Self::OpenRoom { incident, .. }
            | Self::CloseRoom { incident, .. }
            | Self::Invite { incident, .. }
            | Self::SetUp { incident, .. }
            | Self::Announce { incident, .. }
            | Self::Tell { incident, .. }
            | Self::CopyFile { incident, .. }
            | Self::Post { incident, .. }
            | Self::Mirror { incident, .. }
            | Self::Notice { incident, .. }
            | Self::Call { incident, .. }
            | Self::Hook { incident, .. }
            | Self::Ticket { incident, .. }
            | Self::Publish { incident, .. }
            | Self::Withdraw { incident, .. } => Some(*incident),
            Self::TellLinked { .. }
            | Self::TellOnCall { .. }
            | Self::Synthetic { .. }
            | Self::ContactCode { .. }
            | Self::TellReplaced { .. }
            | Self::TellUnproved { .. }
            | Self::Digest { .. }
            | Self::TeamDigest { .. }
            | Self::Alarm { .. } => None,
        }
    }

    /// What to do after an attempt without an answer.
    pub fn recovery(&self) -> Recovery {
        match self {
            Self::OpenRoom { .. } | Self::Announce { .. } | Self::Mirror { .. } | Self::Ticket { .. } => {
                Recovery::LookUp
            }
            Self::CloseRoom { .. }
            | Self::Invite { .. }
            | Self::SetUp { .. }
            | Self::CopyFile { .. }
            | Self::Hook { .. }
            | Self::Publish { .. }
            | Self::Withdraw { .. } => Recovery::Idempotent,
            Self::Post { .. }
            | Self::Call { .. }
            | Self::Notice { .. }
            | Self::Alarm { .. }
            | Self::Tell { .. }
            | Self::TellLinked { .. }
            | Self::TellOnCall { .. }
            | Self::ContactCode { .. }
            | Self::TellReplaced { .. }
            | Self::TellUnproved { .. }
            | Self::Digest { .. }
            | Self::TeamDigest { .. }
            | Self::Synthetic { .. } => Recovery::MayDuplicate,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(room) => write!(f, "room:{room}"),
            Self::Setup(room) => write!(f, "setup:{room}"),
            Self::Step(room, step) => write!(f, "step:{room}:{}", step.word()),
            Self::Files(room) => write!(f, "files:{room}"),
            Self::Documents(room) => write!(f, "documents:{room}"),
            Self::End(room) => write!(f, "end:{room}"),
            Self::Announcement(incident, channel) => write!(f, "announce:{incident}:{channel}"),
            Self::Calls(channel) => write!(f, "calls:{channel}"),
            Self::Webhook(webhook) => write!(f, "webhook:{webhook}"),
            Self::Tracker(tracker) => write!(f, "tracker:{tracker}"),
            Self::Target(target) => write!(f, "target:{target}"),
            Self::Digests(channel) => write!(f, "digest:{channel}"),
            Self::Account(person, workspace) => write!(f, "account:{person}:{workspace}"),
            Self::Recipient(person, method) => write!(f, "person:{person}:{}", method.word()),
            Self::Over(person, method) => write!(f, "over:{person}:{}", method.word()),
            Self::News(person, method) => write!(f, "news:{person}:{}", method.word()),
        }
    }
}
