//! Key times: the instants from which every figure derives. Each is proposed from the timeline, until people say when it was.

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::EntryId;
use crate::incident::Incident;

/// The instants that a postmortem is about, in the order in which they usually come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyTime {
    ImpactStarted,
    Detected,
    Declared,
    Acknowledged,
    Mitigated,
    ImpactEnded,
    Resolved,
}

/// A key time that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub at: DateTime<Utc>,
    /// The entry that says so, where one does.
    pub entry: Option<EntryId>,
    /// Whether people said so, and it was not proposed from the timeline.
    pub set: bool,
}

/// A time between two key times that an installation wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    pub name: String,
    pub from: KeyTime,
    pub to: KeyTime,
}

/// Key times that come in either order: whoever takes it on may find it mitigated, and what is mitigated may still be felt.
const UNORDERED: [(KeyTime, KeyTime); 3] = [
    (KeyTime::Acknowledged, KeyTime::Mitigated),
    (KeyTime::Acknowledged, KeyTime::ImpactEnded),
    (KeyTime::Mitigated, KeyTime::ImpactEnded),
];

impl KeyTime {
    /// Every key time, in the order in which they usually come.
    pub const ALL: [Self; 7] = [
        Self::ImpactStarted,
        Self::Detected,
        Self::Declared,
        Self::Acknowledged,
        Self::Mitigated,
        Self::ImpactEnded,
        Self::Resolved,
    ];

    /// Its word in commands, configuration and templates.
    pub fn word(self) -> &'static str {
        match self {
            Self::ImpactStarted => "impact-started",
            Self::Detected => "detected",
            Self::Declared => "declared",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::ImpactEnded => "impact-ended",
            Self::Resolved => "resolved",
        }
    }

    /// What it is called where people read of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ImpactStarted => "impact started",
            Self::ImpactEnded => "impact ended",
            other => other.word(),
        }
    }

    /// Reads the word written by [`KeyTime::word`]; an underscore or a blank does for a hyphen.
    pub fn parse(text: &str) -> Option<Self> {
        let wanted = text.trim().to_lowercase().replace(['_', ' '], "-");
        Self::ALL.into_iter().find(|time| time.word() == wanted)
    }
}

impl Incident {
    /// A key time: what people said, else what the timeline proposes.
    pub fn time(&self, which: KeyTime) -> Option<Known> {
        if let Some(mark) = self.times.get(&which) {
            return Some(Known { at: mark.at, entry: Some(mark.entry), set: true });
        }
        let marked = |mark: &crate::incident::Mark| Known { at: mark.at, entry: Some(mark.entry), set: false };
        let said = |at: DateTime<Utc>| Known { at, entry: None, set: false };
        let milestones = &self.milestones;
        match which {
            KeyTime::ImpactStarted => self.impact.started_at.map(said),
            KeyTime::Detected => Some(marked(milestones.detected.as_ref().unwrap_or(&self.declared))),
            KeyTime::Declared => Some(marked(&self.declared)),
            KeyTime::Acknowledged => milestones.acknowledged.as_ref().map(marked),
            KeyTime::Mitigated => milestones.mitigated.as_ref().map(marked),
            KeyTime::ImpactEnded => {
                let ended = self.impact.ended_at.map(said);
                ended.or_else(|| self.time(KeyTime::Mitigated)).or_else(|| self.time(KeyTime::Resolved))
            }
            KeyTime::Resolved => milestones.resolved.as_ref().map(marked),
        }
    }

    /// Pairs of key times of which the first is usually not after the second and now is, among those that changed.
    pub fn disorder(&self, changed: &[KeyTime]) -> Vec<(KeyTime, KeyTime)> {
        let pairs = KeyTime::ALL
            .into_iter()
            .enumerate()
            .flat_map(|(at, first)| KeyTime::ALL.into_iter().skip(at + 1).map(move |second| (first, second)));
        let is_usual = |(first, second): &(KeyTime, KeyTime)| !UNORDERED.contains(&(*first, *second));
        let concerns = |(first, second): &(KeyTime, KeyTime)| changed.contains(first) || changed.contains(second);
        let is_odd = |(first, second): &(KeyTime, KeyTime)| {
            self.time(*first).zip(self.time(*second)).is_some_and(|(first, second)| first.at > second.at)
        };
        pairs.filter(is_usual).filter(concerns).filter(is_odd).collect()
    }

    /// How long it took from one key time to another; absent where one is missing or they come in the wrong order.
    pub fn between(&self, from: KeyTime, to: KeyTime) -> Option<TimeDelta> {
        let took = self.time(to)?.at.signed_duration_since(self.time(from)?.at);
        (took >= TimeDelta::zero()).then_some(took)
    }
}
