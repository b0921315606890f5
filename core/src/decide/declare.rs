//! Declaring: the first entry, the rooms, and the first page.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::draft::Draft;
use super::paging::Asked;
use super::{Decision, paging, record, rooms};
use crate::actor::Actor;
use crate::command::Declare;
use crate::facts::Facts;
use crate::ids::{IncidentId, Key};
use crate::incident::{Joined, Visibility};
use crate::place::{self, Here, Place};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::suggest;
use crate::timeline::{Change, Declared};

/// Declares an incident.
pub(super) fn declare(facts: &Facts, asked: Declare, actor: &Actor, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    let adopted = if asked.here { Some(here(facts, &asked)?) } else { None };
    let places = place::of_declaration(&facts.places, actor);
    let (description, quote) = (asked.description.clone(), asked.quote.clone());
    let declared = first_entry(facts, asked, &places, now)?;
    let severity = declared.severity.clone();
    let mut draft = Draft::born(facts, declared, actor, now);
    if let Some(quote) = quote {
        record::quote(&mut draft, quote);
    }
    if let Some(text) = description {
        draft.record(Change::SummarySet { text });
    }
    for place in places {
        let adopts = adopted.filter(|here| here.workspace == place.workspace).map(|here| here.external_id.clone());
        rooms::request(&mut draft, place.workspace, adopts);
    }
    rooms::request_configured(&mut draft);
    if let Some(person) = actor.person() {
        draft.join(person, Joined::Declared);
    }
    let Told { people: paging, nobody: unpaged, deferred } = page_for(&mut draft, &severity)?;
    let incident = draft.incident.id;
    Ok(draft.done(Reply::Declared { incident, severity: severity.to_string(), paging, unpaged, deferred }))
}

/// The channel that is to become the room, where that is possible.
fn here<'f>(facts: &'f Facts, asked: &Declare) -> Result<&'f Here, Refusal> {
    let no = |message: &str| Refusal::NotAllowed { message: message.to_owned() };
    let here = facts.here.as_ref();
    let here = here.ok_or_else(|| no("there is no channel here that could become the room; leave --here out"))?;
    match here.taken_by {
        Some(incident) => Err(Refusal::RoomTaken { incident }),
        None if asked.private => Err(no("a private incident needs a room of its own; leave --here or --private out")),
        None => Ok(here),
    }
}

/// Who hears of a severity that pages.
#[derive(Default)]
pub(super) struct Told {
    /// Handles.
    pub(super) people: Vec<String>,
    /// It pages, and there is neither a policy nor a last resort.
    pub(super) nobody: bool,
    /// Until when they wait who are told nothing yet.
    pub(super) deferred: Option<DateTime<Utc>>,
}

impl Told {
    pub(super) fn severity_set(self, incident: IncidentId, to: &Key) -> Reply {
        let Self { people: paging, nobody: unpaged, deferred } = self;
        Reply::SeveritySet { incident, to: to.to_string(), paging, unpaged, deferred }
    }
}

/// Pages as the severity asks: under each policy that is not running yet; the last resort at once where no policy
/// covers the incident.
pub(super) fn page_for(draft: &mut Draft<'_>, severity: &Key) -> Result<Told, Refusal> {
    let facts = draft.facts;
    if !facts.settings.pages(severity) {
        return Ok(Told::default());
    }
    let (mut told, mut deferred) = (BTreeSet::new(), None);
    let policies = policies(facts, &draft.incident.services);
    let nobody = policies.is_empty() && facts.directory.last_resort.is_empty();
    for policy in &policies {
        if !paging::is_running(draft, policy) {
            let raised = paging::raise_policy(draft, policy, Asked::default())?;
            told.extend(raised.people);
            deferred = deferred.or(raised.deferred);
        }
    }
    if policies.is_empty() && !nobody && !paging::is_open(draft) {
        told.extend(paging::raise_last_resort(draft, Asked::default()).people);
    }
    let people = told.into_iter().map(|person| facts.directory.handle(person).to_owned()).collect();
    Ok(Told { people, nobody, deferred })
}

pub(super) fn first_entry(
    facts: &Facts,
    asked: Declare,
    places: &[&Place],
    now: DateTime<Utc>,
) -> Result<Declared, Refusal> {
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
    let more = rooms::configured(facts, &severity, services.iter());
    let more = more.into_iter().filter(|workspace| places.iter().all(|place| place.workspace != *workspace));
    let all = places.iter().copied().chain(more.filter_map(|workspace| facts.place(workspace)));
    let announced = all.flat_map(Place::channels).collect();
    Ok(Declared {
        id: facts.next_incident,
        title: asked.title,
        incident_type: facts.settings.incident_type(asked.incident_type.as_deref())?,
        severity,
        visibility: if asked.private { Visibility::Private } else { Visibility::Public },
        drill: asked.drill,
        owning_team,
        services,
        fields: fields(facts, &asked.fields)?,
        impact_started: asked.impact_started,
        update_due,
        announced: if asked.private { Vec::new() } else { announced },
        mirror: facts.settings.mirror,
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

/// The custom fields that a declaration sets; of two values for one field the later counts.
fn fields(facts: &Facts, named: &[(String, String)]) -> Result<Vec<(String, String)>, Refusal> {
    let mut fields = BTreeMap::new();
    for (name, text) in named {
        let field = facts.settings.field(name)?;
        fields.insert(field.key.to_string(), field.value(text)?);
    }
    Ok(fields.into_iter().collect())
}

/// The policies that are paged: those of the incident's services, else the default one.
pub(super) fn policies(facts: &Facts, services: &BTreeSet<Key>) -> BTreeSet<Key> {
    let known = |key: &Key| facts.directory.policies.contains_key(key);
    let of_services: BTreeSet<Key> =
        services.iter().filter_map(|key| facts.directory.services.get(key)?.policy.clone()).filter(known).collect();
    if of_services.is_empty() {
        facts.settings.default_policy.clone().filter(known).into_iter().collect()
    } else {
        of_services
    }
}
