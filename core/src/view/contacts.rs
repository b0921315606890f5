//! How somebody is reached, as they are shown it, and what addresses are told.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use super::reply::ReplyView;
use crate::directory::reach::{ContactFacts, Waiting};
use crate::directory::{ContactMethod, Origin, Person, Urgency};
use crate::effect::CodeFor;
use crate::reply::ContactDone;

/// How somebody is reached; shown to nobody else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactsView {
    pub handle: String,
    /// In the order in which they are tried.
    pub contacts: Vec<ContactRow>,
    /// Rules by urgency; those without any have the first method come at once.
    pub rules: Vec<RulesRow>,
    /// Codes that wait to come back.
    pub waiting: Vec<WaitingRow>,
    /// Methods by which nothing may arrive.
    pub missing: Vec<MissingRow>,
}

/// One method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ContactRow {
    /// From 1.
    pub number: usize,
    pub method: String,
    /// As much of it as its owner needs to know it again.
    pub address: Option<String>,
    /// Who gave the address: `file` or `chat`; or `account`, where it is known by that.
    pub from: String,
    /// Whether a code came back from there.
    pub verified: bool,
    /// When one came back last.
    pub proved: Option<String>,
}

/// A method by which nothing may arrive; of the reasons one holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MissingRow {
    pub method: String,
    /// Nothing here sends by it.
    pub unconfigured: bool,
    /// No address is known.
    pub nowhere: bool,
    /// No code ever came back from the address.
    pub unproved: bool,
}

/// The rules of one urgency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RulesRow {
    pub urgency: String,
    /// As files write them.
    pub rules: Vec<String>,
}

/// A code that waits to come back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WaitingRow {
    pub method: String,
    pub address: String,
    /// Whether it is of an address that somebody wants, and not of a test.
    pub wanted: bool,
    pub until: String,
    /// Why it could not be sent.
    pub failure: Option<String>,
}

/// What an address is told with a code.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ContactCodeView {
    pub handle: String,
    pub name: String,
    pub method: String,
    /// As it is to be written.
    pub code: String,
    /// As it is to be spoken, sign by sign.
    pub spelt: String,
    pub spoken: bool,
    /// Whether somebody wants to be reached there, and not to see that they are.
    pub wanted: bool,
    /// A page that confirms it.
    pub link: Option<String>,
    /// In UTC.
    pub until: String,
}

/// What an address is told that is somebody's no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplacedView {
    pub handle: String,
    pub name: String,
    pub method: String,
    /// Whether they took it away, and no other one is in its place.
    pub removed: bool,
}

/// How what somebody is reached by was proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    pub method: ContactMethod,
    pub at: DateTime<Utc>,
}

impl ContactsView {
    /// How a person is reached, with what is known of their addresses. `proved` are those that lead where they are now, and
    /// a waiting code goes with the end of the address and the reason why it was not sent.
    pub fn of(
        person: &Person,
        facts: &ContactFacts,
        proved: &[Proved],
        waiting: Vec<(Waiting, String, Option<String>)>,
        (now, times): (DateTime<Utc>, ShownIn),
    ) -> Self {
        let clock = Clock::new(times, now);
        let row = |(at, method): (usize, &ContactMethod)| {
            let home = facts.homes.get(method);
            let last = proved.iter().find(|proved| proved.method == *method);
            let from = match home.map(|home| home.address.origin) {
                Some(Origin::Chat) => "chat",
                Some(Origin::File) => "file",
                None if method.has_address() => "file",
                Some(Origin::Api) | None => "account",
            };
            ContactRow {
                number: at + 1,
                method: method.word().to_owned(),
                address: home.map(|home| home.masked.clone()),
                from: from.to_owned(),
                verified: !method.has_address() || last.is_some(),
                proved: last.map(|last| clock.dated(last.at)),
            }
        };
        let rules = [Urgency::High, Urgency::Low].into_iter().map(|urgency| RulesRow {
            urgency: urgency.word().to_owned(),
            rules: person.rules.iter().filter(|rule| rule.urgency == urgency).map(ToString::to_string).collect(),
        });
        let waits = |(held, address, failure): (Waiting, String, Option<String>)| WaitingRow {
            method: held.method.word().to_owned(),
            address,
            wanted: held.why == CodeFor::Address,
            until: clock.moment(held.until),
            failure,
        };
        Self {
            handle: person.handle.to_string(),
            contacts: person.contacts.iter().enumerate().map(row).collect(),
            rules: rules.filter(|row| !row.rules.is_empty()).collect(),
            waiting: waiting.into_iter().map(waits).collect(),
            missing: missing(person, facts, proved),
        }
    }
}

fn missing(person: &Person, facts: &ContactFacts, proved: &[Proved]) -> Vec<MissingRow> {
    let row = |method: &ContactMethod| {
        let unconfigured = !facts.here.contains(method);
        let nowhere = !unconfigured && !facts.homes.contains_key(method);
        let known = proved.iter().any(|proved| proved.method == *method);
        let unproved = !unconfigured && !nowhere && !known;
        MissingRow { method: method.word().to_owned(), unconfigured, nowhere, unproved }
    };
    let rows = person.contacts.iter().filter(|method| method.has_address()).map(row);
    rows.filter(|row| row.unconfigured || row.nowhere || row.unproved).collect()
}

impl ContactCodeView {
    /// What a code's address is told.
    pub fn of(person: &Person, (method, why): (ContactMethod, CodeFor), code: String, until: DateTime<Utc>) -> Self {
        let signs: Vec<String> = code.chars().map(String::from).collect();
        Self {
            handle: person.handle.to_string(),
            name: person.name.clone(),
            method: method.word().to_owned(),
            spelt: signs.join(", "),
            code,
            spoken: method == ContactMethod::Voice,
            wanted: why == CodeFor::Address,
            link: None,
            until: until.format("%Y-%m-%d %H:%M UTC").to_string(),
        }
    }
}

impl ReplacedView {
    /// What the address is told that led to a person by this method.
    pub fn of(person: &Person, method: ContactMethod, removed: bool) -> Self {
        let (handle, name) = (person.handle.to_string(), person.name.clone());
        Self { handle, name, method: method.word().to_owned(), removed }
    }
}

impl std::fmt::Debug for ContactCodeView {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactCodeView").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl ReplyView {
    /// The view of a reply about how somebody is reached.
    pub(super) fn of_contact(done: &ContactDone) -> Self {
        let method = |method: &String| Some(method.clone());
        match done {
            ContactDone::Asked { method: by, address, minutes } => Self {
                template: "reply/contact_asked",
                method: method(by),
                address: Some(address.clone()),
                minutes: Some(*minutes),
                ..Self::default()
            },
            ContactDone::Set { method: by, replaced, used } => Self {
                template: "reply/contact_set",
                method: method(by),
                was: replaced.clone(),
                on: *used,
                ..Self::default()
            },
            ContactDone::Proved { method: by } => {
                Self { template: "reply/contact_proved", method: method(by), ..Self::default() }
            }
            ContactDone::Removed { method: by, was } => {
                Self { template: "reply/contact_removed", method: method(by), was: was.clone(), ..Self::default() }
            }
            ContactDone::Ordered { methods } => {
                Self { template: "reply/contact_ordered", methods: methods.clone(), ..Self::default() }
            }
            ContactDone::Ruled { urgency, rules } => Self {
                template: "reply/contact_ruled",
                to: Some(urgency.clone()),
                methods: rules.clone(),
                ..Self::default()
            },
            ContactDone::Tested { methods, minutes } => Self {
                template: "reply/contact_tested",
                methods: methods.clone(),
                minutes: Some(*minutes),
                ..Self::default()
            },
        }
    }
}
