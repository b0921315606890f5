//! The system's wall clock, made monotone.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

/// A set-back up to this is what time synchronisation does every day and is not worth a line in the log.
const NOTABLE: TimeDelta = TimeDelta::seconds(1);

/// The last time told and when, by the counter that nobody can set, it was told.
#[derive(Debug)]
pub(super) struct Wall {
    told: DateTime<Utc>,
    at: Instant,
    ahead: bool,
    /// What is added to the machine's clock; `None` until another clock is followed.
    offset: Option<TimeDelta>,
}

impl Wall {
    pub(super) fn start() -> Self {
        Self { told: system_time(), at: Instant::now(), ahead: false, offset: None }
    }

    /// The machine's own clock.
    pub(super) fn own() -> DateTime<Utc> {
        system_time()
    }

    /// Follows a clock that the machine's is `ahead` of. The first time what was told before does not count; later on
    /// time only goes forward.
    pub(super) fn follow(&mut self, ahead: TimeDelta) {
        let offset = TimeDelta::zero() - ahead;
        if self.offset.replace(offset).is_none() {
            (self.told, self.at) = (shifted(system_time(), offset), Instant::now());
        }
    }

    /// By how much the machine's clock is ahead of the one that is followed.
    pub(super) fn lead(&self) -> Option<TimeDelta> {
        self.offset.map(|offset| TimeDelta::zero() - offset)
    }

    pub(super) fn read(&mut self) -> DateTime<Utc> {
        let wall = shifted(system_time(), self.offset.unwrap_or_default());
        let at = Instant::now();
        // The fallback needs a process that has run for 292 million years.
        let passed = TimeDelta::from_std(at.duration_since(self.at)).unwrap_or(TimeDelta::MAX);
        self.warn_when_set_back(self.told - wall);
        self.told = next(self.told, passed, wall);
        self.at = at;
        self.told
    }

    fn warn_when_set_back(&mut self, lead: TimeDelta) {
        if lead > NOTABLE && !self.ahead {
            self.ahead = true;
            tracing::warn!(
                seconds = lead.num_seconds(),
                "the wall clock was set back; Firebell's time goes on slower until it has caught up, restart Firebell to follow it at once"
            );
        } else if lead <= TimeDelta::zero() && self.ahead {
            self.ahead = false;
            tracing::info!("the wall clock has caught up with Firebell's time");
        }
    }
}

/// The time to tell, `passed` after `told` was told, when the wall clock shows `wall`.
///
/// Time that stood still until a set-back wall clock has caught up would hold every due page for that long, and time
/// that followed it back would let timers wait again for what had already passed. Going on at nine tenths of the speed
/// delays an escalation by a ninth at most, and yet ends in agreement with the wall clock.
fn next(told: DateTime<Utc>, passed: TimeDelta, wall: DateTime<Utc>) -> DateTime<Utc> {
    let slow = told.checked_add_signed(passed - passed / 10).unwrap_or(told);
    wall.max(slow)
}

fn shifted(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(at)
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
fn system_time() -> DateTime<Utc> {
    Utc::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn the_wall_clock_is_followed_forward_and_never_back() {
        // Last told, seconds passed, the wall clock, what is told now.
        let table = [
            (0, 10, 10, 10, "they agree"),
            (0, 10, 4000, 4000, "set forward by an hour"),
            (0, 10, -3590, 9, "set back by an hour: time goes on, slower"),
            (0, 100, 95, 95, "set back by five seconds, which the wall clock has made up"),
            (0, 0, -3600, 0, "set back with no time passed"),
        ];
        for (told, passed, wall, expected, case) in table {
            assert_eq!(next(at(told), TimeDelta::seconds(passed), at(wall)), at(expected), "{case}");
        }
    }

    #[test]
    fn a_set_back_wall_clock_catches_up_in_ten_times_the_lead() {
        let mut told = at(0);
        for second in 1..=600 {
            let before = told;
            told = next(told, TimeDelta::seconds(1), at(second - 60));
            assert!(told > before);
        }
        assert_eq!(told, at(540));
    }

    #[test]
    fn another_clock_is_followed_at_once_and_then_never_back() {
        let hour = TimeDelta::hours(1);
        let mut wall = Wall::start();
        wall.follow(hour);
        let first = wall.read();
        let behind = Wall::own() - first;
        assert!(behind >= hour && behind < hour + TimeDelta::minutes(1), "{behind}");
        wall.follow(hour + hour);
        assert!(wall.read() >= first, "from now on it only goes forward");
        wall.follow(TimeDelta::zero());
        assert!(Wall::own() - wall.read() < TimeDelta::minutes(1), "and jumps forward with it");
        assert_eq!(wall.lead(), Some(TimeDelta::zero()));
    }

    #[test]
    fn the_lead_is_noticed_once_and_its_end_too() {
        let mut wall = Wall::start();
        wall.warn_when_set_back(TimeDelta::milliseconds(900));
        assert!(!wall.ahead);
        wall.warn_when_set_back(TimeDelta::minutes(5));
        assert!(wall.ahead);
        wall.warn_when_set_back(TimeDelta::milliseconds(500));
        assert!(wall.ahead);
        wall.warn_when_set_back(TimeDelta::milliseconds(-1));
        assert!(!wall.ahead);
    }
}
