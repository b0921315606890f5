//! What has to change between two lists of blocks.

use super::node::{Kind, Node};

/// The most comparisons; beyond them only what is alike at both ends is kept.
const COMPARED: usize = 4_000_000;

/// A part of the new list that takes the place of a part of the old.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// How many of the old stand before it.
    pub(super) at: usize,
    /// How many of the old go.
    pub(super) gone: usize,
    /// Which of the new come.
    pub(super) new: std::ops::Range<usize>,
}

/// The changes in the order of the list. As many blocks as can be stay, and with them what people said of them.
pub(super) fn changes(old: &[Node], new: &[Node]) -> Vec<Change> {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let rest = (old.len() - head).min(new.len() - head);
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);
    let kept = common(&old[head..old_end], &new[head..new_end]);
    let kept = kept.into_iter().map(|(old, new)| (old + head, new + head)).chain([(old_end, new_end)]);
    let (mut from_old, mut from_new) = (head, head);
    let mut changes = Vec::new();
    for (at_old, at_new) in kept {
        if at_old > from_old || at_new > from_new {
            changes.push(Change { at: from_old, gone: at_old - from_old, new: from_new..at_new });
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    changes
}

/// The places of a longest common part of both.
fn common(old: &[Node], new: &[Node]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() || old.len() * new.len() > COMPARED {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u16; (old.len() + 1) * width];
    for (row, one) in old.iter().enumerate().rev() {
        for (column, other) in new.iter().enumerate().rev() {
            longest[row * width + column] = if one == other {
                longest[(row + 1) * width + column + 1] + 1
            } else {
                longest[(row + 1) * width + column].max(longest[row * width + column + 1])
            };
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut places = Vec::new();
    while row < old.len() && column < new.len() {
        if old[row] == new[column] {
            places.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if longest[(row + 1) * width + column] >= longest[row * width + column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    places
}

/// Whether a block that is no longer wanted may go.
pub(super) fn may_go(node: &Node) -> bool {
    node.kind != Kind::Inner
}

#[cfg(test)]
mod tests;
