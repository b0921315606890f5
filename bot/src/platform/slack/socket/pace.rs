//! How long things may take, and the pauses between attempts.

use std::time::Duration;

use ring::rand::{SecureRandom as _, SystemRandom};

/// All the spans of Socket Mode; the default is for production.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The longest that the request for a URL may take.
    pub open: Duration,
    /// The longest that TCP, TLS and the WebSocket's handshake may take together.
    pub connect: Duration,
    /// The longest that Slack may take for its first frame.
    pub hello: Duration,
    /// Between the starts of two connections.
    pub stagger: Duration,
    /// The first pause before another attempt; the next ones double.
    pub first_pause: Duration,
    /// The longest pause before another attempt.
    pub longest_pause: Duration,
    /// A connection that lasted this long was a good one: the pauses begin anew after it.
    pub lived: Duration,
    /// The pause after a refusal that only a person can end.
    pub refused: Duration,
    /// Between two pings of ours.
    pub ping: Duration,
    /// A connection on which nothing was heard for this long is given up. Slack pings about every 30 s and answers ours.
    pub silence: Duration,
    /// The longest that an envelope may be handled: Slack waits 3 s, and what never ends must not take the place of
    /// others for ever.
    pub answer: Duration,
    /// How long a connection goes on after another has taken its place.
    pub replaced: Duration,
    /// The longest that envelopes which are being handled are waited for at the end.
    pub drain: Duration,
    /// The longest that the other side is waited for when a connection is closed.
    pub close: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            open: Duration::from_secs(8),
            connect: Duration::from_secs(8),
            hello: Duration::from_secs(8),
            stagger: Duration::from_millis(250),
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(30),
            lived: Duration::from_secs(30),
            refused: Duration::from_mins(1),
            ping: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            answer: Duration::from_secs(30),
            replaced: Duration::from_secs(10),
            drain: Duration::from_secs(10),
            close: Duration::from_secs(1),
        }
    }
}

/// The pauses between attempts: they double, and a part of each is left to chance so that many do not come at once.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    tried: u32,
}

impl Pauses {
    /// The next pause: between half of its span and the whole.
    pub(super) fn next(&mut self, pace: &Pace) -> Duration {
        let doubled = pace.first_pause.saturating_mul(1 << self.tried.min(20));
        self.tried = self.tried.saturating_add(1);
        let span = doubled.min(pace.longest_pause);
        span / 2 + (span / 2).mul_f64(chance())
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
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

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_anew() {
        let (pace, mut pauses) = (Pace::default(), Pauses::default());
        for span in [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0] {
            let pause = pauses.next(&pace).as_secs_f64();
            assert!((span / 2.0..=span).contains(&pause), "{pause} is not of {span}");
        }
        for _ in 0..1000 {
            assert!(pauses.next(&pace) <= pace.longest_pause);
        }
        pauses.reset();
        assert!(pauses.next(&pace) <= Duration::from_millis(200));
    }

    #[test]
    fn a_part_of_each_pause_is_chance() {
        let pause = |_| Pauses { tried: 8 }.next(&Pace::default());
        let pauses: std::collections::BTreeSet<_> = (0..8).map(pause).collect();
        assert!(pauses.len() > 1, "{pauses:?}");
    }
}
