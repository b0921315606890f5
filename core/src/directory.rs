//! The directory: people, identities, teams, services, schedules and policies. Its truth is the database; files are
//! input to it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

pub use self::contact::{Address, Chosen, ContactMethod, Ending, PersonalRule, PlainAddress, Urgency};
use crate::ids::{KEY_MAX, Key, OverrideId, PersonId, SwapId, WorkspaceId};
use crate::oncall::calendar::Calendar;
use crate::oncall::handoff::{Accepted, Handoff, Handover};
use crate::oncall::overrides::{Override, OverrideKind, Swap};
use crate::oncall::roster::Roster;
use crate::oncall::schedule::Schedule;
use crate::paging::policy::PagingPolicy;
use crate::refusal::Refusal;
use crate::suggest;

pub mod contact;
pub mod describe;
pub mod diff;
pub mod link;
pub mod lint;
pub mod plan;
pub mod proof;
pub mod reach;

/// A consistent copy of the directory, with the version it was read at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// Rises by one with every change of anything in the directory.
    pub version: i64,
    pub people: BTreeMap<PersonId, Person>,
    pub identities: Vec<Identity>,
    pub teams: BTreeMap<Key, Team>,
    pub services: BTreeMap<Key, Service>,
    pub policies: BTreeMap<Key, PagingPolicy>,
    pub schedules: BTreeMap<Key, Schedule>,
    /// Those of each schedule, the oldest first.
    pub overrides: BTreeMap<Key, Vec<Override>>,
    pub swaps: BTreeMap<SwapId, Swap>,
    /// What was said of the hand-offs of each schedule.
    pub handovers: BTreeMap<Key, Handover>,
    pub calendars: BTreeMap<Key, Calendar>,
    /// Who is paged when a policy is exhausted; empty means the incident's lead, else whoever raised the page, else an administrator.
    pub last_resort: Vec<PersonId>,
}

/// A human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    /// The name used in commands, without the `@`.
    pub handle: Key,
    pub name: String,
    pub email: Option<String>,
    pub zone: Tz,
    /// BCP 47 language of the texts sent to them.
    pub locale: String,
    pub standing: Standing,
    /// In the order in which they are tried.
    pub contacts: Vec<ContactMethod>,
    /// Where those methods lead that need an address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addresses: BTreeMap<ContactMethod, Address>,
    /// Which method comes when, by urgency; for one without rules the first contact comes at once, and the next where it
    /// fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<PersonalRule>,
    /// What of this they chose in chat.
    #[serde(default, skip_serializing_if = "Chosen::is_nothing")]
    pub chosen: Chosen,
    pub origin: Origin,
    /// A person who left stays in the record but can neither act nor be paged.
    pub active: bool,
}

/// What a person may do in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// May also redact anywhere and enter private incidents.
    Admin,
    Responder,
    /// Known, but refused by every command.
    Guest,
}

/// Where a row of the directory came from; applying files touches only what files own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    File,
    Chat,
    Api,
}

/// A person's account in one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub workspace: WorkspaceId,
    pub external_id: String,
    pub person: PersonId,
    pub origin: Origin,
}

/// Who owns services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub key: Key,
    pub name: String,
    pub members: Vec<PersonId>,
    pub origin: Origin,
}

/// What breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub key: Key,
    pub name: String,
    pub team: Option<Key>,
    /// Paged when an incident names this service.
    pub policy: Option<Key>,
    /// How much it matters: 1 matters most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<i64>,
    /// Keys of the services without which it does not work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Key>,
    pub runbook: Option<String>,
    /// Where incidents that name it have rooms, as [`crate::place::named`] reads it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<String>,
    pub origin: Origin,
}

/// One change of the directory: the whole new row, or its removal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryChange {
    PersonSaved(Person),
    IdentityLinked(Identity),
    IdentityUnlinked { workspace: WorkspaceId, external_id: String },
    TeamSaved(Team),
    TeamRemoved { key: Key },
    ServiceSaved(Service),
    ServiceRemoved { key: Key },
    PolicySaved(PagingPolicy),
    PolicyRemoved { key: Key },
    ScheduleSaved(Schedule),
    ScheduleRemoved { key: Key },
    OverrideSaved(Override),
    OverrideRemoved { schedule: Key, id: OverrideId },
    SwapSaved(Swap),
    SwapRemoved { id: SwapId },
    HandoverSaved(Handover),
    HandoverRemoved { schedule: Key },
    CalendarSaved(Calendar),
    CalendarRemoved { key: Key },
    LastResortSet { people: Vec<PersonId> },
}

impl Directory {
    /// Applies one change; the version rises by one.
    pub fn apply(&mut self, change: &DirectoryChange) {
        match change.clone() {
            DirectoryChange::PersonSaved(person) => {
                self.people.insert(person.id, person);
            }
            DirectoryChange::IdentityLinked(identity) => {
                self.identities.retain(|held| !held.same_account(&identity));
                self.identities.push(identity);
            }
            DirectoryChange::IdentityUnlinked { workspace, external_id } => {
                self.identities.retain(|held| held.workspace != workspace || held.external_id != external_id);
            }
            DirectoryChange::TeamSaved(team) => {
                self.teams.insert(team.key.clone(), team);
            }
            DirectoryChange::TeamRemoved { key } => {
                self.teams.remove(&key);
            }
            DirectoryChange::ServiceSaved(service) => {
                self.services.insert(service.key.clone(), service);
            }
            DirectoryChange::ServiceRemoved { key } => {
                self.services.remove(&key);
            }
            DirectoryChange::PolicySaved(policy) => {
                self.policies.insert(policy.key.clone(), policy);
            }
            DirectoryChange::PolicyRemoved { key } => {
                self.policies.remove(&key);
            }
            DirectoryChange::ScheduleSaved(schedule) => {
                self.schedules.insert(schedule.key.clone(), schedule);
            }
            DirectoryChange::ScheduleRemoved { key } => {
                self.schedules.remove(&key);
            }
            DirectoryChange::OverrideSaved(made) => {
                let held = self.overrides.entry(made.schedule.clone()).or_default();
                held.retain(|other| other.id != made.id);
                held.push(made);
                held.sort_by_key(|made| (made.made_at, made.id));
            }
            DirectoryChange::OverrideRemoved { schedule, id } => {
                if let Some(held) = self.overrides.get_mut(&schedule) {
                    held.retain(|made| made.id != id);
                }
                self.overrides.retain(|_, held| !held.is_empty());
            }
            DirectoryChange::SwapSaved(swap) => {
                self.swaps.insert(swap.id, swap);
            }
            DirectoryChange::SwapRemoved { id } => {
                self.swaps.remove(&id);
            }
            DirectoryChange::HandoverSaved(handover) => {
                self.handovers.insert(handover.schedule.clone(), handover);
            }
            DirectoryChange::HandoverRemoved { schedule } => {
                self.handovers.remove(&schedule);
            }
            DirectoryChange::CalendarSaved(calendar) => {
                self.calendars.insert(calendar.key.clone(), calendar);
            }
            DirectoryChange::CalendarRemoved { key } => {
                self.calendars.remove(&key);
            }
            DirectoryChange::LastResortSet { people } => self.last_resort = people,
        }
        self.version += 1;
    }

    /// A schedule with all that decides who is on call by it. Whoever has left is not.
    pub fn roster(&self, schedule: &Key) -> Option<Roster<'_>> {
        self.roster_of(schedule, |_| true)
    }

    /// The same as if an override had never been made.
    pub fn roster_without(&self, schedule: &Key, made: OverrideId) -> Option<Roster<'_>> {
        self.roster_of(schedule, |held| held.id != made)
    }

    fn roster_of(&self, schedule: &Key, counts: impl Fn(&Override) -> bool) -> Option<Roster<'_>> {
        let schedule = self.schedules.get(schedule)?;
        let overrides = self.overrides.get(&schedule.key).into_iter().flatten().filter(|held| counts(held));
        Some(Roster::new(schedule, overrides, &self.calendars).among(&self.people))
    }

    /// Who accepted the hand-off of a schedule at an instant, if anybody did.
    pub fn accepted(&self, schedule: &Key, handoff: DateTime<Utc>) -> Option<&Accepted> {
        self.handovers.get(schedule)?.accepted(handoff)
    }

    /// Whether a policy of one of these services asks who is on call by a schedule.
    pub fn covers<'k>(&self, schedule: &Key, mut services: impl Iterator<Item = &'k Key>) -> bool {
        services.any(|service| {
            let policy = self.services.get(service).and_then(|held| self.policies.get(held.policy.as_ref()?));
            let mut steps = policy.into_iter().flat_map(|policy| &policy.steps);
            steps.any(|step| step.schedules.contains(schedule) || step.round_robin.contains(schedule))
        })
    }

    /// The hand-off by which those on call came, where those are told who come and none of them has accepted it yet.
    pub fn unaccepted(&self, schedule: &Schedule, now: DateTime<Utc>) -> Option<Handoff> {
        schedule.handoff_notice()?;
        let handoff = self.roster(&schedule.key)?.handoff_before(now)?;
        let waits = handoff.comes().next().is_some() && self.accepted(&schedule.key, handoff.at).is_none();
        waits.then_some(handoff)
    }

    /// Whether a schedule has its people from this calendar.
    pub fn plans_by(&self, calendar: &Key) -> bool {
        self.schedules.values().flat_map(|schedule| &schedule.layers).any(|layer| layer.plans_by() == Some(calendar))
    }

    /// The schedule that somebody names.
    ///
    /// # Errors
    /// There is none of that name; the refusal suggests the nearest.
    pub fn resolve_schedule(&self, named: &str) -> Result<&Schedule, Refusal> {
        let found = Key::new(named).ok().and_then(|key| self.schedules.get(&key));
        found.ok_or_else(|| {
            let nearest = suggest::nearest(named, self.schedules.keys().map(Key::as_str)).map(str::to_owned);
            Refusal::UnknownSchedule { named: Refusal::quote(named), nearest, none: self.schedules.is_empty() }
        })
    }

    /// Proposals to change shifts that this person made or is asked in and that are not too late, the oldest first.
    pub fn swaps_of(&self, person: PersonId, now: DateTime<Utc>) -> Vec<&Swap> {
        let ahead = |swap: &&Swap| swap.own.end > now && swap.theirs.is_none_or(|theirs| theirs.end > now);
        let of = |swap: &&Swap| swap.by == person || swap.with == person;
        let mut swaps: Vec<&Swap> = self.swaps.values().filter(ahead).filter(of).collect();
        swaps.sort_by_key(|swap| (swap.proposed_at, swap.id));
        swaps
    }

    /// Overrides, covers and takes that hold or are ahead, of all schedules, the oldest first: one that is made meanwhile
    /// changes the number of no other. Shifts that changed hands are not among them, since each half was agreed for the
    /// other; whoever wants theirs back offers to change again.
    pub fn overrides_ahead(&self, now: DateTime<Utc>) -> Vec<&Override> {
        let listed = |made: &&Override| made.end > now && made.kind != OverrideKind::Swap;
        let mut overrides: Vec<&Override> = self.overrides.values().flatten().filter(listed).collect();
        overrides.sort_by_key(|made| made.made_at);
        overrides
    }

    /// The active person with this handle; a leading `@` is allowed.
    pub fn person_by_handle(&self, handle: &str) -> Option<&Person> {
        let wanted = handle.strip_prefix('@').unwrap_or(handle).to_lowercase();
        self.people.values().find(|p| p.active && p.handle.as_str() == wanted)
    }

    /// The person behind an account.
    pub fn person_by_account(&self, workspace: WorkspaceId, external_id: &str) -> Option<&Person> {
        let identity = self.identities.iter().find(|i| i.workspace == workspace && i.external_id == external_id)?;
        self.people.get(&identity.person)
    }

    /// The person whom this address belongs to; nobody where it is that of more than one.
    pub fn person_by_email(&self, email: &str) -> Option<&Person> {
        let same = |held: &&Person| held.email.as_deref().is_some_and(|held| held.eq_ignore_ascii_case(email));
        let mut found = self.people.values().filter(|held| held.active).filter(same);
        found.next().filter(|_| found.next().is_none())
    }

    /// The handle, or the first like it that nobody has.
    pub fn free_handle(&self, wanted: &Key) -> Key {
        self.free_handle_beside(wanted, &BTreeSet::new())
    }

    /// The handle, or the first like it that nobody has, nor is to have.
    fn free_handle_beside(&self, wanted: &Key, promised: &BTreeSet<Key>) -> Key {
        let taken = |handle: &Key| promised.contains(handle) || self.people.values().any(|held| held.handle == *handle);
        if !taken(wanted) {
            return wanted.clone();
        }
        let numbered = |number: u32| {
            let room = KEY_MAX - 11;
            let head: String = wanted.as_str().chars().take(room).collect();
            Key::new(&format!("{head}-{number}")).ok()
        };
        (2..=u32::MAX).filter_map(numbered).find(|handle| !taken(handle)).unwrap_or_else(|| wanted.clone())
    }

    /// The person that a command names.
    ///
    /// # Errors
    /// Nobody of that name; the refusal suggests the nearest.
    pub fn resolve_person(&self, named: &str) -> Result<&Person, Refusal> {
        self.person_by_handle(named).ok_or_else(|| {
            let bare = named.strip_prefix('@').unwrap_or(named);
            let handles = self.people.values().filter(|p| p.active).map(|p| p.handle.as_str());
            Refusal::UnknownPerson {
                named: Refusal::quote(bare),
                nearest: suggest::nearest(bare, handles).map(str::to_owned),
            }
        })
    }

    /// How a person is called in texts; someone the directory does not hold is `unknown`.
    pub fn handle(&self, person: PersonId) -> &str {
        self.people.get(&person).map_or("unknown", |p| p.handle.as_str())
    }
}

impl Person {
    /// Whether a page can be told to them: they may answer it, and there is a way to them.
    pub fn can_be_paged(&self) -> bool {
        self.may_respond() && !self.contacts.is_empty()
    }

    /// Whether they may run commands and answer pages: guests, and those who left, may not.
    pub fn may_respond(&self) -> bool {
        self.active && self.standing != Standing::Guest
    }

    /// By which method they are told what is no page: the first that neither calls them nor opens an incident elsewhere.
    pub fn told_news_by(&self) -> Option<ContactMethod> {
        let quiet = self.contacts.iter().find(|method| !method.is_loud());
        quiet.or(self.contacts.first()).copied()
    }

    /// By which methods a page of this urgency tells them, and how long after its step, the first ones first.
    pub fn told_by(&self, urgency: Urgency) -> Vec<(ContactMethod, TimeDelta)> {
        let mine = |rule: &&PersonalRule| rule.urgency == urgency && self.contacts.contains(&rule.method);
        let mut told: Vec<_> = self.rules.iter().filter(mine).map(|rule| (rule.method, rule.after())).collect();
        told.sort_by_key(|(_, after)| *after);
        if told.is_empty() {
            told.extend(self.contacts.first().map(|method| (*method, TimeDelta::zero())));
        }
        told
    }
}

impl Identity {
    fn same_account(&self, other: &Self) -> bool {
        self.workspace == other.workspace && self.external_id == other.external_id
    }
}
