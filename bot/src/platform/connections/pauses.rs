//! The pauses between attempts.

use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};

/// The pauses between attempts: they double, and a part of each is left to chance so that many do not come at once.
#[derive(Debug)]
pub(in crate::platform) struct Pauses {
    first: Duration,
    longest: Duration,
    tried: u32,
}

impl Pauses {
    /// Pauses that begin with `first` and double up to `longest`.
    pub(in crate::platform) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, tried: 0 }
    }

    /// The next pause: between half of its span and the whole.
    pub(in crate::platform) fn next(&mut self) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.tried.min(20));
        self.tried = self.tried.saturating_add(1);
        let span = doubled.min(self.longest);
        span / 2 + (span / 2).mul_f64(chance())
    }

    /// Begins anew.
    pub(in crate::platform) fn reset(&mut self) {
        self.tried = 0;
    }
}

/// Between 0 and 1. Without random bytes the pause is the whole span, which is no worse than no chance at all.
fn chance() -> f64 {
    let mut bytes = [u8::MAX; 4];
    let _ = SystemRandom::new().fill(&mut bytes);
    f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pauses() -> Pauses {
        Pauses::new(Duration::from_millis(200), Duration::from_secs(30))
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let mut pauses = pauses();
        for span in [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0] {
            let pause = pauses.next().as_secs_f64();
            assert!((span / 2.0..=span).contains(&pause), "{pause} is not of {span}");
        }
        for _ in 0..1000 {
            assert!(pauses.next() <= Duration::from_secs(30));
        }
        pauses.reset();
        assert!(pauses.next() <= Duration::from_millis(200));
    }

    #[test]
    fn a_part_of_each_pause_is_chance() {
        let pause = |_| Pauses { tried: 8, ..pauses() }.next();
        let pauses: std::collections::BTreeSet<_> = (0..8).map(pause).collect();
        assert!(pauses.len() > 1, "{pauses:?}");
    }
}
