//! Recurrence rules beside those of the standard's own examples.

use super::{days, event, starts, understood, whole_days};

#[test]
fn a_range_far_from_the_start_has_what_a_walk_from_the_start_finds() {
    for (start, rule) in [
        ("19900103T090000Z", "FREQ=DAILY;INTERVAL=7"),
        ("19900103T090000Z", "FREQ=DAILY;INTERVAL=2;BYMONTH=6"),
        ("19900103T090000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU"),
        ("19900105T090000Z", "FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=5,-1"),
        ("19900130T090000Z", "FREQ=MONTHLY"),
        ("19890607T090000Z", "FREQ=YEARLY;INTERVAL=7;BYMONTH=6;BYDAY=1WE"),
        ("19900101T090000Z", "FREQ=HOURLY;INTERVAL=5"),
        ("20231231T235900Z", "FREQ=MINUTELY;INTERVAL=49"),
    ] {
        let read = |more: &str| {
            let text = event(&format!("DTSTART:{start}\nRRULE:{rule}{more}"));
            starts(&understood(&text, days("2024-06-01", "2024-07-01")))
        };
        // A rule that counts is walked through from its start.
        let far = read("");
        assert_eq!(far, read(";COUNT=1000000"), "{rule}");
        assert!(!far.is_empty(), "{rule}");
    }
}

#[test]
fn whole_days_recur_as_days() {
    let text =
        event("DTSTART;VALUE=DATE:20240330\nDTEND;VALUE=DATE:20240401\nRRULE:FREQ=DAILY;INTERVAL=7;UNTIL=20240413");
    let read = understood(&text, days("2024-03-01", "2024-05-01"));
    assert_eq!(
        whole_days(&read),
        ["2024-03-30 to 2024-04-01 ana", "2024-04-06 to 2024-04-08 ana", "2024-04-13 to 2024-04-15 ana"]
    );
}

#[test]
fn whole_days_recur_without_times() {
    let text = event("DTSTART;VALUE=DATE:20240330\nRRULE:FREQ=DAILY;BYHOUR=1,2;BYMINUTE=3;BYSECOND=4;COUNT=2");
    let read = understood(&text, days("2024-03-01", "2024-05-01"));
    assert_eq!(whole_days(&read), ["2024-03-30 to 2024-03-31 ana", "2024-03-31 to 2024-04-01 ana"]);
    let hourly = event("DTSTART;VALUE=DATE:20240330\nRRULE:FREQ=HOURLY");
    let read = super::read(&hourly, days("2024-03-01", "2024-05-01"), chrono_tz::UTC).unwrap();
    let expected = "it is on whole days, and its RRULE is about hours: give it DAILY or longer";
    assert_eq!(read.left, [format!("line 4: the event \"ana\" is left out: {expected}")]);
    assert_eq!(read.all_day, []);
}

#[test]
fn several_rules_and_dates_make_one_set() {
    let text = event(
        "DTSTART:20240101T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nRRULE:FREQ=MONTHLY;COUNT=2\n\
         RDATE:20240103T120000Z,20240108T090000Z\nRDATE;VALUE=DATE:20240104",
    );
    assert_eq!(
        starts(&understood(&text, days("2024-01-01", "2025-01-01"))),
        [
            "2024-01-01 09:00 ana",
            "2024-01-03 12:00 ana",
            "2024-01-04 09:00 ana",
            "2024-01-08 09:00 ana",
            "2024-01-15 09:00 ana",
            "2024-02-01 09:00 ana"
        ]
    );
}
