//! The rules by example, then against storms that chance makes up.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const RATE: Rate = Rate { burst: 2, every: TimeDelta::seconds(60) };
const LAST: Turn = Turn::Send { last: true };
const FREE: Turn = Turn::Send { last: false };

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn wait(seconds: i64) -> Turn {
    Turn::Wait(at(seconds))
}

#[test]
fn the_last_of_a_burst_is_told_to_be_the_last() {
    let mut throttle = Throttle::new(RATE);
    let table = [
        ("a", 0, FREE),
        ("a", 0, LAST),
        ("a", 1, wait(60)),
        ("b", 1, FREE),
        ("a", 59, wait(60)),
        ("a", 60, LAST),
        ("a", 61, wait(120)),
        ("a", 300, FREE),
        ("a", 300, LAST),
        ("a", 301, wait(360)),
    ];
    for (to, second, turn) in table {
        assert_eq!(throttle.ask(to, at(second)), turn, "{to} at {second}");
    }
}

#[test]
fn what_came_to_nothing_is_not_counted() {
    let mut throttle = Throttle::new(RATE);
    for _ in 0..9 {
        assert_eq!(throttle.ask("a", at(0)), FREE);
        throttle.take_back(&"a");
    }
    throttle.take_back(&"unknown");
}

#[test]
fn a_quiet_destination_is_forgotten() {
    let mut throttle = Throttle::new(RATE);
    for to in 0..99 {
        throttle.ask(to, at(0));
    }
    throttle.ask(0, at(59));
    assert_eq!(throttle.destinations.len(), 99);
    throttle.ask(0, at(60));
    assert_eq!(throttle.destinations.len(), 1);
}

#[test]
fn a_bundle_names_some_and_counts_all() {
    let table: [(Matter, &[&str], Option<&str>); 7] = [
        (Matter::Pages, &[], None),
        (Matter::Pages, &["INC-2\nx"], Some("+1 more page: INC-2 x")),
        (Matter::Pages, &["a", "b", "c"], Some("+3 more pages: a; b; c")),
        (Matter::Pages, &["a", "b", "c", "d", "e", "f"], Some("+6 more pages: a; b; c; d; e; ...")),
        (Matter::Ends, &[], None),
        (Matter::Ends, &["INC-2"], Some("Nor 1 more: INC-2")),
        (Matter::Ends, &["a", "b", "c", "d", "e", "f"], Some("Nor 6 more: a; b; c; d; e; f")),
    ];
    for (matter, subjects, line) in table {
        assert_eq!(bundle_line(matter, subjects).as_deref(), line);
    }
    let many: Vec<String> = (1..=30).map(|number| format!("INC-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let line = bundle_line(Matter::Ends, &many).unwrap();
    assert!(line.starts_with("Nor 30 more: INC-1; ") && line.ends_with("; INC-20; ..."), "{line}");
}

proptest! {
    /// In no stretch of time more is sent than the burst and what came in meanwhile, and whoever waits for as long as they
    /// are told is sent then.
    #[test]
    fn the_rate_is_kept_and_nobody_waits_for_longer(pauses in vec(0_i64..90, 1..60)) {
        let (mut throttle, mut now, mut sent) = (Throttle::new(RATE), at(0), Vec::new());
        for pause in pauses {
            now += TimeDelta::seconds(pause);
            match throttle.ask((), now) {
                Turn::Send { .. } => sent.push(now),
                Turn::Wait(until) => {
                    prop_assert!(until > now && until - now <= RATE.every);
                    now = until;
                    let is_sent = matches!(throttle.ask((), now), Turn::Send { .. });
                    prop_assert!(is_sent);
                    sent.push(now);
                }
            }
        }
        for (first, begin) in sent.iter().enumerate() {
            for (last, end) in sent.iter().enumerate().skip(first) {
                let count = i64::try_from(last - first + 1).unwrap();
                let room = i64::from(RATE.burst) + (*end - *begin).num_seconds() / RATE.every.num_seconds();
                prop_assert!(count <= room, "{} within {}", count, *end - *begin);
            }
        }
    }
}
