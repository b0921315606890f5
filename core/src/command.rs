//! Requests: commands change something, queries only read. Text becomes a [`Request`] in one place, [`parse`], for
//! every surface.

pub mod action;
pub mod compose;
pub mod oncall;
pub mod parse;
mod raise;
pub mod rca;
mod review;
pub mod verbs;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::action::{ActionCommand, ActionEdit, ActionTraits, Edit, Promised};
pub use self::oncall::{OnCallCommand, OnCallQuery, SwapAnswer};
pub use self::raise::{Raise, Whom};
pub use self::rca::{CauseCommand, Support};
pub use self::review::{ReviewCommand, ReviewQuery};
use crate::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};
use crate::effect::{Reference, SetUp};
use crate::file::FileOutcome;
use crate::ids::{ActionId, CauseId, EntryId, FileId, IncidentId, Key, MessageId, NoticeId, PageId, PersonId, RoomId};
use crate::incident::{ActiveStatus, Channel, Measures};
use crate::paging::notice::{Attempt, Receipt};
use crate::times::KeyTime;

/// What one line of the grammar asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The incident named by a leading `INC-n`.
    pub incident: Option<IncidentId>,
    pub ask: Ask,
}

/// A command or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    Command(Command),
    Query(Query),
    /// What is about no incident, but about whoever asks.
    Own(Own),
    /// What is about no incident, but about who is on call.
    OnCall(OnCallCommand),
}

/// What somebody wants done with what is their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Own {
    /// A code with which another account becomes theirs.
    Code,
    /// The account that this is written with becomes that of whoever has asked for the code.
    Link { code: Code },
    /// An account, by its id or the name of its workspace, is to be theirs no more.
    Unlink { account: String },
    /// An address at which a schedule is a calendar, or without one their own shifts.
    Feed { schedule: Option<String> },
    /// That address is to be good no more.
    EndFeed { schedule: Option<String> },
    /// How they are reached is to be another.
    Contact(ContactCommand),
}

/// What somebody wants done with how they are reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactCommand {
    /// A method is to lead to this address, once a code came back from there.
    Set { method: ContactMethod, address: PlainAddress },
    /// The code that came to an address.
    Confirm { code: Code },
    /// They are to be reached by this method no more.
    Remove { method: ContactMethod },
    /// Which methods come first.
    Order { methods: Vec<ContactMethod> },
    /// Which method comes when; none gives the say back to the file.
    Rules { urgency: Urgency, rules: Vec<PersonalRule> },
    /// A notice now, by one method or by all that lead to an address.
    Test { method: Option<ContactMethod> },
}

/// A code as somebody typed it. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(pub String);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(..)")
    }
}

/// A request to change something, whatever surface it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    Declare(Declare),
    /// A page about something that no incident was declared for.
    Raise(Raise),
    Status {
        to: ActiveStatus,
    },
    Severity {
        to: String,
    },
    Assign {
        role: Key,
        person: String,
    },
    /// `target` is a person's handle or a policy's key.
    Page {
        target: String,
        message: Option<String>,
    },
    Ack,
    Note {
        text: String,
        at: Option<DateTime<Utc>>,
    },
    Update {
        text: String,
        next: Option<TimeDelta>,
    },
    /// The next update is reminded of later.
    Snooze {
        wait: TimeDelta,
    },
    AddAction {
        text: String,
        owner: Option<String>,
        due: Option<DateTime<Utc>>,
        traits: ActionTraits,
    },
    FinishAction {
        action: ActionId,
    },
    /// A step of a follow-up that is there.
    Action(ActionCommand),
    SetSummary {
        text: String,
    },
    /// `None` empties the field.
    SetField {
        field: String,
        value: Option<String>,
    },
    /// Sections of the postmortem read as somebody wrote them.
    WriteSections {
        sections: Vec<Written>,
        /// The last entry that the copy of the document knew of in which they were written.
        copied: Option<EntryId>,
    },
    SetImpact {
        text: Option<String>,
        started_at: Option<DateTime<Utc>>,
        ended_at: Option<DateTime<Utc>>,
        measures: Measures,
    },
    /// When something was; `None` gives the say back to the timeline.
    SetTime {
        time: KeyTime,
        at: Option<DateTime<Utc>>,
    },
    /// A step of the analysis.
    Analysis(CauseCommand),
    Correct {
        entry: EntryId,
        fix: Fix,
    },
    Link {
        url: String,
        title: Option<String>,
    },
    Mark {
        message: MessageId,
    },
    /// The mark of a message is taken away.
    Unmark {
        message: MessageId,
    },
    /// Words that were said where the incident has no room.
    Cite {
        quote: Quote,
    },
    Redact {
        target: RedactTarget,
        reason: String,
    },
    Merge {
        into: IncidentId,
    },
    Cancel {
        reason: Option<String>,
    },
    Resolve {
        summary: String,
    },
    Reopen {
        reason: Option<String>,
    },
    Close,
    /// A room is to be opened in a place that somebody names.
    AddRoom {
        place: String,
    },
    /// What is said in one room is to be shown in the others, or not any more.
    Mirror {
        on: bool,
    },
    /// The actor came into a room.
    Join,
    /// The actor has an account by now that was this person's, who is somebody of their own no more.
    TakeOver {
        from: PersonId,
    },
    /// A page's timer fell due.
    PageDue {
        page: PageId,
    },
    /// An incident's update fell due.
    UpdateDue,
    /// A reminder of what was promised in an incident fell due.
    RemindersDue,
    /// A step of the postmortem.
    Review(ReviewCommand),
    RoomOpened {
        room: RoomId,
        made: Reference,
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
    /// What became of the copy of a file that was attached to a message.
    FileSettled {
        file: FileId,
        message: MessageId,
        name: String,
        outcome: FileOutcome,
    },
    /// What an incident announces in a channel stands there now.
    Announced {
        channel: Channel,
        message: String,
    },
    AnnouncementFailed {
        channel: Channel,
        reason: String,
    },
    /// A channel or webhook could not be told of a page.
    PlaceFailed {
        page: PageId,
        place: String,
        reason: String,
    },
    /// What became of a notice; `again` when an earlier attempt had ended without an answer.
    NoticeDelivered {
        page: PageId,
        notice: NoticeId,
        again: bool,
        attempt: Attempt,
    },
    NoticeFailed {
        page: PageId,
        notice: NoticeId,
        reason: String,
        attempt: Attempt,
    },
    /// It was tried for so long in vain that it is tried no more.
    NoticeGivenUp {
        page: PageId,
        notice: NoticeId,
        reason: String,
        attempt: Attempt,
    },
    /// What the provider of a notice says of it after it had accepted it.
    NoticeReceipt {
        page: PageId,
        notice: NoticeId,
        receipt: Receipt,
    },
}

/// `/incident declare`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declare {
    pub title: String,
    pub severity: Option<String>,
    pub incident_type: Option<String>,
    /// Custom fields by name.
    pub fields: Vec<(String, String)>,
    pub services: Vec<String>,
    pub private: bool,
    pub drill: bool,
    pub impact_started: Option<DateTime<Utc>>,
    /// What is known so far; it becomes the summary.
    pub description: Option<String>,
    /// The channel in which it is declared becomes its room.
    pub here: bool,
    /// The message that it is declared from.
    pub quote: Option<Quote>,
}

/// Words that somebody points at, as they stood where they were said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    pub text: String,
    /// `None` where nobody knows who said it.
    pub author: Option<PersonId>,
    pub said_at: DateTime<Utc>,
    /// Where it can be read.
    pub link: Option<String>,
}

/// What `/incident correct` says: a word that reads as a time is one, everything else is text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fix {
    Text(String),
    HappenedAt(DateTime<Utc>),
}

/// A section of the postmortem as somebody wrote it; no text takes away what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub section: Key,
    pub text: String,
}

/// What `/incident redact` takes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedactTarget {
    Entry(EntryId),
    Message(MessageId),
}

/// A request that only reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    Show,
    /// The incident's rooms.
    Rooms,
    /// Who asks, with their accounts.
    Me,
    OnCall(OnCallQuery),
    Summary,
    Impact,
    /// The analysis, as it stands or as it stood.
    Causes {
        at: Option<DateTime<Utc>>,
    },
    /// One cause of it.
    Cause {
        cause: CauseId,
    },
    /// The key times.
    Times,
    Timeline,
    Actions,
    /// Incidents that are like it.
    Similar,
    /// Follow-ups of all incidents.
    Promised(Promised),
    List {
        all: bool,
    },
    Postmortem {
        template: Option<String>,
    },
    Review(ReviewQuery),
    Export {
        format: ExportFormat,
        /// A postmortem template; a record has none.
        template: Option<String>,
    },
    WhyPaged {
        person: Option<String>,
    },
    Help {
        topic: Option<String>,
    },
}

/// The forms in which an incident can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// The postmortem as Markdown, which can be edited and read back.
    Markdown,
    /// The postmortem as one page that needs nothing else.
    Html,
    /// The postmortem as it is printed.
    Pdf,
    /// The whole record.
    Json,
}

impl Command {
    /// Whether it needs the incident's entries besides its row.
    pub fn needs_history(&self) -> bool {
        match self {
            Self::Correct { .. } | Self::Redact { .. } => true,
            Self::Analysis(step) => step.needs_history(),
            _ => false,
        }
    }

    /// Whether a page may begin or go on by it.
    pub fn may_page(&self) -> bool {
        matches!(
            self,
            Self::Declare(_)
                | Self::Raise(_)
                | Self::Page { .. }
                | Self::Severity { .. }
                | Self::PageDue { .. }
                | Self::NoticeFailed { .. }
                | Self::NoticeGivenUp { .. }
                | Self::NoticeReceipt { .. }
        )
    }

    /// Whether it needs the incident's open pages.
    pub fn needs_pages(&self) -> bool {
        matches!(
            self,
            Self::Page { .. }
                | Self::Ack
                | Self::Severity { .. }
                | Self::Resolve { .. }
                | Self::Cancel { .. }
                | Self::Merge { .. }
        )
    }

    /// Whether it needs nothing that is stored but its incident's row.
    pub fn needs_incident_alone(&self) -> bool {
        let more = self.is_beginning() || self.needs_history() || self.needs_pages();
        !more && self.page().is_none() && self.message().is_none() && self.other_incident().is_none()
    }

    /// Whether an incident begins with it.
    pub fn is_beginning(&self) -> bool {
        matches!(self, Self::Declare(_) | Self::Raise(_))
    }

    /// The page that it is about, for timers and deliveries.
    pub fn page(&self) -> Option<PageId> {
        match self {
            Self::PageDue { page }
            | Self::NoticeDelivered { page, .. }
            | Self::NoticeFailed { page, .. }
            | Self::NoticeGivenUp { page, .. }
            | Self::NoticeReceipt { page, .. } => Some(*page),
            _ => None,
        }
    }

    /// The captured message that it is about.
    pub fn message(&self) -> Option<MessageId> {
        match self {
            Self::Mark { message }
            | Self::Unmark { message }
            | Self::Redact { target: RedactTarget::Message(message), .. } => Some(*message),
            Self::Analysis(step) => step.message(),
            _ => None,
        }
    }

    /// The other incident that it touches.
    pub fn other_incident(&self) -> Option<IncidentId> {
        match self {
            Self::Merge { into } => Some(*into),
            _ => None,
        }
    }
}
