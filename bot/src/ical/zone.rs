//! Time zones by the names that calendars give them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use firebell_core::when::wall_to_instant;

use super::budget::Budget;
use super::left::quote;
use super::observance::{Clock, RawZone};
use super::value::{At, When};
use super::windows::windows_zone;

/// Whose clock a wall time is on.
#[derive(Debug, Clone)]
pub(crate) enum Zone {
    Iana(Tz),
    /// One that the file describes and no database knows.
    Own(Arc<Clock>),
}

impl Zone {
    /// The first instant at which the clocks show this time, or the end of the gap that holds it.
    pub(crate) fn instant(&self, wall: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Self::Iana(zone) => wall_to_instant(*zone, wall),
            Self::Own(clock) => clock.instant(wall),
        }
    }

    pub(crate) fn wall(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Iana(zone) => instant.with_timezone(zone).naive_local(),
            Self::Own(clock) => clock.wall(instant),
        }
    }
}

/// The zones of a file.
#[derive(Debug)]
pub(crate) struct Zones {
    /// That of times without any.
    pub(crate) default: Tz,
    described: BTreeMap<String, RawZone>,
    found: BTreeMap<Arc<str>, Result<Zone, String>>,
    /// No clock is asked about a time long after this.
    horizon: NaiveDateTime,
    budget: Budget,
}

impl Zones {
    pub(crate) fn new(default: Tz, described: Vec<RawZone>, horizon: NaiveDateTime) -> Self {
        let described = described.into_iter().map(|zone| (zone.name.clone(), zone)).collect();
        Self { default, described, found: BTreeMap::new(), horizon, budget: Budget::new() }
    }

    /// The zone that a time is in. `own` is that of the event it belongs to: a time without a zone is on its clock.
    pub(crate) fn of(&mut self, at: &At, own: &Zone) -> Result<Zone, String> {
        match at {
            At::Utc => Ok(Zone::Iana(Tz::UTC)),
            At::Floating => Ok(own.clone()),
            At::Zone(name) => {
                if let Some(found) = self.found.get(name) {
                    return found.clone();
                }
                let found = self.find(name);
                self.found.insert(name.clone(), found.clone());
                found
            }
        }
    }

    /// The instant that is meant: that at which a day begins, or a time's.
    pub(crate) fn instant(&mut self, when: &When, own: &Zone) -> Result<DateTime<Utc>, String> {
        match when {
            When::Day(day) => Ok(own.instant((*day).into())),
            When::Time(wall, at) => Ok(self.of(at, own)?.instant(*wall)),
        }
    }

    fn find(&mut self, name: &str) -> Result<Zone, String> {
        let described = self.described.get(name);
        let location = described.and_then(|zone| zone.location.as_deref());
        if let Some(zone) = named(name).or_else(|| named(location?)) {
            return Ok(Zone::Iana(zone));
        }
        let Some(described) = described else {
            return Err(format!(
                "the time zone {} is unknown, and no VTIMEZONE describes it: use a name such as Europe/Berlin",
                quote(name)
            ));
        };
        let clock = described.clock(self.horizon, &mut self.budget.steps()).map_err(|wrong| {
            format!("the VTIMEZONE of {} is not understood: {wrong}; use a name such as Europe/Berlin", quote(name))
        })?;
        Ok(Zone::Own(Arc::new(clock)))
    }
}

/// The zone of this name: one of the IANA database, even behind a prefix that makes it unique in the world, or one of
/// Windows.
pub(crate) fn named(name: &str) -> Option<Tz> {
    let name = name.trim();
    let tail = |parts: usize| {
        let start = name.rmatch_indices('/').nth(parts - 1).map(|(at, _)| at + 1)?;
        name.get(start..)
    };
    let prefixed = name.starts_with('/');
    iana(name)
        .or_else(|| windows_zone(name))
        .or_else(|| [3, 2, 1].into_iter().filter(|_| prefixed).find_map(|parts| iana(tail(parts)?)))
}

fn iana(name: &str) -> Option<Tz> {
    static LOWER: LazyLock<BTreeMap<String, Tz>> =
        LazyLock::new(|| TZ_VARIANTS.iter().map(|zone| (zone.name().to_ascii_lowercase(), *zone)).collect());
    // Longer than any name, so that no long text is copied.
    if name.len() > 64 {
        return None;
    }
    name.parse().ok().or_else(|| LOWER.get(&name.to_ascii_lowercase()).copied())
}
