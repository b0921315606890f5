//! The reconcile pass: what should be is compared with what is, and what is missing is put back. It reads one snapshot,
//! and writes only where it found something.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use firebell_core::effect::Effect;
use firebell_core::ids::{IncidentId, PageId, RoomId};
use firebell_core::incident::Incident;
use firebell_core::owed::owed;
use firebell_core::paging::page::Page;
use uuid::Uuid;

use super::Engine;
use crate::intake::Fault;
use crate::store::{StoreError, Tx, Writes, cards, effects, incidents, outlets, pages, walk};

/// How many incidents of either kind one pass looks at, so that its cost does not grow with theirs.
const SLICE: i64 = 256;
/// How many numbers one pass looks through for incidents that are over and left a room open.
const STRETCH: i64 = 4_096;

/// How far the pass has come; it begins again at the end. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Walk(Arc<Mutex<Place>>);

/// The numbers after which the next pass begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    unfinished: i64,
    left_open: i64,
}

/// What one look found.
#[derive(Default)]
struct Found {
    /// Effects or cards are idle that nobody would wake.
    idle: bool,
    /// Open pages without a due time, and their incidents.
    timeless: Vec<(Uuid, i64)>,
    /// Incidents to which something is missing.
    wanting: Vec<i64>,
    next: Place,
}

/// What is missing to some incidents.
#[derive(Default)]
struct Missing {
    effects: Vec<Effect>,
    cards: Vec<(IncidentId, RoomId)>,
}

/// What was put right.
#[derive(Debug, Default)]
struct Mended {
    woken: u64,
    pages: Vec<(IncidentId, PageId)>,
    effects: Vec<(IncidentId, String)>,
    cards: Vec<(IncidentId, RoomId)>,
}

impl Engine {
    /// Looks at the next slice and puts right what it found.
    pub(super) async fn reconcile(&self) -> Result<(), Fault> {
        let place = self.walk.place();
        let found = self.intake.store.read(move |tx| Box::pin(look(tx, place))).await?;
        let next = found.next;
        if found.idle || !found.timeless.is_empty() || !found.wanting.is_empty() {
            let (found, now) = (Arc::new(found), self.intake.clock.now());
            let mended = self.intake.store.write(move |tx| {
                let found = found.clone();
                Box::pin(async move { mend(tx, &found, now).await })
            });
            let mended = mended.await?;
            mended.log();
            self.metrics.repaired(mended.count());
        }
        // Only now: what a fault kept from being mended is looked at again.
        self.walk.go_on(next);
        Ok(())
    }
}

impl Walk {
    fn place(&self) -> Place {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn go_on(&self, next: Place) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }
}

impl Mended {
    fn count(&self) -> u64 {
        let things = self.pages.len() + self.effects.len() + self.cards.len();
        self.woken + u64::try_from(things).unwrap_or(u64::MAX)
    }

    fn log(&self) {
        if self.woken > 0 {
            tracing::warn!(woken = self.woken, "reconcile pass woke work that nobody would have done");
        }
        for (incident, page) in &self.pages {
            tracing::error!(%incident, %page, "reconcile pass set the timer of a page that had lost it");
        }
        for (incident, effect) in &self.effects {
            tracing::warn!(%incident, effect, "reconcile pass queued an effect that was lost");
        }
        for (incident, room) in &self.cards {
            tracing::warn!(%incident, %room, "reconcile pass wants a card that was lost");
        }
    }
}

async fn look(tx: &mut Tx<'_>, from: Place) -> Result<Found, StoreError> {
    let unfinished = walk::unfinished(tx, from.unfinished, SLICE).await?;
    let left_open = walk::left_open(tx, from.left_open, (STRETCH, SLICE)).await?;
    let numbers: Vec<i64> = unfinished.numbers.into_iter().chain(left_open.numbers).collect();
    let loaded = incidents::get_sound(tx, &numbers).await?;
    let missing = missing(tx, &loaded.into_iter().map(|loaded| loaded.incident).collect::<Vec<_>>()).await?;
    Ok(Found {
        idle: effects::any_idle(tx).await? || cards::any_behind(tx).await? || outlets::any_missing(tx).await?,
        timeless: pages::timeless(tx, SLICE).await?,
        wanting: missing.incidents(),
        next: Place { unfinished: unfinished.next, left_open: left_open.next },
    })
}

/// What these incidents owe and was never queued, and their cards that are astray.
async fn missing(tx: &mut Tx<'_>, slice: &[Incident]) -> Result<Missing, StoreError> {
    let numbers: Vec<i64> = slice.iter().map(|incident| incident.id.0).collect();
    let open = pages::open_of(tx, &numbers).await?;
    let of = |incident: &Incident| -> Vec<Page> {
        open.iter().filter(|page| page.incident == incident.id).cloned().collect()
    };
    let all: Vec<Effect> = slice.iter().flat_map(|incident| owed(incident, &of(incident))).collect();
    Ok(Missing { effects: effects::unknown(tx, all).await?, cards: cards::astray(tx, slice).await? })
}

impl Missing {
    fn incidents(&self) -> Vec<i64> {
        let of_effects = self.effects.iter().filter_map(|effect| effect.work.incident());
        let mut numbers: Vec<i64> =
            of_effects.chain(self.cards.iter().map(|(incident, _)| *incident)).map(|id| id.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}

/// Puts right what was found, as it is by now: another replica may have been first.
async fn mend(tx: &mut Tx<'_>, found: &Found, now: DateTime<Utc>) -> Result<Mended, StoreError> {
    let mut mended = Mended::default();
    // Incidents are locked before pages, and both before lanes, as everywhere.
    let mut numbers: Vec<i64> = found.timeless.iter().map(|(_, incident)| *incident).collect();
    numbers.extend(&found.wanting);
    numbers.sort_unstable();
    numbers.dedup();
    let locked: Vec<Incident> =
        incidents::lock_all(tx, &numbers).await?.into_iter().map(|loaded| loaded.incident).collect();
    mended.pages = set_going(tx, &found.timeless, now).await?;
    let wanting: Vec<Incident> = locked.into_iter().filter(|incident| found.wanting.contains(&incident.id.0)).collect();
    let missing = missing(tx, &wanting).await?;
    let mut writes = Writes::new(tx);
    effects::enqueue(tx, &mut writes, &missing.effects, now).await?;
    writes.run(tx).await?;
    let keyed = |effect: Effect| Some((effect.work.incident()?, effect.key));
    mended.effects = missing.effects.into_iter().filter_map(keyed).collect();
    for (id, room) in missing.cards {
        let incident = wanting.iter().find(|incident| incident.id == id);
        if let Some((incident, of)) = incident.and_then(|incident| Some((incident, incident.room(room)?))) {
            cards::want_anew(tx, incident, of, now).await?;
            mended.cards.push((id, room));
        }
    }
    if found.idle {
        mended.woken = effects::reconcile(tx, now).await? + cards::reconcile(tx, now).await?;
        // Now that all that is to be done is ready: only that is looked at.
        mended.woken += outlets::add_missing(tx).await?;
    }
    tx.wake().await?;
    Ok(mended)
}

/// Sets the timers of pages that have none.
async fn set_going(
    tx: &mut Tx<'_>,
    timeless: &[(Uuid, i64)],
    now: DateTime<Utc>,
) -> Result<Vec<(IncidentId, PageId)>, StoreError> {
    let ids: Vec<Uuid> = timeless.iter().map(|(page, _)| *page).collect();
    let mut held = pages::lock_timeless(tx, &ids).await?;
    for page in &mut held {
        page.resume(now);
    }
    Writes::alone(tx, |writes| pages::save(writes, &held)).await?;
    Ok(held.iter().map(|page| (page.incident, page.id)).collect())
}
