//! What can go wrong with the installation key. No text here ever holds a key or a sealed value.

use std::io;
use std::path::PathBuf;

/// The installation key cannot be had; the operator must act.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key in the text.
    #[error("read the installation key: it is empty; give 32 random bytes, such as `openssl rand -base64 32` prints")]
    Empty,
    /// A key in the list is not 32 bytes of base64 or hexadecimal. The text is withheld on purpose.
    #[error("read the installation key: key {position} is not 32 bytes in base64 or hexadecimal, written `id:key`")]
    NotAKey {
        /// The place in the list, counted from 1.
        position: usize,
    },
    /// A key's id is malformed. The text is withheld, for it may be a part of a key.
    #[error(
        "read the installation key: the id of key {position} is not 1 to 32 of the characters a-z, 0-9, `-` and `_`"
    )]
    NotAnId {
        /// The place in the list, counted from 1.
        position: usize,
    },
    /// A key has the id of the key that everybody knows.
    #[error("read the installation key: the id of key {position} is that of replays; give it another id")]
    OfReplays {
        /// The place in the list, counted from 1.
        position: usize,
    },
    /// Two keys have the same id.
    #[error("read the installation key: two keys have the id {id}; give the new one another id")]
    SameId {
        /// The id they share.
        id: String,
    },
    /// Others than its owner may read or write the file.
    #[error("{} can be read by others (mode {mode:o}); run `chmod 600 {}`", path.display(), path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The key file holds no valid key.
    #[error("key file {}: {why}; restore it from a backup, what it sealed cannot be opened without it", path.display())]
    BadFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with the text.
        why: Box<KeyError>,
    },
    /// There is no key file, and a new key would not fit what is stored already.
    #[error(
        "there is no key file {}: `firebell serve` makes it at the first use of a database; for one that was used, restore the file from a backup or set FIREBELL_KEY",
        path.display()
    )]
    Missing {
        /// The key file.
        path: PathBuf,
    },
    /// The key file cannot be read.
    #[error("read the key file {}: {source}", path.display())]
    Unreadable {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key file cannot be made.
    #[error("make the key file {}: {source}; make the folder writable or set FIREBELL_KEY", path.display())]
    NotMade {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// No key could be minted.
    #[error("make the installation key: {0}")]
    NotMinted(#[from] SealError),
}

/// A value cannot be sealed or opened, or a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The value was sealed or signed with a key that is not on the ring.
    #[error("the key {id} is missing; add it behind the current key in FIREBELL_KEY or in the key file")]
    UnknownKey {
        /// The missing key's id.
        id: String,
    },
    /// The bytes are not a sealed value, or the text is not a signature.
    #[error("this is not a sealed value or signature of Firebell; it is cut short or damaged")]
    Malformed,
    /// The seal or signature does not hold: changed, made for another purpose, or made by another installation's key.
    #[error("the seal or signature does not hold: it was changed, or made for another purpose or with another key")]
    Broken,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes; try again")]
    NoRandomness,
    /// The cipher refused, which it does only for values of many gigabytes.
    #[error("the value is too large to seal")]
    TooLarge,
    /// A key could not be derived, which no key and no input can cause.
    #[error("a key cannot be derived; this is a fault in Firebell, report it")]
    NotDerived,
}
