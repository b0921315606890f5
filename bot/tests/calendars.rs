//! Calendars from iCalendar files: days that layers heed, and shifts that were planned elsewhere.

use std::fs;

use chrono::TimeDelta;
use firebell::clock::Clock;

use crate::support::Home;

const HOLIDAYS: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Christmas\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn shifts(summary: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART;TZID=Europe/Berlin:20261201T090000\r\nDTEND;TZID=Europe/Berlin:20261201T170000\r\n\
         RRULE:FREQ=DAILY;COUNT=2\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

const ORG: &str = r#"
[[people]]
handle = "dee"
email = "dee@example.org"

[[calendars]]
key = "free"
file = "holidays.ics"

[[calendars]]
key = "planned"
file = "shifts.ics"

[[schedules]]
key = "web"
zone = "Europe/Berlin"

[[schedules.layers]]
name = "week"
start = "2026-01-05T09:00"
turn = "1w"
people = ["dee"]
holidays = { calendar = "free" }

[[schedules]]
key = "office"
zone = "Europe/Berlin"

[[schedules.layers]]
name = "planned"
calendar = "planned"
"#;

fn home(summary: &str) -> Home {
    let home = Home::with(ORG);
    fs::write(home.path("holidays.ics"), HOLIDAYS).unwrap();
    fs::write(home.path("shifts.ics"), shifts(summary)).unwrap();
    home
}

#[test]
fn a_holiday_of_a_file_takes_a_layer_off() {
    let home = home("dee");
    let range = ["--from", "2026-12-24", "--to", "2026-12-27"];
    let shown = home.run(&[&["schedule", "show", "web"], &range[..]].concat()).done();
    insta::assert_snapshot!("holidays_of_a_file", shown);
    let ics = home.run(&[&["schedule", "show", "web", "--ics"], &range[..]].concat()).done();
    assert!(ics.contains("SUMMARY:@dee (web)") && ics.matches("BEGIN:VEVENT").count() == 2, "{ics}");
    // The shift that somebody is in is the same one whenever they look.
    let named = |from: &str| -> Vec<String> {
        let shown = home.run(&["schedule", "show", "web", "--ics", "--from", from, "--to", "2026-12-28"]).done();
        let of = |line: &&str| ["UID:", "DTSTART:", "DTEND:"].iter().any(|name| line.starts_with(name));
        shown.lines().filter(of).map(str::to_owned).collect()
    };
    assert_eq!(named("2026-12-26T10:00"), named("2026-12-27T18:30"));
}

#[test]
fn events_of_a_file_are_shifts() {
    for names in ["dee", "On call: DEE@example.org"] {
        let shown =
            home(names).run(&["schedule", "show", "office", "--from", "2026-12-01", "--to", "2026-12-03"]).done();
        for line in ["2026-12-01 09:00", "2026-12-02 17:00"] {
            assert!(shown.contains(line) && shown.contains("@dee"), "{shown}");
        }
    }
}

#[test]
fn a_shift_that_names_nobody_is_refused_before_anybody_relies_on_it() {
    let home_of = |summary: &str| {
        let home = home(summary);
        // Of what is over, nobody is missed.
        let tomorrow = (Clock::system().now() + TimeDelta::days(1)).format("%Y%m%d").to_string();
        home.write("shifts.ics", &shifts(summary).replace("20261201", &tomorrow));
        home
    };
    let refused = home_of("zoe").run(&["check"]);
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(
        refused.err.contains("calendar \"planned\": its event \"zoe\" names \"zoe\", who is no person's handle"),
        "{}",
        refused.err
    );
    let refused = home_of("[L2] dee").run(&["check"]);
    assert!(refused.err.contains("has a priority of its own"), "{}", refused.err);
    let home = home("dee");
    fs::write(home.path("shifts.ics"), "no calendar").unwrap();
    assert!(home.run(&["check"]).err.contains("shifts.ics"), "{}", home.run(&["check"]).err);
    fs::remove_file(home.path("shifts.ics")).unwrap();
    assert!(home.run(&["check"]).err.contains("cannot read shifts.ics"), "{}", home.run(&["check"]).err);
}
