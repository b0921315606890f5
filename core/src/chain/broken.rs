//! What a verification found wrong.

use std::fmt;

use super::ChainError;

/// The first place at which a stream is not what was recorded; its text is one sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The stream that was verified.
    pub stream: String,
    /// The number of the entry concerned; for a missing entry, the number it should have.
    pub seq: i64,
    /// What is wrong there.
    pub why: BreakReason,
}

/// What is wrong with an entry, or with the end of its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BreakReason {
    /// The number is missing and another entry stands in its place.
    Gap {
        /// The number of the entry in its place.
        found: i64,
    },
    /// The canonical bytes do not hash to the stored hash.
    HashDiffers,
    /// The canonical bytes hash as they should but cannot be read.
    Unreadable(ChainError),
    /// The entry names another previous hash than that of the entry before it.
    PreviousDiffers,
    /// A stored column differs from the hashed bytes.
    ColumnDiffers {
        /// The column's name.
        column: &'static str,
    },
    /// Body or salt differ from their hash.
    BodyDiffers,
    /// The body is gone and no redaction names the entry.
    BodyMissing,
    /// A redaction names the entry and its body is still there.
    BodyNotRedacted,
    /// The signed head counts more entries than there are (the tail was cut off), or fewer.
    CountDiffers {
        /// How many entries the head counts.
        head: i64,
        /// How many entries there are.
        found: i64,
    },
    /// The head holds another hash than the last entry.
    HeadDiffers,
    /// An anchor taken earlier holds another hash for this entry.
    AnchorDiffers,
    /// An anchor was taken of an entry that is no longer there.
    AnchorBeyondTail {
        /// How many entries there are.
        found: i64,
    },
}

impl std::error::Error for Break {}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stream, seq, why } = self;
        write!(f, "{stream}: ")?;
        match why {
            BreakReason::Gap { found } => write!(f, "entry {seq} is missing: entry {found} stands in its place"),
            BreakReason::HashDiffers => write!(f, "entry {seq} was changed: its bytes do not match its hash"),
            BreakReason::Unreadable(error) => write!(f, "entry {seq} cannot be read: {error}"),
            BreakReason::PreviousDiffers => {
                write!(f, "entry {seq} does not follow the entry before it: it names another previous hash")
            }
            BreakReason::ColumnDiffers { column } => {
                write!(f, "entry {seq} was changed: its column {column} differs from what was hashed")
            }
            BreakReason::BodyDiffers => write!(f, "entry {seq} was changed: its body does not match its hash"),
            BreakReason::BodyMissing => {
                write!(f, "entry {seq} lost its body and no redaction names it")
            }
            BreakReason::BodyNotRedacted => write!(f, "redacted entry {seq} still has its body"),
            BreakReason::CountDiffers { head, found } if found < head => {
                write!(f, "the tail was cut off: the head counts {head} entries and there are {found}")
            }
            BreakReason::CountDiffers { head, found } => {
                write!(f, "entries were added behind the head: it counts {head} entries and there are {found}")
            }
            BreakReason::HeadDiffers => write!(f, "the head's hash is not that of entry {seq}"),
            BreakReason::AnchorDiffers => write!(f, "entry {seq} was changed: an anchor holds another hash for it"),
            BreakReason::AnchorBeyondTail { found } => {
                write!(f, "the tail was cut off: an anchor names entry {seq} and there are {found} entries")
            }
        }
    }
}
