//! Follow-ups: what was promised so that it does not happen again, by whom and until when.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{ActionId, CauseId, PersonId};
use crate::incident::{Mark, Said};

/// A follow-up with an owner and a due date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Action {
    /// Its number: 2 is `A2`.
    pub id: ActionId,
    /// Its text, and who added it when.
    pub said: Said,
    /// Who is to do it.
    pub owner: Option<PersonId>,
    /// Until when.
    pub due: Option<DateTime<Utc>>,
    /// When it was done, and by whom.
    pub done: Option<Mark>,
    /// What it is good for.
    #[serde(default)]
    pub kind: Option<ActionKind>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The cause that it is to take away.
    #[serde(default)]
    pub cause: Option<CauseId>,
    /// Where other systems keep it.
    #[serde(default)]
    pub tickets: Vec<Ticket>,
    /// When its owner is nudged next.
    #[serde(default)]
    pub nudge_at: Option<DateTime<Utc>>,
    /// How often somebody was nudged since its due date was set.
    #[serde(default)]
    pub nudges: u32,
}

/// What a follow-up is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// It will not happen again.
    Prevent,
    /// It will be noticed sooner.
    Detect,
    /// It will do less harm, or for a shorter time.
    Mitigate,
    /// People will work together better.
    Process,
}

/// How much a follow-up matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    High,
    Medium,
    Low,
}

/// A follow-up as another system keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ticket {
    /// The name of the configured tracker.
    pub tracker: String,
    /// What the tracker calls it among programs.
    pub reference: String,
    /// What people call it there: `#12`, `OPS-7`.
    pub number: String,
    /// Where it is kept.
    pub url: String,
}

/// What became of a follow-up after it was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ActionChange {
    /// It reads otherwise from here on; each field is what it is now.
    ActionEdited {
        action: ActionId,
        text: String,
        owner: Option<PersonId>,
        due: Option<DateTime<Utc>>,
        action_kind: Option<ActionKind>,
        priority: Option<Priority>,
        cause: Option<CauseId>,
    },
    ActionReopened {
        action: ActionId,
    },
    /// When its owner is nudged next; nothing was said to anybody.
    NudgePlanned {
        action: ActionId,
        nudge_at: Option<DateTime<Utc>>,
    },
    /// Somebody was reminded of it.
    ActionNudged {
        action: ActionId,
        person: Option<PersonId>,
        due: DateTime<Utc>,
        nudge_at: Option<DateTime<Utc>>,
    },
    ActionTicketed {
        action: ActionId,
        ticket: Ticket,
    },
    TicketFailed {
        action: ActionId,
        tracker: String,
        reason: String,
    },
}

impl ActionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Prevent, Self::Detect, Self::Mitigate, Self::Process];

    /// Its word in commands and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Prevent => "prevent",
            Self::Detect => "detect",
            Self::Mitigate => "mitigate",
            Self::Process => "process",
        }
    }

    /// Reads its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word().eq_ignore_ascii_case(text))
    }
}

impl Priority {
    /// Every priority, the highest first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// Its word in commands and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// Reads its word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.word().eq_ignore_ascii_case(text))
    }
}

impl Action {
    /// Whether it should have been done by `now`.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.done.is_none() && self.due.is_some_and(|due| due < now)
    }

    /// Applies one step that was recorded at `mark`.
    pub(crate) fn apply(&mut self, change: &ActionChange, mark: Mark) {
        match change {
            ActionChange::ActionEdited { text, owner, due, action_kind, priority, cause, .. } => {
                if self.said.text != *text {
                    self.said = Said { text: text.clone(), mark };
                }
                if self.due != *due {
                    self.nudges = 0;
                }
                (self.owner, self.due, self.kind, self.priority, self.cause) =
                    (*owner, *due, *action_kind, *priority, *cause);
            }
            ActionChange::ActionReopened { .. } => self.done = None,
            ActionChange::NudgePlanned { nudge_at, .. } => self.nudge_at = *nudge_at,
            ActionChange::ActionNudged { nudge_at, .. } => {
                self.nudge_at = *nudge_at;
                self.nudges += 1;
            }
            ActionChange::ActionTicketed { ticket, .. } => {
                self.tickets.retain(|held| held.tracker != ticket.tracker);
                self.tickets.push(ticket.clone());
            }
            ActionChange::TicketFailed { .. } => {}
        }
    }
}

impl ActionChange {
    /// The follow-up that it is about.
    pub fn action(&self) -> ActionId {
        match self {
            Self::ActionEdited { action, .. }
            | Self::ActionReopened { action }
            | Self::NudgePlanned { action, .. }
            | Self::ActionNudged { action, .. }
            | Self::ActionTicketed { action, .. }
            | Self::TicketFailed { action, .. } => *action,
        }
    }
}
