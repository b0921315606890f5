//! Lines from one row to the next: down, sideways on a level of their own, and down.

use super::place::{Wish, spread};

/// Lines that end at one cell of the lower row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Net {
    /// Where they leave the upper row, from left to right.
    pub(super) sources: Vec<f32>,
    /// Where they enter the lower one.
    pub(super) target: f32,
    /// Whether they end at a node, and bear an arrow there.
    pub(super) arrow: bool,
}

/// A line that leaves a cell of the upper row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exit {
    /// Which net it belongs to.
    pub(super) net: usize,
    /// Where that enters the lower row.
    pub(super) target: f32,
}

/// Two lines nearer than this look like one, in points.
const NEAR: f32 = 4.0;

/// Distance between two lines that leave one box.
const EXITS: f32 = 9.0;

/// Where the lines of one box leave it: straight above their targets where that is possible, else in their order.
pub(super) fn exits(mut lines: Vec<Exit>, middle: f32, half: f32) -> Vec<(usize, f32)> {
    lines.sort_by(|one, other| one.target.total_cmp(&other.target).then(one.net.cmp(&other.net)));
    let room = half - NEAR * 2.0;
    let (low, high) = (middle - room, middle + room);
    let alone = lines.len() == 1;
    let mut wishes = Vec::new();
    for line in &lines {
        let outside = line.target < low || line.target > high;
        let at = if outside && alone { middle } else { line.target.clamp(low, high) };
        wishes.push(Wish { at, weight: 1.0, distance: EXITS.min(room * 2.0 / small(lines.len())) });
    }
    lines.iter().map(|line| line.net).zip(spread(&wishes, low, high)).collect()
}

/// The level of each net, 0 being the highest, and how many there are; a net without a way sideways needs none.
pub(super) fn levels(nets: &[Net]) -> (Vec<Option<usize>>, usize) {
    let mut order: Vec<usize> = (0..nets.len()).filter(|net| !nets[*net].is_straight()).collect();
    // Neighbours change places as long as that saves crossings; each change does, so this ends.
    for _ in 0..order.len() {
        let mut changed = false;
        for at in 1..order.len() {
            let (upper, lower) = (&nets[order[at - 1]], &nets[order[at]]);
            if lower.crossings_above(upper) < upper.crossings_above(lower) {
                order.swap(at - 1, at);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut levels = vec![None; nets.len()];
    let mut count = 0;
    for (place, net) in order.iter().enumerate() {
        let higher = order[..place].iter().filter(|other| nets[**other].meets(&nets[*net]));
        let level = higher.filter_map(|other| levels[*other]).max().map_or(0, |level: usize| level + 1);
        levels[*net] = Some(level);
        count = count.max(level + 1);
    }
    (levels, count)
}

impl Net {
    pub(super) fn is_straight(&self) -> bool {
        self.sources.iter().all(|source| (source - self.target).abs() < 0.5)
    }

    /// The leftmost and the rightmost point.
    pub(super) fn ends(&self) -> (f32, f32) {
        let all = self.sources.iter().copied();
        all.fold((self.target, self.target), |(left, right), x| (left.min(x), right.max(x)))
    }

    fn meets(&self, other: &Self) -> bool {
        let ((left, right), (other_left, other_right)) = (self.ends(), other.ends());
        left < other_right + NEAR && other_left < right + NEAR
    }

    /// How often this and another net cross where this one is higher; to run on another's line counts a hundred times.
    fn crossings_above(&self, lower: &Self) -> usize {
        let within = |(left, right): (f32, f32), x: f32| x > left && x < right;
        let drops = lower.sources.iter().filter(|source| within(self.ends(), **source)).count();
        let covers = lower.sources.iter().filter(|source| (**source - self.target).abs() < NEAR).count();
        drops + usize::from(within(lower.ends(), self.target)) + 100 * covers
    }
}

fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(sources: &[f32], target: f32) -> Net {
        Net { sources: sources.to_vec(), target, arrow: true }
    }

    #[test]
    fn straight_nets_need_no_level_and_others_share_one_where_they_do_not_meet() {
        let nets = [net(&[10.0], 10.0), net(&[20.0], 40.0), net(&[60.0], 80.0), net(&[30.0], 70.0)];
        let (levels, count) = levels(&nets);
        assert_eq!((levels[0], count), (None, 2));
        assert_eq!(levels[1], levels[2]);
        assert_ne!(levels[1], levels[3]);
    }

    #[test]
    fn nets_that_go_the_same_way_do_not_cross() {
        let (levels, _) = levels(&[net(&[10.0], 50.0), net(&[30.0], 70.0)]);
        assert_eq!(levels, [Some(1), Some(0)]);
    }

    #[test]
    fn no_net_runs_on_the_line_of_another() {
        // Where the first were higher, its way down would be the second's way down.
        let (levels, _) = levels(&[net(&[10.0], 50.0), net(&[50.0], 90.0)]);
        assert!(levels[0] > levels[1], "{levels:?}");
    }

    #[test]
    fn lines_leave_a_box_apart_and_in_order() {
        let lines =
            [90.0, 50.0, 10.0, 52.0].into_iter().enumerate().map(|(net, target)| Exit { net, target }).collect();
        let found = exits(lines, 50.0, 30.0);
        assert_eq!(found.iter().map(|(net, _)| *net).collect::<Vec<_>>(), [2, 1, 3, 0]);
        assert!(found.windows(2).all(|pair| pair[1].1 - pair[0].1 >= EXITS - 0.01), "{found:?}");
        assert_eq!(exits(vec![Exit { net: 0, target: 400.0 }], 50.0, 30.0), [(0, 50.0)]);
    }
}
