//! Calendars: the days that layers heed, and the shifts that were planned elsewhere.

use chrono::{DateTime, NaiveDate, Utc};
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
