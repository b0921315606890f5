//! Whom a page would reach now, and who comes next.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::schedule::zone_of;
use crate::directory::{Directory, Person, Service};
use crate::ids::{Key, PersonId};
use crate::oncall::schedule::Schedule;
use crate::oncall::shift::OnCall;
use crate::oncall::text::write_windows;
use crate::paging::policy::{AckNeed, PagingPolicy, Step, When};
use crate::paging::target::{Target, Way};
use crate::refusal::Refusal;
use crate::suggest;
use crate::when::format_duration;

/// How far ahead it is looked who comes next.
const AHEAD: TimeDelta = TimeDelta::days(60);

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnCallView {
    /// The service that was asked for, if one was.
    pub service: Option<String>,
    /// That service has no policy of its own, so the one that is shown is everybody's.
    pub by_default: bool,
    /// The zone of its times; empty where whoever reads it has them in their own.
    pub zone: String,
    /// In the order of their keys; none if nobody but the last resort would be paged.
    pub policies: Vec<CoverView>,
    /// The schedule that was asked for, or all where everything was.
    pub schedules: Vec<HeldView>,
    /// Who is paged when a policy is exhausted or there is none; nobody means the incident's lead.
    pub last_resort: Vec<ReachedView>,
}

/// A policy with those whom it pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoverView {
    pub key: String,
    pub name: String,
    /// What it covers: keys of services.
    pub services: Vec<String>,
    /// It covers whatever names no policy.
    pub default: bool,
    pub steps: Vec<StepView>,
    /// How many times the steps are gone through, if that is more than once.
    pub rounds: Option<i64>,
}

/// One step of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepView {
    /// Whether it is paged at once.
    pub first: bool,
    /// Whom it means now; without anybody it would be passed over.
    pub people: Vec<ReachedView>,
    /// When it is passed over, in words.
    pub only: Option<String>,
    /// How long it has to answer, in words.
    pub wait: String,
    /// Each of them has to acknowledge.
    pub everyone: bool,
}

/// A schedule with those who are on call by it, now and next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldView {
    pub key: String,
    pub name: String,
    pub people: Vec<ReachedView>,
    /// Those who are told along, to learn.
    pub shadows: Vec<String>,
    /// Until when, if that is known.
    pub until: Option<String>,
    /// Who comes next.
    pub next: Vec<ReachedView>,
    /// Since when it waits to be accepted by those who are on call, if it does.
    pub unaccepted: Option<String>,
}

/// Somebody on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReachedView {
    pub handle: String,
    /// By what a policy means them, where it does not name them: `web` for a schedule, `team storefront`.
    pub by: Option<String>,
    /// Whether there is a way to page them.
    pub reachable: bool,
}

impl OnCallView {
    /// Who is on call for a service, by a policy or a schedule, or for everything, at an instant.
    ///
    /// # Errors
    /// There is nothing of that name.
    pub fn of(
        directory: &Directory,
        default: Option<&Key>,
        named: Option<&str>,
        (now, times): (DateTime<Utc>, ShownIn),
    ) -> Result<Self, Refusal> {
        let default = default.filter(|key| directory.policies.contains_key(key));
        let cover = |policy: &PagingPolicy| CoverView::of(policy, (directory, now), default);
        let held = |schedule: &Schedule| HeldView::of(schedule, directory, (now, Clock::new(times, now)));
        let view = |policies: Vec<CoverView>| Self {
            service: None,
            by_default: false,
            zone: zone_of(times),
            policies,
            schedules: Vec::new(),
            last_resort: people(&directory.last_resort, directory),
        };
        let Some(named) = named else {
            let schedules = directory.schedules.values().map(held).collect();
            return Ok(Self { schedules, ..view(directory.policies.values().map(cover).collect()) });
        };
        let key = Key::new(&named.to_lowercase()).ok();
        if let Some(service) = key.as_ref().and_then(|key| directory.services.get(key)) {
            let own = service.policy.as_ref().and_then(|key| directory.policies.get(key));
            let policy = own.or_else(|| directory.policies.get(default?));
            let service = Some(service.key.to_string());
            return Ok(Self { service, by_default: own.is_none(), ..view(policy.map(cover).into_iter().collect()) });
        }
        if let Some(policy) = key.as_ref().and_then(|key| directory.policies.get(key)) {
            return Ok(view(vec![cover(policy)]));
        }
        match key.and_then(|key| directory.schedules.get(&key)) {
            Some(schedule) => Ok(Self { schedules: vec![held(schedule)], ..view(Vec::new()) }),
            None => Err(unknown(directory, named)),
        }
    }
}

impl HeldView {
    fn of(schedule: &Schedule, directory: &Directory, (now, clock): (DateTime<Utc>, Clock)) -> Self {
        let roster = directory.roster(&schedule.key);
        let on_call = roster.as_ref().map(|roster| roster.at(now)).unwrap_or_default();
        let next = roster.and_then(|roster| roster.next_change(now, AHEAD));
        let of =
            |on_call: &OnCall| people(&on_call.on_call.iter().map(|held| held.person).collect::<Vec<_>>(), directory);
        Self {
            key: schedule.key.to_string(),
            name: schedule.name.clone(),
            people: of(&on_call),
            shadows: on_call.shadows.iter().map(|person| directory.handle(*person).to_owned()).collect(),
            until: next.as_ref().map(|change| clock.moment(change.at)),
            next: next.as_ref().map(|change| of(&change.to)).unwrap_or_default(),
            unaccepted: directory.unaccepted(schedule, now).map(|handoff| clock.moment(handoff.at)),
        }
    }
}

impl CoverView {
    fn of(policy: &PagingPolicy, (directory, now): (&Directory, DateTime<Utc>), default: Option<&Key>) -> Self {
        let covered = |service: &&Service| service.policy.as_ref() == Some(&policy.key);
        let step = |(at, step): (usize, &Step)| StepView {
            first: at == 0,
            people: meant(step, directory, now),
            only: (!step.when.is_always()).then(|| conditions(&step.when)),
            wait: format_duration(step.wait()),
            everyone: step.needs == AckNeed::Everyone,
        };
        Self {
            key: policy.key.to_string(),
            name: policy.name.clone(),
            services: directory.services.values().filter(covered).map(|service| service.key.to_string()).collect(),
            default: default == Some(&policy.key),
            steps: policy.steps.iter().enumerate().map(step).collect(),
            rounds: Some(policy.rounds).filter(|rounds| *rounds > 1),
        }
    }
}

/// Those whom a step means who are still there: who left is not paged. Of those who take turns, all that may be told.
fn meant(step: &Step, directory: &Directory, now: DateTime<Utc>) -> Vec<ReachedView> {
    let target = Target::everybody(step, directory, now);
    let by = |way: &Way| match way {
        Way::Named | Way::Shadow { .. } => None,
        Way::Schedule { schedule, .. } | Way::Turn { schedule, .. } if step.round_robin.contains(schedule) => {
            Some(format!("{schedule}, in turn"))
        }
        Way::Schedule { schedule, .. } | Way::Turn { schedule, .. } => Some(schedule.to_string()),
        Way::Team { team } => Some(format!("team {team}")),
    };
    let found = target.meant.iter().filter_map(|meant| Some((directory.people.get(&meant.person)?, by(&meant.by))));
    found.filter(|(person, _)| person.active).map(|(person, by)| ReachedView::of(person, by)).collect()
}

/// In words, as in "only sev1, sev2; mon-fri 09:00-17:00 Europe/Berlin".
fn conditions(when: &When) -> String {
    let severities = when.severities.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let tiers = when.tiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let hours = when.hours.as_ref().map(|hours| format!("{} {}", write_windows(&hours.windows).join(", "), hours.zone));
    let tiers = if tiers.is_empty() { tiers } else { format!("tier {tiers}") };
    let parts = [severities, tiers, hours.unwrap_or_default()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

impl ReachedView {
    fn of(person: &Person, by: Option<String>) -> Self {
        Self { handle: person.handle.to_string(), by, reachable: !person.contacts.is_empty() }
    }
}

/// Those who are still there: who left is not paged.
fn people(people: &[PersonId], directory: &Directory) -> Vec<ReachedView> {
    let found = people.iter().filter_map(|person| directory.people.get(person)).filter(|person| person.active);
    found.map(|person| ReachedView::of(person, None)).collect()
}

fn unknown(directory: &Directory, named: &str) -> Refusal {
    let known = directory.services.keys().chain(directory.policies.keys());
    let known = known.chain(directory.schedules.keys()).map(Key::as_str);
    Refusal::NotCovered { named: Refusal::quote(named), nearest: suggest::nearest(named, known).map(str::to_owned) }
}
