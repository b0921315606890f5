//! Root-cause analysis as data: causes, what led to what, and the evidence for it. Every step of it is an entry, so the analysis
//! as it stood at any moment is the fold of the entries until then.

mod apply;
mod graph;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::graph::Branch;
use crate::ids::{CauseId, EntryId, Key};
use crate::incident::{Mark, Said};

/// What is known of why an incident happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Analysis {
    /// In the order in which they were added.
    pub causes: Vec<Cause>,
    /// What led to what; never a cycle.
    pub edges: BTreeSet<Edge>,
}

/// One cause in the wide sense: something that is claimed about why and how it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// Its number: 2 is `F2`.
    pub id: CauseId,
    /// What part it has.
    pub role: CauseRole,
    /// The claim, and who made it when.
    pub said: Said,
    /// One of the configured categories; of a factor.
    pub category: Option<Key>,
    /// What people have concluded.
    pub verdict: Verdict,
    /// Who gave the verdict when; absent while it is open.
    pub judged: Option<Mark>,
    /// The entries that support it: facts, marked messages, links and files.
    pub evidence: Vec<EntryId>,
}

/// That one cause led to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// What led to the other.
    pub from: CauseId,
    /// What it led to.
    pub to: CauseId,
}

/// What part a cause has in the analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CauseRole {
    /// What set it off.
    Trigger,
    /// What had to be there for it to happen, or made it worse.
    Factor,
    /// An answer in a chain of whys.
    Why,
    /// What limited the damage.
    Limited,
    /// How it was detected.
    Detected,
    /// How it should have been detected.
    ShouldDetect,
}

/// What people have concluded about a cause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing yet: suspected, or supported by evidence.
    #[default]
    Open,
    Confirmed,
    RuledOut {
        reason: String,
    },
}

/// How sure people are of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Suspected,
    /// There is evidence, and nobody has confirmed it.
    Supported,
    Confirmed,
    RuledOut,
}

/// One step of the analysis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum AnalysisChange {
    CauseAdded {
        cause: CauseId,
        role: CauseRole,
        text: String,
        category: Option<Key>,
        /// What it leads to or comes from, as far as that was said with it.
        edges: Vec<Edge>,
    },
    /// It reads otherwise from here on; each field is what it is now.
    CauseEdited {
        cause: CauseId,
        role: CauseRole,
        text: String,
        category: Option<Key>,
    },
    CauseLinked {
        edge: Edge,
    },
    CauseUnlinked {
        edge: Edge,
    },
    CauseJudged {
        cause: CauseId,
        #[serde(flatten)]
        verdict: Verdict,
    },
    /// An entry supports it.
    EvidenceAdded {
        cause: CauseId,
        evidence: EntryId,
    },
    EvidenceRemoved {
        cause: CauseId,
        evidence: EntryId,
    },
}

impl Analysis {
    /// The cause with this number.
    pub fn cause(&self, id: CauseId) -> Option<&Cause> {
        self.causes.iter().find(|cause| cause.id == id)
    }

    /// The number that the next cause takes.
    pub fn next(&self) -> CauseId {
        CauseId(i64::try_from(self.causes.len()).unwrap_or(i64::MAX - 1) + 1)
    }

    /// Contributing factors and triggers that were confirmed.
    pub fn confirmed(&self) -> impl Iterator<Item = &Cause> {
        let counts = |cause: &&Cause| {
            let part = matches!(cause.role, CauseRole::Trigger | CauseRole::Factor | CauseRole::Why);
            part && cause.confidence() == Confidence::Confirmed
        };
        self.causes.iter().filter(counts)
    }

    /// What set it off: the newest trigger that was not ruled out.
    pub fn trigger(&self) -> Option<&Cause> {
        self.standing().rfind(|cause| cause.role == CauseRole::Trigger)
    }

    /// The newest cause that was not ruled out.
    pub fn newest(&self) -> Option<&Cause> {
        self.standing().next_back()
    }

    fn standing(&self) -> impl DoubleEndedIterator<Item = &Cause> {
        self.causes.iter().filter(|cause| cause.confidence() != Confidence::RuledOut)
    }

    /// The answer below which the next why hangs: the newest of the chain that was not ruled out.
    pub fn last_why(&self) -> Option<&Cause> {
        self.standing().rfind(|cause| cause.role == CauseRole::Why)
    }
}

impl Cause {
    /// How sure people are of it.
    pub fn confidence(&self) -> Confidence {
        match self.verdict {
            Verdict::Open if self.evidence.is_empty() => Confidence::Suspected,
            Verdict::Open => Confidence::Supported,
            Verdict::Confirmed => Confidence::Confirmed,
            Verdict::RuledOut { .. } => Confidence::RuledOut,
        }
    }

    /// Whether nothing supports it.
    pub fn is_unsupported(&self) -> bool {
        self.evidence.is_empty()
    }

    /// When it was added.
    pub fn added_at(&self) -> DateTime<Utc> {
        self.said.mark.at
    }
}

impl CauseRole {
    /// Every role, in the order in which an analysis tells them.
    pub const ALL: [Self; 6] =
        [Self::Trigger, Self::Factor, Self::Why, Self::Limited, Self::Detected, Self::ShouldDetect];

    /// Its word in commands, forms and templates.
    pub fn word(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Factor => "factor",
            Self::Why => "why",
            Self::Limited => "limited",
            Self::Detected => "detected",
            Self::ShouldDetect => "should-detect",
        }
    }

    /// What it is called where people read of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trigger => "trigger",
            Self::Factor => "contributing factor",
            Self::Why => "why",
            Self::Limited => "what limited the damage",
            Self::Detected => "how it was detected",
            Self::ShouldDetect => "how it should have been detected",
        }
    }

    /// Reads the word written by [`CauseRole::word`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word().eq_ignore_ascii_case(text))
    }
}

impl Confidence {
    /// Its words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Supported => "supported",
            Self::Confirmed => "confirmed",
            Self::RuledOut => "ruled out",
        }
    }
}
