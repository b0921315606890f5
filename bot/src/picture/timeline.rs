//! The timeline as shapes: the time of day above, bars for what lasted, and a line of all entries with the key ones
//! named above and below it.

mod bars;
mod flags;

use chrono::{DateTime, Utc};

use super::describe::describe_timeline;
use super::drawing::{Drawing, Shade, Shape, Stroke, TextAnchor};
use super::input::TimelinePicture;
use super::scale::Scale;
use super::width::width;
use super::words::{clock, counted, day, duration, line, moment, zone_name};
use super::{PAGE_WIDTH, SMALLEST};

/// What is left at both ends, so that the first and the last time are whole.
const EDGE: f32 = 14.0;

/// Least distance of two times on the axis.
const TIMES_APART: f32 = 46.0;

/// Most bars that are drawn.
const SPANS_MAX: usize = 24;

/// Where the lines of days and times stand, and the axis below them.
const DAYS: f32 = 8.0;
const TIMES: f32 = 17.0;
const AXIS: f32 = 22.0;

const THIN: Stroke = Stroke { width: 0.5, dashed: false };
const THICK: Stroke = Stroke { width: 1.0, dashed: false };

/// The timeline in wall time. Long times in which nothing happened are left out where there is much else, and it is said
/// how long each was.
pub(crate) fn draw_timeline(picture: &TimelinePicture) -> Drawing {
    let (from, to) = picture.bounds();
    let mut points = vec![from, to];
    points.extend(picture.marks.iter().map(|mark| mark.at));
    points.extend(picture.spans.iter().flat_map(|span| [span.from, span.to]));
    points.sort_unstable();
    let scale = Scale::new(&points, EDGE, PAGE_WIDTH - EDGE);
    let mut sheet = Sheet { shapes: Vec::new(), y: 0.0, scale };
    sheet.place_times(picture);
    let axis = sheet.y;
    bars::place(&mut sheet, &picture.spans[..picture.spans.len().min(SPANS_MAX)]);
    sheet.place_breaks(axis);
    let unnamed = flags::place(&mut sheet, picture);
    sheet.place_key(picture, (from, to), unnamed);
    Drawing {
        width: PAGE_WIDTH,
        height: sheet.y,
        title: line(&picture.title, 160),
        description: describe_timeline(picture),
        shapes: sheet.shapes,
        cuts: Vec::new(),
    }
}

/// What was drawn so far, and down to where.
struct Sheet {
    shapes: Vec<Shape>,
    y: f32,
    scale: Scale,
}

/// What of a line of words is taken.
#[derive(Default)]
struct Taken(Vec<(f32, f32)>);

impl Taken {
    /// Takes a place unless another is nearer than some points.
    fn take(&mut self, left: f32, right: f32) -> bool {
        let free = self.0.iter().all(|(from, to)| right + 4.0 < *from || *to + 4.0 < left);
        if free {
            self.0.push((left, right));
        }
        free
    }
}

impl Sheet {
    /// Days, times of day and the axis below them. What is left out is told beside the days.
    fn place_times(&mut self, picture: &TimelinePicture) {
        let zone = picture.zone;
        let (ticks, step) = self.scale.ticks(zone, TIMES_APART);
        let (mut days, mut times) = (Taken::default(), Taken::default());
        for piece in self.scale.pieces.clone().into_iter().filter(|piece| piece.empty) {
            let text = duration(piece.to - piece.from);
            self.write_free(&text, (f32::midpoint(piece.left, piece.right), DAYS), false, &mut days);
        }
        // What comes after a break is far from the last time before it, so its first entry's is told whole.
        for at in self.scale.resumed.clone() {
            let x = self.scale.x(at);
            if self.write_free(&moment(zone, at), (x, TIMES), false, &mut times) {
                self.line((x, AXIS - 3.0), (x, AXIS), THIN);
            }
        }
        let mut last = String::new();
        for at in ticks {
            let x = self.scale.x(at);
            let local = at.with_timezone(&zone);
            let (text, named) = match step {
                0..60 => (clock(zone, at, true), day(zone, at)),
                60..86_400 => (clock(zone, at, false), day(zone, at)),
                _ => (local.format("%-d %b").to_string(), local.format("%Y").to_string()),
            };
            if !self.write_free(&text, (x, TIMES), false, &mut times) {
                continue;
            }
            self.line((x, AXIS - 3.0), (x, AXIS), THIN);
            let middle = x + (width(&named, SMALLEST, true) - width(&text, SMALLEST, false)) / 2.0;
            if last != named && self.write_free(&named, (middle, DAYS), true, &mut days) {
                last = named;
            }
        }
        self.y = AXIS;
        self.line((EDGE, self.y), (PAGE_WIDTH - EDGE, self.y), THICK);
    }

    /// Writes a text in the middle of a place, or as near as the picture goes, unless another stands there.
    fn write_free(&mut self, text: &str, (x, y): (f32, f32), bold: bool, taken: &mut Taken) -> bool {
        let wide = width(text, SMALLEST, bold);
        let left = (x - wide / 2.0).clamp(0.0, PAGE_WIDTH - wide);
        let free = taken.take(left, left + wide);
        if free {
            self.write(text, (left, y), TextAnchor::Start, bold);
        }
        free
    }

    /// Two strokes through the axis where time is left out.
    fn place_breaks(&mut self, axis: f32) {
        for piece in self.scale.pieces.clone().into_iter().filter(|piece| piece.empty) {
            self.strike(f32::midpoint(piece.left, piece.right), axis);
        }
    }

    fn strike(&mut self, x: f32, y: f32) {
        let fill = Shade(255);
        self.shapes.push(Shape::Rect {
            x: x - 3.0,
            y: y - 2.0,
            width: 6.0,
            height: 4.0,
            radius: 0.0,
            fill,
            stroke: None,
        });
        for x in [x - 3.0, x + 3.0] {
            self.line((x - 1.5, y + 4.0), (x + 1.5, y - 4.0), THIN);
        }
    }

    fn place_key(&mut self, picture: &TimelinePicture, (from, to): (DateTime<Utc>, DateTime<Utc>), unnamed: usize) {
        let mut words = vec![format!("Times: {}.", zone_name(picture.zone, from, to))];
        let key = picture.marks.iter().filter(|mark| mark.key).count();
        if key > 0 {
            words.push(format!("Dots: {}.", counted(key, "key entry", "key entries")));
        }
        if key < picture.marks.len() {
            words.push(format!(
                "Short strokes: {}.",
                counted(picture.marks.len() - key, "other entry", "other entries")
            ));
        }
        if unnamed > 0 {
            words.push(format!("Not named: {}.", counted(unnamed, "key entry", "key entries")));
        }
        if picture.spans.len() > SPANS_MAX {
            words.push(format!("Not drawn: {}.", counted(picture.spans.len() - SPANS_MAX, "span", "spans")));
        }
        if self.scale.pieces.len() > 1 {
            words.push("Double strokes: time without entries left out.".to_owned());
        }
        self.y += 8.0;
        for text in super::width::wrap(&words.join(" "), SMALLEST, false, PAGE_WIDTH, 3) {
            self.y += SMALLEST * 1.25;
            self.write(&text, (0.0, self.y), TextAnchor::Start, false);
        }
        self.y += 3.0;
    }

    fn line(&mut self, from: (f32, f32), to: (f32, f32), stroke: Stroke) {
        self.shapes.push(Shape::Line { points: vec![from, to], stroke, arrow: false });
    }

    fn write(&mut self, text: &str, (x, y): (f32, f32), anchor: TextAnchor, bold: bool) {
        let text = text.to_owned();
        self.shapes.push(Shape::Text { x, y, size: SMALLEST, bold, anchor, text });
    }
}
