//! Series with occurrences that were taken out, moved or changed.

use super::{calendar, days, read, shifts, starts, understood, whole_days};

/// A daily shift in Berlin from 1 January 2024, 09:00 to 10:00, with more properties and more events.
fn series(properties: &str, more: &str) -> String {
    calendar(&format!(
        "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;TZID=Europe/Berlin:20240101T090000\n\
         DTEND;TZID=Europe/Berlin:20240101T100000\nRRULE:FREQ=DAILY;COUNT=4\n{properties}\nEND:VEVENT\n{more}"
    ))
}

fn edit(properties: &str) -> String {
    format!("BEGIN:VEVENT\nUID:one\nSUMMARY:bo\n{properties}\nEND:VEVENT\n")
}

const ALL: [&str; 4] = [
    "01-01 08:00 to 01-01 09:00 ana",
    "01-02 08:00 to 01-02 09:00 ana",
    "01-03 08:00 to 01-03 09:00 ana",
    "01-04 08:00 to 01-04 09:00 ana",
];

#[test]
fn dates_that_are_excepted_are_not_in_the_series() {
    for (except, left) in [
        ("EXDATE;TZID=Europe/Berlin:20240102T090000", vec![0, 2, 3]),
        ("EXDATE:20240102T080000Z", vec![0, 2, 3]),
        ("EXDATE;TZID=Asia/Tokyo:20240102T170000", vec![0, 2, 3]),
        ("EXDATE:20240102T090000", vec![0, 2, 3]),
        ("EXDATE;VALUE=DATE:20240102", vec![0, 2, 3]),
        ("EXDATE:20240102", vec![0, 2, 3]),
        ("EXDATE;TZID=Europe/Berlin:20240102T090000,20240104T090000", vec![0, 2]),
        ("EXDATE:20240101T080000Z\nEXDATE:20240104T080000Z", vec![1, 2]),
        ("EXDATE;TZID=Europe/Berlin:20240102T090001", vec![0, 1, 2, 3]),
        ("EXDATE:20240102T090000Z", vec![0, 1, 2, 3]),
        ("RDATE:20240102T080000Z\nEXDATE:20240102T080000Z", vec![0, 2, 3]),
    ] {
        let read = understood(&series(except, ""), days("2024-01-01", "2024-02-01"));
        let expected: Vec<_> = left.iter().map(|place| ALL[*place]).collect();
        assert_eq!(shifts(&read), expected, "{except}");
    }
}

#[test]
fn whole_days_are_excepted_by_their_date_however_it_is_written() {
    for except in [
        "EXDATE;VALUE=DATE:20240102",
        "EXDATE:20240102T000000",
        "EXDATE;TZID=Asia/Tokyo:20240102T000000",
        "EXDATE:20240102T090000Z",
    ] {
        let text = calendar(&format!(
            "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;VALUE=DATE:20240101\n\
             RRULE:FREQ=DAILY;COUNT=3\n{except}\nEND:VEVENT"
        ));
        let read = understood(&text, days("2024-01-01", "2024-02-01"));
        assert_eq!(whole_days(&read), ["2024-01-01 to 2024-01-02 ana", "2024-01-03 to 2024-01-04 ana"], "{except}");
    }
}

#[test]
fn an_edit_stands_in_for_its_occurrence() {
    let berlin = "DTSTART;TZID=Europe/Berlin:20240102T120000\nDURATION:PT1H\n";
    for (name, edits, expected) in [
        (
            "in its zone",
            edit(&format!("RECURRENCE-ID;TZID=Europe/Berlin:20240102T090000\n{berlin}")),
            "01-02 11:00 to 01-02 12:00 bo",
        ),
        (
            "in another zone",
            edit(&format!("RECURRENCE-ID;TZID=Asia/Tokyo:20240102T170000\n{berlin}")),
            "01-02 11:00 to 01-02 12:00 bo",
        ),
        ("in UTC", edit(&format!("RECURRENCE-ID:20240102T080000Z\n{berlin}")), "01-02 11:00 to 01-02 12:00 bo"),
        ("without a zone", edit(&format!("RECURRENCE-ID:20240102T090000\n{berlin}")), "01-02 11:00 to 01-02 12:00 bo"),
        ("by its date", edit(&format!("RECURRENCE-ID;VALUE=DATE:20240102\n{berlin}")), "01-02 11:00 to 01-02 12:00 bo"),
        (
            "the newest counts, wherever it stands",
            edit(&format!("SEQUENCE:2\nRECURRENCE-ID:20240102T080000Z\n{berlin}"))
                + &edit("SEQUENCE:1\nRECURRENCE-ID:20240102T080000Z\nDTSTART:20240102T200000Z"),
            "01-02 11:00 to 01-02 12:00 bo",
        ),
        (
            "of two that are as new, the later one",
            edit("RECURRENCE-ID:20240102T080000Z\nDTSTART:20240102T200000Z")
                + &edit(&format!("RECURRENCE-ID:20240102T080000Z\n{berlin}")),
            "01-02 11:00 to 01-02 12:00 bo",
        ),
    ] {
        for text in [series("", &edits), series("", "").replace("BEGIN:VEVENT", &format!("{edits}BEGIN:VEVENT"))] {
            let read = understood(&text, days("2024-01-01", "2024-02-01"));
            assert_eq!(shifts(&read), [ALL[0], expected, ALL[2], ALL[3]], "{name}");
        }
    }
}

#[test]
fn a_cancelled_edit_takes_its_occurrence_out() {
    let cancelled = edit("RECURRENCE-ID:20240102T080000Z\nDTSTART:20240102T080000Z\nSTATUS:CANCELLED");
    let read = understood(&series("", &cancelled), days("2024-01-01", "2024-02-01"));
    assert_eq!(shifts(&read), [ALL[0], ALL[2], ALL[3]]);
}

#[test]
fn a_cancelled_series_has_none_but_its_edits() {
    let moved = edit("RECURRENCE-ID:20240102T080000Z\nDTSTART:20240102T110000Z\nDTEND:20240102T120000Z");
    let read = understood(&series("STATUS:cancelled", &moved), days("2024-01-01", "2024-02-01"));
    assert_eq!(shifts(&read), ["01-02 11:00 to 01-02 12:00 bo"]);
}

#[test]
fn an_occurrence_is_moved_into_a_range_and_out_of_it() {
    let moved = edit("RECURRENCE-ID:20240102T080000Z\nDTSTART:20240301T080000Z\nDTEND:20240301T090000Z");
    let text = series("", &moved);
    assert_eq!(shifts(&understood(&text, days("2024-01-02", "2024-01-03"))), Vec::<String>::new());
    assert_eq!(shifts(&understood(&text, days("2024-03-01", "2024-03-02"))), ["03-01 08:00 to 03-01 09:00 bo"]);
}

#[test]
fn an_edit_of_no_occurrence_is_an_event_of_its_own() {
    let lone = edit("RECURRENCE-ID:20230601T080000Z\nDTSTART:20240105T080000Z\nDTEND:20240105T090000Z");
    let range = || days("2024-01-01", "2024-02-01");
    assert_eq!(
        shifts(&understood(&series("", &lone), range())),
        [ALL[0], ALL[1], ALL[2], ALL[3], "01-05 08:00 to 01-05 09:00 bo"]
    );
    assert_eq!(shifts(&understood(&calendar(&lone), range())), ["01-05 08:00 to 01-05 09:00 bo"]);
}

#[test]
fn an_edit_that_cannot_be_read_leaves_the_occurrence_as_it_was() {
    for wrong in [
        "RECURRENCE-ID:20240102T080000Z\nDTSTART:sometime",
        "RECURRENCE-ID:20240102T080000Z\nDTSTART;TZID=Mars:20240102T080000",
        "RECURRENCE-ID;TZID=Mars:20240102T080000\nDTSTART:20240102T110000Z",
        "RECURRENCE-ID:20240102T080000Z",
    ] {
        let read = read(&series("", &edit(wrong)), days("2024-01-01", "2024-02-01"), chrono_tz::UTC).unwrap();
        assert_eq!(shifts(&read), ALL, "{wrong}");
        let [left] = read.left.as_slice() else { panic!("{wrong}: {:?}", read.left) };
        assert!(left.contains("the event \"bo\" is left out: "), "{left}");
    }
}

#[test]
fn an_edit_of_all_that_follow_changes_them() {
    let from = "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20240103T090000\n";
    let later = edit(&format!("{from}DTSTART;TZID=Europe/Berlin:20240103T110000\nDURATION:PT2H"));
    let once = edit("RECURRENCE-ID:20240104T080000Z\nDTSTART:20240104T200000Z\nDURATION:PT1H");
    let cancelled = edit(&format!("{from}DTSTART;TZID=Europe/Berlin:20240103T090000\nSTATUS:CANCELLED"));
    for (edits, expected) in [
        (&later, vec!["01-03 10:00 to 01-03 12:00 bo", "01-04 10:00 to 01-04 12:00 bo"]),
        (&(later.clone() + &once), vec!["01-03 10:00 to 01-03 12:00 bo", "01-04 20:00 to 01-04 21:00 bo"]),
        (&cancelled, vec![]),
    ] {
        let read = understood(&series("", edits), days("2024-01-01", "2024-02-01"));
        assert_eq!(shifts(&read), [&ALL[..2], expected.as_slice()].concat(), "{edits}");
    }
}

#[test]
fn an_edit_of_all_that_follow_may_move_them_far_and_make_them_longer() {
    let text = calendar(
        "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART:20240101T090000Z\nDTEND:20240101T100000Z\n\
         RRULE:FREQ=WEEKLY;INTERVAL=4\nEND:VEVENT\nBEGIN:VEVENT\nUID:one\nSUMMARY:bo\n\
         RECURRENCE-ID;RANGE=THISANDFUTURE:20240129T090000Z\nDTSTART:20240201T090000Z\nDTEND:20240213T090000Z\n\
         END:VEVENT",
    );
    for (from, until) in [("2024-02-29", "2024-03-01"), ("2024-03-12", "2024-03-13")] {
        assert_eq!(shifts(&understood(&text, days(from, until))), ["02-29 09:00 to 03-12 09:00 bo"], "{from}");
    }
}

/// The occurrence is in the gap of 31 March, and so is what names it.
#[test]
fn an_occurrence_in_a_gap_can_be_edited() {
    let text = calendar(
        "BEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART;TZID=Europe/Berlin:20240324T023000\nRRULE:FREQ=WEEKLY;COUNT=3\n\
         EXDATE;TZID=Europe/Berlin:20240324T023000\nEND:VEVENT\nBEGIN:VEVENT\nUID:one\nSUMMARY:bo\n\
         RECURRENCE-ID;TZID=Europe/Berlin:20240331T023000\nDTSTART;TZID=Europe/Berlin:20240331T040000\nEND:VEVENT",
    );
    let read = understood(&text, days("2024-03-01", "2024-05-01"));
    assert_eq!(starts(&read), ["2024-03-31 02:00 bo", "2024-04-07 00:30 ana"]);
}

#[test]
fn a_further_date_may_have_a_length_of_its_own() {
    let text = series(
        "RDATE;VALUE=PERIOD:20240110T080000Z/20240110T100000Z,20240111T080000Z/PT3H\n\
         RDATE;TZID=Europe/Berlin;VALUE=PERIOD:20240102T090000/20240102T140000\n\
         RDATE;TZID=Europe/Berlin:20240112T090000",
        "",
    );
    assert_eq!(
        shifts(&understood(&text, days("2024-01-01", "2024-02-01"))),
        [
            ALL[0],
            "01-02 08:00 to 01-02 13:00 ana",
            ALL[2],
            ALL[3],
            "01-10 08:00 to 01-10 10:00 ana",
            "01-11 08:00 to 01-11 11:00 ana",
            "01-12 08:00 to 01-12 09:00 ana"
        ]
    );
}

#[test]
fn an_older_version_of_a_series_is_none() {
    let newer =
        "BEGIN:VEVENT\nUID:one\nSEQUENCE:3\nSUMMARY:cy\nDTSTART:20240105T080000Z\nDTEND:20240105T090000Z\nEND:VEVENT\n";
    let read = understood(&series("SEQUENCE:2", newer), days("2024-01-01", "2024-02-01"));
    assert_eq!(shifts(&read), ["01-05 08:00 to 01-05 09:00 cy"]);
    let as_new = newer.replace("SEQUENCE:3", "SEQUENCE:2");
    let read = understood(&series("SEQUENCE:2", &as_new), days("2024-01-04", "2024-02-01"));
    assert_eq!(shifts(&read), [ALL[3], "01-05 08:00 to 01-05 09:00 cy"]);
}

#[test]
fn events_without_an_uid_have_nothing_to_do_with_each_other() {
    let lone = |start: &str, sequence: u8| format!("BEGIN:VEVENT\nSEQUENCE:{sequence}\nDTSTART:{start}\nEND:VEVENT\n");
    let text = calendar(&(lone("20240101T080000Z", 1) + &lone("20240102T080000Z", 2)));
    let read = understood(&text, days("2024-01-01", "2024-02-01"));
    assert_eq!(starts(&read), ["2024-01-01 08:00 ", "2024-01-02 08:00 "]);
}
