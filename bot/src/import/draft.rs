//! The configuration while it is made, and what is said of it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::model::{Layer, Notes, Person, Policy, Schedule, Service, Team, Turn};
use super::names::{Named, Names};
use super::report::{Kind, Report};
use super::text::{self, counted, listed};
use super::{Imported, Vendor, write};

/// What has been made so far.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) vendor: Vendor,
    pub(super) now: DateTime<Utc>,
    pub(super) report: Report,
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<Team>,
    pub(super) services: Vec<Service>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) policies: Vec<Policy>,
    pub(super) handles: Names,
    pub(super) team_keys: Names,
    pub(super) service_keys: Names,
    pub(super) schedule_keys: Names,
    pub(super) policy_keys: Names,
    /// What is not in the file at all, as comments at its end.
    pub(super) left: Vec<String>,
}

impl Draft {
    pub(super) fn new(vendor: Vendor, now: DateTime<Utc>) -> Self {
        Self {
            vendor,
            now,
            report: Report::default(),
            people: Vec::new(),
            teams: Vec::new(),
            services: Vec::new(),
            schedules: Vec::new(),
            policies: Vec::new(),
            handles: Names::default(),
            team_keys: Names::default(),
            service_keys: Names::default(),
            schedule_keys: Names::default(),
            policy_keys: Names::default(),
            left: Vec::new(),
        }
    }

    /// Leaves a whole thing out, and says so in the report and in the file.
    pub(super) fn leave(&mut self, about: &str, why: &str) {
        self.report.add(Kind::Left, about, why);
        self.left.push(format!("{about}: {why}"));
    }

    /// Takes a schedule or leaves it out, so that those who name it know.
    pub(super) fn take_schedule(&mut self, ids: Vec<String>, about: &str, made: Result<Schedule, String>) {
        match made {
            Ok(schedule) => {
                self.schedule_keys.note(ids, &Named::Carried(schedule.key.clone()));
                let what = format!("with {}{}", counted(schedule.layers.len(), "layer"), precedence(&schedule.layers));
                self.say(about, &what, &schedule.notes);
                self.schedules.push(schedule);
            }
            Err(why) => {
                self.schedule_keys.note(ids, &Named::Left(about.to_owned()));
                self.leave(about, &format!("was not carried over; {why}"));
            }
        }
    }

    /// Takes a policy, unless none of its steps is left.
    pub(super) fn take_policy(&mut self, ids: Vec<String>, about: &str, mut policy: Policy) {
        for (position, step) in policy.steps.iter().enumerate() {
            let of_step = step.notes.0.iter().map(|(kind, what)| (*kind, format!("step {}: {what}", position + 1)));
            policy.notes.0.extend(of_step);
            if step.names_nobody() {
                let what =
                    format!("step {} names nobody who was carried over and is left out, with its wait", position + 1);
                policy.notes.left(what);
            }
        }
        policy.steps.retain(|step| !step.names_nobody());
        if policy.steps.is_empty() {
            self.policy_keys.note(ids, &Named::Left(about.to_owned()));
            self.say_notes(about, &policy.notes);
            return self.leave(about, "was not carried over; none of its steps names anybody who was");
        }
        self.policy_keys.note(ids, &Named::Carried(policy.key.clone()));
        let what =
            format!("with {}, gone through {}", counted(policy.steps.len(), "step"), counted_times(policy.rounds));
        self.say(about, &what, &policy.notes);
        self.policies.push(policy);
    }

    pub(super) fn take_team(&mut self, ids: Vec<String>, about: &str, mut team: Team) {
        if team.members.is_empty() {
            team.notes.changed("has no members in the export; name them, or whoever pages it reaches nobody");
        }
        self.team_keys.note(ids, &Named::Carried(team.key.clone()));
        self.say(about, &format!("with {}", counted(team.members.len(), "member")), &team.notes);
        self.teams.push(team);
    }

    pub(super) fn take_service(&mut self, about: &str, mut service: Service) {
        let what = match (&service.team, &service.policy) {
            (_, None) => {
                service.notes.changed("has no policy, so nobody is paged for it; name one");
                "without a policy".to_owned()
            }
            (None, Some(policy)) => format!("with policy {policy}"),
            (Some(team), Some(policy)) => format!("of team {team}, with policy {policy}"),
        };
        self.say(about, &what, &service.notes);
        self.services.push(service);
    }

    pub(super) fn take_person(&mut self, ids: Vec<String>, about: &str, mut person: Person) {
        let words: Vec<&str> = person.contacts.iter().map(|method| method.word()).collect();
        let what = if words.is_empty() {
            person.notes.changed("has no contact method that could be carried over; name some in contacts");
            "without contact methods".to_owned()
        } else {
            format!("reached by {}", listed(&words))
        };
        self.handles.note(ids, &Named::Carried(person.handle.clone()));
        self.say(about, &what, &person.notes);
        self.people.push(person);
    }

    /// The first team of these that was carried over.
    pub(super) fn own_team(&self, ids: &[String], notes: &mut Notes) -> Option<String> {
        let mut keys: Vec<&str> = ids.iter().filter_map(|id| self.team_keys.carried(id)).collect();
        keys.dedup();
        if let [first, rest @ ..] = keys.as_slice()
            && !rest.is_empty()
        {
            notes.changed(format!("belongs to {first} alone now, and no longer to {} too", listed(rest)));
        }
        if let ([], Some(id)) = (keys.as_slice(), ids.first()) {
            notes.left(format!("its team {} is not among the teams of the export", text::quoted(id)));
        }
        keys.first().map(|key| (*key).to_owned())
    }

    /// A schedule on which some people are always on call together, so that a step can page one of them in turn.
    pub(super) fn in_turn(&mut self, policy: &Policy, people: Vec<String>) -> String {
        let key = self.schedule_keys.allot([format!("{}-in-turn", policy.key).as_str()], "in-turn");
        let mut notes = Notes::default();
        notes.changed(format!("was made for a step of policy {} that pages one of several people in turn", policy.key));
        // All of them are on call at all times, so neither the start nor the turn matters.
        let start = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default().and_time(NaiveTime::MIN);
        let layer = Layer {
            name: "all".to_owned(),
            priority: 0,
            start,
            turn: Turn::Weeks(1),
            pools: vec![people],
            from: None,
            until: None,
            windows: Vec::new(),
        };
        let name = format!("In turn for {}", policy.name).chars().take(200).collect();
        let schedule = Schedule { key: key.clone(), name, zone: Tz::UTC, team: None, layers: vec![layer], notes };
        let about = about("schedule", &key, &key);
        self.take_schedule(Vec::new(), &about, Ok(schedule));
        key
    }

    fn say(&mut self, about: &str, what: &str, notes: &Notes) {
        self.report.add(Kind::Carried, about, what);
        self.say_notes(about, notes);
    }

    fn say_notes(&mut self, about: &str, notes: &Notes) {
        for (kind, what) in &notes.0 {
            self.report.add(*kind, about, what.as_str());
        }
    }

    /// The file and the report.
    pub(super) fn finish(mut self) -> Imported {
        let what = "no export says who is paged when a policy is exhausted; name somebody in last_resort";
        self.report.add(Kind::Left, "last resort", what);
        Imported { toml: write::file(&self), report: self.report }
    }
}

/// What the report calls a thing: by its key, and by its old name where the key does not tell it.
pub(super) fn about(noun: &str, key: &str, name: &str) -> String {
    if key.eq_ignore_ascii_case(name) {
        format!("{noun} {key}")
    } else {
        format!("{noun} {key} ({})", text::quoted(name))
    }
}

/// A thing's name, or its key if it has none; says so where it had to be cut short.
pub(super) fn named(old: Option<&str>, key: &str, notes: &mut Notes) -> String {
    match old.and_then(text::name) {
        Some((name, cut)) => {
            if cut {
                notes.changed("its name was longer than 200 characters and is cut short");
            }
            name
        }
        None => key.to_owned(),
    }
}

/// Which layers win over which, to be compared with what people know.
fn precedence(layers: &[Layer]) -> String {
    let mut ranks: Vec<(i64, Vec<&str>)> = Vec::new();
    for layer in layers {
        match ranks.iter_mut().find(|(priority, _)| *priority == layer.priority) {
            Some((_, names)) => names.push(&layer.name),
            None => ranks.push((layer.priority, vec![&layer.name])),
        }
    }
    ranks.sort_by_key(|(priority, _)| std::cmp::Reverse(*priority));
    let ranks: Vec<String> = ranks.iter().map(|(_, names)| listed(names)).collect();
    if ranks.len() > 1 { format!("; {}", ranks.join(" before ")) } else { String::new() }
}

fn counted_times(times: i64) -> String {
    if times == 1 { "once".to_owned() } else { format!("{times} times") }
}
