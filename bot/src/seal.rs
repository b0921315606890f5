//! The installation key: seals secret columns, signs the heads of chains, links and tokens.
//!
//! Nothing is encrypted or signed with the key itself. HKDF-SHA256 derives one key for sealing and one for each
//! purpose of signing, so that a signature made for one purpose is worthless for any other.
//!
//! To rotate, put a new key with a new id in front of the old one. New seals and signatures use the first key, old
//! ones stay valid for as long as their key remains in the list.

mod error;
mod keyring;
mod source;

pub use error::{KeyError, SealError};
pub use keyring::{Keyring, REPLAY_ID, Signature};

use ring::rand::{SecureRandom, SystemRandom};

/// Random bytes of the operating system, to mint ids, tokens, codes and salts from.
///
/// # Errors
/// [`SealError::NoRandomness`] when the operating system has none to give.
pub fn random_seed() -> Result<[u8; 32], SealError> {
    random_bytes()
}

fn random_bytes<const N: usize>() -> Result<[u8; N], SealError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| SealError::NoRandomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
