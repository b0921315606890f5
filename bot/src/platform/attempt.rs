//! One attempt to carry something out, the same for every platform: how long it may take, and what its end says when it is
//! not known whether an earlier one had its effect.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use firebell_core::effect::Delivery;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{Envelope, Outgoing};
use crate::text::hex;

/// No call begins later than this: the worker waits for 20 s, and a call may take 8 s.
pub(super) const LAST_CALL: Duration = Duration::from_secs(11);
/// The least pause before a platform is tried again that was not reached, and the longest.
const PAUSE_MIN: TimeDelta = TimeDelta::seconds(2);
const PAUSE_MAX: TimeDelta = TimeDelta::minutes(5);
const PAUSE_MAX_URGENT: TimeDelta = TimeDelta::seconds(30);
/// How much of a key's digest marks a message, in bytes.
const MARK_BYTES: usize = 8;

/// What a step gives, or how the attempt ends without it.
pub(super) type Step<T> = Result<T, Delivery>;

/// One attempt.
pub(super) struct Attempt<'t> {
    pub(super) key: &'t str,
    pub(super) again: bool,
    pub(super) urgent: bool,
    /// Whether an earlier attempt said it is not known yet. To be put off is an answer, after which nobody looks any more;
    /// so the end of an attempt in doubt is that its outcome is unknown.
    pub(super) in_doubt: AtomicBool,
    pub(super) began: Instant,
}

impl<'t> Attempt<'t> {
    /// An attempt that begins now.
    pub(super) fn of(envelope: &'t Envelope) -> Self {
        let Envelope { key, again, what } = envelope;
        let key = match what {
            // A card is one message, whichever version it shows.
            Outgoing::Card { .. } => key.rsplit_once(':').map_or(key.as_str(), |(card, _)| card),
            _ => key,
        };
        let in_doubt = AtomicBool::new(*again && is_said(what));
        Self { key, again: *again, urgent: is_urgent(what), in_doubt, began: Instant::now() }
    }

    /// An attempt of what is only read, under a name of its own.
    pub(super) fn to_read(name: &'t str) -> Self {
        Self { key: name, again: false, urgent: false, in_doubt: AtomicBool::new(false), began: Instant::now() }
    }

    /// Ends the attempt when there is no time for one more call; the next goes on at once.
    pub(super) fn in_time(&self) -> Step<()> {
        if self.has_time() { Ok(()) } else { Err(self.put_off(TimeDelta::zero())) }
    }

    pub(super) fn has_time(&self) -> bool {
        self.began.elapsed() < LAST_CALL
    }

    pub(super) fn put_off(&self, wait: TimeDelta) -> Delivery {
        if self.in_doubt.load(Ordering::Relaxed) { Delivery::Unknown } else { Delivery::RetryAfter(wait) }
    }

    /// What an earlier attempt did is known now, or cannot be.
    pub(super) fn end_doubt(&self) {
        self.in_doubt.store(false, Ordering::Relaxed);
    }

    /// Half as long as the platform has been out of reach, so that a long outage does not use up the attempts.
    pub(super) fn pause(&self, silent_for: TimeDelta) -> TimeDelta {
        let longest = if self.urgent { PAUSE_MAX_URGENT } else { PAUSE_MAX };
        (silent_for / 2).clamp(PAUSE_MIN, longest)
    }
}

/// What marks a message as sent under a key, in 16 digits.
pub(super) fn mark(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    hex(&digest[..MARK_BYTES])
}

/// Whether doing it twice would be read twice.
fn is_said(what: &Outgoing) -> bool {
    let is_said = matches!(
        what,
        Outgoing::Post { .. }
            | Outgoing::Mirror { .. }
            | Outgoing::Card { .. }
            | Outgoing::Document { .. }
            | Outgoing::Announce { .. }
    );
    is_said || is_urgent(what)
}

/// Whether a person waits for it who is to be woken.
fn is_urgent(what: &Outgoing) -> bool {
    match what {
        Outgoing::Notice { .. } | Outgoing::Withdraw { .. } | Outgoing::Alarm { .. } | Outgoing::Tell { .. } => true,
        Outgoing::OpenRoom { .. }
        | Outgoing::CloseRoom { .. }
        | Outgoing::Describe { .. }
        | Outgoing::Bookmarks { .. }
        | Outgoing::Invite { .. }
        | Outgoing::InviteGroup { .. }
        | Outgoing::Post { .. }
        | Outgoing::Mirror { .. }
        | Outgoing::Unmirror { .. }
        | Outgoing::Card { .. }
        | Outgoing::Document { .. }
        | Outgoing::Announce { .. } => false,
    }
}
