//! Incidents that are like one. A database finds candidates, core ranks them, and nobody is told of one that they may not
//! see.

use std::collections::BTreeMap;

use firebell_core::incident::Incident;
use firebell_core::policy::Viewer;
use firebell_core::similar::{Query, Ranking, Similar, is_told, searched};
use firebell_core::view::{EARLIER, SIMILAR_MAX};

use super::{Fault, Intake};
use crate::store::{StoreError, Tx, incidents, searched as index};

/// Of so many that are most similar it is asked whether the viewer may see them.
const ASKED_MAX: usize = 200;

impl Intake {
    /// The incidents like this one that a viewer may see, what is most similar first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn similar(&self, viewer: Viewer, incident: &Incident) -> Result<Vec<Similar>, Fault> {
        let query = Query::of(incident.id, &searched(incident));
        let read = self.store.read(move |tx| Box::pin(found(tx, query, (viewer, i64::MAX, SIMILAR_MAX))));
        Ok(read.await?)
    }

    /// The earlier incidents like this one of which its card tells: those that everybody may see, since nobody knows who
    /// comes to see a card. A card without them is better than none, so that a failure is told to the log alone.
    pub async fn earlier(&self, incident: &Incident) -> Vec<Similar> {
        let (query, wanted) = (Query::of(incident.id, &searched(incident)), (Viewer::Public, incident.id.0, EARLIER));
        let read = self.store.read(move |tx| Box::pin(found(tx, query, wanted))).await;
        read.unwrap_or_else(|error| {
            tracing::warn!(%error, incident = %incident.id, "earlier incidents like it not found; its card goes without");
            Vec::new()
        })
    }
}

/// At most `most` of those before the number `below`.
async fn found(
    tx: &mut Tx<'_>,
    query: Query,
    (viewer, below, most): (Viewer, i64, usize),
) -> Result<Vec<Similar>, StoreError> {
    let known = index::frequencies(tx, &query.words()).await?;
    let candidates = index::candidates(tx, &query.plan(&known), below).await?;
    let ranking = Ranking::new(&query, &known);
    let mut ranked = ranking.rank(candidates.rows());
    ranked.truncate(ASKED_MAX);
    let (mut told, mut left) = (Vec::new(), ranked.as_slice());
    while !left.is_empty() && told.len() < most {
        // Nearly always all may be told of; where they may not, more are asked for each time.
        let (asked, later) = left.split_at(left.len().min(most + ranked.len() - left.len()));
        let numbers: Vec<i64> = asked.iter().map(|found| found.row.incident.0).collect();
        let loaded = incidents::told_of(tx, viewer, &numbers).await?;
        let mut loaded: BTreeMap<_, _> =
            loaded.into_iter().map(|loaded| (loaded.incident.id, loaded.incident)).collect();
        // The statement only spares rows; who sees what, and what is told, is decided in core.
        told.extend(asked.iter().filter_map(|found| {
            let incident = loaded.remove(&found.row.incident).filter(|other| viewer.sees(other) && is_told(other))?;
            Some(Similar { incident, reasons: ranking.reasons(found.row) })
        }));
        left = later;
    }
    told.truncate(most);
    Ok(told)
}
