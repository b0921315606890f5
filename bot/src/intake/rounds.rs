//! Rounds of proof: now and then everybody who responds is sent a test by each method beside chat, once for however many
//! replicas, and whoever confirms none hears it in chat.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::proof::{Proofs, Round, Rounds, Unproved};
use firebell_core::directory::reach::Waiting;
use firebell_core::directory::{ContactMethod, Directory, Person};
use firebell_core::effect::{CodeFor, Effect};
use firebell_core::ids::{CodeId, Minter, PersonId};

use super::contacts::unsealed;
use super::{Fault, Intake};
use crate::notifiers;
use crate::store::contacts::{self, rounds};
use crate::store::{StoreError, Tx, effects};

/// How long the code of a round is good.
const GOOD_FOR: TimeDelta = TimeDelta::days(7);
/// How long it is waited for before somebody is told in chat.
const PATIENCE: TimeDelta = TimeDelta::days(3);

impl Intake {
    /// Asks whoever is due, and looks at what came back; whether there was anything to do. Of several replicas one does.
    ///
    /// # Errors
    /// Nothing was committed; it stays due.
    pub(crate) async fn go_round(&self) -> Result<bool, Fault> {
        let now = self.clock.now();
        // Most looks find nothing, and a look costs no commit.
        if self.next_round().await?.is_none_or(|due| due > now) {
            return Ok(false);
        }
        let Some(pace) = self.settings.proof else { return Ok(false) };
        let (this, seed) = (self.clone(), self.seed()?);
        let done = self.write_in_race(move |tx| {
            let this = this.clone();
            Box::pin(async move { this.go_round_in(tx, pace, (seed, now)).await })
        });
        Ok(done.await?)
    }

    /// When somebody is due next, where rounds are configured: at once where somebody was never reckoned with.
    ///
    /// # Errors
    /// The database cannot be read.
    pub(crate) async fn next_round(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        if self.settings.proof.is_none() || self.notifiers.known().next().is_none() {
            return Ok(None);
        }
        let directory = self.directory().await?;
        let held = self.store.look(|tx| Box::pin(rounds::all(tx, false))).await?;
        let known = |person: &&Person| held.iter().any(|round| round.person == person.id);
        if directory.responders().filter(|person| !known(person)).any(|person| self.is_asked(person)) {
            return Ok(Some(self.clock.now()));
        }
        let responds = |round: &&Round| directory.people.get(&round.person).is_some_and(Person::may_respond);
        let due = held.iter().filter(responds).flat_map(|round| round.look.into_iter().chain([round.due]));
        Ok(due.min())
    }

    /// Whether there is a method by which somebody can be asked.
    fn is_asked(&self, person: &Person) -> bool {
        let known = |method: &ContactMethod| self.notifiers.known().any(|known| known == *method);
        person.contacts.iter().any(|method| known(method) && person.has_way(*method))
    }

    async fn go_round_in(
        &self,
        tx: &mut Tx<'_>,
        pace: Rounds,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<bool, StoreError> {
        let directory = self.directory_in(tx).await?;
        let held = rounds::all(tx, true).await?;
        let mut any = false;
        let known = |person: &&Person| held.iter().any(|round| round.person == person.id);
        for person in directory.responders().filter(|person| !known(person)).filter(|person| self.is_asked(person)) {
            rounds::begin(tx, person.id, pace.next(person.zone, now)).await?;
            any = true;
        }
        let mut mint = Minter::new(seed, now);
        let mut told = Vec::new();
        for round in held {
            let Some(person) = directory.people.get(&round.person).filter(|person| person.may_respond()) else {
                continue;
            };
            let mut next = round.clone();
            if round.look.is_some_and(|look| look <= now) {
                told.extend(self.unheard_of(tx, person, &round).await?);
                next.look = None;
            }
            if round.due <= now {
                let asked = self.ask_all(tx, person, (&mut mint, now)).await?;
                if !asked.is_empty() {
                    let waits = now.checked_add_signed(PATIENCE - TimeDelta::seconds(1)).unwrap_or(now);
                    (next.asked, next.look) = (Some(now), Some(pace.next(person.zone, waits)));
                }
                told.extend(asked);
                next.due = pace.following(person.zone, now);
            }
            if next != round {
                rounds::go_on(tx, &next).await?;
                any = true;
            }
        }
        effects::queue(tx, &told, now).await?;
        Ok(any)
    }

    async fn ask_all(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        (mint, now): (&mut Minter, DateTime<Utc>),
    ) -> Result<Vec<Effect>, StoreError> {
        let homes = notifiers::homes(&self.keyring, person).map_err(|error| unsealed(&error))?;
        let until = now.checked_add_signed(GOOD_FOR).unwrap_or(now);
        let mut asked = Vec::new();
        for (method, found) in homes {
            if self.notifiers.known().all(|known| known != method) {
                continue;
            }
            let (id, person, to) = (CodeId(mint.uuid()), person.id, found.home.address);
            let waiting = Waiting { id, person, method, to, why: CodeFor::Round, asked: now, until, misses: 0 };
            contacts::ask(tx, &waiting, &found.reach).await?;
            asked.push(Effect::contact_code(&waiting));
        }
        Ok(asked)
    }

    /// Word in chat to somebody who confirmed nothing.
    async fn unheard_of(&self, tx: &mut Tx<'_>, person: &Person, round: &Round) -> Result<Option<Effect>, StoreError> {
        let proofs = proofs(tx).await?;
        let marks = notifiers::marks(&self.keyring, person).map_err(|error| unsealed(&error))?;
        let unproved = person.unproved(&marks, &proofs, round.asked).filter(|unproved| unproved.all);
        let chat =
            person.contacts.iter().copied().find(|method| {
                matches!(method, ContactMethod::Console | ContactMethod::Slack | ContactMethod::Discord)
            });
        let asked = unproved.and_then(|unproved| unproved.asked);
        Ok(asked.zip(chat).map(|(asked, method)| Effect::tell_unproved(person.id, method, asked)))
    }

    /// Those of whom something is not proved.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn unproved(&self) -> Result<Vec<Unproved>, Fault> {
        let this = self.clone();
        let read = self.store.read(move |tx| {
            let this = this.clone();
            Box::pin(async move {
                let directory = this.directory_in(tx).await?;
                this.unproved_in(tx, &directory).await
            })
        });
        Ok(read.await?)
    }

    async fn unproved_in(&self, tx: &mut Tx<'_>, directory: &Directory) -> Result<Vec<Unproved>, StoreError> {
        let (proofs, held) = (proofs(tx).await?, rounds::all(tx, false).await?);
        let asked: BTreeMap<PersonId, DateTime<Utc>> =
            held.into_iter().filter_map(|round| Some((round.person, round.asked?))).collect();
        let mut unproved = Vec::new();
        for person in directory.responders() {
            let marks = notifiers::marks(&self.keyring, person).map_err(|error| unsealed(&error))?;
            unproved.extend(person.unproved(&marks, &proofs, asked.get(&person.id).copied()));
        }
        Ok(unproved)
    }
}

async fn proofs(tx: &mut Tx<'_>) -> Result<Proofs, StoreError> {
    let all = contacts::proofs(tx).await?;
    Ok(all.into_iter().map(|proof| ((proof.person, proof.method), (proof.mark, proof.at))).collect())
}
