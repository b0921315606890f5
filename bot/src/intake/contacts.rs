//! How somebody is reached, as they want it: what they typed is sealed before anything else sees it, and a code that comes
//! back from an address proves that it is theirs.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::{Code, ContactCommand};
use firebell_core::decide::{ContactDecision, decide_contact};
use firebell_core::directory::reach::{ContactFacts, Home, Waiting};
use firebell_core::directory::{ContactMethod, Person};
use firebell_core::effect::code_key;
use firebell_core::ids::{CodeId, Minter};
use firebell_core::policy;
use firebell_core::timeline::InstallationChange;
use firebell_core::view;

use super::code::{code, plain};
use super::{Answer, Decided, Fault, Inbound, Intake, Shown};
use crate::notifiers::{self, Found};
use crate::render::Target;
use crate::seal::SealError;
use crate::store::contacts::{self, Proof};
use crate::store::{StoreError, Tx, Writes, directory, effects, inbox};

/// For what codes are made, and compared.
const PURPOSE: &str = "contact-code";
const COMPARED: &str = "contact-code-given";
/// How many signs a code has: thirty bits, of which five guesses find none.
const LENGTH: usize = 6;
/// The while in which codes are counted.
const WHILE: TimeDelta = TimeDelta::hours(1);
/// How many codes an address may be sent within it, whoever asks.
const SENDS_MAX: i64 = 3;

/// One run of a wish; deciding again uses the same.
struct Job {
    inbound: Inbound,
    actor: Actor,
    command: ContactCommand,
    /// What was typed as an address.
    typed: Option<Result<Found, String>>,
    now: DateTime<Utc>,
    seed: [u8; 32],
}

impl Intake {
    /// Does what somebody wants of how they are reached.
    pub(super) async fn change_contact(
        &self,
        inbound: &Inbound,
        person: &Person,
        command: &ContactCommand,
    ) -> Result<Answer, Fault> {
        let typed = match command {
            ContactCommand::Set { method, address } => Some(match self.notifiers.check(*method, address) {
                Ok(()) => Ok(notifiers::found(&self.keyring, address)?),
                Err(why) => Err(why),
            }),
            _ => None,
        };
        let actor = inbound.actor(person.id);
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let job = Arc::new(Job { inbound: inbound.clone(), actor, command: command.clone(), typed, now, seed });
        let this = self.clone();
        let decided = self.write_in_race(move |tx| {
            let (this, job) = (this.clone(), job.clone());
            Box::pin(async move { this.change_contact_once(tx, &job).await })
        });
        Ok(decided.await?.into())
    }

    /// Once for each request, however often it arrives.
    async fn change_contact_once(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Decided, StoreError> {
        let (workspace, key) = (job.inbound.workspace, job.inbound.key());
        if let Some(answered) = inbox::open::<Decided>(tx, workspace, &key).await?.answered {
            return Ok(answered);
        }
        let loaded = directory::load(tx, true).await?;
        let person = job.actor.person().and_then(|person| loaded.directory.people.get(&person)).cloned();
        let (facts, reached) = match &person {
            Some(person) => self.contact_facts(tx, person, job).await?,
            None => (ContactFacts::default(), Reached::new()),
        };
        let mut mint = Minter::new(job.seed, job.now);
        let decision = decide_contact(&loaded.directory, &facts, &job.command, (&job.actor, job.now), &mut mint);
        self.keep_codes(tx, (person.as_ref(), &decision), &reached, job).await?;
        let ContactDecision { changes, effects: told, reply, .. } = decision;
        if !changes.is_empty() {
            self.record_changes(tx, loaded, (&job.actor, &changes), (job.seed, job.now)).await?;
        }
        let mut writes = Writes::new(tx);
        effects::enqueue(tx, &mut writes, &told, job.now).await?;
        writes.run(tx).await?;
        tx.wake().await?;
        let decided = reply.map_or_else(Decided::Refused, Decided::Done);
        Writes::alone(tx, |writes| inbox::answer(writes, &[(workspace, &key, job.now, &decided)])).await?;
        Ok(decided)
    }

    /// Writes down what became of codes.
    async fn keep_codes(
        &self,
        tx: &mut Tx<'_>,
        (person, decision): (Option<&Person>, &ContactDecision),
        reached: &Reached,
        job: &Job,
    ) -> Result<(), StoreError> {
        let Some(person) = person else { return Ok(()) };
        for asked in &decision.asked {
            contacts::ask(tx, asked, reached.get(&asked.method).map_or(&[], Vec::as_slice)).await?;
        }
        if let Some(used) = decision.used {
            contacts::used(tx, used).await?;
        }
        if decision.missed {
            contacts::missed(tx, person.id).await?;
        }
        if let Some((method, mark)) = &decision.proved {
            let proof = Proof { person: person.id, method: *method, mark: mark.clone(), at: job.now };
            contacts::prove(tx, &proof).await?;
            // What changes the directory is recorded there.
            if decision.changes.is_empty() {
                let change = InstallationChange::ContactProved { person: person.id, method: *method };
                self.record_installation(tx, change, (job.seed, job.now)).await?;
            }
        }
        Ok(())
    }

    async fn contact_facts(
        &self,
        tx: &mut Tx<'_>,
        person: &Person,
        job: &Job,
    ) -> Result<(ContactFacts, Reached), StoreError> {
        let since = job.now.checked_sub_signed(WHILE).unwrap_or(job.now);
        let waiting = contacts::waiting(tx, person.id, job.now, true).await?;
        let homes = notifiers::homes(&self.keyring, person).map_err(|error| unsealed(&error))?;
        let typed = job.typed.clone();
        let mut reached: Reached = homes.iter().map(|(method, home)| (*method, home.reach.clone())).collect();
        if let (ContactCommand::Set { method, .. }, Some(Ok(found))) = (&job.command, &typed) {
            reached.insert(*method, found.reach.clone());
        }
        let mut facts = ContactFacts {
            typed: typed.map(|typed| typed.map(|found| found.home)),
            given: self.given(&job.command, &waiting).map_err(|error| unsealed(&error))?,
            homes: homes.into_iter().map(|(method, found)| (method, found.home)).collect(),
            waiting,
            sent: contacts::sent_for(tx, person.id, since).await?,
            here: self.notifiers.known().collect(),
            ..ContactFacts::default()
        };
        for (method, reach) in &reached {
            if contacts::sent_to(tx, reach, since).await? >= SENDS_MAX {
                facts.full.insert(*method);
            }
        }
        Ok((facts, reached))
    }

    /// The waiting code that was given. Each is looked at, whatever was found before, so that time tells nothing.
    fn given(&self, command: &ContactCommand, waiting: &[Waiting]) -> Result<Option<CodeId>, SealError> {
        let ContactCommand::Confirm { code: Code(typed) } = command else { return Ok(None) };
        let given = self.keyring.sign(COMPARED, plain(typed).as_bytes())?.to_string();
        let mut found = None;
        for held in waiting {
            let code = self.contact_code(held.id)?;
            if self.keyring.verify(COMPARED, code.as_bytes(), &given).is_ok() {
                found = Some(held.id);
            }
        }
        Ok(found)
    }

    /// What is typed to prove an address.
    ///
    /// # Errors
    /// The key cannot sign.
    pub(crate) fn contact_code(&self, id: CodeId) -> Result<String, SealError> {
        Ok(code(&self.keyring.digest(PURPOSE, id.0.as_bytes())?, LENGTH))
    }

    /// Shows somebody how they are reached.
    pub(super) async fn own_contacts(&self, inbound: &Inbound, person: &Person) -> Result<Answer, Fault> {
        let directory = self.directory().await?;
        let person = match policy::may_change_contacts(&inbound.actor(person.id), &directory) {
            Ok(person) => person,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let (id, now) = (person.id, self.clock.now());
        let read = self.store.read(move |tx| {
            Box::pin(async move {
                let waiting = contacts::waiting(tx, id, now, false).await?;
                let keys: Vec<String> = waiting.iter().map(|held| code_key(held.id)).collect();
                Ok((waiting, contacts::failures(tx, &keys).await?, contacts::proofs(tx).await?))
            })
        });
        let (waiting, failures, proofs) = read.await?;
        let homes = notifiers::homes(&self.keyring, person)?;
        let homes: BTreeMap<ContactMethod, Home> =
            homes.into_iter().map(|(method, found)| (method, found.home)).collect();
        let of = proofs.iter().filter(|proof| {
            proof.person == id && homes.get(&proof.method).is_some_and(|home| home.address.mark == proof.mark)
        });
        let proved: Vec<view::Proved> = of.map(|proof| view::Proved { method: proof.method, at: proof.at }).collect();
        let mut shown = Vec::with_capacity(waiting.len());
        for held in waiting {
            let masked = notifiers::opened(&self.keyring, &held.to).map_or_else(|_| "…".to_owned(), |to| to.masked());
            let failure = failures.get(&code_key(held.id)).cloned();
            shown.push((held, masked, failure));
        }
        let facts = ContactFacts { homes, here: self.notifiers.known().collect(), ..ContactFacts::default() };
        let times = (now, inbound.target.times(person.zone));
        let view = view::ContactsView::of(person, &facts, &proved, shown, times);
        Ok(Answer::Shown(Shown::Text(self.renderer.contacts(inbound.target, &view)?)))
    }
}

impl Intake {
    /// Shows who has not proved that they can be reached, as far as whoever asks may see it.
    pub(super) async fn shown_proof(&self, inbound: &Inbound, person: &Person) -> Result<Answer, Fault> {
        let directory = self.directory().await?;
        let mut unproved = self.unproved().await?;
        unproved.retain(|held| policy::may_see_proof(person, &directory, held.person));
        let times = (self.clock.now(), inbound.target.times(person.zone));
        let view = view::ProofView::of(&unproved, &directory, times);
        Ok(Answer::Shown(Shown::Text(self.renderer.proof(inbound.target, &view)?)))
    }

    /// The same of everybody, for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn operator_proof(&self) -> Result<String, Fault> {
        let (directory, unproved) = (self.directory().await?, self.unproved().await?);
        let times = (self.clock.now(), chrono_tz::UTC.into());
        let view = view::ProofView::of(&unproved, &directory, times);
        Ok(self.renderer.proof(Target::Console, &view)?)
    }
}

/// What tells the addresses of methods apart when codes are counted.
type Reached = BTreeMap<ContactMethod, Vec<u8>>;

pub(super) fn unsealed(error: &SealError) -> StoreError {
    let why = format!("an address cannot be sealed or marked: {error}");
    StoreError::Corrupt { table: "contact", id: "1".to_owned(), why }
}
