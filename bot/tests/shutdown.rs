//! A process that is told to stop finishes what it can, keeps nobody waiting, and loses nothing.

use std::io::{PipeReader, Read as _};
use std::process::Stdio;
use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::{Ended, Home};

/// The ten seconds that what is under way may take, and some for a busy machine.
const DRAINED: Duration = Duration::from_secs(15);

#[test]
fn what_is_under_way_is_finished_and_the_next_start_carries_on() {
    for signal in ["-TERM", "-INT"] {
        let home = Home::founded();
        for number in 1..=6 {
            home.says("ana", &format!("/incident declare number {number} is down sev1")).done();
        }
        let mut serving = home.serve();
        serving.shows("room opened");
        let Ended { code, out, err } = serving.stop(signal);
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("told to stop") && err.contains("firebell stopped"), "{err}");
        let expected: Vec<String> = (1..=6).flat_map(what_an_incident_shows).collect();
        let shown = shows_the_rest(&home, out, &expected);
        for block in &expected {
            shown_once(&shown, block);
        }
    }
}

fn what_an_incident_shows(number: usize) -> Vec<String> {
    let room = format!("#inc-{number}-number-{number}-is-down");
    let mut blocks: Vec<String> = ["room opened", "@ana joined", "@bo joined", "Paging @bo"]
        .iter()
        .map(|text| format!("{room} │ {text}"))
        .collect();
    blocks.push(format!("PAGE @bo │ INC-{number} SEV1: number {number} is down"));
    blocks
}

/// Starts anew and waits until everything that is expected has been shown, then or before.
fn shows_the_rest(home: &Home, before: String, expected: &[String]) -> String {
    let mut serving = home.serve();
    for block in expected.iter().filter(|block| !before.contains(*block)) {
        serving.shows(block);
    }
    let Ended { code, out, err } = serving.stop("-TERM");
    assert_eq!(code, 0, "{err}");
    before + &out
}

/// Shown, and not again unless it says that it may have been.
fn shown_once(shown: &str, start: &str) {
    // The lines below a block's first are indented.
    let blocks = shown.replace("\n ", " ");
    let mut found = blocks.lines().filter(|block| block.starts_with(start));
    assert!(found.next().is_some(), "{start:?} is not in:\n{shown}");
    assert!(found.all(|block| block.ends_with(" (possibly shown before)")), "{start:?} is shown twice in:\n{shown}");
}

#[tokio::test]
async fn a_screen_that_stands_still_stops_nothing_else() {
    const UPDATES: usize = 12;
    let home = Home::founded();
    let (unread, screen) = std::io::pipe().unwrap();
    let mut serving = home.serve_to(Stdio::from(screen));
    home.says("ana", "/incident declare it is down sev1").done();
    for number in 1..=UPDATES {
        // More than a pipe holds.
        home.says("ana", &format!("/incident update number {number} {}", "x".repeat(7_000))).done();
    }
    serving.delivers("post", 3);
    assert_eq!(serving.asked("/readyz"), (200, "ready".to_owned()));
    assert!(home.says("ana", "/incident note still here").err.is_empty(), "a `serve` is alive");

    let told = Instant::now();
    assert_eq!(serving.stop("-TERM").code, 0);
    assert!(told.elapsed() < DRAINED, "{:?}", told.elapsed());

    leases_run_out(&home).await;
    let shown = shows_the_rest(&home, all_of(unread), &(1..=UPDATES).map(update).collect::<Vec<_>>());
    for number in 1..=UPDATES {
        shown_once(&shown, &update(number));
    }
}

/// As if the next start came half a minute later, when nobody has a claim any more on what was under way.
async fn leases_run_out(home: &Home) {
    let file = format!("sqlite:{}", home.path("firebell.db").display());
    let mut database = SqliteConnection::connect(&file).await.unwrap();
    let mut ended = 0;
    for sql in [
        "UPDATE lane SET lease_until = ready_at WHERE lease_until IS NOT NULL",
        "UPDATE card SET lease_until = ready_at WHERE lease_until IS NOT NULL",
    ] {
        ended += database.execute(sql).await.unwrap().rows_affected();
    }
    assert!(ended > 0, "nothing was under way");
    database.close().await.unwrap();
}

fn update(number: usize) -> String {
    format!("#inc-1-it-is-down │ Update: number {number} ")
}

fn all_of(mut unread: PipeReader) -> String {
    let mut text = String::new();
    unread.read_to_string(&mut text).unwrap();
    text
}
