//! Many declarations at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::place::Place;
use crate::table::{Table, count, quantile};

/// How many at once, and how soon they are to have a first response, in milliseconds: 99 of 100, and all.
const BURSTS: [(usize, f64, f64); 2] = [(50, 850.0, 3_000.0), (500, 850.0, 3_000.0)];

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Arc::new(Place::new().await?);
    for number in 0..3 {
        place.declare(number, &format!("warm {number}"), "sev3").await;
    }
    place.quiet().await;
    table.told("burst: resident before", place.memory_mib("VmRSS")?, "MiB");
    for burst in BURSTS {
        one(&place, burst, table).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.told("burst: resident after it has settled", place.memory_mib("VmRSS")?, "MiB");
    table.told("burst: resident at the most", place.memory_mib("VmHWM")?, "MiB");
    let warnings = place.warnings()?;
    table.told("burst: lines of the log that warn", count(warnings.len()), "");
    for warning in warnings.iter().take(5) {
        eprintln!("{warning}");
    }
    Ok(())
}

async fn one(place: &Arc<Place>, (size, p99, all): (usize, f64, f64), table: &mut Table) -> Result<(), Failure> {
    place.fake.forget_calls();
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..size {
        let place = place.clone();
        let title = format!("burst {size} {number} end");
        tasks.spawn(async move { place.declare(number, &title, "sev3").await });
    }
    let (mut after, mut told) = (Vec::with_capacity(size), BTreeSet::new());
    while let Some(outcome) = tasks.join_next().await {
        let outcome = outcome?;
        let text = place.fake.answer_to(&outcome).map(|message| message.content).unwrap_or_default();
        match (outcome.after, text.find("INC-")) {
            (Some(time), Some(at)) => {
                after.push(time.as_secs_f64() * 1_000.0);
                told.insert(text[at..].split(|c: char| !c.is_alphanumeric() && c != '-').next().map(str::to_owned));
            }
            (Some(time), None) => after.push(time.as_secs_f64() * 1_000.0),
            _ => eprintln!("not done: {:?} {text}", outcome.error),
        }
    }
    after.sort_by(f64::total_cmp);
    table.told(&format!("burst of {size}: first response, p50"), quantile(&after, 0.5), "ms");
    table.at_most(&format!("burst of {size}: first response, p99"), quantile(&after, 0.99), p99, "ms");
    table.at_most(&format!("burst of {size}: first response, the last"), quantile(&after, 1.0), all, "ms");
    table.at_least(&format!("burst of {size}: with a first response"), count(after.len()), count(size), "");
    table.told(&format!("burst of {size}: with a number of its own at once"), count(told.len()), "");
    let end = |number: usize| format!("burst {size} {number} end");
    let made = || (0..size).filter(|number| !place.rooms(&end(*number)).is_empty()).count();
    place.until("all rooms", || made() >= size).await?;
    table.told(&format!("burst of {size}: all rooms made after"), begun.elapsed().as_secs_f64(), "s");
    place.quiet().await;
    let once = (0..size).filter(|number| place.rooms(&end(*number)).len() == 1).count();
    table.at_least(&format!("burst of {size}: with just one room"), count(once), count(size), "");
    Ok(())
}
