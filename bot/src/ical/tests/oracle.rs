//! Recurrence rules against another implementation, the crate `rrule`, which walks from the start and knows no window.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use super::{event, utc};
use crate::ical::read;

const FREQS: [&str; 7] = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"];

/// How many hours of a rule of each frequency are looked at.
const HOURS: [i64; 7] = [60_000, 10_000, 3_000, 1_000, 200, 10, 1];

/// A part of a rule, or nothing.
fn part(name: &'static str, weight: u32, value: impl Strategy<Value = i32> + 'static) -> BoxedStrategy<String> {
    let list = prop::collection::btree_set(value, 1..4).prop_map(move |numbers| {
        let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
        format!(";{name}={}", numbers.join(","))
    });
    prop_oneof![6 => Just(String::new()), weight => list].boxed()
}

fn either_sign(most: i32) -> impl Strategy<Value = i32> {
    (1..=most, any::<bool>()).prop_map(|(n, back)| if back { -n } else { n })
}

fn weekdays(freq: usize) -> BoxedStrategy<String> {
    let name = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let most = if freq == 0 { 53 } else { 5 };
    let nth = prop::option::of(prop::collection::vec(either_sign(most), 3));
    let days = (prop::collection::vec(name, 1..4), nth).prop_map(move |(names, nth)| {
        // All with a number or none: with both, that crate takes what they have in common, and RFC 5545 takes both.
        let nth = nth.filter(|_| freq < 2);
        let days = names.iter().enumerate().map(|(place, name)| match &nth {
            Some(nth) => format!("{}{name}", nth[place]),
            None => name.to_string(),
        });
        format!(";BYDAY={}", days.collect::<Vec<_>>().join(","))
    });
    // Of days that begin after the start that crate finds no second.
    if freq == 6 { Just(String::new()).boxed() } else { prop_oneof![3 => Just(String::new()), 2 => days].boxed() }
}

/// A rule with the place of its frequency in the lists above.
fn rules() -> impl Strategy<Value = (usize, String)> {
    (0..FREQS.len()).prop_flat_map(|freq| {
        let none = Just(String::new()).boxed();
        let parts = vec![
            weekdays(freq),
            part("BYMONTH", 3, 1..=12),
            if freq == 2 { none.clone() } else { part("BYMONTHDAY", 2, either_sign(31)) },
            if freq == 0 { part("BYYEARDAY", 1, either_sign(366)) } else { none.clone() },
            part("BYHOUR", 2, 0..=23),
            part("BYMINUTE", 2, 0..=59),
            part("BYSECOND", 1, 0..=59),
            prop::sample::select(vec!["", "", ";WKST=SU", ";WKST=TH"]).prop_map(str::to_owned).boxed(),
        ];
        let positions = part("BYSETPOS", 2, either_sign(4));
        (Just(freq), 1..5_u32, parts, positions).prop_map(|(freq, interval, parts, positions)| {
            let parts = parts.concat();
            // In the week of the start that crate chooses only from the days that are left of it.
            let chosen = parts.contains(";BY") && freq != 2;
            let positions = if chosen { positions.as_str() } else { "" };
            (freq, format!("FREQ={};INTERVAL={interval}{parts}{positions}", FREQS[freq]))
        })
    })
}

/// What the other implementation has from the start on; none where it gives up or refuses the rule.
fn other(start: DateTime<Utc>, rule: &str, until: DateTime<Utc>) -> Option<Vec<DateTime<Utc>>> {
    let text = format!("DTSTART:{}\nRRULE:{rule}", start.format("%Y%m%dT%H%M%SZ"));
    let set: rrule::RRuleSet = text.parse().ok()?;
    let found = set.before(until.with_timezone(&rrule::Tz::UTC)).all(u16::MAX);
    (!found.limited).then(|| found.dates.iter().map(DateTime::to_utc).filter(|date| *date < until).collect())
}

fn ours(start: DateTime<Utc>, rule: &str, range: (DateTime<Utc>, DateTime<Utc>)) -> Option<Vec<DateTime<Utc>>> {
    let text = event(&format!("DTSTART:{}\nRRULE:{rule}", start.format("%Y%m%dT%H%M%SZ")));
    let read = read(&text, range.0..range.1, Tz::UTC).unwrap();
    read.left.is_empty().then(|| read.events.iter().map(|event| event.start).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, max_global_rejects: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn rules_have_the_occurrences_that_another_implementation_finds(
        (freq, rule) in rules(),
        minutes in 0..20_000_000_i64,
        skipped in 0..100_i64,
        count in 1..30_usize,
    ) {
        let start = utc("1985-01-01 00:00") + TimeDelta::minutes(minutes);
        let until = start + TimeDelta::hours(HOURS[freq]);
        let Some(mut expected) = other(start, &rule, until) else { return Err(TestCaseError::reject("refused")) };
        // The start is an occurrence by RFC 5545, and by that crate only where the rule has it.
        if expected.first() != Some(&start) {
            expected.insert(0, start);
        }
        let Some(all) = ours(start, &rule, (start, until)) else { return Err(TestCaseError::reject("too many")) };
        prop_assert_eq!(&all, &expected, "{} from {}", &rule, start);
        let from = start + TimeDelta::minutes(HOURS[freq] * 60 * skipped / 100);
        let later: Vec<_> = expected.iter().copied().filter(|date| *date >= from).collect();
        prop_assert_eq!(ours(start, &rule, (from, until)), Some(later), "{} from {} after {}", &rule, start, from);
        expected.truncate(count);
        let counted = ours(start, &format!("{rule};COUNT={count}"), (start, until));
        prop_assert_eq!(counted, Some(expected), "{} from {} counted to {}", rule, start, count);
    }
}
