//! Sealing and signing with the keys of one installation.

use std::fmt;

use firebell_core::chain::Hash;
use ring::aead::{self, Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::{digest, hkdf, hmac};

use super::{SealError, random_bytes, source};

/// The id of the key of replays, which no other key may have.
pub const REPLAY_ID: &str = "replay";
const SEALED_VERSION: u8 = 1;
const HKDF_SALT: &[u8] = b"firebell-installation-key-1";
const SEAL_KEY: &str = "seal";
const SIGN_KEY: &str = "sign-";
const FINGERPRINT_KEY: &str = "fingerprint";

/// The installation's current key and the older ones that are still honoured.
///
/// It has no text form, and its debug form shows ids alone.
#[derive(Clone)]
pub struct Keyring {
    current: Key,
    older: Vec<Key>,
}

/// A signature; its text form is `keyid.hex`, safe in URLs, headers and file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    key_id: String,
    mac: Hash,
}

#[derive(Clone)]
pub(super) struct Key {
    id: String,
    root: hkdf::Prk,
}

impl Keyring {
    pub(super) fn new(current: Key, older: Vec<Key>) -> Self {
        Self { current, older }
    }

    /// The key of every replay, known to everybody: a replay must give the same bytes each time, and is no
    /// evidence. What it seals is not secret and what it signs proves nothing.
    pub fn fixed_for_replay() -> Self {
        Self::new(Key::new(REPLAY_ID, &[0x46; source::KEY_BYTES]), Vec::new())
    }

    /// Encrypts `plain` under the current key so that only [`Keyring::open`] with the same purpose gives it back.
    ///
    /// The purpose says where the value lives, such as `workspace.token`; a value copied elsewhere does not open.
    /// Nonces are random, which is sound for some four thousand million values per key.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`] and [`SealError::TooLarge`].
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = random_bytes::<NONCE_LEN>()?;
        let id = self.current.id.as_bytes();
        let id_length = u8::try_from(id.len()).map_err(|_| SealError::TooLarge)?;
        let header = [&[SEALED_VERSION, id_length], id].concat();

        let mut secret = plain.to_vec();
        self.current
            .sealing_key()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from([&header, purpose.as_bytes()].concat()),
                &mut secret,
            )
            .map_err(|_| SealError::TooLarge)?;
        Ok([&header[..], &nonce, &secret].concat())
    }

    /// Decrypts what [`Keyring::seal`] made for the same purpose, under the current key or an older one.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] names the key that is missing; [`SealError::Malformed`] and [`SealError::Broken`]
    /// say that the value is not, or no longer, what was sealed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (header, id, rest) = split_header(sealed).ok_or(SealError::Malformed)?;
        let key = self.find(id)?;
        let (nonce, secret) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Malformed)?;
        let mut secret = secret.to_vec();
        let plain = key
            .sealing_key()?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from([header, purpose.as_bytes()].concat()),
                &mut secret,
            )
            .map_err(|_| SealError::Broken)?;
        Ok(plain.to_vec())
    }

    /// Signs `message` under the current key for one purpose, such as `head` or `token`.
    ///
    /// # Errors
    /// [`SealError::NotDerived`], which no message can cause.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> Result<Signature, SealError> {
        self.current.sign(purpose, message)
    }

    /// What tells a message from others without telling what it is: a digest that only this installation can make. It is
    /// made with the oldest key, since keys that were used never leave the ring: what was found by its digest is found
    /// after a rotation too, and a code that somebody has in hand stays good.
    ///
    /// # Errors
    /// As [`Keyring::sign`].
    pub fn digest(&self, purpose: &str, message: &[u8]) -> Result<[u8; digest::SHA256_OUTPUT_LEN], SealError> {
        let oldest = self.older.last().unwrap_or(&self.current);
        let signature = oldest.sign(purpose, message)?.to_string();
        let made = digest::digest(&digest::SHA256, signature.as_bytes());
        made.as_ref().try_into().map_err(|_| SealError::NotDerived)
    }

    /// Checks, in constant time, that `signature` was made of this message for this purpose, with the current key
    /// or an older one.
    ///
    /// # Errors
    /// As [`Keyring::open`].
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &str) -> Result<(), SealError> {
        let (id, mac) = signature.split_once('.').ok_or(SealError::Malformed)?;
        let mac: Hash = mac.parse().map_err(|_| SealError::Malformed)?;
        let key = self.find(id)?.signing_key(purpose)?;
        hmac::verify(&key, message, mac.as_bytes()).map_err(|_| SealError::Broken)
    }

    /// The id of the key that new seals and signatures use.
    pub fn current_id(&self) -> &str {
        &self.current.id
    }

    /// Eight hexadecimal digits by which two replicas can be seen to hold the same current key. They are made from
    /// a hash of a derived key and tell nothing about the key.
    ///
    /// # Errors
    /// [`SealError::NotDerived`], which no key can cause.
    pub fn fingerprint(&self) -> Result<String, SealError> {
        self.current.fingerprint()
    }

    /// The fingerprint of the key with this id; `None` when it is not on the ring.
    ///
    /// # Errors
    /// As [`Keyring::fingerprint`].
    pub fn fingerprint_of(&self, id: &str) -> Result<Option<String>, SealError> {
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| key.id == id).map(Key::fingerprint).transpose()
    }

    fn find(&self, id: &str) -> Result<&Key, SealError> {
        // An id that could not be one is not repeated: it may come from anybody and ends up in logs.
        if !source::is_key_id(id) {
            return Err(SealError::Malformed);
        }
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        keys.find(|key| key.id == id).ok_or_else(|| SealError::UnknownKey { id: id.to_owned() })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let older: Vec<_> = self.older.iter().map(|key| &key.id).collect();
        f.debug_struct("Keyring").field("current", &self.current.id).field("older", &older).finish()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key_id, self.mac)
    }
}

impl Key {
    pub(super) fn new(id: &str, secret: &[u8; source::KEY_BYTES]) -> Self {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, HKDF_SALT).extract(secret);
        Self { id: id.to_owned(), root }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    fn sign(&self, purpose: &str, message: &[u8]) -> Result<Signature, SealError> {
        let tag = hmac::sign(&self.signing_key(purpose)?, message);
        let mac = tag.as_ref().try_into().map_err(|_| SealError::NotDerived)?;
        Ok(Signature { key_id: self.id.clone(), mac: Hash::from_bytes(mac) })
    }

    fn fingerprint(&self) -> Result<String, SealError> {
        let mut derived = [0; 32];
        let label = [FINGERPRINT_KEY.as_bytes()];
        let derivation = self.root.expand(&label, hkdf::HKDF_SHA256);
        derivation.and_then(|bytes| bytes.fill(&mut derived)).map_err(|_| SealError::NotDerived)?;
        let hash = digest::digest(&digest::SHA256, &derived);
        let start = hash.as_ref().first_chunk().ok_or(SealError::NotDerived)?;
        Ok(format!("{:08x}", u32::from_be_bytes(*start)))
    }

    fn sealing_key(&self) -> Result<LessSafeKey, SealError> {
        let label = [SEAL_KEY.as_bytes()];
        let derived = self.root.expand(&label, &CHACHA20_POLY1305);
        Ok(LessSafeKey::new(UnboundKey::from(derived.map_err(|_| SealError::NotDerived)?)))
    }

    fn signing_key(&self, purpose: &str) -> Result<hmac::Key, SealError> {
        let label = [SIGN_KEY.as_bytes(), purpose.as_bytes()];
        let derived = self.root.expand(&label, hmac::HMAC_SHA256);
        Ok(hmac::Key::from(derived.map_err(|_| SealError::NotDerived)?))
    }
}

/// Splits a sealed value into its header (version, length of the id, id), the id in it, and the rest.
fn split_header(sealed: &[u8]) -> Option<(&[u8], &str, &[u8])> {
    let (&[version, id_length], _) = sealed.split_first_chunk()?;
    let (header, rest) = sealed.split_at_checked(2 + usize::from(id_length))?;
    let id = str::from_utf8(header.get(2..)?).ok()?;
    let readable = version == SEALED_VERSION && rest.len() >= NONCE_LEN + aead::MAX_TAG_LEN;
    readable.then_some((header, id, rest))
}
