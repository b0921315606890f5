//! The line of entries. A key entry has a pole and words beside it: on the left half below the line and to the right, on
//! the right half above it and to the left. So a pole only has to keep clear of the words of its own half, and it does where
//! the nearer to the middle it stands, the nearer to the line its words are.

use super::super::PAGE_WIDTH;
use super::super::drawing::{Shade, Shape, TextAnchor};
use super::super::input::{Mark, TimelinePicture};
use super::super::width::{fit, width};
use super::super::words::{clock, day_number, line, moment};
use super::{EDGE, Sheet, THICK, THIN};

/// Most entries that are named.
const NAMED_MAX: usize = 60;

const LETTERS: f32 = 7.0;
const ROW: f32 = 10.0;

/// From a pole to its words.
const PAD: f32 = 3.0;

/// Widest words.
const WORDS_MAX: f32 = 230.0;

/// Strokes nearer than this look like one.
const STROKES: f32 = 0.6;

/// The words at a pole.
struct Flag {
    x: f32,
    time: String,
    words: String,
    wide: f32,
}

/// Draws the line and answers how many key entries it does not name.
pub(super) fn place(sheet: &mut Sheet, picture: &TimelinePicture) -> usize {
    let marks = picture.sorted_marks();
    let key: Vec<&Mark> = marks.iter().copied().filter(|mark| mark.key).collect();
    let middle = middle(sheet, &key);
    let (from, _) = picture.bounds();
    let zone = picture.zone;
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    for mark in key.iter().take(NAMED_MAX) {
        let x = sheet.scale.x(mark.at);
        let room = if x < middle { PAGE_WIDTH - x } else { x } - PAD;
        let first_day = day_number(zone, mark.at) == day_number(zone, from);
        let time = if first_day { clock(zone, mark.at, false) } else { moment(zone, mark.at) };
        let flag = Flag::new(x, time, mark, room.min(WORDS_MAX));
        if x < middle { before.push(flag) } else { behind.push(flag) }
    }
    // From the middle outwards.
    before.reverse();
    let (above, below) = (rows(&behind), rows(&before));
    let height = |rows: &[usize]| ROW * rows.iter().max().map_or(0.0, |row| small(*row + 1));
    let y = sheet.y + 12.0 + height(&above);
    for (flag, row) in behind.iter().zip(&above) {
        let base = y - 7.0 - ROW * small(*row);
        sheet.line((flag.x, y), (flag.x, base - 5.5), THIN);
        let left = flag.x - PAD - flag.wide;
        flag.draw(sheet, left, base);
    }
    for (flag, row) in before.iter().zip(&below) {
        let base = y + 13.0 + ROW * small(*row);
        sheet.line((flag.x, y), (flag.x, base), THIN);
        flag.draw(sheet, flag.x + PAD, base);
    }
    draw_line(sheet, &marks, y);
    sheet.y = y + 6.0 + height(&below);
    key.len().saturating_sub(NAMED_MAX)
}

/// Where the halves meet: about as many names on both sides, and room for words on each.
fn middle(sheet: &Sheet, key: &[&Mark]) -> f32 {
    let median = key.get(key.len() / 2).map_or(PAGE_WIDTH / 2.0, |mark| sheet.scale.x(mark.at));
    median.clamp(PAGE_WIDTH * 0.4, PAGE_WIDTH * 0.6)
}

/// The row of each flag, given from the middle outwards: beyond those whose pole its words would cover.
fn rows(flags: &[Flag]) -> Vec<usize> {
    let mut rows: Vec<usize> = Vec::new();
    for (index, flag) in flags.iter().enumerate() {
        let reach = flag.wide + 2.0 * PAD;
        let covered = flags[..index].iter().zip(&rows).filter(|(other, _)| (other.x - flag.x).abs() <= reach);
        rows.push(covered.map(|(_, row)| row + 1).max().unwrap_or(0));
    }
    rows
}

fn draw_line(sheet: &mut Sheet, marks: &[&Mark], y: f32) {
    sheet.line((EDGE, y), (PAGE_WIDTH - EDGE, y), THICK);
    for piece in sheet.scale.pieces.clone().into_iter().filter(|piece| piece.empty) {
        sheet.strike(f32::midpoint(piece.left, piece.right), y);
    }
    let mut last = f32::NEG_INFINITY;
    for mark in marks.iter().filter(|mark| !mark.key) {
        let x = sheet.scale.x(mark.at);
        // Of ten thousand most would stand on another.
        if x - last >= STROKES {
            sheet.line((x, y - 3.5), (x, y + 3.5), THIN);
            last = x;
        }
    }
    last = f32::NEG_INFINITY;
    for mark in marks.iter().filter(|mark| mark.key) {
        let x = sheet.scale.x(mark.at);
        if x > last {
            sheet.shapes.push(Shape::Circle { x, y, radius: 2.2, fill: Shade(0), stroke: None });
            last = x;
        }
    }
}

impl Flag {
    fn new(x: f32, time: String, mark: &Mark, room: f32) -> Self {
        let before = width(&time, LETTERS, true) + PAD;
        let words = format!("{} {}", line(&mark.id, 16), line(&mark.text, 120));
        let words = fit(words.trim(), LETTERS, false, room - before).into_owned();
        let wide = before + width(&words, LETTERS, false);
        Self { x, time, words, wide }
    }

    fn draw(&self, sheet: &mut Sheet, left: f32, base: f32) {
        let start = left + width(&self.time, LETTERS, true) + PAD;
        for (x, text, bold) in [(left, &self.time, true), (start, &self.words, false)] {
            let (y, size, anchor) = (base, LETTERS, TextAnchor::Start);
            sheet.shapes.push(Shape::Text { x, y, size, bold, anchor, text: text.clone() });
        }
    }
}

fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
