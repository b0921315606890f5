//! What led to what.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Analysis, Cause, Edge};
use crate::ids::CauseId;

impl Analysis {
    /// Whether an edge more would close a circle: what comes later cannot have led to what was before.
    pub fn closes_circle(&self, edge: Edge) -> bool {
        self.circle(edge).is_some()
    }

    /// The circle that an edge more would close, from its beginning to there again.
    pub fn circle(&self, edge: Edge) -> Option<Vec<CauseId>> {
        let mut came_from = BTreeMap::from([(edge.to, edge.from)]);
        let mut next = VecDeque::from([edge.to]);
        while let Some(at) = next.pop_front() {
            if at == edge.from {
                let back = |at: &CauseId| came_from.get(at).copied().filter(|before| *before != edge.from);
                let mut path: Vec<CauseId> = std::iter::successors(Some(at), back).collect();
                path.push(edge.from);
                path.reverse();
                return Some(path);
            }
            for after in self.leads_to(at) {
                if let std::collections::btree_map::Entry::Vacant(e) = came_from.entry(after) {
                    e.insert(at);
                    next.push_back(after);
                }
            }
        }
        None
    }

    /// What a cause led to.
    pub fn leads_to(&self, cause: CauseId) -> impl Iterator<Item = CauseId> {
        self.edges.iter().filter(move |edge| edge.from == cause).map(|edge| edge.to)
    }

    /// What led to a cause.
    pub fn because_of(&self, cause: CauseId) -> impl Iterator<Item = CauseId> {
        self.edges.iter().filter(move |edge| edge.to == cause).map(|edge| edge.from)
    }

    /// The causes as an indented tree: those that led to nothing else first, below each what led to it. One that led to several
    /// stands in full below the first and is only named below the others, which `again` says.
    pub fn tree(&self) -> Vec<Branch<'_>> {
        let mut branches = Vec::with_capacity(self.causes.len());
        let mut told = BTreeSet::new();
        let roots = self.causes.iter().filter(|cause| self.leads_to(cause.id).next().is_none());
        for root in roots {
            self.grow((root, 0), &mut told, &mut branches);
        }
        branches
    }

    fn grow<'a>(&'a self, root: (&'a Cause, usize), told: &mut BTreeSet<CauseId>, into: &mut Vec<Branch<'a>>) {
        let mut waiting = vec![root];
        while let Some((cause, depth)) = waiting.pop() {
            let again = !told.insert(cause.id);
            into.push(Branch { cause, depth, again });
            if again {
                continue;
            }
            let mut below: Vec<&Cause> = self.because_of(cause.id).filter_map(|id| self.cause(id)).collect();
            below.sort_by_key(|cause| std::cmp::Reverse(cause.id));
            waiting.extend(below.into_iter().map(|cause| (cause, depth + 1)));
        }
    }
}

/// One line of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Branch<'a> {
    pub cause: &'a Cause,
    /// How deep it is indented.
    pub depth: usize,
    /// It stands in full further up.
    pub again: bool,
}
