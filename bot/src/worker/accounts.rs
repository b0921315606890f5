//! By which platform a person is reached, and how it knows them.

use firebell_core::directory::{ContactMethod, Directory};
use firebell_core::effect::Delivery;
use firebell_core::ids::{PersonId, WorkspaceId};

use super::Worker;
use super::prepare::Unsent;
use crate::platform::{Account, Envelope, Platform};

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
        let mut found: Option<Reached> = None;
        let mut why = None;
        for (workspace, platform) in self.platforms_of(method) {
            match platform.account(person, workspace, directory) {
                Ok(account @ Account::Id(_)) => return Ok(Reached { platform: platform.clone(), account }),
                Ok(account) => {
                    found.get_or_insert_with(|| Reached { platform: platform.clone(), account });
                }
                Err(reason) => why = Some(reason),
            }
        }
        found.ok_or_else(|| why.map_or(Unsent::Elsewhere, Unsent::Impossible))
    }

    /// Delivers; to somebody of whom only the address is known, in the next workspace where the one before does not know it.
    pub(super) async fn deliver_where_known(&self, platform: &Platform, envelope: &Envelope) -> Delivery {
        let mut delivery = platform.deliver(envelope).await;
        if !matches!(envelope.what.to(), Some(Account::Email(_))) {
            return delivery;
        }
        let others = platform.methods().iter().flat_map(|method| self.platforms_of(*method)).skip(1);
        for (_, other) in others {
            if !matches!(delivery, Delivery::Impossible(_)) {
                break;
            }
            delivery = other.deliver(envelope).await;
        }
        delivery
    }

    /// Those that reach people by this method, in the order in which they are tried.
    fn platforms_of(&self, method: ContactMethod) -> Vec<(WorkspaceId, &Platform)> {
        let reaches = |(_, platform): &(&WorkspaceId, &Platform)| platform.methods().contains(&method);
        let mut platforms: Vec<_> =
            self.platforms.iter().filter(reaches).map(|(workspace, platform)| (*workspace, platform)).collect();
        platforms.sort_by_key(|(workspace, _)| *workspace);
        platforms
    }
}
