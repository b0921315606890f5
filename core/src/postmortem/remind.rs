//! When people are reminded of what they have promised: in the morning of a working day, where they are.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::action::Action;
use crate::directory::Directory;
use crate::ids::PersonId;
use crate::settings::Settings;
use crate::when::wall_to_instant;

/// How people are reminded of documents and follow-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminders {
    /// At what time of a working day, where they are.
    pub at: NaiveTime,
    /// How long before something is due they hear of it for the first time.
    pub before: TimeDelta,
    /// How long after a follow-up was due its team hears of it, too.
    pub team_after: TimeDelta,
}

/// For how long after it was due a document is reminded of daily; then it is weekly.
const DAILY: TimeDelta = TimeDelta::days(7);
/// How many days a search for a working day looks at.
const NEAR: usize = 4;

impl Default for Reminders {
    fn default() -> Self {
        Self {
            at: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            before: TimeDelta::days(1),
            team_after: TimeDelta::days(3),
        }
    }
}

impl Reminders {
    /// When somebody in `zone` is reminded next, after `now`, of a document that is due then: once before, when it is due, daily
    /// for a week and weekly from there on.
    pub fn of_document(&self, due: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        let ahead = [self.first(due, zone), self.from(due, zone)].into_iter().find(|at| *at > now);
        ahead.unwrap_or_else(|| {
            let is_fresh = due.checked_add_signed(DAILY).is_some_and(|until| now < until);
            if is_fresh { self.after(now, zone) } else { self.in_a_week(now, zone) }
        })
    }

    /// The same for a follow-up: once before, when it is due, when its team hears of it, and weekly from there on.
    pub fn of_action(&self, due: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
        let marks = [self.first(due, zone), self.from(due, zone), self.team_hears(due, zone)];
        marks.into_iter().find(|at| *at > now).unwrap_or_else(|| self.in_a_week(now, zone))
    }

    /// When the team of a follow-up hears for the first time that it was not done.
    pub fn team_hears(&self, due: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.from(due.checked_add_signed(self.team_after).unwrap_or(due), zone)
    }

    /// The last such hour that is early enough before something is due.
    fn first(&self, due: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let latest = due.checked_sub_signed(self.before).unwrap_or(due);
        let day = latest.with_timezone(&zone).date_naive();
        let days = std::iter::successors(Some(day), NaiveDate::pred_opt).take(NEAR);
        self.hours(days, zone).find(|at| *at <= latest).unwrap_or(latest)
    }

    /// The first such hour from an instant on.
    fn from(&self, at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let days = at.with_timezone(&zone).date_naive().iter_days().take(NEAR);
        self.hours(days, zone).find(|hour| *hour >= at).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn after(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        self.from(now.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(now), zone)
    }

    fn in_a_week(&self, now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let day = now.with_timezone(&zone).date_naive().checked_add_days(Days::new(7));
        let hours = day.into_iter().flat_map(|day| day.iter_days().take(NEAR));
        self.hours(hours, zone).find(|at| *at > now).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    fn hours(&self, days: impl Iterator<Item = NaiveDate>, zone: Tz) -> impl Iterator<Item = DateTime<Utc>> {
        let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        days.filter(works).map(move |day| wall_to_instant(zone, day.and_time(self.at)))
    }
}

/// When somebody is nudged next, after `now`, about a follow-up of this owner that is due then; never about one that is not due.
pub fn next_nudge(
    owner: Option<PersonId>,
    due: Option<DateTime<Utc>>,
    (settings, directory): (&Settings, &Directory),
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    Some(settings.postmortem.remind.of_action(due?, zone_of(owner, directory), now))
}

/// When somebody is nudged next, after `now`, about a follow-up as it stands: never about one that is done, or not due.
pub fn plan_nudges(
    action: &Action,
    (settings, directory): (&Settings, &Directory),
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let due = action.due.filter(|_| action.done.is_none());
    next_nudge(action.owner, due, (settings, directory), now)
}

/// Where somebody is; nobody in particular is in UTC.
pub(crate) fn zone_of(person: Option<PersonId>, directory: &Directory) -> Tz {
    person.and_then(|person| directory.people.get(&person)).map_or(Tz::UTC, |held| held.zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    /// Every reminder from `now` on, each asked for when the one before it has come.
    fn all(now: &str, count: usize, next: impl Fn(DateTime<Utc>) -> DateTime<Utc>) -> Vec<String> {
        let told = std::iter::successors(Some(next(at(now))), |told| Some(next(*told)));
        told.take(count).map(|told| told.format("%a %Y-%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn a_document_is_reminded_of_before_when_due_daily_and_then_weekly() {
        let rules = Reminders::default();
        // Due on a Thursday at noon.
        let told = all("2026-03-02T12:00:00Z", 10, |now| rules.of_document(at("2026-03-12T12:00:00Z"), Tz::UTC, now));
        assert_eq!(
            told,
            [
                "Wed 2026-03-11 09:00",
                "Fri 2026-03-13 09:00",
                "Mon 2026-03-16 09:00",
                "Tue 2026-03-17 09:00",
                "Wed 2026-03-18 09:00",
                "Thu 2026-03-19 09:00",
                "Fri 2026-03-20 09:00",
                "Fri 2026-03-27 09:00",
                "Fri 2026-04-03 09:00",
                "Fri 2026-04-10 09:00",
            ]
        );
    }

    #[test]
    fn a_follow_up_is_told_its_owner_its_team_and_then_weekly() {
        let rules = Reminders::default();
        let told = all("2026-03-02T12:00:00Z", 5, |now| rules.of_action(at("2026-03-05T09:00:00Z"), Tz::UTC, now));
        assert_eq!(
            told,
            [
                "Wed 2026-03-04 09:00",
                "Thu 2026-03-05 09:00",
                "Mon 2026-03-09 09:00",
                "Mon 2026-03-16 09:00",
                "Mon 2026-03-23 09:00",
            ]
        );
    }

    #[test]
    fn nobody_is_disturbed_at_night_or_on_a_weekend() {
        let rules = Reminders::default();
        let cases = [
            // Due on a Monday morning: a day before is a Sunday, so it is told on the Friday.
            (Tz::UTC, "2026-03-09T08:00:00Z", "2026-03-02T00:00:00Z", "2026-03-06T09:00:00Z"),
            // Nine in the morning is another instant in each zone, and so it is after the clocks were changed.
            (Tz::America__New_York, "2026-03-05T20:00:00Z", "2026-03-02T00:00:00Z", "2026-03-04T14:00:00Z"),
            (Tz::Asia__Tokyo, "2026-03-05T20:00:00Z", "2026-03-02T00:00:00Z", "2026-03-04T00:00:00Z"),
            (Tz::Europe__Vienna, "2026-03-30T20:00:00Z", "2026-03-28T00:00:00Z", "2026-03-31T07:00:00Z"),
            // It is too late for the day before.
            (Tz::UTC, "2026-03-05T10:00:00Z", "2026-03-05T08:00:00Z", "2026-03-06T09:00:00Z"),
            // Long overdue when somebody looks for the first time.
            (Tz::UTC, "2020-03-05T10:00:00Z", "2026-03-07T03:00:00Z", "2026-03-16T09:00:00Z"),
        ];
        for (zone, due, now, expected) in cases {
            assert_eq!(rules.of_action(at(due), zone, at(now)), at(expected), "{zone} {due} {now}");
        }
    }

    #[test]
    fn the_next_one_always_lies_ahead() {
        let rules = Reminders::default();
        for zone in [Tz::UTC, Tz::Pacific__Kiritimati, Tz::America__Los_Angeles, Tz::Europe__Lisbon] {
            let mut now = at("2026-01-01T00:00:00Z");
            for step in 0..3_000 {
                let due = now + TimeDelta::hours(i64::from(step % 400) - 200);
                let document = rules.of_document(due, zone, now);
                let action = rules.of_action(due, zone, now);
                assert!(document > now && action > now, "{zone} {due} {now}");
                assert!(document - now < TimeDelta::days(12) && action - now < TimeDelta::days(12), "{zone} {now}");
                now += TimeDelta::minutes(437);
            }
        }
    }
}
