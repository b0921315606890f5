//! Where things stand on a line: as near to where they would like to as their distances allow.

use super::graph::Cell;

/// Distances between the cells of a row, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spacing {
    pub(super) box_width: f32,
    pub(super) between_boxes: f32,
    /// From a line that passes to a box or to another such line.
    pub(super) beside_pass: f32,
    /// How wide all is together.
    pub(super) width: f32,
}

impl Spacing {
    /// The width that a row needs.
    pub(super) fn needed(&self, row: &[Cell]) -> f32 {
        let one = |cell: &Cell| match cell {
            Cell::Node(_) => self.box_width + self.between_boxes,
            Cell::Pass(_) => self.beside_pass,
        };
        row.iter().map(one).sum::<f32>() + 2.0 * MARGIN + self.beside_pass - self.between_boxes
    }
}

/// A thing on a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) at: f32,
    /// How much it counts that it stands there.
    pub(super) weight: f32,
    /// Least distance from the one before it.
    pub(super) distance: f32,
}

/// Places for things in their order, between `low` and `high` where those are far enough apart: the least sum of squares
/// of what they are away from their wishes.
///
/// Source: pool adjacent violators, Barlow et al., "Statistical Inference under Order Restrictions", 1972.
pub(super) fn spread(wishes: &[Wish], low: f32, high: f32) -> Vec<f32> {
    let mut offsets = Vec::with_capacity(wishes.len());
    let mut offset = 0.0;
    // Mean, weight and how many are pooled.
    let mut pools: Vec<(f32, f32, usize)> = Vec::new();
    for (index, wish) in wishes.iter().enumerate() {
        offset += if index == 0 { 0.0 } else { wish.distance };
        offsets.push(offset);
        let mut pool = (wish.at - offset, wish.weight, 1);
        while let Some(last) = pools.pop_if(|last| last.0 > pool.0) {
            let weight = last.1 + pool.1;
            pool = ((last.0 * last.1 + pool.0 * pool.1) / weight, weight, last.2 + pool.2);
        }
        pools.push(pool);
    }
    let top = (high - offset).max(low);
    let bases = pools.iter().flat_map(|(mean, _, count)| std::iter::repeat_n(mean.clamp(low, top), *count));
    bases.zip(offsets).map(|(base, offset)| base + offset).collect()
}

/// The cells of all rows, and how they are joined from a row to the next.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) cells: Vec<Cell>,
    /// Places in `cells`, row by row from above, each from left to right.
    pub(super) rows: Vec<Vec<usize>>,
    /// The middle of each cell.
    pub(super) middle: Vec<f32>,
    /// Places in `cells`: one, and one in the next row that it goes down to.
    joints: Vec<(usize, usize)>,
    /// The row of the upper cell of each joint.
    joint_rows: Vec<usize>,
}

const ROUNDS: usize = 24;

impl Grid {
    /// The cells in an order and at places at which lines are short.
    pub(super) fn new(rows: &[Vec<Cell>], links: &[(usize, usize)], spacing: Spacing) -> Self {
        let cells: Vec<Cell> = rows.iter().flatten().copied().collect();
        let mut first = 0;
        let mut order = Vec::new();
        for row in rows {
            order.push((first..first + row.len()).collect::<Vec<_>>());
            first += row.len();
        }
        let joints = joints(&cells, &order, links);
        let row_of = |cell: usize| order.iter().take_while(|row| row.last().is_some_and(|last| *last < cell)).count();
        let joint_rows = joints.iter().map(|(upper, _)| row_of(*upper)).collect();
        let middle = vec![spacing.width / 2.0; cells.len()];
        let mut grid = Self { cells, rows: order, middle, joints, joint_rows };
        for row in 0..grid.rows.len() {
            grid.settle(row, spacing);
        }
        grid.improve(spacing);
        grid.straighten(spacing);
        grid
    }

    /// What a cell goes down to.
    pub(super) fn below(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.joints.iter().filter(move |(upper, _)| *upper == cell).map(|(_, lower)| *lower)
    }

    /// Sweeps upwards and downwards, and keeps the best of what came about.
    fn improve(&mut self, spacing: Spacing) {
        let mut best = (self.cost(), self.rows.clone(), self.middle.clone());
        for round in 0..ROUNDS {
            for step in 0..self.rows.len() {
                let row = if round % 2 == 0 { self.rows.len() - 1 - step } else { step };
                // Now and then a look both ways, so that what is between two rows comes to stand between them.
                let both = round % 6 >= 4;
                for cell in self.rows[row].clone() {
                    self.middle[cell] = self.wish(cell, both || round % 2 == 0, both || round % 2 == 1);
                }
                let middle = &self.middle;
                self.rows[row].sort_by(|one, other| middle[*one].total_cmp(&middle[*other]));
                self.settle(row, spacing);
            }
            let cost = self.cost();
            if cost < best.0 {
                best = (cost, self.rows.clone(), self.middle.clone());
            }
        }
        (_, self.rows, self.middle) = best;
    }

    /// Takes away small steps of lines that pass, where both ends have room for that.
    fn straighten(&mut self, spacing: Spacing) {
        for (upper, lower) in self.joints.clone() {
            let (from, to) = (self.middle[upper], self.middle[lower]);
            let passes = self.weight(upper, lower) > 3.0;
            if !passes || (from - to).abs() > STEP {
                continue;
            }
            if self.has_room(lower, from, spacing) {
                self.middle[lower] = from;
            } else if self.has_room(upper, to, spacing) {
                self.middle[upper] = to;
            }
        }
    }

    fn has_room(&self, cell: usize, x: f32, spacing: Spacing) -> bool {
        let row = self.rows.iter().find(|row| row.contains(&cell));
        row.into_iter().flatten().filter(|other| **other != cell).all(|other| {
            let half = if matches!(self.cells[*other], Cell::Node(_)) { spacing.box_width / 2.0 } else { 0.0 };
            (self.middle[*other] - x).abs() >= half + spacing.beside_pass / 2.0
        })
    }

    /// The mean of what a cell is joined to, below and above.
    fn wish(&self, cell: usize, below: bool, above: bool) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (upper, lower) in &self.joints {
            let other = match () {
                () if *upper == cell && below => *lower,
                () if *lower == cell && above => *upper,
                () => continue,
            };
            let weight = self.weight(cell, other);
            sum += self.middle[other] * weight;
            count += weight;
        }
        if count > 0.0 { sum / count } else { self.middle[cell] }
    }

    /// A line that passes through several rows is to be straight.
    fn weight(&self, one: usize, other: usize) -> f32 {
        let passes = [one, other].iter().filter(|cell| matches!(self.cells[**cell], Cell::Pass(_))).count();
        [1.0, 2.0, 4.0][passes]
    }

    fn settle(&mut self, row: usize, spacing: Spacing) {
        let half = |cell: usize| match self.cells[cell] {
            Cell::Node(_) => spacing.box_width / 2.0,
            Cell::Pass(_) => 0.0,
        };
        let mut wishes: Vec<Wish> = Vec::new();
        let mut before: Option<usize> = None;
        for cell in self.rows[row].iter().copied() {
            let distance = before.map_or(0.0, |before| {
                let boxes = matches!((self.cells[before], self.cells[cell]), (Cell::Node(_), Cell::Node(_)));
                half(before) + half(cell) + if boxes { spacing.between_boxes } else { spacing.beside_pass }
            });
            let weight = if matches!(self.cells[cell], Cell::Pass(_)) { 3.0 } else { 1.0 };
            wishes.push(Wish { at: self.middle[cell], weight, distance });
            before = Some(cell);
        }
        let ends = (self.rows[row].first().copied(), self.rows[row].last().copied());
        let (Some(first), Some(last)) = ends else { return };
        let places = spread(&wishes, half(first) + MARGIN, spacing.width - half(last) - MARGIN);
        for (cell, place) in self.rows[row].iter().zip(places) {
            self.middle[*cell] = place;
        }
    }

    /// How far lines go sideways, and how often they cross.
    fn cost(&self) -> f32 {
        let mut cost = 0.0;
        for (index, (upper, lower)) in self.joints.iter().enumerate() {
            let (from, to) = (self.middle[*upper], self.middle[*lower]);
            cost += (from - to).abs() * self.weight(*upper, *lower);
            // Joints are listed row by row.
            let row = self.joint_rows[index];
            let first = self.joint_rows.partition_point(|other| *other < row);
            for (other_upper, other_lower) in &self.joints[first..index] {
                let (other_from, other_to) = (self.middle[*other_upper], self.middle[*other_lower]);
                if (from - other_from) * (to - other_to) < 0.0 {
                    cost += CROSSING;
                }
            }
        }
        cost
    }
}

/// What a crossing counts beside points that lines go sideways.
const CROSSING: f32 = 60.0;

/// Smaller steps of a line look like a mistake, in points.
const STEP: f32 = 6.0;

/// What is left at both sides of a row, in points, for borders to be whole.
const MARGIN: f32 = 1.5;

fn joints(cells: &[Cell], rows: &[Vec<usize>], links: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut joints = Vec::new();
    for pair in rows.windows(2) {
        for upper in &pair[0] {
            for lower in &pair[1] {
                let (Cell::Node(to) | Cell::Pass(to)) = cells[*lower];
                let joined = match cells[*upper] {
                    Cell::Node(from) => links.binary_search(&(from, to)).is_ok(),
                    Cell::Pass(through) => through == to,
                };
                if joined {
                    joints.push((*upper, *lower));
                }
            }
        }
    }
    joints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(wishes: &[(f32, f32)], low: f32, high: f32) -> Vec<f32> {
        let wishes: Vec<Wish> =
            wishes.iter().map(|(at, distance)| Wish { at: *at, weight: 1.0, distance: *distance }).collect();
        spread(&wishes, low, high)
    }

    #[test]
    fn things_stand_where_they_wish_and_else_around_it() {
        for (wishes, expected) in [
            (vec![], vec![]),
            (vec![(10.0, 0.0), (90.0, 20.0)], vec![10.0, 90.0]),
            (vec![(50.0, 0.0), (50.0, 20.0)], vec![40.0, 60.0]),
            (vec![(50.0, 0.0), (50.0, 20.0), (50.0, 20.0)], vec![30.0, 50.0, 70.0]),
            (vec![(-50.0, 0.0), (500.0, 20.0)], vec![0.0, 100.0]),
            (vec![(0.0, 0.0), (0.0, 20.0)], vec![0.0, 20.0]),
        ] {
            let found = places(&wishes, 0.0, 100.0);
            assert_eq!(found.len(), expected.len());
            for (place, expected) in found.iter().zip(&expected) {
                assert!((place - expected).abs() < 0.01, "{found:?} for {wishes:?}");
            }
        }
    }
}
