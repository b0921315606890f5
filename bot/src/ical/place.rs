//! An event placed on a clock: from its times as they are written to instants.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::value::{At, Length, Span, When};
use super::zone::{Zone, Zones};

/// An event's own time, from which that of each of its occurrences follows.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) zone: Zone,
    /// Whole days, whatever the clock.
    pub(crate) all_day: bool,
    /// On the zone's clock.
    pub(crate) start: NaiveDateTime,
    lasts: Lasts,
}

/// How long an occurrence lasts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lasts {
    /// So long on the clock that every occurrence ends at the same time of day, and the first one exactly here:
    /// hand-offs stay where they are on the clock when it changes.
    Until {
        end: DateTime<Utc>,
        wall: TimeDelta,
    },
    Span(Span),
}

impl Placed {
    /// Places an event. The error says what stands against it.
    pub(crate) fn of(start: &When, length: Option<&Length>, zones: &mut Zones) -> Result<Self, String> {
        let default = Zone::Iana(zones.default);
        let (zone, start) = match start {
            When::Day(day) => (default, When::Day(*day)),
            When::Time(wall, at) => (zones.of(at, &default)?, When::Time(*wall, At::Floating)),
        };
        let (all_day, start) = match start {
            When::Day(day) => (true, day.and_time(NaiveTime::MIN)),
            When::Time(wall, _) => (false, wall),
        };
        let lasts = match length {
            Some(Length::Span(span)) if all_day && !span.exact.is_zero() => {
                return Err("it is on whole days, and its DURATION has a time: give it days alone".to_owned());
            }
            Some(Length::Span(span)) => Lasts::Span(*span),
            Some(Length::End(end)) => ends(end, &zone, start, all_day, zones)?,
            None => Lasts::Span(Span::default()),
        };
        // A day that ends when it begins is what some programs write for one whole day.
        let nothing = matches!(lasts, Lasts::Span(span) if span.days.is_zero());
        let lasts = if all_day && nothing {
            Lasts::Span(Span { days: TimeDelta::days(1), exact: TimeDelta::zero() })
        } else {
            lasts
        };
        Ok(Self { zone, all_day, start, lasts })
    }

    /// When an occurrence ends that begins at this wall time and instant.
    pub(crate) fn end(&self, wall: NaiveDateTime, start: DateTime<Utc>) -> DateTime<Utc> {
        self.lasts.end(&self.zone, wall, start, wall == self.start)
    }

    /// The wall time at which whole days end that begin at `wall`.
    pub(crate) fn end_of_days(&self, wall: NaiveDateTime) -> NaiveDateTime {
        match self.lasts {
            Lasts::Span(span) => wall + span.days,
            Lasts::Until { wall: length, .. } => wall + length,
        }
    }

    /// Where an occurrence begins that is shifted; one of whole days still begins with a day.
    pub(crate) fn shifted(&self, wall: NaiveDateTime, shift: TimeDelta) -> NaiveDateTime {
        // Both are within ten thousand years, and the calendar reaches much farther.
        let wall = wall.checked_add_signed(shift).unwrap_or(wall);
        if self.all_day { wall.date().and_time(NaiveTime::MIN) } else { wall }
    }

    /// No occurrence lasts longer.
    pub(crate) fn longest(&self) -> TimeDelta {
        // A day more, for what clocks that change add to it.
        TimeDelta::days(1)
            + match self.lasts {
                Lasts::Span(span) => span.days + span.exact,
                Lasts::Until { wall, .. } => wall,
            }
    }
}

impl Lasts {
    /// When something ends that lasts so long; `first` is the occurrence whose end was given.
    fn end(self, zone: &Zone, wall: NaiveDateTime, start: DateTime<Utc>, first: bool) -> DateTime<Utc> {
        let end = match self {
            Self::Until { end, .. } if first => end,
            Self::Until { wall: length, .. } => zone.instant(wall + length),
            Self::Span(Span { days, exact }) if days.is_zero() => start + exact,
            Self::Span(Span { days, exact }) => zone.instant(wall + days) + exact,
        };
        end.max(start)
    }
}

/// How long something lasts that ends at `end`.
fn ends(end: &When, zone: &Zone, start: NaiveDateTime, all_day: bool, zones: &mut Zones) -> Result<Lasts, String> {
    let wall = match end {
        When::Day(day) if all_day => {
            let days = day.and_time(NaiveTime::MIN) - start;
            return check(days).map(|days| Lasts::Span(Span { days, exact: TimeDelta::zero() }));
        }
        When::Day(_) => return Err("it begins at a time and ends with a day: give both of one kind".to_owned()),
        When::Time(..) if all_day => {
            return Err("it begins with a day and ends at a time: give both of one kind".to_owned());
        }
        When::Time(wall, At::Floating) => *wall,
        When::Time(..) => zone.wall(zones.instant(end, zone)?),
    };
    let end = zones.instant(end, zone)?;
    if end < zone.instant(start) {
        return Err("it ends before it begins: mend DTEND".to_owned());
    }
    Ok(Lasts::Until { end, wall: check((wall - start).max(TimeDelta::zero()))? })
}

fn check(length: TimeDelta) -> Result<TimeDelta, String> {
    match length.num_days() {
        ..0 => Err("it ends before it begins: mend DTEND".to_owned()),
        0..=3_660 => Ok(length),
        _ => Err("it lasts longer than ten years: mend DTEND".to_owned()),
    }
}

/// How long a further occurrence lasts that has a length of its own.
pub(crate) fn own_length(
    length: &Length,
    zone: &Zone,
    start: DateTime<Utc>,
    zones: &mut Zones,
) -> Result<DateTime<Utc>, String> {
    let wall = zone.wall(start);
    let lasts = match length {
        Length::Span(span) => Lasts::Span(*span),
        Length::End(end) => ends(end, zone, wall, false, zones)?,
    };
    Ok(lasts.end(zone, wall, start, true))
}
