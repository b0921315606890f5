//! The keys that signed here. The installation's stream names each by its id and fingerprint, so that another key, or a
//! new one in the place of a lost one, is found before anything is written with it.

use firebell_core::timeline::InstallationChange;

use super::{Fault, Intake};
use crate::seal::{Keyring, SealError};
use crate::store::{StoreError, Tx, installation, schema_number};

/// Why the keys at hand are not those of the database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ForeignKey {
    /// A key that signed here is not on the ring.
    #[error(
        "this database was written with the key {id} (fingerprint {fingerprint}), which is not among the keys given; restore the key file or set FIREBELL_KEY, with that key behind the current one if there is a newer"
    )]
    Absent { id: String, fingerprint: String },
    /// The key of that id is another one.
    #[error(
        "this database was written with the key {id} of fingerprint {fingerprint}, and the key {id} that is given has fingerprint {given}; restore the key file or set FIREBELL_KEY to the old key"
    )]
    Different { id: String, fingerprint: String, given: String },
    /// Written before keys were recorded, with a key that is not the given one.
    #[error(
        "the record of this database is not signed with the key {id} (fingerprint {given}) that is given; restore the key file or set FIREBELL_KEY to the key that signed it"
    )]
    Unsigned { id: String, given: String },
}

impl Intake {
    /// Makes sure that the keys at hand are those of the database, and records the current one at its first use. Nothing
    /// is written when they are not.
    ///
    /// # Errors
    /// The inner error says which key is wanted.
    pub(crate) async fn know_keys(&self) -> Result<Result<(), ForeignKey>, Fault> {
        let keyring = self.keyring.clone();
        let known = self.store.read(move |tx| Box::pin(async move { look(tx, &keyring).await })).await?;
        match known {
            Ok(Keys::Known) => return Ok(Ok(())),
            Ok(Keys::New(_)) => {}
            Err(foreign) => return Ok(Err(foreign)),
        }
        let (now, seed, this) = (self.clock.now(), self.seed()?, self.clone());
        let recorded = self.store.write(move |tx| {
            let this = this.clone();
            Box::pin(async move {
                // Another process may have been first: what it recorded counts, so the stream is locked before the look.
                installation::head(tx, true).await?;
                let change = match look(tx, &this.keyring).await? {
                    Ok(Keys::New(change)) => change,
                    Ok(Keys::Known) => return Ok(Ok(())),
                    Err(foreign) => return Ok(Err(foreign)),
                };
                this.record_installation(tx, change, (seed, now)).await?;
                Ok(Ok(()))
            })
        });
        Ok(recorded.await?)
    }
}

/// What the database knows of the current key.
enum Keys {
    Known,
    /// To be recorded.
    New(InstallationChange),
}

async fn look(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<Result<Keys, ForeignKey>, StoreError> {
    let recorded = installation::keys(tx).await?;
    let (length, head) = installation::head(tx, false).await?;
    let unsigned = length > 0 && recorded.is_empty() && {
        let text = crate::store::entries::head_text("installation", length, head.hash);
        keyring.verify("head", text.as_bytes(), &head.signature).is_err()
    };
    compare(&recorded, keyring, unsigned).map_err(|error| not_derived(&error))
}

fn not_derived(error: &SealError) -> StoreError {
    StoreError::Corrupt {
        table: "installation",
        id: "1".to_owned(),
        why: format!("its keys cannot be compared: {error}"),
    }
}

fn compare(
    recorded: &[InstallationChange],
    keyring: &Keyring,
    unsigned: bool,
) -> Result<Result<Keys, ForeignKey>, SealError> {
    let (current, given) = (keyring.current_id(), keyring.fingerprint()?);
    if unsigned {
        return Ok(Err(ForeignKey::Unsigned { id: current.to_owned(), given }));
    }
    let mut known = false;
    for change in recorded {
        let (InstallationChange::Created { key, .. } | InstallationChange::KeyAdded { key }) = change else { continue };
        let Some((id, fingerprint)) = key.split_once(':') else { continue };
        let (id, fingerprint) = (id.to_owned(), fingerprint.to_owned());
        known |= id == current;
        match keyring.fingerprint_of(&id)? {
            None => return Ok(Err(ForeignKey::Absent { id, fingerprint })),
            Some(given) if given != fingerprint => return Ok(Err(ForeignKey::Different { id, fingerprint, given })),
            Some(_) => {}
        }
    }
    let key = format!("{current}:{given}");
    Ok(Ok(match (known, recorded.is_empty()) {
        (true, _) => Keys::Known,
        (false, true) => Keys::New(InstallationChange::Created { schema: schema_number(), key }),
        (false, false) => Keys::New(InstallationChange::KeyAdded { key }),
    }))
}
