//! What the two clocks promise.

use futures_util::FutureExt as _;

use super::*;

fn start() -> DateTime<Utc> {
    "2026-03-01T12:00:00.123456789Z".parse().unwrap()
}

#[test]
fn both_clocks_tell_whole_microseconds() {
    for clock in [Clock::system(), Clock::manual(start())] {
        assert_eq!(clock.now().timestamp_subsec_nanos() % 1000, 0);
    }
}

#[test]
fn the_system_clock_does_not_go_back() {
    let clock = Clock::system();
    let mut last = clock.now();
    for _ in 0..10_000 {
        let now = clock.now();
        assert!(now >= last);
        last = now;
    }
}

#[test]
fn a_manual_clock_refuses_to_go_back() {
    let clock = Clock::manual(start());
    let now = clock.now();
    let earlier = now - TimeDelta::microseconds(1);
    let refused = Err(ClockError::Backwards { now, at: earlier });
    assert_eq!(clock.set(earlier), refused);
    assert_eq!(clock.advance(TimeDelta::microseconds(-1)), refused);
    assert_eq!(clock.advance(TimeDelta::MAX), Err(ClockError::OutOfRange));
    assert_eq!(clock.now(), now);
    assert_eq!(clock.set(now), Ok(()));
}

#[test]
fn the_system_clock_cannot_be_set() {
    let clock = Clock::system();
    assert_eq!(clock.set(start()), Err(ClockError::NotManual));
    assert_eq!(clock.advance(TimeDelta::zero()), Err(ClockError::NotManual));
}

#[tokio::test]
async fn moving_a_manual_clock_wakes_whose_time_has_come_and_nobody_else() {
    let clock = Clock::manual(start());
    let hand = clock.clone();
    let mut five = Box::pin(clock.after(TimeDelta::minutes(5)));
    let mut ten = Box::pin(clock.after(TimeDelta::minutes(10)));
    assert!(five.as_mut().now_or_never().is_none() && ten.as_mut().now_or_never().is_none());

    hand.advance(TimeDelta::minutes(5) - TimeDelta::microseconds(1)).unwrap();
    assert!(five.as_mut().now_or_never().is_none(), "never early");

    hand.advance(TimeDelta::microseconds(1)).unwrap();
    five.await;
    assert!(ten.as_mut().now_or_never().is_none());

    hand.set(hand.now() + TimeDelta::hours(1)).unwrap();
    ten.await;
}

#[tokio::test]
async fn a_sleeper_in_another_task_is_woken() {
    let clock = Clock::manual(start());
    let at = clock.now() + TimeDelta::seconds(1);
    let sleeper = tokio::spawn({
        let clock = clock.clone();
        async move {
            clock.sleep_until(at).await;
            clock.now()
        }
    });
    clock.set(at).unwrap();
    assert_eq!(sleeper.await.unwrap(), at);
}

#[tokio::test]
async fn the_system_clock_wakes_no_one_early() {
    let clock = Clock::system();
    let at = clock.now() + TimeDelta::milliseconds(20);
    clock.sleep_until(at).await;
    assert!(clock.now() >= at);
    assert!(clock.sleep_until(at).now_or_never().is_some(), "a time that has passed needs no waiting");
}
