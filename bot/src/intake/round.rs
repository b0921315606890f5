//! Many decisions in one transaction, each on the state that the one before left.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::decide::{Decision, decide};
use firebell_core::directory::Directory;
use firebell_core::facts::Facts;
use firebell_core::ids::{IncidentId, Key, PageId, PersonId};
use firebell_core::incident::Incident;
use firebell_core::paging::page::Page;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use sha2::{Digest as _, Sha256};

use super::Intake;
use super::load::Before;

/// Decisions that are committed together.
pub(super) struct Round {
    incidents: BTreeMap<IncidentId, Incident>,
    pages: BTreeMap<PageId, Page>,
    turns: BTreeMap<Key, PersonId>,
    all: Option<Decision>,
}

/// What one command of a round came to.
pub(super) struct Turn {
    pub(super) reply: Reply,
    pub(super) changed: bool,
}

impl Round {
    /// A round over what was locked.
    pub(super) fn new(before: &Before, pages: Vec<Page>) -> Self {
        let incidents = before.iter().map(|(id, loaded)| (*id, loaded.incident.clone())).collect();
        let pages = pages.into_iter().map(|page| (page.id, page)).collect();
        Self { incidents, pages, turns: BTreeMap::new(), all: None }
    }

    /// The same round with those who were told last of those who take turns.
    pub(super) fn after(self, turns: BTreeMap<Key, PersonId>) -> Self {
        Self { turns, ..self }
    }

    /// Decides one command on an incident, to whose facts the round adds the incident and the command's page. A refusal
    /// changes nothing.
    pub(super) fn decide(
        &mut self,
        id: IncidentId,
        (mut facts, command): (Facts, Command),
        (actor, now): (&Actor, DateTime<Utc>),
    ) -> Result<Turn, Refusal> {
        facts.incident = Some(self.incidents.get(&id).cloned().ok_or(Refusal::NoIncident { named: id })?);
        facts.pages.extend(command.page().and_then(|page| self.pages.get(&page)).cloned());
        facts.turns.clone_from(&self.turns);
        let decision = decide(&facts, command, actor, now)?;
        self.turns.extend(decision.turns.clone());
        for incident in &decision.incidents {
            self.incidents.insert(incident.id, incident.clone());
        }
        for page in &decision.pages {
            self.pages.insert(page.id, page.clone());
        }
        let turn = Turn { reply: decision.reply.clone(), changed: !decision.entries.is_empty() };
        self.all = Some(match self.all.take() {
            None => decision,
            Some(all) => all.then(decision),
        });
        Ok(turn)
    }

    /// Everything that was decided.
    pub(super) fn decided(self) -> Option<Decision> {
        self.all
    }
}

/// A round of what no person asked for.
pub(super) struct Unattended<'i> {
    intake: &'i Intake,
    directory: Arc<Directory>,
    actor: Actor,
    now: DateTime<Utc>,
    seed: [u8; 32],
    turn: u32,
    round: Round,
}

impl<'i> Unattended<'i> {
    /// A round over what was locked.
    pub(super) fn new(
        (intake, directory): (&'i Intake, Arc<Directory>),
        actor: Actor,
        (seed, now): ([u8; 32], DateTime<Utc>),
        (before, pages): (&Before, Vec<Page>),
    ) -> Self {
        Self { intake, directory, actor, now, seed, turn: 0, round: Round::new(before, pages) }
    }

    /// The same round with those who were told last of those who take turns.
    pub(super) fn after(self, turns: BTreeMap<Key, PersonId>) -> Self {
        Self { round: self.round.after(turns), ..self }
    }

    /// Decides one command; false when it changed nothing. Timers and deliveries are nobody's to refuse, so a refusal is
    /// nothing to do.
    pub(super) fn run(&mut self, id: IncidentId, command: Command) -> bool {
        let facts = self.intake.facts(self.directory.clone(), self.turn_seed());
        self.round.decide(id, (facts, command), (&self.actor, self.now)).is_ok_and(|turn| turn.changed)
    }

    /// Everything that was decided.
    pub(super) fn decided(self) -> Option<Decision> {
        self.round.decided()
    }

    /// A seed of its own for each decision of the round.
    fn turn_seed(&mut self) -> [u8; 32] {
        self.turn += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.turn.to_be_bytes()).finalize().into()
    }
}
