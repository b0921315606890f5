//! The canonical bytes of an entry, written and read back.

use chrono::{DateTime, Utc};

use super::Hash;

const VERSION: &str = "firebell-entry-1";

/// What is hashed of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    /// The stream's name, such as `INC-3`.
    pub stream: &'a str,
    /// The entry's number on its stream, counted from 1.
    pub seq: i64,
    /// The kind of the entry.
    pub kind: &'a str,
    /// When it happened, in whole microseconds; anything finer is dropped.
    pub happened_at: DateTime<Utc>,
    /// When Firebell heard of it, in whole microseconds; anything finer is dropped.
    pub recorded_at: DateTime<Utc>,
    /// Who did it, as canonical JSON text.
    pub actor: &'a str,
    /// The hash of the entry before, or [`Hash::ZERO`].
    pub prev: Hash,
    /// The salted hash of the body, from [`super::body_hash`].
    pub body: Hash,
}

/// A [`Link`] read back from canonical bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedLink {
    /// See [`Link::stream`].
    pub stream: String,
    /// See [`Link::seq`].
    pub seq: i64,
    /// See [`Link::kind`].
    pub kind: String,
    /// See [`Link::happened_at`].
    pub happened_at: DateTime<Utc>,
    /// See [`Link::recorded_at`].
    pub recorded_at: DateTime<Utc>,
    /// See [`Link::actor`].
    pub actor: String,
    /// See [`Link::prev`].
    pub prev: Hash,
    /// See [`Link::body`].
    pub body: Hash,
}

/// Why bytes are not the canonical bytes of an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The bytes end inside a field.
    #[error("canonical bytes end inside {0}")]
    Truncated(&'static str),
    /// The bytes carry no version tag that this binary knows.
    #[error("canonical bytes are of an unknown version; verify them with the Firebell that wrote them or a newer one")]
    UnknownVersion,
    /// A field of fixed size has another size.
    #[error("canonical bytes hold {0} of a wrong size")]
    WrongSize(&'static str),
    /// A text field is not UTF-8.
    #[error("canonical bytes hold {0} that is not UTF-8")]
    NotText(&'static str),
    /// An instant lies outside the calendar.
    #[error("canonical bytes hold {0} outside the calendar")]
    NoInstant(&'static str),
    /// Bytes follow the last field.
    #[error("canonical bytes go on after the last field")]
    Trailing,
}

/// Encodes an entry for hashing: the version tag and then every field, each behind its length as a big-endian
/// `u64`; numbers and instants (microseconds since 1970) are big-endian `i64`.
pub fn canonical(link: &Link<'_>) -> Vec<u8> {
    let fields: [&[u8]; 9] = [
        VERSION.as_bytes(),
        link.stream.as_bytes(),
        &link.seq.to_be_bytes(),
        link.kind.as_bytes(),
        &link.happened_at.timestamp_micros().to_be_bytes(),
        &link.recorded_at.timestamp_micros().to_be_bytes(),
        link.actor.as_bytes(),
        link.prev.as_bytes(),
        link.body.as_bytes(),
    ];
    let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

/// Reads canonical bytes back. Whatever it accepts encodes to the very same bytes again.
///
/// # Errors
/// [`ChainError`] says which field is wrong; no input makes it panic or allocate more than the input's size.
pub fn read(bytes: &[u8]) -> Result<OwnedLink, ChainError> {
    let mut fields = Fields { rest: bytes };
    if fields.next("the version")? != VERSION.as_bytes() {
        return Err(ChainError::UnknownVersion);
    }
    let link = OwnedLink {
        stream: fields.text("stream")?,
        seq: fields.number("seq")?,
        kind: fields.text("kind")?,
        happened_at: fields.instant("happened_at")?,
        recorded_at: fields.instant("recorded_at")?,
        actor: fields.text("actor")?,
        prev: Hash::from_bytes(fields.sized("prev")?),
        body: Hash::from_bytes(fields.sized("body")?),
    };
    if fields.rest.is_empty() { Ok(link) } else { Err(ChainError::Trailing) }
}

impl OwnedLink {
    /// The borrowed form, as [`canonical`] takes it.
    pub fn as_link(&self) -> Link<'_> {
        Link {
            stream: &self.stream,
            seq: self.seq,
            kind: &self.kind,
            happened_at: self.happened_at,
            recorded_at: self.recorded_at,
            actor: &self.actor,
            prev: self.prev,
            body: self.body,
        }
    }
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn next(&mut self, name: &'static str) -> Result<&'a [u8], ChainError> {
        let (length, rest) = self.rest.split_first_chunk().ok_or(ChainError::Truncated(name))?;
        let length = usize::try_from(u64::from_be_bytes(*length)).map_err(|_| ChainError::Truncated(name))?;
        let (field, rest) = rest.split_at_checked(length).ok_or(ChainError::Truncated(name))?;
        self.rest = rest;
        Ok(field)
    }

    fn sized<const N: usize>(&mut self, name: &'static str) -> Result<[u8; N], ChainError> {
        self.next(name)?.try_into().map_err(|_| ChainError::WrongSize(name))
    }

    fn text(&mut self, name: &'static str) -> Result<String, ChainError> {
        let text = str::from_utf8(self.next(name)?).map_err(|_| ChainError::NotText(name))?;
        Ok(text.to_owned())
    }

    fn number(&mut self, name: &'static str) -> Result<i64, ChainError> {
        self.sized(name).map(i64::from_be_bytes)
    }

    fn instant(&mut self, name: &'static str) -> Result<DateTime<Utc>, ChainError> {
        DateTime::from_timestamp_micros(self.number(name)?).ok_or(ChainError::NoInstant(name))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::entry_hash;
    use super::*;

    fn sample() -> Vec<u8> {
        canonical(&Link {
            stream: "INC-3",
            seq: 17,
            kind: "declared",
            happened_at: DateTime::from_timestamp_micros(1_700_000_000_000_001).unwrap(),
            recorded_at: DateTime::from_timestamp_micros(-1).unwrap(),
            actor: r#"{"person":7}"#,
            prev: Hash::ZERO,
            body: Hash::from_bytes([9; 32]),
        })
    }

    /// Stored bytes must stay readable for ever, so the encoding is pinned by a value computed elsewhere.
    #[test]
    fn encoding_is_pinned() {
        let expected = "ca542c6354e1f1a5d4a993b34b1867a3153f9fed780a0800e9587f0184280caa";
        assert_eq!(entry_hash(&sample()).to_string(), expected);
    }

    #[test]
    fn malformed_bytes_are_named() {
        let good = sample();
        let cut = good.get(..good.len() - 1).unwrap();
        assert_eq!(read(cut), Err(ChainError::Truncated("body")));
        assert_eq!(read(&[&good[..], &[0]].concat()), Err(ChainError::Trailing));
        assert_eq!(read(&[]), Err(ChainError::Truncated("the version")));
        assert_eq!(read(&[0; 8]), Err(ChainError::UnknownVersion));
        assert_eq!(read(&[0xff; 64]), Err(ChainError::Truncated("the version")));

        // The stream's text follows the version's 8 + 16 bytes and its own length.
        let mut not_text = good.clone();
        not_text[32] = 0xff;
        assert_eq!(read(&not_text), Err(ChainError::NotText("stream")));

        // The length of `seq` follows the stream's 5 bytes.
        let mut wrong_size = good.clone();
        wrong_size[44] = 7;
        assert_eq!(read(&wrong_size), Err(ChainError::WrongSize("seq")));
    }

    #[test]
    fn an_instant_outside_the_calendar_is_an_error() {
        let mut bytes = sample();
        let micros = 1_700_000_000_000_001_i64.to_be_bytes();
        let at = bytes.windows(8).position(|window| window == micros).unwrap();
        bytes[at..at + 8].copy_from_slice(&i64::MAX.to_be_bytes());
        assert_eq!(read(&bytes), Err(ChainError::NoInstant("happened_at")));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&bytes).is_err());
        }

        #[test]
        fn what_is_written_is_read(
            (stream, kind, actor) in (any::<String>(), any::<String>(), any::<String>()),
            seq in any::<i64>(),
            (happened, recorded) in (-8_000_000_000_000_000_000..8_000_000_000_000_000_000_i64, any::<i32>()),
            (prev, body) in (any::<[u8; 32]>(), any::<[u8; 32]>()),
        ) {
            let link = Link {
                stream: &stream,
                seq,
                kind: &kind,
                happened_at: DateTime::from_timestamp_micros(happened).unwrap(),
                recorded_at: DateTime::from_timestamp_micros(recorded.into()).unwrap(),
                actor: &actor,
                prev: Hash::from_bytes(prev),
                body: Hash::from_bytes(body),
            };
            let owned = read(&canonical(&link)).unwrap();
            prop_assert_eq!(owned.as_link(), link);
        }

        #[test]
        fn damaged_bytes_are_refused_or_encode_to_themselves(
            at in any::<proptest::sample::Index>(),
            flip in 1..=u8::MAX,
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut bytes = sample();
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            if let Ok(link) = read(&bytes) {
                prop_assert_eq!(canonical(&link.as_link()), bytes.clone());
            }
            bytes.truncate(cut.index(bytes.len()));
            prop_assert!(read(&bytes).is_err());
        }
    }
}
