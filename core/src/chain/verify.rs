//! Verifying a stream, one stored entry after the other.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Break, BreakReason, Hash, OwnedLink, body_hash, entry_hash, read};

/// An entry as the database holds it.
#[derive(Debug, Clone, Copy)]
pub struct StoredEntry<'a> {
    /// The column `seq`.
    pub seq: i64,
    /// The column `stream`.
    pub stream: &'a str,
    /// The column `kind`.
    pub kind: &'a str,
    /// The column `happened_at`.
    pub happened_at: DateTime<Utc>,
    /// The column `recorded_at`.
    pub recorded_at: DateTime<Utc>,
    /// The column `actor`, as the same canonical JSON text that was hashed.
    pub actor: &'a str,
    /// The bytes that were hashed.
    pub canonical: &'a [u8],
    /// The hash of those bytes.
    pub hash: Hash,
    /// Salt and body, or none once they are deleted.
    pub body: Option<(&'a [u8], &'a str)>,
}

/// What a stream without a break amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How many entries the stream has.
    pub entries: i64,
    /// How many of them are redacted.
    pub redacted: i64,
    /// How many anchors were met and agreed.
    pub anchors: i64,
    /// The hash of the last entry, [`Hash::ZERO`] for an empty stream.
    pub head: Hash,
}

/// Walks one stream in order and stops at its first break.
///
/// Once a call has returned a [`Break`], the verifier has nothing more to say about the stream.
#[derive(Debug)]
pub struct Verifier {
    stream: String,
    redactions: BTreeSet<i64>,
    pending_anchors: BTreeSet<(i64, Hash)>,
    so_far: Verified,
}

impl Verifier {
    /// Starts before the first entry of `stream`.
    ///
    /// `redactions` are the numbers that the stream's redaction entries name. They are wanted up front because a
    /// redaction stands later than its target; a forged one is found when the walk reaches the entry it claims to
    /// come from.
    pub fn new(stream: impl Into<String>, redactions: BTreeSet<i64>) -> Self {
        let so_far = Verified { entries: 0, redacted: 0, anchors: 0, head: Hash::ZERO };
        Self { stream: stream.into(), redactions, pending_anchors: BTreeSet::new(), so_far }
    }

    /// Adds an anchor, a hash that was published for entry `seq` (0 with [`Hash::ZERO`] for an empty stream), to be
    /// compared as the walk passes it. All anchors are added before the first entry; their order does not matter,
    /// and of two that disagree one is a break.
    #[must_use]
    pub fn expect_anchor(mut self, seq: i64, hash: Hash) -> Self {
        self.pending_anchors.insert((seq, hash));
        self
    }

    /// Checks the next entry: its number, its hash, its predecessor, its columns and its body.
    ///
    /// # Errors
    /// The [`Break`] at this entry, or at an anchor just passed.
    pub fn push(&mut self, entry: &StoredEntry<'_>) -> Result<(), Break> {
        self.pass_anchors()?;
        let expected = self.so_far.entries.saturating_add(1);
        if entry.seq != expected {
            return Err(self.broken(expected, BreakReason::Gap { found: entry.seq }));
        }
        self.check(entry).map_err(|why| self.broken(expected, why))?;
        self.so_far.entries = expected;
        self.so_far.head = entry.hash;
        self.so_far.redacted += i64::from(entry.body.is_none());
        Ok(())
    }

    /// Compares the end of the stream with its head, whose signature the caller has checked, and with the anchors
    /// not passed yet.
    ///
    /// # Errors
    /// The [`Break`] at the end of the stream.
    pub fn finish(mut self, head_seq: i64, head_hash: Hash) -> Result<Verified, Break> {
        self.pass_anchors()?;
        let found = self.so_far.entries;
        if head_seq != found {
            let first = head_seq.min(found).saturating_add(1);
            return Err(self.broken(first, BreakReason::CountDiffers { head: head_seq, found }));
        }
        if head_hash != self.so_far.head {
            return Err(self.broken(head_seq, BreakReason::HeadDiffers));
        }
        if let Some(&(seq, _)) = self.pending_anchors.first() {
            return Err(self.broken(seq, BreakReason::AnchorBeyondTail { found }));
        }
        Ok(self.so_far)
    }

    fn check(&self, entry: &StoredEntry<'_>) -> Result<(), BreakReason> {
        if entry_hash(entry.canonical) != entry.hash {
            return Err(BreakReason::HashDiffers);
        }
        let link = read(entry.canonical).map_err(BreakReason::Unreadable)?;
        if link.prev != self.so_far.head {
            return Err(BreakReason::PreviousDiffers);
        }
        if let Some(column) = self.differing_column(entry, &link) {
            return Err(BreakReason::ColumnDiffers { column });
        }
        match (entry.body, self.redactions.contains(&entry.seq)) {
            (Some(_), true) => Err(BreakReason::BodyNotRedacted),
            (None, false) => Err(BreakReason::BodyMissing),
            (Some((salt, body)), false) if body_hash(salt, body) != link.body => Err(BreakReason::BodyDiffers),
            (Some(_), false) | (None, true) => Ok(()),
        }
    }

    fn differing_column(&self, entry: &StoredEntry<'_>, link: &OwnedLink) -> Option<&'static str> {
        let columns = [
            ("stream", entry.stream == link.stream && link.stream == self.stream),
            ("seq", entry.seq == link.seq),
            ("kind", entry.kind == link.kind),
            ("happened_at", entry.happened_at == link.happened_at),
            ("recorded_at", entry.recorded_at == link.recorded_at),
            ("actor", entry.actor == link.actor),
        ];
        columns.into_iter().find(|(_, same)| !same).map(|(column, _)| column)
    }

    /// Compares the anchors up to the last entry that was checked.
    fn pass_anchors(&mut self) -> Result<(), Break> {
        let here = (self.so_far.entries, self.so_far.head);
        while let Some(&anchor) = self.pending_anchors.first()
            && anchor.0 <= here.0
        {
            if anchor != here {
                return Err(self.broken(anchor.0, BreakReason::AnchorDiffers));
            }
            self.pending_anchors.pop_first();
            self.so_far.anchors += 1;
        }
        Ok(())
    }

    fn broken(&self, seq: i64, why: BreakReason) -> Break {
        Break { stream: self.stream.clone(), seq, why }
    }
}

#[cfg(test)]
mod tests;
