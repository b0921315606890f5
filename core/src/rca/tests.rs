use std::collections::BTreeSet;

use chrono::DateTime;
use proptest::prelude::*;

use super::{Analysis, Cause, CauseRole, Confidence, Edge, Verdict};
use crate::actor::Who;
use crate::ids::{CauseId, EntryId};
use crate::incident::{Mark, Said};

fn cause(id: i64, role: CauseRole) -> Cause {
    let mark = Mark { at: DateTime::UNIX_EPOCH, by: Who::Firebell, entry: EntryId(id) };
    Cause {
        id: CauseId(id),
        role,
        said: Said { text: format!("cause {id}"), mark },
        category: None,
        verdict: Verdict::Open,
        judged: None,
        evidence: Vec::new(),
    }
}

fn edge(from: i64, to: i64) -> Edge {
    Edge { from: CauseId(from), to: CauseId(to) }
}

fn analysis(count: i64, edges: &[(i64, i64)]) -> Analysis {
    Analysis {
        causes: (1..=count).map(|id| cause(id, CauseRole::Factor)).collect(),
        edges: edges.iter().map(|(from, to)| edge(*from, *to)).collect(),
    }
}

#[test]
fn what_closes_a_circle_is_found() {
    let held = analysis(4, &[(1, 2), (2, 3)]);
    for (from, to, closes) in [(3, 1, true), (2, 1, true), (1, 1, true), (1, 3, false), (4, 1, false), (3, 4, false)] {
        assert_eq!(held.closes_circle(edge(from, to)), closes, "{from} -> {to}");
    }
}

#[test]
fn the_tree_begins_with_what_led_to_nothing_else() {
    let held = analysis(5, &[(1, 2), (3, 2), (3, 4)]);
    let shown: Vec<(i64, usize, bool)> = held.tree().iter().map(|b| (b.cause.id.0, b.depth, b.again)).collect();
    assert_eq!(shown, [(2, 0, false), (1, 1, false), (3, 1, false), (4, 0, false), (3, 1, true), (5, 0, false)]);
}

#[test]
fn confidence_follows_evidence_until_somebody_judges() {
    let mut held = cause(1, CauseRole::Factor);
    assert_eq!(held.confidence(), Confidence::Suspected);
    held.evidence.push(EntryId(3));
    assert_eq!(held.confidence(), Confidence::Supported);
    held.verdict = Verdict::Confirmed;
    assert_eq!(held.confidence(), Confidence::Confirmed);
    held.verdict = Verdict::RuledOut { reason: "the graph says otherwise".to_owned() };
    assert_eq!(held.confidence(), Confidence::RuledOut);
}

proptest! {
    #[test]
    fn edges_that_close_no_circle_leave_a_tree_that_tells_each_cause_in_full_once(
        wished in proptest::collection::vec((1_i64..12, 1_i64..12), 0..40),
    ) {
        let mut held = analysis(12, &[]);
        for (from, to) in wished {
            if !held.closes_circle(edge(from, to)) {
                held.edges.insert(edge(from, to));
            }
        }
        let tree = held.tree();
        let full: Vec<CauseId> = tree.iter().filter(|branch| !branch.again).map(|branch| branch.cause.id).collect();
        let unique: BTreeSet<CauseId> = full.iter().copied().collect();
        prop_assert_eq!(full.len(), 12);
        prop_assert_eq!(unique.len(), 12);
    }
}
