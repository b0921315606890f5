//! What is to be done, as calls. Whatever takes several calls can be attempted again from its start: each step finds what
//! an earlier attempt has done.

mod about;
mod document;
mod fail;
mod file;
mod invite;
mod link;
mod mirror;
mod name;
mod notes;
mod room;
mod say;

use std::ops::Deref;

use firebell_core::effect::{Delivery, Reference};

pub(super) use self::file::fetch;
use self::name::channel_name;
pub(super) use self::notes::Notes;
use self::room::Wish;
use super::api::Api;
use crate::platform::attempt::{Attempt, Step};
use crate::platform::{Envelope, Outgoing};

/// Carries one thing out.
pub(super) async fn deliver(api: &Api, notes: &Notes, envelope: &Envelope) -> Delivery {
    let turn = Turn { api, notes, attempt: Attempt::of(envelope) };
    match turn.carry_out(&envelope.what).await {
        Ok(made) => Delivery::Delivered(made),
        Err(otherwise) => otherwise,
    }
}

/// One attempt, with what it is made by.
struct Turn<'t> {
    api: &'t Api,
    notes: &'t Notes,
    attempt: Attempt<'t>,
}

impl<'t> Deref for Turn<'t> {
    type Target = Attempt<'t>;

    fn deref(&self) -> &Attempt<'t> {
        &self.attempt
    }
}

impl Turn<'_> {
    async fn carry_out(&self, what: &Outgoing) -> Step<Reference> {
        match what {
            Outgoing::OpenRoom { adopts: Some(room), .. } => self.adopt(room).await,
            Outgoing::OpenRoom { name, private, requested_at, adopts: None, .. } => {
                self.make_room(&Wish { name: channel_name(name), private: *private, requested_at: *requested_at }).await
            }
            Outgoing::CloseRoom { room } => self.close_room(room).await,
            Outgoing::Describe { room, topic, purpose, .. } => self.describe(room, topic, purpose).await,
            Outgoing::Bookmarks { room, links } => self.bookmark(room, links).await,
            Outgoing::Invite { room, account } => self.invite(room, account).await,
            Outgoing::InviteGroup { room, group } => self.invite_group(room, group).await,
            Outgoing::Post { room, text, controls } => self.post(room, text, controls).await,
            Outgoing::Card { room, text, controls, replaces } => {
                self.card(room, (text, controls), replaces.as_deref()).await
            }
            Outgoing::Mirror { room, text, replaces, answers } => {
                self.mirror(room, text, (replaces.as_deref(), answers.as_deref())).await
            }
            Outgoing::Unmirror { room, copy, .. } => self.unmirror(room, copy).await,
            Outgoing::Document { room, file, replaces } => self.document(room, file, replaces.as_deref()).await,
            Outgoing::Announce { channel, text, replaces } => self.announce(channel, text, replaces.as_deref()).await,
            Outgoing::Notice { account, text, controls, .. } => self.tell(account, text, controls).await,
            Outgoing::Withdraw { account, text, notice, .. } => self.withdraw(account, text, notice.as_deref()).await,
            Outgoing::Alarm { account, text } | Outgoing::Tell { account, text } => self.tell(account, text, &[]).await,
        }
    }
}

#[cfg(test)]
mod tests;
