//! Reading a calendar within a range.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use firebell_core::when::wall_to_instant;

use super::budget::Budget;
use super::calendar::components;
use super::error::{IcsError, MOST_BYTES};
use super::event::RawEvent;
use super::group::Expander;
use super::left::{Left, quote};
use super::zone::{Zones, named};

/// What a calendar has in a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub name: Option<String>,
    /// The zone in which times without one were read, and in which days begin: the calendar's own, else the default.
    pub zone: Tz,
    pub all_day: Vec<AllDay>,
    /// By start.
    pub events: Vec<Event>,
    /// What could not be understood, one line each: an event that is named here as left out is not in the lists.
    pub left: Vec<String>,
}

/// One occurrence of an event that has times. Occurrences of one event share their texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub start: DateTime<Utc>,
    /// Exclusive; not before `start`.
    pub end: DateTime<Utc>,
    /// Empty where the calendar gives none.
    pub uid: Arc<str>,
    pub summary: Arc<str>,
    pub description: Arc<str>,
    /// E-mail addresses in lower case.
    pub attendees: Arc<[String]>,
}

/// One occurrence of an event that has whole days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllDay {
    pub from: NaiveDate,
    /// Exclusive; after `from`.
    pub until: NaiveDate,
    pub uid: Arc<str>,
    pub summary: Arc<str>,
    pub description: Arc<str>,
    /// E-mail addresses in lower case.
    pub attendees: Arc<[String]>,
}

impl AllDay {
    pub(crate) fn new(days: Range<NaiveDate>, text: &Event) -> Self {
        let Event { uid, summary, description, attendees, .. } = text.clone();
        Self { from: days.start, until: days.end, uid, summary, description, attendees }
    }

    /// The same as an event from midnight to midnight, for calendars in which people are on call for whole days.
    pub fn in_zone(&self, zone: Tz) -> Event {
        let midnight = |day: NaiveDate| wall_to_instant(zone, day.and_time(NaiveTime::MIN));
        let Self { uid, summary, description, attendees, .. } = self.clone();
        Event { start: midnight(self.from), end: midnight(self.until), uid, summary, description, attendees }
    }
}

/// Reads the occurrences of a calendar that touch `range`. `default_zone` is that of times without a zone, where the
/// calendar does not name its own (X-WR-TIMEZONE).
pub fn read(text: &str, range: Range<DateTime<Utc>>, default_zone: Tz) -> Result<Read, IcsError> {
    if text.len() > MOST_BYTES {
        return Err(IcsError::TooLarge { bytes: text.len() });
    }
    let mut left = Left::default();
    let calendar = components(text, &mut left)?;
    let zone = match &calendar.zone {
        None => default_zone,
        Some((line, name)) => named(name).unwrap_or_else(|| {
            let name = quote(name);
            left.add(*line, format!("the calendar's time zone {name} is unknown; {default_zone} is taken for it"));
            default_zone
        }),
    };
    let range = within_calendar(range);
    let horizon = range.end.naive_utc().checked_add_days(Days::new(730)).unwrap_or(range.end.naive_utc());
    let mut expander = Expander {
        range,
        zones: Zones::new(zone, calendar.zones, horizon),
        budget: Budget::new(),
        left: &mut left,
        events: Vec::new(),
        all_day: Vec::new(),
    };
    for group in groups(calendar.events) {
        expander.group(group);
    }
    let Expander { mut events, mut all_day, .. } = expander;
    events.sort();
    all_day.sort();
    Ok(Read { name: calendar.name, zone, all_day, events, left: left.finish() })
}

/// Events by their UID, in the order of the file. Those without one have nothing to do with each other.
fn groups(events: Vec<RawEvent>) -> Vec<Vec<RawEvent>> {
    let mut groups: Vec<Vec<RawEvent>> = Vec::new();
    let mut by_uid: BTreeMap<String, usize> = BTreeMap::new();
    for event in events {
        let known = by_uid.get(&event.uid).filter(|_| !event.uid.is_empty());
        match known.and_then(|place| groups.get_mut(*place)) {
            Some(group) => group.push(event),
            None => {
                by_uid.insert(event.uid.clone(), groups.len());
                groups.push(vec![event]);
            }
        }
    }
    groups
}

/// The part of a range that calendars can name, which leaves room to reckon in.
fn within_calendar(range: Range<DateTime<Utc>>) -> Range<DateTime<Utc>> {
    let midnight = |year| NaiveDate::from_ymd_opt(year, 1, 1).map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let (first, last) = (midnight(1).unwrap_or_default(), midnight(9_998).unwrap_or_default());
    range.start.clamp(first, last)..range.end.clamp(first, last)
}
