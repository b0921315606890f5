//! The directory as it was last read, and what may be done with it before it is read again.

use std::sync::{Arc, PoisonError};

use firebell_core::actor::{Actor, Who};
use firebell_core::chain::Hash;
use firebell_core::directory::{Directory, Person};
use firebell_core::ids::Key;
use firebell_core::refusal::Refusal;

use super::{From, Inbound, Intake};
use crate::store::{StoreError, Tx, directory};

/// A directory and the head of the stream that made it, which names its content.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) head: Hash,
    pub(super) directory: Arc<Directory>,
}

/// Who asks.
pub(super) enum Requester<'d> {
    Person(&'d Person),
    /// It was known by its token before.
    Program(&'d Key),
}

impl Held {
    /// Who is behind a request.
    pub(super) fn requester<'s>(&'s self, inbound: &'s Inbound) -> Result<Requester<'s>, Refusal> {
        let person = match &inbound.from {
            From::Account { external_id } => self
                .directory
                .person_by_account(inbound.workspace, external_id)
                .ok_or_else(|| Refusal::UnknownPerson { named: Refusal::quote(external_id), nearest: None }),
            From::Cli { handle, .. } => self.directory.resolve_person(handle),
            From::Program { name } => return Ok(Requester::Program(name)),
            From::Link { person } => {
                let gone = || Refusal::UnknownPerson { named: person.to_string(), nearest: None };
                self.directory.people.get(person).ok_or_else(gone)
            }
        };
        person.map(Requester::Person)
    }
}

impl Requester<'_> {
    /// What they go by.
    pub(super) fn name(&self) -> &Key {
        match self {
            Self::Person(person) => &person.handle,
            Self::Program(name) => name,
        }
    }

    /// In which their words are read.
    pub(super) fn zone(&self) -> chrono_tz::Tz {
        match self {
            Self::Person(person) => person.zone,
            Self::Program(_) => chrono_tz::UTC,
        }
    }

    pub(super) fn actor(&self, inbound: &Inbound) -> Actor {
        match self {
            Self::Person(person) => inbound.actor(person.id),
            Self::Program(name) => Actor { who: Who::Integration(Key::clone(name)), via: inbound.via() },
        }
    }
}

impl Intake {
    /// The directory as it stands.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn directory(&self) -> Result<Arc<Directory>, StoreError> {
        Ok(self.newest().await?.directory)
    }

    /// The directory as this transaction sees it.
    pub(crate) async fn directory_in(&self, tx: &mut Tx<'_>) -> Result<Arc<Directory>, StoreError> {
        let head = directory::head(tx).await?;
        Ok(self.held_at(tx, head).await?.directory)
    }

    /// The directory as it stands, with its head.
    pub(super) async fn newest(&self) -> Result<Held, StoreError> {
        let this = self.clone();
        let read = self.store.read(move |tx| {
            Box::pin(async move {
                let head = directory::head(tx).await?;
                this.held_at(tx, head).await
            })
        });
        read.await
    }

    /// The directory as it was last read. It may be old: whoever goes by it looks at its head again before anything is
    /// committed.
    pub(super) fn remembered(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The directory whose stream ends in `head`, from memory when it was read before.
    async fn held_at(&self, tx: &mut Tx<'_>, head: Hash) -> Result<Held, StoreError> {
        if let Some(held) = self.remembered().filter(|held| held.head == head) {
            return Ok(held);
        }
        let loaded = directory::load(tx, false).await?;
        let loaded = Held { head: loaded.head.hash, directory: Arc::new(loaded.directory) };
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(loaded.clone());
        Ok(loaded)
    }
}
