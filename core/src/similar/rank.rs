//! How like an incident others are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Row, SearchedText, marks, parts};
use crate::ids::IncidentId;

/// At most so many candidates are found by rare words.
const RARE_INCIDENTS: i64 = 500;
/// Words that are in more incidents than this are looked for among the newest alone.
const COMMON_INCIDENTS: i64 = 8_000;
/// At most so many rare words, and so many common ones, are looked for.
pub(super) const RARE_WORDS: usize = 32;
pub(super) const COMMON_WORDS: usize = 3;
/// Words alone make two incidents similar from here on, in thousandths. A word that next to no other incident has counts a
/// thousand, one that all have next to nothing; in both titles it counts twice, and in neither half.
const ENOUGH: u32 = 800;
/// So many words are named as reasons of one kind.
const NAMED: usize = 5;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    row: Row,
    /// What people call the marks.
    named: BTreeMap<String, (Kind, String)>,
}

/// In how many incidents words are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frequencies {
    /// How many incidents there are.
    pub incidents: i64,
    /// In how many of them a word is; one that is absent is in none.
    pub of: BTreeMap<String, i64>,
}

/// How candidates are found without reading much of a large installation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// Whatever has any of these is a candidate: few incidents have.
    pub rare: Vec<String>,
    /// The newest that have two of these are; where there is one alone, those that have it.
    pub common: Vec<String>,
    /// They are so common that only the newest incidents are looked through.
    pub newest: bool,
    /// The newest that have any of these are.
    pub marks: Vec<String>,
}

/// Why two incidents are similar. Every list holds what both have, what counts most first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons {
    pub factors: Vec<String>,
    pub alerts: Vec<String>,
    pub services: Vec<String>,
    /// Words of both titles.
    pub titles: Vec<String>,
    /// Other words of both.
    pub words: Vec<String>,
}

/// An incident that is like the one that was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub incident: IncidentId,
    /// In thousandths of what a word counts that nobody else has.
    pub score: u32,
    pub reasons: Reasons,
}

impl Query {
    /// What is looked for on behalf of such an incident.
    pub fn of(incident: IncidentId, text: &SearchedText<'_>) -> Self {
        let named = marks(text).into_iter().map(|(kind, mark, name)| (mark, (kind, name.to_owned())));
        Self { row: Row::of_text(incident, text), named: named.collect() }
    }

    /// Who asks.
    pub fn incident(&self) -> IncidentId {
        self.row.incident
    }

    /// The words whose frequencies are wanted.
    pub fn words(&self) -> Vec<String> {
        self.row.words().map(str::to_owned).collect()
    }

    /// How candidates are found.
    pub fn plan(&self, known: &Frequencies) -> Plan {
        let mut words: Vec<(i64, &str)> = self
            .row
            .words()
            .filter_map(|word| Some((known.of.get(word).copied().filter(|count| *count > 0)?, word)))
            .collect();
        words.sort_unstable();
        let mut plan = Plan { marks: self.named.keys().cloned().collect(), ..Plan::default() };
        let mut candidates = 0;
        let rare = words.iter().take(RARE_WORDS).take_while(|(count, _)| {
            candidates += count;
            candidates <= RARE_INCIDENTS
        });
        let rare = rare.count();
        plan.rare = words.drain(..rare).map(|(_, word)| word.to_owned()).collect();
        let common = words.iter().filter(|(count, _)| *count <= COMMON_INCIDENTS).count();
        // Words that nearly all have say something only where there is next to nothing else.
        plan.newest = common == 0 || (common == 1 && rare == 0 && words.len() > 1);
        let most = if plan.newest { COMMON_WORDS } else { common.min(COMMON_WORDS) };
        plan.common = words.into_iter().take(most).map(|(_, word)| word.to_owned()).collect();
        plan
    }
}

impl Frequencies {
    /// What a word counts, from next to nothing to a thousand.
    #[expect(clippy::cast_precision_loss, reason = "nobody has so many incidents that it matters")]
    fn weight(&self, word: &str) -> f64 {
        let all = self.incidents.max(1) as f64;
        let with = self.of.get(word).copied().unwrap_or(1).clamp(1, self.incidents.max(1)) as f64;
        1_000.0 * (1.0 + all / with).ln() / (1.0 + all).ln()
    }
}

/// What a mark counts.
fn weight(kind: Kind) -> u32 {
    match kind {
        Kind::Factor => 3_000,
        Kind::Alert => 2_500,
        Kind::Service => 1_000,
    }
}

/// Those candidates that are similar, what is most similar first, and among equals the newest. A candidate that is there
/// several times counts once.
pub fn rank(query: &Query, known: &Frequencies, candidates: &[Row]) -> Vec<Match> {
    let titled: BTreeSet<&str> = parts(&query.row.title).collect();
    let weights: BTreeMap<&str, f64> = query.row.words().map(|word| (word, known.weight(word))).collect();
    let mut seen = BTreeSet::from([query.row.incident]);
    let mut matches: Vec<Match> = candidates
        .iter()
        .filter(|row| seen.insert(row.incident))
        .filter_map(|row| compared(query, (&titled, &weights), row))
        .collect();
    matches.sort_by_key(|found| std::cmp::Reverse((found.score, found.incident)));
    matches
}

fn compared(query: &Query, (titled, weights): (&BTreeSet<&str>, &BTreeMap<&str, f64>), row: &Row) -> Option<Match> {
    let mut reasons = Reasons::default();
    let mut same = 0;
    for (kind, name) in row.each_mark().filter_map(|mark| query.named.get(mark)) {
        same += weight(*kind);
        let of_kind = match kind {
            Kind::Factor => &mut reasons.factors,
            Kind::Alert => &mut reasons.alerts,
            Kind::Service => &mut reasons.services,
        };
        of_kind.push(name.clone());
    }
    let (mut of_titles, mut others, mut words) = (Vec::new(), Vec::new(), 0.0);
    for (word, in_title) in parts(&row.title).map(|word| (word, true)).chain(parts(&row.body).map(|word| (word, false)))
    {
        let Some(weight) = weights.get(word) else { continue };
        match (titled.contains(word), in_title) {
            (true, true) => {
                words += 2.0 * weight;
                of_titles.push((*weight, word));
            }
            (false, false) => {
                words += 0.5 * weight;
                others.push((*weight, word));
            }
            _ => {
                words += weight;
                others.push((*weight, word));
            }
        }
    }
    // Who titles two incidents alike has seen that they are; a word alone may be anybody's habit.
    let alike = of_titles.len() > 1 && of_titles.len() == titled.len() && of_titles.len() == parts(&row.title).count();
    let words = thousandths(words);
    reasons.titles = counting_most(of_titles);
    reasons.words = counting_most(others);
    (same > 0 || alike || words >= ENOUGH).then(|| Match {
        incident: row.incident,
        score: same.saturating_add(words),
        reasons,
    })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of some hundred positive weights")]
fn thousandths(sum: f64) -> u32 {
    sum.round() as u32
}

fn counting_most(mut words: Vec<(f64, &str)>) -> Vec<String> {
    words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    words.into_iter().take(NAMED).map(|(_, word)| word.to_owned()).collect()
}
