//! Pictures, drawn as they are described.

use std::rc::Rc;

use super::blocks::{Builder, Column};
use super::fonts::Style;
use super::paragraph::Paragraph;
use super::sheet::{Drawn, Figure, Mark, Pen, Slab, Step};
use super::style::{self, Ink};
use super::tags::{Kind, NodeId};
use super::text::Text;
use crate::picture::{Drawing, Shade, Shape, Stroke, TextAnchor};

/// A picture leaves room for a title and a heading above it.
const HIGHEST: f32 = style::BODY_HEIGHT * 0.8;
/// So much smaller a picture is made rather than parted.
const SMALLER: f32 = 0.85;
/// How far a curve's handles are from its ends to make a quarter of a circle.
const ROUND: f32 = 0.552_284_8;

/// How a drawing is put on the page.
#[derive(Clone, Copy)]
struct Frame {
    left: f32,
    /// The height of the drawing that is above on the page.
    top: f32,
    scale: f32,
    node: NodeId,
}

impl Frame {
    fn at(self, x: f32, y: f32) -> (f32, f32) {
        (self.left + x * self.scale, (y - self.top) * self.scale)
    }

    fn pen(self, stroke: Stroke) -> Pen {
        Pen { width: (stroke.width * self.scale).max(0.2), ink: Ink::Grey(0), dashed: stroke.dashed }
    }
}

impl Builder<'_> {
    /// A picture in its own size, or smaller so that it fits on a page. One that can be parted goes on on the next page instead, as
    /// its letters would be too small.
    pub(super) fn picture(&mut self, drawing: &Drawing, column: &Column) {
        let usable = |length: f32| length.is_finite() && length > 0.0;
        if !usable(drawing.width) || !usable(drawing.height) {
            return;
        }
        let said = [drawing.title.trim(), drawing.description.trim()].into_iter().filter(|said| !said.is_empty());
        let said = said.collect::<Vec<_>>().join(". ");
        let widest = (column.width / drawing.width).min(1.0);
        let fits = widest * SMALLER * drawing.height <= HIGHEST;
        let parts = if fits { vec![(0.0, drawing.height)] } else { parts(drawing, HIGHEST / widest) };
        let scale = if parts.len() > 1 { widest } else { widest.min(HIGHEST / drawing.height) };
        let width = drawing.width * scale;
        let left = column.left + (column.width - width) / 2.0;
        for (number, (top, bottom)) in (1..).zip(&parts) {
            let said = if number == 1 { said.clone() } else { format!("{}, part {number}", drawing.title.trim()) };
            let node = self.tags.add(Kind::Figure(said), column.node);
            let frame = Frame { left, top: *top, scale, node };
            let figure = Figure { node, x: left, width };
            let height = (bottom - top) * scale;
            let mut slab = Slab { height, before: 6.0, after: 14.0, figure: Some(figure), ..Slab::default() };
            slab.bars = Rc::clone(&column.bars);
            let shapes: Vec<&Shape> = match &parts[..] {
                [_] => drawing.shapes.iter().collect(),
                _ => drawing.between(*top, *bottom).collect(),
            };
            for shape in shapes {
                self.shape(shape, frame, &mut slab);
            }
            self.pages.push(slab);
        }
    }

    fn shape(&mut self, shape: &Shape, frame: Frame, slab: &mut Slab) {
        let mut path = |steps, fill: Option<Shade>, pen| {
            let drawn = Drawn::Path { steps, fill: fill.map(|shade| shade.0), pen };
            slab.marks.push(Mark { node: Some(frame.node), drawn });
        };
        match shape {
            Shape::Rect { x, y, width, height, radius, fill, stroke } => {
                let steps = rounded(frame.at(*x, *y), width * frame.scale, height * frame.scale, radius * frame.scale);
                path(steps, Some(*fill), stroke.map(|stroke| frame.pen(stroke)));
            }
            Shape::Circle { x, y, radius, fill, stroke } => {
                let (left, top) = frame.at(x - radius, y - radius);
                let across = 2.0 * radius * frame.scale;
                let steps = rounded((left, top), across, across, across / 2.0);
                path(steps, Some(*fill), stroke.map(|stroke| frame.pen(stroke)));
            }
            Shape::Line { points, stroke, arrow } => {
                let mut points: Vec<_> = points.iter().map(|(x, y)| frame.at(*x, *y)).collect();
                let pen = frame.pen(*stroke);
                let head = if *arrow { arrow_head(&mut points, pen.width) } else { None };
                path(open(&points), None, Some(pen));
                if let Some(head) = head {
                    path(head, Some(Shade(0)), None);
                }
            }
            Shape::Text { x, y, size, bold, anchor, text } => {
                let style = if *bold { Style::Bold } else { Style::Regular };
                let size = size * frame.scale;
                let line = Paragraph::of(&Text::plain(text, style), size, &mut self.shaper).single();
                let (x, y) = frame.at(*x, *y);
                let x = match anchor {
                    TextAnchor::Start => x,
                    TextAnchor::Middle => x - line.width / 2.0,
                    TextAnchor::End => x - line.width,
                };
                slab.put(line, (x, y), Ink::Grey(0), Some(frame.node), &self.links);
            }
        }
    }
}

/// The parts of a drawing, each from a height to another: as few as fit on pages that show so much of it; the whole where it
/// cannot be parted so.
fn parts(drawing: &Drawing, page: f32) -> Vec<(f32, f32)> {
    let whole = vec![(0.0, drawing.height)];
    let mut parts = Vec::new();
    let (mut top, mut last) = (0.0, 0.0);
    for cut in drawing.cuts.iter().copied().chain([drawing.height]) {
        if cut - top > page && last > top {
            parts.push((top, last));
            top = last;
        }
        // Also what is no number.
        if !(cut - top <= page && cut >= last) {
            return whole;
        }
        last = cut;
    }
    parts.push((top, drawing.height));
    parts
}

fn open(points: &[(f32, f32)]) -> Vec<Step> {
    let step = |(at, (x, y)): (usize, &(f32, f32))| if at == 0 { Step::Move(*x, *y) } else { Step::Line(*x, *y) };
    points.iter().enumerate().map(step).collect()
}

/// The head at a path's end, which is taken back so that it ends within the head.
fn arrow_head(points: &mut [(f32, f32)], width: f32) -> Option<Vec<Step>> {
    let (tip, before) = match points {
        [.., before, tip] => (*tip, *before),
        _ => return None,
    };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy);
    if length < 0.01 {
        return None;
    }
    let (ux, uy) = (dx / length, dy / length);
    let long = (3.5 + 3.0 * width).min(length);
    let half = long * 0.4;
    let (bx, by) = (tip.0 - ux * long, tip.1 - uy * long);
    if let Some(end) = points.last_mut() {
        *end = (tip.0 - ux * long * 0.7, tip.1 - uy * long * 0.7);
    }
    let left = Step::Line(bx - uy * half, by + ux * half);
    let right = Step::Line(bx + uy * half, by - ux * half);
    Some(vec![Step::Move(tip.0, tip.1), left, right, Step::Close])
}

/// A rectangle with round corners.
fn rounded((x, y): (f32, f32), width: f32, height: f32, radius: f32) -> Vec<Step> {
    let r = radius.min(width / 2.0).min(height / 2.0).max(0.0);
    let (right, bottom) = (x + width, y + height);
    if r <= 0.0 {
        let corners = [(x, y), (right, y), (right, bottom), (x, bottom)];
        return open(&corners).into_iter().chain([Step::Close]).collect();
    }
    let h = r * (1.0 - ROUND);
    vec![
        Step::Move(x + r, y),
        Step::Line(right - r, y),
        Step::Curve([right - h, y, right, y + h, right, y + r]),
        Step::Line(right, bottom - r),
        Step::Curve([right, bottom - h, right - h, bottom, right - r, bottom]),
        Step::Line(x + r, bottom),
        Step::Curve([x + h, bottom, x, bottom - h, x, bottom - r]),
        Step::Line(x, y + r),
        Step::Curve([x, y + h, x + h, y, x + r, y]),
        Step::Close,
    ]
}
