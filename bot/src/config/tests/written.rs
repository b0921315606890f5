use std::collections::BTreeMap;
use std::num::NonZeroU16;

use chrono::{DateTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use firebell_core::directory::describe::Extent;
use firebell_core::directory::diff::changed;
use firebell_core::directory::plan::{
    FileAccount, FileCalendar, FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep,
    FileTeam,
};
use firebell_core::directory::{ContactMethod, Directory, Origin, Standing, Urgency};
use firebell_core::ids::{Key, Minter, WorkspaceId};
use firebell_core::oncall::calendar::{Calendar, Days};
use firebell_core::oncall::schedule::{Holidays, Layer, Rotation, Source, Turn, Window};
use firebell_core::oncall::text::{read_wall, read_windows};
use firebell_core::paging::policy::{AckNeed, Hours, Terms, When};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use uuid::Uuid;

use crate::config::{Config, Sources, Text, write};

const HANDLES: [&str; 4] = ["ana", "bo", "cy", "di-2"];
const WINDOWS: [&str; 7] = [
    "mon-fri 09:00-17:00",
    "sat,sun 22:00-06:00",
    "fri 17:00 - mon 09:00",
    "tue 10:00-12:00",
    "wed 09:00-17:00",
    "mon-sun",
    "fri-mon 08:30-12:00:01",
];
const ZONES: [Tz; 3] = [Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York];

fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

fn keys(words: &[&str]) -> Vec<Key> {
    words.iter().map(|word| key(word)).collect()
}

fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<Key>> {
    subsequence(words, 0..=words.len()).prop_shuffle().prop_map(|words| keys(&words))
}

fn any_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<Key>> {
    subsequence(words, 1..=words.len()).prop_shuffle().prop_map(|words| keys(&words))
}

/// As a file's names are once they were read: without blanks at their ends or two in a row.
fn name() -> impl Strategy<Value = String> {
    r#"[a-zÄß"\\'#=\[\]{}]{1,8}( [a-z"]{1,5})?"#
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    vec(select(&WINDOWS[..]), 0..4)
        .prop_map(|texts| texts.iter().flat_map(|text| read_windows(text).unwrap()).collect())
}

prop_compose! {
    fn person(handle: &'static str)(
        name in name(),
        email in any::<bool>(),
        slack in any::<bool>(),
        discord in any::<bool>(),
        zone in select(&ZONES[..]),
        standing in select(&[Standing::Admin, Standing::Responder, Standing::Guest][..]),
        contacts in option::of(subsequence(&[ContactMethod::Console, ContactMethod::Slack, ContactMethod::DiscordRoom][..], 0..=3).prop_shuffle()),
    ) -> FilePerson {
        let account = |workspace: &str| FileAccount { workspace: workspace.to_owned(), external_id: format!("U-{handle}") };
        let accounts = slack.then(|| account("slack:main")).into_iter().chain(discord.then(|| account("discord:eu")));
        FilePerson {
            handle: key(handle),
            name,
            email: email.then(|| format!("{handle}@example.com")),
            accounts: accounts.collect(),
            zone,
            standing,
            contacts,
            addresses: std::collections::BTreeMap::new(),
            rules: None,
        }
    }
}

fn turn() -> impl Strategy<Value = Turn> {
    let some = || (1_u16..=1_000).prop_map(|number| NonZeroU16::new(number).unwrap());
    let days = subsequence(&[Weekday::Mon, Weekday::Wed, Weekday::Sun][..], 1..=3);
    prop_oneof![
        some().prop_map(Turn::Hours),
        some().prop_map(Turn::Days),
        some().prop_map(Turn::Weeks),
        some().prop_map(Turn::Months),
        (days, some()).prop_map(|(days, every)| Turn::On { days, every }),
    ]
}

prop_compose! {
    fn layer(number: usize)(
        priority in -3_i64..3,
        from in option::of(0_i64..100_000),
        until in option::of(100_001_i64..200_000),
        shadow in any::<bool>(),
        start in -100_000_i64..100_000,
        turn in turn(),
        pools in vec(any_of(&HANDLES), 1..4),
        of_calendar in any::<bool>(),
        windows in windows(),
        holidays in option::of(any::<bool>()),
    ) -> FileLayer {
        let wall = |minutes: i64| read_wall("2026-01-05T09:00").unwrap() + TimeDelta::seconds(minutes * 30);
        let source = if of_calendar {
            Source::Calendar(key("days"))
        } else {
            Source::Rotation(Rotation { start: wall(start), turn, pools: Vec::new() })
        };
        let layer = Layer {
            name: key(&format!("layer-{number}")),
            priority,
            from: from.map(wall),
            until: until.map(wall),
            shadow,
            source,
            windows,
            holidays: holidays.map(|only| Holidays { calendar: key("days"), only }),
        };
        FileLayer { layer, pools: if of_calendar { Vec::new() } else { pools } }
    }
}

prop_compose! {
    fn schedule(name_of: &'static str)(
        name in name(),
        zone in select(&ZONES[..]),
        team in any::<bool>(),
        layers in (1_usize..4).prop_flat_map(|count| (0..count).map(layer).collect::<Vec<_>>()),
    ) -> FileSchedule {
        let (team, handoff_notice_s) = (team.then(|| key("sea")), team.then_some(900));
        FileSchedule { key: key(name_of), name, zone, team, handoff_notice_s, layers }
    }
}

prop_compose! {
    fn step()(
        people in any_of(&HANDLES),
        schedules in some_of(&["web", "db"]),
        round_robin in some_of(&["web", "db"]),
        teams in some_of(&["sea"]),
        severities in some_of(&["sev1", "sev2"]),
        tiers in vec(1_i64..=9, 0..3),
        urgencies in subsequence(vec![Urgency::High, Urgency::Low], 0..=2),
        places in (some_of(&["bridge"]), any::<bool>()),
        hours in option::of((select(&ZONES[..]), windows())),
        wait_s in 1_i64..400_000,
        everyone in any::<bool>(),
    ) -> FileStep {
        let hours = hours.filter(|(_, windows)| !windows.is_empty()).map(|(zone, windows)| Hours { zone, windows });
        let when = When { severities, urgencies, tiers, hours };
        let needs = if everyone { AckNeed::Everyone } else { AckNeed::Anyone };
        let rooms = if places.1 { vec!["slack/main:C0123ABC".to_owned()] } else { Vec::new() };
        FileStep { people, schedules, round_robin, teams, rooms, webhooks: places.0, when, wait_s, needs }
    }
}

prop_compose! {
    fn service(name_of: &'static str, others: &'static [&'static str])(
        name in name(),
        links in any::<[bool; 3]>(),
        tier in option::of(1_i64..=9),
        depends_on in some_of(others),
        rooms in any::<bool>(),
    ) -> FileService {
        FileService {
            key: key(name_of),
            name,
            team: links[0].then(|| key("sea")),
            policy: links[1].then(|| key("page")),
            tier,
            depends_on,
            runbook: links[2].then(|| "https://wiki.example.com/a?b=\"c\"".to_owned()),
            rooms: if rooms { vec!["console".to_owned()] } else { Vec::new() },
        }
    }
}

prop_compose! {
    fn any_directory()(
        people in HANDLES.map(person),
        team in (name(), some_of(&HANDLES)),
        services in (service("api", &["shop"]), service("shop", &["api", "wiki"]), service("wiki", &[])),
        policy in (name(), 1_i64..=100, vec(step(), 1..4)),
        defer in option::of((select(&ZONES[..]), windows())),
        again_s in option::of(1_i64..400_000),
        schedules in (schedule("web"), schedule("db")),
        calendar in (name(), vec((0_u64..400, 1_u64..5), 0..4)),
        last_resort in some_of(&HANDLES),
    ) -> FileDirectory {
        let defer = defer.filter(|(_, windows)| !windows.is_empty()).map(|(zone, windows)| Hours { zone, windows });
        let first = read_wall("2026-01-05").unwrap().date();
        let day = |after: u64| first + chrono::Days::new(after);
        let days = |(from, count): (u64, u64)| Days { from: day(from), until: day(from + count), name: calendar.0.clone() };
        let calendar = Calendar {
            key: key("days"),
            name: calendar.0.clone(),
            origin: Origin::File,
            days: calendar.1.iter().copied().map(days).collect(),
            events: Vec::new(),
            source: None,
        };
        FileDirectory {
            sealed: None,
            people: people.to_vec(),
            teams: vec![FileTeam { key: key("sea"), name: team.0, members: team.1 }],
            services: vec![services.0, services.1, services.2],
            policies: vec![FilePolicy { key: key("page"), name: policy.0, rounds: policy.1, terms: Terms { defer, again_s }, steps: policy.2 }],
            schedules: vec![schedules.0, schedules.1],
            calendars: vec![FileCalendar { calendar, people: Vec::new(), url: None, keeps: false }],
            last_resort,
            default_contacts: Vec::new(),
            workspaces: workspaces(),
        }
    }
}

fn workspaces() -> BTreeMap<String, WorkspaceId> {
    [("slack:main", 1), ("discord:eu", 2)]
        .map(|(name, number)| (name.to_owned(), WorkspaceId(Uuid::from_u128(number))))
        .into()
}

fn minter(seed: u8) -> Minter {
    Minter::new([seed; 32], DateTime::UNIX_EPOCH)
}

/// Where an iCalendar file would lie that is not needed here.
fn unnamed(_: &Key) -> String {
    String::new()
}

fn read(text: &str) -> FileDirectory {
    let sources = Sources(vec![Text { name: "directory.toml".to_owned(), text: text.to_owned(), calendar: false }]);
    let read = Config::default().directory_of(&sources).unwrap_or_else(|error| panic!("{error} in:\n{text}"));
    FileDirectory { workspaces: workspaces(), ..read }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_applied_and_written_back_changes_nothing(wanted in any_directory()) {
        let empty = Directory::default();
        let held = changed(&empty, &empty.plan(&wanted, &mut minter(1)));
        let text = write(&held.described(Extent::Owned, &workspaces()), &|_, _| None, &unnamed);
        let again = read(&text);
        prop_assert_eq!(held.plan(&again, &mut minter(2)), Vec::new(), "{}", text);
        prop_assert_eq!(write(&again, &|_, _| None, &unnamed), text);
    }
}

#[test]
fn a_directory_is_written_as_people_would_write_it() {
    let text = "last_resort = [\"bo\"]

[[people]]
handle = \"ana\"
name = \"Ana\"
slack = { main = \"U1\" }
zone = \"Europe/Berlin\"
admin = true
contacts = [\"slack\", \"console\"]

[[people]]
handle = \"bo\"
name = \"Bo\"
zone = \"UTC\"

[[policies]]
key = \"page\"
name = \"Page\"
rounds = 2

[[policies.steps]]
schedules = [\"web\"]
severities = [\"sev1\"]
hours = [\"mon-fri 09:00-17:00\"]
zone = \"Europe/Berlin\"
wait = \"5m\"
needs = \"anyone\"

[[schedules]]
key = \"web\"
name = \"Web\"
zone = \"Europe/Berlin\"

[[schedules.layers]]
name = \"week\"
start = \"2026-01-05T09:00\"
handoff = [\"mon\", \"thu\"]
every = 1
people = [\"ana\", [\"ana\", \"bo\"]]
holidays = { calendar = \"days\" }

[[calendars]]
key = \"days\"
name = \"Days\"
days = [\"2026-12-24..2026-12-26\", \"2027-01-01\"]
";
    assert_eq!(write(&read(text), &|_, _| None, &unnamed), text);
    let note = |what: &str, key: &Key| (what == "policy").then(|| format!("Made in chat: {key}\nx"));
    let noted = write(&read(text), &note, &unnamed);
    assert!(noted.contains("\n\n# Made in chat: page x\n[[policies]]\n"), "{noted}");
    assert_eq!(read(&noted), read(text));
}
