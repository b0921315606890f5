//! The tamper-evident chain: every entry of a stream is hashed together with the hash of the entry before it.
//!
//! An entry is hashed over canonical bytes ([`canonical`]) which are stored as they were hashed, so that a later
//! change of the encoding never puts old entries in doubt. Those bytes hold only a salted hash of the body
//! ([`body_hash`]); the body and its salt can therefore be deleted (a redaction) without breaking the chain, and
//! without leaving a hash from which a short body could be guessed.
//!
//! A chain alone does not notice that it was rewritten from some entry onwards, or cut off. The head of the stream,
//! which the caller signs, and the anchors kept in exports and rooms do; [`Verifier`] compares all of them.

mod broken;
mod hash;
mod link;
mod verify;

pub use broken::{Break, BreakReason};
pub use hash::{Hash, HashError, body_hash, entry_hash};
pub use link::{ChainError, Link, OwnedLink, canonical, read};
pub use verify::{StoredEntry, Verified, Verifier};
