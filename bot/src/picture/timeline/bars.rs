//! What lasted, as bars below the axis; those that do not meet share a row.

use super::super::drawing::{Shade, Shape, TextAnchor};
use super::super::input::Span;
use super::super::width::{fit, width};
use super::super::words::{duration, line};
use super::super::{PAGE_WIDTH, SMALLEST};
use super::{Sheet, THIN};

const HEIGHT: f32 = 11.0;
const ROW: f32 = 14.0;

/// What is left between a bar and its words, and between two bars with theirs.
const PAD: f32 = 4.0;

/// A bar and where its words stand.
struct Bar {
    left: f32,
    right: f32,
    text: String,
    text_at: f32,
    anchor: TextAnchor,
}

pub(super) fn place(sheet: &mut Sheet, spans: &[Span]) {
    let top = sheet.y + 4.0;
    // How far each row is taken, as pieces from left to right.
    let mut rows: Vec<Vec<(f32, f32)>> = Vec::new();
    for span in spans {
        let bar = bar(sheet, span);
        let (left, right) = bar.extent();
        let free = |row: &Vec<(f32, f32)>| row.iter().all(|taken| right + PAD < taken.0 || taken.1 + PAD < left);
        let row = rows.iter().position(free).unwrap_or(rows.len());
        if row == rows.len() {
            rows.push(Vec::new());
        }
        rows[row].push((left, right));
        let y = top + ROW * f32::from(u16::try_from(row).unwrap_or(u16::MAX));
        let (x, width) = (bar.left, bar.right - bar.left);
        let (fill, stroke) = (Shade(222), Some(THIN));
        sheet.shapes.push(Shape::Rect { x, y, width, height: HEIGHT, radius: 0.0, fill, stroke });
        sheet.write(&bar.text, (bar.text_at, y + HEIGHT - 3.2), bar.anchor, false);
    }
    if !rows.is_empty() {
        sheet.y = top + ROW * f32::from(u16::try_from(rows.len()).unwrap_or(u16::MAX));
    }
}

/// The words stand within the bar where they fit, else beside it where there is more room.
fn bar(sheet: &Sheet, span: &Span) -> Bar {
    let (from, to) = span.ends();
    let (left, right) = (sheet.scale.x(from), sheet.scale.x(to));
    let right = right.max(left + 1.5).min(PAGE_WIDTH);
    let text = format!("{} ({})", line(&span.label, 60), duration(to - from));
    let wide = width(&text, SMALLEST, false);
    let (inside, before, behind) = (right - left - 2.0 * PAD, left - PAD, PAGE_WIDTH - right - PAD);
    let best = inside.max(before).max(behind);
    let within = |room: f32| wide <= room || room >= best;
    let (text_at, anchor, room) = if within(inside) {
        (left + PAD, TextAnchor::Start, inside)
    } else if within(behind) {
        (right + PAD, TextAnchor::Start, behind)
    } else {
        (left - PAD, TextAnchor::End, before)
    };
    Bar { left, right, text: fit(&text, SMALLEST, false, room).into_owned(), text_at, anchor }
}

impl Bar {
    /// From where to where the bar and its words reach.
    fn extent(&self) -> (f32, f32) {
        let wide = width(&self.text, SMALLEST, false);
        let (left, right) = match self.anchor {
            TextAnchor::End => (self.text_at - wide, self.text_at),
            _ => (self.text_at, self.text_at + wide),
        };
        (left.min(self.left), right.max(self.right))
    }
}
