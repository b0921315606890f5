//! Discord's signatures: Ed25519 over the time and the body.

use std::fmt;

use serenity::interactions_endpoint::Verifier;

use crate::platform::signed::{Refusal, read_hex};

/// How many bytes a key has.
const KEY_BYTES: usize = 32;

/// An application's public key, with which it is seen that something comes from Discord. It is no secret.
#[derive(Clone)]
pub struct PublicKey(Verifier);

/// A text is no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("it has {0} characters instead of 64; {COPY}")]
    Length(usize),
    #[error("it holds something else than the digits 0 to 9 and a to f; {COPY}")]
    Digit,
    #[error("no key of Ed25519 has these digits; {COPY}")]
    NoKey,
}

const COPY: &str = "copy \"Public Key\" from \"General Information\" of the application (discord.com/developers)";

impl PublicKey {
    /// Reads a key as it stands in the application's settings: 64 hexadecimal digits.
    ///
    /// # Errors
    /// What is wrong with it, and where it is found.
    pub fn new(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let length = text.chars().count();
        if length != 2 * KEY_BYTES {
            return Err(KeyError::Length(length));
        }
        let bytes: [u8; KEY_BYTES] = read_hex(text).ok_or(KeyError::Digit)?;
        Verifier::try_new(bytes).map(Self).map_err(|_| KeyError::NoKey)
    }

    /// Whether a body was signed at this time with the key's other half. Nothing secret is compared, so nothing is to be
    /// learned from how long it takes.
    pub(super) fn check(&self, signature: &str, at: &str, body: &[u8]) -> Result<(), Refusal> {
        // The verifier takes a sign for a digit.
        if read_hex::<64>(signature).is_none() {
            return Err(Refusal::unauthorized("the signature is not 128 hexadecimal digits"));
        }
        let verified = self.0.verify(signature, at, body);
        verified.map_err(|()| Refusal::unauthorized("it is not signed with the application's key"))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(..)")
    }
}
