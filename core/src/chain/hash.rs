//! SHA-256 hashes and what is fed into them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const BODY_TAG: &[u8] = b"firebell-body-1";

/// A SHA-256 hash; its text form is 64 hexadecimal digits, in serde too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

/// A text that is not the hexadecimal form of a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read a hash: expected 64 hexadecimal digits")]
pub struct HashError;

impl Hash {
    /// The hash that the first entry of a stream names as its previous one.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash made of these bytes, as a database or a MAC hands them over.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes of the hash.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Hashes an entry's body together with its salt.
///
/// Both are length-prefixed, so no byte can move from one to the other unnoticed, and the tag keeps the result
/// apart from every other hash Firebell makes.
pub fn body_hash(salt: &[u8], body: &str) -> Hash {
    let mut hasher = Sha256::new();
    for part in [BODY_TAG, salt, body.as_bytes()] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// Hashes an entry's canonical bytes.
///
/// This is plain SHA-256, so that an auditor can check an exported entry with `sha256sum`; the version tag at the
/// front of the bytes is what separates the domain.
pub fn entry_hash(canonical: &[u8]) -> Hash {
    Hash(Sha256::digest(canonical).into())
}

impl JsonSchema for Hash {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Hash")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A SHA-256 hash as 64 hexadecimal digits.",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
        })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(HashError);
        }
        let mut bytes = [0; 32];
        for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = nibble(high)? << 4 | nibble(low)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Hash {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

fn nibble(digit: u8) -> Result<u8, HashError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        b'A'..=b'F' => Ok(digit - b'A' + 10),
        _ => Err(HashError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_serde_forms_are_hex() {
        let hash = entry_hash(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash.to_string(), text);
        assert_eq!(format!("{hash:?}"), text);
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(text.to_uppercase().parse(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), hash);
    }

    #[test]
    fn other_texts_are_refused() {
        let odd = "0".repeat(65);
        let foreign = "é".repeat(32);
        let letter = format!("{}g", "0".repeat(63));
        let sign = format!("+{}", "0".repeat(63));
        for text in ["", "00", &odd, &foreign, &letter, &sign] {
            assert_eq!(text.parse::<Hash>(), Err(HashError), "{text}");
        }
        assert!(serde_json::from_str::<Hash>("\"00\"").is_err());
    }

    #[test]
    fn bytes_cannot_move_between_salt_and_body() {
        assert_ne!(body_hash(b"ab", "c"), body_hash(b"a", "bc"));
        assert_ne!(body_hash(b"", "abc"), body_hash(b"abc", ""));
    }

    /// Stored hashes must stay valid for ever, so the encoding is pinned by a value computed elsewhere.
    #[test]
    fn body_encoding_is_pinned() {
        let expected = "318f8d153030aa6f7e5d22ab545cb4e03dfcc5f6cb247bf56cfaf8f123f4339a";
        assert_eq!(body_hash(b"salt", "body").to_string(), expected);
    }
}
