//! Forms: what a person fills in where one line is not enough. Platforms show them in their own way (modals); what was
//! filled in is read here and becomes a request like any other.

mod causes;
mod fields;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use self::causes::{cause, cause_choice, chosen_cause, evidence, standing};
pub use self::fields::{about, cite, declare, section};
pub use self::read::{field_of, request, split};
use crate::ids::IncidentId;

/// The forms, closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FormKind {
    Declare,
    Update,
    /// Severity or status.
    Change,
    Action,
    Resolve,
    /// What a section of the postmortem says.
    Section,
    /// Which incident a message is to be added to.
    Cite,
    /// What a cause says, and what part it has.
    Cause,
    /// Which cause a message supports.
    Evidence,
}

/// One form as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    pub kind: FormKind,
    /// The incident that it is about; `None` for a declaration.
    pub incident: Option<IncidentId>,
    /// At most 24 characters.
    pub title: String,
    /// What stands on the button that sends it; at most 24 characters.
    pub submit: &'static str,
    pub fields: Vec<Field>,
}

/// One thing to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name among the values.
    pub name: &'static str,
    pub label: &'static str,
    pub hint: Option<String>,
    pub required: bool,
    pub input: Input,
}

/// How a field is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// One line, of at most `max` characters.
    Line { initial: String, max: usize },
    /// Several lines, of at most `max` characters.
    Text { initial: String, max: usize },
    /// One of a few.
    Choice { choices: Vec<Choice>, initial: Option<String> },
    /// One or more of many, which the platform asks for while the person types.
    Pick { source: Source, many: bool, initial: Vec<Choice> },
    /// Any of a few, each on or off.
    Toggles { choices: Vec<Choice>, initial: Vec<String> },
}

/// Something that can be chosen: the word that is read, and what a person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
}

/// What there is much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Source {
    People,
    Services,
    /// Those that are open.
    Incidents,
    /// People and policies: whom a page can go to.
    Targets,
    /// Those, services and teams: whom a page of its own can go to.
    Pageable,
    /// Services and policies: what somebody is on call for.
    Covered,
    Schedules,
    /// Services, policies and schedules.
    Duties,
    Severities,
    Roles,
    /// Types of incidents.
    Types,
    /// Custom fields.
    Fields,
    /// Custom fields with the values that they may hold.
    FieldValues,
    /// Postmortem templates.
    Templates,
    /// Sections of the postmortem.
    Sections,
    /// The follow-ups of an incident that are not done.
    Actions,
    /// The causes of an incident.
    Causes,
    /// The kinds of causes.
    Categories,
    Teams,
    /// Configured trackers.
    Trackers,
    /// The commands.
    Verbs,
    /// These words.
    Words(&'static [&'static str]),
    /// Where rooms can be.
    Places,
}

/// What was filled in, by the names of the fields; a field that was left empty is absent or holds nothing.
pub type Values = BTreeMap<String, Vec<String>>;

impl FormKind {
    /// Every form.
    pub const ALL: [Self; 9] = [
        Self::Declare,
        Self::Update,
        Self::Change,
        Self::Action,
        Self::Resolve,
        Self::Section,
        Self::Cite,
        Self::Cause,
        Self::Evidence,
    ];

    /// The word by which platforms know it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Declare => "declare",
            Self::Update => "update",
            Self::Change => "change",
            Self::Action => "action",
            Self::Resolve => "resolve",
            Self::Section => "section",
            Self::Cite => "cite",
            Self::Cause => "cause",
            Self::Evidence => "evidence",
        }
    }

    /// The form of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 22] = [
        Self::People,
        Self::Services,
        Self::Incidents,
        Self::Targets,
        Self::Pageable,
        Self::Covered,
        Self::Schedules,
        Self::Duties,
        Self::Severities,
        Self::Roles,
        Self::Types,
        Self::Fields,
        Self::FieldValues,
        Self::Templates,
        Self::Sections,
        Self::Actions,
        Self::Causes,
        Self::Categories,
        Self::Teams,
        Self::Trackers,
        Self::Verbs,
        Self::Places,
    ];

    /// The word by which platforms know it.
    pub fn word(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Services => "services",
            Self::Incidents => "incidents",
            Self::Targets => "targets",
            Self::Pageable => "pageable",
            Self::Covered => "covered",
            Self::Schedules => "schedules",
            Self::Duties => "duties",
            Self::Severities => "severities",
            Self::Roles => "roles",
            Self::Types => "types",
            Self::Fields => "fields",
            Self::FieldValues => "field-values",
            Self::Templates => "templates",
            Self::Sections => "sections",
            Self::Actions => "actions",
            Self::Causes => "causes",
            Self::Categories => "categories",
            Self::Teams => "teams",
            Self::Trackers => "trackers",
            Self::Verbs => "verbs",
            Self::Words(_) => "words",
            Self::Places => "places",
        }
    }

    /// The source of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }
}
