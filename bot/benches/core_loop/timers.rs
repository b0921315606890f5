//! Pages that fall due: how late their notices are committed, as somebody sees it who reads the database.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use firebell::app::App;
use firebell::clock::Clock;
use firebell::store::incidents::Loaded;
use firebell::store::{Store, Tx, Writes, entries, incidents, on, pages};
use firebell_core::chain::Hash;
use firebell_core::ids::{IncidentId, Minter, PageId, PersonId};
use firebell_core::incident::Incident;
use firebell_core::paging::page::{NoticeState, Page};
use firebell_core::policy::Viewer;
use firebell_core::timeline::{Entry, Payload, Stream};
use tokio::sync::watch;
use uuid::Uuid;

use crate::Failure;
use crate::place::{Place, app, random, say};
use crate::table::{Table, count, quantile};

/// Pages that fall due in a second, one in a millisecond.
const PER_SECOND: usize = 1_000;
const SECONDS: usize = 10;
/// Pages that two replicas reach for.
const RACED: usize = 10_000;
/// Most pages that one transaction may go on with.
const IN_ONE: usize = 256;

pub(crate) async fn measure(place: &Place, pending: usize, table: &mut Table) -> Result<(), Failure> {
    steady(place, (pending, pending), table).await?;
    steady(place, (pending, 1_000), table).await?;
    if place.is_postgres() {
        Box::pin(race(place, table)).await?;
    }
    at_once(place, pending, table).await
}

/// 1,000 due a second for ten seconds, over so many incidents.
async fn steady(place: &Place, (pending, incidents): (usize, usize), table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let app = app(&fresh.url).await?;
    let template = template(&app).await?;
    let due = PER_SECOND * SECONDS;
    let clock = Clock::system();
    let begun = Instant::now();
    let far = clock.now() + TimeDelta::hours(2);
    let others = pending.saturating_sub(due);
    fill(&app.store, &template, Fill { pages: 0..others, incidents, due: &|_| far }).await?;
    let share = begun.elapsed().as_secs_f64() * count(due) / count(others.max(1));
    // Whole microseconds, as every instant that the databases keep.
    let wait = Duration::from_secs_f64(3.0 + 2.0 * share);
    let start = clock.now() + TimeDelta::microseconds(i64::try_from(wait.as_micros())?);
    let at = |n: usize| start + TimeDelta::milliseconds(i64::try_from(n - others).unwrap_or(0));
    let wanted = fill(&app.store, &template, Fill { pages: others..pending, incidents, due: &at }).await?;
    if clock.now() > start {
        return Err("the pages were not there in time".into());
    }
    let (stop, stopped) = watch::channel(false);
    let engine = tokio::spawn({
        let engine = app.engine.clone();
        async move { engine.run(stopped).await }
    });
    let seen = watch_notices(&app.store, &clock, wanted.len()).await?;
    let delivered = delivered(&app.store).await?;
    stop.send(true)?;
    engine.await?;
    report(&format!("timers over {incidents} incidents"), (&wanted, &seen), place, table);
    table.told("  of 10,000 notices delivered when the last was committed", delivered, "");
    app.store.close().await;
    fresh.gone().await
}

fn report(what: &str, (wanted, seen): (&HashMap<Uuid, DateTime<Utc>>, &[Seen]), place: &Place, table: &mut Table) {
    let mut late: Vec<f64> = Vec::new();
    let (mut early, mut batches, mut times) = (0, BTreeMap::new(), HashMap::<Uuid, usize>::new());
    for notice in seen {
        let Some(due) = wanted.get(&notice.page) else { continue };
        early += usize::from(notice.queued_at < *due);
        *batches.entry(notice.queued_at).or_insert(0_usize) += 1;
        *times.entry(notice.page).or_default() += 1;
        let after = notice.committed_at.signed_duration_since(*due);
        late.push(after.as_seconds_f64() * 1_000.0);
    }
    late.sort_by(f64::total_cmp);
    let most = if place.is_postgres() { 250.0 } else { 50.0 };
    table.told(&format!("{what}: lateness p50"), quantile(&late, 0.5), "ms");
    table.at_most(&format!("{what}: lateness p99"), quantile(&late, 0.99), most, "ms");
    table.told(&format!("{what}: lateness worst"), quantile(&late, 1.0), "ms");
    table.at_most("  early", count(early), 0.0, "");
    table.at_most("  twice", count(times.values().filter(|times| **times > 1).count()), 0.0, "");
    table.at_most("  never", count(wanted.len().saturating_sub(times.len())), 0.0, "");
    let widest = batches.values().copied().max().unwrap_or(0);
    table.at_most("  pages in one transaction", count(widest), count(IN_ONE), "");
}

/// All due at one instant, and two replicas that reach for them.
async fn race(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let (one, other) = (app(&fresh.url).await?, app(&fresh.url).await?);
    let template = template(&one).await?;
    let instant = Clock::system().now();
    let fill_of = Fill { pages: 0..RACED, incidents: RACED, due: &|_| instant };
    let wanted = fill(&one.store, &template, fill_of).await?;
    let begun = Instant::now();
    let (stop, stopped) = watch::channel(false);
    let serve = |app: &App| {
        let (engine, stopped) = (app.engine.clone(), stopped.clone());
        tokio::spawn(async move { engine.run(stopped).await })
    };
    let serving = [serve(&one), serve(&other)];
    while one.intake.next_due().await?.is_some_and(|next| next <= instant) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    table.told(&format!("race: {RACED} due, two replicas, all committed after"), begun.elapsed().as_secs_f64(), "s");
    stop.send(true)?;
    for serving in serving {
        serving.await?;
    }
    let mut times: HashMap<Uuid, usize> = HashMap::new();
    for page in notices(&one.store).await? {
        *times.entry(page).or_default() += usize::from(wanted.contains_key(&page));
    }
    table.at_most("  twice", count(times.values().filter(|times| **times > 1).count()), 0.0, "");
    table.at_most("  never", count(wanted.keys().filter(|page| !times.contains_key(page)).count()), 0.0, "");
    one.store.close().await;
    other.store.close().await;
    fresh.gone().await
}

/// The pages of all notices, each as often as it has some beside the one that it was copied with.
async fn notices(store: &Store) -> Result<Vec<Uuid>, Failure> {
    let read = store.read(|tx| {
        Box::pin(async move {
            let sql = "SELECT page FROM notice WHERE number > 1";
            let found: Result<Vec<Uuid>, sqlx::Error> = on!(tx, |c| sqlx::query_scalar(sql).fetch_all(c).await);
            Ok(found)
        })
    });
    Ok(read.await??)
}

/// All due at one instant.
async fn at_once(place: &Place, pending: usize, table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let app = app(&fresh.url).await?;
    let template = template(&app).await?;
    let instant = Clock::system().now();
    fill(&app.store, &template, Fill { pages: 0..pending, incidents: pending, due: &|_| instant }).await?;
    let begun = Instant::now();
    let (stop, stopped) = watch::channel(false);
    let engine = tokio::spawn({
        let engine = app.engine.clone();
        async move { engine.run(stopped).await }
    });
    while app.intake.next_due().await?.is_some_and(|next| next <= instant) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = begun.elapsed().as_secs_f64();
    table.told(&format!("timers: {pending} due at one instant, all committed after"), took, "s");
    stop.send(true)?;
    engine.await?;
    app.store.close().await;
    fresh.gone().await
}

/// One incident with a running page, after the front door.
#[derive(Clone)]
struct Template {
    loaded: Loaded,
    page: Page,
    raised: Entry,
    people: Vec<PersonId>,
}

async fn template(app: &App) -> Result<Template, Failure> {
    say(app, "declare".to_owned(), "/incident declare checkout is down sev1 --service checkout".to_owned()).await?;
    let whole = app.intake.record(Viewer::Operator, IncidentId(1)).await??;
    let page = whole.pages.first().ok_or("the declaration paged nobody")?.clone();
    let raised = whole.entries.iter().find(|entry| entry.id == page.raised).ok_or("no entry raised the page")?;
    let people = whole.directory.people.keys().copied().collect();
    Ok(Template { raised: raised.clone(), page, people, loaded: whole.loaded })
}

struct Fill<'f> {
    pages: std::ops::Range<usize>,
    /// Over so many incidents.
    incidents: usize,
    due: &'f dyn Fn(usize) -> DateTime<Utc>,
}

/// Copies of the template's page, each with a due time; answers these.
async fn fill(store: &Store, template: &Template, fill: Fill<'_>) -> Result<HashMap<Uuid, DateTime<Utc>>, Failure> {
    const CHUNK: usize = 1_000;
    let mut wanted = HashMap::new();
    let numbers: Vec<usize> = fill.pages.collect();
    for chunk in numbers.chunks(CHUNK) {
        let mut copies = Vec::with_capacity(chunk.len());
        for number in chunk {
            let page = PageId(uuid::Builder::from_random_bytes(random()?).into_uuid());
            let due = (fill.due)(*number);
            wanted.insert(page.0, due);
            let incident = IncidentId(i64::try_from(2 + number % fill.incidents)?);
            copies.push((*number < fill.incidents, template.copy(incident, page, (due, *number))));
        }
        let copies = Arc::new(copies);
        store
            .write(move |tx| {
                let copies = copies.clone();
                Box::pin(async move { insert(tx, &copies).await })
            })
            .await?;
    }
    Ok(wanted)
}

type Copy = (Loaded, Page, entries::Chained);

async fn insert(tx: &mut Tx<'_>, copies: &[(bool, Copy)]) -> Result<(), firebell::store::StoreError> {
    let new = copies.iter().filter(|(new, _)| *new);
    let rows: Vec<(Option<Incident>, Loaded)> =
        new.clone().map(|(_, (loaded, ..))| (Some(loaded.incident.clone()), loaded.clone())).collect();
    let raised: Vec<entries::Chained> = new.map(|(_, (.., entry))| entry.clone()).collect();
    let pages: Vec<Page> = copies.iter().map(|(_, (_, page, _))| page.clone()).collect();
    let mut writes = Writes::new(tx);
    incidents::save(&mut writes, &rows)?;
    entries::append(&mut writes, &raised)?;
    pages::save(&mut writes, &pages)?;
    writes.run(tx).await.map(drop)
}

impl Template {
    fn copy(&self, incident: IncidentId, page: PageId, (due, number): (DateTime<Utc>, usize)) -> Copy {
        let mut loaded = self.loaded.clone();
        loaded.incident.id = incident;
        loaded.incident.rooms.clear();
        loaded.incident.update_due = None;
        let payload = Payload::Incident(Box::new(self.raised.change.clone().unwrap_or_else(|| unreachable!())));
        let raised = entries::Unchained {
            id: self.raised.id,
            happened_at: self.raised.happened_at,
            recorded_at: self.raised.recorded_at,
            actor: &self.raised.actor,
            payload: &payload,
        };
        let mut mint = Minter::new([0; 32], due);
        let entry = entries::chain(Stream::Incident(incident), &raised, Hash::ZERO, &mut mint)
            .unwrap_or_else(|_| unreachable!("it was read from the database"));
        let mut copy = Page { id: page, incident, ..self.page.clone() };
        if let Some(held) = &mut copy.due {
            held.at = due;
        }
        // The template's own delivery is under way; a copy that waits for one which nobody queued would be repaired.
        for notice in &mut copy.notices {
            notice.state = NoticeState::Delivered { at: notice.queued_at, again: false };
        }
        let person = self.people.get(number % self.people.len()).copied();
        if let (Some(step), Some(person)) = (copy.pinned.steps.get_mut(1), person) {
            step.people = vec![person];
        }
        (loaded, copy, entry)
    }
}

/// A notice as a reader of the database first saw it.
struct Seen {
    page: Uuid,
    queued_at: DateTime<Utc>,
    committed_at: DateTime<Utc>,
}

/// Looks after every commit at what notices are new, until there are as many as wanted.
async fn watch_notices(store: &Store, clock: &Clock, wanted: usize) -> Result<Vec<Seen>, Failure> {
    let mut hints = store.changed();
    let mut seen = Vec::with_capacity(wanted);
    let mut last = newest(store).await?;
    let patience = Instant::now();
    while seen.len() < wanted && patience.elapsed() < Duration::from_mins(3) {
        let _ = tokio::time::timeout(Duration::from_millis(5), hints.changed()).await;
        let rows = since(store, last).await?;
        let committed_at = clock.now();
        for (id, key, queued_at) in rows {
            last = last.max(id);
            let page = key.split_once(":notice:").and_then(|(page, _)| page.parse().ok());
            seen.extend(page.map(|page| Seen { page, queued_at, committed_at }));
        }
    }
    Ok(seen)
}

type Row = (i64, String, DateTime<Utc>);

async fn since(store: &Store, last: i64) -> Result<Vec<Row>, Failure> {
    let read = store.read(move |tx| {
        Box::pin(async move {
            let sql = "SELECT id, key, queued_at FROM effect WHERE id > $1 ORDER BY id";
            let rows: Result<Vec<Row>, sqlx::Error> = on!(tx, |c| sqlx::query_as(sql).bind(last).fetch_all(c).await);
            Ok(rows)
        })
    });
    Ok(read.await??)
}

async fn newest(store: &Store) -> Result<i64, Failure> {
    Ok(since(store, 0).await?.last().map_or(0, |row| row.0))
}

async fn delivered(store: &Store) -> Result<f64, Failure> {
    let read = store.read(|tx| {
        Box::pin(async move {
            let sql = "SELECT count(*) FROM effect WHERE state = 'done' AND key LIKE '%:notice:%'";
            let done: Result<i64, sqlx::Error> = on!(tx, |c| sqlx::query_scalar(sql).fetch_one(c).await);
            Ok(done)
        })
    });
    Ok(count(usize::try_from(read.await??)?))
}
