//! Which incidents are like one, and why. A database only finds candidates; what is like what is decided here, so that
//! both engines answer the same.

mod rank;
#[cfg(test)]
mod tests;
mod words;

pub use self::rank::{Frequencies, Match, Plan, Query, Ranking, Reasons};
pub use self::words::{WORD_MAX, words};
use crate::actor::Who;
use crate::ids::{IncidentId, Key};
use crate::incident::{Incident, Status};
use crate::timeline::REDACTED;

/// So many words of what is said beside the title are searched.
const BODY_WORDS: usize = 120;
/// Longest mark, in bytes.
const MARK_MAX: usize = 200;

/// What of an incident is searched. Comparing two costs little, which is how a commit knows that nothing of it changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchedText<'i> {
    pub title: &'i str,
    pub summary: Option<&'i str>,
    /// What was confirmed to have contributed.
    pub factors: Vec<&'i str>,
    pub services: Vec<&'i Key>,
    /// The names of its alerts.
    pub names: Vec<&'i str>,
}

/// What of this incident is searched. Whatever has been redacted is not.
pub fn searched(incident: &Incident) -> SearchedText<'_> {
    let kept = |text: &str| text != REDACTED;
    SearchedText {
        title: Some(incident.title.as_str()).filter(|title| kept(title)).unwrap_or_default(),
        summary: incident.summary.as_ref().map(|said| said.text.as_str()).filter(|text| kept(text)),
        factors: incident
            .analysis
            .confirmed()
            .map(|cause| cause.said.text.as_str())
            .filter(|text| kept(text))
            .collect(),
        services: incident.services.iter().collect(),
        names: alert(incident).into_iter().filter(|name| kept(name)).collect(),
    }
}

/// What a program called what it raised this incident for: whenever that goes off again, it is called the same.
fn alert(incident: &Incident) -> Option<&str> {
    matches!(incident.declared.by, Who::Integration(_)).then_some(incident.title.as_str())
}

/// Whether an incident is worth being told of to those who have a similar one. A drill was none, nor was what was
/// cancelled, and what was merged goes on elsewhere.
pub fn is_told(incident: &Incident) -> bool {
    !incident.drill && !matches!(incident.status, Status::Cancelled { .. } | Status::Merged { .. })
}

/// An incident that is like another, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    pub incident: Incident,
    pub reasons: Reasons,
}

/// What is stored of an incident to be searched: words and marks, each once, in their order, with a space between. A mark
/// is what must be the same as a whole: `service:checkout`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<T = String> {
    pub incident: IncidentId,
    /// The words of its title.
    pub title: T,
    /// The words of all else, without those of the title.
    pub body: T,
    pub marks: T,
}

/// What two incidents can have in common as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Factor,
    Alert,
    Service,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Factor => "factor:",
            Self::Alert => "alert:",
            Self::Service => "service:",
        }
    }
}

impl Row {
    /// What is stored of this incident.
    pub fn of(incident: &Incident) -> Self {
        Self::of_text(incident.id, &searched(incident))
    }

    /// What is stored of such a text.
    pub fn of_text(incident: IncidentId, text: &SearchedText<'_>) -> Self {
        let title = once(words(text.title), &[]);
        let beside = text.summary.iter().chain(&text.factors).chain(&text.names);
        let mut body = once(beside.flat_map(|text| words(text)).collect(), &title);
        body.truncate(BODY_WORDS);
        let marks = once(marks(text).into_iter().map(|(_, mark, _)| mark).collect(), &[]);
        Self { incident, title: title.join(" "), body: body.join(" "), marks: marks.join(" ") }
    }

    /// The same, without its texts.
    pub fn borrowed(&self) -> Row<&str> {
        Row { incident: self.incident, title: &self.title, body: &self.body, marks: &self.marks }
    }
}

impl<'t> Row<&'t str> {
    /// All its words, each with whether it is in the title.
    pub(crate) fn placed(self) -> impl Iterator<Item = (&'t str, bool)> {
        parts(self.title).map(|word| (word, true)).chain(parts(self.body).map(|word| (word, false)))
    }

    /// All its words.
    pub fn words(self) -> impl Iterator<Item = &'t str> {
        self.placed().map(|(word, _)| word)
    }

    /// All its marks.
    pub fn each_mark(self) -> impl Iterator<Item = &'t str> {
        parts(self.marks)
    }
}

/// The marks of a text, each with its kind and with what people call it.
fn marks<'t>(text: &SearchedText<'t>) -> Vec<(Kind, String, &'t str)> {
    let named = |kind: Kind| {
        move |name: &&'t str| {
            let name: &'t str = name;
            mark(kind, &words(name).join("-")).map(|mark| (kind, mark, name))
        }
    };
    let factors = text.factors.iter().filter_map(named(Kind::Factor));
    let alerts = text.names.iter().filter_map(named(Kind::Alert));
    let services = text.services.iter().filter_map(|key| {
        let key: &'t Key = key;
        Some((Kind::Service, mark(Kind::Service, key.as_str())?, key.as_str()))
    });
    factors.chain(alerts).chain(services).collect()
}

fn mark(kind: Kind, name: &str) -> Option<String> {
    let mut mark = format!("{}{name}", kind.word());
    mark.truncate(mark.floor_char_boundary(MARK_MAX));
    (!name.is_empty()).then_some(mark)
}

/// Each once, where it comes first, without those that are known.
fn once(all: Vec<String>, known: &[String]) -> Vec<String> {
    let mut seen: std::collections::BTreeSet<String> = known.iter().cloned().collect();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}

/// What stands between the spaces.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|part| !part.is_empty())
}
