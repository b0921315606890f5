//! A room is made, or one that is there is used.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::{Delivery, Reference};

use super::name::candidates;
use super::{Step, Turn};
use crate::platform::slack::api::{ApiError, Channel, Identity};

/// By how much Slack's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::seconds(60);

/// The room that is wanted.
pub(super) struct Wish {
    /// As Slack takes it.
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) requested_at: DateTime<Utc>,
}

/// How far the making of a room has come.
#[derive(Debug, Default)]
pub(super) struct Saga {
    search: Option<Search>,
    /// Names that cannot be had.
    taken: BTreeSet<String>,
}

/// A walk through all channels, page by page.
#[derive(Debug, Default)]
struct Search {
    /// Where the next page begins.
    cursor: Option<String>,
    /// Channels of the wanted names so far.
    found: Vec<Channel>,
    /// The name that Slack said was taken just before.
    because_of: Option<String>,
}

impl Turn<'_> {
    /// Uses a channel that is there.
    pub(super) async fn adopt(&self, room: &str) -> Step<Reference> {
        let channel = self.api.channel(room).await.map_err(|error| self.stop(error))?;
        if channel.is_im || channel.is_mpim {
            return Err(Delivery::Impossible("direct messages cannot be an incident's room: use a channel".to_owned()));
        }
        if channel.is_archived {
            return Err(self.stop(ApiError::refused("is_archived")));
        }
        if !channel.is_member {
            if channel.is_private {
                return Err(self.stop(ApiError::refused("not_in_channel")));
            }
            self.api.join(room).await.map_err(|error| self.stop(error))?;
        }
        Ok(made(channel))
    }

    /// Makes a channel, and never a second one: what an earlier attempt may have made is looked for first.
    pub(super) async fn make_room(&self, wish: &Wish) -> Step<Reference> {
        let mut saga = self.notes.sagas.take(self.key).unwrap_or_default();
        if self.again && saga.search.is_none() {
            saga.search = Some(Search::default());
        }
        let outcome = self.go_on(wish, &mut saga).await;
        if matches!(outcome, Err(Delivery::RetryAfter(_) | Delivery::Unknown)) {
            self.notes.sagas.put(self.key.to_owned(), saga);
        }
        outcome.map(made)
    }

    async fn go_on(&self, wish: &Wish, saga: &mut Saga) -> Step<Channel> {
        let names = candidates(&wish.name);
        loop {
            if let Some(ours) = self.search(wish, saga, &names).await? {
                return Ok(ours);
            }
            let Some(name) = names.iter().find(|name| !saga.taken.contains(*name)) else {
                let last = names.last().unwrap_or(&wish.name);
                let reason = format!("the names {} to {last} are all taken in Slack: rename those channels", wish.name);
                return Err(Delivery::Impossible(reason));
            };
            self.in_time()?;
            match self.api.create_channel(name, wish.private).await {
                Ok(channel) => {
                    self.notes.undescribed.put(channel.id.clone(), ());
                    self.notes.without_links.put(channel.id.clone(), ());
                    self.notes.unlinked.put(channel.id.clone(), ());
                    return Ok(channel);
                }
                Err(error) if error.code() == Some("name_taken") => {
                    // Perhaps by an attempt of ours whose answer was lost, or that took effect late.
                    saga.search = Some(Search { because_of: Some(name.clone()), ..Search::default() });
                }
                Err(error) => return Err(self.stop(error)),
            }
        }
    }

    /// Ends a search that has begun: gives the channel that is ours, or notes which names are other people's.
    async fn search(&self, wish: &Wish, saga: &mut Saga, names: &[String]) -> Step<Option<Channel>> {
        let Some(search) = &mut saga.search else { return Ok(None) };
        let me = self.api.me().await.map_err(|error| self.stop(error))?;
        loop {
            self.in_time()?;
            let (page, next) = match self.api.channels(search.cursor.as_deref()).await {
                Ok(page) => page,
                Err(error) if error.code() == Some("invalid_cursor") && search.cursor.is_some() => {
                    search.cursor = None;
                    continue;
                }
                Err(error) => return Err(self.stop(error)),
            };
            search.found.extend(page.into_iter().filter(|channel| names.contains(&channel.name)));
            if let Some(ours) = search.found.iter().find(|channel| is_ours(channel, wish, me)) {
                return Ok(Some(ours.clone()));
            }
            if next.is_none() {
                break;
            }
            search.cursor = next;
        }
        // A name that is taken and not found is that of a private channel which the app may not see.
        saga.taken.extend(search.found.drain(..).map(|channel| channel.name).chain(search.because_of.take()));
        saga.search = None;
        Ok(None)
    }
}

/// Whether it was made for this wish. One that is archived or open to others than the wish says is not used again.
fn is_ours(channel: &Channel, wish: &Wish, me: &Identity) -> bool {
    let earliest = wish.requested_at - SKEW;
    channel.creator == me.user
        && channel.created >= earliest.timestamp()
        && !channel.is_archived
        && channel.is_private == wish.private
}

fn made(channel: Channel) -> Reference {
    Reference { external_id: channel.id, name: channel.name }
}
