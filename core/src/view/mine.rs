//! Who somebody is, with their accounts.

use serde::Serialize;

use crate::directory::{Directory, Identity, Person};
use crate::incident::Channel;
use crate::place::Place;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeView {
    pub handle: String,
    pub name: String,
    pub accounts: Vec<AccountView>,
    /// How they are reached, in this order.
    pub contacts: Vec<String>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// The name of its workspace; `elsewhere` where this process does not know it.
    pub place: String,
    /// The platform's id of it.
    pub account: String,
}

/// A code with which another account becomes somebody's.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CodeView {
    pub handle: String,
    pub code: String,
    /// For how long it is good.
    pub minutes: i64,
}

/// An address at which a calendar can be read.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FeedView {
    pub url: String,
    /// The schedule's key; absent for the shifts of whoever asked.
    pub schedule: Option<String>,
    /// There was another address, which is good no more.
    pub replaced: bool,
}

/// What somebody is told whose account another one was linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedView {
    pub handle: String,
    pub account: AccountView,
}

impl MeView {
    /// A person with what the directory holds of them.
    pub fn of(person: &Person, directory: &Directory, places: &[Place]) -> Self {
        let own = directory.identities.iter().filter(|identity| identity.person == person.id);
        let account = |held: &Identity| AccountView::of(held, places);
        Self {
            handle: person.handle.to_string(),
            name: person.name.clone(),
            accounts: own.map(account).collect(),
            contacts: person.contacts.iter().map(|method| method.word().to_owned()).collect(),
        }
    }
}

impl AccountView {
    fn of(identity: &Identity, places: &[Place]) -> Self {
        let channel = Channel { workspace: identity.workspace, external_id: identity.external_id.clone() };
        Self::at(&channel, places)
    }

    /// An account by its workspace and id.
    pub fn at(account: &Channel, places: &[Place]) -> Self {
        let place = places.iter().find(|place| place.workspace == account.workspace);
        Self {
            place: place.map_or_else(|| "elsewhere".to_owned(), |place| place.name.clone()),
            account: account.external_id.clone(),
        }
    }
}

impl std::fmt::Debug for CodeView {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeView").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for FeedView {
    /// Without the address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeedView").field("schedule", &self.schedule).finish_non_exhaustive()
    }
}
