//! How long things may take.

use std::time::Duration;

use crate::platform::connections::Pauses;

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

impl Pace {
    /// The pauses between attempts.
    pub(super) fn pauses(&self) -> Pauses {
        Pauses::new(self.first_pause, self.longest_pause)
    }
}
