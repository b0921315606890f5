//! Follow-ups of all incidents that are still to be done.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::lists::ActionView;
use crate::command::Promised;
use crate::directory::{Directory, Team};
use crate::ids::ActionId;
use crate::incident::Incident;

/// Follow-ups of all incidents that are still to be done, by when they are due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromisedView {
    /// Whether those of whoever asked alone were asked for.
    pub mine: bool,
    /// Whether those alone were asked for that should be done by now.
    pub overdue: bool,
    /// The team of whose incidents they are, if one was named.
    pub team: Option<String>,
    pub rows: Vec<PromisedRow>,
    /// How many of these should be done by now.
    pub late: usize,
    /// Whether there are more, which are due later than these.
    pub more: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromisedRow {
    pub incident: String,
    /// What the incident is called.
    pub title: String,
    pub private: bool,
    pub drill: bool,
    #[serde(flatten)]
    pub action: ActionView,
}

impl PromisedView {
    /// A list of these, in the order given. The caller leaves out what the viewer may not see, and says whether there are
    /// more.
    pub fn of(
        found: &[(&Incident, ActionId)],
        (asked, more): (&Promised, bool),
        directory: &Directory,
        (now, times): (DateTime<Utc>, ShownIn),
    ) -> Self {
        let row = |(incident, id): &(&Incident, ActionId)| {
            let action = incident.action(*id)?;
            let clock = Clock::new(times, now);
            let overdue = action.is_overdue(now);
            Some(PromisedRow {
                incident: incident.id.to_string(),
                title: incident.title.clone(),
                private: incident.is_private(),
                drill: incident.drill,
                action: ActionView { overdue, ..ActionView::open(action, directory, clock) },
            })
        };
        let rows: Vec<PromisedRow> = found.iter().filter_map(row).collect();
        let late = rows.iter().filter(|row| row.action.overdue).count();
        Self { mine: asked.mine, overdue: asked.overdue, team: asked.team.clone(), rows, late, more }
    }

    /// What a team hears of its incidents now and then.
    pub fn of_team(
        team: &Team,
        (found, more): (&[(&Incident, ActionId)], bool),
        directory: &Directory,
        at: (DateTime<Utc>, ShownIn),
    ) -> Self {
        let asked = Promised { team: Some(team.name.clone()), ..Promised::default() };
        Self::of(found, (&asked, more), directory, at)
    }
}
