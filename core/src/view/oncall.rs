//! Whom a page would reach now, and who comes next.

use serde::Serialize;

use crate::directory::{Directory, Service};
use crate::ids::{Key, PersonId};
use crate::paging::policy::{AckNeed, PagingPolicy, Step};
use crate::refusal::Refusal;
use crate::suggest;
use crate::when::format_duration;

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnCallView {
    /// The service that was asked for, if one was.
    pub service: Option<String>,
    /// That service has no policy of its own, so the one that is shown is everybody's.
    pub by_default: bool,
    /// In the order of their keys; none if nobody but the last resort would be paged.
    pub policies: Vec<CoverView>,
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
    pub people: Vec<ReachedView>,
    /// How long it has to answer, in words.
    pub wait: String,
    /// Each of them has to acknowledge.
    pub everyone: bool,
}

/// Somebody on call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReachedView {
    pub handle: String,
    /// Whether there is a way to page them.
    pub reachable: bool,
}

impl OnCallView {
    /// Who is on call for a service or a policy, or for everything.
    ///
    /// # Errors
    /// There is no service and no policy of that name.
    pub fn of(directory: &Directory, default: Option<&Key>, named: Option<&str>) -> Result<Self, Refusal> {
        let default = default.filter(|key| directory.policies.contains_key(key));
        let cover = |policy: &PagingPolicy| CoverView::of(policy, directory, default);
        let view = |policies: Vec<CoverView>| Self {
            service: None,
            by_default: false,
            policies,
            last_resort: people(&directory.last_resort, directory),
        };
        let Some(named) = named else { return Ok(view(directory.policies.values().map(cover).collect())) };
        let key = Key::new(&named.to_lowercase()).ok();
        if let Some(service) = key.as_ref().and_then(|key| directory.services.get(key)) {
            let own = service.policy.as_ref().and_then(|key| directory.policies.get(key));
            let policy = own.or_else(|| directory.policies.get(default?));
            let service = Some(service.key.to_string());
            return Ok(Self { service, by_default: own.is_none(), ..view(policy.map(cover).into_iter().collect()) });
        }
        match key.and_then(|key| directory.policies.get(&key)) {
            Some(policy) => Ok(view(vec![cover(policy)])),
            None => Err(unknown(directory, named)),
        }
    }
}

impl CoverView {
    fn of(policy: &PagingPolicy, directory: &Directory, default: Option<&Key>) -> Self {
        let covered = |service: &&Service| service.policy.as_ref() == Some(&policy.key);
        let step = |(at, step): (usize, &Step)| StepView {
            first: at == 0,
            people: people(&step.people, directory),
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

/// Those who are still there: who left is not paged.
fn people(people: &[PersonId], directory: &Directory) -> Vec<ReachedView> {
    let found = people.iter().filter_map(|person| directory.people.get(person)).filter(|person| person.active);
    found
        .map(|person| ReachedView { handle: person.handle.to_string(), reachable: !person.contacts.is_empty() })
        .collect()
}

fn unknown(directory: &Directory, named: &str) -> Refusal {
    let known = directory.services.keys().chain(directory.policies.keys()).map(Key::as_str);
    Refusal::NotCovered { named: Refusal::quote(named), nearest: suggest::nearest(named, known).map(str::to_owned) }
}
