//! Schedules on the command line: from the database, from files, and from the configuration alone.

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, SqliteConnection};

use crate::support::{Home, Place};

const FILES: &str = r#"
[[people]]
handle = "ana"
zone = "Europe/Berlin"
[[people]]
handle = "bo"
zone = "America/New_York"
[[people]]
handle = "cy"
[[schedules]]
key = "primary"
name = "Primary"
zone = "Europe/Berlin"
[[schedules.layers]]
name = "week"
start = "2026-11-30T09:00"
turn = "1w"
people = ["ana", "bo"]
windows = ["mon-sat"]
[[schedules.layers]]
name = "learn"
start = "2026-11-30T09:00"
turn = "1w"
people = ["cy"]
shadow = true
until = "2026-12-01T09:00"
[[schedules]]
key = "db"
[[schedules.layers]]
name = "day"
start = "2026-11-30T00:00"
turn = "1d"
people = [["ana", "cy"], "bo"]
"#;

const RANGE: [&str; 4] = ["--from", "2026-11-30T09:00", "--to", "2026-12-14T09:00"];

fn home() -> Home {
    let home = Home::new();
    home.write("firebell.toml", "");
    home.write("org.toml", FILES);
    home
}

fn rows(home: &Home, words: &[&str]) -> Value {
    serde_json::from_str(&home.run(&[words, &["--json"]].concat()).done()).unwrap()
}

#[test]
fn files_alone_say_who_is_on_call() {
    let home = home();
    let show = [&["schedule", "show", "primary"][..], &RANGE, &["--files", "org.toml"]].concat();
    insta::assert_snapshot!("shifts", home.run(&show).done());
    let first = json!({
        "start": "2026-11-30T09:00:00+01:00",
        "end": "2026-12-01T09:00:00+01:00",
        "people": ["ana"],
        "why": "layer week",
        "shadows": ["cy"],
    });
    let gap = json!({
        "start": "2026-12-06T00:00:00+01:00",
        "end": "2026-12-07T00:00:00+01:00",
        "people": [],
        "why": null,
    });
    let shifts = rows(&home, &show);
    assert_eq!((&shifts[0], &shifts[2]), (&first, &gap));
    let zoned = rows(&home, &[&show[..], &["--zone", "UTC"]].concat());
    assert_eq!(zoned[0]["start"], "2026-11-30T09:00:00+00:00", "what is typed is in the zone that is shown");
    let instant =
        ["schedule", "show", "db", "--from", "2026-11-30T09:00:00+01:00", "--to", "2026-12-01", "--files", "org.toml"];
    let shifts = rows(&home, &instant);
    assert_eq!(
        (shifts[0]["start"].as_str(), &shifts[0]["people"]),
        (Some("2026-11-30T08:00:00+00:00"), &json!(["ana", "cy"]))
    );
    let fairness = [&["schedule", "fairness", "primary"][..], &RANGE, &["--files", "org.toml"]].concat();
    insta::assert_snapshot!("fairness", home.run(&fairness).done());
    let row = &rows(&home, &fairness)[0];
    assert_eq!(
        (&row["on_call_s"], &row["pages"], &row["night_pages"]),
        (&json!(6 * 24 * 3600), &json!(null), &json!(null))
    );
    let gaps = rows(&home, &["schedule", "gaps", "primary", "--days", "7", "--files", "org.toml"]);
    assert_eq!(gaps[0]["schedule"], "primary");
    let db = ["schedule", "gaps", "db", "--files", "org.toml"];
    assert_eq!(home.run(&db).done(), "Somebody is on call all the time of the next 28 days.");
    assert_eq!(rows(&home, &db), json!([]));
    let list = rows(&home, &["schedule", "list", "--files", "org.toml"]);
    assert_eq!((list[0]["key"].as_str(), list[1]["layers"].clone()), (Some("db"), json!(["week", "learn"])));
    let shown = home.run(&["schedule", "list", "--files", "org.toml"]).done();
    let (db, primary) = shown.split_once('\n').unwrap();
    assert!(db.starts_with(&format!("{:<7}  @", "db")), "a name that is the key is said once: {shown}");
    assert!(primary.starts_with("primary  Primary: "), "{shown}");
    assert!(!home.path("firebell.db").exists(), "files alone need no database");
}

#[test]
fn what_cannot_be_answered_is_refused() {
    let home = home();
    let table: [(&[&str], &str); 5] = [
        (&["show", "primry"], "! No schedule is called primry; did you mean primary?"),
        (&["gaps", "x"], "! No schedule is called x; there are db, primary"),
        (
            &["show", "db", "--from", "2026-12-01", "--to", "2026-12-01"],
            "! --to must be after --from; give a later time",
        ),
        (&["show", "db", "--to", "9999-01-01"], "! From --from to --to are at most 3660 days; ask for less"),
        (&["fairness", "db", "--from", "9999-01-01"], "! --to must be after --from; give a later time"),
    ];
    for (words, expected) in table {
        assert_eq!(home.run(&[&["schedule"], words, &["--files", "org.toml"]].concat()).refused(), expected);
    }
    home.write("empty.toml", "");
    let said = home.run(&["schedule", "show", "x", "--files", "empty.toml"]).refused();
    assert_eq!(said, "! No schedule is called x; there are none");
    assert_eq!(home.run(&["schedule", "list", "--files", "empty.toml"]).done(), "There are no schedules.");
    for (words, expected) in [
        (&["show", "db", "--from", "soon"][..], "\"soon\" is no time"),
        (&["gaps", "--days", "367"], "expected a number of days from 1 to 366"),
        (&["show"], "<NAME>"),
    ] {
        let said = home.run(&[&["schedule"], words].concat()).wrong_usage();
        assert!(said.contains(expected), "{said}");
    }
    assert!(home.run(&["schedule", "list"]).fault().contains("there is no database at firebell.db"));
}

/// As in chat, so that pages are counted: of what is to come there are none.
#[test]
fn fairness_looks_back() {
    let home = home();
    let days = ["2026-12-28", "2027-01-25"];
    let asked =
        |more: &[&str]| home.run(&[&["schedule", "fairness", "db", "--files", "org.toml"], more].concat()).done();
    let both = ["--from", days[0], "--to", days[1]];
    assert_eq!(asked(&["--to", days[1]]), asked(&both), "from 28 days before");
    assert!(asked(&[]).starts_with("db, "), "until now");
}

#[tokio::test]
async fn the_database_says_it_with_its_overrides() {
    let home = home();
    home.write("firebell.toml", FILES);
    let show = [&["schedule", "show", "primary"][..], &RANGE].concat();
    let alone = home.run(&show).done();
    home.feeds(&["console"], "").done();
    assert_eq!(home.run(&show).done(), alone, "the configuration alone says the same as the database");
    let fairness = [&["schedule", "fairness", "primary"][..], &RANGE].concat();
    let row = &rows(&home, &fairness)[0];
    assert_eq!((&row["pages"], &row["night_pages"]), (&json!(0), &json!(0)));
    assert!(home.run(&fairness).done().ends_with("at weekends, in 2 shifts; 0 pages"), "the database knows of pages");
    let mut database =
        SqliteConnection::connect(&format!("sqlite:{}", home.path("firebell.db").display())).await.unwrap();
    let person = |handle: &str| format!("SELECT lower(hex(id)) FROM person WHERE handle = '{handle}'");
    let mut id = async |handle: &str| -> String {
        sqlx::query_scalar(AssertSqlSafe(person(handle))).fetch_one(&mut database).await.unwrap()
    };
    let (ana, cy) = (id("ana").await, id("cy").await);
    let (start, end) = ("2026-12-02T08:00:00Z", "2026-12-02T12:00:00Z");
    let made = json!({
        "id": "00000000-0000-0000-0000-000000000020",
        "schedule": "primary",
        "start": start,
        "end": end,
        "people": [cy],
        "kind": "override",
        "made_by": { "person": ana },
        "made_at": "2026-12-01T08:00:00Z",
    });
    let text = |at: &str| at.replace('Z', ".000000+00:00");
    let sql = format!(
        "INSERT INTO shift_override (id, schedule, start_at, end_at, made_at, doc) VALUES \
         (x'00000000000000000000000000000020', 'primary', '{}', '{}', '{}', '{made}')",
        text(start),
        text(end),
        text("2026-12-01T08:00:00Z")
    );
    database.execute(AssertSqlSafe(sql)).await.unwrap();
    database.close().await.unwrap();
    // What a process remembers is told by the head of the directory's stream; each command reads it anew.
    let shifts = rows(&home, &show);
    let overridden = json!({
        "start": "2026-12-02T09:00:00+01:00",
        "end": "2026-12-02T13:00:00+01:00",
        "people": ["cy"],
        "why": "override by @ana",
    });
    assert!(shifts.as_array().unwrap().contains(&overridden), "{shifts:#}");
}

#[tokio::test]
async fn postgres_says_the_same() {
    let place = Place::postgres().await;
    let home = home();
    home.write(
        "firebell.toml",
        &format!("{FILES}[database]\nurl = \"{}\"\n[key]\nfile = \"firebell.key\"\n", place.url),
    );
    home.feeds(&["console"], "").done();
    let show = [&["schedule", "show", "primary"][..], &RANGE].concat();
    let from_files = home.run(&[&show[..], &["--files", "org.toml"]].concat()).done();
    assert_eq!(home.run(&show).done(), from_files);
    place.remove().await;
}
