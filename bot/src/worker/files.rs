//! Copies of files: taken from the platform piece by piece, and kept in parts, so that neither memory nor the database is
//! held up by a long one.

use firebell_core::chain::Hash;
use firebell_core::effect::{Delivery, Reference, Work};
use firebell_core::file::{FileState, size_text};
use firebell_core::ids::{FileId, IncidentId, WorkspaceId};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};

use super::material::Material;
use super::prepare::Unsent;
use super::{PATIENCE, Worker};
use crate::platform::incoming::NotKept;
use crate::platform::{Platform, Sink};
use crate::store::{Store, StoreError, files};

/// How much of a file is one row: little enough that a timer does not wait for it to be written.
const PART: usize = 256 * 1024;

/// A file that is to be copied, by the platform's id of it.
pub(super) struct Wanted {
    platform: Platform,
    external_id: String,
    max_bytes: i64,
}

impl Worker {
    /// The recheck: a file may have been redacted meanwhile, or copies switched off.
    pub(super) fn wanted_file(&self, work: &Work, material: &Material) -> Result<Wanted, Unsent> {
        let Work::CopyFile { workspace, .. } = *work else { return Err(Unsent::Unwanted) };
        let file = material.file(work).ok_or(Unsent::Unwanted)?;
        match file.state {
            FileState::Wanted { whole: None } => {}
            // An earlier attempt ended before it was settled.
            FileState::Wanted { whole: Some(_) } => return Err(Unsent::Done),
            _ => return Err(Unsent::Unwanted),
        }
        let platform = self.platform(workspace).ok_or(Unsent::Elsewhere)?;
        let max_bytes = self
            .max_bytes(workspace)
            .ok_or_else(|| Unsent::Impossible("copies of files were switched off before it was its turn".to_owned()))?;
        let said = file.attached.as_ref().and_then(|attached| attached.size);
        if said.is_some_and(|size| size > max_bytes) {
            let limit = size_text(max_bytes);
            return Err(Unsent::Impossible(format!("it is larger than {limit}, up to which files are copied")));
        }
        Ok(Wanted { platform, external_id: file.external_id.clone(), max_bytes })
    }

    /// Copies it.
    pub(super) async fn copy(&self, work: &Work, wanted: &Wanted) -> Delivery {
        let Work::CopyFile { incident, file, .. } = *work else { return Delivery::Unknown };
        let mut parts = Parts::new(self.intake.store.clone(), (incident, file));
        let fetched = wanted.platform.fetch(&wanted.external_id, wanted.max_bytes, &mut parts);
        match tokio::time::timeout(PATIENCE, fetched).await {
            Ok(Delivery::Delivered(_)) => match parts.finish().await {
                Ok(()) => Delivery::Delivered(Reference::default()),
                Err(error) => {
                    tracing::warn!(%incident, %file, %error, "a copied file could not be kept; it is copied again");
                    Delivery::Unknown
                }
            },
            Ok(otherwise) => otherwise,
            Err(_) => Delivery::Unknown,
        }
    }

    fn max_bytes(&self, workspace: WorkspaceId) -> Option<i64> {
        self.intake.places.iter().find(|place| place.workspace == workspace)?.copies_files
    }
}

/// Keeps what it is handed as parts of a file.
struct Parts {
    store: Store,
    file: (IncidentId, FileId),
    count: i64,
    size: i64,
    hash: Sha256,
    buffer: Vec<u8>,
}

impl Parts {
    fn new(store: Store, file: (IncidentId, FileId)) -> Self {
        Self { store, file, count: 0, size: 0, hash: Sha256::new(), buffer: Vec::new() }
    }

    /// Keeps what was gathered; false where the file is not wanted any more.
    async fn flush(&mut self) -> Result<bool, StoreError> {
        let bytes = std::mem::take(&mut self.buffer);
        self.hash.update(&bytes);
        self.size += i64::try_from(bytes.len()).unwrap_or(0);
        let (file, part) = (self.file, self.count);
        self.count += 1;
        let kept = self.store.write(move |tx| {
            let bytes = bytes.clone();
            async move { files::put_part(tx, file, part, &bytes).await }.boxed()
        });
        kept.await
    }

    async fn finish(mut self) -> Result<(), StoreError> {
        if !self.buffer.is_empty() {
            // Where it is not wanted any more, neither this nor what follows changes anything.
            self.flush().await?;
        }
        let (file, count) = (self.file, self.count);
        let whole = (self.size, Hash::from_bytes(self.hash.finalize().into()));
        let kept = self.store.write(move |tx| async move { files::put_whole(tx, file, count, whole).await }.boxed());
        kept.await
    }
}

impl Sink for Parts {
    fn take<'s>(&'s mut self, piece: &'s [u8]) -> BoxFuture<'s, Result<(), NotKept>> {
        async move {
            self.buffer.extend_from_slice(piece);
            if self.buffer.len() < PART {
                return Ok(());
            }
            match self.flush().await {
                Ok(true) => Ok(()),
                // The recheck of the next attempt drops it.
                Ok(false) => Err(NotKept),
                Err(error) => {
                    let (incident, file) = self.file;
                    tracing::warn!(%incident, %file, %error, "a part of a file could not be kept; it is copied again");
                    Err(NotKept)
                }
            }
        }
        .boxed()
    }
}
