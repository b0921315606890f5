//! Trackers and targets: their tokens here, the rest by what they answer.

use crate::clock::Clock;
use crate::config::{TargetConfig, TrackerConfig};
use crate::platform::finding::Finding;

/// Everything about one tracker.
pub(super) async fn examine(config: &TrackerConfig) -> Vec<Finding> {
    let about = format!("tracker {}", config.name);
    match config.tracked(&Clock::system(), &super::super::open::variable) {
        Ok(tracked) => prefixed(tracked.tracker.examine(&about).await, &about),
        Err(why) => vec![Finding::problem(about, why.to_string())],
    }
}

/// Everything about one target of postmortems.
pub(super) async fn examine_target(config: &TargetConfig) -> Vec<Finding> {
    let about = format!("target {}", config.name);
    match config.target(&Clock::system(), &super::super::open::variable) {
        Ok(target) => prefixed(target.examine(&about).await, &about),
        Err(why) => vec![Finding::problem(about, why.to_string())],
    }
}

/// There may be several of one service, so each finding says of which it is.
fn prefixed(findings: Vec<Finding>, about: &str) -> Vec<Finding> {
    let named = |finding: Finding| {
        let of = if finding.about == about { finding.about } else { format!("{about}: {}", finding.about) };
        Finding { about: of, ..finding }
    };
    findings.into_iter().map(named).collect()
}
