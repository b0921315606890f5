//! One time over many incidents.

use chrono::TimeDelta;
use serde::Serialize;

use crate::when::format_duration;

/// One time over many incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// `detect`, `acknowledge`, `mitigate` or `resolve`, or what the installation calls it.
    pub word: String,
    /// From what to what.
    pub about: String,
    /// Of how many incidents it is known.
    pub incidents: usize,
    /// `12 min 30 s`; absent where it is known of none.
    pub median: Option<String>,
    pub median_s: Option<i64>,
    /// Nine in ten took no longer.
    pub p90: Option<String>,
    pub p90_s: Option<i64>,
}

/// The times that are always told: the word of each, and from what to what it is counted.
pub(super) const ALWAYS: [(&str, &str); 4] = [
    ("detect", "from the start of the impact to its detection"),
    ("acknowledge", "from the declaration to the first acknowledgement"),
    ("mitigate", "from the start of the impact, else the declaration, to the mitigation"),
    ("resolve", "from the start of the impact, else the declaration, to the resolution"),
];

impl Figure {
    /// A time with what it took in each incident, where that is known.
    pub(super) fn of(word: &str, about: &str, took: impl Iterator<Item = Option<TimeDelta>>) -> Self {
        let mut known: Vec<TimeDelta> = took.flatten().collect();
        known.sort_unstable();
        let (median, p90) = (percentile(&known, 50), percentile(&known, 90));
        let seconds = |took: Option<TimeDelta>| took.map(|took| took.num_seconds());
        Self {
            word: word.to_owned(),
            about: about.to_owned(),
            incidents: known.len(),
            median: median.map(format_duration),
            median_s: seconds(median),
            p90: p90.map(format_duration),
            p90_s: seconds(p90),
        }
    }
}

/// The `percent`th percentile of values in ascending order, by nearest rank: the value at place ⌈percent/100 · n⌉, counted from
/// 1. Nothing of no values; the first for 0, the last for 100 and more.
pub fn percentile<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let rank = sorted.len().saturating_mul(percent.min(100)).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}
