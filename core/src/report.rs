//! Reports over many incidents: how many there were, how long they took, who was woken, what was promised and is late, and what
//! keeps coming back.
//!
//! A report is of the incidents that were declared in a stretch of time, each as it stands now. Drills, cancelled and merged
//! incidents are counted and otherwise left out. A mean is bent by a single long incident, so times are told as a median and a
//! 90th percentile, by nearest rank: of n values in ascending order the p-th percentile is the one at place ⌈p/100 · n⌉, which
//! is always a time that some incident took. Beside each stands of how many incidents it is, since a time that nobody knows
//! counts for nothing.

mod causes;
mod figure;
mod group;
mod load;
mod tally;
#[cfg(test)]
mod tests;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

pub use self::causes::{OpenAction, Recurred, RecurredCause, Recurrence};
pub use self::figure::{Figure, percentile};
pub use self::group::Group;
pub use self::load::{PageLoad, PersonLoad};
pub use self::tally::{Tally, Told};

/// What a report is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Incidents count that were declared from here on.
    pub since: DateTime<Utc>,
    /// And before here.
    pub until: DateTime<Utc>,
    /// By what incidents are told apart; together without it.
    pub by: Option<By>,
    /// The zone in which the report shows times.
    pub zone: Tz,
}

/// By what incidents are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// An incident of several services counts for each of them.
    Service,
    /// The team that owns it.
    Team,
    Severity,
}

/// Everything that a report tells, for templates and as JSON. Times end in `_s` where they are whole seconds, and instants are
/// RFC 3339 in UTC where their names end in `_utc`; what has neither is for people, in the report's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub period: Period,
    /// `service`, `team` or `severity`, where incidents are told apart.
    pub by: Option<&'static str>,
    pub counts: Counts,
    /// The times to detect, acknowledge, mitigate and resolve, in this order.
    pub figures: Vec<Figure>,
    /// The times between two key times that the installation wants besides.
    pub intervals: Vec<Figure>,
    /// One for each service, team or severity; severities the worst first, the others by name, what has none last.
    pub groups: Vec<Group>,
    pub pages: PageLoad,
    /// Follow-ups that should have been done by now, whenever their incident was, the longest overdue first.
    pub overdue: Vec<OverdueAction>,
    /// Causes that came back in the period.
    pub causes: Recurrences,
    /// The incidents that count, by number.
    pub incidents: Vec<IncidentRow>,
}

/// What keeps coming back, with nothing around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CausesReport {
    pub period: Period,
    /// How many incidents were looked at.
    pub incidents: usize,
    pub causes: Recurrences,
}

/// Triggers, factors and whys of two incidents or more that are confirmed, or supported by evidence; those of the most incidents
/// first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recurrences {
    /// By the category that people gave them.
    pub categories: Vec<Recurrence>,
    /// By their words, without regard to case, order, numbers, endings and the words that every sentence has.
    pub words: Vec<Recurrence>,
}

/// The stretch of time that a report is of, and when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// `2026-10-01 00:00`.
    pub since: String,
    pub until: String,
    pub since_utc: String,
    pub until_utc: String,
    /// When the report was made: incidents are told as they stood then.
    pub made: String,
    pub made_utc: String,
    /// The IANA name of the zone in which times are shown.
    pub zone: String,
}

/// How many incidents there were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those that count for everything else: neither drills, nor cancelled, nor merged.
    pub declared: usize,
    /// Of these, those that are resolved or closed.
    pub resolved: usize,
    /// Of these, those on which people still work.
    pub open: usize,
    /// Exercises, which are left out.
    pub drills: usize,
    /// Incidents that were none, which are left out.
    pub cancelled: usize,
    /// Incidents that became part of another, which are left out.
    pub merged: usize,
}

/// A follow-up that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueAction {
    /// `INC-7`.
    pub incident: String,
    pub title: String,
    pub private: bool,
    /// `A2`.
    pub action: String,
    pub text: String,
    /// The owner's handle.
    pub owner: Option<String>,
    /// `2026-10-01 00:00`.
    pub due: String,
    pub due_utc: String,
    /// Whole days since.
    pub days: i64,
}

/// One incident that counts, as a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentRow {
    /// `INC-7`.
    pub id: String,
    pub title: String,
    /// The severity's key.
    pub severity: String,
    pub status: String,
    pub private: bool,
    /// Keys of services, in alphabetical order.
    pub services: Vec<String>,
    /// The key of the team that owns it.
    pub team: Option<String>,
    /// The key times that are known.
    pub impact_started_utc: Option<String>,
    pub detected_utc: Option<String>,
    pub declared_utc: Option<String>,
    pub acknowledged_utc: Option<String>,
    pub mitigated_utc: Option<String>,
    pub impact_ended_utc: Option<String>,
    pub resolved_utc: Option<String>,
    /// How long it took, where that is known.
    pub detect_s: Option<i64>,
    pub acknowledge_s: Option<i64>,
    pub mitigate_s: Option<i64>,
    pub resolve_s: Option<i64>,
    /// The installation's own times.
    pub intervals: Vec<IntervalTook>,
}

/// How long one of the installation's own times took in an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntervalTook {
    pub name: String,
    pub took_s: Option<i64>,
}

impl By {
    /// Its word on the command line and in texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Team => "team",
            Self::Severity => "severity",
        }
    }
}

impl Asked {
    /// Whether an instant is part of the time that was asked for.
    fn covers(&self, at: DateTime<Utc>) -> bool {
        self.since <= at && at < self.until
    }

    fn period(&self, now: DateTime<Utc>) -> Period {
        Period {
            since: shown(self.since, self.zone),
            until: shown(self.until, self.zone),
            since_utc: utc(self.since),
            until_utc: utc(self.until),
            made: shown(now, self.zone),
            made_utc: utc(now),
            zone: self.zone.name().to_owned(),
        }
    }
}

/// `2026-10-01 14:05`.
fn shown(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
