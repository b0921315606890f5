//! Which instants the times of a calendar mean.

use chrono_tz::Tz;

use super::{calendar, days, event, read, shifts, starts, understood, whole_days};

#[test]
fn times_mean_instants_by_their_zone() {
    let own = "BEGIN:VTIMEZONE\nTZID:Our office\nBEGIN:STANDARD\nDTSTART:19701025T030000\nTZOFFSETFROM:+0200\n\
               TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
               DTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n\
               END:DAYLIGHT\nEND:VTIMEZONE";
    let located = "BEGIN:VTIMEZONE\nTZID:Head office\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE";
    let fixed = "BEGIN:VTIMEZONE\nTZID:Ship\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0330\n\
                 TZOFFSETTO:-0330\nEND:STANDARD\nEND:VTIMEZONE";
    for (name, before, start, expected) in [
        ("UTC", "", "DTSTART:20240701T090000Z", "09:00"),
        ("floating, in the default zone", "", "DTSTART:20240701T090000", "13:00"),
        ("floating, in the calendar's zone", "X-WR-TIMEZONE:Europe/Berlin", "DTSTART:20240701T090000", "07:00"),
        ("IANA", "", "DTSTART;TZID=Europe/Berlin:20240701T090000", "07:00"),
        ("quoted", "", "DTSTART;TZID=\"Europe/Berlin\":20240701T090000", "07:00"),
        ("in other letters", "", "dtstart;tzid=europe/BERLIN:20240701T090000", "07:00"),
        ("an old name", "", "DTSTART;TZID=Asia/Calcutta:20240701T090000", "03:30"),
        ("with a prefix", "", "DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20240701T090000", "07:00"),
        (
            "with a prefix, of three parts",
            "",
            "DTSTART;TZID=/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires:20240701T090000",
            "12:00",
        ),
        ("Windows", "", "DTSTART;TZID=W. Europe Standard Time:20240701T090000", "07:00"),
        ("Windows, of the United States", "", "DTSTART;TZID=\"Eastern Standard Time\":20240701T090000", "13:00"),
        ("a Z is UTC whatever the TZID", "", "DTSTART;TZID=Europe/Berlin:20240701T090000Z", "09:00"),
        ("described in the file", own, "DTSTART;TZID=Our office:20240701T090000", "07:00"),
        ("described by its location", located, "DTSTART;TZID=Head office:20240701T090000", "00:00"),
        ("described with one offset", fixed, "DTSTART;TZID=Ship:20240701T090000", "12:30"),
    ] {
        let text = calendar(&format!("{before}\nBEGIN:VEVENT\nUID:one\n{start}\nEND:VEVENT"));
        let read = read(&text, days("2024-06-30", "2024-07-03"), chrono_tz::America::New_York).unwrap();
        assert_eq!(read.left, Vec::<String>::new(), "{name}");
        assert_eq!(read.events[0].start.format("%H:%M").to_string(), expected, "{name}");
    }
}

/// 02:30 does not exist on 31 March 2024 in Berlin, and exists twice on 27 October.
#[test]
fn a_weekly_shift_keeps_its_wall_time_across_both_changes_of_the_clock() {
    let own = "BEGIN:VTIMEZONE\nTZID:Somewhere\nBEGIN:DAYLIGHT\nDTSTART:20000326T020000\nTZOFFSETFROM:+0100\n\
               TZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nBEGIN:STANDARD\n\
               DTSTART:20001029T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\n\
               END:STANDARD\nEND:VTIMEZONE\n";
    for zone in ["Europe/Berlin", "W. Europe Standard Time", "Somewhere"] {
        let text = calendar(&format!(
            "{own}BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;TZID={zone}:20240107T023000\n\
             DTEND;TZID={zone}:20240107T033000\nRRULE:FREQ=WEEKLY\nEND:VEVENT"
        ));
        assert_eq!(
            shifts(&understood(&text, days("2024-03-20", "2024-04-10"))),
            ["03-24 01:30 to 03-24 02:30 ana", "03-31 01:00 to 03-31 01:30 ana", "04-07 00:30 to 04-07 01:30 ana"],
            "{zone} in spring"
        );
        assert_eq!(
            shifts(&understood(&text, days("2024-10-15", "2024-11-05"))),
            ["10-20 00:30 to 10-20 01:30 ana", "10-27 00:30 to 10-27 02:30 ana", "11-03 01:30 to 11-03 02:30 ana"],
            "{zone} in autumn"
        );
    }
}

#[test]
fn shifts_that_follow_each_other_leave_no_gap_where_the_clock_changes() {
    let week = |who: &str, start: &str, end: &str| {
        format!(
            "BEGIN:VEVENT\nUID:{who}\nSUMMARY:{who}\nDTSTART;TZID=Europe/Berlin:{start}T090000\n\
             DTEND;TZID=Europe/Berlin:{end}T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nEND:VEVENT\n"
        )
    };
    let text = calendar(&(week("ana", "20240101", "20240108") + &week("bo", "20240108", "20240115")));
    for range in [days("2024-03-01", "2024-05-01"), days("2024-10-01", "2024-12-01")] {
        let read = understood(&text, range);
        assert!(read.events.len() > 7);
        for pair in read.events.windows(2) {
            assert_eq!(pair[0].end, pair[1].start, "{}", super::shift(&pair[0]));
        }
    }
}

#[test]
fn durations_count_days_on_the_clock_and_hours_as_they_pass() {
    for (length, expected) in [
        ("DURATION:P1D", "03-30 11:00 to 03-31 10:00 ana"),
        ("DURATION:PT24H", "03-30 11:00 to 03-31 11:00 ana"),
        ("DURATION:P1DT1H", "03-30 11:00 to 03-31 11:00 ana"),
        ("DURATION:P1W", "03-30 11:00 to 04-06 10:00 ana"),
        ("DTEND;TZID=Europe/Berlin:20240331T120000", "03-30 11:00 to 03-31 10:00 ana"),
        ("DTEND:20240331T120000", "03-30 11:00 to 03-31 10:00 ana"),
        ("DTEND:20240331T120000Z", "03-30 11:00 to 03-31 12:00 ana"),
        ("DTEND;TZID=Asia/Tokyo:20240331T000000", "03-30 11:00 to 03-30 15:00 ana"),
        ("", "03-30 11:00 to 03-30 11:00 ana"),
    ] {
        let text = event(&format!("DTSTART;TZID=Europe/Berlin:20240330T120000\n{length}"));
        assert_eq!(shifts(&understood(&text, days("2024-03-01", "2024-05-01"))), [expected], "{length}");
    }
}

#[test]
fn an_end_in_the_hour_that_occurs_twice_is_exact_where_it_is_given_in_utc() {
    let text = event("DTSTART;TZID=Europe/Berlin:20241027T020000\nDTEND:20241027T013000Z");
    assert_eq!(shifts(&understood(&text, days("2024-10-01", "2024-11-01"))), ["10-27 00:00 to 10-27 01:30 ana"]);
}

/// 02:30 occurs at 00:30 and at 01:30 in UTC; the shift begins at the first, and 01:05 is 02:05 for the second time.
#[test]
fn a_rule_that_ends_in_the_hour_that_occurs_twice_is_compared_as_instants() {
    for (until, expected) in [("20241027T010500Z", 2), ("20241027T003000Z", 2), ("20241027T002959Z", 1)] {
        let text = event(&format!("DTSTART;TZID=Europe/Berlin:20241026T023000\nRRULE:FREQ=DAILY;UNTIL={until}"));
        assert_eq!(understood(&text, days("2024-10-01", "2024-11-10")).events.len(), expected, "{until}");
    }
}

/// Summer time is introduced for 2023 and 2024 alone, and the last change is the very instant of UNTIL.
#[test]
fn a_zone_in_the_file_changes_its_clocks_until_it_says() {
    let text = calendar(
        "BEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:20221030T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n\
         RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:20230326T020000\n\
         TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20240331T010000Z\n\
         END:DAYLIGHT\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;TZID=Own:20230701T120000\n\
         RRULE:FREQ=YEARLY\nEND:VEVENT\nBEGIN:VEVENT\nUID:two\nSUMMARY:bo\nDTSTART;TZID=Own:20240330T030000\n\
         DTEND:20240331T010000Z\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT",
    );
    let read = understood(&text, days("2023-01-01", "2026-01-01"));
    assert_eq!(
        shifts(&read),
        [
            "07-01 10:00 to 07-01 10:00 ana",
            // It ends at the change, when clocks show 03:00, and so does the next one.
            "03-30 02:00 to 03-31 01:00 bo",
            "03-31 01:00 to 04-01 01:00 bo",
            "07-01 10:00 to 07-01 10:00 ana",
            "07-01 11:00 to 07-01 11:00 ana"
        ]
    );
}

#[test]
fn whole_days_are_days_whatever_the_zone() {
    for (length, expected) in [
        ("", "2024-03-31 to 2024-04-01 ana"),
        ("DTEND;VALUE=DATE:20240331", "2024-03-31 to 2024-04-01 ana"),
        ("DTEND;VALUE=DATE:20240402", "2024-03-31 to 2024-04-02 ana"),
        ("DTEND:20240402", "2024-03-31 to 2024-04-02 ana"),
        ("DURATION:P2D", "2024-03-31 to 2024-04-02 ana"),
    ] {
        let text = calendar(&format!(
            "X-WR-TIMEZONE:Europe/Berlin\nBEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;VALUE=DATE:20240331\n\
             {length}\nEND:VEVENT"
        ));
        let read = understood(&text, days("2024-03-01", "2024-05-01"));
        assert_eq!(whole_days(&read), [expected], "{length}");
        assert_eq!(read.events, []);
        assert_eq!(read.zone, Tz::Europe__Berlin);
    }
}

#[test]
fn whole_days_become_events_from_midnight_to_midnight() {
    let text = event("DTSTART;VALUE=DATE:20240331\nATTENDEE:mailto:ana@example.com");
    let day = &understood(&text, days("2024-03-01", "2024-05-01")).all_day[0];
    for (zone, expected) in [
        (Tz::Europe__Berlin, "03-30 23:00 to 03-31 22:00 ana"),
        (Tz::UTC, "03-31 00:00 to 04-01 00:00 ana"),
        // Clocks went from 00:00 to 01:00 there, so that the day began an hour late.
        (Tz::Asia__Beirut, "03-30 22:00 to 03-31 21:00 ana"),
    ] {
        let event = day.in_zone(zone);
        assert_eq!(super::shift(&event), expected, "{zone}");
        assert_eq!(event.attendees.as_ref(), ["ana@example.com"]);
    }
}

#[test]
fn a_range_holds_what_touches_it() {
    let text = calendar(
        "BEGIN:VEVENT\nSUMMARY:ends as it begins\nDTSTART:20240101T000000Z\nDTEND:20240110T000000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:reaches in\nDTSTART:20240101T000000Z\nDTEND:20240110T000001Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:covers\nDTSTART:20240101T000000Z\nDTEND:20240201T000000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:moment at its start\nDTSTART:20240110T000000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:moment at its end\nDTSTART:20240111T000000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:begins as it ends\nDTSTART:20240111T000000Z\nDTEND:20240112T000000Z\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:day\nDTSTART;VALUE=DATE:20240110\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:day before\nDTSTART;VALUE=DATE:20240109\nEND:VEVENT",
    );
    let read = understood(&text, days("2024-01-10", "2024-01-11"));
    assert_eq!(
        starts(&read),
        ["2024-01-01 00:00 reaches in", "2024-01-01 00:00 covers", "2024-01-10 00:00 moment at its start"]
    );
    assert_eq!(whole_days(&read), ["2024-01-10 to 2024-01-11 day"]);
}

#[test]
fn a_long_shift_that_began_before_the_range_is_found() {
    let text = event("DTSTART:20230101T000000Z\nDURATION:P30D\nRRULE:FREQ=DAILY;INTERVAL=30");
    let read = understood(&text, days("2024-01-10", "2024-01-11"));
    assert_eq!(shifts(&read), ["12-27 00:00 to 01-26 00:00 ana"]);
}

#[test]
fn a_zone_that_is_not_understood_is_named() {
    let monthly = "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0100\n\
                   TZOFFSETTO:+0100\nRRULE:FREQ=MONTHLY\nEND:STANDARD\nEND:VTIMEZONE\n";
    let wrong = "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:0100\nEND:STANDARD\n\
                 END:VTIMEZONE\n";
    let empty = "BEGIN:VTIMEZONE\nTZID:Odd\nEND:VTIMEZONE\n";
    for (zone, expected) in [
        ("", "the time zone \"Odd\" is unknown, and no VTIMEZONE describes it"),
        (monthly, "the VTIMEZONE of \"Odd\" is not understood: it changes its clocks by a rule that is not YEARLY"),
        (
            wrong,
            "the VTIMEZONE of \"Odd\" is not understood: TZOFFSETFROM has \"0100\", which is no offset such as +0100",
        ),
        (empty, "the VTIMEZONE of \"Odd\" is not understood: it has neither STANDARD nor DAYLIGHT"),
    ] {
        let text = calendar(&format!("{zone}BEGIN:VEVENT\nSUMMARY:ana\nDTSTART;TZID=Odd:20240101T090000\nEND:VEVENT"));
        let read = read(&text, days("2024-01-01", "2024-02-01"), Tz::UTC).unwrap();
        assert_eq!(read.events, []);
        let [left] = read.left.as_slice() else { panic!("{:?}", read.left) };
        assert!(left.contains(&format!("the event \"ana\" is left out: {expected}")), "{left}");
        assert!(left.ends_with("use a name such as Europe/Berlin"), "{left}");
    }
}

#[test]
fn a_calendar_in_an_unknown_zone_takes_the_default_and_says_so() {
    let text = calendar("X-WR-TIMEZONE:Mars/Olympus\nBEGIN:VEVENT\nDTSTART:20240701T090000\nEND:VEVENT");
    let read = read(&text, days("2024-07-01", "2024-07-02"), Tz::Europe__Berlin).unwrap();
    assert_eq!(starts(&read), ["2024-07-01 07:00 "]);
    assert_eq!(
        read.left,
        ["line 4: the calendar's time zone \"Mars/Olympus\" is unknown; Europe/Berlin is taken for it"]
    );
}
