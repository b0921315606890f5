//! Causes that came back.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Recurrences;
use super::shown;
use super::tally::{Kept, Tally};
use crate::incident::Incident;
use crate::rca::{CauseRole, Confidence};

/// Something that had its part in several incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recurrence {
    /// The category, or how it was put last.
    pub name: String,
    /// In how many incidents.
    pub count: usize,
    /// How many of their follow-ups are open.
    pub open_actions: usize,
    /// By number.
    pub incidents: Vec<Recurred>,
}

/// An incident in which it had its part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recurred {
    /// `INC-7`.
    pub id: String,
    pub title: String,
    /// The severity's key.
    pub severity: String,
    pub private: bool,
    /// `2026-10-01 14:05`.
    pub declared: String,
    pub causes: Vec<RecurredCause>,
    /// What was promised after it and is not done, whatever it is for.
    pub actions: Vec<OpenAction>,
}

/// A cause of such an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecurredCause {
    /// `F2`.
    pub id: String,
    /// `trigger`, `factor` or `why`.
    pub role: &'static str,
    pub text: String,
    /// `confirmed` or `supported`.
    pub confidence: &'static str,
}

/// A follow-up that is not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenAction {
    /// `A2`.
    pub id: String,
    pub text: String,
    /// The owner's handle.
    pub owner: Option<String>,
    /// `2026-10-01 00:00`.
    pub due: Option<String>,
    pub due_utc: Option<String>,
    pub overdue: bool,
    /// The cause that it is to take away: `F2`.
    pub cause: Option<String>,
}

/// A cause that counts, of an incident that counts.
#[derive(Debug)]
pub(super) struct Claim {
    /// Its incident's place among those that are kept.
    at: usize,
    category: Option<String>,
    words: BTreeSet<String>,
    cause: RecurredCause,
}

/// Words that say nothing of what a sentence is about.
const COMMON: [&str; 36] = [
    "a", "about", "after", "all", "an", "and", "are", "as", "at", "be", "because", "been", "by", "for", "from", "had",
    "has", "have", "in", "into", "is", "it", "its", "not", "of", "on", "or", "our", "so", "that", "the", "to", "too",
    "was", "were", "with",
];

impl Claim {
    /// What is confirmed or supported of why an incident happened.
    pub(super) fn all(incident: &Incident, at: usize) -> impl Iterator<Item = Self> {
        let part = |role| matches!(role, CauseRole::Trigger | CauseRole::Factor | CauseRole::Why);
        incident.analysis.causes.iter().filter_map(move |cause| {
            let confidence = cause.confidence();
            let counts = part(cause.role) && matches!(confidence, Confidence::Confirmed | Confidence::Supported);
            counts.then(|| Self {
                at,
                category: cause.category.as_ref().map(ToString::to_string),
                words: words(&cause.said.text),
                cause: RecurredCause {
                    id: cause.id.to_string(),
                    role: cause.role.word(),
                    text: cause.said.text.clone(),
                    confidence: confidence.word(),
                },
            })
        })
    }
}

/// What came back in what was tallied.
pub(super) fn recurrences(tally: &Tally<'_>) -> Recurrences {
    let mut categories: BTreeMap<&str, Vec<&Claim>> = BTreeMap::new();
    let mut words: BTreeMap<&BTreeSet<String>, Vec<&Claim>> = BTreeMap::new();
    for claim in &tally.claims {
        if let Some(category) = &claim.category {
            categories.entry(category).or_default().push(claim);
        }
        if !claim.words.is_empty() {
            words.entry(&claim.words).or_default().push(claim);
        }
    }
    let by_category = categories.into_iter().map(|(category, claims)| (category.to_owned(), claims));
    let put_last = |claims: &[&Claim]| claims.last().map(|claim| claim.cause.text.clone()).unwrap_or_default();
    let by_words = words.into_values().map(|claims| (put_last(&claims), claims));
    Recurrences { categories: sorted(tally, by_category), words: sorted(tally, by_words) }
}

/// Those of two incidents or more, those of the most first.
fn sorted<'c>(tally: &Tally<'_>, groups: impl Iterator<Item = (String, Vec<&'c Claim>)>) -> Vec<Recurrence> {
    let all = groups.map(|(name, claims)| recurrence(tally, name, &claims));
    let mut again: Vec<Recurrence> = all.filter(|recurrence| recurrence.count > 1).collect();
    again.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    again
}

fn recurrence(tally: &Tally<'_>, name: String, claims: &[&Claim]) -> Recurrence {
    let mut by_incident: BTreeMap<usize, Vec<RecurredCause>> = BTreeMap::new();
    for claim in claims {
        by_incident.entry(claim.at).or_default().push(claim.cause.clone());
    }
    let held = |(at, causes)| tally.kept.get(at).map(|kept| recurred(tally, kept, causes));
    let incidents: Vec<Recurred> = by_incident.into_iter().filter_map(held).collect();
    let open_actions = incidents.iter().map(|incident| incident.actions.len()).sum();
    Recurrence { name, count: incidents.len(), open_actions, incidents }
}

fn recurred(tally: &Tally<'_>, kept: &Kept, causes: Vec<RecurredCause>) -> Recurred {
    Recurred {
        id: kept.row.id.clone(),
        title: kept.row.title.clone(),
        severity: kept.row.severity.clone(),
        private: kept.row.private,
        declared: shown(kept.declared, tally.asked.zone),
        causes,
        actions: kept.actions.clone(),
    }
}

/// What a text is about: its words in lower case, without endings of the plural, numbers and common words, in no order. A text of
/// nothing else keeps them all.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let all = || lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let telling = |word: &&str| !COMMON.contains(word) && !word.chars().all(char::is_numeric);
    let found: BTreeSet<String> = all().filter(telling).map(|word| singular(word).to_owned()).collect();
    if found.is_empty() { all().map(str::to_owned).collect() } else { found }
}

/// English words of four letters and more without the `s` of a plural.
fn singular(word: &str) -> &str {
    let whole = word.len() < 4 || ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending));
    if whole { word } else { word.strip_suffix('s').unwrap_or(word) }
}
