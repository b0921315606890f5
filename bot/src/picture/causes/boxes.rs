//! The box of a cause: what it is, its words, and how sure that is.

use super::super::SMALLEST;
use super::super::drawing::{Shade, Shape, Stroke, TextAnchor};
use super::super::input::{CauseNode, NodeKind};
use super::super::width::{width, wrap};
use super::super::words::line;

/// How large boxes and letters are, in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) columns: usize,
    pub(super) width: f32,
    pub(super) letters: f32,
}

/// A box whose words are divided into lines.
pub(super) struct Card {
    kind: NodeKind,
    doubtful: bool,
    size: Size,
    head: Vec<String>,
    words: Vec<String>,
    foot: Vec<String>,
}

const PADDING: f32 = 5.0;

/// Room for the comma behind a fact.
const COMMA: f32 = 3.0;

/// Most lines of a cause's own words.
const LINES: usize = 6;

/// From one line to the next, in sizes of the letters.
const LEADING: f32 = 1.22;

impl Card {
    pub(super) fn new(node: &CauseNode, size: Size) -> Self {
        let room = size.width - 2.0 * PADDING;
        let head = format!("{} {}", line(&node.id, 16), node.kind.heading());
        Self {
            kind: node.kind,
            doubtful: node.is_doubtful(),
            size,
            head: wrap(head.trim(), size.letters, true, room, 2),
            words: wrap(&line(&node.text, 240), size.letters, false, room, LINES),
            foot: foot(node, room),
        }
    }

    pub(super) fn height(&self) -> f32 {
        let lines = lines(self.head.len() + self.words.len()) * self.size.letters * LEADING;
        PADDING + lines + self.foot_height() + PADDING - 1.0
    }

    fn foot_height(&self) -> f32 {
        if self.foot.is_empty() { 0.0 } else { 4.0 + lines(self.foot.len()) * SMALLEST * LEADING }
    }

    pub(super) fn draw(&self, shapes: &mut Vec<Shape>, (x, y): (f32, f32), height: f32) {
        self.draw_border(shapes, (x, y), height);
        let mut base = y + PADDING - 1.0;
        for (part, bold) in [(&self.head, true), (&self.words, false)] {
            for text in part {
                base += self.size.letters * LEADING;
                shapes.push(written(text, (x + PADDING, base - 1.0), self.size.letters, bold));
            }
        }
        if self.foot.is_empty() {
            return;
        }
        let mut base = y + height - PADDING + 1.0 - self.foot_height() + 2.5;
        let (left, right) = (x + PADDING, x + self.size.width - PADDING);
        let stroke = Stroke { width: 0.4, dashed: false };
        shapes.push(Shape::Line { points: vec![(left, base), (right, base)], stroke, arrow: false });
        base += 1.0;
        for text in &self.foot {
            base += SMALLEST * LEADING;
            shapes.push(written(text, (left, base - 1.0), SMALLEST, false));
        }
    }

    /// A round border for a why, a thick one for the trigger and the outcome, which is grey as well.
    fn draw_border(&self, shapes: &mut Vec<Shape>, (x, y): (f32, f32), height: f32) {
        let radius = match self.kind {
            NodeKind::Why | NodeKind::Trigger => 7.0,
            NodeKind::Limited | NodeKind::Detected | NodeKind::ShouldDetect => 3.0,
            NodeKind::Factor | NodeKind::Outcome => 0.0,
        };
        let thick = matches!(self.kind, NodeKind::Trigger | NodeKind::Outcome);
        let fill = Shade(if self.kind == NodeKind::Outcome { 228 } else { 255 });
        let stroke = Some(Stroke { width: if thick { 1.8 } else { 0.9 }, dashed: self.doubtful });
        shapes.push(Shape::Rect { x, y, width: self.size.width, height, radius, fill, stroke });
    }
}

/// The facts, each whole on a line where that is possible.
fn foot(node: &CauseNode, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for fact in node.facts() {
        let fact = line(fact, 40);
        let longer = lines.last().map(|last| format!("{last}, {fact}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(last)) if width(&longer, SMALLEST, false) <= room => *last = longer,
            (_, last) => {
                if let Some(last) = last {
                    last.push(',');
                }
                lines.extend(wrap(&fact, SMALLEST, false, room - COMMA, 2));
            }
        }
    }
    lines
}

fn written(text: &str, (x, y): (f32, f32), size: f32, bold: bool) -> Shape {
    Shape::Text { x, y, size, bold, anchor: TextAnchor::Start, text: text.to_owned() }
}

fn lines(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
