//! What hostile or careless files cost is bounded, and named.

use std::fmt::Write;
use std::sync::Arc;

use chrono_tz::Tz;

use super::{calendar, days, event, read, starts, understood};
use crate::ical::{MOST_OCCURRENCES, Read};

/// The event that comes after whatever is wrong, and is always found.
const AFTER: &str = "BEGIN:VEVENT\nUID:after\nSUMMARY:bo\nDTSTART:20240102T090000Z\nEND:VEVENT\n";

fn year(text: &str) -> Read {
    read(text, days("2024-01-01", "2025-01-01"), Tz::UTC).unwrap()
}

fn numbers(until: u32) -> String {
    (0..until).map(|n| n.to_string()).collect::<Vec<_>>().join(",")
}

#[test]
fn a_rule_with_too_many_occurrences_is_named_and_the_others_are_read() {
    let dense = "it occurs more than 20000 times in this range: give it a rule with fewer occurrences";
    let long = "its rule takes too many steps: give it a coarser FREQ or a later DTSTART";
    let every = format!("BYHOUR={};BYMINUTE={};BYSECOND={}", numbers(24), numbers(60), numbers(60));
    for (start, rule, expected) in [
        ("20240101T090000Z", "FREQ=SECONDLY", dense),
        ("19700101T090000Z", "FREQ=SECONDLY", dense),
        ("20240101T090000Z", "FREQ=MINUTELY", dense),
        ("20240101T090000Z", "FREQ=SECONDLY;INTERVAL=2;BYHOUR=9", long),
        ("20240101T090000Z", &format!("FREQ=DAILY;{every}"), dense),
        ("20240101T090000Z", &format!("FREQ=YEARLY;BYMONTH=1,2,3;BYDAY=MO;{every}"), long),
        ("20240101T090000Z", &format!("FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;{every};BYSETPOS=-1"), long),
        ("20240101T090000Z", "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", long),
        ("20230101T090000Z", "FREQ=SECONDLY;COUNT=4000000000", long),
        ("00010101T090000Z", "FREQ=DAILY;COUNT=4000000000", long),
    ] {
        let text = calendar(&format!(
            "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART:{start}\nRRULE:{rule}\nEND:VEVENT\n{AFTER}"
        ));
        let read = year(&text);
        assert_eq!(starts(&read), ["2024-01-02 09:00 bo"], "{rule}");
        assert_eq!(read.left, [format!("line 4: the event \"ana\" is left out: {expected}")], "{rule}");
    }
}

#[test]
fn a_rule_that_never_fits_ends_with_the_range() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=4294967295",
        "FREQ=SECONDLY;INTERVAL=4294967295",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    ] {
        let text = event(&format!("DTSTART:20230101T090000Z\nRRULE:{rule}"));
        let read = understood(&text, days("2023-01-01", "2026-01-01"));
        assert_eq!(starts(&read), ["2023-01-01 09:00 ana"], "{rule}");
    }
}

#[test]
fn a_file_has_so_many_occurrences_and_no_more() {
    let series = |uid: &str, count: usize| {
        format!(
            "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{uid}\nDTSTART:20240101T000000Z\n\
             RRULE:FREQ=MINUTELY;COUNT={count}\nEND:VEVENT\n"
        )
    };
    let read = year(&calendar(&(series("a", MOST_OCCURRENCES - 1) + &series("b", 2) + &series("c", 1))));
    assert_eq!(read.events.len(), MOST_OCCURRENCES);
    assert_eq!(
        read.left,
        ["line 10: the event \"b\" is left out: \
             the file has more than 20000 occurrences in this range: split the calendar"]
    );
}

#[test]
fn further_dates_are_counted_like_those_of_rules() {
    let mut dates = String::new();
    for place in 0..=MOST_OCCURRENCES {
        write!(dates, ",202402{:02}T{:02}{:02}{:02}", place / 1440 + 1, place / 60 % 24, place % 60, 0).unwrap();
    }
    let text = calendar(&format!(
        "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART:20240101T090000Z\nRDATE:{}\nEND:VEVENT\n{AFTER}",
        &dates[1..]
    ));
    let read = year(&text);
    assert_eq!(starts(&read), ["2024-01-02 09:00 bo"]);
    assert_eq!(read.left.len(), 1, "{:?}", read.left);
}

#[test]
fn all_events_of_a_file_have_so_many_steps_together() {
    let mut body = String::new();
    for uid in 0..40 {
        write!(body, "BEGIN:VEVENT\nUID:{uid}\nSUMMARY:{uid}\nDTSTART:20230101T000000Z\n").unwrap();
        body.push_str("RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30;COUNT=9\nEND:VEVENT\n");
    }
    let read = year(&calendar(&(body + AFTER)));
    assert_eq!(starts(&read), ["2024-01-02 09:00 bo"]);
    let spent = "the events before it took all the steps that one file may take: split the calendar";
    assert!(read.left.iter().filter(|line| line.ends_with(spent)).count() > 20, "{:?}", read.left);
}

#[test]
fn occurrences_share_their_texts() {
    let read = understood(
        &event("DTSTART:20240101T090000Z\nRRULE:FREQ=DAILY\nDESCRIPTION:long\nATTENDEE:mailto:ana@example.com"),
        days("2024-01-01", "2024-01-03"),
    );
    let [first, second] = read.events.as_slice() else { panic!("{:?}", read.events) };
    assert!(Arc::ptr_eq(&first.summary, &second.summary));
    assert!(Arc::ptr_eq(&first.description, &second.description));
    assert!(Arc::ptr_eq(&first.attendees, &second.attendees));
}

#[test]
fn long_texts_are_cut_off_and_named() {
    let mut attendees = String::new();
    for number in 0..102 {
        writeln!(attendees, "ATTENDEE:mailto:p{number}@example.com").unwrap();
    }
    let text = event(&format!(
        "DTSTART:20240101T090000Z\n{attendees}SUMMARY:{}\nDESCRIPTION:{}",
        "é".repeat(1_001),
        "é".repeat(20_000)
    ));
    let read = year(&text);
    let event = &read.events[0];
    assert_eq!((event.summary.chars().count(), event.description.chars().count()), (1_000, 20_000));
    assert_eq!(event.attendees.len(), 100);
    assert_eq!(
        read.left,
        [
            "line 108: the attendee \"p100@example.com\" is one more than the 100 that are read",
            "line 109: the attendee \"p101@example.com\" is one more than the 100 that are read",
            "line 110: SUMMARY is cut off after 1000 characters",
        ]
    );
}

#[test]
fn the_list_of_what_is_wrong_is_short_even_where_everything_is() {
    let read = year(&calendar(&"wrong\n".repeat(10_000)));
    assert_eq!(read.left.len(), 201);
    assert_eq!(read.left[200], "9800 more lines of this kind are not listed: mend these first");
    let read = year(&calendar(&format!("{}\u{7}", "long ".repeat(1_000))));
    assert_eq!(read.left, [format!("line 4: \"{}…\" is no line of a calendar", "long ".repeat(12))]);
}

/// A mebibyte of one kind of line each.
#[test]
fn long_files_of_one_kind_are_read_to_their_end() {
    let zone = |observance: &str| {
        format!(
            "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0000\n\
             DTSTART:00010101T000000\n{observance}\nEND:STANDARD\nEND:VTIMEZONE\n\
             BEGIN:VEVENT\nSUMMARY:ana\nDTSTART;TZID=Odd:20240101T090000\nEND:VEVENT"
        )
    };
    let filled = |before: &str, unit: &str, after: &str| {
        let room = (1024 * 1024_usize).saturating_sub(before.len());
        calendar(&format!("{before}{}{after}\n{AFTER}", unit.repeat(room / unit.len())))
    };
    let one = "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;TZID=Europe/Berlin:20240101T090000\n";
    for (name, text) in [
        ("folds", filled("X:a", "\n b", "")),
        ("folds of nothing", filled("X:a", "\n ", "")),
        ("parameters", filled("X", ";A=\"b\"", ":c")),
        ("parameters without an end", filled("X", ";A=\"b;", "")),
        ("components", filled("", "BEGIN:X\nEND:X\n", "")),
        ("ends", filled("", "END:X\n", "")),
        ("empty lines", filled("X:a", "\n", "X:a")),
        ("events without anything", filled("", "BEGIN:VEVENT\nEND:VEVENT\n", "")),
        ("exceptions", filled(&format!("{one}EXDATE:20240102"), ",20240102T090000", "\nEND:VEVENT")),
        ("days of a rule", filled(&format!("{one}RRULE:FREQ=DAILY;BYMONTHDAY=2"), ",2", "\nEND:VEVENT")),
        ("rules", filled(one, "RRULE:FREQ=SECONDLY\n", "END:VEVENT")),
        ("edits", filled("", "BEGIN:VEVENT\nUID:x\nDTSTART:20230101\nRECURRENCE-ID:20230101\nEND:VEVENT\n", "")),
        ("series", filled("", "BEGIN:VEVENT\nUID:x\nDTSTART:20220101\nRRULE:FREQ=YEARLY;COUNT=2\nEND:VEVENT\n", "")),
        (
            "edits and as many series of one UID",
            filled(
                "",
                "BEGIN:VEVENT\nUID:x\nDTSTART:20220101\nRRULE:FREQ=DAILY\nEND:VEVENT\n\
                 BEGIN:VEVENT\nUID:x\nDTSTART:20240101\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240101\nEND:VEVENT\n",
                "",
            ),
        ),
        ("parts of a rule", filled(&format!("{one}RRULE:FREQ=DAILY"), ";COUNT=2;WKST=SU", "\nEND:VEVENT")),
        ("zones", filled("", "BEGIN:VTIMEZONE\nTZID:Odd\nEND:VTIMEZONE\n", "")),
        (
            "changes of a zone",
            filled(&zone(&format!("RDATE:20240101T000000{}", ",20240101T000001".repeat(100_000))), "\n", ""),
        ),
    ] {
        assert!(text.len() > 1_000_000, "{name}");
        let read = year(&text);
        assert!(read.events.iter().any(|event| event.summary.as_ref() == "bo"), "{name}");
        assert!(read.left.len() <= 201, "{name}");
    }
}
