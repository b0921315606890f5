//! A page of its own: about something that nobody has declared yet. It is an incident without a room until somebody opens
//! one, so that whatever comes of it stands on a record.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::declare::{first_entry, policies};
use super::draft::Draft;
use super::paging::{self, Asked, Raised};
use super::{Decision, RaisedAs};
use crate::actor::{Actor, Who};
use crate::command::{Declare, Raise, Whom};
use crate::facts::Facts;
use crate::ids::{Key, PersonId};
use crate::incident::Joined;
use crate::paging::policy::Step;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::suggest;
use crate::timeline::Change;

/// Whom a page is for, once it is known that there is such a thing.
enum Duty {
    Person(PersonId),
    Team(Key),
    Policies(BTreeSet<Key>),
    /// Of a service: its policy's, else the default one's, else the last resort.
    Service(Key),
}

/// Raises a page. One that came with a key is raised once, until its incident is over, or the one that this was merged into.
pub(super) fn raise(facts: &Facts, asked: Raise, actor: &Actor, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let goes_on = facts.raised.as_ref().map(|held| &held.goes_on_in);
    if let Some(held) = goes_on.filter(|held| held.status.word().is_active()) {
        let reply =
            Reply::Raised { incident: held.id, people: Vec::new(), deferred: None, unpaged: false, again: true };
        return Ok(Decision { reply, ..Decision::nothing() });
    }
    let duty = duty(facts, &asked.whom, actor)?;
    let services = match &duty {
        Duty::Service(service) => vec![service.to_string()],
        _ => Vec::new(),
    };
    let declare = Declare { title: asked.title, severity: asked.severity, services, ..Declare::default() };
    let mut draft = Draft::born(facts, first_entry(facts, declare, &[], now)?, actor, now);
    if let Some(text) = asked.description {
        draft.record(Change::SummarySet { text });
    }
    if let Some(person) = actor.person() {
        draft.join(person, Joined::Declared);
    }
    let (raised, unpaged) = page(&mut draft, duty, || Asked { message: None, urgency: asked.urgency })?;
    let incident = draft.incident.id;
    let people = raised.people.into_iter().map(|person| facts.directory.handle(person).to_owned()).collect();
    let raised_as = asked.key.zip(integration(actor)).map(|(key, integration)| RaisedAs {
        integration,
        key,
        incident,
        before: facts.raised.as_ref().map(|held| held.incident),
    });
    let reply = Reply::Raised { incident, people, deferred: raised.deferred, unpaged, again: false };
    Ok(Decision { raised: raised_as, ..draft.done(reply) })
}

/// The program that acts.
fn integration(actor: &Actor) -> Option<Key> {
    match &actor.who {
        Who::Integration(name) => Some(name.clone()),
        Who::Person(_) | Who::Firebell => None,
    }
}

/// Pages them; the second is whether there is nobody who could be.
fn page(draft: &mut Draft<'_>, duty: Duty, asked: impl Fn() -> Asked) -> Result<(Raised, bool), Refusal> {
    let policies = match duty {
        Duty::Person(person) => {
            return Ok((paging::raise_step(draft, Step { people: vec![person], ..Step::default() }, asked()), false));
        }
        Duty::Team(team) => {
            return Ok((paging::raise_step(draft, Step { teams: vec![team], ..Step::default() }, asked()), false));
        }
        Duty::Policies(policies) => policies,
        Duty::Service(service) => policies(draft.facts, &BTreeSet::from([service])),
    };
    let mut all = Raised::default();
    for policy in &policies {
        let raised = paging::raise_policy(draft, policy, asked())?;
        all.people.extend(raised.people);
        all.deferred = all.deferred.or(raised.deferred);
    }
    if policies.is_empty() {
        all = paging::raise_last_resort(draft, asked());
    }
    Ok((all, policies.is_empty() && draft.facts.directory.last_resort.is_empty()))
}

/// What a text names: `@name` is a person; a bare word is a service, a policy, a team, else a person.
fn duty(facts: &Facts, whom: &Whom, actor: &Actor) -> Result<Duty, Refusal> {
    let directory = &facts.directory;
    let known = |named: &str, has: &dyn Fn(&Key) -> bool| Key::new(named).ok().filter(|key| has(key));
    let service = |named: &str| known(named, &|key| directory.services.contains_key(key)).map(Duty::Service);
    let policy = |named: &str| {
        known(named, &|key| directory.policies.contains_key(key)).map(|key| Duty::Policies(BTreeSet::from([key])))
    };
    let team = |named: &str| known(named, &|key| directory.teams.contains_key(key)).map(Duty::Team);
    let person = |named: &str| match actor.person() {
        Some(me) if named.eq_ignore_ascii_case("me") => Some(me),
        _ => directory.resolve_person(named).ok().map(|person| person.id),
    };
    let found = match whom {
        Whom::Service(named) => service(named),
        Whom::Policy(named) => policy(named),
        Whom::Team(named) => team(named),
        Whom::Person(named) => person(named).map(Duty::Person),
        Whom::Any(named) if named.starts_with('@') => person(named).map(Duty::Person),
        Whom::Any(named) => {
            let all = service(named).or_else(|| policy(named)).or_else(|| team(named));
            all.or_else(|| person(named).map(Duty::Person))
        }
    };
    match found {
        Some(Duty::Person(person)) => paging::may_be_paged(directory, person).map(|()| Duty::Person(person)),
        Some(duty) => Ok(duty),
        None => Err(unknown(facts, whom)),
    }
}

/// Names what is nearest among those that the kind of thing could be.
fn unknown(facts: &Facts, whom: &Whom) -> Refusal {
    let directory = &facts.directory;
    let people = || directory.people.values().filter(|person| person.active).map(|person| person.handle.as_str());
    let services = || directory.services.keys().map(Key::as_str);
    let policies = || directory.policies.keys().map(Key::as_str);
    let teams = || directory.teams.keys().map(Key::as_str);
    let named = whom.named();
    let bare = named.trim_start_matches('@');
    let nearest = match whom {
        Whom::Service(_) => suggest::nearest(bare, services()),
        Whom::Policy(_) => suggest::nearest(bare, policies()),
        Whom::Team(_) => suggest::nearest(bare, teams()),
        Whom::Person(_) => suggest::nearest(bare, people()),
        Whom::Any(_) => suggest::nearest(bare, services().chain(policies()).chain(teams()).chain(people())),
    };
    Refusal::NobodyToPage {
        what: whom.kind().to_owned(),
        named: Refusal::quote(named),
        nearest: nearest.map(str::to_owned),
    }
}
