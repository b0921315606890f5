//! Reading again what is due: by one replica, whenever it starts and however often it is killed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::directory::{Directory, DirectoryChange};
use firebell_core::ids::PersonId;
use firebell_core::oncall::calendar::{Calendar, CalendarEvent, CalendarSource, Days};
use sha2::{Digest as _, Sha256};

use super::fetch::{Fetched, Validators};
use super::{Calendars, Content, content};
use crate::intake::{Fault, Wanted};
use crate::store::calendars::{self, Reading};
use crate::text::hex;

/// How long nobody else reads a calendar that somebody has begun to read.
const CLAIMED: TimeDelta = TimeDelta::minutes(2);
/// One that cannot be read is tried again so soon at the latest, and at its own pace where that is sooner.
const AGAIN: TimeDelta = TimeDelta::minutes(15);

impl Calendars {
    /// Reads what is due; whether anything was.
    ///
    /// # Errors
    /// The database failed.
    pub async fn refresh(&self) -> Result<bool, Fault> {
        let now = self.intake.clock.now();
        let mut any = false;
        let directory = self.intake.directory().await?;
        for (calendar, source, due) in self.dues(&directory, now).await? {
            if due <= now {
                any |= self.look_at(&directory, (&calendar, &source), now).await?;
            }
        }
        Ok(any)
    }

    /// When one is due next.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        let (now, directory) = (self.intake.clock.now(), self.intake.directory().await?);
        Ok(self.dues(&directory, now).await?.into_iter().map(|(.., due)| due).min())
    }

    /// The calendars with the instants at which they are due: at once, where nobody has looked after them yet.
    async fn dues(
        &self,
        directory: &Directory,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Calendar, CalendarSource, DateTime<Utc>)>, Fault> {
        let readings = self.intake.calendar_readings(directory).await?;
        let due = |calendar: &Calendar| {
            let source = calendar.source.clone()?;
            let reading = readings.get(&calendar.key).filter(|reading| reading.mark == source.mark);
            // Where it became more frequent, it is not waited for longer than that.
            let latest = now.checked_add_signed(source.refresh()).unwrap_or(now);
            Some((calendar.clone(), source, reading.map_or(now, |reading| reading.due_at.min(latest))))
        };
        Ok(directory.calendars.values().filter_map(due).collect())
    }

    /// Reads one, unless another replica does; whether this one did.
    async fn look_at(
        &self,
        directory: &Directory,
        (calendar, source): (&Calendar, &CalendarSource),
        now: DateTime<Utc>,
    ) -> Result<bool, Fault> {
        let (key, mark) = (calendar.key.clone(), source.mark.clone());
        let until = now.checked_add_signed(CLAIMED).unwrap_or(now);
        let latest = now.checked_add_signed(source.refresh()).unwrap_or(now);
        let claimed = self.intake.store.write(move |tx| {
            let (key, mark) = (key.clone(), mark.clone());
            Box::pin(async move { calendars::claim(tx, (&key, &mark), (now, latest), until).await })
        });
        let Some(reading) = claimed.await? else { return Ok(false) };
        let planned = directory.plans_by(&calendar.key);
        let known = known(&reading, &digest(&calendar.days, &calendar.events), now);
        // One that does not open holds up no other.
        let fetched = match self.url(source) {
            Ok(url) => self.fetcher.fetch(&url, known.as_ref()).await,
            Err(why) => Err(format!("{why}; apply it anew")),
        };
        match fetched {
            Ok(Fetched::Same) => self.heard((calendar, source), None, now).await?,
            Ok(Fetched::New { text, validators }) => {
                let names = planned.then(|| names(directory));
                match content(&text, source.zone, (now, names.as_ref())) {
                    Ok(content) => {
                        let digest = self.take_over((calendar, source), content).await?;
                        self.heard((calendar, source), Some((validators, digest)), now).await?;
                    }
                    Err(why) => {
                        // It may repeat people's addresses, which no log holds.
                        tracing::warn!(
                            calendar = %calendar.key,
                            host = source.host,
                            "what a calendar says is not understood, and what it said last counts on; `firebell doctor` says why"
                        );
                        self.failed((calendar, source), why, now).await?;
                    }
                }
            }
            Err(why) => {
                tracing::warn!(calendar = %calendar.key, host = source.host, why, "a calendar is not read; what it said last counts on");
                self.failed((calendar, source), why, now).await?;
            }
        }
        Ok(true)
    }

    /// What it says becomes what the directory holds, where that is another; answers its digest.
    async fn take_over(
        &self,
        (calendar, source): (&Calendar, &CalendarSource),
        content: Content<PersonId>,
    ) -> Result<String, Fault> {
        let Content { days, events } = content;
        let with = |(event, people): (CalendarEvent, Vec<PersonId>)| CalendarEvent { people, ..event };
        let events: Vec<CalendarEvent> = events.into_iter().map(with).collect();
        let (key, mark, digest) = (calendar.key.clone(), source.mark.clone(), digest(&days, &events));
        let wanted: Wanted = Arc::new(move |directory, _| {
            let held = directory.calendars.get(&key);
            let held = held.filter(|held| held.source.as_ref().is_some_and(|source| source.mark == mark));
            let is = held.map(|held| Calendar { days: days.clone(), events: events.clone(), ..held.clone() });
            let changed = is.filter(|is| Some(is) != held);
            changed.into_iter().map(DirectoryChange::CalendarSaved).collect()
        });
        let actor = Actor { who: Who::Firebell, via: Via::Timer };
        if self.intake.change_directory(actor, wanted).await? > 0 {
            tracing::info!(calendar = %calendar.key, host = source.host, "a calendar says something else by now");
        }
        Ok(digest)
    }

    async fn heard(
        &self,
        (calendar, source): (&Calendar, &CalendarSource),
        read: Option<(Validators, String)>,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let (key, mark) = (calendar.key.clone(), source.mark.clone());
        let next = now.checked_add_signed(source.refresh()).unwrap_or(now);
        let settled = self.intake.store.write(move |tx| {
            let (key, mark, read) = (key.clone(), mark.clone(), read.clone());
            Box::pin(async move {
                calendars::heard(tx, (&key, &mark), (now, next)).await?;
                if let Some((Validators { etag, modified }, digest)) = read {
                    calendars::read(tx, (&key, &mark), (etag.as_deref(), modified.as_deref(), &digest), now).await?;
                }
                Ok(())
            })
        });
        Ok(settled.await?)
    }

    /// What was good last stays.
    async fn failed(
        &self,
        (calendar, source): (&Calendar, &CalendarSource),
        why: String,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        let (key, mark) = (calendar.key.clone(), source.mark.clone());
        let next = now.checked_add_signed(source.refresh().min(AGAIN)).unwrap_or(now);
        let settled = self.intake.store.write(move |tx| {
            let (key, mark, why) = (key.clone(), mark.clone(), why.clone());
            Box::pin(async move { calendars::failed(tx, (&key, &mark), &why, next).await })
        });
        Ok(settled.await?)
    }
}

/// By what a server may answer that nothing has changed: not in another month, for which more of the calendar is worked
/// out, and not where the directory holds something else by now, as after an apply.
fn known(reading: &Reading, holds: &str, now: DateTime<Utc>) -> Option<Validators> {
    let month = |at: DateTime<Utc>| (at.year(), at.month());
    let fits = reading.read_at.is_some_and(|at| month(at) == month(now)) && reading.digest.as_deref() == Some(holds);
    fits.then(|| Validators { etag: reading.etag.clone(), modified: reading.modified.clone() })
}

/// What tells what a calendar says from anything else.
fn digest(days: &[Days], events: &[CalendarEvent]) -> String {
    hex(&Sha256::digest(format!("{days:?} {events:?}").as_bytes()))
}

/// By what events may call people.
fn names(directory: &Directory) -> BTreeMap<String, PersonId> {
    let active = directory.people.values().filter(|person| person.active);
    let names = active.flat_map(|person| {
        let names = [Some(person.handle.as_str()), person.email.as_deref()];
        names.into_iter().flatten().map(|name| (name.to_lowercase(), person.id)).collect::<Vec<_>>()
    });
    names.collect()
}
