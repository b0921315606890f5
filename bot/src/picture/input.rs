//! What is drawn, as plain facts.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// How causes led to each other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CauseGraph {
    pub(crate) title: String,
    pub(crate) nodes: Vec<CauseNode>,
    /// Places in `nodes`: the first led to the second. What names no node, a node itself or closes a circle is not drawn.
    pub(crate) edges: Vec<(usize, usize)>,
}

/// One cause, or what the causes led to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CauseNode {
    /// How people call it, such as `F2`.
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) kind: NodeKind,
    pub(crate) standing: Standing,
    pub(crate) category: Option<String>,
    /// Whether anything is given in proof of it. An outcome needs none.
    pub(crate) evidenced: bool,
}

/// What part a node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeKind {
    Trigger,
    Factor,
    Why,
    Limited,
    Detected,
    ShouldDetect,
    Outcome,
}

/// How sure people are of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Suspected,
    Supported,
    Confirmed,
    RuledOut,
}

/// What happened when.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TimelinePicture {
    pub(crate) title: String,
    /// The zone whose wall time is shown.
    pub(crate) zone: Tz,
    /// What is shown at least; spans and marks outside widen it.
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
    pub(crate) spans: Vec<Span>,
    pub(crate) marks: Vec<Mark>,
}

/// Something that lasted, such as the impact or a phase. Where it ends before it starts, the two are taken the other way
/// round.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) label: String,
    pub(crate) from: DateTime<Utc>,
    pub(crate) to: DateTime<Utc>,
}

/// Something that happened at an instant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Mark {
    pub(crate) at: DateTime<Utc>,
    /// How people call the entry, such as `E12`.
    pub(crate) id: String,
    pub(crate) text: String,
    /// Whether it is to be named in the picture.
    pub(crate) key: bool,
}

/// Amounts side by side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BarChart {
    pub(crate) title: String,
    /// What is counted, written after each value; may be empty.
    pub(crate) unit: String,
    pub(crate) bars: Vec<Bar>,
}

/// One amount.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    /// What is not a finite number is said to be unknown; below nought no bar is drawn.
    pub(crate) value: f64,
    /// What is to be known of the value, such as `of 7 incidents`.
    pub(crate) note: Option<String>,
}

/// Amounts for each hour of the day, in wall time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HourChart {
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) rows: Vec<HourRow>,
}

/// The hours of one person, team or kind of day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HourRow {
    pub(crate) label: String,
    pub(crate) values: [f64; 24],
    /// Which hours are not working hours.
    pub(crate) out_of_hours: [bool; 24],
}

impl NodeKind {
    /// The kind as it is headed.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Trigger => "Trigger",
            Self::Factor => "Factor",
            Self::Why => "Why",
            Self::Limited => "Limited the damage",
            Self::Detected => "Detected by",
            Self::ShouldDetect => "Should have detected",
            Self::Outcome => "Outcome",
        }
    }
}

impl Standing {
    /// The standing within a sentence.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Supported => "supported",
            Self::Confirmed => "confirmed",
            Self::RuledOut => "ruled out",
        }
    }
}

impl CauseNode {
    /// Whether it counts only with a doubt: nothing proves it, or it was ruled out.
    pub(super) fn is_doubtful(&self) -> bool {
        self.standing == Standing::RuledOut || self.lacks_evidence()
    }

    pub(super) fn lacks_evidence(&self) -> bool {
        !self.evidenced && self.kind != NodeKind::Outcome
    }

    /// Category, standing and lack of evidence in words; empty for an outcome with none of them.
    pub(super) fn facts(&self) -> Vec<&str> {
        let standing = (self.kind != NodeKind::Outcome).then(|| self.standing.word());
        let category = self.category.as_deref().filter(|category| !category.trim().is_empty());
        let lack = self.lacks_evidence().then_some("no evidence");
        category.into_iter().chain(standing).chain(lack).collect()
    }
}

impl TimelinePicture {
    /// The first and the last instant of all that is shown.
    pub(super) fn bounds(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let spans = self.spans.iter().flat_map(|span| [span.from, span.to]);
        let all = spans.chain(self.marks.iter().map(|mark| mark.at)).chain([self.to]);
        all.fold((self.from, self.from), |(first, last), at| (first.min(at), last.max(at)))
    }

    /// The marks by time, those of one instant in the given order.
    pub(super) fn sorted_marks(&self) -> Vec<&Mark> {
        let mut marks: Vec<&Mark> = self.marks.iter().collect();
        marks.sort_by_key(|mark| mark.at);
        marks
    }
}

impl Span {
    /// Start and end, the earlier first.
    pub(super) fn ends(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        (self.from.min(self.to), self.from.max(self.to))
    }
}
