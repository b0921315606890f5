//! A loop that fails again and again says so once, then once a minute, and once more when it is over.

use chrono::{DateTime, TimeDelta, Utc};

use crate::intake::Fault;

/// From one line to the next while it goes on.
const REMINDER: TimeDelta = TimeDelta::minutes(1);

/// The failures of one loop.
#[derive(Debug)]
pub(super) struct Failing {
    /// What is said of a failure, and what when it is over.
    words: (&'static str, &'static str),
    /// While it goes on: when the last line was written, how many failures were passed over since, and how many there
    /// were.
    now: Option<(DateTime<Utc>, u64, u64)>,
}

impl Failing {
    /// A loop that has not failed.
    pub(super) fn new(failed: &'static str, over: &'static str) -> Self {
        Self { words: (failed, over), now: None }
    }

    /// How one round of the loop ended; the log hears what is news.
    pub(super) fn heard<T>(&mut self, round: &Result<T, Fault>, now: DateTime<Utc>) {
        let (failed, over) = self.words;
        match round {
            Ok(_) => {
                if let Some(failures) = self.is_well() {
                    tracing::info!(failures, "{over}");
                }
            }
            Err(fault) => {
                if let Some(passed_over) = self.failed(now) {
                    tracing::error!(%fault, passed_over, "{failed}");
                }
            }
        }
    }

    /// It failed. Answers whether to write a line, and how many failures were passed over since the last one.
    fn failed(&mut self, now: DateTime<Utc>) -> Option<u64> {
        let Some((told, passed_over, all)) = &mut self.now else {
            self.now = Some((now, 0, 1));
            return Some(0);
        };
        *all += 1;
        if now.signed_duration_since(*told) < REMINDER {
            *passed_over += 1;
            return None;
        }
        *told = now;
        Some(std::mem::take(passed_over))
    }

    /// It did not fail. Answers how many failures are over, if any are.
    fn is_well(&mut self) -> Option<u64> {
        self.now.take().map(|(_, _, all)| all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_failure_is_told_once_a_minute() {
        let mut failing = Failing::new("it fails", "it is over");
        let at = |second| DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        assert_eq!(failing.is_well(), None);
        let lines: Vec<(i64, u64)> =
            (0..=150).filter_map(|second| Some((second, failing.failed(at(second))?))).collect();
        assert_eq!(lines, [(0, 0), (60, 59), (120, 59)]);
        assert_eq!(failing.is_well(), Some(151));
        assert_eq!(failing.is_well(), None, "it is told once that it is over");
        assert_eq!(failing.failed(at(151)), Some(0), "another failure is news");
    }
}
