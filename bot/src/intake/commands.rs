//! Commands: deduplicated, decided and committed in one transaction, each in one of its own or, on the one writer of a
//! SQLite file, many in one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use firebell_core::command::{Ask, Command};
use firebell_core::decide::decide;
use firebell_core::ids::{IncidentId, WorkspaceId};

use super::load::Before;
use super::round::Round;
use super::together::Together;
use super::{Arrival, Decided, Fault, Intake, Job, Outcome, RACES};
use crate::metrics::Tally;
use crate::store::{StoreError, Tx, Writes, directory, inbox, incidents};

/// How many commands are committed in one transaction: enough to share its statements, and few enough that a timer that
/// falls due meanwhile does not wait for long.
const AT_ONCE: usize = 64;

/// Commands that wait to be decided. Those that are answered with `None` are left to be decided alone.
pub(super) type Commanding = Together<Arc<Job>, Option<Result<Option<Outcome>, Fault>>, AT_ONCE>;

/// What a command comes to among others.
enum Among {
    Decided(Outcome),
    /// The directory by which it was understood is another by now.
    Outdated,
    Alone,
}

impl Intake {
    /// Runs a command until it is committed or refused; `None` as in [`Intake::decided`].
    pub(super) async fn command(&self, job: Arc<Job>) -> Result<Option<Outcome>, Fault> {
        if self.store.has_one_writer() && job.goes_together() {
            let done = self.commanding.carry_out(job.clone(), |jobs| self.commands(jobs)).await;
            if let Some(outcome) = done.flatten() {
                return outcome;
            }
            // Whoever had the turn may have been stopped; the inbound id tells whether it was decided.
        }
        self.alone(&job).await
    }

    async fn commands(&self, jobs: Vec<Arc<Job>>) -> Vec<Option<Result<Option<Outcome>, Fault>>> {
        if let [job] = jobs.as_slice() {
            return vec![Some(self.alone(job).await)];
        }
        let (this, all) = (self.clone(), Arc::new(jobs));
        let jobs = all.clone();
        let done = self.store.write(move |tx| {
            let (this, jobs) = (this.clone(), all.clone());
            Box::pin(async move { this.decide_together(tx, &jobs).await })
        });
        let Ok((done, tally)) = done.await else {
            // What one of them met must not hold up the others.
            return jobs.iter().map(|_| None).collect();
        };
        self.metrics.add(&tally);
        let said = |among| match among {
            Among::Decided(outcome) => Some(Ok(Some(outcome))),
            Among::Outdated => Some(Ok(None)),
            Among::Alone => None,
        };
        done.into_iter().map(said).collect()
    }

    async fn alone(&self, job: &Arc<Job>) -> Result<Option<Outcome>, Fault> {
        let mut races = 0;
        let mut unheard = None;
        loop {
            let (this, again) = (self.clone(), job.clone());
            let done = self
                .store
                .write(move |tx| {
                    let (this, job) = (this.clone(), again.clone());
                    Box::pin(async move { Box::pin(this.decide_alone(tx, &job)).await })
                })
                .await;
            match done {
                // Somebody else was first: decide again on what they left, or hear the reply that they were given.
                Err(StoreError::Conflict { .. } | StoreError::Unique { .. }) if races < RACES => races += 1,
                // The reply beside the inbound id tells whether it was stored.
                Err(error @ StoreError::Unheard { .. }) if unheard.is_none() => unheard = Some(error),
                // A second failure does not say what became of the first attempt.
                Err(error) => return Err(unheard.unwrap_or(error).into()),
                Ok((outcome, tally)) => {
                    self.metrics.add(&tally);
                    return Ok(outcome);
                }
            }
        }
    }

    async fn decide_alone(&self, tx: &mut Tx<'_>, job: &Job) -> Result<(Option<Outcome>, Tally), StoreError> {
        let Job { inbound, held, request, actor, now, seed } = job;
        let command = job.command();
        let key = inbound.key();
        let opening = inbox::open::<Decided>(tx, inbound.workspace, &key).await?;
        if let Some(answered) = opening.answered {
            let outcome = Outcome { decided: answered, arrival: Arrival::Repeated, incident: None };
            return Ok((Some(outcome), Tally::default()));
        }
        if opening.directory != held.head {
            return Ok((None, Tally::default()));
        }
        let directory = held.directory.clone();
        let loaded = self.load(tx, (inbound, request, actor), directory, *seed).await?;
        let (mut writes, mut tally) = (Writes::new(tx), Tally::default());
        let mut incident = None;
        let decided = match loaded {
            Err(refusal) => Decided::Refused(refusal),
            Ok((facts, before)) => {
                incident = facts.incident.as_ref().map(|incident| incident.id);
                match decide(&facts, command.clone(), actor, *now) {
                    Err(refusal) => {
                        if command.is_beginning() {
                            // The refusal is committed, and the number that was looked up for it must not be lost.
                            incidents::return_number(tx).await?;
                        }
                        Decided::Refused(refusal)
                    }
                    Ok(decision) => {
                        let reply = decision.reply.clone();
                        incident = incident.or(decision.incidents.first().map(|declared| declared.id));
                        tally = self.commit((tx, &mut writes), before, decision, (*seed, *now)).await?;
                        Decided::Done(reply)
                    }
                }
            }
        };
        inbox::answer(&mut writes, &[(inbound.workspace, &key, *now, &decided)])?;
        writes.run(tx).await?;
        Ok((Some(Outcome { decided, arrival: Arrival::First, incident }), tally))
    }

    async fn decide_together(&self, tx: &mut Tx<'_>, jobs: &[Arc<Job>]) -> Result<(Vec<Among>, Tally), StoreError> {
        let head = directory::head(tx).await?;
        let targets = targets(tx, jobs).await?;
        let numbers: BTreeSet<i64> = targets.iter().flatten().map(|id| id.0).collect();
        let loaded = incidents::lock_all(tx, &numbers.into_iter().collect::<Vec<_>>()).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        let mut round = Round::new(&before, Vec::new());
        let mut decide = |(job, target): (&Arc<Job>, Option<IncidentId>)| match target {
            Some(id) if before.contains_key(&id) => {
                if job.held.head != head {
                    return Among::Outdated;
                }
                let facts = self.facts(job.held.directory.clone(), job.seed);
                let decided = match round.decide(id, (facts, job.command().clone()), (&job.actor, job.now)) {
                    Ok(turn) => Decided::Done(turn.reply),
                    Err(refusal) => Decided::Refused(refusal),
                };
                Among::Decided(Outcome { decided, arrival: Arrival::First, incident: Some(id) })
            }
            _ => Among::Alone,
        };
        let outcomes: Vec<Among> = jobs.iter().zip(targets).map(&mut decide).collect();
        let (mut writes, mut tally) = (Writes::new(tx), Tally::default());
        if let (Some(decision), Some(first)) = (round.decided(), jobs.first()) {
            let now = jobs.iter().map(|job| job.now).max().unwrap_or(first.now);
            tally = self.commit((tx, &mut writes), before, decision, (first.seed, now)).await?;
        }
        let keys: Vec<String> = jobs.iter().map(|job| job.inbound.key()).collect();
        let answers = jobs.iter().zip(&keys).zip(&outcomes).filter_map(|((job, key), among)| match among {
            Among::Decided(Outcome { decided, .. }) => Some((job.inbound.workspace, key.as_str(), job.now, decided)),
            Among::Outdated | Among::Alone => None,
        });
        inbox::answer(&mut writes, &answers.collect::<Vec<_>>())?;
        writes.run(tx).await?;
        Ok((outcomes, tally))
    }
}

/// The incidents that commands are about; `None` where that takes more than a look at the room, or where the same request
/// came before.
async fn targets(tx: &mut Tx<'_>, jobs: &[Arc<Job>]) -> Result<Vec<Option<IncidentId>>, StoreError> {
    let (mut ids, mut rooms) = (BTreeMap::new(), BTreeMap::new());
    for job in jobs {
        let inbound = &job.inbound;
        ids.entry(inbound.workspace).or_insert_with(Vec::new).push(inbound.key());
        if let (None, Some(room)) = (job.request.incident, &inbound.room) {
            rooms.entry(inbound.workspace).or_insert_with(Vec::new).push(room.clone());
        }
    }
    let mut seen: BTreeSet<(WorkspaceId, String)> = BTreeSet::new();
    for (workspace, ids) in ids {
        seen.extend(inbox::known(tx, workspace, &ids).await?.into_iter().map(|id| (workspace, id)));
    }
    let mut incidents = BTreeMap::new();
    for (workspace, rooms) in rooms {
        let found = incidents::of_rooms(tx, workspace, &rooms).await?;
        incidents.extend(found.into_iter().map(|(room, incident)| ((workspace, room), incident)));
    }
    let targets = jobs.iter().map(|job| {
        let inbound = &job.inbound;
        let room = || incidents.get(&(inbound.workspace, inbound.room.clone()?)).copied();
        // Of two with one id in this very round, the second finds the first one's reply when its turn comes.
        let is_new = seen.insert((inbound.workspace, inbound.key()));
        job.request.incident.or_else(room).filter(|_| is_new)
    });
    Ok(targets.collect())
}

impl Job {
    fn command(&self) -> &Command {
        match &self.request.ask {
            Ask::Command(command) => command,
            Ask::Query(_) | Ask::Own(_) | Ask::OnCall(_) => unreachable!("all others are answered before"),
        }
    }

    /// Whether its incident, named or found by the room, is all that it takes to decide it.
    fn goes_together(&self) -> bool {
        let named = self.request.incident.is_some() || self.inbound.room.is_some();
        named && self.command().needs_incident_alone()
    }
}
