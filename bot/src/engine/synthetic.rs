//! The synthetic page: now and then a notice takes the way of every other, to somebody who need not answer, and what came
//! of it proves that people can be paged.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::effect::Effect;
use firebell_core::ids::{Key, PersonId};
use firebell_core::timeline::{InstallationChange, NoticeOutcome};

use super::Engine;
use crate::intake::{Fault, Intake};
use crate::store::synthetic::{self, Last, Standing};
use crate::store::{StoreError, Tx, effects};

/// Whom to page, by what, how often, and within what time it must arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synthetic {
    /// A handle.
    pub person: Key,
    /// Absent for the first by which they are reached.
    pub method: Option<ContactMethod>,
    pub every: TimeDelta,
    pub within: TimeDelta,
}

impl Synthetic {
    /// When the next is due after one that was due at `due` and is sent at `now`: in step with those before, and never in
    /// the past, so that an outage is followed by one alone.
    fn next(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
        let every = self.every.num_milliseconds().max(1);
        let passed = now.signed_duration_since(due).num_milliseconds().max(0) / every;
        let ahead = TimeDelta::try_milliseconds(every.saturating_mul(passed + 1));
        ahead.and_then(|ahead| due.checked_add_signed(ahead)).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// When it is due by what is known of it. Where it became more frequent, it is not waited for longer than that.
    fn due(&self, standing: Option<&Standing>, now: DateTime<Utc>) -> DateTime<Utc> {
        let latest = now.checked_add_signed(self.every).unwrap_or(now);
        standing.map_or(now, |standing| standing.due_at.min(latest))
    }

    /// When the one was sent that has not arrived as it should have, if it has not.
    pub(super) fn missed(&self, standing: &Standing, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let Last { sent_at, settled_at, failure, .. } = standing.last.as_ref()?;
        let late = now.signed_duration_since(*sent_at) > self.within;
        let missed = failure.is_some() || (settled_at.is_none() && late);
        missed.then_some(*sent_at)
    }
}

/// Who is told, and by what; or why nobody can be.
type Recipient = Result<(PersonId, ContactMethod), String>;

impl Engine {
    /// Sends the synthetic page if it is due; whether it did. Of several replicas one does.
    ///
    /// # Errors
    /// Nothing was committed; it stays due.
    pub async fn prove(&self) -> Result<bool, Fault> {
        let Some(synthetic) = self.synthetic.clone() else { return Ok(false) };
        let now = self.intake.clock.now();
        // Most looks find nothing, and a look costs no commit.
        if self.next_proof(now).await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        let (intake, seeds) = (self.intake.clone(), (self.intake.seed()?, self.intake.seed()?));
        let sent = self.intake.store.write(move |tx| {
            let (intake, synthetic) = (intake.clone(), synthetic.clone());
            Box::pin(async move { send(&intake, tx, &synthetic, (seeds, now)).await })
        });
        Ok(sent.await?)
    }

    /// When the next synthetic page is due as of `now`, where one is configured: at once if there was none before.
    pub(super) async fn next_proof(&self, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Fault> {
        let Some(synthetic) = &self.synthetic else { return Ok(None) };
        let standing = self.intake.store.look(|tx| Box::pin(synthetic::get(tx))).await?;
        Ok(Some(synthetic.due(standing.as_ref(), now)))
    }
}

async fn send(
    intake: &Intake,
    tx: &mut Tx<'_>,
    synthetic: &Synthetic,
    (seeds, now): (([u8; 32], [u8; 32]), DateTime<Utc>),
) -> Result<bool, StoreError> {
    let mut standing = synthetic::lock(tx).await?;
    let due = synthetic.due(standing.as_ref(), now);
    if due > now {
        return Ok(false);
    }
    if standing.is_none() {
        synthetic::begin(tx, due).await?;
        // Another replica may have been first, and there was no row to wait for.
        standing = synthetic::lock(tx).await?;
        if standing.as_ref().is_none_or(|standing| standing.due_at > now) {
            return Ok(false);
        }
    }
    let recipient = recipient(synthetic, &*intake.directory_in(tx).await?);
    let last = standing.and_then(|standing| standing.last).filter(|last| last.settled_at.is_none());
    if let Some(last) = &last {
        failed(intake, tx, (&last.key, "it had not arrived when the next was due"), (seeds.1, now)).await?;
    }
    let next = synthetic.next(due, now);
    let (person, method) = match recipient {
        Ok(found) => found,
        Err(why) => {
            tracing::error!(why, "the synthetic page cannot be sent; mend [synthetic]");
            let key = format!("synthetic:nobody:{}", due.timestamp_micros());
            synthetic::sent(tx, &key, now, next).await?;
            failed(intake, tx, (&key, &why), (seeds.0, now)).await?;
            return Ok(true);
        }
    };
    let effect = Effect::synthetic(person, method, due);
    synthetic::sent(tx, &effect.key, now, next).await?;
    let change = InstallationChange::SyntheticSent { key: effect.key.clone(), person, method, due };
    intake.record_installation(tx, change, (seeds.0, now)).await?;
    // Lanes come last.
    if let Some(last) = last {
        effects::cancel(tx, &[last.key], now).await?;
    }
    effects::queue(tx, &[effect], now).await?;
    Ok(true)
}

/// The one with this key did not arrive and will not.
async fn failed(
    intake: &Intake,
    tx: &mut Tx<'_>,
    (key, why): (&str, &str),
    (seed, now): ([u8; 32], DateTime<Utc>),
) -> Result<(), StoreError> {
    if !synthetic::settle(tx, key, Some(why), now).await? {
        return Ok(());
    }
    let outcome = NoticeOutcome::Failed { reason: why.to_owned() };
    let change = InstallationChange::SyntheticSettled { key: key.to_owned(), outcome };
    intake.record_installation(tx, change, (seed, now)).await
}

fn recipient(synthetic: &Synthetic, directory: &Directory) -> Recipient {
    let handle = &synthetic.person;
    let person = directory.people.values().find(|person| person.active && person.handle == *handle);
    let person = person.ok_or_else(|| format!("nobody is called @{handle}"))?;
    let method = synthetic.method.or_else(|| person.contacts.first().copied());
    let method = method.ok_or_else(|| format!("@{handle} has no contact method"))?;
    Ok((person.id, method))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daily() -> Synthetic {
        let (every, within) = (TimeDelta::days(1), TimeDelta::minutes(5));
        Synthetic { person: Key::new("ana").unwrap(), method: None, every, within }
    }

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    #[test]
    fn an_outage_is_followed_by_one_alone_and_the_hour_stays() {
        // When it was due, when it is sent, and when the next is due.
        for (due, now, next) in [(9, 9, 33), (9, 10, 33), (9, 32, 33), (9, 33, 57), (9, 24 * 30, 24 * 30 + 9)] {
            assert_eq!(daily().next(at(due), at(now)), at(next), "due at {due}, sent at {now}");
        }
    }

    #[test]
    fn it_is_due_at_once_at_first_and_never_later_than_its_pace() {
        let standing = |due| Standing { due_at: at(due), last: None, delivered_at: None };
        for (standing, now, due) in [
            (None, 9, 9),
            (Some(standing(20)), 9, 20),
            (Some(standing(5)), 9, 5),
            // It was sent once a week before.
            (Some(standing(100)), 9, 33),
        ] {
            assert_eq!(daily().due(standing.as_ref(), at(now)), at(due), "{standing:?}");
        }
    }

    #[test]
    fn one_is_missed_that_failed_or_did_not_arrive_in_time() {
        let sent = |settled_at, failure: Option<&str>| Standing {
            due_at: at(24),
            last: Some(Last { key: String::new(), sent_at: at(0), settled_at, failure: failure.map(str::to_owned) }),
            delivered_at: None,
        };
        let nothing = Standing { due_at: at(24), last: None, delivered_at: None };
        for (case, standing, minutes, missed) in [
            ("none was sent", nothing, 60, false),
            ("it is under way", sent(None, None), 5, false),
            ("it is late", sent(None, None), 6, true),
            ("it arrived", sent(Some(at(0)), None), 60, false),
            ("it arrived late", sent(Some(at(1)), None), 60, false),
            ("it failed", sent(Some(at(0)), Some("no such number")), 0, true),
        ] {
            let now = at(0) + TimeDelta::minutes(minutes);
            assert_eq!(daily().missed(&standing, now), missed.then(|| at(0)), "{case}");
        }
    }
}
