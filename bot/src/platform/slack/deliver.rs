//! What is to be done, as calls. Whatever takes several calls can be attempted again from its start: each step finds what
//! an earlier attempt has done.

mod about;
mod fail;
mod file;
mod invite;
mod link;
mod name;
mod notes;
mod room;
mod say;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use firebell_core::effect::{Delivery, Reference};
use tokio::time::Instant;

pub(super) use self::file::fetch;
use self::name::channel_name;
pub(super) use self::notes::Notes;
use self::room::Wish;
use super::api::Api;
use crate::platform::{Envelope, Outgoing};

/// No call begins later than this: the worker waits for 20 s, and a call may take 8 s.
const LAST_CALL: Duration = Duration::from_secs(11);

/// Carries one thing out.
pub(super) async fn deliver(api: &Api, notes: &Notes, envelope: &Envelope) -> Delivery {
    let Envelope { key, again, what } = envelope;
    let key = match what {
        // A card is one message, whichever version it shows.
        Outgoing::Card { .. } => key.rsplit_once(':').map_or(key.as_str(), |(card, _)| card),
        _ => key,
    };
    let in_doubt = AtomicBool::new(*again && is_said(what));
    let turn = Turn { api, notes, key, again: *again, urgent: is_urgent(what), in_doubt, began: Instant::now() };
    match turn.carry_out(what).await {
        Ok(made) => Delivery::Delivered(made),
        Err(otherwise) => otherwise,
    }
}

/// What a step gives, or how the attempt ends without it.
type Step<T> = Result<T, Delivery>;

/// One attempt.
struct Turn<'t> {
    api: &'t Api,
    notes: &'t Notes,
    key: &'t str,
    again: bool,
    urgent: bool,
    /// Whether an earlier attempt said it is not known yet. To be put off is an answer, after which nobody looks any more;
    /// so the end of an attempt in doubt is that its outcome is unknown.
    in_doubt: AtomicBool,
    began: Instant,
}

impl Turn<'_> {
    async fn carry_out(&self, what: &Outgoing) -> Step<Reference> {
        match what {
            Outgoing::OpenRoom { adopts: Some(room), .. } => self.adopt(room).await,
            Outgoing::OpenRoom { name, private, requested_at, adopts: None } => {
                self.make_room(&Wish { name: channel_name(name), private: *private, requested_at: *requested_at }).await
            }
            Outgoing::CloseRoom { room } => self.close_room(room).await,
            Outgoing::Describe { room, topic, purpose } => self.describe(room, topic, purpose).await,
            Outgoing::Bookmarks { room, links } => self.bookmark(room, links).await,
            Outgoing::Invite { room, account } => self.invite(room, account).await,
            Outgoing::InviteGroup { room, group } => self.invite_group(room, group).await,
            Outgoing::Post { room, text, controls } => self.post(room, text, controls).await,
            Outgoing::Card { room, text, controls, replaces } => {
                self.card(room, (text, controls), replaces.as_deref()).await
            }
            Outgoing::Announce { channel, text, replaces } => self.announce(channel, text, replaces.as_deref()).await,
            Outgoing::Notice { account, text, controls } => self.tell(account, text, controls).await,
            Outgoing::Withdraw { account, text, notice } => self.withdraw(account, text, notice.as_deref()).await,
            Outgoing::Alarm { account, text } | Outgoing::Tell { account, text } => self.tell(account, text, &[]).await,
        }
    }

    /// Ends the attempt when there is no time for one more call; the next goes on at once.
    fn in_time(&self) -> Step<()> {
        if self.has_time() { Ok(()) } else { Err(self.put_off(TimeDelta::zero())) }
    }

    fn has_time(&self) -> bool {
        self.began.elapsed() < LAST_CALL
    }

    fn put_off(&self, wait: TimeDelta) -> Delivery {
        if self.in_doubt.load(Ordering::Relaxed) { Delivery::Unknown } else { Delivery::RetryAfter(wait) }
    }

    /// What an earlier attempt did is known now, or cannot be.
    fn end_doubt(&self) {
        self.in_doubt.store(false, Ordering::Relaxed);
    }
}

/// Whether doing it twice would be read twice.
fn is_said(what: &Outgoing) -> bool {
    matches!(what, Outgoing::Post { .. } | Outgoing::Card { .. } | Outgoing::Announce { .. }) || is_urgent(what)
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
        | Outgoing::Card { .. }
        | Outgoing::Announce { .. } => false,
    }
}

#[cfg(test)]
mod tests;
