//! Proof now and then that people can be reached: when they are asked, and who has not confirmed.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use super::{ContactMethod, Directory, Person};
use crate::ids::PersonId;
use crate::when::wall_to_instant;

/// How often everybody who responds is sent a test by each of their methods beside chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    pub every: TimeDelta,
    /// At what time of a working day, where they are.
    pub at: NaiveTime,
}

/// A round of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    pub person: PersonId,
    /// When the next is due.
    pub due: DateTime<Utc>,
    /// When they were asked last.
    pub asked: Option<DateTime<Utc>>,
    /// When it is looked at whether anything came back.
    pub look: Option<DateTime<Utc>>,
}

/// A person of whom something is not proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproved {
    pub person: PersonId,
    pub methods: Vec<ContactMethod>,
    /// When they were asked last.
    pub asked: Option<DateTime<Utc>>,
    /// Whether no method beside chat is proved.
    pub all: bool,
}

/// The marks of addresses that were proved, and when, by person and method.
pub type Proofs = BTreeMap<(PersonId, ContactMethod), (String, DateTime<Utc>)>;

impl Rounds {
    /// The first working day's hour after an instant.
    pub fn next(&self, zone: Tz, after: DateTime<Utc>) -> DateTime<Utc> {
        let today = after.with_timezone(&zone).date_naive();
        let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let hours = today.iter_days().take(8).filter(works).map(|day| wall_to_instant(zone, day.and_time(self.at)));
        let mut ahead = hours.filter(|at| *at > after);
        // Only at the end of chrono's calendar is there none.
        ahead.next().unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// When the round after one that was sent at `now` is due: one alone, however long nobody looked.
    pub fn following(&self, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        let pace = self.every - TimeDelta::seconds(1);
        self.next(zone, now.checked_add_signed(pace).unwrap_or(now))
    }
}

impl Person {
    /// The methods of theirs that are not proved as of these marks of where they lead. What was proved before they were asked
    /// last counts no more.
    pub fn unproved(
        &self,
        marks: &BTreeMap<ContactMethod, String>,
        proofs: &Proofs,
        asked: Option<DateTime<Utc>>,
    ) -> Option<Unproved> {
        let proved = |method: &ContactMethod| {
            let proof = proofs.get(&(self.id, *method)).zip(marks.get(method));
            proof.is_some_and(|((mark, at), now)| mark == now && asked.is_none_or(|asked| *at >= asked))
        };
        let beside: Vec<ContactMethod> = self.contacts.iter().copied().filter(|method| method.has_address()).collect();
        let methods: Vec<ContactMethod> = beside.iter().copied().filter(|method| !proved(method)).collect();
        let all = methods.len() == beside.len();
        (!methods.is_empty()).then_some(Unproved { person: self.id, methods, asked, all })
    }
}

impl Directory {
    /// Those who are asked: everybody who responds.
    pub fn responders(&self) -> impl Iterator<Item = &Person> {
        self.people.values().filter(|person| person.may_respond())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_round_comes_in_the_morning_of_a_working_day_where_somebody_is() {
        let rounds = Rounds { every: TimeDelta::days(30), at: NaiveTime::from_hms_opt(10, 0, 0).unwrap() };
        for (zone, after, next) in [
            (Tz::UTC, "2026-03-02T09:59:59Z", "2026-03-02T10:00:00Z"),
            (Tz::UTC, "2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z"),
            (Tz::UTC, "2026-03-06T10:00:00Z", "2026-03-09T10:00:00Z"),
            (Tz::Europe__Vienna, "2026-03-27T09:30:00Z", "2026-03-30T08:00:00Z"),
            (Tz::America__New_York, "2026-03-02T14:00:00Z", "2026-03-02T15:00:00Z"),
            (Tz::Pacific__Auckland, "2026-03-06T09:00:00Z", "2026-03-08T21:00:00Z"),
        ] {
            assert_eq!(rounds.next(zone, at(after)), at(next), "{zone} after {after}");
        }
        // Thirty days after a Monday is a Wednesday, and after a Thursday a Saturday.
        for (now, next) in [
            ("2026-03-02T10:00:00Z", "2026-04-01T10:00:00Z"),
            ("2026-03-05T10:00:00Z", "2026-04-06T10:00:00Z"),
            ("2026-03-02T10:07:00Z", "2026-04-02T10:00:00Z"),
        ] {
            assert_eq!(rounds.following(Tz::UTC, at(now)), at(next), "{now}");
        }
        assert_eq!(rounds.next(Tz::UTC, DateTime::<Utc>::MAX_UTC), DateTime::<Utc>::MAX_UTC);
    }
}
