//! The incident: one problem being handled. Its row is what its entries add up to; see [`Incident::apply`].

mod apply;
mod correct;
mod past;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::apply::Unfoldable;
pub use self::status::{ActiveStatus, Mark, Said, Status, StatusWord};
pub use crate::action::Action;
use crate::ids::{ActionId, IncidentId, Key, MessageId, PersonId, RoomId, WorkspaceId};
use crate::postmortem::Postmortem;
use crate::rca::Analysis;
use crate::settings::LEAD;
use crate::times::KeyTime;

/// One problem being handled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Incident {
    /// Its number: 42 is `INC-42`.
    pub id: IncidentId,
    /// Rises by one with every committed decision; guards every write.
    pub version: i64,
    /// How many entries its stream holds.
    pub entries: i64,
    /// Rises whenever something that the card shows has changed.
    pub card: i64,
    /// The entry that last changed what is said of it in a line or two: its title, severity, status, lead or update.
    #[serde(default)]
    pub headline: i64,
    /// What it is called.
    pub title: String,
    /// The configured type (`default` unless said otherwise).
    pub kind: Key,
    /// Where it stands.
    pub status: Status,
    /// The key of its severity.
    pub severity: Key,
    /// Who may know of it.
    pub visibility: Visibility,
    /// A drill is an exercise: marked everywhere and left out of the figures.
    pub drill: bool,
    /// The key of the team that owns it.
    pub owning_team: Option<Key>,
    /// The keys of the services that are affected.
    pub services: BTreeSet<Key>,
    /// Who holds which role, by the role's key.
    pub roles: BTreeMap<Key, PersonId>,
    /// Custom fields by name.
    pub fields: BTreeMap<String, Said>,
    /// Who takes part, by person.
    pub members: BTreeMap<PersonId, Membership>,
    /// What happened, in a few sentences.
    pub summary: Option<Said>,
    /// What users feel.
    pub impact: Impact,
    /// The follow-ups, in the order in which they were added.
    pub actions: Vec<Action>,
    /// What is known of why it happened.
    #[serde(default)]
    pub analysis: Analysis,
    /// Key times that people have said, in the place of what the timeline proposes.
    #[serde(default)]
    pub times: BTreeMap<KeyTime, Mark>,
    /// How far the document is, and what people wrote in it.
    #[serde(default)]
    pub postmortem: Postmortem,
    /// Where it is talked about.
    pub rooms: Vec<Room>,
    /// When it was declared, and by whom.
    pub declared: Mark,
    /// The first instant of each kind from which figures derive.
    pub milestones: Milestones,
    /// What was last told to those who wait.
    pub last_update: Option<Said>,
    /// When the next update is due; `None` when nobody waits for one.
    pub update_due: Option<DateTime<Utc>>,
    /// The messages that bear a mark at present.
    #[serde(default)]
    pub marked: BTreeSet<MessageId>,
    /// Where it is shown besides its rooms.
    #[serde(default)]
    pub announcements: Vec<Announcement>,
    /// Whether what is said in one room is shown in the others.
    #[serde(default)]
    pub mirror: Mirror,
}

/// Whether what is said in one room of an incident is shown in its others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mirror {
    #[default]
    Never,
    On {
        /// What was said before is not shown.
        since: DateTime<Utc>,
    },
    /// It was; what is shown already still follows its message.
    Ended,
}

/// A channel of a workspace that is no room of an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Channel {
    /// The workspace that it belongs to.
    pub workspace: WorkspaceId,
    /// The platform's id of it.
    pub external_id: String,
}

impl std::fmt::Display for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.workspace, self.external_id)
    }
}

/// What an incident shows in a channel, edited in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Announcement {
    /// Where it is shown.
    pub channel: Channel,
    /// The platform's id of the message; absent until it stands there.
    pub message: Option<String>,
}

/// Who may know of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    Public,
    /// Its members alone; outsiders learn only that the number exists.
    Private,
}

/// That a person takes part, and how they came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Membership {
    /// How they came in.
    pub how: Joined,
    /// When they came in.
    pub at: DateTime<Utc>,
}

/// How a person came into an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Joined {
    Declared,
    /// Given a role.
    Assigned,
    Paged,
    /// Answered a page that others had been told of.
    Acknowledged,
    /// Came along when their incident was merged into this one.
    Invited,
}

/// What users feel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// In words.
    pub text: Option<Said>,
    /// When users began to feel it.
    pub started_at: Option<DateTime<Utc>>,
    /// When users felt nothing more.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// In numbers.
    #[serde(default)]
    pub measures: Measures,
}

/// The impact in numbers, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Measures {
    /// How many users felt it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    /// How many requests failed or were lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u64>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// How many minutes of the error budget it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slo_minutes: Option<u64>,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// In hundredths of the currency's unit.
    pub cents: u64,
    /// Three capital letters, as ISO 4217 has them.
    pub currency: String,
}

/// A place where the incident is talked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Room {
    /// By which entries name it.
    pub id: RoomId,
    /// The workspace that it is in.
    pub workspace: WorkspaceId,
    /// How far it has come.
    pub state: RoomState,
    /// The place that somebody wanted to use; without it one is made. What was there before stays when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopts: Option<String>,
}

/// How far a room has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomState {
    /// Asked for; the platform has not confirmed it.
    Requested,
    Open {
        external_id: String,
        name: String,
    },
    /// The platform will not make it.
    Failed {
        reason: String,
    },
    Closed {
        external_id: String,
        name: String,
    },
}

/// The instants from which the metrics derive; each is a `happened_at`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Milestones {
    /// The first sign of it that was brought in from before the declaration.
    #[serde(default)]
    pub detected: Option<Mark>,
    /// The first human acknowledgement or take-over of the lead.
    pub acknowledged: Option<Mark>,
    /// When the worst was over.
    pub mitigated: Option<Mark>,
    /// When it was resolved last.
    pub resolved: Option<Mark>,
}

impl Incident {
    /// Whether `person` takes part.
    pub fn has_member(&self, person: PersonId) -> bool {
        self.members.contains_key(&person)
    }

    /// Whether this is a private incident.
    pub fn is_private(&self) -> bool {
        self.visibility == Visibility::Private
    }

    /// Who leads it.
    pub fn lead(&self) -> Option<PersonId> {
        self.roles.iter().find(|(role, _)| role.as_str() == LEAD).map(|(_, person)| *person)
    }

    /// The room with this id.
    pub fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.iter().find(|room| room.id == id)
    }

    /// The rooms that can be written in, or will be once they are made.
    pub fn live_rooms(&self) -> impl Iterator<Item = &Room> {
        self.rooms.iter().filter(|room| matches!(room.state, RoomState::Requested | RoomState::Open { .. }))
    }

    /// The room of a workspace that can be written in, or will be once it is made.
    pub fn live_room_in(&self, workspace: WorkspaceId) -> Option<&Room> {
        self.live_rooms().find(|room| room.workspace == workspace)
    }

    /// What stands in a section of the postmortem: what somebody wrote there, else what was said of it in the incident.
    pub fn section(&self, section: &Key) -> Option<&Said> {
        self.postmortem.sections.get(section).or(match section.as_str() {
            "summary" => self.summary.as_ref(),
            "impact" => self.impact.text.as_ref(),
            _ => None,
        })
    }

    /// The action with this number.
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }

    /// When somebody is reminded next of what was promised: of the postmortem, or of a follow-up that is not done. Nobody is
    /// reminded of an incident that was none, or goes on in another.
    pub fn remind_at(&self) -> Option<DateTime<Utc>> {
        if matches!(self.status, Status::Cancelled { .. } | Status::Merged { .. }) {
            return None;
        }
        let open = self.actions.iter().filter(|action| action.done.is_none());
        open.filter_map(|action| action.nudge_at).chain(self.postmortem.remind_at).min()
    }

    /// When those who wait were last told anything: by an update, else by the declaration or the reopening.
    pub fn last_told(&self) -> DateTime<Utc> {
        let began = match &self.status {
            Status::Investigating { since } => since.at.max(self.declared.at),
            _ => self.declared.at,
        };
        self.last_update.as_ref().map_or(began, |said| said.mark.at.max(began))
    }

    /// The name of its stream of entries.
    pub fn stream(&self) -> String {
        self.id.to_string()
    }
}

impl Measures {
    /// Whether no number is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Takes over what `other` knows.
    pub fn update(&mut self, other: &Self) {
        self.users = other.users.or(self.users);
        self.requests = other.requests.or(self.requests);
        self.slo_minutes = other.slo_minutes.or(self.slo_minutes);
        if other.money.is_some() {
            self.money.clone_from(&other.money);
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (units, cents) = (self.cents / 100, self.cents % 100);
        if cents == 0 {
            write!(f, "{units} {}", self.currency)
        } else {
            write!(f, "{units}.{cents:02} {}", self.currency)
        }
    }
}

impl Mirror {
    /// Whether what is said from here on is shown.
    pub fn is_on(self) -> bool {
        matches!(self, Self::On { .. })
    }

    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::On { .. } => "on",
            Self::Ended => "ended",
        }
    }

    /// The instant that stands beside the word.
    pub fn since(self) -> Option<DateTime<Utc>> {
        match self {
            Self::On { since } => Some(since),
            Self::Never | Self::Ended => None,
        }
    }

    /// What a word and the instant beside it stand for.
    pub fn parse(word: &str, since: Option<DateTime<Utc>>) -> Option<Self> {
        match (word, since) {
            ("never", None) => Some(Self::Never),
            ("on", Some(since)) => Some(Self::On { since }),
            ("ended", None) => Some(Self::Ended),
            _ => None,
        }
    }
}

impl RoomState {
    /// Its one-word form in tables and texts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open { .. } => "open",
            Self::Failed { .. } => "failed",
            Self::Closed { .. } => "closed",
        }
    }
}
