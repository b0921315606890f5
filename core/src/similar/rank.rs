//! How like an incident others are.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{Kind, Row, SearchedText, marks, parts};
use crate::ids::IncidentId;

/// At most so many candidates are found by rare words.
const RARE_INCIDENTS: i64 = 500;
/// Words that are in more incidents than this are looked for among the newest alone.
const COMMON_INCIDENTS: i64 = 8_000;
/// A single common word is looked for up to here. In both titles it counts enough only where it is in no more than the number
/// of incidents to the power of three fifths, which this is for 300,000.
const LONE_INCIDENTS: i64 = 2_000;
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
    /// Of the newest incidents each is, since what is left to look for is in too many.
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

/// A candidate that is like the incident that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'c> {
    pub row: Row<&'c str>,
    /// In thousandths of what a word counts that nobody else has.
    pub score: u32,
}

/// What candidates are compared with.
#[derive(Debug)]
pub struct Ranking<'q> {
    query: &'q Query,
    /// Each word that is looked for. That people may choose words that fall together is no danger: those of one incident are
    /// some hundred.
    words: FxHashMap<&'q str, Sought>,
    /// How many of them are in the title.
    titled: usize,
}

/// A word that is looked for.
#[derive(Debug, Clone, Copy)]
struct Sought {
    weight: f64,
    in_title: bool,
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
        self.row.borrowed().words().map(str::to_owned).collect()
    }

    /// How candidates are found.
    pub fn plan(&self, known: &Frequencies) -> Plan {
        let mut words: Vec<(i64, &str)> = self
            .row
            .borrowed()
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
        let lone = common == 1 && words.first().is_some_and(|(count, _)| *count > LONE_INCIDENTS);
        // Words that nearly all have say something only where there is next to nothing else.
        let alone = common == 1 && rare == 0 && words.len() > 1;
        plan.newest = !words.is_empty() && (common == 0 || lone || alone);
        let looked_for = if plan.newest { 0 } else { common.min(COMMON_WORDS) };
        plan.common = words.into_iter().take(looked_for).map(|(_, word)| word.to_owned()).collect();
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

impl<'q> Ranking<'q> {
    /// Of what is looked for, by how common it is.
    pub fn new(query: &'q Query, known: &Frequencies) -> Self {
        let placed = query.row.borrowed().placed();
        let words: FxHashMap<&str, Sought> =
            placed.map(|(word, in_title)| (word, Sought { weight: known.weight(word), in_title })).collect();
        let titled = words.values().filter(|sought| sought.in_title).count();
        Self { query, words, titled }
    }

    /// Those candidates that are similar, what is most similar first, and among equals the newest. A candidate that is there
    /// several times counts once.
    pub fn rank<'c>(&self, candidates: impl IntoIterator<Item = Row<&'c str>>) -> Vec<Match<'c>> {
        let mut matches: Vec<Match<'c>> = candidates
            .into_iter()
            .filter(|row| row.incident != self.query.row.incident)
            .filter_map(|row| Some(Match { row, score: self.score(row)? }))
            .collect();
        matches.sort_by_key(|found| std::cmp::Reverse((found.score, found.row.incident)));
        matches.dedup_by_key(|found| found.row.incident);
        matches
    }

    /// What a candidate counts, if it is similar.
    fn score(&self, row: Row<&str>) -> Option<u32> {
        let marks: u32 = self.marks(row).map(|(kind, _)| weight(kind)).sum();
        let (mut words, mut in_titles) = (0.0, 0);
        for (sought, _, in_title) in self.words(row) {
            words += sought.counts(in_title);
            in_titles += usize::from(sought.in_title && in_title);
        }
        // Who titles two incidents alike has seen that they are; a word alone may be anybody's habit.
        let alike = in_titles > 1 && in_titles == self.titled && in_titles == parts(row.title).count();
        let words = thousandths(words);
        (marks > 0 || alike || words >= ENOUGH).then(|| marks.saturating_add(words))
    }

    /// Why a candidate is similar.
    pub fn reasons(&self, row: Row<&str>) -> Reasons {
        let mut reasons = Reasons::default();
        for (kind, name) in self.marks(row) {
            let of_kind = match kind {
                Kind::Factor => &mut reasons.factors,
                Kind::Alert => &mut reasons.alerts,
                Kind::Service => &mut reasons.services,
            };
            of_kind.push(name.to_owned());
        }
        let (of_titles, others): (Vec<_>, Vec<_>) =
            self.words(row).partition(|(sought, _, in_title)| sought.in_title && *in_title);
        reasons.titles = counting_most(of_titles);
        reasons.words = counting_most(others);
        reasons
    }

    /// The marks that a candidate has of those that are looked for.
    fn marks<'s>(&'s self, row: Row<&'s str>) -> impl Iterator<Item = (Kind, &'s str)> {
        row.each_mark().filter_map(|mark| self.query.named.get(mark)).map(|(kind, name)| (*kind, name.as_str()))
    }

    /// The words that a candidate has of those that are looked for, and whether it has them in its title.
    fn words<'s>(&'s self, row: Row<&'s str>) -> impl Iterator<Item = (Sought, &'s str, bool)> {
        row.placed().filter_map(|(word, in_title)| Some((*self.words.get(word)?, word, in_title)))
    }
}

impl Sought {
    /// What it counts where another has it too.
    fn counts(self, in_title: bool) -> f64 {
        match (self.in_title, in_title) {
            (true, true) => 2.0 * self.weight,
            (false, false) => 0.5 * self.weight,
            _ => self.weight,
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of some hundred positive weights")]
fn thousandths(sum: f64) -> u32 {
    sum.round() as u32
}

fn counting_most(mut words: Vec<(Sought, &str, bool)>) -> Vec<String> {
    words.sort_by(|a, b| b.0.weight.total_cmp(&a.0.weight).then(a.1.cmp(b.1)));
    words.into_iter().take(NAMED).map(|(_, word, _)| word.to_owned()).collect()
}
