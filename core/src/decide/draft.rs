//! A decision in the making: every change is recorded as an entry and applied to the state in the same breath, so
//! that the two cannot disagree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Decision, Erased, actions, publishing};
use crate::actor::Actor;
use crate::effect::{Effect, SetUp};
use crate::facts::Facts;
use crate::ids::{EntryId, Key, Minter, PersonId};
use crate::incident::{Incident, Joined, Room, RoomState};
use crate::paging::page::Page;
use crate::paging::policy::Step;
use crate::paging::target::Target;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::{Change, Declared, Entry};

/// A decision in the making about one incident.
pub(super) struct Draft<'a> {
    pub(super) facts: &'a Facts,
    pub(super) incident: Incident,
    pub(super) actor: &'a Actor,
    pub(super) now: DateTime<Utc>,
    pub(super) mint: Minter,
    entries: Vec<Entry>,
    pages: Vec<Page>,
    effects: Vec<Effect>,
    cancelled: Vec<String>,
    erased: Vec<Erased>,
    turns: BTreeMap<Key, PersonId>,
    /// That of the incident as it stood before.
    headline: i64,
}

impl<'a> Draft<'a> {
    /// Begins with the incident as it stands.
    pub(super) fn new(facts: &'a Facts, incident: Incident, actor: &'a Actor, now: DateTime<Utc>) -> Self {
        Self {
            facts,
            headline: incident.headline,
            incident,
            actor,
            now,
            mint: Minter::new(facts.seed, now),
            entries: Vec::new(),
            pages: Vec::new(),
            effects: Vec::new(),
            cancelled: Vec::new(),
            erased: Vec::new(),
            turns: BTreeMap::new(),
        }
    }

    /// Begins an incident with its declaration as the first entry.
    pub(super) fn born(facts: &'a Facts, declared: Declared, actor: &'a Actor, now: DateTime<Utc>) -> Self {
        let first = Entry {
            id: EntryId(1),
            happened_at: now,
            recorded_at: now,
            actor: actor.clone(),
            kind: "declared".to_owned(),
            change: None,
        };
        let mut draft = Self::new(facts, Incident::born(&declared, &first), actor, now);
        draft.entries.push(Entry { change: Some(Change::Declared(declared)), ..first });
        draft
    }

    /// Records a change that happened just now and applies it.
    pub(super) fn record(&mut self, change: Change) -> EntryId {
        self.record_at(change, self.now)
    }

    /// Records a change that happened at another time and applies it.
    pub(super) fn record_at(&mut self, change: Change, happened_at: DateTime<Utc>) -> EntryId {
        let entry = Entry {
            id: EntryId(self.incident.entries + 1),
            happened_at,
            recorded_at: self.now,
            actor: self.actor.clone(),
            kind: change.kind().to_owned(),
            change: None,
        };
        self.incident.apply(&change, &entry);
        let id = entry.id;
        self.entries.push(Entry { change: Some(change), ..entry });
        id
    }

    /// Records a change and tells every room.
    pub(super) fn tell(&mut self, change: Change) -> EntryId {
        let entry = self.record(change);
        self.post(entry);
        entry
    }

    /// Tells every room what an entry says. The rooms of an incident that ended for good are closed or closing; what
    /// is added to its record later stays in the record.
    pub(super) fn post(&mut self, entry: EntryId) {
        let id = self.incident.id;
        if self.incident.status.word().is_final() {
            return;
        }
        let posts: Vec<Effect> = self.incident.live_rooms().map(|room| Effect::post(id, room, entry)).collect();
        self.effects.extend(posts);
    }

    /// Shows outside of the record how the incident stands now: above its rooms, and where it is announced.
    pub(super) fn show(&mut self, entry: EntryId) {
        let id = self.incident.id;
        let open = |room: &&Room| matches!(room.state, RoomState::Open { .. });
        let describes = |room: &&Room| self.facts.place(room.workspace).is_some_and(|place| place.describes);
        let rooms = self.incident.rooms.iter().filter(open).filter(describes);
        let mut shown: Vec<Effect> = rooms.map(|room| Effect::set_up(id, room, SetUp::Describe, entry)).collect();
        let channels = self.incident.announcements.iter().map(|held| &held.channel);
        shown.extend(channels.map(|channel| Effect::announce(id, channel, entry)));
        self.effects.extend(shown);
    }

    /// Brings a person in, unless they are in already: into the members and into every room.
    pub(super) fn join(&mut self, person: PersonId, how: Joined) {
        if self.incident.has_member(person) {
            return;
        }
        self.record(Change::MemberJoined { person, how });
        let id = self.incident.id;
        let invitations: Vec<Effect> = self.incident.live_rooms().map(|r| Effect::invite(id, r, person)).collect();
        self.effects.extend(invitations);
    }

    pub(super) fn enqueue(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Takes back a queued effect, whether it was queued earlier or by this very decision.
    pub(super) fn cancel(&mut self, key: String) {
        self.effects.retain(|effect| effect.key != key);
        self.cancelled.push(key);
    }

    pub(super) fn erase(&mut self, erased: Erased) {
        self.erased.push(erased);
    }

    /// Whom a step means now. It is the turn of one of those who are `able` to be told, if any is.
    pub(super) fn target(&mut self, step: &Step, able: impl Fn(&Self, &[PersonId]) -> Vec<PersonId>) -> Target {
        let mut turns = std::mem::take(&mut self.turns);
        let this = &*self;
        let target = Target::of(step, &this.facts.directory, this.now, |schedule, people| {
            let last = turns.get(schedule).or_else(|| this.facts.turns.get(schedule)).copied();
            let next = next_turn(&able(this, people), last).or_else(|| next_turn(people, last))?;
            turns.insert(schedule.clone(), next);
            Some(next)
        });
        self.turns = turns;
        target
    }

    pub(super) fn save_page(&mut self, page: Page) {
        self.pages.push(page);
    }

    /// What was recorded so far.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Refuses once people no longer work on the incident.
    pub(super) fn must_be_active(&self) -> Result<(), Refusal> {
        let is = self.incident.status.word();
        if is.is_active() { Ok(()) } else { Err(Refusal::NotActive { incident: self.incident.id, is }) }
    }

    /// Refuses an instant that lies ahead.
    pub(super) fn must_be_past(&self, at: DateTime<Utc>) -> Result<(), Refusal> {
        if at <= self.now {
            return Ok(());
        }
        Err(Refusal::BadTime { message: "that time lies in the future; facts have already happened".to_owned() })
    }

    /// The person that a command names; `me` is the actor.
    pub(super) fn person(&self, named: &str) -> Result<PersonId, Refusal> {
        match self.actor.person() {
            Some(me) if named.eq_ignore_ascii_case("me") => Ok(me),
            _ => Ok(self.facts.directory.resolve_person(named)?.id),
        }
    }

    /// The finished decision.
    pub(super) fn done(mut self, reply: Reply) -> Decision {
        actions::export(&mut self);
        publishing::export(&mut self);
        let mut incidents = Vec::new();
        let id = self.incident.id;
        if self.incident.headline > self.headline {
            self.show(EntryId(self.incident.headline));
        }
        if !self.entries.is_empty() {
            self.incident.version += 1;
            incidents.push(self.incident);
        }
        for page in &mut self.pages {
            page.version += 1;
        }
        Decision {
            incidents,
            pages: self.pages,
            entries: self.entries.into_iter().map(|entry| (id, entry)).collect(),
            effects: self.effects,
            cancelled: self.cancelled,
            erased: self.erased,
            turns: self.turns,
            raised: None,
            reply,
        }
    }
}

/// Whose turn it is after `last`: the next of those who are on call in an order that stays the same whoever is, so that nobody
/// is passed over when others come and go.
fn next_turn(people: &[PersonId], last: Option<PersonId>) -> Option<PersonId> {
    let after = people.iter().filter(|person| last.is_none_or(|last| **person > last)).min();
    after.or_else(|| people.iter().min()).copied()
}
