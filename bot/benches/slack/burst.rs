//! Many declarations at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::Failure;
use crate::place::Place;
use crate::table::{Table, count, quantile};

/// How many at once, and how soon they are to be acknowledged, in milliseconds: 99 of 100, and all.
const BURSTS: [(usize, f64, f64); 2] = [(50, 100.0, 3_000.0), (500, 750.0, 3_000.0)];

pub(crate) async fn measure(table: &mut Table) -> Result<(), Failure> {
    let place = Arc::new(Place::new(2).await?);
    for number in 0..3 {
        place.declare(number, &format!("warm {number}")).await;
    }
    place.quiet().await;
    table.told("burst: resident before", place.memory_mib("VmRSS")?, "MiB");
    for burst in BURSTS {
        one(&place, burst, table).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    table.at_most("burst: resident after it has settled", place.memory_mib("VmRSS")?, 60.0, "MiB");
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
        tasks.spawn(async move { place.declare(number, &format!("burst {size} {number} end")).await });
    }
    let (mut after, mut told) = (Vec::with_capacity(size), BTreeSet::new());
    while let Some(outcome) = tasks.join_next().await {
        let outcome = outcome?;
        let text = outcome.text();
        match (outcome.after, text.find("INC-")) {
            (Some(time), Some(at)) => {
                after.push(time.as_secs_f64() * 1_000.0);
                told.insert(text[at..].split(|c: char| !c.is_alphanumeric() && c != '-').next().map(str::to_owned));
            }
            _ => eprintln!("not done: {:?} {text}", outcome.error),
        }
    }
    after.sort_by(f64::total_cmp);
    table.told(&format!("burst of {size}: acknowledged, p50"), quantile(&after, 0.5), "ms");
    table.at_most(&format!("burst of {size}: acknowledged, p99"), quantile(&after, 0.99), p99, "ms");
    table.at_most(&format!("burst of {size}: acknowledged, the last"), quantile(&after, 1.0), all, "ms");
    table.at_least(
        &format!("burst of {size}: acknowledged with a number of its own"),
        count(told.len()),
        count(size),
        "",
    );
    rooms(place, size, begun, table).await
}

/// Waits until all is done, and counts what was made.
async fn rooms(place: &Place, size: usize, begun: Instant, table: &mut Table) -> Result<(), Failure> {
    let slug = |number: usize| format!("-burst-{size}-{number}-end");
    let made = || place.fake.with(|state| state.channels.values().filter(|channel| is_of(&channel.name, size)).count());
    place.until("all rooms", || made() >= size).await?;
    table.told(&format!("burst of {size}: all rooms made after"), begun.elapsed().as_secs_f64(), "s");
    place.quiet().await;
    let last = place.fake.calls().iter().map(|call| call.done).max().unwrap_or_default();
    let since = begun.elapsed().as_secs_f64() - f64::from(u32::try_from((place.now() - last) / 1_000)?) / 1_000.0;
    table.told(&format!("burst of {size}: last call after"), since, "s");
    let (mut once, mut said) = (0, 0);
    for number in 0..size {
        let rooms = place.rooms(&slug(number));
        once += usize::from(rooms.len() == 1);
        said += usize::from(rooms.iter().any(|room| !room.said().is_empty() && !room.pins.is_empty()));
    }
    table.at_least(&format!("burst of {size}: with just one room"), count(once), count(size), "");
    table.at_least(&format!("burst of {size}: with a card that is pinned"), count(said), count(size), "");
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for call in place.fake.calls() {
        *calls.entry(call.method).or_default() += 1;
    }
    eprintln!("calls of the burst of {size}: {calls:?}");
    Ok(())
}

fn is_of(name: &str, size: usize) -> bool {
    name.contains(&format!("-burst-{size}-"))
}
