//! A text made ready for its lines: cut where a line may end, put into fonts and directions, and shaped.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::BidiInfo;
use unicode_linebreak::linebreaks;

use super::shape::{Shaped, Shaper};
use super::style::MONO_SCALE;
use super::text::{Look, Text};

/// A shaped part of a word with its look.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) shaped: Rc<Shaped>,
    /// Its glyphs, where a word was cut; otherwise all.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) look: Look,
    /// Of the bidirectional algorithm; odd is from right to left.
    pub(super) level: u8,
    pub(super) blank: bool,
    pub(super) size: f32,
    pub(super) width: f32,
}

/// What stands on one line, unless it is longer than a line: pieces, then blanks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unit {
    pub(super) from: usize,
    /// Where its blanks begin.
    pub(super) blanks: usize,
    pub(super) to: usize,
    /// Without its blanks.
    pub(super) width: f32,
    pub(super) blank_width: f32,
    /// The line ends after it.
    pub(super) last: bool,
    pub(super) rtl: bool,
}

/// A text that was made ready.
#[derive(Debug, Clone, Default)]
pub(super) struct Paragraph {
    pub(super) pieces: Vec<Piece>,
    pub(super) units: Vec<Unit>,
}

impl Paragraph {
    /// Makes a text ready, in `size` points.
    pub(super) fn of(text: &Text, size: f32, shaper: &mut Shaper) -> Self {
        let mut paragraph = Self::default();
        let mut looks = Looks { looks: &text.looks, at: 0 };
        let mut start = 0;
        for line in text.chars.split('\n') {
            paragraph.line(line, start, size, &mut looks, shaper);
            start += line.len() + 1;
        }
        paragraph
    }

    fn line(&mut self, line: &str, start: usize, size: f32, looks: &mut Looks, shaper: &mut Shaper) {
        let directions = Directions::of(line);
        let rtl = directions.rtl;
        let mut reading = Reading { line, start, size, looks, directions, shaper };
        let mut from = 0;
        for (to, _) in linebreaks(line) {
            let first = self.pieces.len();
            let blanks = from + line[from..to].trim_end_matches(is_blank).len();
            reading.stretch(from..blanks, false, &mut self.pieces);
            let blank = self.pieces.len();
            reading.stretch(blanks..to, true, &mut self.pieces);
            let wide = |pieces: &[Piece]| pieces.iter().map(|piece| piece.width).sum();
            self.units.push(Unit {
                from: first,
                blanks: blank,
                to: self.pieces.len(),
                width: wide(&self.pieces[first..blank]),
                blank_width: wide(&self.pieces[blank..]),
                last: false,
                rtl,
            });
            from = to;
        }
        if line.is_empty() {
            let at = self.pieces.len();
            let empty = Unit { from: at, blanks: at, to: at, width: 0.0, blank_width: 0.0, last: true, rtl };
            self.units.push(empty);
        } else if let Some(unit) = self.units.last_mut() {
            unit.last = true;
        }
    }

    /// How wide it is if no line is broken but where it says so.
    pub(super) fn natural(&self) -> f32 {
        let mut widest: f32 = 0.0;
        let mut line = 0.0;
        for unit in &self.units {
            widest = widest.max(line + unit.width);
            line = if unit.last { 0.0 } else { line + unit.width + unit.blank_width };
        }
        widest
    }

    /// Whether it begins from right to left.
    pub(super) fn is_rtl(&self) -> bool {
        self.units.first().is_some_and(|unit| unit.rtl)
    }

    /// How wide its longest word is.
    pub(super) fn longest(&self) -> f32 {
        self.units.iter().map(|unit| unit.width).fold(0.0, f32::max)
    }
}

/// One line of a text while it is made ready.
struct Reading<'r, 't, 'f> {
    line: &'r str,
    /// Where it begins in the text.
    start: usize,
    size: f32,
    looks: &'r mut Looks<'t>,
    directions: Directions,
    shaper: &'r mut Shaper<'f>,
}

impl Reading<'_, '_, '_> {
    /// Shapes a stretch, cut where look or direction changes.
    fn stretch(&mut self, stretch: Range<usize>, blank: bool, pieces: &mut Vec<Piece>) {
        let mut from = stretch.start;
        while from < stretch.end {
            let (look_end, look) = self.looks.at(self.start + from);
            let end = stretch.end.min(look_end.saturating_sub(self.start)).min(self.directions.end(from)).max(from + 1);
            let level = self.directions.level(from);
            let size = if look.code { self.size * MONO_SCALE } else { self.size };
            for shaped in self.shaper.word(&self.line[from..end], look.style, level % 2 == 1).iter() {
                let (to, width) = (shaped.glyphs.len(), shaped.width * size);
                pieces.push(Piece { shaped: Rc::clone(shaped), from: 0, to, look, level, blank, size, width });
            }
            from = end;
        }
    }
}

/// The looks of a text, walked from its beginning.
struct Looks<'t> {
    looks: &'t [(usize, Look)],
    at: usize,
}

impl Looks<'_> {
    /// The look at a place, and where it ends.
    fn at(&mut self, place: usize) -> (usize, Look) {
        while self.looks.get(self.at).is_some_and(|(end, _)| *end <= place) {
            self.at += 1;
        }
        self.looks.get(self.at).copied().unwrap_or((usize::MAX, Look::default()))
    }
}

/// Which way each character of a line is read.
struct Directions {
    /// By byte; empty where everything goes from left to right.
    levels: Vec<u8>,
    rtl: bool,
}

impl Directions {
    fn of(line: &str) -> Self {
        if !line.chars().any(may_go_left) {
            return Self { levels: Vec::new(), rtl: false };
        }
        let info = BidiInfo::new(line, None);
        let rtl = info.paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl());
        Self { levels: info.levels.iter().map(unicode_bidi::Level::number).collect(), rtl }
    }

    fn level(&self, at: usize) -> u8 {
        self.levels.get(at).copied().unwrap_or(0)
    }

    /// Where the direction of what stands at a place ends.
    fn end(&self, from: usize) -> usize {
        let Some(rest) = self.levels.get(from..) else { return usize::MAX };
        let Some(level) = rest.first() else { return usize::MAX };
        rest.iter().position(|other| other != level).map_or(usize::MAX, |length| from + length)
    }
}

/// Blanks at which a line ends; the others hold together.
fn is_blank(c: char) -> bool {
    c == ' ' || c == '\u{200b}' || c == '\u{3000}' || matches!(c, '\u{2000}'..='\u{2006}' | '\u{2008}'..='\u{200a}')
}

fn may_go_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}
