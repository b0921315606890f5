//! A database in memory: it loads the facts that a command asks for, decides, and keeps what was decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use firebell_core::actor::Actor;
use firebell_core::chain::Hash;
use firebell_core::command::{Command, Declare};
use firebell_core::decide::{Decision, Erased, decide};
use firebell_core::directory::{ContactMethod, Directory, Origin, Person, Service, Standing};
use firebell_core::effect::{Effect, Lane, Work};
use firebell_core::facts::{Captured, Facts, RaisedBefore};
use firebell_core::ids::{IncidentId, Key, MessageId, PageId, PersonId, WorkspaceId};
use firebell_core::incident::{Incident, Status};
use firebell_core::outlet::Outlet;
use firebell_core::owed::owed;
use firebell_core::paging::page::{Page, PageState};
use firebell_core::paging::policy::{AckNeed, PagingPolicy, Step, Terms};
use firebell_core::place::{Here, Place};
use firebell_core::refusal::Refusal;
use firebell_core::settings::Settings;
use firebell_core::timeline::{Change, Entry};
use uuid::Uuid;

/// Everyone known: `adm` is an administrator, `gus` a guest, `mute` has no contact method and `gone` has left.
pub(crate) const PEOPLE: [&str; 8] = ["ana", "bo", "cy", "dee", "adm", "gus", "mute", "gone"];

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) now: DateTime<Utc>,
    pub(crate) incidents: BTreeMap<IncidentId, Incident>,
    pub(crate) pages: BTreeMap<PageId, Page>,
    pub(crate) history: BTreeMap<IncidentId, Vec<Entry>>,
    pub(crate) messages: BTreeMap<(IncidentId, MessageId), Captured>,
    /// Every effect key there ever was.
    pub(crate) keys: BTreeSet<String>,
    /// The outlet of every lane there ever was.
    pub(crate) outlets: BTreeMap<Lane, Outlet>,
    /// Where an incident gets a room.
    pub(crate) places: Vec<Place>,
    /// Where a declaration wants its room to be.
    pub(crate) here: Option<Here>,
    pub(crate) turns: BTreeMap<Key, PersonId>,
    /// The incident that a program's key stands for.
    pub(crate) raised: Option<IncidentId>,
    pub(crate) decisions: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let people = PEOPLE.iter().map(|handle| (who(handle), person(handle))).collect();
        let directory = Directory { people, ..Directory::default() };
        Self {
            settings: Settings::default(),
            directory,
            now: Utc.with_ymd_and_hms(2026, 3, 1, 12, 0, 0).unwrap(),
            incidents: BTreeMap::new(),
            pages: BTreeMap::new(),
            history: BTreeMap::new(),
            messages: BTreeMap::new(),
            keys: BTreeSet::new(),
            outlets: BTreeMap::new(),
            places: vec![Place::plain(WorkspaceId(Uuid::from_u128(77)))],
            here: None,
            turns: BTreeMap::new(),
            raised: None,
            decisions: 0,
        }
    }

    /// With INC-1 (sev3, so that nobody is paged), declared by ana.
    pub(crate) fn declared() -> Self {
        let mut world = Self::new();
        world.declare("ana", &Declare { title: "checkout is down".to_owned(), ..Declare::default() }).unwrap();
        world
    }

    /// Saves a policy of steps that anyone acknowledges, each waiting five minutes.
    pub(crate) fn policy(&mut self, named: &str, steps: &[&[&str]]) {
        self.policy_of(named, steps, AckNeed::Anyone, 1);
    }

    pub(crate) fn policy_of(&mut self, named: &str, steps: &[&[&str]], needs: AckNeed, rounds: i64) {
        let step = |people: &&[&str]| Step {
            people: people.iter().map(|p| who(p)).collect(),
            wait_s: 300,
            needs,
            ..Step::default()
        };
        let version = self.directory.policies.get(&key(named)).map_or(1, |held| held.version + 1);
        let steps = steps.iter().map(step).collect();
        let policy = PagingPolicy {
            key: key(named),
            name: named.to_owned(),
            version,
            steps,
            rounds,
            terms: Terms::default(),
            origin: Origin::File,
        };
        self.directory.policies.insert(key(named), policy);
    }

    pub(crate) fn service(&mut self, named: &str, policy: &str) {
        let (key, policy) = (key(named), Some(key(policy)));
        let service = Service {
            key: key.clone(),
            name: named.to_owned(),
            team: None,
            policy,
            runbook: None,
            tier: None,
            depends_on: Vec::new(),
            rooms: Vec::new(),
            origin: Origin::File,
        };
        self.directory.services.insert(key, service);
    }

    /// Captures a message of INC-1.
    pub(crate) fn message(&mut self, number: i64, author: &str, text: &str) -> MessageId {
        let id = MessageId(number);
        let (sent_at, text) = (self.now, Some(text.to_owned()));
        let (author, revision, hash) = (who(author), 1, Hash::ZERO);
        let captured = Captured { id, author, sent_at, revision, hash, edited: false, deleted: false, text };
        self.messages.insert((IncidentId(1), id), captured);
        id
    }

    pub(crate) fn pass(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }

    pub(crate) fn declare(&mut self, by: &str, declare: &Declare) -> Result<Decision, Refusal> {
        self.run(None, Command::Declare(declare.clone()), &chat(by))
    }

    /// Declares at sev1 for the service `shop`, which pages its policy.
    pub(crate) fn declare_paging(&mut self) -> Decision {
        let (title, severity) = ("checkout is down".to_owned(), Some("sev1".to_owned()));
        let declare = Declare { title, severity, services: vec!["shop".to_owned()], ..Declare::default() };
        self.declare("ana", &declare).unwrap()
    }

    /// Somebody says something in INC-1.
    pub(crate) fn says(&mut self, by: &str, command: Command) -> Result<Decision, Refusal> {
        self.run(Some(IncidentId(1)), command, &chat(by))
    }

    pub(crate) fn refuses(&mut self, by: &str, command: Command) -> String {
        self.says(by, command).unwrap_err().to_string()
    }

    /// The timer of a page of INC-1.
    pub(crate) fn due(&mut self, page: PageId) -> Decision {
        self.run(Some(IncidentId(1)), Command::PageDue { page }, &Actor::timer()).unwrap()
    }

    /// The outcome of an effect of INC-1.
    pub(crate) fn delivery(&mut self, command: Command) -> Decision {
        self.run(Some(IncidentId(1)), command, &Actor::delivery()).unwrap()
    }

    pub(crate) fn run(
        &mut self,
        incident: Option<IncidentId>,
        command: Command,
        actor: &Actor,
    ) -> Result<Decision, Refusal> {
        let facts = self.facts(incident, &command);
        let decision = decide(&facts, command.clone(), actor, self.now);
        assert_eq!(decision, decide(&facts, command, actor, self.now), "deciding again decides the same");
        self.decisions += 1;
        let decision = decision?;
        self.keep(&decision);
        Ok(decision)
    }

    /// Exactly what the command asks for, as intake loads it.
    pub(crate) fn facts(&self, incident: Option<IncidentId>, command: &Command) -> Facts {
        let goes_on = |page: &Page| page.is_open() || page.due.is_some();
        let of = |page: &&Page| Some(page.incident) == incident && goes_on(page);
        let pages = match command.page() {
            Some(page) => self.pages.get(&page).cloned().into_iter().collect(),
            None if command.needs_pages() => self.pages.values().filter(of).cloned().collect(),
            None => Vec::new(),
        };
        let history = incident.filter(|_| command.needs_history()).and_then(|id| self.history.get(&id));
        let message = incident.zip(command.message()).and_then(|key| self.messages.get(&key));
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.decisions.to_be_bytes());
        Facts {
            settings: Arc::new(self.settings.clone()),
            directory: Arc::new(self.directory.clone()),
            incident: incident.and_then(|id| self.incidents.get(&id)).cloned(),
            next_incident: IncidentId(i64::try_from(self.incidents.len()).unwrap() + 1),
            raised: self.raised.and_then(|id| self.raised_before(id)),
            other: command.other_incident().and_then(|id| self.incidents.get(&id)).cloned(),
            pages,
            history: history.cloned().unwrap_or_default(),
            message: message.cloned(),
            places: self.places.clone(),
            here: self.here.clone(),
            turns: self.turns.clone(),
            seed,
        }
    }

    fn raised_before(&self, incident: IncidentId) -> Option<RaisedBefore> {
        let mut goes_on_in = self.incidents.get(&incident)?;
        while let Status::Merged { into, .. } = &goes_on_in.status {
            goes_on_in = self.incidents.get(into)?;
        }
        Some(RaisedBefore { incident, goes_on_in: goes_on_in.clone() })
    }

    fn keep(&mut self, decision: &Decision) {
        self.turns.extend(decision.turns.clone());
        for incident in &decision.incidents {
            let before = self.incidents.insert(incident.id, incident.clone());
            assert_eq!(incident.version, before.map_or(1, |held| held.version + 1));
        }
        for page in &decision.pages {
            let before = self.pages.insert(page.id, page.clone());
            assert_eq!(page.version, before.map_or(1, |held| held.version + 1));
        }
        for (incident, entry) in &decision.entries {
            self.history.entry(*incident).or_default().push(entry.clone());
        }
        for effect in &decision.effects {
            assert!(self.keys.insert(effect.key.clone()), "the key {} comes twice", effect.key);
            let (key, outlet) = (&effect.key, effect.outlet);
            let known = *self.outlets.entry(effect.lane.clone()).or_insert(outlet);
            assert_eq!(known, outlet, "{key} goes through another outlet than what is before it in its lane");
        }
        self.owes_no_more_than_was_queued();
        for erased in &decision.erased {
            match erased {
                Erased::Entry(incident, entry) => {
                    let history = self.history.get_mut(incident).unwrap();
                    history.iter_mut().find(|held| held.id == *entry).unwrap().change = None;
                }
                Erased::Message(incident, message) => {
                    if let Some(captured) = self.messages.get_mut(&(*incident, *message)) {
                        captured.text = None;
                    }
                }
            }
        }
    }

    fn owes_no_more_than_was_queued(&self) {
        for incident in self.incidents.values() {
            let of = |page: &&Page| page.incident == incident.id;
            let pages: Vec<Page> = self.pages.values().filter(of).cloned().collect();
            for effect in owed(incident, &pages) {
                assert!(self.keys.contains(&effect.key), "{} is owed and was never queued", effect.key);
            }
        }
    }

    pub(crate) fn incident(&self) -> &Incident {
        &self.incidents[&IncidentId(1)]
    }

    /// The only page there is.
    pub(crate) fn page(&self) -> &Page {
        assert_eq!(self.pages.len(), 1);
        self.pages.values().next().unwrap()
    }

    pub(crate) fn open_pages(&self) -> usize {
        self.pages.values().filter(|page| page.state == PageState::Open).count()
    }
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}

pub(crate) fn who(handle: &str) -> PersonId {
    let place = PEOPLE.iter().position(|held| *held == handle).unwrap();
    PersonId(Uuid::from_u128(u128::try_from(place).unwrap() + 1))
}

pub(crate) fn chat(handle: &str) -> Actor {
    Actor::chat(who(handle), WorkspaceId(Uuid::from_u128(77)))
}

/// The handles of those to whom a decision sends notices.
pub(crate) fn notified(decision: &Decision) -> Vec<&'static str> {
    let to = |effect: &Effect| match effect.work {
        Work::Notice { person, .. } => PEOPLE.into_iter().find(|handle| who(handle) == person),
        _ => None,
    };
    decision.effects.iter().filter_map(to).collect()
}

/// The handles of those who are told that a page is over.
pub(crate) fn withdrawn(decision: &Decision) -> Vec<&'static str> {
    let from = |effect: &Effect| match effect.work {
        Work::Withdraw { person, .. } => PEOPLE.into_iter().find(|handle| who(handle) == person),
        _ => None,
    };
    decision.effects.iter().filter_map(from).collect()
}

/// The changes that a decision records.
pub(crate) fn changes(decision: &Decision) -> Vec<&Change> {
    decision.entries.iter().filter_map(|(_, entry)| entry.change.as_ref()).collect()
}

/// The kinds of the entries that a decision records.
pub(crate) fn kinds(decision: &Decision) -> Vec<&str> {
    decision.entries.iter().map(|(_, entry)| entry.kind.as_str()).collect()
}

fn person(handle: &str) -> Person {
    let standing = match handle {
        "adm" => Standing::Admin,
        "gus" => Standing::Guest,
        _ => Standing::Responder,
    };
    Person {
        id: who(handle),
        handle: key(handle),
        name: handle.to_owned(),
        email: None,
        zone: chrono_tz::UTC,
        locale: "en".to_owned(),
        standing,
        contacts: if handle == "mute" { Vec::new() } else { vec![ContactMethod::Console] },
        addresses: BTreeMap::new(),
        rules: Vec::new(),
        chosen: firebell_core::directory::Chosen::default(),
        origin: Origin::File,
        active: handle != "gone",
    }
}
