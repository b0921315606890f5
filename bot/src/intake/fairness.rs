//! How often people were paged by a schedule, counted from the pages that the database holds.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebell_core::directory::Directory;
use firebell_core::ids::PersonId;
use firebell_core::oncall::fairness::Paged;
use firebell_core::oncall::schedule::Schedule;
use firebell_core::oncall::shift::Span;

use super::{Fault, Intake};
use crate::store::{StoreError, Tx, meant};

/// How many rows are held at once, so that a year of alarms fits into memory.
const SLICE: i64 = 10_000;

impl Intake {
    /// Who was paged how often by a schedule within a stretch of time.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn paged_by(
        &self,
        directory: &Arc<Directory>,
        schedule: &Schedule,
        span: Span,
    ) -> Result<BTreeMap<PersonId, Paged>, Fault> {
        let (directory, schedule) = (directory.clone(), schedule.clone());
        let counted =
            self.store.read(move |tx| Box::pin(async move { count(tx, (&directory, &schedule), span).await }));
        Ok(counted.await?)
    }
}

async fn count(
    tx: &mut Tx<'_>,
    (directory, schedule): (&Directory, &Schedule),
    span: Span,
) -> Result<BTreeMap<PersonId, Paged>, StoreError> {
    let mut paged: BTreeMap<PersonId, Paged> = BTreeMap::new();
    let mut last = None;
    loop {
        let slice = meant::within(tx, &schedule.key, span, (last, SLICE)).await?;
        for meant in &slice {
            let zone = directory.people.get(&meant.person).map_or(schedule.zone, |held| held.zone);
            paged.entry(meant.person).or_default().add(meant.at, zone);
        }
        last = slice.last().copied();
        if last.is_none() {
            return Ok(paged);
        }
    }
}
