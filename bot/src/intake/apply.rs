//! Files that are applied: committed at once with their texts, so that each version can be brought back.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::directory::{Directory, DirectoryChange};
use firebell_core::ids::Minter;
use serde_json::{Value, json};

use super::directory::Wanted;
use super::{Fault, Intake};
use crate::seal::SealError;
use crate::store::versions::{self, Version};
use crate::store::{StoreError, Tx};

/// For what the texts of files are sealed, and where they stand then.
const TEXTS: &str = "directory-files";
const SEALED: &str = "sealed";

/// Files that somebody applies.
pub struct Applying {
    /// Who, as the operating system knows them.
    pub by: String,
    pub wanted: Wanted,
    /// Their texts, to be kept.
    pub files: Value,
    /// The version that the directory must still have, if that matters.
    pub expected: Option<i64>,
}

/// What files did to the directory.
#[derive(Debug, Clone)]
pub struct Applied {
    pub before: Directory,
    pub changes: Vec<DirectoryChange>,
    /// The directory's version now.
    pub version: i64,
}

impl Intake {
    /// Brings the directory in line with files, keeps their texts, and answers what it held and how that changed; or, if it is
    /// no longer of the version that is expected, its present one.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn apply_files(&self, applying: Applying) -> Result<Result<Applied, i64>, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let files = self.seal_texts(&applying.files)?;
        let job = Arc::new(Applying { files, ..applying });
        let this = self.clone();
        let done = self.write_in_race(move |tx| {
            let (this, job) = (this.clone(), job.clone());
            Box::pin(async move { this.apply_in(tx, &job, (seed, now)).await })
        });
        Ok(done.await?)
    }

    async fn apply_in(
        &self,
        tx: &mut Tx<'_>,
        applying: &Applying,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<Result<Applied, i64>, StoreError> {
        let loaded = crate::store::directory::load(tx, true).await?;
        let before = loaded.directory.clone();
        if applying.expected.is_some_and(|expected| expected != before.version) {
            return Ok(Err(before.version));
        }
        let changes = (applying.wanted)(&before, &mut Minter::new(seed, now));
        let count = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        if !changes.is_empty() {
            let actor = Actor { who: Who::Firebell, via: Via::Cli { os_user: applying.by.clone() } };
            self.record_changes(tx, loaded, (&actor, &changes), (seed, now)).await?;
        }
        let number = before.version + count;
        let version = Version { number, applied_at: now, applied_by: applying.by.clone(), changes: count };
        versions::keep(tx, &version, &applying.files).await?;
        Ok(Ok(Applied { before, changes, version: number }))
    }

    /// What was applied from files, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn versions(&self, limit: i64) -> Result<Vec<Version>, StoreError> {
        self.store.read(move |tx| Box::pin(async move { versions::list(tx, limit).await })).await
    }

    /// The files of a version, if it was kept.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn version_files(&self, number: i64) -> Result<Option<Value>, Fault> {
        let read = self.store.read(move |tx| Box::pin(async move { versions::files(tx, number).await }));
        read.await?.map(|files| self.open_texts(files)).transpose()
    }

    /// Files may hold addresses of people and URLs of calendars.
    fn seal_texts(&self, files: &Value) -> Result<Value, Fault> {
        let sealed = self.keyring.seal(TEXTS, files.to_string().as_bytes())?;
        Ok(json!({ SEALED: STANDARD.encode(sealed) }))
    }

    /// Those that were kept before texts were sealed are as they are.
    fn open_texts(&self, files: Value) -> Result<Value, Fault> {
        let Some(sealed) = files.get(SEALED).and_then(Value::as_str) else { return Ok(files) };
        let sealed = STANDARD.decode(sealed).map_err(|_| SealError::Malformed)?;
        let plain = self.keyring.open(TEXTS, &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Fault::from(SealError::Malformed))
    }
}
