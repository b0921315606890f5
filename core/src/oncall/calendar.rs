//! Calendars: the days that layers heed, and the shifts that were planned elsewhere.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::directory::Origin;
use crate::ids::{Key, PersonId};

/// Days and events under one name, for any number of schedules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub key: Key,
    pub name: String,
    pub origin: Origin,
    /// Holidays and the like, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<Days>,
    /// Shifts, in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<CalendarEvent>,
    /// Where all of that is read from, again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<CalendarSource>,
}

/// A URL that a calendar is read from. It is sealed, since it may be all that keeps the calendar from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarSource {
    pub sealed: String,
    /// What tells one URL from another without telling it.
    pub mark: String,
    /// Who serves it, for those who look for a fault.
    pub host: String,
    /// From one reading to the next, in seconds.
    pub refresh_s: i64,
    /// That of times in it which name none.
    pub zone: Tz,
}

impl CalendarSource {
    /// From one reading to the next.
    pub fn refresh(&self) -> TimeDelta {
        TimeDelta::try_seconds(self.refresh_s).unwrap_or(TimeDelta::MAX)
    }
}

/// Whole local days, in the zone of whichever schedule asks. A day lasts until the next one begins for the first time, so
/// that days neither overlap nor leave anything between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    pub from: NaiveDate,
    /// The first day that is not one of them any more.
    pub until: NaiveDate,
    pub name: String,
}

/// A shift of an imported calendar; those that overlap are on call together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEvent {
    pub start: DateTime<Utc>,
    /// Exclusive; an event that ends where it starts is nobody's.
    pub end: DateTime<Utc>,
    pub people: Vec<PersonId>,
}
