//! Changes of the directory: committed with entries on its own stream, like everything else.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::directory::{ContactMethod, Directory, DirectoryChange, Identity, Origin, Person, Standing};
use firebell_core::ids::{EntryId, Key, Minter, PersonId, WorkspaceId};
use firebell_core::timeline::{InstallationChange, Payload, Stream};
use serde_json::Value;
use uuid::Uuid;

use super::commit::salts;
use super::{Fault, Intake};
use crate::store::directory::LoadedDirectory;
use crate::store::entries::{Chained, Unchained};
use crate::store::incidents::Head;
use crate::store::installation::KnownBot;
use crate::store::{StoreError, Tx, Writes, entries, installation};

/// What the directory should come to hold, decided from what it holds.
pub type Wanted = Arc<dyn Fn(&Directory, &mut Minter) -> Vec<DirectoryChange> + Send + Sync>;

impl Intake {
    /// Changes the directory by what `wanted` says of it; answers how many changes were committed.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn change_directory(&self, actor: Actor, wanted: Wanted) -> Result<usize, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let job = Arc::new((actor, wanted));
        let this = self.clone();
        let done = self.write_in_race(move |tx| {
            let (this, job) = (this.clone(), job.clone());
            Box::pin(async move { this.change_in(tx, (&job.0, &job.1), (seed, now)).await })
        });
        Ok(done.await?)
    }

    async fn change_in(
        &self,
        tx: &mut Tx<'_>,
        (actor, wanted): (&Actor, &Wanted),
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<usize, StoreError> {
        let loaded = crate::store::directory::load(tx, true).await?;
        let changes = wanted(&loaded.directory, &mut Minter::new(seed, now));
        if changes.is_empty() {
            return Ok(0);
        }
        self.record_changes(tx, loaded, (actor, &changes), (seed, now)).await?;
        Ok(changes.len())
    }

    /// Writes changes of a directory that was locked, and records them.
    pub(super) async fn record_changes(
        &self,
        tx: &mut Tx<'_>,
        LoadedDirectory { directory, entries: length, head }: LoadedDirectory,
        (actor, changes): (&Actor, &[DirectoryChange]),
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let mut mint = salts(seed, now);
        let payloads: Vec<Payload> = changes.iter().cloned().map(Payload::Directory).collect();
        let chained = chain_all(Stream::Directory, (actor, &payloads), (length, head.hash), (now, &mut mint))?;
        for change in changes {
            crate::store::directory::write(tx, change).await?;
        }
        let after = directory.version + i64::try_from(changes.len()).unwrap_or(i64::MAX);
        self.advance_directory(tx, (directory.version, after), length, &chained).await?;
        Writes::alone(tx, |writes| entries::append(writes, &chained)).await?;
        tx.wake().await
    }

    async fn advance_directory(
        &self,
        tx: &mut Tx<'_>,
        (before, after): (i64, i64),
        length: i64,
        chained: &[Chained],
    ) -> Result<(), StoreError> {
        let Some(last) = chained.last() else { return Ok(()) };
        let entries = length + i64::try_from(chained.len()).unwrap_or(i64::MAX);
        let head = self.signed(&Stream::Directory, entries, last.hash)?;
        crate::store::directory::advance(tx, (before, after, entries), &head).await
    }

    /// Records something on the installation's stream.
    pub(crate) async fn record_installation(
        &self,
        tx: &mut Tx<'_>,
        change: InstallationChange,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<(), StoreError> {
        let (length, head) = installation::head(tx, true).await?;
        let actor = Actor { who: Who::Firebell, via: Via::Timer };
        let payloads = [Payload::Installation(change)];
        let chained =
            chain_all(Stream::Installation, (&actor, &payloads), (length, head.hash), (now, &mut salts(seed, now)))?;
        Writes::alone(tx, |writes| entries::append(writes, &chained)).await?;
        let hash = chained.last().map_or(head.hash, |last| last.hash);
        let head: Head = self.signed(&Stream::Installation, length + 1, hash)?;
        installation::advance(tx, (length, length + 1), &head).await
    }

    /// The workspace of this platform, connected at its first use.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn connect_workspace(
        &self,
        platform: &'static str,
        external_id: &str,
        name: &str,
    ) -> Result<WorkspaceId, Fault> {
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let (this, external_id, name) = (self.clone(), external_id.to_owned(), name.to_owned());
        let connected = self.store.write(move |tx| {
            let (this, external_id, name) = (this.clone(), external_id.clone(), name.clone());
            Box::pin(async move {
                if let Some(known) = installation::workspace(tx, platform, &external_id).await? {
                    installation::name_workspace(tx, known, &name).await?;
                    return Ok(known);
                }
                let workspace = WorkspaceId(Minter::new(seed, now).uuid());
                installation::add_workspace(tx, workspace, (platform, &external_id, &name), now).await?;
                let change =
                    InstallationChange::WorkspaceConnected { workspace, platform: platform.to_owned(), external_id };
                this.record_installation(tx, change, (seed, now)).await?;
                Ok(workspace)
            })
        });
        Ok(connected.await?)
    }

    /// The workspace of this platform that is called so; the newest of several.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn workspace_named(&self, platform: &'static str, name: &str) -> Result<Option<WorkspaceId>, StoreError> {
        let name = name.to_owned();
        let read = self.store.read(move |tx| {
            let name = name.clone();
            Box::pin(async move { installation::workspace_named(tx, platform, &name).await })
        });
        read.await
    }

    /// Remembers who the bot is in a workspace, in the adapter's own words.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn know_bot(&self, workspace: WorkspaceId, bot: Value) -> Result<(), StoreError> {
        let remembered = self.store.write(move |tx| {
            let bot = bot.clone();
            Box::pin(async move { installation::know_bot(tx, workspace, &bot).await })
        });
        remembered.await
    }

    /// Who the bot was in the workspace that is called so, when its platform said so last.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn known_bot(&self, platform: &'static str, name: &str) -> Result<Option<KnownBot>, StoreError> {
        let name = name.to_owned();
        let read = self.store.read(move |tx| {
            let name = name.clone();
            Box::pin(async move { installation::known_bot(tx, platform, &name).await })
        });
        read.await
    }

    /// Makes sure that an account of the console is a person: whoever can write to the terminal is trusted.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn introduce(&self, workspace: WorkspaceId, handle: &Key) -> Result<(), Fault> {
        if self.directory().await?.person_by_account(workspace, handle.as_str()).is_some() {
            return Ok(());
        }
        let handle = handle.clone();
        let actor = Actor { who: Who::Firebell, via: Via::Chat { workspace } };
        let wanted: Wanted = Arc::new(move |directory, mint| introduction(directory, workspace, &handle, mint));
        self.change_directory(actor, wanted).await?;
        Ok(())
    }
}

/// The changes that make an account a person: the one with that handle, else a new one.
fn introduction(
    directory: &Directory,
    workspace: WorkspaceId,
    handle: &Key,
    mint: &mut Minter,
) -> Vec<DirectoryChange> {
    let external_id = handle.to_string();
    if directory.person_by_account(workspace, &external_id).is_some() {
        return Vec::new();
    }
    let known = directory.people.values().find(|person| person.handle == *handle);
    let id = known.map_or_else(|| PersonId(mint.uuid()), |person| person.id);
    let newcomer = known.is_none().then(|| {
        DirectoryChange::PersonSaved(Person {
            id,
            handle: handle.clone(),
            name: external_id.clone(),
            email: None,
            zone: chrono_tz::UTC,
            locale: "en".to_owned(),
            standing: Standing::Responder,
            contacts: vec![ContactMethod::Console],
            addresses: std::collections::BTreeMap::new(),
            rules: Vec::new(),
            chosen: firebell_core::directory::Chosen::default(),
            origin: Origin::Chat,
            active: true,
        })
    });
    let linked = Identity { workspace, external_id, person: id, origin: Origin::Chat };
    newcomer.into_iter().chain([DirectoryChange::IdentityLinked(linked)]).collect()
}

fn chain_all(
    stream: Stream,
    (actor, payloads): (&Actor, &[Payload]),
    (length, mut prev): (i64, firebell_core::chain::Hash),
    (now, mint): (DateTime<Utc>, &mut Minter),
) -> Result<Vec<Chained>, StoreError> {
    let mut chained = Vec::with_capacity(payloads.len());
    for (id, payload) in (length + 1..).map(EntryId).zip(payloads) {
        let entry = Unchained { id, happened_at: now, recorded_at: now, actor, payload };
        let link = entries::chain(stream, &entry, prev, mint).map_err(|error| StoreError::Corrupt {
            table: "entry",
            id: stream.to_string(),
            why: format!("it does not serialise: {error}"),
        })?;
        prev = link.hash;
        chained.push(link);
    }
    Ok(chained)
}

/// A process's own id, for those who say that they are alive.
pub(crate) fn replica_id(seed: [u8; 32], now: DateTime<Utc>) -> Uuid {
    Minter::new(seed, now).uuid()
}
