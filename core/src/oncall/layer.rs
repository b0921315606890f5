//! One layer around a moment: whom it names, and from when to when that stays so.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::calendar::{Calendar, CalendarEvent};
use super::gate;
use super::schedule::{Layer, Rotation, Source};
use super::staff::Staff;
use super::wall::{Moment, first};
use crate::ids::{Key, PersonId};

/// A stretch over which a layer names the same people. It may be just a part of the whole one.
#[derive(Debug, Clone)]
pub(super) struct Hold<'a> {
    pub(super) start: DateTime<Utc>,
    /// Exclusive.
    pub(super) end: DateTime<Utc>,
    /// Nobody while the layer does not count.
    pub(super) people: Cow<'a, [PersonId]>,
    /// Somebody of them has left.
    pub(super) left: bool,
}

impl<'a> Hold<'a> {
    /// One that holds at no instant, to begin with.
    pub(super) const NEVER: Self = Self {
        start: DateTime::<Utc>::MAX_UTC,
        end: DateTime::<Utc>::MIN_UTC,
        people: Cow::Borrowed(&[]),
        left: false,
    };

    pub(super) fn contains(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && at < self.end
    }

    /// What `layer` says at an instant and the moment that it is.
    pub(super) fn of(
        layer: &'a Layer,
        calendars: &'a BTreeMap<Key, Calendar>,
        staff: Staff<'_>,
        (at, moment): (DateTime<Utc>, &Moment),
    ) -> Self {
        let open = gate::stretch(layer, calendars, moment);
        if !open.open {
            return Self { start: open.start, end: open.end, ..Self::NEVER };
        }
        let source = match &layer.source {
            Source::Rotation(rotation) => turn(rotation, moment),
            Source::Calendar(key) => {
                // A calendar that is not there has no events.
                events(calendars.get(key).map_or(&[], |calendar| calendar.events.as_slice()), at)
            }
        };
        let left = source.people.iter().any(|person| !staff.has(*person));
        Self { start: source.start.max(open.start), end: source.end.min(open.end), left, ..source }
    }
}

/// Two hand-offs that fall onto one instant, because the clock passes over both, leave the turn between them to nobody: the
/// later one has begun last.
fn turn<'a>(rotation: &'a Rotation, moment: &Moment) -> Hold<'a> {
    let turn = rotation.turn_at(moment.reached);
    let instant = |turn| rotation.begin_of(turn).map(|begin| first(moment.zone, begin));
    Hold {
        start: instant(turn).unwrap_or(DateTime::<Utc>::MIN_UTC),
        end: instant(turn + 1).unwrap_or(DateTime::<Utc>::MAX_UTC),
        people: Cow::Borrowed(rotation.pool(turn)),
        ..Hold::NEVER
    }
}

/// In the order of the events; who is in two of them is named twice.
fn events(events: &[CalendarEvent], at: DateTime<Utc>) -> Hold<'_> {
    let mut hold = Hold { start: DateTime::<Utc>::MIN_UTC, end: DateTime::<Utc>::MAX_UTC, ..Hold::NEVER };
    for event in events {
        for border in [event.start, event.end] {
            if border <= at {
                hold.start = hold.start.max(border);
            } else {
                hold.end = hold.end.min(border);
            }
        }
        if event.start <= at && at < event.end {
            if hold.people.is_empty() {
                hold.people = Cow::Borrowed(&event.people);
            } else {
                hold.people.to_mut().extend(&event.people);
            }
        }
    }
    hold
}
