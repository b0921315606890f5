use chrono::{DateTime, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;

use super::stretch;
use crate::oncall::gate::Stretch;
use crate::oncall::schedule::Window;
use crate::oncall::wall::Moment;

fn window(opens: (Weekday, &str), closes: (Weekday, &str)) -> Window {
    let place = |(day, time): (Weekday, &str)| (day, time.parse::<NaiveTime>().unwrap());
    Window { opens: place(opens), closes: place(closes) }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Each line: some windows, an instant in Berlin, and the stretch around it.
#[test]
fn windows_open_first_and_close_last() {
    use Weekday::{Fri, Mon, Sat, Sun, Tue};
    let weekend = window((Fri, "18:00:00"), (Mon, "08:00:00"));
    let night = window((Sat, "22:00:00"), (Sun, "06:00:00"));
    let half_past = window((Sun, "01:30:00"), (Sun, "02:30:00"));
    let inside = window((Sun, "02:10:00"), (Sun, "02:50:00"));
    let whole = window((Tue, "05:00:00"), (Tue, "05:00:00"));
    for (windows, at, start, end, open) in [
        // Over the end of the week, and closed until the next one.
        (vec![weekend], "2026-06-21T12:00:00Z", "2026-06-19T16:00:00Z", "2026-06-22T06:00:00Z", true),
        (vec![weekend], "2026-06-22T06:00:00Z", "2026-06-22T06:00:00Z", "2026-06-26T16:00:00Z", false),
        // Seven hours when the clock is put forward, nine when it is put back.
        (vec![night], "2026-03-29T00:00:00Z", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", true),
        (vec![night], "2026-10-25T00:00:00Z", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", true),
        // Closes after the gap that swallows its end, and at the second half past two.
        (vec![half_past], "2026-03-29T00:59:59Z", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", true),
        (vec![half_past], "2026-10-25T01:00:00Z", "2026-10-24T23:30:00Z", "2026-10-25T01:30:00Z", true),
        // Swallowed as a whole, it does not open; doubled, it stays open from the first to the last.
        (vec![inside], "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-04-05T00:10:00Z", false),
        (vec![inside], "2026-10-25T01:05:00Z", "2026-10-25T00:10:00Z", "2026-10-25T01:50:00Z", true),
        // The whole week never closes.
        (vec![whole], "2026-06-23T03:00:00Z", "2026-06-23T03:00:00Z", "2026-06-30T03:00:00Z", true),
        (vec![whole], "2026-06-23T02:59:59Z", "2026-06-16T03:00:00Z", "2026-06-23T03:00:00Z", true),
        // Of two that are closed, the last one to close and the first one to open.
        (vec![night, weekend], "2026-06-23T00:00:00Z", "2026-06-22T06:00:00Z", "2026-06-26T16:00:00Z", false),
        (vec![half_past, night], "2026-06-23T00:00:00Z", "2026-06-21T04:00:00Z", "2026-06-27T20:00:00Z", false),
    ] {
        let found = stretch(&windows, &Moment::new(Tz::Europe__Berlin, instant(at)));
        assert_eq!(found, Stretch { start: instant(start), end: instant(end), open }, "{windows:?} {at}");
    }
}

#[test]
fn without_windows_it_is_always_open() {
    assert_eq!(stretch(&[], &Moment::new(Tz::UTC, instant("2026-06-23T00:00:00Z"))), Stretch::ALWAYS);
}

#[test]
fn the_ends_of_the_calendar_are_safe() {
    let window = window((Weekday::Mon, "09:00:00"), (Weekday::Fri, "17:00:00"));
    for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        for zone in [Tz::Pacific__Apia, Tz::Pacific__Niue] {
            let found = stretch(&[window], &Moment::new(zone, at));
            assert!(found.start <= found.end, "{zone} {at:?}: {found:?}");
        }
    }
}
