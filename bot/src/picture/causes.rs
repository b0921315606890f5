//! The graph of causes as shapes: what led to something stands above it, and the outcome below all.

mod boxes;

use self::boxes::{Card, Size};
use super::describe::describe_causes;
use super::drawing::{Drawing, Shape, Stroke, TextAnchor};
use super::graph::{Cell, Room, links, rows};
use super::input::CauseGraph;
use super::place::{Grid, Spacing};
use super::route::{Exit, Net, exits, levels};
use super::words::{counted, line};
use super::{PAGE_WIDTH, SMALLEST};

/// A page of A4 shows this much below a heading; a graph that needs more is drawn with smaller letters.
const PAGE_HEIGHT: f32 = 640.0;

const LARGE: Size = Size { columns: 3, width: 140.0, letters: 8.0 };
const MIDDLE: Size = Size { columns: 4, width: 102.0, letters: 7.0 };
const SMALL: Size = Size { columns: 5, width: 80.0, letters: SMALLEST };

const THIN: Stroke = Stroke { width: 0.8, dashed: false };

/// Distance between two levels of lines, in points.
const LEVEL: f32 = 6.0;

/// The graph of causes. Reads from above to below; every box says what it is in words, so that it needs no colour.
pub(crate) fn draw_causes(graph: &CauseGraph) -> Drawing {
    let fits = |drawing: &Drawing| drawing.height <= PAGE_HEIGHT;
    let large = draw(graph, LARGE);
    if fits(&large) {
        return large;
    }
    let middle = draw(graph, MIDDLE);
    // What needs several pages in any case is read more easily with larger letters.
    if fits(&middle) { middle } else { Some(draw(graph, SMALL)).filter(fits).unwrap_or(middle) }
}

fn draw(graph: &CauseGraph, size: Size) -> Drawing {
    let found = links(graph.nodes.len(), &graph.edges);
    let room = Room { columns: size.columns, passes: 4, passes_for_node: 9 };
    let (rows, loose) = rows(graph.nodes.len(), &found.kept, room);
    let cards: Vec<Card> = graph.nodes.iter().map(|node| Card::new(node, size)).collect();
    let mut sheet = Sheet { shapes: Vec::new(), cards, size, width: PAGE_WIDTH, y: 2.0, cuts: Vec::new() };
    sheet.place_rows(&rows, &found.kept);
    sheet.place_loose(&loose, !rows.is_empty());
    sheet.place_key(graph, found.circular, !rows.is_empty());
    Drawing {
        width: sheet.width,
        height: sheet.y,
        title: line(&graph.title, 160),
        description: describe_causes(graph),
        shapes: sheet.shapes,
        cuts: sheet.cuts,
    }
}

/// What was drawn so far, and down to where.
struct Sheet {
    shapes: Vec<Shape>,
    cards: Vec<Card>,
    size: Size,
    width: f32,
    y: f32,
    /// Below each row of boxes, where lines begin.
    cuts: Vec<f32>,
}

impl Sheet {
    fn place_rows(&mut self, rows: &[Vec<Cell>], links: &[(usize, usize)]) {
        let mut spacing =
            Spacing { box_width: self.size.width, between_boxes: 10.0, beside_pass: 7.0, width: PAGE_WIDTH };
        // Only a graph with very many links needs more than a page; whoever shows it makes it smaller.
        let needed = rows.iter().map(|row| spacing.needed(row)).fold(PAGE_WIDTH, f32::max);
        spacing.width = needed;
        self.width = needed;
        let grid = Grid::new(rows, links, spacing);
        for row in 0..grid.rows.len() {
            let nets = self.nets(&grid, row);
            let top = self.y;
            self.place_row(&grid, row);
            for cell in &grid.rows[row] {
                if matches!(grid.cells[*cell], Cell::Pass(_)) {
                    let x = grid.middle[*cell];
                    self.shapes.push(Shape::Line { points: vec![(x, top), (x, self.y)], stroke: THIN, arrow: false });
                }
            }
            self.cuts.push(self.y);
            if row + 1 < grid.rows.len() {
                self.place_nets(&nets);
            }
        }
    }

    fn place_row(&mut self, grid: &Grid, row: usize) {
        let nodes: Vec<(usize, f32)> = grid.rows[row]
            .iter()
            .filter_map(|cell| match grid.cells[*cell] {
                Cell::Node(node) => Some((node, grid.middle[*cell] - self.size.width / 2.0)),
                Cell::Pass(_) => None,
            })
            .collect();
        self.place_cards(&nodes);
    }

    /// Boxes side by side, all as high as the highest.
    fn place_cards(&mut self, nodes: &[(usize, f32)]) {
        let height = nodes.iter().map(|(node, _)| self.cards[*node].height()).fold(0.0, f32::max);
        for (node, x) in nodes {
            self.cards[*node].draw(&mut self.shapes, (*x, self.y), height);
        }
        self.y += height;
    }

    /// The lines from a row to the next, by what they end at.
    fn nets(&self, grid: &Grid, row: usize) -> Vec<Net> {
        let Some(lower) = grid.rows.get(row + 1) else { return Vec::new() };
        let half = self.size.width / 2.0;
        let mut nets: Vec<Net> = lower.iter().map(|cell| entry(grid, &grid.rows[row], *cell, half)).collect();
        for upper in &grid.rows[row] {
            let net_of = |cell: usize| lower.iter().position(|other| *other == cell);
            let lines = grid.below(*upper).filter_map(net_of).map(|net| Exit { net, target: nets[net].target });
            let lines: Vec<Exit> = lines.collect();
            let found = match grid.cells[*upper] {
                Cell::Node(_) => exits(lines, grid.middle[*upper], half),
                Cell::Pass(_) => lines.iter().map(|line| (line.net, grid.middle[*upper])).collect(),
            };
            for (net, x) in found {
                nets[net].sources.push(x);
            }
        }
        nets.retain(|net| !net.sources.is_empty());
        for net in &mut nets {
            net.sources.sort_by(f32::total_cmp);
        }
        nets
    }

    fn place_nets(&mut self, nets: &[Net]) {
        let (levels, count) = levels(nets);
        let top = self.y;
        let depth = |level: usize| 8.0 + LEVEL * f32::from(u16::try_from(level).unwrap_or(u16::MAX));
        let bottom = top + depth(count) + 8.0;
        for (net, level) in nets.iter().zip(levels) {
            self.place_net(net, (top, level.map_or(top, |level| top + depth(level)), bottom));
        }
        self.y = bottom;
    }

    fn place_net(&mut self, net: &Net, (top, middle, bottom): (f32, f32, f32)) {
        let mut push = |points: Vec<(f32, f32)>, arrow| self.shapes.push(Shape::Line { points, stroke: THIN, arrow });
        let target = net.target;
        if let [source] = net.sources[..] {
            if net.is_straight() {
                push(vec![(target, top), (target, bottom)], net.arrow);
            } else {
                push(vec![(source, top), (source, middle), (target, middle), (target, bottom)], net.arrow);
            }
            return;
        }
        let (left, right) = net.ends();
        push(vec![(left, middle), (right, middle)], false);
        push(vec![(target, middle), (target, bottom)], net.arrow);
        let mut joins = Vec::new();
        for source in &net.sources {
            push(vec![(*source, top), (*source, middle)], false);
            joins.push(*source);
        }
        joins.push(target);
        // A dot tells lines that join from lines that only cross.
        joins.dedup_by(|one, other| (*one - *other).abs() < 0.5);
        for x in joins.into_iter().filter(|x| *x > left + 0.5 && *x < right - 0.5) {
            let fill = super::Shade(0);
            self.shapes.push(Shape::Circle { x, y: middle, radius: 1.5, fill, stroke: None });
        }
    }

    /// What nothing is linked with, below all others.
    fn place_loose(&mut self, loose: &[usize], below_others: bool) {
        if loose.is_empty() {
            return;
        }
        if below_others {
            self.y += 18.0;
            self.place_text("Not linked to another cause", true);
            self.y += 4.0;
        }
        let gap = (PAGE_WIDTH - 3.0) / f32::from(u16::try_from(self.size.columns).unwrap_or(1)) - self.size.width;
        for chunk in loose.chunks(self.size.columns) {
            let mut x = 1.5;
            let mut nodes = Vec::new();
            for node in chunk {
                nodes.push((*node, x));
                x += self.size.width + gap;
            }
            self.place_cards(&nodes);
            self.cuts.push(self.y);
            self.y += 8.0;
        }
        self.y -= 8.0;
    }

    fn place_key(&mut self, graph: &CauseGraph, circular: usize, linked: bool) {
        if graph.nodes.is_empty() {
            self.y += 4.0;
            self.place_text("No causes are recorded.", false);
            self.y += 4.0;
            return;
        }
        self.y += 10.0;
        let mut words = Vec::new();
        if linked {
            words.push("Arrows: led to.".to_owned());
        }
        if graph.nodes.iter().any(super::input::CauseNode::is_doubtful) {
            words.push("Dashed border: no evidence, or ruled out.".to_owned());
        }
        if circular > 0 {
            words.push(format!("Not drawn: {} that would close a circle.", counted(circular, "link", "links")));
        }
        self.place_text(&words.join(" "), false);
        self.y += 4.0;
    }

    fn place_text(&mut self, text: &str, bold: bool) {
        self.y += SMALLEST;
        if text.is_empty() {
            return;
        }
        let text = text.to_owned();
        self.shapes.push(Shape::Text { x: 1.5, y: self.y, size: SMALLEST, bold, anchor: TextAnchor::Start, text });
    }
}

/// The net that ends at a cell, still without what it comes from. A line that passed goes straight on where it can.
fn entry(grid: &Grid, upper: &[usize], cell: usize, half: f32) -> Net {
    let middle = grid.middle[cell];
    let sources: Vec<usize> =
        upper.iter().copied().filter(|upper| grid.below(*upper).any(|lower| lower == cell)).collect();
    let arrow = matches!(grid.cells[cell], Cell::Node(_));
    let straight = match sources[..] {
        [one] if arrow && matches!(grid.cells[one], Cell::Pass(_)) => {
            Some(grid.middle[one]).filter(|x| (x - middle).abs() < half - 8.0)
        }
        _ => None,
    };
    Net { sources: Vec::new(), target: straight.unwrap_or(middle), arrow }
}
