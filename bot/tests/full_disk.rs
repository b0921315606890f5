//! The disk fills up: whoever asks for something is told so in one line, nothing is half done, and with room again
//! everything goes on.

use std::process::Command;

use firebell::intake::{Answer, Fault};
use firebell::store::execute;
use firebell_core::timeline::Change;
use futures_util::future::join_all;
use sqlx::AssertSqlSafe;

use crate::support::{Ended, Home, Place, World, fed, minutes};

const FULL: &str = "failed to store anything: the disk of the database is full; free some space";

/// From now on the database may have so many pages, or as many as it has.
async fn pages_at_most(world: &World, count: u32) {
    let sql = format!("PRAGMA max_page_count = {count}");
    let limit = world.store().write(move |tx| {
        let sql = sql.clone();
        Box::pin(async move { Ok(execute!(tx, AssertSqlSafe(sql), [])?) })
    });
    limit.await.unwrap();
}

/// Says many lines at once; answers for each whether it was done.
async fn says_all(world: &World, lines: &[(String, String)]) -> Vec<bool> {
    let said = lines.iter().map(|(id, line)| world.app.intake.take(world.inbound(id, "ana", line)));
    let done = |answer: Result<Answer, Fault>| match answer {
        Ok(Answer::Done(_)) => true,
        Ok(other) => panic!("{other:?}"),
        Err(fault) => {
            assert_eq!(fault.to_string(), FULL);
            false
        }
    };
    join_all(said).await.into_iter().map(done).collect()
}

/// Long and short ones, so that one may still fit where another does not.
fn notes(count: usize) -> Vec<(String, String)> {
    let text = |number| format!("number {number} {}", "x".repeat(number % 7 * 1_000));
    (0..count)
        .map(|number| (format!("note-{number}"), format!("/incident INC-1 note {}", text(number).trim())))
        .collect()
}

async fn noted(world: &World) -> Vec<String> {
    let text = |change| match change {
        Some(Change::Noted { text }) => Some(format!("/incident INC-1 note {text}")),
        _ => None,
    };
    world.history(1).await.into_iter().filter_map(|entry| text(entry.change)).collect()
}

#[tokio::test]
async fn what_was_acknowledged_is_kept_and_the_rest_is_not() {
    let mut world = World::on(Place::sqlite()).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    pages_at_most(&world, 1).await;
    let lines = notes(60);
    let done = says_all(&world, &lines).await;
    assert!(done.contains(&true) && done.contains(&false), "{done:?}");
    let of =
        |wanted: bool| lines.iter().zip(&done).filter(move |(_, done)| **done == wanted).map(|(line, _)| line.clone());
    let kept: Vec<String> = of(true).map(|(_, line)| line).collect();
    let (mut found, mut expected) = (noted(&world).await, kept.clone());
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());

    // The same requests, as a platform would send them again.
    pages_at_most(&world, u32::MAX / 4).await;
    assert!(says_all(&world, &lines).await.into_iter().all(|done| done));
    let mut found = noted(&world).await;
    assert_eq!(found.len(), lines.len(), "each is there once");
    found.sort();
    found.dedup();
    assert_eq!(found.len(), lines.len());
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.end().await;
}

#[tokio::test]
async fn numbers_have_no_gap_and_pages_go_on() {
    let mut world = World::on(Place::sqlite()).await;
    world.says("ana", "/incident declare checkout is down sev1 --service checkout").await;
    world.paged("bo");
    pages_at_most(&world, 1).await;
    says_all(&world, &notes(20)).await;
    let declare = |number| format!("/incident declare number {number} {} sev4", "x".repeat(150));
    let lines: Vec<(String, String)> = (0..40).map(|number| (format!("declare-{number}"), declare(number))).collect();
    let done = says_all(&world, &lines).await;
    assert!(done.contains(&false));
    world.clock.advance(minutes(5)).unwrap();
    let fault = world.app.engine.settle().await.unwrap_err();
    assert_eq!(fault.to_string(), FULL);

    pages_at_most(&world, u32::MAX / 4).await;
    world.settle().await;
    world.advance(minutes(1)).await;
    assert_eq!((world.pages("bo"), world.pages("cy")), (1, 1));
    let count = 1 + done.into_iter().filter(|done| *done).count();
    let next = world.says("ana", "/incident declare the last sev4").await;
    assert_eq!(next, format!("INC-{} declared at SEV4.", count + 1));
    assert_eq!(world.numbers().await.len(), count + 1);
    world.adds_up().await;
    assert_eq!(world.broken().await, Vec::<String>::new());
    world.end().await;
}

/// Runs `firebell do` where no file may be longer than so many times 512 bytes.
fn notes_within(home: &Home, blocks: &str, text: &str) -> Ended {
    let binary = home.command();
    let mut shell = Command::new("sh");
    // Without the trap the system would kill the process; a disk that is full does not.
    shell.args(["-c", r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#, "sh", blocks]);
    shell.arg(binary.get_program()).args(["do", "--as", "ana", "/incident", "note", text]);
    shell.current_dir(home.path(".")).env("USER", "ana");
    fed(&mut shell, Vec::new())
}

#[test]
fn a_file_that_may_not_grow_is_said_in_one_line() {
    let home = Home::founded();
    home.says("ana", "/incident declare it is down sev1").done();
    home.says("ana", "/incident note before").done();
    for served in [false, true] {
        let serving = served.then(|| home.serve());
        for _ in 0..2 {
            let said = notes_within(&home, "1", "lost").fault();
            let full = "it cannot be written: its disk may be full, over quota or broken";
            assert!(said.starts_with("firebell: failed to ") && said.contains(full), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
        }
        drop(serving);
    }
    home.says("ana", "/incident note after").done();
    let timeline = home.says("ana", "/incident timeline").done();
    assert!(timeline.contains("before") && timeline.contains("after") && !timeline.contains("lost"), "{timeline}");
    let verified = home.run(&["verify"]).done();
    assert!(verified.lines().all(|line| line.ends_with(": intact")), "{verified}");
}
