//! What files say of the directory: names instead of ids, and nothing of how it came about.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::directory::{Address, ContactMethod, PersonalRule, PlainAddress, Standing};
use crate::ids::{Key, WorkspaceId};
use crate::oncall::calendar::Calendar;
use crate::oncall::schedule::Layer;
use crate::paging::policy::{AckNeed, Terms, When};

/// What a file wants the directory to hold. Handles and keys are unique, and every name in it is that of something in
/// it; whoever reads the file refuses anything else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileDirectory {
    pub people: Vec<FilePerson>,
    pub teams: Vec<FileTeam>,
    pub services: Vec<FileService>,
    pub policies: Vec<FilePolicy>,
    pub schedules: Vec<FileSchedule>,
    pub calendars: Vec<FileCalendar>,
    /// Handles of those who are paged when a policy is exhausted.
    pub last_resort: Vec<Key>,
    /// How someone new is reached of whom the file does not say it; without any, at the console.
    pub default_contacts: Vec<ContactMethod>,
    /// The addresses of people, by their handles; `None` as long as they are not sealed, which leaves all as they are.
    pub sealed: Option<BTreeMap<Key, BTreeMap<ContactMethod, Address>>>,
    /// The workspaces that are connected, by the names that the file gives them.
    pub workspaces: BTreeMap<String, WorkspaceId>,
}

impl FileDirectory {
    /// Whether it describes nothing at all.
    pub fn is_empty(&self) -> bool {
        let Self { people, teams, services, policies, schedules, calendars, last_resort, .. } = self;
        let rows = people.is_empty() && teams.is_empty() && services.is_empty() && policies.is_empty();
        rows && schedules.is_empty() && calendars.is_empty() && last_resort.is_empty()
    }
}

impl FileDirectory {
    /// The calendars that layers have their people from.
    pub fn planned_calendars(&self) -> BTreeSet<Key> {
        let layers = self.schedules.iter().flat_map(|schedule| &schedule.layers);
        layers.filter_map(|held| held.layer.plans_by()).cloned().collect()
    }
}

/// An account that a file says is somebody's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccount {
    /// The name that the file gives to the workspace.
    pub workspace: String,
    pub external_id: String,
}

/// A person as a file describes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePerson {
    pub handle: Key,
    pub name: String,
    pub email: Option<String>,
    pub accounts: Vec<FileAccount>,
    pub zone: Tz,
    pub standing: Standing,
    /// `None` leaves what the person chose elsewhere; someone new is reached at the console.
    pub contacts: Option<Vec<ContactMethod>>,
    /// Where those methods lead that need an address. Whoever applies the file seals them first, into
    /// [`FileDirectory::sealed`].
    pub addresses: BTreeMap<ContactMethod, PlainAddress>,
    /// `None` leaves what the person chose elsewhere.
    pub rules: Option<Vec<PersonalRule>>,
}

/// A team as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileTeam {
    pub key: Key,
    pub name: String,
    /// Handles.
    pub members: Vec<Key>,
}

/// A service as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileService {
    pub key: Key,
    pub name: String,
    pub team: Option<Key>,
    pub policy: Option<Key>,
    /// As [`Service::tier`](super::super::Service::tier).
    pub tier: Option<i64>,
    pub depends_on: Vec<Key>,
    pub runbook: Option<String>,
    /// As [`Service::rooms`](super::super::Service::rooms).
    pub rooms: Vec<String>,
}

/// A policy as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePolicy {
    pub key: Key,
    pub name: String,
    /// At least 1.
    pub rounds: i64,
    pub terms: Terms,
    pub steps: Vec<FileStep>,
}

/// One step of a policy in a file, as [`Step`](crate::paging::policy::Step).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileStep {
    /// Handles.
    pub people: Vec<Key>,
    pub schedules: Vec<Key>,
    pub round_robin: Vec<Key>,
    pub teams: Vec<Key>,
    pub rooms: Vec<String>,
    pub webhooks: Vec<Key>,
    pub when: When,
    /// Seconds to wait for an acknowledgement before the next step.
    pub wait_s: i64,
    pub needs: AckNeed,
}

/// A schedule as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSchedule {
    pub key: Key,
    pub name: String,
    pub zone: Tz,
    pub team: Option<Key>,
    /// How long before a hand-off those are told who come on call, in seconds; nobody is told without it.
    pub handoff_notice_s: Option<i64>,
    pub layers: Vec<FileLayer>,
}

/// A layer of a schedule in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLayer {
    /// The layer as it will be, but for the people of a rotation.
    pub layer: Layer,
    /// Their handles, by pools.
    pub pools: Vec<Vec<Key>>,
}

/// A calendar as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCalendar {
    /// The calendar as it will be, but for the people of its events.
    pub calendar: Calendar,
    /// Handles of the people of each event, in the order of the events.
    pub people: Vec<Vec<Key>>,
    /// Where it is read from. Whoever applies the file reads it first, into what stands above.
    pub url: Option<FileUrl>,
    /// It was not read: what the directory has from this URL counts on.
    pub keeps: bool,
}

/// A URL of a calendar in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileUrl {
    pub url: PlainUrl,
    /// As [`CalendarSource::refresh_s`](crate::oncall::calendar::CalendarSource::refresh_s).
    pub refresh_s: i64,
    pub zone: Tz,
}

/// A URL before it is sealed. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainUrl(pub String);

impl std::fmt::Debug for PlainUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlainUrl(..)")
    }
}
