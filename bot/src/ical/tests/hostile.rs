//! Whatever a text holds, reading it ends with an answer that keeps its promises.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::utc;
use crate::ical::{MOST_OCCURRENCES, people, read};

const CASES: [&str; 7] = [
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/ical/tests/cases/grafana_oncall_calendar_with_all_day_event.ics"
    )),
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/ical/tests/cases/grafana_oncall_calendar_with_edited_recurring_events.ics"
    )),
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/ical/tests/cases/grafana_oncall_calendar_with_recurring_event.ics"
    )),
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/ical/tests/cases/grafana_oncall_modified_recurring_event.ics"
    )),
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/ical/tests/cases/grafana_oncall_override_email_case_sensitivity.ics"
    )),
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/ical/tests/cases/grafana_oncall_quality.ics")),
    EVERYTHING,
];

/// One of each thing that is read.
const EVERYTHING: &str = "BEGIN:VCALENDAR
X-WR-CALNAME:everything
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3;UNTIL=20991231T000000Z
RDATE:20300101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:one
SUMMARY:[L1] ana\\, bo
DTSTART;TZID=Own:20230102T090000
DTEND;TZID=W. Europe Standard Time:20230102T170000
RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=MO,-1TU,2WE;BYSETPOS=1,-1;COUNT=40;WKST=SU
RDATE;VALUE=PERIOD:20240105T080000Z/PT3H,20240106T080000Z/20240106T090000Z
EXDATE;VALUE=DATE:20240212
EXDATE;TZID=Own:20230102T090000
ATTENDEE;CN=\"Ana: Lima\":mailto:ana@example.com
END:VEVENT
BEGIN:VEVENT
UID:one
RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Own:20240101T090000
DTSTART;TZID=Own:20240101T100000
DURATION:P1DT2H
SEQUENCE:1
END:VEVENT
BEGIN:VEVENT
UID:two
DTSTART;VALUE=DATE:20240229
DTEND;VALUE=DATE:20240302
RRULE:FREQ=YEARLY;BYWEEKNO=9;BYDAY=TH;UNTIL=20300101
RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30;BYSECOND=1
END:VEVENT
BEGIN:VEVENT
UID:two
RECURRENCE-ID;VALUE=DATE:20240229
DTSTART:20240301T120000
STATUS:CANCELLED
END:VEVENT
END:VCALENDAR
";

/// What is put into lines, most of which a reader could stumble over.
const TOKENS: [&str; 58] = [
    "",
    ":",
    ";",
    ",",
    "=",
    "\"",
    "\\",
    "/",
    "-",
    "+",
    "Z",
    "T",
    "P",
    "0",
    "1",
    "9",
    "99999999999999999999",
    "€",
    "🔥",
    "\u{0}",
    "\u{2028}",
    "\t",
    " ",
    "\r",
    "\n",
    "\r\n ",
    "BEGIN:VEVENT\n",
    "END:VEVENT\n",
    "BEGIN:VCALENDAR\n",
    "END:VCALENDAR\n",
    "END:VTIMEZONE\n",
    "TZID=Own",
    "TZID=Nowhere",
    "VALUE=DATE",
    "VALUE=PERIOD",
    "RANGE=THISANDFUTURE",
    "00000101T000000Z",
    "99991231T235959Z",
    "00010101",
    "99991231",
    "20240331T023000",
    "20241027T023000",
    "PT99999999H",
    "P3660D",
    "-P1D",
    "+9999",
    "-2359",
    "FREQ=SECONDLY",
    "FREQ=YEARLY",
    ";INTERVAL=4294967295",
    ";COUNT=4294967295",
    ";BYSETPOS=-366",
    ";BYMONTHDAY=31,-31",
    ";BYYEARDAY=366",
    ";BYWEEKNO=53",
    ";BYDAY=53MO",
    ";UNTIL=99991231T235959Z",
    ";BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
];

#[derive(Debug, Clone)]
enum Change {
    Insert(&'static str),
    Replace(&'static str),
    Remove,
    Repeat,
    Swap(usize),
    CutOff,
}

fn changes() -> impl Strategy<Value = Vec<(usize, usize, Change)>> {
    let token = || prop::sample::select(TOKENS.to_vec());
    let change = prop_oneof![
        5 => token().prop_map(Change::Insert),
        5 => token().prop_map(Change::Replace),
        2 => Just(Change::Remove),
        2 => Just(Change::Repeat),
        2 => any::<usize>().prop_map(Change::Swap),
        1 => Just(Change::CutOff),
    ];
    prop::collection::vec((any::<usize>(), any::<usize>(), change), 1..12)
}

/// The text with some lines changed, each at a place in it.
fn changed(text: &str, changes: &[(usize, usize, Change)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for (line, place, change) in changes {
        let line = line % lines.len();
        let boundaries: Vec<usize> = lines[line].char_indices().map(|(at, _)| at).chain([lines[line].len()]).collect();
        let at = boundaries[place % boundaries.len()];
        match change {
            Change::Insert(token) => lines[line].insert_str(at, token),
            Change::Replace(token) => lines[line].replace_range(at.., token),
            Change::Remove => lines[line].clear(),
            Change::Repeat => lines.insert(line, lines[line].clone()),
            Change::Swap(other) => {
                let other = other % lines.len();
                lines.swap(line, other);
            }
            Change::CutOff => lines[line].truncate(at),
        }
    }
    lines.join("\n")
}

/// Reads a text, and checks what is promised of any.
fn check(text: &str, from: DateTime<Utc>, days: i64) -> Result<(), TestCaseError> {
    let range = from..from + TimeDelta::days(days);
    let first = read(text, range.clone(), Tz::America__New_York);
    prop_assert_eq!(&first, &read(text, range.clone(), Tz::America__New_York));
    let Ok(read) = first else { return Ok(()) };
    prop_assert!(read.events.len() + read.all_day.len() <= MOST_OCCURRENCES);
    prop_assert!(read.events.is_sorted() && read.all_day.is_sorted());
    for event in &read.events {
        prop_assert!(event.start <= event.end && event.start < range.end && event.end >= range.start, "{event:?}");
        people(event, |name| (name.len() % 2 == 0).then_some(name.len()));
    }
    for day in &read.all_day {
        prop_assert!(day.from < day.until, "{day:?}");
        let event = day.in_zone(read.zone);
        prop_assert!(event.start < range.end && event.end > range.start, "{day:?}");
    }
    for line in &read.left {
        prop_assert!(!line.contains('\n') && line.chars().count() < 500, "{line:?}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_change_of_a_calendar_is_read_to_an_end(
        case in prop::sample::select(CASES.to_vec()),
        changes in changes(),
        minutes in 0..40_000_000_i64,
        days in 0..800_i64,
    ) {
        check(&changed(case, &changes), utc("1980-01-01 00:00") + TimeDelta::minutes(minutes), days)?;
    }

    #[test]
    fn changes_within_the_range_are_read_to_an_end(changes in changes(), case in prop::sample::select(CASES.to_vec())) {
        check(&changed(case, &changes), utc("2021-01-01 00:00"), 1_500)?;
    }

    #[test]
    fn any_text_is_read_to_an_end(lines in prop::collection::vec("\\PC{0,40}", 0..30)) {
        check(&super::calendar(&lines.join("\n")), utc("2024-01-01 00:00"), 400)?;
        check(&lines.join("\r\n"), utc("2024-01-01 00:00"), 400)?;
    }

    #[test]
    fn any_event_is_read_to_an_end(tokens in prop::collection::vec(prop::sample::select(TOKENS.to_vec()), 0..40)) {
        let names = ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "ATTENDEE", "SUMMARY"];
        let mut properties = "DTSTART:20240131T023000\n".to_owned();
        for (place, pair) in tokens.chunks(4).enumerate() {
            properties += names[(place + tokens.len()) % names.len()];
            properties += ":";
            properties += &pair.concat();
            properties += "\n";
        }
        check(&super::event(&properties), utc("2024-01-01 00:00"), 400)?;
    }
}

#[test]
fn ranges_at_the_ends_of_time_are_answered() {
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    for (from, until) in [(first, first), (last, last), (last, first), (first, utc("2021-02-01 00:00")), (first, last)]
    {
        for case in CASES {
            let read = read(case, from..until, Tz::Asia__Tokyo).unwrap();
            assert!(read.events.len() + read.all_day.len() <= MOST_OCCURRENCES);
        }
    }
}
