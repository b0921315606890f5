//! What people do with accounts of their own: a code from one account makes another one theirs.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::{Code, Command, Own};
use firebell_core::decide::Decision;
use firebell_core::directory::link::Linking;
use firebell_core::directory::{Directory, Identity, Person};
use firebell_core::effect::Effect;
use firebell_core::ids::PersonId;
use firebell_core::incident::Channel;
use firebell_core::policy;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::view;
use sha2::{Digest as _, Sha256};

use super::code::{code, plain};
use super::load::Before;
use super::round::Round;
use super::{Answer, Decided, Fault, From, Inbound, Intake, Shown};
use crate::store::{StoreError, Tx, Writes, directory, effects, inbox, incidents, links, pages};

/// How long a code is good, in minutes.
const GOOD_FOR: i64 = 10;
/// How many wrong codes an account may give in [`MISSES_WITHIN`].
const MISSES_MAX: i64 = 5;
const MISSES_WITHIN: TimeDelta = TimeDelta::minutes(10);
/// How many signs a code has: fifty bits, of which five guesses in ten minutes find none.
const LENGTH: usize = 10;
/// For what the installation's key signs codes, so that a copy of the database tells none.
const PURPOSE: &str = "link-code";

/// An account that gives a code.
struct Job {
    inbound: Inbound,
    account: Channel,
    hash: Vec<u8>,
    now: DateTime<Utc>,
    seed: [u8; 32],
}

impl Intake {
    /// Does what somebody wants with what is their own.
    pub(super) async fn own(&self, inbound: &Inbound, person: &Person, own: &Own) -> Result<Answer, Fault> {
        match own {
            Own::Code => self.new_code(inbound, person).await,
            Own::Link { code } => self.link(inbound, code).await,
            Own::Unlink { account } => self.unlink(inbound, person, account).await,
            Own::Contact(command) => self.change_contact(inbound, person, command).await,
            Own::Feed { schedule } => self.new_feed(inbound, person, schedule.as_deref()).await,
            Own::EndFeed { schedule } => self.end_feed(inbound, person, schedule.as_deref()).await,
        }
    }

    /// A code, which is shown once and kept as what the installation's key makes of it.
    async fn new_code(&self, inbound: &Inbound, person: &Person) -> Result<Answer, Fault> {
        if let Err(refusal) = policy::may_act(&inbound.actor(person.id), &*self.directory().await?) {
            return Ok(Answer::Refused(refusal));
        }
        let code = code(&self.entropy.seed()?, LENGTH);
        let (hash, now) = (self.hash_of(&code)?, self.clock.now());
        let until = now.checked_add_signed(TimeDelta::minutes(GOOD_FOR)).unwrap_or(now);
        let asked = (person.id, inbound.workspace);
        let kept = self.store.write(move |tx| {
            let hash = hash.clone();
            Box::pin(async move { links::put_code(tx, asked, &hash, (now, until)).await })
        });
        kept.await?;
        let (first, second) = code.split_at(LENGTH / 2);
        let (handle, code) = (person.handle.to_string(), format!("{first}-{second}"));
        let view = view::CodeView { handle, code, minutes: GOOD_FOR };
        Ok(Answer::Shown(Shown::Text(self.renderer.code(inbound.target, &view)?)))
    }

    /// The account that a code is given with becomes that of whoever asked for the code.
    async fn link(&self, inbound: &Inbound, code: &Code) -> Result<Answer, Fault> {
        let From::Account { external_id } = &inbound.from else {
            let message =
                "a code is given with the account that is to be yours, and there is none here; write it in chat";
            return Ok(Answer::Refused(Refusal::NotAllowed { message: message.to_owned() }));
        };
        let account = Channel { workspace: inbound.workspace, external_id: external_id.clone() };
        let hash = self.hash_of(&plain(&code.0))?;
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let job = Arc::new(Job { inbound: inbound.clone(), account, hash, now, seed });
        let this = self.clone();
        let decided = self.write_in_race(move |tx| {
            let (this, job) = (this.clone(), job.clone());
            Box::pin(async move { this.link_once(tx, &job).await })
        });
        Ok(decided.await?.into())
    }

    /// Once for each request, however often it arrives.
    async fn link_once(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Decided, StoreError> {
        let (workspace, key) = (job.inbound.workspace, job.inbound.key());
        if let Some(answered) = inbox::open::<Decided>(tx, workspace, &key).await?.answered {
            return Ok(answered);
        }
        let decided = match self.link_in(tx, job).await? {
            Ok(reply) => Decided::Done(reply),
            Err(refusal) => Decided::Refused(refusal),
        };
        Writes::alone(tx, |writes| inbox::answer(writes, &[(workspace, &key, job.now, &decided)])).await?;
        Ok(decided)
    }

    async fn link_in(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Result<Reply, Refusal>, StoreError> {
        let (at, account) = ((job.account.workspace, job.account.external_id.as_str()), &job.account);
        let since = job.now.checked_sub_signed(MISSES_WITHIN).unwrap_or(job.now);
        if links::misses(tx, at, since).await? >= MISSES_MAX {
            return Ok(Err(no(
                "this account gave too many wrong codes; wait ten minutes, then ask for a new one".into()
            )));
        }
        let Some((into, asked_in)) = links::code(tx, &job.hash, job.now).await? else {
            links::miss(tx, at, (since, job.now)).await?;
            let message = "this code is not good: each works once, for ten minutes; ask for a new one with `/incident me \
                           link` in your other account";
            return Ok(Err(no(message.to_owned())));
        };
        // Incidents are locked before the directory, and it says whose: if it is another by then, this is done again.
        let held = self.directory_in(tx).await?;
        let was = held.person_by_account(account.workspace, &account.external_id).map(|person| person.id);
        let was = was.filter(|was| *was != into);
        let before = match was {
            Some(was) => match self.what_they_are_in(tx, was).await? {
                Ok(before) => before,
                Err(refusal) => return Ok(Err(refusal)),
            },
            None => Before::new(),
        };
        let loaded = directory::load(tx, true).await?;
        let (version, directory) = (held.version, loaded.directory.clone());
        if directory.version != version {
            return Err(StoreError::Conflict { table: "directory", id: "1".to_owned() });
        }
        let linking = match self.linking(&directory, into, account) {
            Ok(linking) => linking,
            Err(refusal) => return Ok(Err(refusal)),
        };
        links::drop_code(tx, into).await?;
        let by = Actor::chat(into, account.workspace);
        self.record_changes(tx, loaded, (&by, &linking.changes), (job.seed, job.now)).await?;
        let mut after = directory.clone();
        linking.changes.iter().for_each(|change| after.apply(change));
        let after = Arc::new(after);
        let mut writes = Writes::new(tx);
        if let Some(decision) = self.taken_over(&before, (was, &by), &after, job) {
            // Who is being paged is not taken over, so there is nothing to count.
            let _ = self.commit((tx, &mut writes), before, decision, (job.seed, job.now)).await?;
        }
        let told = Effect::tell_linked(into, asked_in, account, job.now);
        effects::enqueue(tx, &mut writes, &[told], job.now).await?;
        writes.run(tx).await?;
        tx.wake().await?;
        Ok(Ok(linked(&after, into, &linking)))
    }

    fn linking(&self, directory: &Directory, into: PersonId, account: &Channel) -> Result<Linking, Refusal> {
        policy::may_act(&Actor::chat(into, account.workspace), directory)?;
        let person = directory.people.get(&into);
        let person = person.ok_or_else(|| no("whoever asked for this code is not known here any more".to_owned()))?;
        let place = self.places.iter().find(|place| place.workspace == account.workspace);
        directory.link(person, account, place.and_then(|place| place.method))
    }

    /// The incidents that somebody takes part in, locked. Who is being paged answers first, or their page would look for
    /// somebody who is nobody any more.
    async fn what_they_are_in(&self, tx: &mut Tx<'_>, was: PersonId) -> Result<Result<Before, Refusal>, StoreError> {
        if let Some(incident) = pages::incidents_waiting_for(tx, was).await?.first() {
            let message = format!("this account is being paged in {incident}; acknowledge there first, then link it");
            return Ok(Err(no(message)));
        }
        let numbers: Vec<i64> = incidents::of_member(tx, was).await?.into_iter().map(|id| id.0).collect();
        let loaded = incidents::lock_all(tx, &numbers).await?;
        Ok(Ok(loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect()))
    }

    /// What somebody was in their incidents is that of the person whom they turned out to be.
    fn taken_over(
        &self,
        before: &Before,
        (was, by): (Option<PersonId>, &Actor),
        directory: &Arc<Directory>,
        job: &Job,
    ) -> Option<Decision> {
        let from = was?;
        let mut round = Round::new(before, Vec::new());
        for (turn, id) in (1_u32..).zip(before.keys()) {
            let seed = Sha256::new().chain_update(job.seed).chain_update(turn.to_be_bytes()).finalize().into();
            let facts = self.facts(directory.clone(), seed);
            // A refusal is for those who may not act, and that was asked before.
            let _ = round.decide(*id, (facts, Command::TakeOver { from }), (by, job.now));
        }
        round.decided()
    }

    /// An account is its person's no more.
    async fn unlink(&self, inbound: &Inbound, person: &Person, named: &str) -> Result<Answer, Fault> {
        let directory = self.directory().await?;
        let actor = inbound.actor(person.id);
        if let Err(refusal) = policy::may_act(&actor, &directory) {
            return Ok(Answer::Refused(refusal));
        }
        let of = |identity: &Identity| view::AccountView::at(&channel(identity), &self.places);
        let own = |held: &&Identity| held.person == person.id;
        let named_so = |held: &&Identity| held.external_id == named || of(held).place.eq_ignore_ascii_case(named);
        let found: Vec<&Identity> = directory.identities.iter().filter(own).filter(named_so).collect();
        let account = match found.as_slice() {
            [one] => (*one).clone(),
            [] => return Ok(Answer::Refused(no("you have no such account; `/incident me` lists yours".to_owned()))),
            _ => return Ok(Answer::Refused(no("you have several there; name one by its id".to_owned()))),
        };
        if let Err(refusal) = directory.unlink(person, &account) {
            return Ok(Answer::Refused(refusal));
        }
        let view::AccountView { account: id, place } = of(&account);
        let person = person.clone();
        let wanted: super::Wanted =
            Arc::new(move |directory, _| directory.unlink(&person, &account).unwrap_or_default());
        self.change_directory(actor, wanted).await?;
        Ok(Answer::Done(Reply::AccountUnlinked { account: id, place }))
    }

    fn hash_of(&self, code: &str) -> Result<Vec<u8>, Fault> {
        Ok(self.keyring.digest(PURPOSE, code.as_bytes())?.to_vec())
    }
}

fn linked(directory: &Directory, into: PersonId, linking: &Linking) -> Reply {
    Reply::AccountLinked {
        handle: directory.handle(into).to_owned(),
        was: linking.was.map(|was| directory.handle(was).to_owned()),
        unreached: linking.unreached.map(|method| method.word().to_owned()),
    }
}

fn channel(identity: &Identity) -> Channel {
    Channel { workspace: identity.workspace, external_id: identity.external_id.clone() }
}

fn no(message: String) -> Refusal {
    Refusal::NotAllowed { message }
}
