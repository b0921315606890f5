//! The directives at the head of a transcript.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use firebell_core::directory::Standing;
use firebell_core::ids::Key;
use firebell_core::when::parse_duration;

use super::error::{Problem, quote};
use super::{Person, Policy, Service, Step, time};

const TITLE: &str = "@title The day the disk filled up";
const PERSON: &str = "@person ana \"Ana Example\" [zone=Europe/Amsterdam] [admin]";
const POLICY: &str = "@policy primary \"Database on-call\" ana 5m, ana+bo 10m";
const SERVICE: &str = "@service db \"Primary database\" [policy=primary] [runbook=https://example.org]";
const LAST_RESORT: &str = "@last-resort ana+bo";

/// What the directives have said so far.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) title: Option<String>,
    pub(super) named_zone: Option<Tz>,
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) people: Vec<Person>,
    pub(super) policies: Vec<Policy>,
    pub(super) services: Vec<Service>,
    pub(super) last_resort: Vec<Key>,
    pub(super) default_policy: Option<Key>,
}

impl Header {
    /// The zone of wall times.
    pub(super) fn zone(&self) -> Tz {
        self.named_zone.unwrap_or(Tz::UTC)
    }

    /// Reads one directive: its word without the `@`, and what follows it.
    pub(super) fn directive(&mut self, word: &str, rest: &str) -> Result<(), Problem> {
        match word {
            "title" => self.title(rest),
            "zone" => self.set_zone(rest),
            "start" => once(&mut self.start, "start", time::start(rest, self.named_zone.unwrap_or(Tz::UTC))?),
            "person" => self.person(rest),
            "policy" => self.policy(rest),
            "service" => self.service(rest),
            "last-resort" => self.set_last_resort(rest),
            "default-policy" => {
                let key = self.known_policy(rest)?;
                once(&mut self.default_policy, "default-policy", key)
            }
            _ => Err(Problem::UnknownDirective(quote(word))),
        }
    }

    /// Refuses a person whom no directive has declared.
    pub(super) fn known_person(&self, handle: &Key) -> Result<(), Problem> {
        if self.people.iter().any(|person| person.handle == *handle) {
            return Ok(());
        }
        Err(Problem::UnknownPerson(handle.to_string()))
    }

    fn title(&mut self, rest: &str) -> Result<(), Problem> {
        if rest.is_empty() {
            return Err(Problem::Usage { directive: "title", usage: TITLE });
        }
        once(&mut self.title, "title", rest.to_owned())
    }

    fn set_zone(&mut self, rest: &str) -> Result<(), Problem> {
        if self.start.is_some() || !self.people.is_empty() {
            return Err(Problem::LateZone);
        }
        once(&mut self.named_zone, "zone", zone(rest)?)
    }

    fn person(&mut self, rest: &str) -> Result<(), Problem> {
        let (handle, name, options) = named(rest, ("person", PERSON))?;
        if self.people.iter().any(|person| person.handle == handle) {
            return Err(Problem::Duplicate(handle.to_string()));
        }
        let mut person = Person { handle, name, zone: self.zone(), standing: Standing::Responder };
        for option in options.split_whitespace() {
            match option.split_once('=') {
                None if option == "admin" => person.standing = Standing::Admin,
                Some(("zone", named)) => person.zone = zone(named)?,
                _ => return Err(Problem::UnknownOption(quote(option), PERSON)),
            }
        }
        self.people.push(person);
        Ok(())
    }

    fn policy(&mut self, rest: &str) -> Result<(), Problem> {
        let (key, name, steps) = named(rest, ("policy", POLICY))?;
        if self.policies.iter().any(|policy| policy.key == key) {
            return Err(Problem::Duplicate(key.to_string()));
        }
        let steps = steps.split(',').map(|step| self.step(step.trim())).collect::<Result<_, _>>()?;
        self.policies.push(Policy { key, name, steps });
        Ok(())
    }

    fn step(&self, text: &str) -> Result<Step, Problem> {
        let usage = Problem::Usage { directive: "policy", usage: POLICY };
        let (people, wait) = text.split_once(char::is_whitespace).ok_or(usage)?;
        Ok(Step { people: self.together(people)?, wait: parse_duration(wait)? })
    }

    fn service(&mut self, rest: &str) -> Result<(), Problem> {
        let (key, name, options) = named(rest, ("service", SERVICE))?;
        if self.services.iter().any(|service| service.key == key) {
            return Err(Problem::Duplicate(key.to_string()));
        }
        let mut service = Service { key, name, policy: None, runbook: None };
        for option in options.split_whitespace() {
            match option.split_once('=') {
                Some(("policy", named)) => service.policy = Some(self.known_policy(named)?),
                Some(("runbook", url)) if !url.is_empty() => service.runbook = Some(url.to_owned()),
                _ => return Err(Problem::UnknownOption(quote(option), SERVICE)),
            }
        }
        self.services.push(service);
        Ok(())
    }

    fn set_last_resort(&mut self, rest: &str) -> Result<(), Problem> {
        if !self.last_resort.is_empty() {
            return Err(Problem::Twice("last-resort"));
        }
        if rest.is_empty() || rest.contains(char::is_whitespace) {
            return Err(Problem::Usage { directive: "last-resort", usage: LAST_RESORT });
        }
        self.last_resort = self.together(rest)?;
        Ok(())
    }

    /// People joined by `+`; one who is named twice counts once.
    fn together(&self, text: &str) -> Result<Vec<Key>, Problem> {
        let mut people = Vec::new();
        for named in text.split('+') {
            let handle = key(named)?;
            self.known_person(&handle)?;
            if !people.contains(&handle) {
                people.push(handle);
            }
        }
        Ok(people)
    }

    fn known_policy(&self, named: &str) -> Result<Key, Problem> {
        let key = key(named)?;
        if self.policies.iter().any(|policy| policy.key == key) {
            return Ok(key);
        }
        Err(Problem::UnknownPolicy(key.to_string()))
    }
}

/// Splits `key "Name" rest`.
fn named<'t>(
    text: &'t str,
    (directive, usage): (&'static str, &'static str),
) -> Result<(Key, String, &'t str), Problem> {
    let usage = || Problem::Usage { directive, usage };
    let (word, rest) = text.split_once(char::is_whitespace).ok_or_else(usage)?;
    let (name, rest) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"')).ok_or_else(usage)?;
    if name.trim().is_empty() {
        return Err(usage());
    }
    Ok((key(word)?, name.trim().to_owned(), rest.trim()))
}

fn key(text: &str) -> Result<Key, Problem> {
    Key::new(text).map_err(|_| Problem::BadKey(quote(text)))
}

fn zone(text: &str) -> Result<Tz, Problem> {
    text.parse().map_err(|_| Problem::BadZone(quote(text)))
}

fn once<T>(held: &mut Option<T>, directive: &'static str, value: T) -> Result<(), Problem> {
    if held.is_some() {
        return Err(Problem::Twice(directive));
    }
    *held = Some(value);
    Ok(())
}
