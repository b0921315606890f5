//! What is known, and what follows from it.

use chrono::{DateTime, Utc};

use super::{AUDIT_COUNTS, Audit, Database, HANGS, Part, SILENCE};
use crate::links::{Link, Linked};

/// The most that this machine's clock may differ from the database's, in milliseconds.
const MOST_SKEW_MS: u64 = 500;

#[derive(Debug)]
pub(super) struct State {
    pub(super) started: DateTime<Utc>,
    pub(super) database: Database,
    /// When the auditor looked last, and what it found; nothing before its first pass.
    pub(super) audit: Option<(DateTime<Utc>, Audit)>,
    pulses: [Pulse; 3],
    pub(super) draining: bool,
    pub(super) clock_skew_ms: i64,
}

/// When a loop came round last, and when it could do its work last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pulse {
    pub(super) turned: DateTime<Utc>,
    pub(super) worked: DateTime<Utc>,
}

impl State {
    pub(super) fn at(now: DateTime<Utc>) -> Self {
        Self {
            started: now,
            database: Database::Lost { since: now },
            audit: None,
            pulses: [Pulse { turned: now, worked: now }; 3],
            draining: false,
            clock_skew_ms: 0,
        }
    }

    pub(super) fn pulse_mut(&mut self, part: Part) -> &mut Pulse {
        let [ticker, worker, upkeep] = &mut self.pulses;
        match part {
            Part::Ticker => ticker,
            Part::Worker => worker,
            Part::Upkeep => upkeep,
        }
    }

    fn pulses(&self) -> impl Iterator<Item = (Part, Pulse)> + '_ {
        Part::ALL.into_iter().zip(self.pulses)
    }

    /// The loops that hang.
    pub(super) fn hanging(&self, now: DateTime<Utc>) -> Vec<String> {
        self.pulses()
            .filter(|(_, pulse)| now - pulse.turned > HANGS)
            .map(|(part, pulse)| format!("{}: hangs since {}; restart this replica", part.word(), stamp(pulse.turned)))
            .collect()
    }

    /// Why this replica cannot do its work.
    pub(super) fn failing(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut failing = Vec::new();
        if self.draining {
            failing.push("draining: the process is about to stop".to_owned());
        }
        failing.extend(self.database_lost());
        if let Some((_, found)) = &self.audit
            && !found.stalled.is_empty()
        {
            failing.push(format!("auditor: {}", one_line(&found.stalled)));
        }
        failing.extend(self.idle(now));
        failing.extend(self.skewed());
        failing
    }

    /// Why a watcher outside is not to be told that all is well.
    pub(super) fn unwell(&self, now: DateTime<Utc>) -> Vec<String> {
        let mut unwell: Vec<String> = self.database_lost().into_iter().collect();
        match &self.audit {
            None => unwell.push("auditor: has not looked yet".to_owned()),
            Some((at, _)) if now - *at > AUDIT_COUNTS => {
                unwell.push(format!("auditor: has not looked since {}; the log says why", stamp(*at)));
            }
            Some((_, Audit { stalled, unmet })) if !stalled.is_empty() || !unmet.is_empty() => {
                unwell.push(format!("auditor: {}", one_line(&[stalled.as_slice(), unmet.as_slice()].concat())));
            }
            Some(_) => {}
        }
        unwell.extend(self.idle(now));
        unwell.extend(self.skewed());
        unwell
    }

    fn database_lost(&self) -> Option<String> {
        match self.database {
            Database::Up => None,
            Database::Lost { since } => Some(format!("database: no answer since {}", stamp(since))),
        }
    }

    /// The loops that do not come round, or fail although the database answers.
    fn idle(&self, now: DateTime<Utc>) -> impl Iterator<Item = String> + '_ {
        let up = self.database == Database::Up;
        self.pulses().filter(|(part, _)| *part != Part::Upkeep).filter_map(move |(part, pulse)| {
            let part = part.word();
            if now - pulse.turned > SILENCE {
                Some(format!("{part}: no sign of life since {}; restart this replica", stamp(pulse.turned)))
            } else if up && now - pulse.worked > SILENCE {
                Some(format!("{part}: fails since {}; the log says why", stamp(pulse.worked)))
            } else {
                None
            }
        })
    }

    fn skewed(&self) -> Option<String> {
        let skew = self.clock_skew_ms;
        let differs = skew.unsigned_abs() > MOST_SKEW_MS;
        differs.then(|| format!("clock: {skew} ms ahead of the database's; synchronise both machines' clocks"))
    }
}

/// What is wrong when no workspace is connected of which that can be told; there is one line for all of them.
pub(super) fn silent(links: &[Link]) -> Option<String> {
    let mut down = Vec::with_capacity(links.len());
    for link in links {
        let Linked::Down { since } = link.now() else { return None };
        down.push(format!("{} {} since {}", link.platform, link.workspace, stamp(since)));
    }
    let all = down.join(", ");
    (!down.is_empty()).then(|| format!("chat: no connection to {all}; the log says why, and `firebell doctor`"))
}

/// One line for each check is the promise, whatever a finding holds.
fn one_line(findings: &[String]) -> String {
    findings.join("; ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
