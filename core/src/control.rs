//! Controls: buttons under a message, on every platform the same.

use crate::ids::IncidentId;
use crate::incident::Incident;
use crate::paging::page::{Page, RecipientState};

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

/// The buttons under an incident's card: what can be done about it as it stands.
pub fn of_card(incident: &Incident, pages: &[Page]) -> Vec<Control> {
    let waiting =
        |page: &Page| page.is_open() && page.recipients.iter().any(|held| held.state == RecipientState::Waiting);
    let is = incident.status.word();
    let mut buttons = Vec::new();
    if is.is_active() {
        buttons.extend(pages.iter().any(waiting).then_some(Button::Acknowledge));
        buttons.extend(incident.lead().is_none().then_some(Button::Lead));
        buttons.extend([Button::Update, Button::Change, Button::Action, Button::Resolve]);
    } else if !is.is_final() {
        buttons.push(Button::Action);
    }
    buttons.push(Button::Timeline);
    buttons.into_iter().map(|button| Control::of(button, incident.id)).collect()
}

impl Control {
    /// A button of an incident.
    pub fn of(button: Button, incident: IncidentId) -> Self {
        Self { button, incident: Some(incident) }
    }
}
