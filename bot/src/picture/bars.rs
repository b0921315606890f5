//! Bars from left to right, each with its name before and its value behind.

use super::describe::describe_bars;
use super::drawing::{Drawing, Shade, Shape, Stroke, TextAnchor};
use super::input::BarChart;
use super::width::{fit, width};
use super::words::{amount, line};
use super::{PAGE_WIDTH, SMALLEST};

const LETTERS: f32 = 7.5;
const ROW: f32 = 15.0;
const BAR: f32 = 10.0;
const GAP: f32 = 5.0;

/// Most of the width that names and values take.
const NAMES_MAX: f32 = 170.0;
const VALUES_MAX: f32 = 140.0;

const THIN: Stroke = Stroke { width: 0.6, dashed: false };

/// The bars in their order. The longest takes all the room.
pub(crate) fn draw_bars(chart: &BarChart) -> Drawing {
    let names: Vec<String> =
        chart.bars.iter().map(|bar| fit(&line(&bar.label, 80), LETTERS, false, NAMES_MAX).into_owned()).collect();
    let value = |value, note| fit(&amount(value, &chart.unit, note), LETTERS, false, VALUES_MAX).into_owned();
    let values: Vec<String> = chart.bars.iter().map(|bar| value(bar.value, bar.note.as_deref())).collect();
    let left = widest(&names) + GAP;
    let room = PAGE_WIDTH - left - widest(&values) - GAP - 2.0;
    let most = most(chart.bars.iter().map(|bar| bar.value));
    let mut shapes = Vec::new();
    let mut y = 4.0;
    for ((bar, name), value) in chart.bars.iter().zip(names).zip(values) {
        let long = room * part(bar.value, most);
        let base = y + BAR - 2.3;
        shapes.push(Shape::Text {
            x: left - GAP,
            y: base,
            size: LETTERS,
            bold: false,
            anchor: TextAnchor::End,
            text: name,
        });
        if long > 0.0 {
            let (fill, stroke) = (Shade(190), Some(THIN));
            shapes.push(Shape::Rect { x: left, y, width: long, height: BAR, radius: 0.0, fill, stroke });
        }
        let (x, anchor) = (left + long + GAP, TextAnchor::Start);
        shapes.push(Shape::Text { x, y: base, size: LETTERS, bold: false, anchor, text: value });
        y += ROW;
    }
    if chart.bars.is_empty() {
        let (text, anchor) = ("There is nothing to show.".to_owned(), TextAnchor::Start);
        shapes.push(Shape::Text { x: 0.0, y: y + SMALLEST, size: SMALLEST, bold: false, anchor, text });
        y += ROW;
    } else {
        let points = vec![(left, 1.0), (left, y - 2.0)];
        shapes.push(Shape::Line { points, stroke: Stroke { width: 1.0, dashed: false }, arrow: false });
    }
    Drawing {
        width: PAGE_WIDTH,
        height: y,
        title: line(&chart.title, 160),
        description: describe_bars(chart),
        shapes,
        cuts: Vec::new(),
    }
}

fn widest(texts: &[String]) -> f32 {
    texts.iter().map(|text| width(text, LETTERS, false)).fold(0.0, f32::max)
}

/// The largest of the values that can be drawn, 0 where there is none.
pub(super) fn most(values: impl Iterator<Item = f64>) -> f64 {
    values.filter(|value| value.is_finite()).fold(0.0, f64::max)
}

/// How much of the largest a value is, from 0 to 1.
#[expect(clippy::cast_possible_truncation, reason = "a length in a picture needs no more digits")]
pub(super) fn part(value: f64, most: f64) -> f32 {
    let part = value / most;
    if part.is_finite() { part.clamp(0.0, 1.0) as f32 } else { 0.0 }
}
