//! Captured messages: which revision, if any, is kept of what happens to one in its room.

#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};

use crate::chain::Hash;
use crate::facts::Captured;
use crate::ids::{MessageId, PersonId};
use crate::refusal::Refusal;

/// A captured message with everything that is kept of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub author: PersonId,
    pub sent_at: DateTime<Utc>,
    pub revisions: Vec<Revision>,
}

/// What a message said from an instant on. Revisions are numbered as they came in, so that what was marked keeps its
/// number; deliveries may overtake each other, so the newest revision is the one with the latest instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub number: i64,
    pub at: DateTime<Utc>,
    pub hash: Hash,
    pub says: Says,
}

/// What is left of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    Words(String),
    /// Its words were taken out of the record.
    Redacted,
    /// The message was deleted in its room; there never were words.
    Deleted,
}

/// What happened to a message in its room. `A` is its author: an account of the platform, then the person behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened<A> {
    Said {
        author: A,
        text: String,
    },
    /// Its author put other words in its place; on no platform can anybody else.
    Edited {
        author: A,
        at: DateTime<Utc>,
        text: String,
    },
    /// Its author or a moderator took it away; not every platform tells which of them.
    Deleted {
        at: DateTime<Utc>,
    },
}

/// A revision that is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revised {
    pub number: i64,
    pub at: DateTime<Utc>,
    /// `None` for a deletion.
    pub text: Option<String>,
}

/// What somebody wants done to a message of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    Edit { text: String },
    Delete,
}

impl Message {
    /// The revision that is to be kept of what happened; `None` when it is known already or does not count any more.
    pub fn revised(&self, happened: &Happened<PersonId>) -> Option<Revised> {
        let number = self.revisions.iter().map(|held| held.number).max().unwrap_or(0) + 1;
        let (at, text) = match happened {
            Happened::Said { author, text } => (self.said(*author)?, Some(text.clone())),
            Happened::Edited { author, at, text } => (self.edited(*author, *at, text)?, Some(text.clone())),
            Happened::Deleted { at } => (self.deleted(*at)?, None),
        };
        Some(Revised { number, at, text })
    }

    /// The message as its newest revision has it; `None` while there is no revision.
    pub fn captured(&self) -> Option<Captured> {
        let Revision { number, hash, says, .. } = self.newest()?;
        Some(Captured {
            id: self.id,
            author: self.author,
            sent_at: self.sent_at,
            revision: *number,
            hash: *hash,
            edited: self.revisions.iter().any(|held| held.at > self.sent_at && held.says != Says::Deleted),
            deleted: *says == Says::Deleted,
            text: match says {
                Says::Words(text) => Some(text.clone()),
                Says::Redacted | Says::Deleted => None,
            },
        })
    }

    /// Refuses whoever did not write the message, and what can no longer be done to it.
    ///
    /// # Errors
    /// The refusal says who may, or that it is gone.
    pub fn refuse_amending(&self, by: PersonId, amendment: &Amendment) -> Result<(), Refusal> {
        let (message, verb) = (self.id, amendment.verb());
        if self.author != by {
            return Err(Refusal::NotAllowed { message: format!("only who wrote {message} may {verb} it") });
        }
        let gone = match amendment {
            Amendment::Edit { .. } => self.takes_no_words(),
            Amendment::Delete => self.is(&Says::Deleted),
        };
        if gone { Err(Refusal::MessageGone { message, verb: verb.to_owned() }) } else { Ok(()) }
    }

    /// The instant of the first words, unless they came in before.
    fn said(&self, author: PersonId) -> Option<DateTime<Utc>> {
        let known = self.revisions.iter().any(|held| held.at <= self.sent_at);
        (author == self.author && !known && !self.takes_no_words()).then_some(self.sent_at)
    }

    /// The instant of an edit, unless it changes nothing. Some platforms tell it in whole seconds, so it may seem to lie
    /// before the message that it changes.
    fn edited(&self, author: PersonId, at: DateTime<Utc>, text: &str) -> Option<DateTime<Utc>> {
        let first = self.sent_at.checked_add_signed(TimeDelta::microseconds(1)).unwrap_or(self.sent_at);
        let at = at.max(first);
        let same = |held: &Revision| matches!(&held.says, Says::Words(words) if words == text);
        let before = self.revisions.iter().filter(|held| held.at <= at).max_by_key(|held| (held.at, held.number));
        let known = before.is_some_and(same) || self.revisions.iter().any(|held| held.at == at && same(held));
        (author == self.author && !known && !self.takes_no_words()).then_some(at)
    }

    /// The instant of a deletion. It is final: what seems to be later was told by another clock.
    fn deleted(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let last = self.newest().map_or(at, |newest| newest.at.max(at));
        (!self.is(&Says::Deleted)).then_some(last)
    }

    /// Whether files are still taken down that are attached to it.
    pub fn takes_files(&self) -> bool {
        !self.takes_no_words()
    }

    /// A deleted message stays deleted, and words for a redacted one could repeat what was taken out.
    fn takes_no_words(&self) -> bool {
        self.is(&Says::Deleted) || self.is(&Says::Redacted)
    }

    fn is(&self, says: &Says) -> bool {
        self.revisions.iter().any(|held| held.says == *says)
    }

    fn newest(&self) -> Option<&Revision> {
        self.revisions.iter().max_by_key(|held| (held.at, held.number))
    }
}

impl Amendment {
    /// What one does.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Edit { .. } => "edit",
            Self::Delete => "delete",
        }
    }
}
