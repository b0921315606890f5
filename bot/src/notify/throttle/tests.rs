//! The rules by example, then against storms that chance makes up.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const RATE: Rate = Rate { burst: 2, every: TimeDelta::seconds(60) };

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn send(with: &[u32]) -> Turn<u32> {
    Turn::Send { with: with.to_vec() }
}

fn wait(seconds: i64) -> Turn<u32> {
    Turn::Wait(at(seconds))
}

fn throttle() -> Throttle<&'static str, u32> {
    Throttle::new(RATE)
}

#[test]
fn what_is_over_the_rate_is_told_with_the_next() {
    let mut throttle = throttle();
    let table = [
        (1, 0, send(&[])),
        (2, 0, send(&[])),
        (3, 1, wait(60)),
        (4, 2, wait(60)),
        (3, 30, wait(60)),
        (5, 59, wait(60)),
        (4, 60, send(&[3, 5])),
        (3, 61, Turn::Carried { by: 4 }),
        (6, 62, wait(120)),
    ];
    for (notice, second, turn) in table {
        assert_eq!(throttle.ask("sms:ana", &notice, Class::Page, at(second)), turn, "{notice} at {second}");
    }
    assert_eq!(throttle.ask("sms:bo", &7, Class::Page, at(62)), send(&[]), "another destination");
    assert_eq!(throttle.settle(&"sms:ana", &4, true), Settled { told: vec![3, 5], waiting: vec![] });
    assert_eq!(throttle.ask("sms:ana", &6, Class::Page, at(120)), send(&[]), "3 and 5 are done");
}

#[test]
fn what_was_carried_by_a_failure_waits_again_in_its_order() {
    let mut throttle = throttle();
    for notice in 1..=5 {
        throttle.ask("a", &notice, Class::Page, at(0));
    }
    assert_eq!(throttle.ask("a", &4, Class::Page, at(60)), send(&[3, 5]));
    assert_eq!(throttle.ask("a", &6, Class::Page, at(61)), wait(120));
    assert_eq!(throttle.settle(&"a", &4, false), Settled { told: vec![], waiting: vec![3, 5] });
    assert_eq!(throttle.ask("a", &4, Class::Page, at(62)), wait(120));
    assert_eq!(throttle.ask("a", &5, Class::Page, at(120)), send(&[3, 6, 4]));
}

#[test]
fn a_turn_that_nobody_settled_loses_nothing() {
    let mut throttle = throttle();
    for notice in 1..=4 {
        throttle.ask("a", &notice, Class::Page, at(0));
    }
    assert_eq!(throttle.ask("a", &3, Class::Page, at(60)), send(&[4]));
    assert_eq!(throttle.ask("a", &3, Class::Page, at(120)), send(&[4]), "the worker died in between");
}

#[test]
fn what_is_withdrawn_is_neither_told_nor_waited_for() {
    let mut throttle = throttle();
    for notice in 1..=5 {
        throttle.ask("a", &notice, Class::Page, at(0));
    }
    throttle.withdraw(&"a", &3);
    assert_eq!(throttle.ask("a", &4, Class::Page, at(60)), send(&[5]));
    throttle.withdraw(&"a", &5);
    assert_eq!(throttle.settle(&"a", &4, true).told, Vec::<u32>::new());
}

#[test]
fn others_wait_for_pages_and_pages_for_no_others() {
    let mut throttle = throttle();
    assert_eq!(throttle.ask("a", &1, Class::Other, at(0)), send(&[]));
    assert_eq!(throttle.ask("a", &2, Class::Other, at(0)), send(&[]));
    assert_eq!(throttle.ask("a", &3, Class::Other, at(0)), wait(60));
    assert_eq!(throttle.ask("a", &4, Class::Page, at(0)), send(&[]));
    assert_eq!(throttle.ask("a", &5, Class::Page, at(0)), send(&[]));
    assert_eq!(throttle.ask("a", &6, Class::Page, at(0)), wait(60));
    assert_eq!(throttle.ask("a", &3, Class::Other, at(60)), wait(120), "a page waits");
    assert_eq!(throttle.ask("a", &6, Class::Page, at(60)), send(&[]));
    assert_eq!(throttle.ask("a", &3, Class::Other, at(60)), wait(120), "the page took its place");
    assert_eq!(throttle.ask("a", &3, Class::Other, at(120)), send(&[]));
}

#[test]
fn a_quiet_destination_is_forgotten_and_a_waiting_one_is_not() {
    let mut throttle = throttle();
    for notice in 1..=3 {
        throttle.ask("a", &notice, Class::Page, at(0));
    }
    throttle.ask("b", &1, Class::Other, at(0));
    throttle.forget(at(59));
    assert_eq!(throttle.len(), 2);
    throttle.forget(at(3_600));
    assert_eq!(throttle.len(), 1, "notice 3 waits");
    throttle.withdraw(&"a", &3);
    for notice in 1..=2 {
        throttle.settle(&"a", &notice, true);
    }
    throttle.forget(at(3_600));
    assert!(throttle.is_empty());
}

#[test]
fn a_bundle_names_some_and_counts_all() {
    let table: [(&[&str], Option<&str>); 4] = [
        (&[], None),
        (&["INC-2\nx"], Some("+1 more page: INC-2 x")),
        (&["a", "b", "c"], Some("+3 more pages: a; b; c")),
        (&["a", "b", "c", "d", "e", "f"], Some("+6 more pages: a; b; c; d; e; ...")),
    ];
    for (subjects, line) in table {
        assert_eq!(bundle_line(subjects).as_deref(), line);
    }
}

/// Seconds since the last, whether it is a page, and whether its sending works.
type Step = (i64, bool, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec((0_i64..90, any::<bool>(), proptest::bool::weighted(0.8)), 1..60)
}

/// What happened to the pages of a storm: when something was sent, and what was told with it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Story {
    sent: Vec<(DateTime<Utc>, Vec<u32>)>,
    told: Vec<u32>,
}

/// Plays a storm through one destination. At each step all that wait ask again, in their order; at the end they ask
/// until nothing waits.
fn play(steps: &[Step], with_others: bool) -> Story {
    let mut throttle = Throttle::new(RATE);
    let (mut story, mut waiting, mut now) = (Story::default(), Vec::new(), at(0));
    let quiet = std::iter::repeat_n((None, (60, false, true)), 2);
    let noise = (0_u32..).map(Some).zip(steps.iter().copied());
    for (id, (pause, is_page, works)) in noise.chain(quiet) {
        now += TimeDelta::seconds(pause);
        match id {
            Some(id) if is_page => waiting.push(id),
            Some(id) if with_others => drop(throttle.ask((), &id, Class::Other, now)),
            _ => {}
        }
        for id in waiting.clone() {
            if story.told.contains(&id) {
                continue;
            }
            if let Turn::Send { with } = throttle.ask((), &id, Class::Page, now) {
                story.sent.push((now, with.clone()));
                let settled = throttle.settle(&(), &id, works);
                assert_eq!(if works { &settled.told } else { &settled.waiting }, &with);
                if works {
                    story.told.push(id);
                    story.told.extend(with);
                    waiting.retain(|id| !story.told.contains(id));
                }
            }
        }
    }
    story
}

proptest! {
    /// Every page is told, and told once.
    #[test]
    fn no_page_is_lost_or_told_twice(steps in steps()) {
        let mut told = play(&steps, true).told;
        told.sort_unstable();
        let pages: Vec<u32> = (0..).zip(&steps).filter(|(_, step)| step.1).map(|(id, _)| id).collect();
        prop_assert_eq!(told, pages);
    }

    /// In no stretch of time more is sent than the burst and what came in meanwhile.
    #[test]
    fn the_rate_is_kept(steps in steps()) {
        let sent = play(&steps, true).sent;
        for (first, (begin, _)) in sent.iter().enumerate() {
            for (last, (end, _)) in sent.iter().enumerate().skip(first) {
                let count = i64::try_from(last - first + 1).unwrap();
                let room = i64::from(RATE.burst) + (*end - *begin).num_seconds() / RATE.every.num_seconds();
                prop_assert!(count <= room, "{} within {}", count, *end - *begin);
            }
        }
    }

    /// Pages fare the same whether anything else is sent or not.
    #[test]
    fn pages_do_not_notice_others(steps in steps()) {
        prop_assert_eq!(play(&steps, true), play(&steps, false));
    }
}
