//! `firebell report`: a made-up quarter in each format, words that would be obeyed, and input of every kind.

use chrono::{DateTime, Utc};
use firebell::render::ReportAs;
use firebell_core::report::{Asked, By};
use firebell_core::times::{Interval, KeyTime};

use crate::support::{Home, World, minutes, on_both};

on_both!(
    a_quarter_is_told_in_every_format,
    words_stay_words_in_every_format,
    what_people_corrected_decides_which_incidents_count,
    nothing_is_a_report_too,
);

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// From January to the end of March.
fn quarter(by: Option<By>) -> Asked {
    let (since, until) = (time("2026-01-01T00:00:00Z"), time("2026-04-01T00:00:00Z"));
    Asked { since, until, by, zone: chrono_tz::Europe::Berlin }
}

async fn reported(world: &World, by: Option<By>, format: ReportAs) -> String {
    world.app.intake.operator_report(quarter(by), format).await.unwrap()
}

async fn until(world: &World, text: &str) {
    world.advance(time(text) - world.clock.now()).await;
}

/// Someone says lines about an incident.
async fn about(world: &mut World, incident: &str, who: &str, lines: &[&str]) {
    for line in lines {
        let reply = world.says(who, &format!("/incident {incident} {line}")).await;
        assert!(!reply.starts_with("! "), "{line}: {reply}");
    }
}

/// Two incidents by the same cause, one by day and one in the night of a Saturday; one that goes on; a drill, and one that was
/// none.
async fn happens(world: &mut World) {
    world.reorganise(|org| org.files.people[1].zone = chrono_tz::Europe::Berlin).await;
    let interval = Interval { name: "hands on".to_owned(), from: KeyTime::Acknowledged, to: KeyTime::Mitigated };
    world.restart_with(|settings| settings.intervals = vec![interval]).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout --impact-started 08:50").await;
    world.advance(minutes(4)).await;
    about(world, "INC-1", "bo", &["ack"]).await;
    world.advance(minutes(26)).await;
    about(world, "INC-1", "bo", &["status mitigated"]).await;
    world.advance(minutes(30)).await;
    let after = [
        "resolve more connections",
        "factor the connection pool was full --category capacity",
        "confirm F1",
        "action raise the limit @bo --due 2026-03-10",
        "action write it down @ana --due 2026-12-01",
    ];
    about(world, "INC-1", "bo", &after).await;
    until(world, "2026-03-07T02:00:00Z").await;
    world.says("ana", "/incident declare payroll is slow sev2 --private").await;
    world.advance(minutes(7)).await;
    about(world, "INC-2", "cy", &["ack"]).await;
    world.advance(minutes(113)).await;
    let after = [
        "resolve it was the pool again",
        "factor connection pools full --category capacity",
        "confirm F1",
        "action alert on the pool --due 2026-03-12",
    ];
    about(world, "INC-2", "cy", &after).await;
    until(world, "2026-03-20T10:00:00Z").await;
    world.says("ana", "/incident declare the printer is out sev3").await;
    world.says("ana", "/incident declare practice sev1 --drill").await;
    about(world, "INC-4", "ana", &["resolve well done"]).await;
    world.says("ana", "/incident declare a mistake sev3").await;
    about(world, "INC-5", "ana", &["cancel"]).await;
    until(world, "2026-04-02T08:00:00Z").await;
}

async fn a_quarter_is_told_in_every_format(world: &mut World) {
    happens(world).await;
    insta::assert_snapshot!("report_text", reported(world, Some(By::Severity), ReportAs::Text).await);
    insta::assert_snapshot!("report_md", reported(world, Some(By::Service), ReportAs::Markdown).await);
    insta::assert_snapshot!("report_csv", reported(world, None, ReportAs::Csv).await);
    let recurring = |format| world.app.intake.operator_causes(quarter(None), format);
    insta::assert_snapshot!("report_causes_text", recurring(ReportAs::Text).await.unwrap());
    insta::assert_snapshot!("report_causes_md", recurring(ReportAs::Markdown).await.unwrap());

    let page = reported(world, Some(By::Team), ReportAs::Html).await;
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{page}");
    assert_eq!(page.matches("<svg").count(), 4, "{page}");
    assert!(page.contains("<h1>Incident report</h1>") && page.contains("Pages by hour"), "{page}");
    assert!(recurring(ReportAs::Html).await.unwrap().contains("<h1>Causes that came back</h1>"));

    let json = reported(world, Some(By::Severity), ReportAs::Json).await;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["counts"]["drills"], 1);
    assert_eq!(report["figures"][3]["median_s"], 70 * 60);
    assert_eq!(report["pages"]["people"][0]["handle"], "bo");
    assert_eq!(report["overdue"][0]["due_utc"], "2026-03-10T16:00:00Z");
    assert_eq!(report["causes"]["categories"][0]["incidents"][1]["id"], "INC-2");
    assert_eq!(report["incidents"][0]["services"][0], "checkout");
    assert_eq!(
        json,
        reported(world, Some(By::Severity), ReportAs::Json).await,
        "the same record makes the same report"
    );
}

/// A title that every format would obey in its own way.
const ODD: &str = "=HYPERLINK(\"http://a.example\";\"x\") | <script>alert(1)</script> `t` ``` [x](javascript:alert(1)) \u{202e}evil {{id}} @everyone now";

async fn words_stay_words_in_every_format(world: &mut World) {
    for number in 1..=2 {
        world.says("ana", &format!("/incident declare {ODD}")).await;
        let id = format!("INC-{number}");
        let lines =
            [format!("factor {ODD} --category code"), "confirm F1".to_owned(), format!("action {ODD} --due +1h")];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        about(world, &id, "ana", &lines).await;
    }
    world.advance(minutes(120)).await;
    let causes = async |format| world.app.intake.operator_causes(quarter(None), format).await.unwrap();

    for text in [reported(world, None, ReportAs::Text).await, causes(ReportAs::Text).await] {
        assert!(text.contains("<script>") && !text.contains('\u{202e}'), "{text}");
    }
    for text in [reported(world, Some(By::Service), ReportAs::Markdown).await, causes(ReportAs::Markdown).await] {
        assert!(text.contains("&lt;script&gt;") && text.contains("\\[x\\](javascript"), "{text}");
        assert!(!text.contains('\u{202e}') && !text.contains("@everyone") && !text.contains(" ``` "), "{text}");
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut wide = None;
        for line in text.lines() {
            let count = cells(line);
            assert!(!line.starts_with('|') || wide.is_none_or(|wide| wide == count), "{line}");
            wide = line.starts_with('|').then_some(count);
        }
    }
    for page in [reported(world, None, ReportAs::Html).await, causes(ReportAs::Html).await] {
        assert!(page.contains("&lt;script&gt;"), "{page}");
        for order in ["<script", "href=\"javascript", "\u{202e}", "<code>t"] {
            assert!(!page.contains(order), "{order}: {page}");
        }
    }
    let table = reported(world, None, ReportAs::Csv).await;
    assert_eq!(table.matches("\r\nINC-").count(), 2, "{table}");
    assert!(table.contains("\r\nINC-1,\"'=HYPERLINK(\"\"http://a.example\"\";"), "{table}");
    assert!(!table.contains('\u{202e}'), "{table}");
    let json: serde_json::Value = serde_json::from_str(&reported(world, None, ReportAs::Json).await).unwrap();
    assert_eq!(json["incidents"][0]["title"], ODD);
    assert_eq!(json["overdue"][1]["text"], ODD);
}

async fn what_people_corrected_decides_which_incidents_count(world: &mut World) {
    until(world, "2026-04-02T09:00:00Z").await;
    world.says("ana", "/incident declare it was noticed late sev3").await;
    let counted = async |world: &World| {
        let json = reported(world, None, ReportAs::Json).await;
        serde_json::from_str::<serde_json::Value>(&json).unwrap()["counts"]["declared"].clone()
    };
    assert_eq!(counted(world).await, 0);
    about(world, "INC-1", "ana", &["times declared 2026-03-30T10:00:00Z"]).await;
    assert_eq!(counted(world).await, 1);
}

async fn nothing_is_a_report_too(world: &mut World) {
    for by in [None, Some(By::Service), Some(By::Team), Some(By::Severity)] {
        let text = reported(world, by, ReportAs::Text).await;
        assert!(text.contains("0 declared: 0 resolved, 0 still open"), "{text}");
        assert!(text.contains("detect: known of none"), "{text}");
        assert_eq!(text.contains("By "), by.is_some(), "{text}");
        let markdown = reported(world, by, ReportAs::Markdown).await;
        assert!(markdown.starts_with("# Incident report\n") && !markdown.contains("```"), "{markdown}");
        assert!(!reported(world, by, ReportAs::Html).await.contains("<svg"));
        assert_eq!(reported(world, by, ReportAs::Csv).await.lines().count(), 1);
    }
    let causes = world.app.intake.operator_causes(quarter(None), ReportAs::Text).await.unwrap();
    assert!(causes.contains("There are none."), "{causes}");
}

#[test]
fn wrong_input_is_refused_in_a_line() {
    let home = Home::founded();
    let no_time = "is no time; write one such as 2026-10-01 or 2026-10-01T09:00, or how long ago, as 90d";
    let table: [(&[&str], &str); 11] = [
        (&["report", "--since", "someday"], no_time),
        (&["report", "--since", ""], no_time),
        (&["report", "--since", "400d"], no_time),
        (&["report", "--until", "2026-13-01"], no_time),
        (&["report", "causes", "--since", "x"], no_time),
        (&["report", "--by", "colour"], "[possible values: service, team, severity]"),
        (&["report", "--format", "pdf"], "[possible values: text, md, html, json, csv]"),
        (&["report", "causes", "--format", "csv"], "[possible values: text, md, html, json]"),
        (&["report", "--zone", "Nowhere"], "invalid value 'Nowhere' for '--zone <ZONE>'"),
        (&["report", "--since", "90d", "causes"], "cannot be used with"),
        (&["report", "reasons"], "unrecognized subcommand 'reasons'"),
    ];
    for (words, expected) in table {
        let said = home.run(words).wrong_usage();
        assert!(said.contains(expected), "{words:?}: {said}");
    }
    for words in [
        &["report", "--since", "2026-10-02", "--until", "2026-10-01"][..],
        &["report", "--since", "1d", "--until", "2d"],
        &["report", "--since", "9999-12-31"],
        &["report", "causes", "--until", "2026-10-01", "--since", "2026-10-01"],
    ] {
        let said = home.run(words).refused();
        assert_eq!(said, "! --until must be after --since; give a later time, or leave it out for now", "{words:?}");
    }
    let said = home.run(&["report", "-o", "none/report.md"]).fault();
    assert!(said.starts_with("firebell: write none/report.md: ") && said.lines().count() == 1, "{said}");
    let said = home.run(&["report", "--db", "none.db"]).fault();
    assert!(said.contains("there is no database at none.db"), "{said}");
}

#[test]
fn a_report_is_printed_or_written_to_a_file() {
    let home = Home::founded();
    home.says("ana", "/incident declare it is down sev3").done();
    let shown = home.run(&["report", "--since", "1d", "--by", "severity"]).done();
    assert!(
        shown.contains("1 declared: 0 resolved, 1 still open") && shown.contains("sev3 (minor): 1 declared"),
        "{shown}"
    );
    let shown = home.run(&["report", "--since", "0001-01-01", "--until", "9999-12-31"]).done();
    assert!(shown.contains("1 declared:"), "{shown}");
    assert!(home.run(&["report", "--since", "2d", "--until", "1d"]).done().contains("0 declared:"));
    for format in ["text", "md", "html", "json", "csv"] {
        assert_eq!(home.run(&["report", "--format", format, "-o", "a"]).done(), "wrote a");
        assert!(home.read("a").contains("INC-1") == matches!(format, "json" | "csv"), "{format}");
    }
    assert!(home.run(&["report", "causes", "--since", "90d"]).done().contains("(looked at: 1)"));
}
