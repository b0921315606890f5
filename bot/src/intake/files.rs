//! Files of captured messages, for whoever holds the database.

use firebell_core::chain::Hash;
use firebell_core::file::File;
use firebell_core::ids::{FileId, IncidentId};
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;
use sha2::{Digest as _, Sha256};

use super::{Fault, Intake};
use crate::store::{StoreError, Tx, files};

impl Intake {
    /// The files of an incident in the order in which they came.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal is for an incident that is not there.
    pub async fn operator_files(&self, id: IncidentId) -> Result<Result<Vec<File>, Refusal>, Fault> {
        if let Err(refusal) = self.record(Viewer::Operator, id).await? {
            return Ok(Err(refusal));
        }
        Ok(Ok(self.store.read(move |tx| Box::pin(files::of_incident(tx, id))).await?))
    }

    /// One part of a copy, counted from 0; `None` beyond the last.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn file_part(&self, file: (IncidentId, FileId), part: i64) -> Result<Option<Vec<u8>>, Fault> {
        Ok(self.store.read(move |tx| Box::pin(files::part(tx, file, part))).await?)
    }
}

/// How long a copy is and what its hash is, as its parts are now.
pub(super) async fn digest(tx: &mut Tx<'_>, file: (IncidentId, FileId)) -> Result<(i64, Hash), StoreError> {
    let (mut size, mut hash) = (0, Sha256::new());
    let mut part = 0;
    while let Some(bytes) = files::part(tx, file, part).await? {
        size += i64::try_from(bytes.len()).unwrap_or(0);
        hash.update(&bytes);
        part += 1;
    }
    Ok((size, Hash::from_bytes(hash.finalize().into())))
}
