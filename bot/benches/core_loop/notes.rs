//! Notes through the front door: what one costs, and how many at a time gain from one commit.

use std::time::Instant;

use firebell::app::App;

use crate::place::{Place, app, say};
use crate::table::{Table, count};
use crate::{Failure, statements};

/// Notes at once, each on an incident of its own.
const AT_ONCE: usize = 512;
/// Notes of each incident in the concurrent run.
const EACH: usize = 16;
/// Notes in the run of one at a time.
const ALONE: usize = 1_000;

pub(crate) async fn measure(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let app = app(&fresh.url).await?;
    for number in 1..=AT_ONCE {
        say(&app, format!("declare-{number}"), "/incident declare checkout is down".to_owned()).await?;
    }
    // The first note of a process also reads the directory.
    note(&app, "first", 1).await?;
    statements::begin();
    note(&app, "counted", 1).await?;
    let seen = statements::end();
    if std::env::var_os("STATEMENTS").is_some() {
        eprintln!("{seen:#?}");
    }
    let commits = seen.iter().filter(|sql| *sql == "COMMIT").count();
    table.at_most("notes: commits of one note", count(commits), 1.0, "");
    table.at_most("notes: statements beside the commit", count(seen.len() - commits), 10.0, "");

    let begun = Instant::now();
    for number in 0..ALONE {
        note(&app, &format!("alone-{number}"), 1 + number % AT_ONCE).await?;
    }
    let alone = count(ALONE) / begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for incident in 1..=AT_ONCE {
        let app = app.clone();
        tasks.spawn(async move {
            for number in 0..EACH {
                note(&app, &format!("together-{incident}-{number}"), incident).await?;
            }
            Ok::<(), Failure>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let together = count(AT_ONCE * EACH) / begun.elapsed().as_secs_f64();
    table.told("notes: one at a time", alone, "/s");
    table.at_least("notes: 512 at a time", together, 2_000.0, "/s");
    table.at_least("notes: 512 at a time, against one at a time", together / alone, 2.5, "x");
    app.store.close().await;
    fresh.gone().await
}

pub(crate) async fn note(app: &App, id: &str, incident: usize) -> Result<(), Failure> {
    say(app, id.to_owned(), format!("/incident INC-{incident} note the pool is exhausted again")).await
}
