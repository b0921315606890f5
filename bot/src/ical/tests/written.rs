//! How calendars are written: lines, texts, and what is wrong with some.

use chrono_tz::Tz;

use super::{calendar, days, event, read, starts, understood};
use crate::ical::{IcsError, MOST_BYTES, Read};

fn january(text: &str) -> Read {
    read(text, days("2024-01-01", "2024-02-01"), Tz::UTC).unwrap()
}

#[test]
fn lines_end_as_any_program_ends_them_and_are_unfolded() {
    let text = event("DTSTART:20240101T090000Z\nDESCRIPTION:first ha\n lf\\, and\n\t second");
    let blank = text.replace("UID", "\n\nUID");
    let marked = format!("\u{feff}{text}");
    for text in [text.replace('\n', "\r\n"), text, blank, marked] {
        let read = understood(&text, days("2024-01-01", "2024-02-01"));
        assert_eq!(read.events[0].description.as_ref(), "first half, and second", "{text:?}");
    }
}

#[test]
fn texts_are_unescaped() {
    for (written, expected) in [
        (r"a\, b\; c\\ d", r"a, b; c\ d"),
        (r"a\nb\Nc", "a\nb\nc"),
        (r"\\n", r"\n"),
        (r"a\x", r"a\x"),
        (r"end\", r"end\"),
        ("a:b;c,\"d\"", "a:b;c,\"d\""),
        (" spaces ", " spaces "),
        ("", ""),
    ] {
        let text = event(&format!("DTSTART:20240101T090000Z\nSUMMARY;LANGUAGE=en:{written}\nCLASS:PUBLIC"));
        assert_eq!(january(&text).events[0].summary.as_ref(), expected, "{written}");
    }
}

#[test]
fn attendees_are_addresses_of_people() {
    let long = format!("{}@example.com", "a".repeat(250));
    let text = event(&format!(
        "DTSTART:20240101T090000Z\nATTENDEE;CN=\"Lima; Ana: on call\":mailto:Ana@Example.com\n\
         ATTENDEE:MAILTO:bo@example.com\n\
         ATTENDEE;EMAIL=Cy@example.com:/principals/cy\nATTENDEE:dee@example.com\nATTENDEE:mailto:ANA@example.com\n\
         ATTENDEE;CUTYPE=ROOM:mailto:room@example.com\nATTENDEE;cutype=resource:mailto:beamer@example.com\n\
         ATTENDEE:urn:uuid:7\nATTENDEE:mailto:{long}",
    ));
    let read = january(&text);
    let expected = ["ana@example.com", "bo@example.com", "cy@example.com", "dee@example.com"];
    assert_eq!(read.events[0].attendees.as_ref(), expected);
    let long = format!("mailto:{}…", "a".repeat(53));
    assert_eq!(
        read.left,
        [
            "line 15: the attendee \"urn:uuid:7\" has no e-mail address",
            &format!("line 16: the attendee \"{long}\" has no e-mail address")
        ]
    );
}

#[test]
fn the_calendars_name_is_the_first_that_it_has() {
    for (lines, expected) in [
        ("X-WR-CALNAME:On\\, call\nNAME:other", Some("On, call")),
        ("NAME:On call", Some("On call")),
        ("X-COLOUR:red", None),
    ] {
        let text = calendar(&format!("{lines}\nBEGIN:VEVENT\nSUMMARY:x\nNAME:not this\nDTSTART:20240101\nEND:VEVENT"));
        assert_eq!(january(&text).name.as_deref(), expected, "{lines}");
    }
}

#[test]
fn other_components_are_passed_over() {
    let text = calendar(
        "BEGIN:VTODO\nUID:one\nDTSTART:20240101T090000Z\nRRULE:nonsense\nEND:VTODO\nBEGIN:X-BOX\nBEGIN:VEVENT\n\
         DTSTART:20240101T090000Z\nEND:VEVENT\nEND:X-BOX\nBEGIN:VEVENT\nUID:two\nSUMMARY:ana\n\
         DTSTART:20240102T090000Z\n\
         BEGIN:VALARM\nTRIGGER:-PT15M\nSUMMARY:ring\nDURATION:nonsense\nEND:VALARM\nEND:VEVENT",
    );
    assert_eq!(starts(&understood(&text, days("2024-01-01", "2024-02-01"))), ["2024-01-02 09:00 ana"]);
}

#[test]
fn several_calendars_in_one_text_are_read_together() {
    let one = event("DTSTART:20240101T090000Z");
    let two = calendar("BEGIN:VEVENT\nUID:two\nSUMMARY:bo\nDTSTART:20240102T090000Z\nEND:VEVENT");
    let read = understood(&(one + &two), days("2024-01-01", "2024-02-01"));
    assert_eq!(starts(&read), ["2024-01-01 09:00 ana", "2024-01-02 09:00 bo"]);
}

#[test]
fn what_is_no_whole_calendar_is_refused() {
    let nested = "BEGIN:X\n".repeat(40);
    for (text, expected) in [
        ("", "the text is no calendar, for no line says BEGIN:VCALENDAR"),
        ("<!DOCTYPE html>\n<title>Sign in</title>", "the text is no calendar"),
        ("BEGIN:VEVENT\nDTSTART:20240101\nEND:VEVENT", "the text is no calendar"),
        (
            "BEGIN:VCALENDAR\nVERSION:2.0",
            "the calendar breaks off inside VCALENDAR, which line 1 begins: fetch it again",
        ),
        (
            "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMM",
            "the calendar breaks off inside VEVENT, which line 3 begins: fetch it again",
        ),
        (&format!("BEGIN:VCALENDAR\n{nested}"), "line 33 begins a component inside 32 others"),
    ] {
        let error = read(text, days("2024-01-01", "2024-02-01"), Tz::UTC).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    }
    let long = " ".repeat(MOST_BYTES + 1);
    let error = read(&long, days("2024-01-01", "2024-02-01"), Tz::UTC).unwrap_err();
    assert_eq!(error, IcsError::TooLarge { bytes: MOST_BYTES + 1 });
    let whole = event("DTSTART:20240101T090000Z");
    let padded = format!("{whole}{}", " ".repeat(MOST_BYTES - whole.len()));
    assert_eq!(january(&padded).events.len(), 1);
}

/// The other event is there whatever is wrong with this one.
#[test]
fn an_event_that_is_not_understood_is_named_and_left_out() {
    let good = "BEGIN:VEVENT\nUID:good\nSUMMARY:bo\nDTSTART:20240101T090000Z\nEND:VEVENT";
    for (wrong, expected) in [
        ("SUMMARY:x", "line 4: the event \"ana\" is left out: it has no DTSTART"),
        (
            "DTSTART:1 January",
            "line 7: the event \"ana\" is left out: DTSTART has \"1 January\", which is no date and no time: \
             write 20240131 or 20240131T090000",
        ),
        (
            "DTSTART:20240101T090000Z\nDTEND:20240101T080000Z",
            "line 4: the event \"ana\" is left out: it ends before it begins: mend DTEND",
        ),
        (
            "DTSTART:20240101\nDTEND:20231231",
            "line 4: the event \"ana\" is left out: it ends before it begins: mend DTEND",
        ),
        (
            "DTSTART:20240101T090000Z\nDTEND:20240102",
            "line 4: the event \"ana\" is left out: it begins at a time and ends with a day: give both of one kind",
        ),
        (
            "DTSTART:20240101\nDTEND:20240102T080000",
            "line 4: the event \"ana\" is left out: it begins with a day and ends at a time: give both of one kind",
        ),
        (
            "DTSTART:20240101\nDURATION:PT8H",
            "line 4: the event \"ana\" is left out: it is on whole days, \
             and its DURATION has a time: give it days alone",
        ),
        (
            "DTSTART:20240101T090000Z\nDTEND:21240101T090000Z",
            "line 4: the event \"ana\" is left out: it lasts longer than ten years: mend DTEND",
        ),
        (
            "DTSTART:20240101T090000Z\nDURATION:-PT8H",
            "line 8: the event \"ana\" is left out: DURATION has \"-PT8H\", which is no duration from 0 to 3660 days: \
             write one such as PT8H",
        ),
        (
            "DTSTART:20240101T090000Z\nEXRULE:FREQ=DAILY",
            "line 8: the event \"ana\" is left out: EXRULE is not understood, as RFC 5545 took it away: write EXDATE",
        ),
    ] {
        let text = calendar(&format!("BEGIN:VEVENT\nUID:one\nSUMMARY:ana\n{wrong}\nSUMMARY:ana\nEND:VEVENT\n{good}"));
        let read = january(&text);
        assert_eq!(read.left, [expected], "{wrong}");
        assert_eq!(starts(&read), ["2024-01-01 09:00 bo"], "{wrong}");
        assert_eq!(read.all_day, [], "{wrong}");
    }
}

#[test]
fn a_rule_that_is_not_of_the_standard_is_named() {
    let long = format!("FREQ=DAILY;BYHOUR={}", "1,".repeat(3_000));
    let part =
        |part: &str| format!("RRULE has \"{part}\", which is no part of a rule of RFC 5545: write it as that says");
    for (rule, expected) in [
        ("", "RRULE has no FREQ: give it one, such as FREQ=WEEKLY".to_owned()),
        ("COUNT=2", "RRULE has no FREQ: give it one, such as FREQ=WEEKLY".to_owned()),
        ("FREQ=OFTEN", part("FREQ=OFTEN")),
        ("FREQ=DAILY;FREQ=DAILY", "RRULE has the part \"FREQ\" twice: keep one".to_owned()),
        ("FREQ=DAILY;COUNT=1;count=2", "RRULE has the part \"COUNT\" twice: keep one".to_owned()),
        (&long, "RRULE has 6018 bytes, and at most 4096 are read: give it shorter lists".to_owned()),
        ("FREQ=DAILY;COUNT", part("COUNT")),
        ("FREQ=DAILY;COUNT=0", part("COUNT=0")),
        ("FREQ=DAILY;INTERVAL=0", part("INTERVAL=0")),
        ("FREQ=DAILY;INTERVAL=-1", part("INTERVAL=-1")),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", part("INTERVAL=99999999999999999999")),
        ("FREQ=DAILY;UNTIL=never", part("UNTIL=never")),
        ("FREQ=DAILY;BYHOUR=24", part("BYHOUR=24")),
        ("FREQ=DAILY;BYMONTH=13", part("BYMONTH=13")),
        ("FREQ=MONTHLY;BYMONTHDAY=0", part("BYMONTHDAY=0")),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", part("BYMONTHDAY=1,,2")),
        ("FREQ=MONTHLY;BYDAY=€", part("BYDAY=€")),
        ("FREQ=MONTHLY;BYDAY=aéb", part("BYDAY=aéb")),
        ("FREQ=MONTHLY;BYDAY=M", part("BYDAY=M")),
        ("FREQ=MONTHLY;BYDAY=0MO", part("BYDAY=0MO")),
        ("FREQ=DAILY;WKST=1", part("WKST=1")),
        ("FREQ=DAILY;SKIP=FORWARD", part("SKIP=FORWARD")),
        ("FREQ=DAILY;X-MOON=FULL", part("X-MOON=FULL")),
        (
            "FREQ=WEEKLY;BYDAY=1MO",
            "RRULE has a BYDAY with a number, which only MONTHLY and YEARLY may have: leave the number out".to_owned(),
        ),
        (
            "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
            "RRULE has a BYDAY with a number beside BYWEEKNO: leave one of them out".to_owned(),
        ),
        ("FREQ=MONTHLY;BYWEEKNO=20", "RRULE has a BYWEEKNO, which only YEARLY may have: leave it out".to_owned()),
        (
            "FREQ=MONTHLY;BYSETPOS=1",
            "RRULE has a BYSETPOS and nothing it could choose from: add a BYDAY or the like".to_owned(),
        ),
    ] {
        let read = january(&event(&format!("DTSTART:20240101T090000Z\nRRULE:{rule}")));
        assert_eq!(read.left, [format!("line 8: the event \"ana\" is left out: {expected}")], "{rule}");
        assert_eq!(read.events, [], "{rule}");
    }
}

#[test]
fn lines_that_are_wrong_are_named_and_the_rest_is_read() {
    let text = calendar(
        "nothing at all\nBEGIN:VEVENT\nUID:one\nSUMMARY:ana\nDTSTART:20240101T090000Z\nRRULE:FREQ=DAILY;COUNT=3\n\
         EXDATE:20240102T090000Z,soon\nRDATE:later,20240110T090000Z\nX;=:y\nX;A=\"unclosed:y\nEND:VALARM\nEND:VEVENT\n\
         BEGIN:VEVENT\nSUMMARY:never ends\nDTSTART:20240101T090000Z",
    );
    let read = january(&format!("VERSION:2.0\n{text}"));
    assert_eq!(starts(&read), ["2024-01-01 09:00 ana", "2024-01-03 09:00 ana", "2024-01-10 09:00 ana"]);
    let time = "which is no date and no time: write 20240131 or 20240131T090000";
    assert_eq!(
        read.left,
        [
            "line 1: \"VERSION\" stands outside of the calendar",
            "line 5: \"nothing at all\" is no line of a calendar",
            &format!("line 11: EXDATE has \"soon\", {time}"),
            &format!("line 12: RDATE has \"later\", {time}"),
            "line 13: \"X;=:y\" is no line of a calendar",
            "line 14: \"X;A=\"unclosed:y\" is no line of a calendar",
            "line 15: \"VALARM\" ends what has not begun",
            "line 17: VEVENT is left out: nothing ends it",
        ]
    );
}
