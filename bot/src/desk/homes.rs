//! Pages that somebody looks at are kept current: those that were opened lately, for as long as this process runs.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::WorkspaceId;
use tokio::sync::watch;

use super::{Door, FrontDesk};
use crate::intake::Fault;
use crate::platform::incoming::Home;
use crate::stop::stopped;

/// For how long a page is kept current after it was opened.
const KEPT: TimeDelta = TimeDelta::minutes(30);
/// How many pages of a workspace are kept current; beyond these the ones that were opened first are left as they are.
const KEPT_MAX: usize = 200;
/// How long what is committed is waited out: most of what happens takes several commits.
const SETTLED: TimeDelta = TimeDelta::seconds(2);
/// How often pages are looked at without a hint that something was committed, as hints can be missed.
const LOOK_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long a page rests that could not be shown; twice as long each time.
const REST: TimeDelta = TimeDelta::seconds(10);
const REST_MAX: TimeDelta = TimeDelta::minutes(5);

/// The pages that were opened lately, by workspace and account.
#[derive(Default)]
pub(super) struct OpenHomes(Mutex<HashMap<WorkspaceId, BTreeMap<String, Opened>>>);

struct Opened {
    until: DateTime<Utc>,
    seen: Seen,
}

/// What somebody sees. Whoever holds it is the only one who shows them something.
type Seen = Arc<tokio::sync::Mutex<Shown>>;

/// What somebody was shown last.
#[derive(Default)]
pub(super) struct Shown {
    /// Absent while it is not known, as after a call that nobody answered.
    home: Option<Home>,
    /// Until when it rests, and for how long that is.
    rests: Option<(DateTime<Utc>, TimeDelta)>,
}

/// How looking at one page ended.
enum Look {
    /// It is as it should be, or is nobody's any more.
    Current,
    /// It is looked at again then.
    Rests(DateTime<Utc>),
    /// Just now it could not be shown.
    Failed,
}

impl OpenHomes {
    /// Somebody opened their page.
    pub(super) fn opened(&self, workspace: WorkspaceId, account: &str, now: DateTime<Utc>) -> Seen {
        let mut homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let homes = homes.entry(workspace).or_default();
        homes.retain(|_, opened| opened.until > now);
        if homes.len() >= KEPT_MAX && !homes.contains_key(account) {
            let first = homes.iter().min_by_key(|(_, opened)| opened.until).map(|(account, _)| account.clone());
            first.map(|first| homes.remove(&first));
        }
        let opened =
            homes.entry(account.to_owned()).or_insert_with(|| Opened { until: now + KEPT, seen: Seen::default() });
        opened.until = now + KEPT;
        opened.seen.clone()
    }

    fn of(&self, workspace: WorkspaceId, now: DateTime<Utc>) -> Vec<(String, Seen)> {
        let homes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let homes = homes.get(&workspace).into_iter().flatten().filter(|(_, opened)| opened.until > now);
        homes.map(|(account, opened)| (account.clone(), opened.seen.clone())).collect()
    }
}

impl Shown {
    /// Shows somebody their page; answers whether they see it.
    pub(super) async fn show(&mut self, door: &Door, account: String, home: Home, now: DateTime<Utc>) -> bool {
        self.home = None;
        match door.chat.show_home(account, home.clone()).await {
            Ok(()) => {
                (self.home, self.rests) = (Some(home), None);
                true
            }
            Err(unanswered) => {
                tracing::warn!(why = unanswered.0, "a home page was not shown; it is tried again while it is open");
                let rest = self.rests.map_or(REST, |(_, rest)| (rest * 2).min(REST_MAX));
                self.rests = Some((now + rest, rest));
                false
            }
        }
    }
}

impl FrontDesk {
    /// Keeps the pages of a workspace current until `stop` turns true: after what was committed has settled, each is made
    /// anew, and shown where it differs from what was shown last. A page that nobody opened for half an hour is left as it
    /// is.
    pub async fn keep_homes(&self, workspace: WorkspaceId, mut stop: watch::Receiver<bool>) {
        let (clock, mut hints) = (&self.intake.clock, self.intake.store.changed());
        let mut next = clock.now() + LOOK_EVERY;
        loop {
            tokio::select! {
                Ok(()) = hints.changed() => {}
                () = clock.sleep_until(next) => {}
                () = stopped(&mut stop) => return,
            }
            tokio::select! {
                () = clock.after(SETTLED) => {}
                () = stopped(&mut stop) => return,
            }
            hints.mark_unchanged();
            let rested = tokio::select! {
                rested = self.look_at_homes(workspace) => rested,
                () = stopped(&mut stop) => return,
            };
            next = rested.into_iter().chain([clock.now() + LOOK_EVERY]).min().unwrap_or(next);
        }
    }

    /// Looks at each page once; answers when the first of those has rested that could not be shown. One that fails ends the
    /// round, so that a platform which does not answer is not asked by each page in turn.
    async fn look_at_homes(&self, workspace: WorkspaceId) -> Option<DateTime<Utc>> {
        let door = self.door(workspace).ok()?;
        let mut next: Option<DateTime<Utc>> = None;
        for (account, seen) in self.homes.of(workspace, self.intake.clock.now()) {
            let mut seen = seen.lock().await;
            match self.look_at_home((workspace, door), account, &mut seen).await {
                Ok(Look::Current) => {}
                Ok(Look::Rests(until)) => next = next.into_iter().chain([until]).min(),
                Ok(Look::Failed) => return Some(self.intake.clock.now() + REST),
                Err(fault) => {
                    tracing::warn!(%fault, "home pages are not kept current at present; they are looked at again");
                    return Some(self.intake.clock.now() + REST);
                }
            }
        }
        next
    }

    async fn look_at_home(
        &self,
        (workspace, door): (WorkspaceId, &Door),
        account: String,
        seen: &mut Shown,
    ) -> Result<Look, Fault> {
        let now = self.intake.clock.now();
        if let Some((until, _)) = seen.rests.filter(|(until, _)| *until > now) {
            return Ok(Look::Rests(until));
        }
        let directory = self.intake.directory().await?;
        let person = directory.person_by_account(workspace, &account).map(|person| person.id);
        let home = self.page((workspace, door), person).await?;
        if seen.home.as_ref() == Some(&home) || seen.show(door, account, home, now).await {
            return Ok(Look::Current);
        }
        Ok(Look::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_homes_are_kept_current_and_for_so_long() {
        let (homes, start) = (OpenHomes::default(), DateTime::<Utc>::UNIX_EPOCH);
        let at = |second: usize| start + TimeDelta::seconds(i64::try_from(second).unwrap());
        let workspace = |number| WorkspaceId(uuid::Uuid::from_u128(number));
        let held = |number, now| homes.of(workspace(number), now).into_iter().map(|(account, _)| account);
        homes.opened(workspace(2), "U0", start);
        for number in 0..KEPT_MAX {
            homes.opened(workspace(1), &format!("U{number}"), at(number));
        }
        let again = homes.opened(workspace(1), "U0", at(KEPT_MAX));
        assert_eq!(held(1, at(KEPT_MAX)).count(), KEPT_MAX, "opening one again takes no other's place");
        homes.opened(workspace(1), "U-new", at(KEPT_MAX + 1));
        assert_eq!(held(1, at(KEPT_MAX + 1)).count(), KEPT_MAX);
        assert!(!held(1, at(KEPT_MAX + 1)).any(|account| account == "U1"), "the one that was opened first gives way");
        assert_eq!(held(2, start).collect::<Vec<_>>(), ["U0"], "each workspace has places of its own");
        let seen = homes.of(workspace(1), at(KEPT_MAX)).remove(1).1;
        assert!(Arc::ptr_eq(&seen, &again), "what was seen is remembered");
        assert_eq!(held(2, start + KEPT).count(), 0);
    }
}
