//! The analysis: what led to what, how sure it is and by what evidence.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::WhoView;
use super::format::{Clock, paragraphs};
use super::record::{Amendments, Record};
use crate::ids::{CauseId, EntryId};
use crate::incident::{Incident, Status};
use crate::rca::{Analysis, Cause, CauseRole, Confidence, Verdict};
use crate::timeline::{Change, Correction, REDACTED};

/// The longest line that stands for an entry, in characters.
const LINE: usize = 120;

/// The analysis of an incident, as it stands or as it stood.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CausesView {
    /// The incident.
    pub id: String,
    /// The IANA name of the zone in which times are shown.
    pub zone: String,
    /// When it stood like that; absent where it stands so now.
    pub at: Option<String>,
    /// The incident in which the work went on, and its analysis.
    pub merged_into: Option<String>,
    /// The tree: what led to nothing else first, below each what led to it.
    pub rows: Vec<CauseRow>,
    /// What set it off.
    pub triggers: Vec<CauseView>,
    /// Contributing factors.
    pub factors: Vec<CauseView>,
    /// The chain of whys, the first one first.
    pub whys: Vec<CauseView>,
    /// What limited the damage.
    pub limited: Vec<CauseView>,
    /// How it was detected.
    pub detected: Vec<CauseView>,
    /// How it should have been detected.
    pub should_detect: Vec<CauseView>,
    /// What led to what.
    pub edges: Vec<EdgeView>,
    /// How many causes there are.
    pub counts: CauseCounts,
}

/// How many causes there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CauseCounts {
    /// All of them.
    pub all: usize,
    /// Those that nothing speaks for yet.
    pub suspected: usize,
    /// Those for which there is evidence.
    pub supported: usize,
    /// Those that people confirmed.
    pub confirmed: usize,
    /// Those that people ruled out.
    pub ruled_out: usize,
    /// Those that were not ruled out and for which there is no evidence.
    pub unsupported: usize,
    /// Those for which there is any.
    pub evidenced: usize,
}

/// One line of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CauseRow {
    /// How deep it is indented, from 0.
    pub depth: usize,
    /// Two blanks for each step of the depth.
    pub indent: String,
    /// It stands in full further up, and is only named here.
    pub again: bool,
    #[serde(flatten)]
    pub cause: CauseView,
}

/// One cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that templates ask for")]
pub struct CauseView {
    /// `F2`.
    pub id: String,
    /// The claim, in full.
    pub text: String,
    /// The same, split into its lines, without the empty ones.
    pub paragraphs: Vec<String>,
    /// The same in one line.
    pub line: String,
    /// The word of its role in commands: `factor`.
    pub role: &'static str,
    /// What its role is called: `contributing factor`.
    pub role_name: &'static str,
    /// Which of the configured categories it belongs to.
    pub category: Option<String>,
    /// `suspected`, `supported`, `confirmed` or `ruled out`.
    pub confidence: &'static str,
    /// Whether people confirmed it.
    pub confirmed: bool,
    /// Whether people ruled it out.
    pub ruled_out: bool,
    /// Why it was ruled out.
    pub reason: Option<String>,
    /// Who confirmed it or ruled it out.
    pub judged_by: Option<WhoView>,
    /// When it was confirmed or ruled out.
    pub judged: Option<String>,
    /// Nothing supports it.
    pub unsupported: bool,
    /// The entries that support it.
    pub evidence: Vec<EvidenceView>,
    /// Its words were taken out of the record.
    pub redacted: bool,
    /// Who said so.
    pub author: WhoView,
    /// When it was said so.
    pub added: String,
    /// The entry that says it: `E12`.
    pub entry: String,
    /// What it led to: `F1`.
    pub leads_to: Vec<String>,
    /// What led to it.
    pub because_of: Vec<String>,
}

/// Something that supports a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EvidenceView {
    /// `E12`.
    pub entry: String,
    /// What the entry says, in one line.
    pub words: String,
    /// Where it leads, if it is a link or a message that can be read elsewhere.
    pub url: Option<String>,
    /// When it happened.
    pub time: String,
    /// Who recorded it.
    pub who: Option<WhoView>,
    /// Its words were taken out of the record.
    pub redacted: bool,
}

/// That one cause led to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EdgeView {
    /// The cause: `F2`.
    pub from: String,
    /// What it led to: `F1`.
    pub to: String,
}

/// One cause of an incident, where it is shown alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseShownView {
    /// The incident.
    pub id: String,
    pub zone: String,
    pub cause: CauseView,
}

impl CausesView {
    /// The analysis as it stands; needs the entries for the words of the evidence.
    pub fn of(record: &Record<'_>) -> Self {
        Self::told(record, &record.incident.analysis, None)
    }

    /// The analysis as it stood at an instant; `None` before the declaration. What was redacted since is redacted there, too.
    pub fn at(record: &Record<'_>, at: DateTime<Utc>) -> Option<Self> {
        let then = Incident::as_of(record.entries, at)?;
        Some(Self::told(record, &then.analysis, Some(at)))
    }

    fn told(record: &Record<'_>, analysis: &Analysis, at: Option<DateTime<Utc>>) -> Self {
        let clock = Clock::of(record);
        let teller = Teller::new(record, analysis, clock);
        let views: HashMap<CauseId, CauseView> =
            analysis.causes.iter().map(|cause| (cause.id, teller.cause(cause))).collect();
        let of = |role| {
            let causes = analysis.causes.iter().filter(move |cause| cause.role == role);
            causes.filter_map(|cause| views.get(&cause.id).cloned()).collect()
        };
        let row = |branch: &crate::rca::Branch<'_>| {
            let cause = views.get(&branch.cause.id).cloned()?;
            Some(CauseRow { depth: branch.depth, indent: "  ".repeat(branch.depth), again: branch.again, cause })
        };
        let edge = |edge: &crate::rca::Edge| EdgeView { from: edge.from.to_string(), to: edge.to.to_string() };
        Self {
            id: record.incident.id.to_string(),
            zone: record.times.name(),
            at: at.map(|at| clock.dated(at)),
            merged_into: match &record.incident.status {
                Status::Merged { into, .. } => Some(into.to_string()),
                _ => None,
            },
            rows: analysis.tree().iter().filter_map(row).collect(),
            triggers: of(CauseRole::Trigger),
            factors: of(CauseRole::Factor),
            whys: of(CauseRole::Why),
            limited: of(CauseRole::Limited),
            detected: of(CauseRole::Detected),
            should_detect: of(CauseRole::ShouldDetect),
            edges: analysis.edges.iter().map(edge).collect(),
            counts: CauseCounts::of(analysis),
        }
    }

    /// Every cause, in the order in which they were added.
    pub fn causes(&self) -> impl Iterator<Item = &CauseView> {
        let by_role = [&self.triggers, &self.factors, &self.whys, &self.limited, &self.detected, &self.should_detect];
        by_role.into_iter().flatten()
    }
}

impl CauseShownView {
    /// One cause as it stands; `None` where there is none of that number.
    pub fn of(record: &Record<'_>, cause: CauseId) -> Option<Self> {
        let analysis = &record.incident.analysis;
        let teller = Teller::new(record, analysis, Clock::of(record));
        let cause = teller.cause(analysis.cause(cause)?);
        Some(Self { id: record.incident.id.to_string(), zone: record.times.name(), cause })
    }
}

impl CauseCounts {
    fn of(analysis: &Analysis) -> Self {
        let count = |wanted| analysis.causes.iter().filter(|cause| cause.confidence() == wanted).count();
        let stands = |cause: &&Cause| cause.confidence() != Confidence::RuledOut;
        Self {
            all: analysis.causes.len(),
            suspected: count(Confidence::Suspected),
            supported: count(Confidence::Supported),
            confirmed: count(Confidence::Confirmed),
            ruled_out: count(Confidence::RuledOut),
            unsupported: analysis.causes.iter().filter(stands).filter(|cause| cause.is_unsupported()).count(),
            evidenced: analysis.causes.iter().filter(|cause| !cause.evidence.is_empty()).count(),
        }
    }
}

/// Tells causes of one record.
struct Teller<'a> {
    record: &'a Record<'a>,
    analysis: &'a Analysis,
    clock: Clock,
    amendments: Amendments<'a>,
}

impl<'a> Teller<'a> {
    fn new(record: &'a Record<'a>, analysis: &'a Analysis, clock: Clock) -> Self {
        Self { record, analysis, clock, amendments: Amendments::of(record.entries) }
    }

    fn cause(&self, cause: &Cause) -> CauseView {
        let confidence = cause.confidence();
        let text = &cause.said.text;
        CauseView {
            id: cause.id.to_string(),
            text: text.clone(),
            paragraphs: paragraphs(text),
            line: one_line(text),
            role: cause.role.word(),
            role_name: cause.role.name(),
            category: cause.category.as_ref().map(ToString::to_string),
            confidence: confidence.word(),
            confirmed: confidence == Confidence::Confirmed,
            ruled_out: confidence == Confidence::RuledOut,
            reason: match &cause.verdict {
                Verdict::RuledOut { reason } => Some(reason.clone()),
                Verdict::Open | Verdict::Confirmed => None,
            },
            judged_by: cause.judged.as_ref().map(|mark| WhoView::of(&mark.by, self.record)),
            judged: cause.judged.as_ref().map(|mark| self.clock.moment(mark.at)),
            unsupported: cause.is_unsupported(),
            evidence: cause.evidence.iter().map(|entry| self.evidence(*entry)).collect(),
            redacted: text == REDACTED,
            author: WhoView::of(&cause.said.mark.by, self.record),
            added: self.clock.moment(cause.said.mark.at),
            entry: cause.said.mark.entry.to_string(),
            leads_to: self.analysis.leads_to(cause.id).map(|id| id.to_string()).collect(),
            because_of: self.analysis.because_of(cause.id).map(|id| id.to_string()).collect(),
        }
    }

    fn evidence(&self, id: EntryId) -> EvidenceView {
        // Entries are numbered without gaps, and still are found if they were not.
        let at = usize::try_from(id.0 - 1).ok().and_then(|at| self.record.entries.get(at));
        let at = at.filter(|entry| entry.id == id);
        let entry = at.or_else(|| self.record.entries.iter().find(|entry| entry.id == id));
        let Some(entry) = entry else {
            let (words, time) = (String::new(), String::new());
            return EvidenceView { entry: id.to_string(), words, url: None, time, who: None, redacted: false };
        };
        let effective = self.amendments.effective(entry);
        let change = effective.change.as_deref().filter(|_| !effective.redacted);
        let who = match change {
            Some(Change::MessageMarked { author, .. } | Change::MessageCited { author: Some(author), .. }) => {
                crate::actor::Who::Person(*author)
            }
            _ => entry.actor.who.clone(),
        };
        EvidenceView {
            entry: id.to_string(),
            words: change.map_or_else(|| REDACTED.to_owned(), said),
            url: match change {
                Some(Change::Linked { url, .. }) => Some(url.clone()),
                Some(Change::MessageCited { link, .. }) => link.clone(),
                _ => None,
            },
            time: self.clock.moment(effective.happened_at),
            who: Some(WhoView::of(&who, self.record)),
            redacted: effective.redacted,
        }
    }
}

/// What an entry says, in one line.
fn said(change: &Change) -> String {
    match change {
        Change::Declared(declared) => one_line(&declared.title),
        Change::SummarySet { text }
        | Change::Noted { text }
        | Change::Updated { text, .. }
        | Change::ActionAdded { text, .. }
        | Change::MessageMarked { text, .. }
        | Change::MessageCited { text, .. }
        | Change::ImpactSet { text: Some(text), .. }
        | Change::Resolved { summary: text }
        | Change::Cancelled { reason: Some(text) }
        | Change::Reopened { reason: Some(text), .. }
        | Change::Paged { message: Some(text), .. }
        | Change::FieldSet { value: Some(text), .. }
        | Change::Linked { title: Some(text), .. }
        | Change::Corrected { correction: Correction::Text { text }, .. }
        | Change::Linked { title: None, url: text }
        | Change::FileSettled { name: text, .. } => one_line(text),
        Change::StatusChanged { to } => format!("status {}", to.word()),
        Change::SeverityChanged { to, .. } => format!("severity {to}"),
        other => other.kind().replace('_', " "),
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
