//! The directory as files: checked, planned, applied, brought back and written back, through the binary.

use serde_json::Value;

use crate::support::{Home, Place};

const PEOPLE: &str = r#"
last_resort = ["cy"]
[[people]]
handle = "ana"
name = "Ana"
zone = "Europe/Berlin"
contacts = ["console"]
[[people]]
handle = "bo"
name = "Bo"
contacts = ["console"]
[[people]]
handle = "cy"
name = "Cy"
contacts = ["console"]
[[teams]]
key = "shop"
name = "Shop"
members = ["ana", "bo"]
"#;

const ON_CALL: &str = r#"
[[schedules]]
key = "primary"
name = "Primary"
zone = "Europe/Berlin"
team = "shop"
[[schedules.layers]]
name = "week"
start = "2026-11-30T09:00"
turn = "1w"
people = ["ana", "bo"]
[[policies]]
key = "web"
name = "Web"
[[policies.steps]]
schedules = ["primary"]
wait = "5m"
[[services]]
key = "checkout"
name = "Checkout"
policy = "web"
"#;

/// Where shifts are compared from, so that each run says the same.
const FROM: [&str; 2] = ["--from", "2026-11-30T08:00"];

/// A home whose directory stands in files, with a database and nobody in it.
fn founded(place: &Place) -> Home {
    let home = with_files(place);
    home.feeds(&["console"], "").done();
    home
}

fn with_files(place: &Place) -> Home {
    let home = Home::new();
    let config = format!(
        "[database]\nurl = \"{}\"\n[key]\nfile = \"firebell.key\"\n[incidents]\ndefault_policy = \"web\"\n",
        place.url
    );
    home.write("firebell.toml", &config);
    home.write("org/people.toml", PEOPLE);
    home.write("org/on-call.toml", ON_CALL);
    home
}

fn words<'w>(command: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    [&[command, "org"][..], &FROM, more].concat()
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The directory's version, by what a plan says of it.
fn version(home: &Home) -> i64 {
    json(&home.run(&words("plan", &["--json"])).done())["version_before"].as_i64().unwrap()
}

#[tokio::test]
async fn what_is_planned_is_what_is_applied() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        let before = version(&home);
        let planned = home.run(&words("plan", &[])).done();
        assert_eq!(version(&home), before, "a plan has changed something");
        let (planned, expected) = planned.rsplit_once('\n').unwrap();
        let says = format!(
            "the directory is of version {before}; `firebell apply --expect-version {before}` is refused once it is another"
        );
        assert_eq!(expected, says);
        let applied = home.run(&words("apply", &["--expect-version", &before.to_string()])).done();
        let rest = applied.strip_prefix(planned).unwrap_or_else(|| panic!("{planned}\n{applied}"));
        assert_eq!(rest.trim(), format!("the directory is of version {}", version(&home)));
        insta::assert_snapshot!("first_plan", planned);
        assert_eq!(home.run(&words("plan", &[])).done(), "nothing changes");

        home.write("org/people.toml", &PEOPLE.replace("name = \"Bo\"", "name = \"Bo Berg\"\nadmin = true"));
        let on_call =
            ON_CALL.replace("people = [\"ana\", \"bo\"]", "people = [\"ana\", \"cy\"]\nwindows = [\"mon-sat\"]");
        home.write("org/on-call.toml", &on_call.replace("wait = \"5m\"", "wait = \"10m\"\nseverities = [\"sev1\"]"));
        let planned = home.run(&words("plan", &["--days", "14"])).done();
        insta::assert_snapshot!("second_plan", planned.rsplit_once('\n').unwrap().0);
        place.remove().await;
    }
}

#[tokio::test]
async fn every_version_can_be_brought_back() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        assert_eq!(home.run(&["versions"]).done(), "No files were applied yet.");
        let said = home.run(&["apply", "--version", "3"]).refused();
        assert_eq!(said, "! No files were applied as version 3; none were applied yet");
        home.run(&words("apply", &[])).done();
        let first = version(&home);
        home.write("org/people.toml", &PEOPLE.replace("\"Shop\"", "\"The shop\""));
        let stale = (first - 1).to_string();
        let said = home.run(&words("apply", &["--expect-version", &stale])).refused();
        assert!(said.starts_with(&format!("! The directory is of version {first} by now;")), "{said}");
        assert_eq!(version(&home), first);
        home.run(&words("apply", &["--expect-version", &first.to_string()])).done();
        assert_eq!(version(&home), first + 1);

        let versions = json(&home.run(&["versions", "--json"]).done());
        let numbers: Vec<_> =
            versions.as_array().unwrap().iter().map(|held| held["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, [first + 1, first]);
        assert_eq!((versions[0]["changes"].as_i64(), versions[0]["applied_by"].as_str()), (Some(1), Some("ana")));
        let listed = home.run(&["versions"]).done();
        assert!(listed.lines().next().unwrap().ends_with("1 change     by ana"), "{listed}");

        let back = ["apply", "--version", &first.to_string(), "--from", FROM[1]];
        let said = home.run(&back).done();
        assert_eq!(said, format!("team shop: name The shop -> Shop\nthe directory is of version {}", first + 2));
        let said = home.run(&["apply", "--version", "1000"]).refused();
        assert!(said.contains(&format!("the newest are {}, {}, {first}", first + 2, first + 1)), "{said}");
        let out = home.run(&["verify"]).done();
        assert!(out.contains("directory:") && out.contains("intact"), "{out}");
        place.remove().await;
    }
}

#[tokio::test]
async fn what_was_pulled_changes_nothing() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        home.run(&words("apply", &[])).done();
        let said = home.run(&["pull", "back"]).done();
        assert_eq!(said, "wrote back/directory.toml");
        assert_eq!(home.run(&["plan", "back"]).done(), "nothing changes");
        let pulled = home.read("back/directory.toml");
        let held = std::fs::metadata(home.path("back/directory.toml")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&held.permissions());
        assert_eq!(mode & 0o777, 0o600, "the URLs of calendars stand in it");
        assert_eq!(home.run(&["pull"]).done(), pulled.trim_end());
        insta::assert_snapshot!("pulled", pulled);
        // Together with the files from which it came it would say everything twice.
        let ended = home.run(&["pull", "org"]);
        assert!(ended.err.contains("org/on-call.toml, org/people.toml may describe the same"), "{ended:?}");
        let said = home.run(&["check", "org"]).fault();
        assert!(said.starts_with("firebell: org/people.toml:2:15: \"last_resort\" is there twice"), "{said}");
        place.remove().await;
    }
}

/// A calendar with a whole day called `feast`, or with shifts of these people on two days in December.
fn ics(feast: Option<&str>, people: &str) -> String {
    let event = |number: usize, times: &str, summary: &str| {
        format!("BEGIN:VEVENT\r\nUID:{number}\r\n{times}\r\nSUMMARY:{summary}\r\nEND:VEVENT\r\n")
    };
    let events = match feast {
        Some(feast) => event(0, "DTSTART;VALUE=DATE:20261225", feast),
        // A whole day and hours that begin on it, and two shifts at once.
        None => ["DTSTART;VALUE=DATE:20261202", "DTSTART:20261201T090000Z\r\nDTEND:20261203T170000Z"]
            .iter()
            .flat_map(|times| [(times, people), (times, "cy")])
            .enumerate()
            .map(|(number, (times, summary))| event(number, times, summary))
            .collect(),
    };
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

#[tokio::test]
async fn what_calendars_hold_is_pulled_and_brought_back() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        let calendars = "
            [[calendars]]\nkey = \"free\"\nname = \"Free\"\ndays = [\"2026-12-24\"]\nfile = \"free.ics\"
            [[calendars]]\nkey = \"planned\"\nfile = \"planned.ics\"
            [[schedules]]\nkey = \"office\"\n[[schedules.layers]]\nname = \"planned\"\ncalendar = \"planned\"
            holidays = { calendar = \"free\" }";
        home.write("org/calendars.toml", calendars);
        home.write("free.ics", &ics(Some("Christmas\\, day one"), ""));
        home.write("planned.ics", &ics(None, "bo\\, ana"));
        home.run(&words("apply", &[])).done();
        let first = version(&home);

        let said = home.run(&["pull", "back"]).done();
        let wrote = "wrote back/directory.toml\nwrote back/directory.free.ics\nwrote back/directory.planned.ics";
        assert_eq!(said, wrote);
        assert!(home.read("back/directory.planned.ics").contains("SUMMARY:@bo\\, @ana\r\n"));
        assert_eq!(home.run(&["plan", "back"]).done(), "nothing changes");
        // Nor does a file that was printed make anybody apply calendars without what is in them.
        let printed = home.run(&["pull"]);
        assert!(printed.err.contains("calendar planned holds is not printed"), "{printed:?}");
        home.write("printed.toml", &printed.out);
        let said = home.run(&["plan", "printed.toml"]).fault();
        assert!(said.contains("cannot read directory.free.ics"), "{said}");

        home.write("planned.ics", &ics(None, "ana"));
        assert!(home.run(&words("apply", &[])).done().contains("schedule office"));
        std::fs::remove_file(home.path("planned.ics")).unwrap();
        let back = ["apply", "--version", &first.to_string(), "--from", FROM[1]];
        assert!(home.run(&back).done().contains("schedule office"), "what the file said then counts again");
        assert_eq!(home.run(&["plan", "back"]).done(), "nothing changes");
        place.remove().await;
    }
}

/// Whoever was first seen at a console is nobody's file.
#[test]
fn what_chat_made_survives_and_is_named() {
    let place = Place::sqlite();
    let home = founded(&place);
    home.write("firebell.toml", "");
    home.feeds(&["console"], "@zoe /incident list\n").done();
    home.run(&words("apply", &[])).done();
    let pulled = home.run(&["pull"]).done();
    assert!(
        pulled.contains("# Left out, as it was made in chat: person zoe.") && !pulled.contains("\"zoe\""),
        "{pulled}"
    );
    let all = home.run(&["pull", "--all"]).done();
    assert!(
        all.contains("# Made in chat; files that name them take them over.\n[[people]]\nhandle = \"zoe\""),
        "{all}"
    );
    assert_eq!(home.run(&words("plan", &[])).done(), "nothing changes");
    assert_eq!(home.says("zoe", "/incident list").code, 0, "she is still somebody");
    // What was made for a schedule goes with it, and the plan says so.
    assert_eq!(home.says("ana", "/oncall take primary --for 2d").code, 0);
    home.write("org/on-call.toml", &ON_CALL.replace("\"primary\"", "\"first\""));
    let planned = home.run(&["plan", "org"]).done();
    assert!(planned.contains("  with it goes the override that puts @ana on call, "), "{planned}");
}

#[test]
fn a_start_leaves_alone_what_was_applied() {
    let place = Place::sqlite();
    let home = founded(&place);
    home.run(&words("apply", &[])).done();
    let held = version(&home);
    home.feeds(&["console"], "").done();
    assert_eq!(home.serve().stop("-TERM").code, 0);
    assert_eq!(version(&home), held);
    assert_eq!(home.run(&words("plan", &[])).done(), "nothing changes");
    // As soon as firebell.toml describes a directory of its own, that is what counts.
    let config = home.read("firebell.toml").replace("default_policy = \"web\"", "");
    home.write("firebell.toml", &format!("{config}[[people]]\nhandle = \"ana\"\n"));
    let ended = home.run(&words("plan", &[]));
    assert!(ended.err.contains("firebell.toml describes a directory too"), "{ended:?}");
    home.feeds(&["console"], "").done();
    assert!(home.run(&words("plan", &[])).done().contains("person @bo is new"));
}

#[test]
fn files_are_checked_without_a_database() {
    let place = Place::sqlite();
    let home = with_files(&place);
    insta::assert_snapshot!("sound_files", home.run(&["check", "org"]).done());
    home.write(
        "org/z.toml",
        "[[services]]\nkey = \"wiki\"\n[[policies]]\nkey = \"spare\"\n[[policies.steps]]\nteams = [\"shop\"]\n",
    );
    home.write("org/people.toml", &PEOPLE.replacen("contacts = [\"console\"]", "contacts = []", 1));
    let said = home.run(&["check", "org/people.toml", "org/on-call.toml", "org/z.toml"]).done();
    insta::assert_snapshot!("files_with_warnings", said);
    let data = json(&home.run(&["check", "org", "--json"]).done());
    assert_eq!((data["people"].as_i64(), data["warnings"].as_array().unwrap().len()), (Some(3), 3));
    assert_eq!(data["warnings"][0]["warning"], "no_contacts");

    for (text, expected) in [
        (
            "[[teams]]\nkey = \"shop\"",
            "org/z.toml:2:7: team \"shop\" is there twice; remove one (the other one is at org/people.toml:17:7)",
        ),
        ("[http]\nlisten = \"x\"", "org/z.toml:1:2: \"http\" belongs in firebell.toml"),
        (
            "[[teams]]\nkey = \"sea\"\nmembers = [\"anna\"]",
            "org/z.toml:3:12: team \"sea\" names unknown person \"anna\"; did you mean \"ana\"?",
        ),
    ] {
        home.write("org/z.toml", text);
        for command in ["check", "plan", "apply"] {
            let said = home.run(&[command, "org"]).fault();
            assert!(said.starts_with(&format!("firebell: {expected}")), "{command}: {said}");
        }
    }
    assert!(home.run(&["check", "none.toml"]).fault().contains("cannot read none.toml"));
    std::fs::write(home.path("latin.toml"), b"[[people]]\nhandle = \"ana\"\nname = \"An\xe9\"\n").unwrap();
    let said = home.run(&["check", "latin.toml"]).fault();
    assert_eq!(said, "firebell: cannot read latin.toml: it is no text in UTF-8; save the file in that encoding");
    let said = home.run(&["plan", "org/people.toml", "--db", "none.db"]).fault();
    assert!(said.contains("there is no database at none.db"), "{said}");
}

/// What files count on is looked for in the configuration at hand; without one nobody knows what they will meet.
#[test]
fn what_files_count_on_and_the_configuration_lacks_is_told() {
    let place = Place::sqlite();
    let home = founded(&place);
    let contacts = "contacts = [\"console\", \"sms\"]\naddresses = { sms = \"+4915112345678\" }";
    home.write("org/people.toml", &PEOPLE.replacen("contacts = [\"console\"]", contacts, 1));
    let told = "schedules = [\"primary\"]\nrooms = [\"slack:C0123ABC\"]\nwebhooks = [\"status\"]\n";
    home.write("org/on-call.toml", &ON_CALL.replacen("schedules = [\"primary\"]\n", told, 1));
    let bewares = [
        "beware: person \"ana\" has the contact \"sms\", and nothing under [notify] sends it",
        "beware: step 1 of policy \"web\" tells webhook \"status\", which [notify.webhook.targets] does not have",
        "beware: step 1 of policy \"web\" tells \"slack:C0123ABC\", and here there is no place \"slack\"; ",
    ];
    let checked = home.run(&["check", "org"]).done();
    let planned = home.run(&words("plan", &[])).err;
    let applied = home.run(&words("apply", &[])).err;
    for beware in bewares {
        for said in [&checked, &planned, &applied] {
            assert!(said.contains(beware), "{beware} is not in:\n{said}");
        }
    }
    let data = json(&home.run(&["check", "org", "--json"]).done());
    let words: Vec<_> =
        data["warnings"].as_array().unwrap().iter().map(|one| one["warning"].as_str().unwrap()).collect();
    assert_eq!(words, ["nothing_sends", "no_such_webhook", "no_such_place"]);

    std::fs::remove_file(home.path("firebell.toml")).unwrap();
    assert!(!home.run(&["check", "org"]).done().contains("beware: "), "nobody knows what will be configured");
    let known = "[[slack]]\n[notify.webhook.targets]\nstatus = \"https://status.example.org/hook\"\n[[notify.carrier]]\n\
                 url = \"https://sms.example.org/send\"\n";
    home.write("firebell.toml", known);
    let said = home.run(&["check", "org"]).done();
    assert!(!bewares.iter().any(|beware| said.contains(beware)), "{said}");
}

/// A file that was emptied by mistake takes nothing away.
#[test]
fn files_that_describe_nothing_are_not_applied() {
    let place = Place::sqlite();
    let home = founded(&place);
    home.run(&words("apply", &[])).done();
    let held = version(&home);
    home.write("empty.toml", "# later\n");
    let checked = home.run(&["check", "org", "empty.toml"]).done();
    assert!(checked.contains("\nbeware: empty.toml describes nothing\n"), "{checked}");
    assert_eq!(
        json(&home.run(&["check", "empty.toml", "--json"]).done())["warnings"][0]["warning"],
        "describes_nothing"
    );
    for command in ["plan", "apply"] {
        let said = home.run(&[command, "empty.toml"]).refused();
        assert!(said.starts_with("! The files describe nothing, and would take away everything"), "{said}");
    }
    assert_eq!(version(&home), held);
    // Beside others it does no harm.
    assert_eq!(home.run(&["plan", "org", "empty.toml"]).done(), "nothing changes");
}

#[test]
fn the_configuration_may_hold_schedules_too() {
    let home = Home::new();
    home.write("firebell.toml", &format!("{PEOPLE}{ON_CALL}"));
    let said = home.run(&["check"]).done();
    assert!(said.contains("\nschedules                        1\n"), "{said}");
    assert!(said.ends_with("the configuration is sound") && !said.contains("beware: nobody is on call"), "{said}");
}

#[test]
fn a_plan_is_data_too() {
    let place = Place::sqlite();
    let home = founded(&place);
    home.run(&words("apply", &[])).done();
    home.write("org/on-call.toml", &ON_CALL.replace("\"bo\"]\n", "\"cy\"]\nwindows = [\"mon-sat\"]\n"));
    let data = json(&home.run(&words("plan", &["--days", "14", "--json"])).done());
    let primary = &data["schedules"][0];
    assert_eq!((primary["name"].as_str(), primary["how"].as_str()), (Some("primary"), Some("changed")));
    let day = 24 * 3600;
    let hours: Vec<_> = primary["hours"]
        .as_array()
        .unwrap()
        .iter()
        .map(|held| {
            (held["person"].as_str().unwrap(), held["after_s"].as_i64().unwrap() - held["before_s"].as_i64().unwrap())
        })
        .collect();
    assert_eq!(hours, [("ana", -day), ("bo", -7 * day), ("cy", 6 * day)]);
    assert_eq!(primary["new_gaps"][0]["start"], "2026-12-05T23:00:00Z");
    assert_eq!(data["policies"], Value::Array(Vec::new()));
    let applied = json(&home.run(&words("apply", &["--json"])).done());
    assert_eq!(applied["version"].as_i64().unwrap(), applied["version_before"].as_i64().unwrap() + 1);
    assert_eq!(json(&home.run(&words("plan", &["--json"])).done())["changes"], 0);
}

/// Addresses of files reach the directory sealed, and the same ones change nothing.
#[tokio::test]
async fn addresses_of_files_are_sealed_and_kept() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        let fay = "[[people]]\nhandle = \"fay\"\ncontacts = [\"console\", \"sms\"]\naddresses = { sms = \"+4915112345678\" }\n";
        home.write("org/fay.toml", fay);
        home.run(&words("apply", &[])).done();
        let me = home.run(&["do", "--as", "fay", "/oncall me"]).done();
        assert!(me.contains("…78"), "{me}");
        assert_eq!(home.run(&words("plan", &[])).done(), "nothing changes");
        home.write("org/fay.toml", &fay.replace("5678", "5699"));
        assert!(home.run(&words("plan", &[])).done().contains("addresses"), "another one is seen, and not shown");
        home.run(&words("apply", &[])).done();
        assert!(home.run(&["do", "--as", "fay", "/oncall me"]).done().contains("…99"));
    }
}

/// The doctor judges what was applied, where the configuration describes no people.
#[tokio::test]
async fn the_doctor_judges_what_was_applied() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let home = founded(&place);
        let before = home.run(&["doctor"]).out;
        assert!(before.contains("problem  paging: nobody would be paged"), "{before}");
        home.run(&words("apply", &[])).done();
        let after = home.run(&["doctor"]).out;
        assert!(after.contains(", 1 policy, 1 schedule, a last resort, as of version "), "{after}");
        assert!(!after.contains("nobody would be paged"), "{after}");
    }
}
