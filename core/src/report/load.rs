//! Whom pages told, and when on their own clocks.

use std::collections::BTreeMap;

use chrono::{DateTime, Timelike as _, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::directory::Directory;
use crate::ids::PersonId;
use crate::oncall::fairness::Hours;

/// The pages of the period. A page counts once for everybody whom it told, at the instant at which it reached for them first,
/// on their own clock. Pages of drills are left out; those of cancelled and merged incidents woke people like any other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PageLoad {
    pub pages: u64,
    /// Of these, those between 22:00 and 06:00.
    pub nights: u64,
    /// Of these, those of a Saturday or Sunday.
    pub weekends: u64,
    /// Of these, those at night or at a weekend; what is both counts once.
    pub out_of_hours: u64,
    /// By the hour of the day from Monday to Friday.
    pub weekday_hours: [u64; 24],
    /// By the hour of the day on Saturdays and Sundays.
    pub weekend_hours: [u64; 24],
    /// Those with the most pages first.
    pub people: Vec<PersonLoad>,
}

/// What pages meant for one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonLoad {
    pub handle: String,
    pub name: String,
    /// The IANA name of the zone of their clock.
    pub zone: String,
    pub pages: u64,
    pub nights: u64,
    pub weekends: u64,
    pub out_of_hours: u64,
    /// By the hour of the day.
    pub hours: [u64; 24],
}

/// What is counted of one person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pages: u64,
    nights: u64,
    weekends: u64,
    out_of_hours: u64,
    weekday_hours: [u64; 24],
    weekend_hours: [u64; 24],
}

impl Counted {
    /// A page told them at an instant.
    pub(super) fn add(&mut self, at: DateTime<Utc>, zone: Tz) {
        let hours = Hours::of(at, zone);
        self.pages += 1;
        self.nights += u64::from(hours.night);
        self.weekends += u64::from(hours.weekend);
        self.out_of_hours += u64::from(hours.is_out());
        let by_hour = if hours.weekend { &mut self.weekend_hours } else { &mut self.weekday_hours };
        let hour = usize::try_from(at.with_timezone(&zone).hour()).unwrap_or_default();
        if let Some(count) = by_hour.get_mut(hour) {
            *count += 1;
        }
    }
}

impl PageLoad {
    pub(super) fn of(told: &BTreeMap<PersonId, Counted>, directory: &Directory) -> Self {
        let mut load = Self::default();
        for (person, counted) in told {
            load.pages += counted.pages;
            load.nights += counted.nights;
            load.weekends += counted.weekends;
            load.out_of_hours += counted.out_of_hours;
            add(&mut load.weekday_hours, &counted.weekday_hours);
            add(&mut load.weekend_hours, &counted.weekend_hours);
            load.people.push(PersonLoad::of(*person, counted, directory));
        }
        load.people.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.handle.cmp(&b.handle)));
        load
    }
}

impl PersonLoad {
    fn of(person: PersonId, counted: &Counted, directory: &Directory) -> Self {
        let mut hours = counted.weekday_hours;
        add(&mut hours, &counted.weekend_hours);
        let handle = directory.handle(person).to_owned();
        let held = directory.people.get(&person);
        Self {
            name: held.map_or_else(|| handle.clone(), |held| held.name.clone()),
            zone: zone_of(directory, person).name().to_owned(),
            handle,
            pages: counted.pages,
            nights: counted.nights,
            weekends: counted.weekends,
            out_of_hours: counted.out_of_hours,
            hours,
        }
    }
}

/// The zone of somebody's clock; UTC of whoever is not known.
pub(super) fn zone_of(directory: &Directory, person: PersonId) -> Tz {
    directory.people.get(&person).map_or(Tz::UTC, |held| held.zone)
}

fn add(all: &mut [u64; 24], more: &[u64; 24]) {
    all.iter_mut().zip(more).for_each(|(all, more)| *all += more);
}
