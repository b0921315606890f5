//! Lists: incidents, the timeline, follow-ups.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::entry::Routine;
use super::format::{Clock, ShownIn, severity};
use super::record::{Amendments, Record};
use super::{EntryView, Field, WhoView};
use crate::action::{Action, ActionKind, Priority, Ticket};
use crate::directory::Directory;
use crate::ids::MessageId;
use crate::incident::Incident;
use crate::settings::LEAD;
use crate::timeline::Change;

/// A list of incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListView {
    /// Whether ended incidents were asked for too.
    pub all: bool,
    pub rows: Vec<ListRow>,
    /// Whether there are more, which are older than these.
    pub older: bool,
}

/// One incident of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListRow {
    pub id: String,
    pub severity: String,
    pub status: String,
    pub title: String,
    pub private: bool,
    pub drill: bool,
    pub lead: Option<String>,
    /// When it was declared: `2026-11-21 14:05`.
    pub declared: String,
}

/// The timeline, by the time at which things happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimelineView {
    pub id: String,
    pub zone: String,
    pub rows: Vec<TimelineRow>,
    /// How many entries of bookkeeping are left out.
    pub routine: usize,
}

/// One line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimelineRow {
    /// The date, on the first line of each day.
    pub day: Option<String>,
    /// `14:05`, without the date, which `day` has said.
    pub clock: String,
    /// When it happened, for pictures.
    #[serde(skip)]
    pub at: DateTime<Utc>,
    /// Whether the incident took a turn with it, so that pictures name it.
    #[serde(skip)]
    pub turn: bool,
    #[serde(flatten)]
    pub entry: EntryView,
}

/// The follow-ups of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionsView {
    pub id: String,
    pub rows: Vec<ActionView>,
}

/// One follow-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionView {
    /// Its number within the incident: `A2`.
    pub id: String,
    /// What was promised.
    pub text: String,
    /// The handle of whoever is to do it; absent where nobody is.
    pub owner: Option<String>,
    /// Until when.
    pub due: Option<String>,
    /// Whether it should be done by now, where that is known.
    pub overdue: bool,
    /// Whether it is done.
    pub done: bool,
    /// What it is good for: `prevent`, `detect`, `mitigate` or `process`.
    pub kind_of: Option<&'static str>,
    /// `high`, `medium` or `low`.
    pub priority: Option<&'static str>,
    /// The cause that it is to take away: `F2`.
    pub cause: Option<String>,
    /// Where other systems keep it.
    pub tickets: Vec<TicketView>,
    /// When it was done.
    pub done_at: Option<String>,
    /// Who did it.
    pub done_by: Option<WhoView>,
}

/// A follow-up as another system keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TicketView {
    /// What people call it there: `#12`.
    pub number: String,
    /// Where it is kept.
    pub url: String,
}

impl ListView {
    /// A list of these incidents, in the order given. The caller leaves out what the viewer may not see, and says whether
    /// there are older ones.
    pub fn of(incidents: &[&Incident], directory: &Directory, times: ShownIn, all: bool) -> Self {
        let row = |incident: &&Incident| {
            let lead = incident.roles.iter().find(|(role, _)| role.as_str() == LEAD);
            let clock = Clock::new(times, incident.declared.at);
            ListRow {
                id: incident.id.to_string(),
                severity: severity(&incident.severity),
                status: incident.status.word().to_string(),
                title: incident.title.clone(),
                private: incident.is_private(),
                drill: incident.drill,
                lead: lead.map(|(_, person)| directory.handle(*person).to_owned()),
                declared: clock.dated(incident.declared.at),
            }
        };
        Self { all, rows: incidents.iter().map(row).collect(), older: false }
    }
}

impl TimelineView {
    /// Entries and captured messages by the time at which they happened; a message that an entry cites comes once,
    /// as that entry.
    pub fn of(record: &Record<'_>) -> Self {
        let clock = Clock::of(record);
        let amendments = Amendments::of(record.entries);
        let mut routine = Routine::default();
        let mut marked: HashSet<MessageId> = HashSet::new();
        let mut left_out = 0;
        let mut rows = Vec::with_capacity(record.entries.len() + record.messages.len());
        for entry in record.entries {
            let effective = amendments.effective(entry);
            if let Some(Change::MessageMarked { message, .. }) = effective.change.as_deref() {
                marked.insert(*message);
            }
            if effective.change.as_deref().is_some_and(|change| routine.covers(change)) {
                left_out += 1;
                continue;
            }
            let turn = effective.change.as_deref().is_some_and(is_turn);
            let view = EntryView::of(&effective, record, clock);
            rows.push(((0, entry.id.0), TimelineRow::new(view, effective.happened_at, turn, clock)));
        }
        for message in record.messages.iter().filter(|message| !marked.contains(&message.id)) {
            let view = EntryView::of_message(message, record, clock);
            rows.push(((1, message.id.0), TimelineRow::new(view, message.sent_at, false, clock)));
        }
        rows.sort_by_key(|(place, row)| (row.at, *place));
        // The rows are many and wide: they stay where they are.
        let mut rows: Vec<TimelineRow> = rows.into_iter().map(|(_, row)| row).collect();
        if clock.has_days() {
            name_days(&mut rows);
        }
        Self { id: record.incident.id.to_string(), zone: record.times.name(), rows, routine: left_out }
    }
}

/// Says the date on the first row of each day.
fn name_days(rows: &mut [TimelineRow]) {
    let mut last = String::new();
    for row in rows {
        let today = row.entry.exact.split_once(' ').map_or(row.entry.exact.as_str(), |(today, _)| today);
        if today != last {
            today.clone_into(&mut last);
            row.day = Some(last.clone());
        }
    }
}

/// Whether the incident took a turn by it.
fn is_turn(change: &Change) -> bool {
    matches!(
        change,
        Change::Declared(_)
            | Change::StatusChanged { .. }
            | Change::SeverityChanged { .. }
            | Change::Acknowledged { .. }
            | Change::Paged { .. }
            | Change::LastResortPaged { .. }
            | Change::Cancelled { .. }
            | Change::MergedInto { .. }
            | Change::Resolved { .. }
            | Change::Reopened { .. }
            | Change::Closed
    )
}

impl TimelineRow {
    /// A row that does not say its day yet.
    fn new(entry: EntryView, at: DateTime<Utc>, turn: bool, clock: Clock) -> Self {
        let time = entry.exact.split_once(' ').map_or("", |(_, time)| time);
        let time = time.rsplit_once(':').map_or(time, |(time, _)| time);
        let clock = if clock.has_days() { time.to_owned() } else { entry.time.clone() };
        Self { day: None, clock, at, turn, entry }
    }

    /// A field that templates ask of nearly every row, by the name they know it by (`exact`, `who.name`), for those to whom
    /// a long record costs too much as values of a template's language. `None` for any other, there or not.
    pub fn field(&self, name: &str) -> Option<Field<'_>> {
        match name {
            "day" => Some(Field::of(self.day.as_ref())),
            "clock" => Some(Field::Text(&self.clock)),
            _ => self.entry.field(name),
        }
    }
}

impl ActionsView {
    /// The follow-ups of an incident as of an instant, in the order in which they were added.
    pub fn of(record: &Record<'_>, now: DateTime<Utc>) -> Self {
        let mut rows = ActionView::all(record);
        for (row, action) in rows.iter_mut().zip(&record.incident.actions) {
            row.overdue = action.is_overdue(now);
        }
        Self { id: record.incident.id.to_string(), rows }
    }
}

impl TicketView {
    fn of(ticket: &Ticket) -> Self {
        Self { number: ticket.number.clone(), url: ticket.url.clone() }
    }
}

impl ActionView {
    pub(super) fn all(record: &Record<'_>) -> Vec<Self> {
        let clock = Clock::of(record);
        let view = |action: &Action| Self {
            done: action.done.is_some(),
            done_at: action.done.as_ref().map(|mark| clock.moment(mark.at)),
            done_by: action.done.as_ref().map(|mark| WhoView::of(&mark.by, record)),
            ..Self::open(action, record.directory, clock)
        };
        record.incident.actions.iter().map(view).collect()
    }

    /// One that is still to be done.
    pub(super) fn open(action: &Action, directory: &Directory, clock: Clock) -> Self {
        Self {
            id: action.id.to_string(),
            text: action.said.text.clone(),
            owner: action.owner.map(|person| directory.handle(person).to_owned()),
            due: action.due.map(|at| clock.moment(at)),
            overdue: false,
            done: false,
            kind_of: action.kind.map(ActionKind::word),
            priority: action.priority.map(Priority::word),
            cause: action.cause.map(|cause| cause.to_string()),
            tickets: action.tickets.iter().map(TicketView::of).collect(),
            done_at: None,
            done_by: None,
        }
    }
}
