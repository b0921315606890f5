//! Feeds, as text and as what is read from them again.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::utc;
use crate::ical::{Event, FeedEntry, feed, read};

fn entry(uid: &str, summary: &str) -> FeedEntry {
    FeedEntry {
        uid: uid.to_owned(),
        start: utc("2024-03-30 09:00"),
        end: utc("2024-03-31 09:00"),
        summary: summary.to_owned(),
        description: String::new(),
        sequence: 0,
        last_modified: utc("2024-03-01 12:00"),
        tentative: false,
    }
}

#[test]
fn a_feed_is_written_as_the_standard_says() {
    let mut second =
        entry("two@firebell", "bo, and more; that is \\ enough to make the line longer than it may be: ééééé");
    second.description = "line one\r\nline two\nEND:VEVENT\rline four".to_owned();
    second.sequence = 7;
    second.tentative = true;
    let text = feed("On call; primary", utc("2024-03-02 00:00"), &[entry("one@firebell", "ana"), second]);
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    insta::assert_snapshot!(text.replace("\r\n", "\n"), @r"
    BEGIN:VCALENDAR
    VERSION:2.0
    PRODID:-//Firebell//Firebell//EN
    CALSCALE:GREGORIAN
    NAME:On call\; primary
    X-WR-CALNAME:On call\; primary
    REFRESH-INTERVAL;VALUE=DURATION:PT15M
    X-PUBLISHED-TTL:PT15M
    BEGIN:VEVENT
    UID:one@firebell
    DTSTAMP:20240302T000000Z
    DTSTART:20240330T090000Z
    DTEND:20240331T090000Z
    SUMMARY:ana
    SEQUENCE:0
    LAST-MODIFIED:20240301T120000Z
    END:VEVENT
    BEGIN:VEVENT
    UID:two@firebell
    DTSTAMP:20240302T000000Z
    DTSTART:20240330T090000Z
    DTEND:20240331T090000Z
    SUMMARY:bo\, and more\; that is \\ enough to make the line longer than it m
     ay be: ééééé
    DESCRIPTION:line one\nline two\nEND:VEVENT\nline four
    STATUS:TENTATIVE
    SEQUENCE:7
    LAST-MODIFIED:20240301T120000Z
    END:VEVENT
    END:VCALENDAR
    ");
}

#[test]
fn a_feed_without_entries_has_one_component_all_the_same() {
    let text = feed("", utc("2024-03-02 00:00"), &[]);
    assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:UTC\r\n"), "{text}");
    let read = read(&text, utc("2024-01-01 00:00")..utc("2025-01-01 00:00"), Tz::UTC).unwrap();
    assert_eq!((read.events.len(), read.left.len(), read.name.as_deref()), (0, 0, Some("")));
}

#[test]
fn times_that_cannot_be_written_are_the_nearest_that_can() {
    let mut entry = entry("one", "ana");
    for (start, end, expected) in [
        (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, ["00000101T000000Z", "99991231T235959Z"]),
        (utc("2024-01-02 00:00"), utc("2024-01-01 00:00"), ["20240102T000000Z", "20240102T000000Z"]),
        (
            utc("2024-01-01 00:00") + TimeDelta::microseconds(1),
            utc("2024-01-02 00:00") - TimeDelta::microseconds(1),
            ["20240101T000000Z", "20240101T235959Z"],
        ),
    ] {
        (entry.start, entry.end) = (start, end);
        let text = feed("x", utc("2024-01-01 00:00"), std::slice::from_ref(&entry));
        assert!(text.contains(&format!("\r\nDTSTART:{}\r\nDTEND:{}\r\n", expected[0], expected[1])), "{text}");
    }
}

/// Text that tries to be more than text.
fn hostile() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => any::<char>().prop_map(String::from),
        3 => "[ -~]{0,30}",
        2 => prop::sample::select(vec![
            "\r\n", "\n", "\r", "\u{2028}", "\u{85}", "\u{b}", "\t", "\\", "\\n", ",", ";", ":", "\"", " ", "\r\n ",
            "END:VEVENT", "BEGIN:VEVENT", "DTSTART:20200101T000000Z", "é", "🔥", "\u{0}", "\u{feff}"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(token, 0..25).prop_map(|tokens| tokens.concat())
}

fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_000_000_000_i64).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

fn entries() -> impl Strategy<Value = Vec<FeedEntry>> {
    let one = (hostile(), instants(), 0..400_000_i64, hostile(), hostile(), any::<u32>(), instants());
    let one = one.prop_map(|(uid, start, seconds, summary, description, sequence, last_modified)| FeedEntry {
        tentative: sequence % 2 == 1,
        uid,
        start,
        end: start + TimeDelta::seconds(seconds),
        summary,
        description,
        sequence,
        last_modified,
    });
    prop::collection::vec(one, 1..6).prop_map(|mut entries| {
        // No two entries have one UID.
        for (place, entry) in entries.iter_mut().enumerate() {
            entry.uid = format!("{place}{}.", entry.uid);
        }
        entries
    })
}

/// What is left of a text in a calendar: every end of a line is one, and other control characters are none.
fn kept(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|sign| !sign.is_control() || matches!(sign, '\n' | '\t')).collect()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(name in hostile(), made_at in instants(), entries in entries()) {
        let text = feed(&name, made_at, &entries);
        prop_assert_eq!(&text, &feed(&name, made_at, &entries));
        let read = read(&text, utc("1960-01-01 00:00")..utc("2200-01-01 00:00"), Tz::Asia__Tokyo).unwrap();
        prop_assert_eq!(read.left, Vec::<String>::new());
        prop_assert_eq!(read.name, Some(kept(&name)));
        let mut written: Vec<_> = entries
            .iter()
            .map(|entry| (entry.start, entry.end, kept(&entry.uid), kept(&entry.summary), kept(&entry.description)))
            .collect();
        written.sort();
        let text = |event: &Event| (event.uid.to_string(), event.summary.to_string(), event.description.to_string());
        let again = read.events.iter().map(|event| {
            let (uid, summary, description) = text(event);
            (event.start, event.end, uid, summary, description)
        });
        let again: Vec<_> = again.collect();
        prop_assert_eq!(again, written);
    }

    #[test]
    fn lines_are_short_and_none_is_ours_by_chance(name in hostile(), entries in entries()) {
        let text = feed(&name, utc("2024-01-01 00:00"), &entries);
        let lines: Vec<&str> = text.split("\r\n").collect();
        prop_assert!(lines.iter().all(|line| line.len() <= 75), "{}", text);
        let control = |sign: char| sign != '\t' && sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}');
        prop_assert!(!lines.iter().any(|line| line.contains(control)), "{:?}", text);
        let count = |start: &str| lines.iter().filter(|line| line.starts_with(start)).count();
        let times = ["DTSTART:", "DTEND:", "DTSTAMP:", "LAST-MODIFIED:"];
        for name in ["BEGIN:VEVENT", "END:VEVENT", "UID:", "SUMMARY:", "SEQUENCE:"].into_iter().chain(times) {
            prop_assert_eq!(count(name), entries.len(), "{}", name);
        }
        prop_assert_eq!((lines.first(), lines.last()), (Some(&"BEGIN:VCALENDAR"), Some(&"")));
    }
}
