//! Controls: buttons under a message, on every platform the same.

use crate::ids::IncidentId;

/// What a button does. Those that need words open a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Button {
    /// Acknowledge the page.
    Acknowledge,
    /// Take the lead.
    Lead,
    /// Tell those who wait how it stands.
    Update,
    /// Change severity or status.
    Change,
    /// Add a follow-up.
    Action,
    /// Say that it is over.
    Resolve,
    /// Show the timeline.
    Timeline,
    /// Be reminded of the update later.
    Snooze,
    /// Open the form that declares an incident.
    Declare,
}

/// A button of one incident; of none where it declares one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    pub button: Button,
    pub incident: Option<IncidentId>,
}

impl Button {
    /// Every button.
    pub const ALL: [Self; 9] = [
        Self::Acknowledge,
        Self::Lead,
        Self::Update,
        Self::Change,
        Self::Action,
        Self::Resolve,
        Self::Timeline,
        Self::Snooze,
        Self::Declare,
    ];

    /// The word that platforms send back when it is pressed; never changed, because messages with it stay where they are.
    pub fn word(self) -> &'static str {
        match self {
            Self::Acknowledge => "ack",
            Self::Lead => "lead",
            Self::Update => "update",
            Self::Change => "change",
            Self::Action => "action",
            Self::Resolve => "resolve",
            Self::Timeline => "timeline",
            Self::Snooze => "snooze",
            Self::Declare => "declare",
        }
    }

    /// The button of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|button| button.word() == word)
    }

    /// What stands on it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Acknowledge => "Acknowledge",
            Self::Lead => "Take lead",
            Self::Update => "Update",
            Self::Change => "Severity or status",
            Self::Action => "Add action",
            Self::Resolve => "Resolve",
            Self::Timeline => "Timeline",
            Self::Snooze => "Snooze",
            Self::Declare => "Declare incident",
        }
    }
}

impl Control {
    /// A button of an incident.
    pub fn of(button: Button, incident: IncidentId) -> Self {
        Self { button, incident: Some(incident) }
    }
}
