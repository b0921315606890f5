//! By which platform a person is reached, and how it knows them.

use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::ids::PersonId;

use super::Worker;
use super::prepare::Unsent;
use crate::platform::{Account, Platform};

/// A way to a person.
pub(super) struct Reached {
    pub(super) platform: Platform,
    pub(super) account: Account,
}

impl Worker {
    /// The way to a person by a contact method: through the workspace that knows them by an account, else through one that
    /// may know their address.
    pub(super) fn reached(
        &self,
        person: PersonId,
        method: ContactMethod,
        directory: &Directory,
    ) -> Result<Reached, Unsent> {
        if !directory.people.contains_key(&person) {
            return Err(Unsent::Unwanted);
        }
        let mut candidates: Vec<_> =
            self.platforms.iter().filter(|(_, platform)| platform.methods().contains(&method)).collect();
        candidates.sort_by_key(|(workspace, _)| **workspace);
        let mut found: Option<Reached> = None;
        let mut why = None;
        for (workspace, platform) in candidates {
            match platform.account(person, *workspace, directory) {
                Ok(account @ Account::Id(_)) => return Ok(Reached { platform: platform.clone(), account }),
                Ok(account) => {
                    found.get_or_insert_with(|| Reached { platform: platform.clone(), account });
                }
                Err(reason) => why = Some(reason),
            }
        }
        found.ok_or_else(|| why.map_or(Unsent::Elsewhere, Unsent::Impossible))
    }
}
