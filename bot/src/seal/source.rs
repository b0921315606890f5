//! Where the installation key comes from: a text, or a file that only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use firebell_core::chain::Hash;

use super::keyring::Key;
use super::{KeyError, Keyring, REPLAY_ID, random_bytes, random_seed};

pub(super) const KEY_BYTES: usize = 32;
const FIRST_ID: &str = "k1";
const MAX_FILE_BYTES: u64 = 64 * 1024;

impl Keyring {
    /// Reads `id:key[,id:key...]`, the current key first, or one bare key, which gets the id `k1`. A key is 32 bytes
    /// in base64 (either alphabet, padded or not) or hexadecimal.
    ///
    /// # Errors
    /// [`KeyError`] says which key of the list is wrong, and never repeats it.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        if let Some(secret) = decode(text) {
            return Ok(Self::new(Key::new(FIRST_ID, &secret), Vec::new()));
        }
        let mut keys: Vec<Key> = Vec::new();
        for (position, item) in (1..).zip(text.split(',')) {
            let key = named_key(position, item.trim())?;
            if keys.iter().any(|known| known.id() == key.id()) {
                return Err(KeyError::SameId { id: key.id().to_owned() });
            }
            keys.push(key);
        }
        let current = keys.remove(0);
        Ok(Self::new(current, keys))
    }

    /// Reads the key file, or mints a key and makes the file, readable by its owner alone, when there is none.
    ///
    /// It blocks, and returns only once a new file has reached the disk: a key lost in a power cut would take with it
    /// everything sealed since. Of two processes that start at once, both end up with the same key.
    ///
    /// # Errors
    /// [`KeyError::Exposed`] when others may read the file, and the other file errors of [`KeyError`].
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        if let Some(keyring) = load(path)? {
            return Ok(keyring);
        }
        create(path)?;
        let vanished = || io::Error::from(io::ErrorKind::NotFound);
        load(path)?.ok_or_else(|| KeyError::Unreadable { path: path.to_owned(), source: vanished() })
    }
}

impl Keyring {
    /// Reads the key file, which must be there.
    ///
    /// # Errors
    /// [`KeyError::Missing`] when it is not, and the other file errors of [`KeyError`].
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        load(path)?.ok_or_else(|| KeyError::Missing { path: path.to_owned() })
    }
}

pub(super) fn is_key_id(id: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=32).contains(&id.len()) && id.bytes().all(allowed)
}

fn named_key(position: usize, item: &str) -> Result<Key, KeyError> {
    let (id, key) = item.split_once(':').ok_or(KeyError::NotAKey { position })?;
    if !is_key_id(id) {
        return Err(KeyError::NotAnId { position });
    }
    if id == REPLAY_ID {
        return Err(KeyError::OfReplays { position });
    }
    let secret = decode(key).ok_or(KeyError::NotAKey { position })?;
    Ok(Key::new(id, &secret))
}

fn decode(key: &str) -> Option<[u8; KEY_BYTES]> {
    // Hexadecimal of 32 bytes has the same form as a hash. It cannot be mistaken for base64, which is shorter.
    if let Ok(bytes) = key.parse::<Hash>() {
        return Some(*bytes.as_bytes());
    }
    let unpadded = key.strip_suffix('=').unwrap_or(key);
    let url_safe = unpadded.replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(url_safe).ok()?.try_into().ok()
}

fn load(path: &Path) -> Result<Option<Keyring>, KeyError> {
    let unreadable = |source| KeyError::Unreadable { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    // The open file is asked, not the path, so that nobody can swap it in between.
    let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(unreadable)?;
    let bad_file = |why| KeyError::BadFile { path: path.to_owned(), why: Box::new(why) };
    Keyring::from_text(&text).map(Some).map_err(bad_file)
}

/// Makes the key file, complete or not at all: the key is written to a file of another name, which is then linked to
/// `path`. A link never replaces what is there, so a file that another process made meanwhile is kept.
fn create(path: &Path) -> Result<(), KeyError> {
    let text = format!("{FIRST_ID}:{}\n", URL_SAFE_NO_PAD.encode(random_seed()?));
    let draft = draft_path(path, u64::from_be_bytes(random_bytes()?));
    let made = write_draft(&draft, &text).and_then(|()| link(&draft, path));
    // The draft goes in either case. Should it stay behind, it is as well guarded as the key file itself.
    let removed = fs::remove_file(&draft);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    made.and(removed)
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|source| KeyError::NotMade { path: path.to_owned(), source })
}

fn draft_path(path: &Path, number: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number:016x}"));
    name.into()
}

fn write_draft(draft: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn link(draft: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}
