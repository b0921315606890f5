//! Entries: facts on a stream, never changed. An entry's payload is the complete typed change, so that the
//! entries of an incident add up to its row.

mod blank;
mod kind;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::action::{ActionChange, ActionKind, Priority};
use crate::actor::Actor;
use crate::chain::Hash;
use crate::directory::{ContactMethod, DirectoryChange};
use crate::effect::SetUp;
use crate::file::FileOutcome;
use crate::ids::{
    ActionId, CauseId, EntryId, FileId, IncidentId, Key, MessageId, NoticeId, PageId, PersonId, RoomId, WorkspaceId,
};
use crate::incident::{ActiveStatus, Channel, Joined, Measures, Visibility};
use crate::integration::Scope;
use crate::paging::page::{EndReason, SkipReason};
use crate::postmortem::PostmortemChange;
use crate::rca::AnalysisChange;
use crate::times::KeyTime;

/// What stands in the place of words that were redacted.
pub const REDACTED: &str = "[redacted]";

/// One fact on a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place on its stream, from 1.
    pub id: EntryId,
    /// What people mean.
    pub happened_at: DateTime<Utc>,
    /// When Firebell heard of it.
    pub recorded_at: DateTime<Utc>,
    pub actor: Actor,
    /// `None` once the body was redacted; the redacting entry holds what remains.
    pub change: Option<Change>,
    /// The kind, which survives a redaction.
    pub kind: String,
}

/// What an incident's entry says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    Declared(Declared),
    RoomRequested {
        room: RoomId,
        workspace: WorkspaceId,
        /// The platform's id of the place that somebody wants to use; without it one is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adopts: Option<String>,
    },
    RoomOpened {
        room: RoomId,
        external_id: String,
        name: String,
    },
    RoomFailed {
        room: RoomId,
        reason: String,
    },
    RoomClosed {
        room: RoomId,
    },
    /// Something that makes a room more useful could not be done.
    SetUpFailed {
        room: RoomId,
        step: SetUp,
        /// Whom it would have brought in.
        person: Option<PersonId>,
        reason: String,
    },
    /// What the incident shows in a channel stands there.
    Announced {
        channel: Channel,
        message: String,
    },
    /// From here on what is said in one room is shown in the others, or is not.
    MirrorSet {
        on: bool,
    },
    MemberJoined {
        person: PersonId,
        how: Joined,
    },
    StatusChanged {
        to: ActiveStatus,
    },
    SeverityChanged {
        to: Key,
        before: Key,
        update_due: Option<DateTime<Utc>>,
    },
    RoleAssigned {
        role: Key,
        person: PersonId,
        before: Option<PersonId>,
    },
    SummarySet {
        text: String,
    },
    ImpactSet {
        text: Option<String>,
        started_at: Option<DateTime<Utc>>,
    },
    /// `None` empties the field.
    FieldSet {
        field: String,
        value: Option<String>,
    },
    Noted {
        text: String,
    },
    Updated {
        text: String,
        next_due: Option<DateTime<Utc>>,
    },
    /// An update was due and nobody had given one.
    UpdateReminded {
        due: DateTime<Utc>,
        next_due: DateTime<Utc>,
    },
    /// Somebody had the next update reminded of later.
    UpdateSnoozed {
        next_due: DateTime<Utc>,
    },
    ActionAdded {
        action: ActionId,
        text: String,
        owner: Option<PersonId>,
        due: Option<DateTime<Utc>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        action_kind: Option<ActionKind>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<CauseId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nudge_at: Option<DateTime<Utc>>,
    },
    ActionDone {
        action: ActionId,
    },
    /// What else became of a follow-up.
    Action(ActionChange),
    /// A step of the analysis.
    Analysis(AnalysisChange),
    /// A step of the document.
    Postmortem(PostmortemChange),
    /// When something was, by the word of people; `None` gives the say back to the timeline.
    TimeSet {
        time: KeyTime,
        at: Option<DateTime<Utc>>,
    },
    /// The impact in numbers; what is absent stays as it was.
    ImpactMeasured {
        #[serde(default)]
        measures: Measures,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended_at: Option<DateTime<Utc>>,
    },
    Linked {
        url: String,
        title: Option<String>,
    },
    /// Someone made a captured message part of the record; `revision` and `hash` pin what it said.
    MessageMarked {
        message: MessageId,
        revision: i64,
        hash: Hash,
        author: PersonId,
        text: String,
    },
    /// Somebody took the mark off a message.
    MessageUnmarked {
        message: MessageId,
    },
    /// Words that were said where the incident has no room, brought in by somebody who pointed at them.
    MessageCited {
        author: Option<PersonId>,
        text: String,
        link: Option<String>,
    },
    /// What became of the copy of a file that was attached to a captured message.
    FileSettled {
        file: FileId,
        message: MessageId,
        name: String,
        outcome: FileOutcome,
    },
    Corrected {
        entry: EntryId,
        correction: Correction,
    },
    /// Takes words out of the record. `remains` is what the target still says, for the fold.
    EntryRedacted {
        entry: EntryId,
        reason: String,
        remains: Box<Change>,
    },
    MessageRedacted {
        message: MessageId,
        reason: String,
    },
    Paged {
        page: PageId,
        policy: Option<Key>,
        policy_version: i64,
        people: Vec<PersonId>,
        message: Option<String>,
        /// The page that was acknowledged so long ago that this one was raised.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_of: Option<PageId>,
    },
    /// The page does not hurry, and waits for its policy's hours.
    PageDeferred {
        page: PageId,
        until: DateTime<Utc>,
    },
    /// A step of the page's policy fell due and these people are told.
    Escalated {
        page: PageId,
        step: i64,
        people: Vec<PersonId>,
        /// Channels and webhooks that are told as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        places: Vec<String>,
        directory_version: i64,
    },
    /// A channel or webhook could not be told.
    PlaceFailed {
        page: PageId,
        place: String,
        reason: String,
    },
    StepSkipped {
        page: PageId,
        step: i64,
        reason: SkipReason,
    },
    /// The policy is at its end; the last resort is paged, again and again, until someone acknowledges.
    LastResortPaged {
        page: PageId,
        people: Vec<PersonId>,
        round: i64,
    },
    NoticeSettled {
        page: PageId,
        notice: NoticeId,
        person: PersonId,
        method: ContactMethod,
        outcome: NoticeOutcome,
    },
    Acknowledged {
        page: PageId,
        person: PersonId,
        whole: bool,
    },
    PageEnded {
        page: PageId,
        reason: EndReason,
    },
    MergedInto {
        into: IncidentId,
    },
    MergedFrom {
        other: IncidentId,
    },
    Cancelled {
        reason: Option<String>,
    },
    Resolved {
        summary: String,
    },
    Reopened {
        reason: Option<String>,
        update_due: Option<DateTime<Utc>>,
    },
    Closed,
}

/// How an incident begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Declared {
    /// Its number: 42 is `INC-42`.
    pub id: IncidentId,
    /// What it is called.
    pub title: String,
    /// The key of its type.
    #[serde(rename = "type")]
    pub incident_type: Key,
    /// The key of its severity.
    pub severity: Key,
    /// Who may know of it.
    pub visibility: Visibility,
    /// Whether it is an exercise.
    pub drill: bool,
    /// The key of the team that owns it.
    pub owning_team: Option<Key>,
    /// The keys of the services that are affected.
    pub services: Vec<Key>,
    /// The custom fields, each with what it holds.
    pub fields: Vec<(String, String)>,
    /// When users began to feel it.
    pub impact_started: Option<DateTime<Utc>>,
    /// When the first update is due.
    pub update_due: Option<DateTime<Utc>>,
    /// The channels in which it is shown besides its rooms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announced: Vec<Channel>,
    /// What is said in one of its rooms is shown in the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mirror: bool,
}

/// What a correction says of the entry that it names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    Text { text: String },
    HappenedAt { at: DateTime<Utc> },
}

/// What became of one notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeOutcome {
    /// A provider has accepted it that tells later how it fared.
    Sent,
    /// As [`NoticeOutcome::DeliveredAgain`].
    SentAgain,
    Delivered,
    /// It may have reached them twice: an earlier attempt ended without an answer.
    DeliveredAgain,
    /// They have seen it, or taken the call.
    Read,
    Failed {
        reason: String,
    },
    /// It was tried for so long in vain that it was given up.
    Dead {
        reason: String,
    },
}

impl NoticeOutcome {
    /// Its one-word form in tables and texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sent | Self::SentAgain => "sent",
            Self::Delivered | Self::DeliveredAgain => "delivered",
            Self::Read => "read",
            Self::Failed { .. } => "failed",
            Self::Dead { .. } => "dead",
        }
    }

    /// Whether it may have arrived twice.
    pub fn again(&self) -> bool {
        matches!(self, Self::SentAgain | Self::DeliveredAgain)
    }

    /// Why it will never arrive.
    pub fn lost(&self) -> Option<&str> {
        match self {
            Self::Failed { reason } | Self::Dead { reason } => Some(reason),
            Self::Sent | Self::SentAgain | Self::Delivered | Self::DeliveredAgain | Self::Read => None,
        }
    }
}

/// What an entry of any stream says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Payload {
    Incident(Box<Change>),
    Directory(DirectoryChange),
    Installation(InstallationChange),
}

/// What an entry on the installation's stream says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstallationChange {
    /// The first use of the database; `key` is the id and the fingerprint of the key that signs, as `k1:6f661aae`.
    Created {
        schema: i64,
        key: String,
    },
    /// Another key signs from here on; the form is that of [`InstallationChange::Created`].
    KeyAdded {
        key: String,
    },
    WorkspaceConnected {
        workspace: WorkspaceId,
        platform: String,
        external_id: String,
    },
    /// A program may act by HTTP from here on.
    TokenAdded {
        integration: Key,
        scopes: Vec<Scope>,
    },
    /// Its token is good no more.
    TokenRevoked {
        integration: Key,
    },
    /// The auditor found something that should not be.
    AlarmRaised {
        finding: String,
    },
    /// A notice was queued that is to prove that notices arrive; `key` is that of its effect.
    SyntheticSent {
        key: String,
        person: PersonId,
        method: ContactMethod,
        due: DateTime<Utc>,
    },
    /// A code came back from where a method of this person leads.
    ContactProved {
        person: PersonId,
        method: ContactMethod,
    },
    /// What came of the one with this key.
    SyntheticSettled {
        key: String,
        outcome: NoticeOutcome,
    },
}

impl Change {
    /// This change and, for a redaction, what remains of its target; a redaction of a redaction's reason holds more than
    /// one such layer.
    pub fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |change| match change {
            Self::EntryRedacted { remains, .. } => Some(remains.as_ref()),
            _ => None,
        })
    }
}

/// The streams on which entries are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    Installation,
    Directory,
    Incident(IncidentId),
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Installation => f.write_str("installation"),
            Self::Directory => f.write_str("directory"),
            Self::Incident(id) => id.fmt(f),
        }
    }
}
