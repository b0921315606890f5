//! What the person who asked is told. The words are a template's; this is what it speaks of.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{ActionId, CauseId, CommentId, EntryId, IncidentId, MessageId};
use crate::incident::StatusWord;
use crate::rca::{CauseRole, Confidence};
use crate::times::KeyTime;

/// What the person who asked is told. Stored beside the inbound id, so that a second arrival hears the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    Declared {
        incident: IncidentId,
        severity: String,
        paging: Vec<String>,
        /// The severity pages, and nobody could be named to be paged.
        #[serde(default)]
        unpaged: bool,
        /// Until when a page waits, since it does not hurry.
        #[serde(default)]
        deferred: Option<DateTime<Utc>>,
    },
    RoomAdded {
        incident: IncidentId,
        /// The name of the workspace.
        place: String,
    },
    MirrorSet {
        incident: IncidentId,
        on: bool,
        /// There is no other room yet.
        alone: bool,
    },
    /// An account is the person's now of this handle.
    AccountLinked {
        handle: String,
        /// It was somebody's of this handle before, who is nobody of their own any more.
        was: Option<String>,
        /// The contact method by which they are reached there, where that is their configuration's to say.
        unreached: Option<String>,
    },
    AccountUnlinked {
        account: String,
        place: String,
    },
    /// The address of a calendar is good no more: of a schedule, or of all that somebody's own.
    FeedEnded {
        schedule: Option<String>,
    },
    /// Somebody is on call by these schedules for a while.
    OnCall {
        schedules: Vec<String>,
        person: String,
        /// Whom they stand in for; everybody without it.
        instead_of: Option<String>,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    },
    /// An override is no more, for what was left of its time.
    OverrideEnded {
        schedule: String,
        /// Whom it put on call.
        people: Vec<String>,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
        /// Those who are on call again.
        again: Vec<String>,
        /// Nobody is on call for a part of that time who was.
        gap: bool,
    },
    /// A shift was offered to somebody.
    SwapProposed {
        schedule: String,
        person: String,
        start: DateTime<Utc>,
        end: DateTime<Utc>,
    },
    /// A proposal was accepted, or is none any more.
    SwapAnswered {
        schedule: String,
        person: String,
        accepted: bool,
    },
    /// Somebody has taken on-call over.
    HandoffAccepted {
        schedule: String,
        /// When their shift begins.
        start: DateTime<Utc>,
        /// Those who are told of it.
        people: Vec<String>,
    },
    /// Word is left for those who come next.
    HandoffNoted {
        schedule: String,
    },
    StatusSet {
        incident: IncidentId,
        to: StatusWord,
    },
    SeveritySet {
        incident: IncidentId,
        to: String,
        #[serde(default)]
        paging: Vec<String>,
        #[serde(default)]
        unpaged: bool,
        #[serde(default)]
        deferred: Option<DateTime<Utc>>,
    },
    Assigned {
        incident: IncidentId,
        role: String,
        person: String,
    },
    Paging {
        incident: IncidentId,
        people: Vec<String>,
        #[serde(default)]
        deferred: Option<DateTime<Utc>>,
    },
    /// A page of its own; `again` where the same one was raised before and goes on.
    Raised {
        incident: IncidentId,
        people: Vec<String>,
        deferred: Option<DateTime<Utc>>,
        unpaged: bool,
        again: bool,
    },
    Acknowledged {
        incident: IncidentId,
        still_waiting: Vec<String>,
    },
    Noted {
        incident: IncidentId,
        entry: EntryId,
    },
    Updated {
        incident: IncidentId,
        next_due: Option<DateTime<Utc>>,
    },
    ActionAdded {
        incident: IncidentId,
        action: ActionId,
    },
    ActionDone {
        incident: IncidentId,
        action: ActionId,
    },
    ActionEdited {
        incident: IncidentId,
        action: ActionId,
    },
    ActionReopened {
        incident: IncidentId,
        action: ActionId,
    },
    /// It is on its way to a tracker.
    ActionTicketed {
        incident: IncidentId,
        action: ActionId,
        tracker: String,
    },
    SummarySet {
        incident: IncidentId,
    },
    ImpactSet {
        incident: IncidentId,
        /// Key times that come in an unlikely order now: each time with the one that should not be before it.
        #[serde(default)]
        disorder: Vec<(KeyTime, KeyTime)>,
    },
    TimeSet {
        incident: IncidentId,
        time: KeyTime,
        /// When it is held to have been now.
        at: Option<DateTime<Utc>>,
        /// The timeline has the say again.
        cleared: bool,
        disorder: Vec<(KeyTime, KeyTime)>,
    },
    /// A step of the analysis.
    Analysis {
        incident: IncidentId,
        done: CauseDone,
    },
    /// These sections of the postmortem read otherwise now.
    SectionsWritten {
        incident: IncidentId,
        sections: Vec<String>,
    },
    FieldSet {
        incident: IncidentId,
        field: String,
        emptied: bool,
    },
    Corrected {
        incident: IncidentId,
        entry: EntryId,
    },
    Linked {
        incident: IncidentId,
        entry: EntryId,
    },
    Marked {
        incident: IncidentId,
        message: MessageId,
        entry: EntryId,
    },
    Unmarked {
        incident: IncidentId,
        message: MessageId,
    },
    Cited {
        incident: IncidentId,
        entry: EntryId,
    },
    Snoozed {
        incident: IncidentId,
        next_due: DateTime<Utc>,
    },
    Redacted {
        incident: IncidentId,
        target: String,
    },
    Merged {
        incident: IncidentId,
        into: IncidentId,
        /// It has an analysis, which stays with it.
        #[serde(default)]
        analysed: bool,
    },
    Cancelled {
        incident: IncidentId,
    },
    Resolved {
        incident: IncidentId,
    },
    Reopened {
        incident: IncidentId,
    },
    Closed {
        incident: IncidentId,
    },
    /// Something changed in how whoever asks is reached, or is about to.
    Contact {
        done: ContactDone,
    },
    /// The postmortem went a step further.
    Review {
        incident: IncidentId,
        done: ReviewDone,
    },
    /// Timers and deliveries have nobody to tell.
    Silent,
}

/// What became of a step of the analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause_done", rename_all = "snake_case")]
pub enum CauseDone {
    Added {
        cause: CauseId,
        role: CauseRole,
        entry: EntryId,
        leads_to: Option<CauseId>,
        because: Option<CauseId>,
    },
    Edited {
        cause: CauseId,
    },
    Linked {
        from: CauseId,
        to: CauseId,
        removed: bool,
    },
    Judged {
        cause: CauseId,
        is: Confidence,
    },
    Supported {
        /// None where there is no cause yet.
        cause: Option<CauseId>,
        entry: EntryId,
        /// It was recorded now.
        recorded: bool,
    },
    Withdrawn {
        cause: CauseId,
        entry: EntryId,
    },
}

/// What became of a wish about the postmortem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ReviewDone {
    /// These people were asked, and so many sign-offs are needed.
    Asked {
        people: Vec<String>,
        required: u32,
    },
    /// So many sign-offs are missing.
    Signed {
        missing: u32,
    },
    SentBack,
    /// It was published, and is on its way to these targets.
    Published {
        targets: Vec<String>,
    },
    /// It is on its way to these targets.
    Sending {
        targets: Vec<String>,
    },
    Revised,
    Owned {
        person: String,
    },
    Due {
        due: Option<DateTime<Utc>>,
    },
    Commented {
        comment: CommentId,
    },
    Settled {
        comment: CommentId,
    },
    Chosen {
        template: String,
    },
    Written {
        section: String,
        /// It says nothing any more.
        emptied: bool,
        /// So many sign-offs were given for other words, and are void.
        void: usize,
        /// The template of the document, where it does not show the section.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left_out_by: Option<String>,
    },
}

/// What became of a wish about how somebody is reached. Addresses are told as their owner knows them again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "contact", rename_all = "snake_case")]
pub enum ContactDone {
    /// A code is on its way.
    Asked { method: String, address: String, minutes: i64 },
    /// A method leads to another address now.
    Set {
        method: String,
        /// The address that it led to before.
        replaced: Option<String>,
        /// Whether pages come by it, first or by a rule.
        used: bool,
    },
    /// A method leads where it should.
    Proved { method: String },
    Removed {
        method: String,
        /// The address that it led to, which is told of it.
        #[serde(default)]
        was: Option<String>,
    },
    /// The methods in their order.
    Ordered { methods: Vec<String> },
    /// The rules of one urgency; none, where a file or the order has the say.
    Ruled { urgency: String, rules: Vec<String> },
    /// Codes are on their way by these methods.
    Tested { methods: Vec<String>, minutes: i64 },
}
