//! What whoever comes on call takes over, read from the database as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::directory::{Directory, Person};
use firebell_core::ids::{IncidentId, Key};
use firebell_core::incident::Incident;
use firebell_core::oncall::schedule::Schedule;
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;
use firebell_core::view::{PackFacts, PackView};

use super::{Fault, Intake};
use crate::render::Target;
use crate::store::{StoreError, Tx, incidents, meant, pages};

/// How many open incidents are looked at, and how many pages are told.
const INCIDENTS_MAX: i64 = 200;
const PAGES_MAX: i64 = 20;

impl Intake {
    /// What there is to take over by a schedule; of all that somebody has to do with, without one.
    pub(super) async fn handoff_text(
        &self,
        (target, person): (Target, &Person),
        directory: &Arc<Directory>,
        named: Option<&str>,
    ) -> Result<Result<String, Refusal>, Fault> {
        let now = self.clock.now();
        let schedules: Vec<Schedule> = match named.map(|named| directory.resolve_schedule(named)).transpose() {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Some(schedule)) => vec![schedule.clone()],
            Ok(None) => own(directory, person, now),
        };
        if schedules.is_empty() {
            let message = "you are on call by no schedule, now or next; name one, as `/oncall handoff web`";
            return Ok(Err(Refusal::NotAllowed { message: message.to_owned() }));
        }
        let mut texts = Vec::with_capacity(schedules.len());
        for schedule in schedules {
            let (this, held, asked) = (self.clone(), directory.clone(), schedule.clone());
            let facts =
                self.store.read(move |tx| Box::pin(async move { this.pack_facts(tx, (&held, &asked), now).await }));
            let viewer = Viewer::person(person);
            let times = target.times(person.zone);
            let facts = facts.await?;
            let view = PackView::of((directory, &schedule), &facts, |incident| viewer.sees(incident), (now, times));
            texts.push(self.renderer.handoff(target, &view)?.trim_end().to_owned());
        }
        Ok(Ok(texts.join("\n\n")))
    }

    /// The incidents and pages that concern a schedule.
    pub(crate) async fn pack_facts(
        &self,
        tx: &mut Tx<'_>,
        (directory, schedule): (&Directory, &Schedule),
        now: DateTime<Utc>,
    ) -> Result<PackFacts, StoreError> {
        let listed = incidents::list(tx, incidents::Listed::Active, Viewer::Operator, INCIDENTS_MAX).await?;
        let active: Vec<Incident> = listed.into_iter().map(|loaded| loaded.incident).collect();
        let numbers: Vec<i64> = active.iter().map(|incident| incident.id.0).collect();
        let meant_by = meant::incidents(tx, &schedule.key, &numbers).await?;
        let concerns = |incident: &Incident| {
            meant_by.contains(&incident.id.0) || directory.covers(&schedule.key, incident.services.iter())
        };
        let open = active.into_iter().filter(concerns).collect();
        let since = PackView::begins(directory, &schedule.key, now);
        let mut ids = meant::newest(tx, &schedule.key, since, PAGES_MAX + 1).await?;
        let most = usize::try_from(PAGES_MAX).unwrap_or(usize::MAX);
        let more = ids.len() > most;
        ids.truncate(most);
        let mut pages = pages::get_all(tx, &ids).await?;
        pages.sort_by_key(|page| (std::cmp::Reverse(page.raised_at), page.id));
        let of: BTreeSet<i64> = pages.iter().map(|page| page.incident.0).collect();
        let about = incidents::get_all(tx, &of.into_iter().collect::<Vec<_>>()).await?;
        let about: BTreeMap<IncidentId, Incident> =
            about.into_iter().map(|loaded| (loaded.incident.id, loaded.incident)).collect();
        Ok(PackFacts { open, pages, paged: about, more })
    }
}

/// The schedules by which somebody is on call, now or next.
fn own(directory: &Directory, person: &Person, now: DateTime<Utc>) -> Vec<Schedule> {
    let concerned = |key: &Key| {
        let Some(roster) = directory.roster(key) else { return false };
        roster.at(now).names(person.id) || roster.handoff_after(now).is_some_and(|next| next.to.contains(&person.id))
    };
    directory.schedules.values().filter(|schedule| concerned(&schedule.key)).cloned().collect()
}
