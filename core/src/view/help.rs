//! Help, made from the grammar's table.

use serde::Serialize;

use crate::command::verbs::{VERBS, Verb};

/// Help on every command, or on one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HelpView {
    /// The one that was asked for; `None` for all.
    pub topic: Option<VerbView>,
    /// Every verb; empty when one was asked for.
    pub verbs: Vec<VerbView>,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerbView {
    pub word: String,
    /// The full form: `/incident sev <sevN>`.
    pub usage: String,
    pub about: String,
    /// A full line that works: `/incident sev sev2`.
    pub example: String,
    pub aliases: Vec<String>,
}

impl HelpView {
    /// Help on every command.
    pub fn all() -> Self {
        Self { topic: None, verbs: VERBS.iter().map(VerbView::of).collect() }
    }

    /// Help on the command that a word or name names; `None` when there is no such command.
    pub fn topic(word: &str) -> Option<Self> {
        Some(Self { topic: Some(VerbView::of(Verb::by_name(word)?)), verbs: Vec::new() })
    }
}

impl VerbView {
    fn of(verb: &Verb) -> Self {
        Self {
            word: verb.word.to_owned(),
            usage: verb.usage(),
            about: verb.about.to_owned(),
            example: verb.shown_example(),
            aliases: verb.aliases.iter().map(|&alias| alias.to_owned()).collect(),
        }
    }
}
