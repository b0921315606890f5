//! Applying what files say of schedules and calendars.

use std::collections::BTreeMap;

use super::{FileCalendar, FileDirectory, FileSchedule, resolve};
use crate::directory::{Directory, DirectoryChange, Origin};
use crate::ids::{Key, PersonId};
use crate::oncall::calendar::{Calendar, CalendarEvent};
use crate::oncall::schedule::{Layer, Rotation, Schedule, Source};

type Ids<'a> = BTreeMap<&'a Key, PersonId>;

impl Directory {
    pub(super) fn schedule_change(&self, wanted: &FileSchedule, ids: &Ids<'_>) -> Option<DirectoryChange> {
        let held = self.schedules.get(&wanted.key);
        let mut schedule = Schedule {
            key: wanted.key.clone(),
            name: wanted.name.clone(),
            version: held.map_or(1, |held| held.version),
            zone: wanted.zone,
            team: wanted.team.clone(),
            handoff_notice_s: wanted.handoff_notice_s,
            layers: wanted.layers.iter().map(|wanted| with_people(&wanted.layer, &wanted.pools, ids)).collect(),
            origin: Origin::File,
        };
        if let Some(held) = held {
            if held.origin != Origin::File || *held == schedule {
                return None;
            }
            schedule.version += 1;
        }
        Some(DirectoryChange::ScheduleSaved(schedule))
    }

    pub(super) fn calendar_change(&self, wanted: &FileCalendar, ids: &Ids<'_>) -> Option<DirectoryChange> {
        let named = |(event, people): (&CalendarEvent, &Vec<Key>)| CalendarEvent {
            people: resolve(people, ids),
            ..event.clone()
        };
        let events = wanted.calendar.events.iter().zip(&wanted.people).map(named).collect();
        let mut calendar = Calendar { events, origin: Origin::File, ..wanted.calendar.clone() };
        let held = self.calendars.get(&calendar.key);
        let mark = calendar.source.as_ref().map(|source| &source.mark);
        let same = held.filter(|held| mark.is_some() && held.source.as_ref().map(|source| &source.mark) == mark);
        match (same, wanted.keeps) {
            (Some(same), keeps) => {
                if let (Some(source), Some(held)) = (&mut calendar.source, &same.source) {
                    source.sealed.clone_from(&held.sealed);
                }
                if keeps {
                    calendar.days.clone_from(&same.days);
                    calendar.events.clone_from(&same.events);
                }
            }
            // Somebody else changed it meanwhile.
            (None, true) => return None,
            (None, false) => {}
        }
        let changes = held.is_none_or(|held| held.origin == Origin::File && *held != calendar);
        changes.then_some(DirectoryChange::CalendarSaved(calendar))
    }

    /// What the file describes of schedules and calendars, with the origin of what the directory holds instead.
    pub(super) fn origins_on_call(
        &self,
        wanted: &FileDirectory,
    ) -> impl Iterator<Item = ((&'static str, Key), Option<Origin>)> {
        let schedule = |wanted: &FileSchedule| {
            (("schedule", wanted.key.clone()), self.schedules.get(&wanted.key).map(|held| held.origin))
        };
        let calendar = |wanted: &FileCalendar| {
            let key = wanted.calendar.key.clone();
            let origin = self.calendars.get(&key).map(|held| held.origin);
            (("calendar", key), origin)
        };
        let schedules: Vec<_> = wanted.schedules.iter().map(schedule).collect();
        let calendars: Vec<_> = wanted.calendars.iter().map(calendar).collect();
        schedules.into_iter().chain(calendars)
    }

    /// Schedules go first, as they name calendars. Overrides and swaps of a schedule that goes, and what was said of its
    /// hand-offs, go with it.
    pub(super) fn remove_on_call(&self, wanted: &FileDirectory, changes: &mut Vec<DirectoryChange>) {
        let own = self.schedules.values().filter(|schedule| schedule.origin == Origin::File);
        for schedule in own.filter(|held| wanted.schedules.iter().all(|other| other.key != held.key)) {
            if self.pages_schedule(&schedule.key) {
                continue;
            }
            let key = &schedule.key;
            let overrides = self.overrides.get(key).into_iter().flatten();
            changes
                .extend(overrides.map(|made| DirectoryChange::OverrideRemoved { schedule: key.clone(), id: made.id }));
            let swaps = self.swaps.values().filter(|swap| swap.schedule == *key);
            changes.extend(swaps.map(|swap| DirectoryChange::SwapRemoved { id: swap.id }));
            if self.handovers.contains_key(key) {
                changes.push(DirectoryChange::HandoverRemoved { schedule: key.clone() });
            }
            changes.push(DirectoryChange::ScheduleRemoved { key: key.clone() });
        }
        let own = self.calendars.values().filter(|calendar| calendar.origin == Origin::File);
        for calendar in own.filter(|held| wanted.calendars.iter().all(|other| other.calendar.key != held.key)) {
            if !self.reads_calendar(&calendar.key) {
                changes.push(DirectoryChange::CalendarRemoved { key: calendar.key.clone() });
            }
        }
    }

    /// Whether a policy of another origin pages whoever is on call by this schedule.
    fn pages_schedule(&self, schedule: &Key) -> bool {
        let foreign = self.policies.values().filter(|policy| policy.origin != Origin::File);
        let mut steps = foreign.flat_map(|policy| &policy.steps);
        steps.any(|step| step.schedules.contains(schedule) || step.round_robin.contains(schedule))
    }

    /// Whether a schedule of another origin reads this calendar.
    fn reads_calendar(&self, calendar: &Key) -> bool {
        let foreign = self.schedules.values().filter(|schedule| schedule.origin != Origin::File);
        foreign.flat_map(|schedule| &schedule.layers).any(|layer| {
            layer.holidays.as_ref().is_some_and(|days| days.calendar == *calendar)
                || layer.source == Source::Calendar(calendar.clone())
        })
    }

    /// Whether a schedule of another origin is this team's.
    pub(super) fn is_on_calls_team(&self, team: &Key) -> bool {
        let mut foreign = self.schedules.values().filter(|schedule| schedule.origin != Origin::File);
        foreign.any(|schedule| schedule.team.as_ref() == Some(team))
    }
}

fn with_people(layer: &Layer, pools: &[Vec<Key>], ids: &Ids<'_>) -> Layer {
    let source = match &layer.source {
        Source::Rotation(rotation) => Source::Rotation(Rotation {
            pools: pools.iter().map(|pool| resolve(pool, ids)).collect(),
            ..rotation.clone()
        }),
        Source::Calendar(calendar) => Source::Calendar(calendar.clone()),
    };
    Layer { source, ..layer.clone() }
}
