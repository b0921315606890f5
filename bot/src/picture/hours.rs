//! The hours of the day as columns, what is out of working hours on grey.

use super::bars::{most, part};
use super::describe::{describe_hours, outside};
use super::drawing::{Drawing, Shade, Shape, Stroke, TextAnchor};
use super::input::{HourChart, HourRow};
use super::width::{fit, width};
use super::words::{amount, line, number};
use super::{PAGE_WIDTH, SMALLEST};

const HEAD: f32 = 8.0;
const HEIGHT: f32 = 44.0;
const COLUMN: f32 = PAGE_WIDTH / 24.0;
const THIN: Stroke = Stroke { width: 0.6, dashed: false };

/// A row of columns for each of the chart's rows, all by one scale.
pub(crate) fn draw_hours(chart: &HourChart) -> Drawing {
    let most = most(chart.rows.iter().flat_map(|row| row.values));
    let mut shapes = Vec::new();
    let mut y = 2.0;
    for row in &chart.rows {
        place_row(&mut shapes, row, (&chart.unit, most), y);
        y += HEAD + HEIGHT + 34.0;
    }
    let key = if chart.rows.is_empty() { "There is nothing to show." } else { "Grey: out of working hours." };
    let (y, text, anchor) = (y + SMALLEST, key.to_owned(), TextAnchor::Start);
    shapes.push(Shape::Text { x: 0.0, y, size: SMALLEST, bold: false, anchor, text });
    let (title, description) = (line(&chart.title, 160), describe_hours(chart));
    Drawing { width: PAGE_WIDTH, height: y + 4.0, title, description, shapes, cuts: Vec::new() }
}

fn place_row(shapes: &mut Vec<Shape>, row: &HourRow, (unit, most): (&str, f64), y: f32) {
    let total: f64 = row.values.iter().filter(|value| value.is_finite()).sum();
    let outside = outside(&row.values, &row.out_of_hours);
    let facts = format!("{}, {} out of hours", amount(total, unit, None), number(outside));
    let room = PAGE_WIDTH - width(&facts, HEAD, false) - 8.0;
    let name = fit(&line(&row.label, 80), HEAD, true, room).into_owned();
    let base = y + HEAD;
    shapes.push(Shape::Text { x: 0.0, y: base, size: HEAD, bold: true, anchor: TextAnchor::Start, text: name });
    shapes.push(Shape::Text { x: PAGE_WIDTH, y: base, size: HEAD, bold: false, anchor: TextAnchor::End, text: facts });
    let (top, floor) = (y + HEAD + 5.0, y + HEAD + 15.0 + HEIGHT);
    place_shades(shapes, &row.out_of_hours, (top, floor));
    let mut x = 0.0;
    for (hour, value) in row.values.iter().enumerate() {
        let middle = x + COLUMN / 2.0;
        let high = HEIGHT * part(*value, most);
        if high > 0.0 {
            let (y, width, fill, stroke) = (floor - high, COLUMN - 7.0, Shade(140), Some(THIN));
            shapes.push(Shape::Rect { x: x + 3.5, y, width, height: high, radius: 0.0, fill, stroke });
            write(shapes, &fit(&number(*value), SMALLEST, false, COLUMN), (middle, y - 2.0));
        }
        write(shapes, &format!("{hour:02}"), (middle, floor + SMALLEST + 1.5));
        x += COLUMN;
    }
    let points = vec![(0.0, floor), (PAGE_WIDTH, floor)];
    shapes.push(Shape::Line { points, stroke: Stroke { width: 1.0, dashed: false }, arrow: false });
}

/// Grey behind what is out of hours; hours that follow each other as one, since seams between them would show.
fn place_shades(shapes: &mut Vec<Shape>, out_of_hours: &[bool; 24], (top, floor): (f32, f32)) {
    let mut x = 0.0;
    for run in out_of_hours.chunk_by(|one, other| one == other) {
        let width = run.iter().map(|_| COLUMN).sum();
        if run[0] {
            let (height, fill) = (floor - top, Shade(232));
            shapes.push(Shape::Rect { x, y: top, width, height, radius: 0.0, fill, stroke: None });
        }
        x += width;
    }
}

fn write(shapes: &mut Vec<Shape>, text: &str, (x, y): (f32, f32)) {
    let (text, anchor) = (text.to_owned(), TextAnchor::Middle);
    shapes.push(Shape::Text { x, y, size: SMALLEST, bold: false, anchor, text });
}
