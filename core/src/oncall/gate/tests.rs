use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Stretch, stretch};
use crate::directory::Origin;
use crate::ids::Key;
use crate::oncall::calendar::{Calendar, Days};
use crate::oncall::schedule::{Holidays, Layer, Source};
use crate::oncall::wall::Moment;

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn layer(from: Option<&str>, until: Option<&str>, only: Option<bool>) -> Layer {
    Layer {
        name: key("l"),
        priority: 0,
        from: from.map(|text| text.parse().unwrap()),
        until: until.map(|text| text.parse().unwrap()),
        shadow: false,
        source: Source::Calendar(key("none")),
        windows: Vec::new(),
        holidays: only.map(|only| Holidays { calendar: key("days"), only }),
    }
}

fn calendars() -> BTreeMap<Key, Calendar> {
    let days = [("2026-12-25", "2026-12-27"), ("2026-10-25", "2026-10-26"), ("2011-12-30", "2011-12-31")];
    let days = days.map(|(from, until)| Days {
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        name: "off".to_owned(),
    });
    let calendar = Calendar {
        key: key("days"),
        name: "Days".to_owned(),
        origin: Origin::File,
        days: days.to_vec(),
        events: Vec::new(),
        source: None,
    };
    BTreeMap::from([(key("days"), calendar)])
}

fn instant(text: &str) -> DateTime<Utc> {
    match text {
        "" => DateTime::<Utc>::MIN_UTC,
        "-" => DateTime::<Utc>::MAX_UTC,
        _ => text.parse().unwrap(),
    }
}

#[test]
fn a_layer_counts_from_and_until_the_first_occurrence() {
    let (berlin, calendars) = (Tz::Europe__Berlin, calendars());
    let (autumn, spring) = (Some("2026-10-25T02:30:00"), Some("2026-03-29T02:30:00"));
    for (from, until, at, start, end, open) in [
        (None, None, "2026-06-01T00:00:00Z", "", "-", true),
        (autumn, None, "2026-10-25T00:29:59Z", "", "2026-10-25T00:30:00Z", false),
        // It stays open when the clock shows two o'clock again.
        (autumn, None, "2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z", "-", true),
        (None, autumn, "2026-10-25T00:29:59Z", "", "2026-10-25T00:30:00Z", true),
        (None, autumn, "2026-10-25T01:00:00Z", "2026-10-25T00:30:00Z", "-", false),
        (spring, autumn, "2026-03-29T00:59:59Z", "", "2026-03-29T01:00:00Z", false),
        (spring, autumn, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", true),
        // One that ends before it begins never counts.
        (autumn, spring, "2026-06-01T00:00:00Z", "2026-03-29T01:00:00Z", "-", false),
    ] {
        let found = stretch(&layer(from, until, None), &calendars, &Moment::new(berlin, instant(at)));
        assert_eq!(found, Stretch { start: instant(start), end: instant(end), open }, "{from:?} {until:?} {at}");
    }
}

#[test]
fn holidays_are_whole_local_days() {
    let calendars = calendars();
    for (zone, at, start, end, holiday) in [
        (Tz::Europe__Berlin, "2026-12-24T22:59:59Z", "2026-10-25T23:00:00Z", "2026-12-24T23:00:00Z", false),
        (Tz::Europe__Berlin, "2026-12-24T23:00:00Z", "2026-12-24T23:00:00Z", "2026-12-26T23:00:00Z", true),
        (Tz::Europe__Berlin, "2026-12-27T00:00:00Z", "2026-12-26T23:00:00Z", "-", false),
        (Tz::Asia__Tokyo, "2026-12-24T15:00:00Z", "2026-12-24T15:00:00Z", "2026-12-26T15:00:00Z", true),
        // A day of 25 hours.
        (Tz::Europe__Berlin, "2026-10-25T22:59:59Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", true),
        // Before all of them.
        (Tz::UTC, "2010-01-01T00:00:00Z", "", "2011-12-30T00:00:00Z", false),
        // Apia never had that day.
        (Tz::Pacific__Apia, "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2026-10-24T11:00:00Z", false),
    ] {
        for only in [true, false] {
            let found = stretch(&layer(None, None, Some(only)), &calendars, &Moment::new(zone, instant(at)));
            let expected = Stretch { start: instant(start), end: instant(end), open: holiday == only };
            assert_eq!(found, expected, "{zone} {at} only: {only}");
        }
    }
}

#[test]
fn a_calendar_that_is_not_there_has_no_days() {
    let moment = Moment::new(Tz::UTC, instant("2026-12-25T12:00:00Z"));
    for only in [true, false] {
        let found = stretch(&layer(None, None, Some(only)), &BTreeMap::new(), &moment);
        assert_eq!(found, Stretch { open: !only, ..Stretch::ALWAYS }, "only: {only}");
    }
}
