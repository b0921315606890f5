//! Back from the directory to what files would say of it.

use std::collections::{BTreeMap, BTreeSet};

use super::plan::{
    FileAccount, FileCalendar, FileDirectory, FileLayer, FilePerson, FilePolicy, FileSchedule, FileService, FileStep,
    FileTeam,
};
use super::{Directory, Origin, Person, Service, Team};
use crate::ids::{Key, PersonId, WorkspaceId};
use crate::oncall::calendar::Calendar;
use crate::oncall::schedule::{Rotation, Schedule, Source};
use crate::paging::policy::{PagingPolicy, Step};

/// How much of the directory is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What files own, and what that names: without it, it could not be read.
    Owned,
    /// What came from elsewhere too.
    Everything,
}

/// What is described.
#[derive(Default)]
struct Chosen<'d> {
    people: BTreeSet<PersonId>,
    teams: BTreeSet<&'d Key>,
    services: BTreeSet<&'d Key>,
    policies: BTreeSet<&'d Key>,
    schedules: BTreeSet<&'d Key>,
    calendars: BTreeSet<&'d Key>,
}

impl Directory {
    /// What files would say for the directory to hold what it does, people by their handles and all else by its key.
    /// People who left are not in it, wherever they were named. `workspaces` are those that files can name.
    pub fn described(&self, extent: Extent, workspaces: &BTreeMap<String, WorkspaceId>) -> FileDirectory {
        let chosen = self.chosen(extent);
        let mut people: Vec<&Person> = chosen.people.iter().filter_map(|id| self.people.get(id)).collect();
        people.retain(|person| person.active);
        people.sort_by_key(|person| &person.handle);
        FileDirectory {
            sealed: None,
            people: people.into_iter().map(|person| self.file_person(person, extent, workspaces)).collect(),
            teams: picked(&self.teams, &chosen.teams).map(|team| self.file_team(team)).collect(),
            services: picked(&self.services, &chosen.services).map(file_service).collect(),
            policies: picked(&self.policies, &chosen.policies).map(|policy| self.file_policy(policy)).collect(),
            schedules: picked(&self.schedules, &chosen.schedules).map(|held| self.file_schedule(held)).collect(),
            calendars: picked(&self.calendars, &chosen.calendars).map(|held| self.file_calendar(held)).collect(),
            last_resort: self.handles(&self.last_resort),
            default_contacts: Vec::new(),
            workspaces: workspaces.clone(),
        }
    }

    fn chosen(&self, extent: Extent) -> Chosen<'_> {
        let own = |origin: Origin| extent == Extent::Everything || origin == Origin::File;
        let mut chosen = Chosen {
            people: self.people.values().filter(|held| own(held.origin)).map(|held| held.id).collect(),
            teams: self.teams.values().filter(|held| own(held.origin)).map(|held| &held.key).collect(),
            services: self.services.values().filter(|held| own(held.origin)).map(|held| &held.key).collect(),
            policies: self.policies.values().filter(|held| own(held.origin)).map(|held| &held.key).collect(),
            schedules: self.schedules.values().filter(|held| own(held.origin)).map(|held| &held.key).collect(),
            calendars: self.calendars.values().filter(|held| own(held.origin)).map(|held| &held.key).collect(),
        };
        self.with_dependencies(&mut chosen.services);
        for service in picked(&self.services, &chosen.services) {
            chosen.policies.extend(&service.policy);
            chosen.teams.extend(&service.team);
        }
        for step in picked(&self.policies, &chosen.policies).flat_map(|policy| &policy.steps) {
            chosen.schedules.extend(step.schedules.iter().chain(&step.round_robin));
            chosen.teams.extend(&step.teams);
            chosen.people.extend(&step.people);
        }
        for schedule in picked(&self.schedules, &chosen.schedules) {
            chosen.teams.extend(&schedule.team);
            for layer in &schedule.layers {
                chosen.calendars.extend(layer.holidays.as_ref().map(|held| &held.calendar));
                match &layer.source {
                    Source::Rotation(rotation) => chosen.people.extend(rotation.pools.iter().flatten()),
                    Source::Calendar(calendar) => {
                        chosen.calendars.insert(calendar);
                    }
                }
            }
        }
        let events = picked(&self.calendars, &chosen.calendars).flat_map(|calendar| &calendar.events);
        chosen.people.extend(events.flat_map(|event| &event.people));
        chosen.people.extend(picked(&self.teams, &chosen.teams).flat_map(|team| &team.members));
        chosen.people.extend(&self.last_resort);
        chosen
    }

    /// Adds what these services need, and what that needs.
    fn with_dependencies<'d>(&'d self, services: &mut BTreeSet<&'d Key>) {
        let mut open: Vec<&Key> = services.iter().copied().collect();
        while let Some(next) = open.pop() {
            let needs = self.services.get(next).into_iter().flat_map(|service| &service.depends_on);
            let new: Vec<&Key> = needs.filter(|other| services.insert(other)).collect();
            open.extend(new);
        }
    }

    /// How those who have not left are called.
    fn handles(&self, people: &[PersonId]) -> Vec<Key> {
        let active = people.iter().filter_map(|id| self.people.get(id)).filter(|person| person.active);
        active.map(|person| person.handle.clone()).collect()
    }

    fn file_person(&self, person: &Person, extent: Extent, workspaces: &BTreeMap<String, WorkspaceId>) -> FilePerson {
        let own = self.identities.iter().filter(|held| held.person == person.id);
        let own = own.filter(|held| extent == Extent::Everything || held.origin == Origin::File);
        let mut accounts: Vec<FileAccount> = own
            .filter_map(|held| {
                let (workspace, _) = workspaces.iter().find(|(_, id)| **id == held.workspace)?;
                Some(FileAccount { workspace: workspace.clone(), external_id: held.external_id.clone() })
            })
            .collect();
        accounts.sort_by(|a, b| (&a.workspace, &a.external_id).cmp(&(&b.workspace, &b.external_id)));
        FilePerson {
            handle: person.handle.clone(),
            name: person.name.clone(),
            email: person.email.clone(),
            accounts,
            zone: person.zone,
            standing: person.standing,
            contacts: Some(person.contacts.clone()),
            addresses: std::collections::BTreeMap::new(),
            rules: Some(person.rules.clone()).filter(|rules| !rules.is_empty()),
        }
    }

    fn file_team(&self, team: &Team) -> FileTeam {
        FileTeam { key: team.key.clone(), name: team.name.clone(), members: self.handles(&team.members) }
    }

    fn file_policy(&self, policy: &PagingPolicy) -> FilePolicy {
        let step = |step: &Step| FileStep {
            people: self.handles(&step.people),
            schedules: step.schedules.clone(),
            round_robin: step.round_robin.clone(),
            teams: step.teams.clone(),
            rooms: step.rooms.clone(),
            webhooks: step.webhooks.clone(),
            when: step.when.clone(),
            wait_s: step.wait_s,
            needs: step.needs,
        };
        FilePolicy {
            key: policy.key.clone(),
            name: policy.name.clone(),
            rounds: policy.rounds,
            terms: policy.terms.clone(),
            steps: policy.steps.iter().map(step).collect(),
        }
    }

    fn file_schedule(&self, schedule: &Schedule) -> FileSchedule {
        let layer = |layer: &crate::oncall::schedule::Layer| match &layer.source {
            Source::Rotation(rotation) => FileLayer {
                pools: rotation.pools.iter().map(|pool| self.handles(pool)).collect(),
                layer: crate::oncall::schedule::Layer {
                    source: Source::Rotation(Rotation { pools: Vec::new(), ..rotation.clone() }),
                    ..layer.clone()
                },
            },
            Source::Calendar(_) => FileLayer { layer: layer.clone(), pools: Vec::new() },
        };
        FileSchedule {
            key: schedule.key.clone(),
            name: schedule.name.clone(),
            zone: schedule.zone,
            team: schedule.team.clone(),
            handoff_notice_s: schedule.handoff_notice_s,
            layers: schedule.layers.iter().map(layer).collect(),
        }
    }

    fn file_calendar(&self, calendar: &Calendar) -> FileCalendar {
        let people = calendar.events.iter().map(|event| self.handles(&event.people)).collect();
        let mut calendar = calendar.clone();
        for event in &mut calendar.events {
            event.people.clear();
        }
        FileCalendar { calendar, people, url: None, keeps: false }
    }
}

/// The rows with these keys, in the order of their keys.
fn picked<'d, T>(rows: &'d BTreeMap<Key, T>, keys: &BTreeSet<&Key>) -> impl Iterator<Item = &'d T> {
    rows.iter().filter(|(key, _)| keys.contains(key)).map(|(_, row)| row)
}

fn file_service(service: &Service) -> FileService {
    FileService {
        key: service.key.clone(),
        name: service.name.clone(),
        team: service.team.clone(),
        policy: service.policy.clone(),
        tier: service.tier,
        depends_on: service.depends_on.clone(),
        runbook: service.runbook.clone(),
        rooms: service.rooms.clone(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::directory::{DirectoryChange, Standing};
    use crate::ids::Minter;

    fn key(text: &str) -> Key {
        Key::new(text).unwrap()
    }

    fn person(handle: &str) -> FilePerson {
        FilePerson {
            handle: key(handle),
            name: handle.to_owned(),
            email: None,
            accounts: Vec::new(),
            zone: chrono_tz::UTC,
            standing: Standing::Responder,
            contacts: None,
            addresses: std::collections::BTreeMap::new(),
            rules: None,
        }
    }

    fn service(name: &str, depends_on: &[&str]) -> FileService {
        FileService {
            key: key(name),
            name: name.to_owned(),
            team: Some(key("sea")),
            policy: None,
            tier: Some(1),
            depends_on: depends_on.iter().map(|other| key(other)).collect(),
            runbook: None,
            rooms: Vec::new(),
        }
    }

    fn held(wanted: &FileDirectory) -> Directory {
        let mut directory = Directory::default();
        for change in directory.plan(wanted, &mut Minter::new([1; 32], DateTime::UNIX_EPOCH)) {
            directory.apply(&change);
        }
        directory
    }

    #[test]
    fn what_a_file_brought_is_described_as_it_was() {
        let wanted = FileDirectory {
            people: vec![person("ana"), person("bo")],
            teams: vec![FileTeam { key: key("sea"), name: "Sea".to_owned(), members: vec![key("bo"), key("ana")] }],
            services: vec![service("api", &[]), service("shop", &["api"])],
            last_resort: vec![key("bo")],
            ..FileDirectory::default()
        };
        let described = held(&wanted).described(Extent::Owned, &BTreeMap::new());
        assert_eq!((&described.teams, &described.services), (&wanted.teams, &wanted.services));
        assert_eq!(described.last_resort, wanted.last_resort);
        assert_eq!(described.people.iter().map(|p| p.handle.as_str()).collect::<Vec<_>>(), ["ana", "bo"]);
    }

    #[test]
    fn what_files_do_not_own_is_described_only_where_they_name_it() {
        let wanted = FileDirectory {
            people: vec![person("ana"), person("bo"), person("cy")],
            teams: vec![FileTeam { key: key("sea"), name: "Sea".to_owned(), members: vec![key("bo")] }],
            services: vec![service("api", &[]), service("cdn", &[]), service("shop", &["api"])],
            ..FileDirectory::default()
        };
        let mut directory = held(&wanted);
        for key in ["api", "cdn"] {
            directory.services.get_mut(&self::key(key)).unwrap().origin = Origin::Api;
        }
        directory.teams.values_mut().for_each(|team| team.origin = Origin::Chat);
        let (ana, cy) = (id(&directory, "ana"), id(&directory, "cy"));
        directory.people.get_mut(&ana).unwrap().origin = Origin::Chat;
        directory.apply(&DirectoryChange::PersonSaved(Person { active: false, ..directory.people[&cy].clone() }));
        let names = |extent: Extent| {
            let described = directory.described(extent, &BTreeMap::new());
            let people = described.people.iter().map(|person| person.handle.to_string());
            let services = described.services.iter().map(|service| service.key.to_string());
            (people.collect::<Vec<_>>().join(" "), services.collect::<Vec<_>>().join(" "), described.teams.len())
        };
        assert_eq!(names(Extent::Owned), ("bo".to_owned(), "api shop".to_owned(), 1));
        assert_eq!(names(Extent::Everything), ("ana bo".to_owned(), "api cdn shop".to_owned(), 1));
    }

    fn id(directory: &Directory, handle: &str) -> PersonId {
        directory.person_by_handle(handle).unwrap().id
    }
}
