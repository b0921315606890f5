//! Calendars after those of Grafana `OnCall`'s own tests (their times, rules and names alone), with the shifts that are expected there.

use std::ops::Range;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{days, shift, shifts, understood, utc, whole_days};
use crate::ical::{Event, Read, people};

macro_rules! case {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ical/tests/cases/grafana_oncall_", $name, ".ics"))
    };
}

/// A day before and after an afternoon, which is what those tests ask for.
fn around_27_january() -> Range<DateTime<Utc>> {
    utc("2021-01-26 15:27")..utc("2021-01-28 15:27")
}

/// The shifts of a calendar in which people are on call for whole days too, in UTC, and whom they name.
fn on_call(read: &Read, users: &[&str]) -> Vec<String> {
    let known = |name: &str| users.iter().find(|user| user.to_lowercase() == name).copied();
    let mut events: Vec<Event> = read.all_day.iter().map(|day| day.in_zone(Tz::UTC)).collect();
    events.extend_from_slice(&read.events);
    events.sort();
    let on_call = |event: &Event| {
        let named = people(event, known);
        let times = shift(event);
        let times = times.strip_suffix(event.summary.as_ref()).unwrap_or(&times);
        let nobody = named.nobody.iter().map(|name| format!(" not {name}"));
        format!("{times}{}{}", named.ids.join(" and "), nobody.collect::<String>())
    };
    events.iter().map(on_call).collect()
}

#[test]
fn a_recurring_shift() {
    let read = understood(case!("calendar_with_recurring_event"), around_27_january());
    assert_eq!(read.name.as_deref(), Some("t"));
    assert_eq!(read.zone, Tz::Asia__Yekaterinburg);
    assert_eq!(
        on_call(&read, &["Bernard Desruisseaux"]),
        [
            "01-26 08:00 to 01-26 17:00 Bernard Desruisseaux",
            "01-27 08:00 to 01-27 17:00 Bernard Desruisseaux",
            "01-28 08:00 to 01-28 17:00 Bernard Desruisseaux"
        ]
    );
}

#[test]
fn a_recurring_shift_of_which_one_is_edited() {
    let read = understood(case!("calendar_with_edited_recurring_events"), around_27_january());
    assert_eq!(
        on_call(&read, &["Bernard Desruisseaux", "Bob"]),
        [
            "01-26 08:00 to 01-26 17:00 Bernard Desruisseaux",
            "01-27 08:00 to 01-27 17:00 Bob",
            "01-28 08:00 to 01-28 17:00 Bernard Desruisseaux"
        ]
    );
}

#[test]
fn shifts_beside_whole_days() {
    let read = understood(case!("calendar_with_all_day_event"), around_27_january());
    assert_eq!(whole_days(&read), ["2021-01-27 to 2021-01-28 @Alex", "2021-01-27 to 2021-01-29 @Alice"]);
    assert_eq!(
        on_call(&read, &["Bernard Desruisseaux", "Bob", "Alex", "Alice"]),
        [
            "01-26 08:00 to 01-26 17:00 Bernard Desruisseaux",
            "01-27 00:00 to 01-28 00:00 Alex",
            "01-27 00:00 to 01-29 00:00 Alice",
            "01-27 08:00 to 01-27 17:00 Bob",
            "01-28 08:00 to 01-28 17:00 Bernard Desruisseaux"
        ]
    );
}

/// The edit names an occurrence of 1970, so that nothing is taken out for it.
#[test]
fn an_edit_of_an_occurrence_that_there_is_not() {
    let read = understood(case!("modified_recurring_event"), days("2023-07-17", "2023-07-24"));
    assert_eq!(whole_days(&read), ["2023-07-17 to 2023-07-25 user"]);
    assert_eq!(shifts(&read), ["07-17 08:00 to 07-24 08:00 user"]);
    let later = understood(case!("modified_recurring_event"), days("2023-07-25", "2024-07-24"));
    assert_eq!((whole_days(&later), shifts(&later)), (vec![], vec![]), "every third week, until before the second");
}

#[test]
fn an_address_in_other_letters() {
    let read = understood(case!("override_email_case_sensitivity"), utc("2023-02-06 11:30")..utc("2023-02-06 11:31"));
    assert_eq!(on_call(&read, &["tEST@test.TEST"]), ["02-06 11:00 to 02-06 12:00 tEST@test.TEST"]);
}

#[test]
fn a_calendar_with_gaps_and_overlaps_and_names_of_nobody() {
    let week = |from, until| on_call(&understood(case!("quality"), days(from, until)), &["user1", "user2"]);
    assert_eq!(week("1999-01-01", "1999-01-11"), Vec::<String>::new());
    assert_eq!(
        week("2022-09-05", "2022-09-11"),
        [
            "09-05 00:00 to 09-06 00:00 user1",
            "09-06 00:00 to 09-07 00:00  not wrong",
            "09-08 16:00 to 09-08 22:00 user2",
            "09-09 01:30 to 09-09 02:00 user1",
            "09-09 04:00 to 09-09 06:00 user2",
            "09-09 04:30 to 09-09 05:30 user1",
            "09-09 07:45 to 09-09 08:45 user2",
            "09-09 08:15 to 09-09 09:45  not wrong",
            "09-09 12:15 to 09-09 13:15  not wrong",
            "09-09 12:30 to 09-09 13:30  not wrong",
            "09-09 17:30 to 09-09 21:00  not wrong",
        ]
    );
    assert_eq!(week("2022-09-12", "2022-09-16"), ["09-12 00:00 to 09-16 00:00 user1"]);
}
