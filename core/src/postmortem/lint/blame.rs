//! Blaming language: a person next to words of fault. It is found by words alone, so it is a warning and no more.

use std::collections::BTreeSet;

use crate::directory::Directory;

/// What can be said in its place.
pub(super) const HINT: &str = "say what the system allowed, and ask what made it possible";

/// Words that stand for somebody.
const SOMEBODY: [&str; 22] = [
    "he",
    "she",
    "they",
    "someone",
    "somebody",
    "nobody",
    "everyone",
    "operator",
    "operators",
    "engineer",
    "engineers",
    "developer",
    "developers",
    "admin",
    "administrator",
    "on-call",
    "oncall",
    "responder",
    "responders",
    "intern",
    "colleague",
    "team",
];

/// Words of fault behind whoever they are about; of several words each follows the one before it.
const BEHIND: [&[&str]; 25] = [
    &["forgot"],
    &["forgets"],
    &["failed", "to"],
    &["fails", "to"],
    &["should", "have"],
    &["should've"],
    &["shouldn't", "have"],
    &["should", "not", "have"],
    &["could", "have"],
    &["neglected"],
    &["broke"],
    &["caused"],
    &["ignored"],
    &["overlooked"],
    &["messed", "up"],
    &["screwed", "up"],
    &["was", "careless"],
    &["was", "negligent"],
    &["was", "sloppy"],
    &["was", "to", "blame"],
    &["is", "to", "blame"],
    &["did", "not", "bother"],
    &["didn't", "bother"],
    &["made", "a", "mistake"],
    &["carelessly"],
];

/// Words of fault before whoever they are about.
const BEFORE: [&[&str]; 11] = [
    &["fault", "of"],
    &["mistake", "of"],
    &["mistake", "by"],
    &["error", "by"],
    &["error", "of"],
    &["negligence", "of"],
    &["carelessness", "of"],
    &["caused", "by"],
    &["broken", "by"],
    &["blame"],
    &["blames"],
];

/// Words that blame by themselves.
const ALONE: [&[&str]; 5] =
    [&["human", "error"], &["operator", "error"], &["user", "error"], &["pilot", "error"], &["fat", "fingered"]];

/// Words that may stand between somebody and the words of fault.
const BETWEEN: [&str; 16] = [
    "had",
    "has",
    "have",
    "just",
    "simply",
    "also",
    "then",
    "again",
    "clearly",
    "obviously",
    "really",
    "who",
    "the",
    "an",
    "a",
    "our",
];
/// How many of them.
const BETWEEN_MAX: usize = 2;

/// Words that say whose something is.
const OWNERS: [&str; 3] = ["his", "her", "their"];
/// What can be somebody's fault.
const FAULTS: [&str; 6] = ["fault", "mistake", "negligence", "carelessness", "sloppiness", "oversight"];

/// Words that blame somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blamed {
    /// As they stand in the text, a few words at most.
    quote: String,
}

impl Blamed {
    pub(super) fn message(&self) -> String {
        format!("\"{}\" says whose fault it was", self.quote)
    }
}

/// One word of a text: as it stands there, and as it is compared.
struct Word {
    start: usize,
    end: usize,
    lower: String,
    /// A sentence ends behind it.
    ends: bool,
}

/// Every place of a text that blames somebody, each once.
pub(super) fn find(text: &str, directory: &Directory) -> Vec<Blamed> {
    let words = words(text);
    let names = names(directory);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for at in 0..words.len() {
        let span = alone(&words, at).or_else(|| behind(&words, at, &names)).or_else(|| before(&words, at, &names));
        if let Some(span) = span.filter(|(from, _)| found.last().is_none_or(|(_, last)| from > last)) {
            found.push(span);
        }
    }
    let quoted = |(from, to): &(usize, usize)| {
        let (first, last) = (words.get(*from)?, words.get(*to)?);
        let quote = text.get(first.start..last.end)?;
        Some(Blamed { quote: quote.split_whitespace().collect::<Vec<_>>().join(" ") })
    };
    found.iter().filter_map(quoted).collect()
}

fn words(text: &str) -> Vec<Word> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '_');
    let mut words: Vec<Word> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = text.get(from..at).unwrap_or_default();
                let lower = word.to_lowercase().replace('’', "'");
                words.push(Word { start: from, end: at, lower, ends: false });
                start = None;
            }
            _ => {}
        }
        if matches!(c, '.' | '!' | '?' | ';' | ':' | '\n' | '(' | ')')
            && let Some(last) = words.last_mut()
        {
            last.ends = true;
        }
    }
    words
}

/// Handles and names of people, with each name's parts; in lower case.
fn names(directory: &Directory) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for person in directory.people.values() {
        names.insert(person.handle.as_str().to_lowercase());
        // A short part of a name may be any word.
        let parts = person.name.split_whitespace().filter(|part| part.chars().count() > 2);
        names.extend(parts.map(str::to_lowercase));
    }
    names
}

/// Whether the word stands for somebody.
fn is_somebody(word: &Word, names: &BTreeSet<String>) -> bool {
    let bare = word.lower.strip_suffix("'s").unwrap_or(&word.lower);
    SOMEBODY.contains(&bare) || OWNERS.contains(&bare) || names.contains(bare)
}

/// Whether it says whose something is.
fn is_owner(word: &Word) -> bool {
    word.lower.ends_with("'s") || OWNERS.contains(&word.lower.as_str())
}

/// Whether these words stand one after the other in one sentence, from `at` on; where they end.
fn stand(words: &[Word], at: usize, wanted: &[&str]) -> Option<usize> {
    let last = at.checked_add(wanted.len())?.checked_sub(1)?;
    let held = words.get(at..=last)?;
    let together = held.iter().take(wanted.len() - 1).all(|word| !word.ends);
    (together && held.iter().zip(wanted).all(|(word, wanted)| word.lower == *wanted)).then_some(last)
}

fn alone(words: &[Word], at: usize) -> Option<(usize, usize)> {
    let phrase = ALONE.iter().find_map(|wanted| stand(words, at, wanted));
    phrase.map(|last| (at, last))
}

/// Somebody, and behind them words of fault, or a fault that is theirs.
fn behind(words: &[Word], at: usize, names: &BTreeSet<String>) -> Option<(usize, usize)> {
    let word = words.get(at).filter(|word| is_somebody(word, names))?;
    if is_owner(word) {
        words.get(at + 1).filter(|next| FAULTS.contains(&next.lower.as_str()))?;
        return (!word.ends).then_some((at, at + 1));
    }
    for next in at + 1..=at + 1 + BETWEEN_MAX {
        if words.get(next - 1).is_none_or(|word| word.ends) {
            return None;
        }
        if let Some(last) = BEHIND.iter().find_map(|wanted| stand(words, next, wanted)) {
            return Some((at, last));
        }
        words.get(next).filter(|word| BETWEEN.contains(&word.lower.as_str()))?;
    }
    None
}

/// Words of fault, and behind them somebody.
fn before(words: &[Word], at: usize, names: &BTreeSet<String>) -> Option<(usize, usize)> {
    let last = BEFORE.iter().find_map(|wanted| stand(words, at, wanted))?;
    for next in last + 1..=last + 1 + BETWEEN_MAX {
        if words.get(next - 1).is_none_or(|word| word.ends) {
            return None;
        }
        let word = words.get(next)?;
        if is_somebody(word, names) {
            // "caused by the team's deploy" is about the deploy.
            return (!is_owner(word)).then_some((at, next));
        }
        if !BETWEEN.contains(&word.lower.as_str()) {
            return None;
        }
    }
    None
}
