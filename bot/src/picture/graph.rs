//! Which causes stand in which row, and which lines pass through a row.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What is taken from a graph that people made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Links {
    /// Each once, without circles, sorted.
    pub(super) kept: Vec<(usize, usize)>,
    /// How many were left out because they would have closed a circle.
    pub(super) circular: usize,
}

/// What stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell {
    Node(usize),
    /// Where all that comes from further up goes down to this node.
    Pass(usize),
}

/// How much room there is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Most nodes in a row.
    pub(super) columns: usize,
    /// Most lines that pass between as many nodes; each two more take the place of one node.
    pub(super) passes: usize,
    /// How many passing lines need the place of a node.
    pub(super) passes_for_node: usize,
}

/// The links that can be drawn. One that closes a circle is left out where it is met first, going by the given order.
pub(super) fn links(count: usize, edges: &[(usize, usize)]) -> Links {
    let wanted: BTreeSet<(usize, usize)> =
        edges.iter().copied().filter(|(from, to)| from != to && *from < count && *to < count).collect();
    let mut next = vec![Vec::new(); count];
    for (from, to) in wanted {
        next[from].push(to);
    }
    let mut kept = Vec::new();
    let mut circular = 0;
    let (mut open, mut done) = (vec![false; count], vec![false; count]);
    for start in 0..count {
        // A node and how many of its links were followed; a stack, since a chain may be long.
        let mut path = if done[start] { Vec::new() } else { vec![(start, 0)] };
        while let Some((node, followed)) = path.last_mut() {
            let at = *node;
            open[at] = true;
            let Some(to) = next[at].get(*followed).copied() else {
                (open[at], done[at]) = (false, true);
                path.pop();
                continue;
            };
            *followed += 1;
            if open[to] {
                circular += 1;
                continue;
            }
            kept.push((at, to));
            if !done[to] {
                path.push((to, 0));
            }
        }
    }
    kept.sort_unstable();
    Links { kept, circular }
}

/// The rows from above to below, each with its nodes and passes, and the nodes without any link. What led to something
/// stands above it, as near as the room allows; the longest chains come first.
pub(super) fn rows(count: usize, links: &[(usize, usize)], room: Room) -> (Vec<Vec<Cell>>, Vec<usize>) {
    let mut before = vec![Vec::new(); count];
    let mut after = vec![Vec::new(); count];
    for (from, to) in links {
        before[*to].push(*from);
        after[*from].push(*to);
    }
    let (linked, loose): (Vec<usize>, Vec<usize>) =
        (0..count).partition(|node| !before[*node].is_empty() || !after[*node].is_empty());
    let above = chains(count, &before, &after);
    let mut row_of: Vec<Option<usize>> = vec![None; count];
    let mut waiting = linked;
    let mut upwards: Vec<Vec<usize>> = Vec::new();
    while !waiting.is_empty() {
        let row = upwards.len();
        let is_below = |node: &usize| row_of[*node].is_some();
        let mut ready: Vec<usize> = waiting.iter().copied().filter(|node| after[*node].iter().all(is_below)).collect();
        let lowest = |node: usize| after[node].iter().filter_map(|to| row_of[*to]).min();
        ready.sort_by_key(|node| (Reverse(above[*node]), lowest(*node), after[*node].clone(), *node));
        let open = (0..count).filter(|to| is_below(to) && before[*to].iter().any(|from| !is_below(from))).count();
        let lost = open.saturating_sub(room.passes).div_ceil(room.passes_for_node.max(1));
        ready.truncate(room.columns.saturating_sub(lost).max(1));
        // Without circles something is always ready.
        if ready.is_empty() {
            break;
        }
        for node in &ready {
            row_of[*node] = Some(row);
        }
        waiting.retain(|node| row_of[*node].is_none());
        upwards.push(ready);
    }
    (with_passes(&upwards, &before, &row_of), loose)
}

/// How long the longest chain is that leads to each node.
fn chains(count: usize, before: &[Vec<usize>], after: &[Vec<usize>]) -> Vec<usize> {
    let mut above = vec![0; count];
    let mut missing: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut ready: Vec<usize> = (0..count).filter(|node| missing[*node] == 0).collect();
    while let Some(node) = ready.pop() {
        for to in &after[node] {
            above[*to] = above[*to].max(above[node] + 1);
            missing[*to] -= 1;
            if missing[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    above
}

fn with_passes(upwards: &[Vec<usize>], before: &[Vec<usize>], row_of: &[Option<usize>]) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for (row, nodes) in upwards.iter().enumerate() {
        let mut cells: Vec<Cell> = nodes.iter().copied().map(Cell::Node).collect();
        for below in upwards.iter().take(row).flatten() {
            if before[*below].iter().any(|from| row_of[*from] > Some(row)) {
                cells.push(Cell::Pass(*below));
            }
        }
        rows.push(cells);
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests {
    use super::Cell::{Node, Pass};
    use super::*;

    const ROOM: Room = Room { columns: 2, passes: 5, passes_for_node: 8 };

    #[test]
    fn circles_and_what_names_nothing_are_left_out() {
        for (edges, kept, circular) in [
            (vec![(0, 1), (1, 2), (2, 0)], vec![(0, 1), (1, 2)], 1),
            (vec![(0, 0), (0, 9), (9, 0)], vec![], 0),
            (vec![(0, 1), (0, 1)], vec![(0, 1)], 0),
            (vec![(1, 0), (0, 1)], vec![(0, 1)], 1),
        ] {
            assert_eq!(links(3, &edges), Links { kept, circular }, "for {edges:?}");
        }
    }

    #[test]
    fn causes_stand_above_and_what_goes_further_passes() {
        let (above, loose) = rows(5, &[(0, 1), (1, 2), (0, 2)], ROOM);
        assert_eq!(above, [vec![Node(0)], vec![Node(1), Pass(2)], vec![Node(2)]]);
        assert_eq!(loose, [3, 4]);
    }

    #[test]
    fn a_full_row_goes_on_in_the_next() {
        let (above, _) = rows(5, &[(0, 4), (1, 4), (2, 4), (3, 4)], ROOM);
        assert_eq!(above, [vec![Node(2), Node(3)], vec![Node(0), Node(1), Pass(4)], vec![Node(4)]]);
    }
}
