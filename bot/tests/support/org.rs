//! Who is there: the directory that the stories begin with, and the words to change it.

use std::num::NonZeroU16;

use firebell_core::directory::plan::{
    FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep, FileTeam,
};
use firebell_core::directory::{ContactMethod, Standing};
use firebell_core::ids::Key;
use firebell_core::oncall::schedule::{Layer, Rotation, Source, Turn};
use firebell_core::paging::policy::{AckNeed, Terms};

/// A directory in the making.
#[derive(Clone)]
pub(crate) struct Org {
    pub(crate) files: FileDirectory,
}

impl Default for Org {
    /// Ana administers, bo, cy and dee respond, eve works elsewhere, gus is a guest. Checkout is broken for bo first,
    /// five minutes later for cy; the last resort is dee.
    fn default() -> Self {
        let mut org = Self { files: FileDirectory::default() };
        org.person("ana", Standing::Admin);
        for handle in ["bo", "cy", "dee", "eve"] {
            org.person(handle, Standing::Responder);
        }
        org.person("gus", Standing::Guest);
        org.policy("web", &[(&["bo"], 5), (&["cy"], 5)]);
        org.service("checkout", "web");
        org.files.last_resort = vec![key("dee")];
        org
    }
}

impl Org {
    pub(crate) fn person(&mut self, handle: &str, standing: Standing) {
        self.files.people.push(FilePerson {
            handle: key(handle),
            name: handle.to_owned(),
            email: None,
            accounts: Vec::new(),
            zone: chrono_tz::UTC,
            standing,
            contacts: Some(vec![ContactMethod::Console]),
            addresses: std::collections::BTreeMap::new(),
            rules: None,
        });
    }

    /// The person can no longer be reached.
    pub(crate) fn mute(&mut self, handle: &str) {
        let person = self.files.people.iter_mut().find(|person| person.handle == key(handle)).unwrap();
        person.contacts = Some(Vec::new());
    }

    /// Nobody is named to be paged any more.
    pub(crate) fn nobody_to_page(&mut self) {
        self.files.services.clear();
        self.files.policies.clear();
        self.files.last_resort.clear();
    }

    /// A policy of steps: who, and the minutes to wait.
    pub(crate) fn policy(&mut self, name: &str, steps: &[(&[&str], i64)]) {
        self.policy_of(name, steps, AckNeed::Anyone);
    }

    pub(crate) fn policy_of(&mut self, name: &str, steps: &[(&[&str], i64)], needs: AckNeed) {
        let step = |(people, wait): &(&[&str], i64)| FileStep {
            people: people.iter().map(|handle| key(handle)).collect(),
            wait_s: wait * 60,
            needs,
            ..FileStep::default()
        };
        self.files.policies.retain(|policy| policy.key != key(name));
        self.files.policies.push(FilePolicy {
            key: key(name),
            name: name.to_owned(),
            rounds: 1,
            terms: Terms::default(),
            steps: steps.iter().map(step).collect(),
        });
    }

    /// A schedule in UTC whose people hand off daily at noon, each pool of them (`bo+cy`) together. The first has the day of
    /// the stories until noon.
    pub(crate) fn schedule(&mut self, name: &str, pools: &[&str]) {
        let start = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
        let rotation = Rotation { start, turn: Turn::Days(NonZeroU16::MIN), pools: Vec::new() };
        let layer = Layer {
            name: key("day"),
            priority: 0,
            from: None,
            until: None,
            shadow: false,
            source: Source::Rotation(rotation),
            windows: Vec::new(),
            holidays: None,
        };
        let pools = pools.iter().map(|pool| pool.split('+').map(key).collect()).collect();
        self.files.schedules.retain(|schedule| schedule.key != key(name));
        self.files.schedules.push(FileSchedule {
            key: key(name),
            name: name.to_owned(),
            zone: chrono_tz::UTC,
            team: None,
            handoff_notice_s: None,
            layers: vec![FileLayer { layer, pools }],
        });
    }

    /// The first step of a policy means whoever is on call by a schedule, and nobody else.
    pub(crate) fn asks_schedule(&mut self, policy: &str, schedule: &str) {
        let policy = self.files.policies.iter_mut().find(|held| held.key == key(policy)).unwrap();
        policy.steps[0].people.clear();
        policy.steps[0].schedules = vec![key(schedule)];
    }

    /// A team that owns a service.
    pub(crate) fn team(&mut self, name: &str, members: &[Key], service: &str) {
        self.files.teams.push(FileTeam { key: key(name), name: name.to_owned(), members: members.to_vec() });
        let held = self.files.services.iter_mut().find(|held| held.key == key(service)).unwrap();
        held.team = Some(key(name));
    }

    /// The person is there no more.
    pub(crate) fn leaves(&mut self, handle: &str) {
        self.files.people.retain(|person| person.handle != key(handle));
    }

    pub(crate) fn service(&mut self, name: &str, policy: &str) {
        self.files.services.push(FileService {
            key: key(name),
            name: name.to_owned(),
            team: None,
            policy: Some(key(policy)),
            runbook: None,
            tier: None,
            depends_on: Vec::new(),
            rooms: Vec::new(),
        });
    }
}

pub(crate) fn key(text: &str) -> Key {
    Key::new(text).unwrap()
}
