//! Calendars that people subscribe to: the addresses at which they stand, and what is read there.

use std::sync::Arc;

use chrono::{DateTime, Datelike as _, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use firebell_core::directory::{Directory, Person};
use firebell_core::ids::{Key, PersonId};
use firebell_core::oncall::schedule::{Schedule, Source};
use firebell_core::oncall::shift::Span;
use firebell_core::policy;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::view;
use reqwest::Url;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Answer, Decided, Fault, Inbound, Intake, Shown};
use crate::ical::{FeedEntry, Stamp, feed};
use crate::store::{StoreError, Tx, Writes, directory, feeds, inbox};
use crate::text::hex;

/// For what tokens are made.
const PURPOSE: &str = "calendar-feed";
/// How many signs a token has: 256 bits in hexadecimal digits, which no program reads as markup.
pub(crate) const TOKEN_LENGTH: usize = 64;
/// How far back and ahead of now a calendar reaches at least. It begins and ends with a month, so that it is the same text
/// for as long as nothing changes.
const BEHIND: TimeDelta = TimeDelta::days(28);
const AHEAD: TimeDelta = TimeDelta::days(366);
/// How far beyond that the ends of shifts are looked for.
const HORIZON: TimeDelta = TimeDelta::days(366);

/// What is kept of a request for an address: by it a second arrival is told the same, and it alone tells nobody anything.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Minted {
    salt: String,
    replaced: bool,
}

/// A calendar that somebody may read.
pub(crate) struct Feed {
    directory: Arc<Directory>,
    person: PersonId,
    schedule: Option<Key>,
    window: Span,
    changed_at: DateTime<Utc>,
    domain: String,
    /// Another one wherever the text may be another.
    pub(crate) tag: String,
}

impl Intake {
    /// An address at which a schedule, or whoever asks, is a calendar. It is shown once; the one before is good no more.
    pub(super) async fn new_feed(
        &self,
        inbound: &Inbound,
        person: &Person,
        named: Option<&str>,
    ) -> Result<Answer, Fault> {
        let schedule = match self.feed_of(inbound, person, named).await? {
            Ok(schedule) => schedule,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let Some(root) = self.notifiers.public_url() else {
            let message = "nobody could read it from outside: an operator has to say where this Firebell is reached, with \
                           \"public_url\" in [http] of firebell.toml";
            return Ok(Answer::Refused(Refusal::NotAllowed { message: message.to_owned() }));
        };
        let (now, salt, id) = (self.clock.now(), hex(&self.entropy.seed()?), person.id);
        let asked = (inbound.workspace, format!("{} feed", inbound.key()));
        let (this, of) = (self.clone(), schedule.clone());
        let minted = self.write_in_race(move |tx| {
            let (this, asked, of, salt) = (this.clone(), asked.clone(), of.clone(), salt.clone());
            Box::pin(async move {
                let (workspace, key) = asked;
                if let Some(minted) = inbox::open::<Minted>(tx, workspace, &key).await?.answered {
                    return Ok(minted);
                }
                let token = this.feed_token(&salt, (id, of.as_ref())).map_err(|why| unsigned(&why))?;
                let replaced = feeds::put(tx, (id, of.as_ref()), &hash_of(&token), now).await?;
                let minted = Minted { salt, replaced };
                Writes::alone(tx, |writes| inbox::answer(writes, &[(workspace, &key, now, &minted)])).await?;
                Ok(minted)
            })
        });
        let Minted { salt, replaced } = minted.await?;
        let token = self.feed_token(&salt, (id, schedule.as_ref()))?;
        let url = root.join(&format!("v1/calendars/{token}.ics")).map_err(|why| Fault::Render(why.to_string()))?;
        let view = view::FeedView { url: url.into(), schedule: schedule.map(String::from), replaced };
        Ok(Answer::Shown(Shown::Text(self.renderer.feed(inbound.target, &view)?)))
    }

    /// The address of a calendar is good no more.
    pub(super) async fn end_feed(
        &self,
        inbound: &Inbound,
        person: &Person,
        named: Option<&str>,
    ) -> Result<Answer, Fault> {
        if let Err(refusal) = policy::may_act(&inbound.actor(person.id), &*self.directory().await?) {
            return Ok(Answer::Refused(refusal));
        }
        // A schedule that is gone leaves an address behind, which can be ended too.
        let key = named.map(Key::new).transpose().ok().flatten();
        if let (Some(named), None) = (named, &key) {
            return Ok(Answer::Refused(none_of(named)));
        }
        let (now, id, asked) = (self.clock.now(), person.id, (inbound.workspace, inbound.key()));
        let decided = self.write_in_race(move |tx| {
            let (asked, of) = (asked.clone(), key.clone());
            Box::pin(async move { end_once(tx, asked, (id, of), now).await })
        });
        Ok(decided.await?.into())
    }

    /// What somebody means who asks for a calendar: a schedule, or nothing for themselves.
    async fn feed_of(
        &self,
        inbound: &Inbound,
        person: &Person,
        named: Option<&str>,
    ) -> Result<Result<Option<Key>, Refusal>, Fault> {
        let directory = self.directory().await?;
        if let Err(refusal) = policy::may_act(&inbound.actor(person.id), &directory) {
            return Ok(Err(refusal));
        }
        let schedule = named.map(|named| directory.resolve_schedule(named)).transpose();
        Ok(schedule.map(|schedule| schedule.map(|schedule| schedule.key.clone())))
    }

    fn feed_token(&self, salt: &str, (person, schedule): (PersonId, Option<&Key>)) -> Result<String, Fault> {
        let says = format!("{salt} {} {}", person.0, schedule.map(Key::as_str).unwrap_or_default());
        Ok(hex(&self.keyring.digest(PURPOSE, says.as_bytes())?))
    }

    /// The calendar that has this token; nothing where there is none, or its person may not see it any more.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) async fn feed(&self, token: &str) -> Result<Option<Feed>, Fault> {
        let hash = hash_of(token);
        let read = self.store.read(move |tx| {
            Box::pin(async move {
                let Some(of) = feeds::get(tx, &hash).await? else { return Ok(None) };
                Ok(Some((of, directory::changed_at(tx).await?)))
            })
        });
        let Some(((person, schedule), changed_at)) = read.await? else { return Ok(None) };
        let directory = self.directory().await?;
        let may = directory.people.get(&person).is_some_and(Person::may_respond);
        let gone = schedule.as_ref().is_some_and(|key| !directory.schedules.contains_key(key));
        if !may || gone {
            return Ok(None);
        }
        let now = self.clock.now();
        let window = window(now);
        let version = env!("CARGO_PKG_VERSION");
        let says = format!("{} {} {} {version}", hex(&hash), directory.version, window.start.timestamp());
        let tag = hex(&Sha256::digest(says.as_bytes())).chars().take(32).collect();
        let domain = self.notifiers.public_url().and_then(Url::host_str).unwrap_or("firebell").to_owned();
        let changed_at = changed_at.unwrap_or(DateTime::UNIX_EPOCH);
        Ok(Some(Feed { directory, person, schedule, window, changed_at, domain, tag }))
    }
}

impl Feed {
    /// The calendar as programs read it. It takes its time, so it is not to be asked for where others wait.
    pub(crate) fn text(&self) -> String {
        let edge = self.window.start.checked_sub_signed(HORIZON).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let stamp = Stamp { domain: &self.domain, sequence: self.directory.version, changed_at: self.changed_at, edge };
        let (name, entries) = match &self.schedule {
            Some(key) => self.of_schedule(key, &stamp),
            None => self.of_person(&stamp),
        };
        feed(&name, self.changed_at, &entries)
    }

    fn of_schedule(&self, key: &Key, stamp: &Stamp<'_>) -> (String, Vec<FeedEntry>) {
        let Some(schedule) = self.directory.schedules.get(key) else { return (key.to_string(), Vec::new()) };
        let roster = self.directory.roster(key);
        let shifts = roster.map(|roster| roster.whole_shifts(self.window.start, self.window.end, HORIZON));
        (schedule.name.clone(), stamp.shifts(&self.directory, schedule, &shifts.unwrap_or_default()))
    }

    /// What somebody has by every schedule, and what they would have of offers that were not answered.
    fn of_person(&self, stamp: &Stamp<'_>) -> (String, Vec<FeedEntry>) {
        let (directory, person) = (&*self.directory, self.person);
        let mut entries = Vec::new();
        for schedule in directory.schedules.values().filter(|schedule| may_name(directory, schedule, person)) {
            let Some(roster) = directory.roster(&schedule.key) else { continue };
            let stretches = roster.stretches_of(person, (self.window.start, self.window.end), HORIZON);
            entries.extend(stamp.stretches(directory, (person, schedule), &stretches));
        }
        let offers = directory.swaps_of(person, self.window.start);
        entries.extend(offers.into_iter().filter_map(|swap| stamp.offer(directory, person, swap)));
        (format!("On call: @{}", directory.handle(person)), entries)
    }
}

/// Whether somebody may be on call by a schedule at any time.
fn may_name(directory: &Directory, schedule: &Schedule, person: PersonId) -> bool {
    let planned = |key: &Key| {
        let events = directory.calendars.get(key).map(|calendar| calendar.events.as_slice()).unwrap_or_default();
        events.iter().any(|event| event.people.contains(&person))
    };
    let mut calendars = schedule.layers.iter().filter_map(|layer| match &layer.source {
        Source::Calendar(key) => Some(key),
        Source::Rotation(_) => None,
    });
    let mut overrides = directory.overrides.get(&schedule.key).into_iter().flatten();
    schedule.names(person) || calendars.any(planned) || overrides.any(|made| made.people.contains(&person))
}

async fn end_once(
    tx: &mut Tx<'_>,
    (workspace, key): (firebell_core::ids::WorkspaceId, String),
    (person, schedule): (PersonId, Option<Key>),
    now: DateTime<Utc>,
) -> Result<Decided, StoreError> {
    if let Some(answered) = inbox::open::<Decided>(tx, workspace, &key).await?.answered {
        return Ok(answered);
    }
    let decided = if feeds::end(tx, person, schedule.as_ref()).await? {
        Decided::Done(Reply::FeedEnded { schedule: schedule.map(String::from) })
    } else {
        Decided::Refused(schedule.map_or_else(none, |key| none_of(key.as_str())))
    };
    Writes::alone(tx, |writes| inbox::answer(writes, &[(workspace, &key, now, &decided)])).await?;
    Ok(decided)
}

/// The months around an instant that a calendar tells of.
fn window(now: DateTime<Utc>) -> Span {
    let month = |at: DateTime<Utc>| at.date_naive().with_day(1).unwrap_or(at.date_naive());
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let start = month(now.checked_sub_signed(BEHIND).unwrap_or(now));
    let last = month(now.checked_add_signed(AHEAD).unwrap_or(now));
    Span { start: midnight(start), end: midnight(last.checked_add_months(Months::new(1)).unwrap_or(last)) }
}

fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn unsigned(why: &Fault) -> StoreError {
    StoreError::Corrupt { table: "feed", id: "new".to_owned(), why: why.to_string() }
}

fn none() -> Refusal {
    let message = "you have no address of a calendar of your shifts; `/oncall feed` gives you one".to_owned();
    Refusal::NotAllowed { message }
}

fn none_of(named: &str) -> Refusal {
    let named = Refusal::quote(named);
    Refusal::NotAllowed {
        message: format!("you have no address of a calendar of {named}; `/oncall feed {named}` gives you one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_of_whole_months_and_reaches_a_year_ahead() {
        for (now, start, end) in [
            ("2026-03-02T09:00:00Z", "2026-02-01T00:00:00Z", "2027-04-01T00:00:00Z"),
            ("2026-03-31T23:59:59Z", "2026-03-01T00:00:00Z", "2027-05-01T00:00:00Z"),
            ("2026-01-28T00:00:00Z", "2025-12-01T00:00:00Z", "2027-02-01T00:00:00Z"),
        ] {
            let found = window(now.parse().unwrap());
            assert_eq!((found.start, found.end), (start.parse().unwrap(), end.parse().unwrap()), "{now}");
        }
    }
}
