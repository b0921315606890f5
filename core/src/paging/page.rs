//! A page: the duty to get one subject acknowledged under a policy, with its recipients and their notices.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use super::notice::{Notice, NoticeState, Trail};
use super::policy::{AckNeed, PagingPolicy, Step, Terms};
use super::target::{Meant, Way};
use crate::actor::Who;
use crate::directory::{ContactMethod, Urgency};
use crate::ids::{EntryId, IncidentId, Key, NoticeId, PageId, PersonId};

/// The duty to get an incident acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page {
    /// By which entries name it.
    pub id: PageId,
    /// Rises by one with every committed decision; guards every write.
    pub version: i64,
    /// What it is to get acknowledged.
    pub incident: IncidentId,
    /// The policy as it was when the page began; later changes of it do not touch a running page.
    pub pinned: Pinned,
    /// The entry that raised it, which holds its message.
    pub raised: EntryId,
    /// Who raised it.
    pub raised_by: Who,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// Where it stands.
    pub state: PageState,
    /// How much it hurries, by the severity of its incident when it was raised.
    #[serde(default, skip_serializing_if = "Urgency::is_high")]
    pub urgency: Urgency,
    /// What is due next, and when; `None` once nothing is.
    pub due: Option<Due>,
    /// Notices that people's own rules have for later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<Planned>,
    /// The people on it.
    pub recipients: Vec<Recipient>,
    /// What was sent to them, or is about to be.
    pub notices: Vec<Notice>,
    /// What came of each step that fell due, oldest first. Absent in pages of older versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fired: Vec<Fired>,
}

/// A notice that a person is to have later, unless they have answered by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// When it is due.
    pub at: DateTime<Utc>,
    /// Who is to have it.
    pub person: PersonId,
    /// By what.
    pub method: ContactMethod,
    /// Which step told them first.
    pub occasion: DueStep,
}

/// What came of a step, or of the last resort, when it fell due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fired {
    /// Which step it was.
    pub occasion: DueStep,
    /// When it was due.
    pub at: DateTime<Utc>,
    /// That of the directory by which it was found out whom it means.
    pub directory_version: i64,
    /// Whom it meant, whether they could be told or not.
    pub meant: Vec<Meant>,
    /// Those who were told along and are not counted on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<Meant>,
    /// Schedules by which nobody was on call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncovered: Vec<Key>,
    /// Channels and webhooks that were told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Why it reached nobody, if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<SkipReason>,
}

/// A policy, or the persons that a command named, frozen for one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pinned {
    /// `None` for a page to named people.
    pub policy: Option<Key>,
    /// The version of the policy.
    pub version: i64,
    /// Whom to page in which order.
    pub steps: Vec<Step>,
    /// How many times the steps are gone through before the last resort.
    pub rounds: i64,
    /// What holds for the whole policy.
    #[serde(default, skip_serializing_if = "Terms::are_plain")]
    pub terms: Terms,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum PageState {
    Open,
    Acknowledged { at: DateTime<Utc>, by: PersonId },
    Ended { at: DateTime<Utc>, reason: EndReason },
}

/// Why a page ended without, or after, an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    Resolved,
    Cancelled,
    Merged,
}

/// What an open page does next, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// When.
    pub at: DateTime<Utc>,
    /// Which step.
    pub what: DueStep,
    /// It waits for its policy's hours, since the page does not hurry.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deferred: bool,
}

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueStep {
    /// A step of the policy; both are counted from 0.
    Step { round: i64, step: i64 },
    /// The last resort, paged for the `round`th time, counted from 1.
    LastResort { round: i64 },
    /// Whoever is on call is paged anew, since the incident goes on long after the acknowledgement.
    Again,
}

/// One person on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recipient {
    /// Who they are.
    pub person: PersonId,
    /// When they were first told.
    pub since: DateTime<Utc>,
    /// Whose acknowledgement the step waits for.
    pub needs: AckNeed,
    /// Whether they still have to answer.
    pub state: RecipientState,
}

/// Whether a recipient still has to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum RecipientState {
    Waiting,
    Acknowledged {
        at: DateTime<Utc>,
    },
    /// Somebody else's acknowledgement, or the end of the page, covers them.
    Covered {
        at: DateTime<Utc>,
    },
}

/// Why a step reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The step names nobody.
    Empty,
    /// Nobody is on call by the schedules that it names, and it names nobody else.
    Uncovered,
    /// Its conditions do not hold.
    Condition,
    /// Everyone it names has left or has no contact method.
    Unreachable,
    /// Every way to everyone it told has failed.
    AllFailed,
}

impl DueStep {
    /// The last resort for the first time.
    pub const FIRST_RESORT: Self = Self::LastResort { round: 1 };
}

impl Pinned {
    /// A policy as it is now, which a page keeps whatever becomes of the policy.
    pub fn of(policy: &PagingPolicy) -> Self {
        Self {
            policy: Some(policy.key.clone()),
            version: policy.version,
            steps: policy.steps.clone(),
            rounds: policy.rounds.max(1),
            terms: policy.terms.clone(),
        }
    }

    /// What a page begins with.
    pub fn first(&self) -> DueStep {
        if self.steps.is_empty() { DueStep::FIRST_RESORT } else { DueStep::Step { round: 0, step: 0 } }
    }

    /// A step by its number; an empty one where there is none of it.
    pub fn step(&self, number: i64) -> Step {
        usize::try_from(number).ok().and_then(|number| self.steps.get(number)).cloned().unwrap_or_default()
    }

    /// What follows if nobody acknowledges.
    pub fn after(&self, what: DueStep) -> DueStep {
        let steps = i64::try_from(self.steps.len()).unwrap_or(i64::MAX);
        match what {
            DueStep::Step { round, step } if step + 1 < steps => DueStep::Step { round, step: step + 1 },
            DueStep::Step { round, .. } if round + 1 < self.rounds && steps > 0 => {
                DueStep::Step { round: round + 1, step: 0 }
            }
            DueStep::Step { .. } => DueStep::FIRST_RESORT,
            DueStep::LastResort { round } => DueStep::LastResort { round: round + 1 },
            DueStep::Again => self.first(),
        }
    }
}

impl Page {
    /// Whether it still has to be acknowledged.
    pub fn is_open(&self) -> bool {
        matches!(self.state, PageState::Open)
    }

    /// When its timer falls due: its next step's, or that of a notice that is planned before.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.due.as_ref().map(|due| due.at).into_iter().chain(self.planned.iter().map(|planned| planned.at)).min()
    }

    /// Whether everybody who was counted on has answered, or need not any more.
    pub fn is_answered(&self) -> bool {
        let mut counted = self.recipients.iter().filter(|held| held.needs != AckNeed::Nobody);
        counted.all(|held| held.state != RecipientState::Waiting)
    }

    /// The recipient for this person.
    pub fn recipient(&self, person: PersonId) -> Option<&Recipient> {
        self.recipients.iter().find(|held| held.person == person)
    }

    /// Whom it told because they were on call by a schedule, once for each schedule, and when that was first.
    pub fn meant_by_schedules(&self) -> Vec<(Key, PersonId, DateTime<Utc>)> {
        let mut all: Vec<(Key, PersonId, DateTime<Utc>)> = Vec::new();
        for fired in self.fired.iter().filter(|fired| fired.skipped.is_none()) {
            for Meant { person, by } in &fired.meant {
                let (Way::Schedule { schedule, .. } | Way::Turn { schedule, .. }) = by else { continue };
                let told = self.recipient(*person).is_some();
                if told && all.iter().all(|(held, meant, _)| (held, meant) != (schedule, person)) {
                    all.push((schedule.clone(), *person, fired.at));
                }
            }
        }
        all
    }

    /// When the last notice to this person was queued, or left for them.
    pub fn last_told(&self, person: PersonId) -> Option<DateTime<Utc>> {
        let own = self.notices.iter().filter(|notice| notice.person == person);
        own.map(|notice| notice.left_at().unwrap_or(notice.queued_at)).max()
    }

    /// The notice with this number.
    pub fn notice(&self, id: NoticeId) -> Option<&Notice> {
        self.notices.iter().find(|held| held.id == id)
    }

    /// Whether a queued notice should still be sent: the recheck made immediately before sending.
    pub fn wants(&self, id: NoticeId) -> bool {
        self.is_open()
            && self.notice(id).is_some_and(|notice| {
                notice.state == NoticeState::Queued
                    && self.recipient(notice.person).is_some_and(|r| r.state == RecipientState::Waiting)
            })
    }

    /// Sets the timer of an open page again whose due time is gone, as the next version of the page. Where nothing says
    /// any more which step came next, the last resort is due at once: too much is better than nobody.
    pub fn resume(&mut self, now: DateTime<Utc>) {
        let last_resort = |notice: &Notice| match notice.occasion {
            DueStep::LastResort { round } => Some(round),
            DueStep::Step { .. } | DueStep::Again => None,
        };
        let round = self.notices.iter().filter_map(last_resort).max().unwrap_or(0) + 1;
        self.due.get_or_insert(Due { at: now, what: DueStep::LastResort { round }, deferred: false });
        self.version += 1;
    }
}

impl PageState {
    /// Its one-word form in tables and texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Ended { .. } => "ended",
        }
    }
}

impl RecipientState {
    /// Its one-word form in tables and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Covered { .. } => "covered",
        }
    }
}

impl EndReason {
    /// Its one-word form in tables and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }
}

impl std::fmt::Display for DueStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Step { round, step } => write!(f, "{round}.{step}"),
            Self::LastResort { round } => write!(f, "last.{round}"),
            Self::Again => f.write_str("again"),
        }
    }
}
