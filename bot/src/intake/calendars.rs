//! How calendars at URLs stand, for whoever relies on what they said last.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::ids::Key;
use firebell_core::oncall::calendar::CalendarSource;
use firebell_core::view::Unread;

use super::{Fault, Intake};
use crate::store::calendars::{self, Reading};

/// After so many times its pace, what a calendar said is too old to be passed over in silence.
const STALE_AFTER: i32 = 3;

/// How a calendar stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarStanding {
    pub calendar: Key,
    pub host: String,
    /// When it could be read last; absent where that was at its apply.
    pub heard_at: Option<DateTime<Utc>>,
    /// Why it cannot be read now.
    pub failure: Option<String>,
    /// It could not be read for so long that somebody has to look after it.
    pub stale: bool,
}

impl CalendarStanding {
    /// What is said of it beside what rests on it; nothing where it was read as it should be.
    fn unread(self) -> Option<Unread> {
        let fails = self.failure.is_some();
        let heard_at = self.heard_at.filter(|_| fails || self.stale)?;
        Some(Unread { calendar: self.calendar, heard_at, fails })
    }
}

impl Intake {
    /// How each calendar at a URL stands.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn calendar_standings(&self) -> Result<Vec<CalendarStanding>, Fault> {
        let (now, directory) = (self.clock.now(), self.directory().await?);
        let readings = self.calendar_readings(&directory).await?;
        let standing = |(calendar, source): (&Key, &CalendarSource)| {
            let reading = readings.get(calendar).filter(|reading| reading.mark == source.mark);
            let heard_at = reading.map(|reading| reading.heard_at);
            let stale = heard_at.is_some_and(|at| now.signed_duration_since(at) > patience(source));
            let failure = reading.and_then(|reading| reading.failure.clone());
            CalendarStanding { calendar: calendar.clone(), host: source.host.clone(), heard_at, failure, stale }
        };
        Ok(sources(&directory).map(standing).collect())
    }

    /// Those that could not be read since they said what the directory holds of them.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn unread_calendars(&self) -> Result<Vec<Unread>, Fault> {
        Ok(self.calendar_standings().await?.into_iter().filter_map(CalendarStanding::unread).collect())
    }

    /// What came of the last readings; the database is asked only where there is such a calendar.
    pub(crate) async fn calendar_readings(&self, directory: &Directory) -> Result<BTreeMap<Key, Reading>, Fault> {
        if sources(directory).next().is_none() {
            return Ok(BTreeMap::new());
        }
        Ok(self.store.read(|tx| Box::pin(calendars::all(tx))).await?)
    }
}

fn patience(source: &CalendarSource) -> TimeDelta {
    source.refresh().checked_mul(STALE_AFTER).unwrap_or(TimeDelta::MAX)
}

fn sources(directory: &Directory) -> impl Iterator<Item = (&Key, &CalendarSource)> {
    directory.calendars.values().filter_map(|calendar| Some((&calendar.key, calendar.source.as_ref()?)))
}
