//! How long things may take.

use std::time::Duration;

use crate::platform::connections::Pauses;

/// All the spans of the gateway; the default is for production.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The longest that Discord may take to say where the gateway is.
    pub address: Duration,
    /// The longest that the name, TCP, TLS and the WebSocket's handshake may take together.
    pub connect: Duration,
    /// The longest from the start of a session to READY.
    pub ready: Duration,
    /// The longest from the loss of a connection until the session goes on over another.
    pub resume: Duration,
    /// The first pause before another session; the next ones double.
    pub first_pause: Duration,
    /// The longest pause before another session.
    pub longest_pause: Duration,
    /// A session that lasted this long was a good one: the pauses begin anew after it.
    pub lived: Duration,
    /// The pause after a refusal that only a person can end.
    pub refused: Duration,
    /// Between the starts of two sessions; Discord takes one in 5 s.
    pub apart: Duration,
    /// How often is looked whether all is well.
    pub look: Duration,
    /// Between two pings: that one cannot be sent shows that a connection is over, where nothing else did.
    pub ping: Duration,
    /// A session whose thread does nothing else for so long is given up.
    pub stuck: Duration,
    /// A session on which neither an event nor an acknowledged heartbeat came for so long is given up. Discord wants a
    /// heartbeat every 41.25 s, so two were missed.
    pub silence: Duration,
    /// The longest that a session may take to close, before it is cut off.
    pub close: Duration,
    /// The longest that is slept at a stretch until there are sessions left for the day.
    pub ask_again: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            address: Duration::from_secs(8),
            connect: Duration::from_secs(8),
            ready: Duration::from_secs(15),
            resume: Duration::from_secs(10),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
            lived: Duration::from_secs(30),
            refused: Duration::from_mins(1),
            apart: Duration::from_secs(5),
            look: Duration::from_millis(250),
            ping: Duration::from_secs(2),
            stuck: Duration::from_secs(3),
            silence: Duration::from_secs(90),
            close: Duration::from_secs(1),
            ask_again: Duration::from_mins(10),
        }
    }
}

impl Pace {
    /// The pauses between sessions.
    pub(super) fn pauses(&self) -> Pauses {
        Pauses::new(self.first_pause, self.longest_pause)
    }
}
