//! Loading exactly the facts that a command asks for, inside the write transaction and in the order of locking:
//! incidents, then pages.

use std::collections::BTreeMap;
use std::sync::Arc;

use firebell_core::actor::{Actor, Who};
use firebell_core::command::{Ask, Command, Raise, Request};
use firebell_core::directory::Directory;
use firebell_core::facts::{Facts, RaisedBefore, Surroundings};
use firebell_core::ids::{IncidentId, Key, PersonId};
use firebell_core::incident::{Incident, Status};
use firebell_core::place::Here;
use firebell_core::policy::{self, Viewer};
use firebell_core::refusal::Refusal;

use super::{Inbound, Intake};
use crate::store::incidents::{Listed, Loaded};
use crate::store::{StoreError, Tx, entries, incidents, integrations, messages, pages};

/// The incidents as they were loaded, for the version guard and the chain.
pub(super) type Before = BTreeMap<IncidentId, Loaded>;

/// How many open incidents are looked at when none is named.
const CANDIDATES: i64 = 100;

impl Intake {
    /// Loads the facts, or says which incident could be meant.
    pub(super) async fn load(
        &self,
        tx: &mut Tx<'_>,
        (inbound, request, actor): (&Inbound, &Request, &Actor),
        directory: Arc<Directory>,
        seed: [u8; 32],
    ) -> Result<Result<(Facts, Before), Refusal>, StoreError> {
        let Ask::Command(command) = &request.ask else { return Ok(Err(Refusal::NothingOpen)) };
        let mut facts = self.facts(directory, seed);
        let mut before = Before::new();
        if command.may_page() {
            facts.turns = turns(tx, &facts.directory).await?;
        }
        if let Command::Raise(raise) = command {
            if let Some(incident) = raised_before(tx, raise, actor).await? {
                let held = goes_on_in(tx, incident).await?;
                facts.raised = held.map(|goes_on_in| RaisedBefore { incident, goes_on_in });
            }
            if facts.raised.as_ref().is_none_or(|held| !held.goes_on_in.status.word().is_active()) {
                facts.next_incident = incidents::next_number(tx).await?;
            }
            return Ok(Ok((facts, before)));
        }
        if let Command::Declare(declare) = command {
            facts.next_incident = incidents::next_number(tx).await?;
            if let Some(room) = inbound.room.as_ref().filter(|_| declare.here) {
                let taken_by = incidents::of_room(tx, inbound.workspace, room).await?.map(|(incident, _)| incident);
                facts.here = Some(Here { workspace: inbound.workspace, external_id: room.clone(), taken_by });
            }
            return Ok(Ok((facts, before)));
        }
        // Who may not act hears that, and not that nothing is open, which is all that they may see.
        if let Err(refusal) = policy::may_act(actor, &facts.directory) {
            return Ok(Err(refusal));
        }
        let target = self.target(tx, (inbound, request, actor), &facts.directory).await?;
        let found = match target {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Target::Loaded(loaded)) => *loaded,
            Ok(Target::Number(id)) => match self.lock_with_other(tx, id, command, &mut facts, &mut before).await? {
                Some(loaded) => loaded,
                None => return Ok(Err(Refusal::NoIncident { named: id })),
            },
        };
        let id = found.incident.id;
        if let Some(other) = command.other_incident().filter(|other| *other != id && facts.other.is_none()) {
            // The room's incident is locked by now; locking a lower number after it could deadlock on Postgres, which
            // then runs the transaction again.
            let loaded = incidents::lock(tx, other).await?;
            facts.other = loaded.as_ref().map(|loaded| loaded.incident.clone());
            before.extend(loaded.map(|loaded| (other, loaded)));
        }
        if command.needs_pages() {
            facts.pages = pages::lock_live(tx, id).await?;
        }
        if command.needs_history() {
            facts.history = entries::history(tx, id).await?;
        }
        if let Some(message) = command.message() {
            facts.message = messages::get(tx, id, message).await?.and_then(|message| message.captured());
        }
        facts.incident = Some(found.incident.clone());
        before.insert(id, found);
        Ok(Ok((facts, before)))
    }

    /// Facts that hold nothing but what is in memory.
    pub(super) fn facts(&self, directory: Arc<Directory>, seed: [u8; 32]) -> Facts {
        Facts {
            settings: self.settings.clone(),
            directory,
            incident: None,
            raised: None,
            next_incident: IncidentId(0),
            other: None,
            pages: Vec::new(),
            history: Vec::new(),
            message: None,
            places: self.places.to_vec(),
            here: None,
            turns: BTreeMap::new(),
            seed,
        }
    }

    /// Locks both incidents of a merge in the order of their numbers.
    async fn lock_with_other(
        &self,
        tx: &mut Tx<'_>,
        id: IncidentId,
        command: &Command,
        facts: &mut Facts,
        before: &mut Before,
    ) -> Result<Option<Loaded>, StoreError> {
        if let Some(other) = command.other_incident().filter(|other| *other < id) {
            let loaded = incidents::lock(tx, other).await?;
            facts.other = loaded.as_ref().map(|loaded| loaded.incident.clone());
            before.extend(loaded.map(|loaded| (other, loaded)));
        }
        incidents::lock(tx, id).await
    }

    /// Which incident is meant: the named one, the room's, the actor's only page's, or the only open one.
    async fn target(
        &self,
        tx: &mut Tx<'_>,
        (inbound, request, actor): (&Inbound, &Request, &Actor),
        directory: &Directory,
    ) -> Result<Result<Target, Refusal>, StoreError> {
        if let Some(id) = request.incident {
            return Ok(Ok(Target::Number(id)));
        }
        if let Some(room) = &inbound.room
            && let Some(loaded) = incidents::lock_by_room(tx, inbound.workspace, room).await?
        {
            return Ok(Ok(Target::Loaded(Box::new(loaded))));
        }
        let surroundings = surroundings(tx, actor, directory).await?;
        Ok(surroundings.incident().map(Target::Number))
    }
}

/// The incident that the program raised under the same key before.
async fn raised_before(tx: &mut Tx<'_>, raise: &Raise, actor: &Actor) -> Result<Option<IncidentId>, StoreError> {
    match (&actor.who, &raise.key) {
        (Who::Integration(name), Some(key)) => integrations::raised(tx, name, key).await,
        _ => Ok(None),
    }
}

/// The incident of this number, or the one that it was merged into, locked. Locking a lower number after it could deadlock on
/// Postgres, which then runs the transaction again.
async fn goes_on_in(tx: &mut Tx<'_>, mut id: IncidentId) -> Result<Option<Incident>, StoreError> {
    loop {
        let Some(held) = incidents::lock(tx, id).await?.map(|loaded| loaded.incident) else { return Ok(None) };
        match held.status {
            // Nothing is merged into what is merged itself by then, so this ends.
            Status::Merged { into, .. } => id = into,
            _ => return Ok(Some(held)),
        }
    }
}

/// Who was told last by each schedule of whose people each has a turn; nothing where no policy has such a step.
pub(super) async fn turns(tx: &mut Tx<'_>, directory: &Directory) -> Result<BTreeMap<Key, PersonId>, StoreError> {
    let mut steps = directory.policies.values().flat_map(|policy| &policy.steps);
    if steps.any(|step| !step.round_robin.is_empty()) { pages::turns(tx).await } else { Ok(BTreeMap::new()) }
}

enum Target {
    Number(IncidentId),
    Loaded(Box<Loaded>),
}

/// What can be meant when neither the request nor the room names an incident.
pub(super) async fn surroundings(
    tx: &mut Tx<'_>,
    actor: &Actor,
    directory: &Directory,
) -> Result<Surroundings, StoreError> {
    let mut surroundings = Surroundings::default();
    if let Some(person) = actor.person() {
        surroundings.my_pages = pages::incidents_waiting_for(tx, person).await?;
        let Some(viewer) = directory.people.get(&person).map(Viewer::person) else { return Ok(surroundings) };
        // Where nobody works on anything any more, what is left to be closed or reopened is meant.
        for listed in [Listed::Active, Listed::Unfinished] {
            if surroundings.open.is_empty() {
                let found = incidents::list(tx, listed, viewer, CANDIDATES).await?;
                surroundings.open = found.into_iter().map(|loaded| loaded.incident.id).collect();
            }
        }
    }
    Ok(surroundings)
}
