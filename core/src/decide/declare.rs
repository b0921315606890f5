//! Declaring: the first entry, the rooms, and the first page.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::draft::Draft;
use super::{Decision, paging};
use crate::actor::Actor;
use crate::command::Declare;
use crate::effect::Effect;
use crate::facts::Facts;
use crate::ids::{Key, RoomId};
use crate::incident::{Joined, Visibility};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::suggest;
use crate::timeline::{Change, Declared};

/// Declares an incident.
pub(super) fn declare(facts: &Facts, asked: Declare, actor: &Actor, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let declared = first_entry(facts, asked, now)?;
    let severity = declared.severity.clone();
    let policies = policies(facts, &severity, &declared.services.iter().cloned().collect());
    let mut draft = Draft::born(facts, declared, actor, now);
    for workspace in &facts.workspaces {
        let room = RoomId(draft.mint.uuid());
        draft.record(Change::RoomRequested { room, workspace: *workspace });
        let incident = draft.incident.id;
        draft.enqueue(Effect::open_room(incident, room));
    }
    if let Some(person) = actor.person() {
        draft.join(person, Joined::Declared);
    }
    let mut people = BTreeSet::new();
    for policy in policies {
        people.extend(paging::raise_policy(&mut draft, &policy, None)?);
    }
    let paging = people.into_iter().map(|person| facts.directory.handle(person).to_owned()).collect();
    let incident = draft.incident.id;
    Ok(draft.done(Reply::Declared { incident, severity: severity.to_string(), paging }))
}

fn first_entry(facts: &Facts, asked: Declare, now: DateTime<Utc>) -> Result<Declared, Refusal> {
    if asked.impact_started.is_some_and(|at| at > now) {
        return Err(Refusal::BadTime { message: "the impact cannot start in the future".to_owned() });
    }
    let severity = match &asked.severity {
        Some(named) => facts.settings.severity(named)?.key.clone(),
        None => facts.settings.default_severity.clone(),
    };
    let services = services(facts, &asked.services)?;
    let owning_team = services.iter().find_map(|key| facts.directory.services.get(key)?.team.clone());
    let update_due = facts.settings.update_every(&severity).and_then(|every| now.checked_add_signed(every));
    Ok(Declared {
        id: facts.next_incident,
        title: asked.title,
        incident_type: facts.settings.types.first().cloned().unwrap_or_else(|| facts.settings.default_severity.clone()),
        severity,
        visibility: if asked.private { Visibility::Private } else { Visibility::Public },
        drill: asked.drill,
        owning_team,
        services,
        fields: Vec::new(),
        impact_started: asked.impact_started,
        update_due,
    })
}

fn services(facts: &Facts, named: &[String]) -> Result<Vec<Key>, Refusal> {
    let known = &facts.directory.services;
    let mut services: Vec<Key> = Vec::new();
    for name in named {
        let key = Key::new(name).ok().filter(|key| known.contains_key(key)).ok_or_else(|| Refusal::UnknownService {
            named: Refusal::quote(name),
            nearest: suggest::nearest(name, known.keys().map(Key::as_str)).map(str::to_owned),
        })?;
        if !services.contains(&key) {
            services.push(key);
        }
    }
    Ok(services)
}

/// The policies that a severity pages, if it pages: those of the incident's services, else the default one.
pub(super) fn policies(facts: &Facts, severity: &Key, services: &BTreeSet<Key>) -> BTreeSet<Key> {
    if !facts.settings.pages(severity) {
        return BTreeSet::new();
    }
    let known = |key: &Key| facts.directory.policies.contains_key(key);
    let of_services: BTreeSet<Key> =
        services.iter().filter_map(|key| facts.directory.services.get(key)?.policy.clone()).filter(known).collect();
    if of_services.is_empty() {
        facts.settings.default_policy.clone().filter(known).into_iter().collect()
    } else {
        of_services
    }
}
