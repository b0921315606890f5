//! Who is on call: questions are answered from the directory as it is, and changes of it are committed with what those are
//! told whom they concern.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::{OnCallCommand, OnCallQuery};
use firebell_core::decide::{RosterDecision, decide_roster};
use firebell_core::directory::{Directory, Person};
use firebell_core::ids::{Key, Minter};
use firebell_core::oncall::shift::Span;
use firebell_core::paging::page::Pinned;
use firebell_core::paging::policy::{Circumstances, PagingPolicy};
use firebell_core::paging::simulate::simulate;
use firebell_core::refusal::Refusal;
use firebell_core::suggest;
use firebell_core::view;

use super::{Answer, Answered, Decided, Fault, Inbound, Intake, Shown};
use crate::render::Target;
use crate::store::{StoreError, Tx, Writes, directory, effects, inbox};

/// For how long shifts are shown where nobody says it.
const SHOWN: TimeDelta = TimeDelta::days(14);
/// For how long gaps are looked for, and how far back loads are added up.
const FOUR_WEEKS: TimeDelta = TimeDelta::days(28);
/// Longest stretch that is worked out for one answer.
const LONGEST: TimeDelta = TimeDelta::days(366);
/// How much of an escalation is simulated.
const SIMULATED: TimeDelta = TimeDelta::hours(1);

/// One run of a change; deciding again uses the same.
struct Job {
    inbound: Inbound,
    actor: Actor,
    command: OnCallCommand,
    now: DateTime<Utc>,
    seed: [u8; 32],
}

impl Intake {
    /// Has somebody else on call, as somebody wants it.
    pub(super) async fn change_on_call(
        &self,
        inbound: &Inbound,
        person: &Person,
        command: &OnCallCommand,
    ) -> Result<Answer, Fault> {
        let actor = inbound.actor(person.id);
        let (now, seed) = (self.clock.now(), self.entropy.seed()?);
        let job = Arc::new(Job { inbound: inbound.clone(), actor, command: command.clone(), now, seed });
        let this = self.clone();
        let decided = self.write_in_race(move |tx| {
            let (this, job) = (this.clone(), job.clone());
            Box::pin(async move { this.change_on_call_once(tx, &job).await })
        });
        Ok(decided.await?.into())
    }

    /// Once for each request, however often it arrives.
    async fn change_on_call_once(&self, tx: &mut Tx<'_>, job: &Job) -> Result<Decided, StoreError> {
        let (workspace, key) = (job.inbound.workspace, job.inbound.key());
        if let Some(answered) = inbox::open::<Decided>(tx, workspace, &key).await?.answered {
            return Ok(answered);
        }
        let loaded = directory::load(tx, true).await?;
        let mut mint = Minter::new(job.seed, job.now);
        let decided = match decide_roster(&loaded.directory, &job.command, (&job.actor, job.now), &mut mint) {
            Err(refusal) => Decided::Refused(refusal),
            Ok(RosterDecision { changes, effects: told, reply }) => {
                self.record_changes(tx, loaded, (&job.actor, &changes), (job.seed, job.now)).await?;
                effects::queue(tx, &told, job.now).await?;
                Decided::Done(reply)
            }
        };
        Writes::alone(tx, |writes| inbox::answer(writes, &[(workspace, &key, job.now, &decided)])).await?;
        Ok(decided)
    }

    /// Answers a question about who is on call.
    pub(super) async fn asked_on_call(
        &self,
        inbound: &Inbound,
        person: &Person,
        query: &OnCallQuery,
    ) -> Result<Answer, Fault> {
        if *query == OnCallQuery::Me {
            return self.own_contacts(inbound, person).await;
        }
        if *query == OnCallQuery::Proof {
            return self.shown_proof(inbound, person).await;
        }
        let directory = self.directory().await?;
        Ok(match self.on_call_text(inbound, person, query, &directory).await? {
            Ok(text) => Answer::Shown(Shown::Text(text)),
            Err(refusal) => Answer::Refused(refusal),
        })
    }

    async fn fairness_text(
        &self,
        (target, person): (Target, &Person),
        directory: &Arc<Directory>,
        (named, span): (&str, Result<Span, Refusal>),
    ) -> Result<Result<String, Refusal>, Fault> {
        let found = directory.resolve_schedule(named).and_then(|schedule| Ok((schedule, span?)));
        let (schedule, span) = match found {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let paged = self.paged_by(directory, schedule, span).await?;
        let view = view::FairnessView::of((directory, schedule), &paged, span, target.times(person.zone));
        Ok(Ok(self.renderer.fairness(target, &view)?))
    }

    async fn on_call_text(
        &self,
        inbound: &Inbound,
        person: &Person,
        query: &OnCallQuery,
        directory: &Arc<Directory>,
    ) -> Result<Result<String, Refusal>, Fault> {
        let (now, target) = (self.clock.now(), inbound.target);
        let times = target.times(person.zone);
        let asked = match query {
            OnCallQuery::Who { of } => {
                let default = self.settings.default_policy.as_ref();
                let view = view::OnCallView::of(directory, default, of.as_deref(), (now, times));
                view.map(|view| self.renderer.on_call(target, &view))
            }
            OnCallQuery::Schedule { schedule, from, to } => {
                let start = from.unwrap_or(now);
                let found = directory.resolve_schedule(schedule).and_then(|schedule| {
                    let span = stretch(start, to.unwrap_or(start + SHOWN))?;
                    Ok(view::ScheduleView::of(directory, schedule, span, (times, view::SHIFTS_MAX)))
                });
                found.map(|view| self.renderer.schedule(target, &view))
            }
            OnCallQuery::Gaps { schedule, to } => {
                let unread = self.unread_calendars().await?;
                let named = schedule.as_deref().map(|named| directory.resolve_schedule(named)).transpose();
                let found = named.and_then(|named| {
                    let all = named.map_or_else(|| directory.schedules.values().collect(), |named| vec![named]);
                    let span = stretch(now, to.unwrap_or(now + FOUR_WEEKS))?;
                    Ok(view::GapsView::of(directory, (&all, &unread), span, times))
                });
                found.map(|view| self.renderer.gaps(target, &view))
            }
            OnCallQuery::Fairness { schedule, from, to } => {
                let end = to.unwrap_or(now);
                let span = stretch(from.unwrap_or(end - FOUR_WEEKS), end);
                return self.fairness_text((target, person), directory, (schedule, span)).await;
            }
            OnCallQuery::Handoff { schedule } => {
                return self.handoff_text((target, person), directory, schedule.as_deref()).await;
            }
            OnCallQuery::Simulate { policy, at, severity } => {
                let view = self.simulated((policy, severity.as_deref()), at.unwrap_or(now), directory, times);
                view.map(|view| self.renderer.simulation(target, &view))
            }
            OnCallQuery::Swaps => {
                let view = view::SwapsView::of(directory, person.id, (now, times));
                Ok(self.renderer.swaps(target, &view))
            }
            OnCallQuery::Overrides => {
                let view = view::OverridesView::of(directory, &inbound.actor(person.id), (now, times));
                Ok(self.renderer.overrides(target, &view))
            }
            OnCallQuery::Me | OnCallQuery::Proof => Ok(Ok(String::new())),
        };
        asked.map_or_else(|refusal| Ok(Err(refusal)), |text| Ok(Ok(text?)))
    }

    /// Whom a policy would page, when and by what, for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal says what is not there.
    pub async fn operator_simulate(
        &self,
        asked: (&str, Option<&str>),
        at: Option<DateTime<Utc>>,
        zone: chrono_tz::Tz,
    ) -> Result<Result<Answered<view::SimulationView>, Refusal>, Fault> {
        let directory = self.directory().await?;
        let at = at.unwrap_or_else(|| self.clock.now());
        let told = |times| self.simulated(asked, at, &directory, times);
        let found = told(zone.into()).and_then(|shown| Ok((shown, told(view::ShownIn::Program(zone))?)));
        let (shown, view) = match found {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let text = self.renderer.simulation(Target::Console, &shown)?;
        Ok(Ok(Answered { view, text }))
    }

    fn simulated(
        &self,
        (named, severity): (&str, Option<&str>),
        at: DateTime<Utc>,
        directory: &Directory,
        times: view::ShownIn,
    ) -> Result<view::SimulationView, Refusal> {
        let (policy, service) = self.simulated_policy(named, directory)?;
        let severity = match severity {
            None => self.settings.default_severity.clone(),
            Some(named) => self.settings.severity(named)?.key.clone(),
        };
        let services: BTreeSet<Key> = service.iter().cloned().collect();
        let urgency = self.settings.urgency(&severity);
        let circumstances = Circumstances { severity: &severity, urgency, services: &services, now: at };
        let length = (at, SIMULATED, self.settings.last_resort_every);
        let simulated = simulate(&Pinned::of(policy), directory, circumstances, length);
        let asked = (policy.key.to_string(), service.map(String::from), severity.to_string());
        Ok(view::SimulationView::of(asked, &simulated, directory, times))
    }

    /// The policy of that name, or the one that covers the service of that name.
    fn simulated_policy<'d>(
        &self,
        named: &str,
        directory: &'d Directory,
    ) -> Result<(&'d PagingPolicy, Option<Key>), Refusal> {
        let key = Key::new(named).ok();
        if let Some(service) = key.as_ref().and_then(|key| directory.services.get(key)) {
            let default = self.settings.default_policy.as_ref();
            let own = service.policy.as_ref().and_then(|key| directory.policies.get(key));
            let policy = own.or_else(|| directory.policies.get(default?)).ok_or_else(|| {
                let message = format!("{} has no policy, so the last resort would be paged at once", service.key);
                Refusal::NotAllowed { message }
            })?;
            return Ok((policy, Some(service.key.clone())));
        }
        let policy = key.and_then(|key| directory.policies.get(&key));
        policy.map(|policy| (policy, None)).ok_or_else(|| {
            let known = directory.services.keys().chain(directory.policies.keys()).map(Key::as_str);
            let nearest = suggest::nearest(named, known).map(str::to_owned);
            let schedule = directory.resolve_schedule(named).is_ok();
            Refusal::NotSimulated { named: Refusal::quote(named), nearest, schedule }
        })
    }
}

/// A stretch of time that can be worked out for one answer.
fn stretch(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Span, Refusal> {
    let wrong = |message: &str| Err(Refusal::BadTime { message: message.to_owned() });
    if end <= start {
        return wrong("that ends before it begins; name a later end");
    }
    if end.signed_duration_since(start) > LONGEST {
        return wrong("that is more than 366 days; name a shorter time");
    }
    Ok(Span { start, end })
}
