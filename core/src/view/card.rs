//! The card: the one message per room that shows the incident's present state; and all that `show` adds to it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::format::{Clock, paragraphs, severity};
use super::lists::ActionView;
use super::record::Record;
use super::similar::SimilarRow;
use super::words::{MeasuresView, field_name};
use crate::incident::{Said, Status};
use crate::paging::page::{PageState, RecipientState};
use crate::settings::COMMUNICATIONS;
use crate::similar::Similar;
use crate::times::KeyTime;

/// So many earlier incidents stand on a card.
pub const EARLIER: usize = 3;
/// And of each so many things that are left to do.
const ACTIONS_OF_EARLIER: usize = 3;

/// The incident's present state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CardView {
    /// The incident: `INC-42`.
    pub id: String,
    /// The incident's title.
    pub title: String,
    /// In capitals: `SEV1`.
    pub severity: String,
    /// What the severity is called: `critical`.
    pub severity_name: String,
    /// Where it stands: `declared`, `investigating`, `identified`, `mitigated`, `resolved`, `closed`, `cancelled` or `merged`.
    pub status: String,
    /// The incident's type, where it is not the usual one.
    pub kind: Option<String>,
    /// Whether only its members may know of it.
    pub private: bool,
    /// Whether it is an exercise.
    pub drill: bool,
    /// Every configured role, held or not.
    pub roles: Vec<RoleView>,
    /// The keys of the services that are affected.
    pub services: Vec<String>,
    /// Those of its services that have one.
    pub runbooks: Vec<RunbookView>,
    /// When it was declared: `14:05`.
    pub declared: String,
    /// Who declared it.
    pub declared_by: super::WhoView,
    /// What users feel, in words.
    pub impact: Option<String>,
    /// When users began to feel it: `14:05`, with the date on any day but the incident's first.
    pub impact_started: Option<String>,
    /// What was last told to those who wait.
    pub last_update: Option<SaidView>,
    /// When the next update is due.
    pub next_due: Option<String>,
    /// Whom open pages wait for; empty when none is open or all have answered.
    pub waiting: Vec<String>,
    /// Who took the newest page that was acknowledged.
    pub acknowledged_by: Option<String>,
    /// The words with which it was resolved.
    pub resolution: Option<String>,
    /// Why it was cancelled, if somebody said so.
    pub reason: Option<String>,
    /// The incident in which the work went on: `INC-43`.
    pub merged_into: Option<String>,
    /// Earlier incidents that are like it, with what was promised after them and is not done; empty but on cards.
    pub earlier: Vec<SimilarRow>,
}

/// An incident in a line or two: above its room, and in channels that are none of its rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnnouncementView {
    pub card: CardView,
    pub lead: Option<String>,
    /// Its room as the platform names it, ready to be shown.
    pub room: Option<String>,
}

/// A role and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleView {
    /// Its short word, as the command that sets it.
    pub role: String,
    /// The handle of whoever holds it; absent while nobody does.
    pub person: Option<String>,
}

/// Where it is written what to do about a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunbookView {
    /// The service's key.
    pub service: String,
    /// Where its runbook is.
    pub link: String,
}

/// A custom field and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// What it is called; its key, if it is no longer configured.
    pub field: String,
    pub value: String,
}

/// Words in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SaidView {
    /// The words.
    pub text: String,
    /// The same, split into its lines, without the empty ones.
    pub paragraphs: Vec<String>,
    /// Who said them.
    pub who: super::WhoView,
    /// When: `14:05`, with the date on any day but the incident's first.
    pub time: String,
}

/// Everything `show` tells of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShowView {
    pub card: CardView,
    pub zone: String,
    pub summary: Option<SaidView>,
    pub impact: Option<SaidView>,
    /// The impact in numbers.
    pub measures: MeasuresView,
    /// Whether there is any number.
    pub measured: bool,
    /// Whether it is known when the impact ended.
    pub impact_over: bool,
    pub team: Option<String>,
    /// Who is in that team.
    pub team_members: Vec<String>,
    /// The custom fields that hold something.
    pub fields: Vec<FieldView>,
    pub members: Vec<String>,
    pub rooms: Vec<String>,
    pub actions: Vec<ActionView>,
    /// How many entries the record holds.
    pub entries: i64,
}

impl CardView {
    /// The card of an incident; needs its row and its pages, not its entries.
    pub fn of(record: &Record<'_>) -> Self {
        let incident = record.incident;
        let clock = Clock::of(record);
        let known = record.settings.severities.iter().find(|held| held.key == incident.severity);
        let (resolution, reason, merged_into) = ending(&incident.status);
        let moment = |time| incident.time(time).map(|known| clock.moment(known.at));
        Self {
            id: incident.id.to_string(),
            title: incident.title.clone(),
            severity: severity(&incident.severity),
            severity_name: known.map_or_else(String::new, |held| held.name.clone()),
            status: incident.status.word().to_string(),
            kind: record
                .settings
                .types
                .first()
                .filter(|usual| **usual != incident.kind)
                .map(|_| incident.kind.to_string()),
            private: incident.is_private(),
            drill: incident.drill,
            roles: roles(record),
            services: incident.services.iter().map(ToString::to_string).collect(),
            runbooks: runbooks(record),
            declared: moment(KeyTime::Declared).unwrap_or_else(|| clock.moment(incident.declared.at)),
            declared_by: super::WhoView::of(&incident.declared.by, record),
            impact: incident.impact.text.as_ref().map(|said| said.text.clone()),
            impact_started: moment(KeyTime::ImpactStarted),
            last_update: incident.last_update.as_ref().map(|said| SaidView::of(said, record, clock)),
            next_due: incident.update_due.map(|at| clock.moment(at)),
            waiting: waiting(record),
            acknowledged_by: record.pages.iter().rev().find_map(|page| match page.state {
                PageState::Acknowledged { by, .. } => Some(record.handle(by)),
                PageState::Open | PageState::Ended { .. } => None,
            }),
            resolution,
            reason,
            merged_into,
            earlier: Vec::new(),
        }
    }

    /// The same with earlier incidents that are like it, what is most similar first. The caller leaves out what not
    /// everybody may see who comes to see the card.
    #[must_use]
    pub fn with_earlier(self, record: &Record<'_>, found: &[Similar]) -> Self {
        let row = |similar: &Similar| SimilarRow::of(similar, record, ACTIONS_OF_EARLIER);
        Self { earlier: found.iter().take(EARLIER).map(row).collect(), ..self }
    }
}

impl AnnouncementView {
    /// An incident as it stands, for who has not its room before them.
    pub fn of(record: &Record<'_>, room: Option<String>) -> Self {
        let lead = record.incident.lead().map(|person| record.handle(person));
        Self { card: CardView::of(record), lead, room }
    }
}

impl SaidView {
    pub(super) fn of(said: &Said, record: &Record<'_>, clock: Clock) -> Self {
        Self {
            text: said.text.clone(),
            paragraphs: paragraphs(&said.text),
            who: super::WhoView::of(&said.mark.by, record),
            time: clock.moment(said.mark.at),
        }
    }
}

impl ShowView {
    /// Everything `show` tells; needs the row and the pages, not the entries.
    pub fn of(record: &Record<'_>) -> Self {
        let incident = record.incident;
        let clock = Clock::of(record);
        let team = incident.owning_team.as_ref().and_then(|key| record.directory.teams.get(key));
        let said = |said: &Option<Said>| said.as_ref().map(|said| SaidView::of(said, record, clock));
        Self {
            card: CardView::of(record),
            zone: record.times.name(),
            summary: said(&incident.summary),
            impact: said(&incident.impact.text),
            measures: MeasuresView::of_impact(record),
            measured: !incident.impact.measures.is_empty(),
            impact_over: incident.impact.ended_at.is_some() || incident.times.contains_key(&KeyTime::ImpactEnded),
            team: incident.owning_team.as_ref().map(ToString::to_string),
            team_members: team.map(|team| record.handles(&team.members)).unwrap_or_default(),
            fields: fields(record),
            members: record.handles(incident.members.keys()),
            rooms: incident.rooms.iter().map(|room| room.state.word().to_owned()).collect(),
            actions: ActionView::all(record),
            entries: incident.entries,
        }
    }
}

fn ending(status: &Status) -> (Option<String>, Option<String>, Option<String>) {
    match status {
        Status::Resolved { resolved } | Status::Closed { resolved, .. } => (Some(resolved.text.clone()), None, None),
        Status::Cancelled { reason, .. } => (None, reason.clone(), None),
        Status::Merged { into, .. } => (None, None, Some(into.to_string())),
        Status::Declared | Status::Investigating { .. } | Status::Identified { .. } | Status::Mitigated { .. } => {
            (None, None, None)
        }
    }
}

/// The configured roles in their order, then any that people hold from an earlier configuration.
fn roles(record: &Record<'_>) -> Vec<RoleView> {
    let held = &record.incident.roles;
    let configured = record.settings.roles.iter().map(|role| &role.key);
    let others = held.keys().filter(|key| !record.settings.roles.iter().any(|role| role.key == **key));
    let short = |word: &str| if word == COMMUNICATIONS { "comms" } else { word }.to_owned();
    configured
        .chain(others)
        .map(|key| RoleView { role: short(key.as_str()), person: held.get(key).map(|person| record.handle(*person)) })
        .collect()
}

fn runbooks(record: &Record<'_>) -> Vec<RunbookView> {
    let services = record.incident.services.iter().filter_map(|key| record.directory.services.get(key));
    services
        .filter_map(|service| Some(RunbookView { service: service.key.to_string(), link: service.runbook.clone()? }))
        .collect()
}

fn fields(record: &Record<'_>) -> Vec<FieldView> {
    let fields = record.incident.fields.iter();
    fields
        .map(|(key, said)| FieldView { field: field_name(record, key).to_owned(), value: said.text.clone() })
        .collect()
}

fn waiting(record: &Record<'_>) -> Vec<String> {
    let open = record.pages.iter().filter(|page| page.is_open());
    let waiting = open.flat_map(|page| &page.recipients).filter(|held| held.state == RecipientState::Waiting);
    let handles: BTreeSet<String> = waiting.map(|held| record.handle(held.person)).collect();
    handles.into_iter().collect()
}
