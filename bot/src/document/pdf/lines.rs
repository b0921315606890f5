//! Lines: as many words as fit, each line put into the order in which it is seen.

use super::paragraph::{Paragraph, Piece, Unit};
use super::shape::Glyph;
use super::text::Look;

/// So much too wide is not seen, and comes of rounding.
const TOLERANCE: f32 = 0.01;
/// Behind these a word that is longer than a line is cut by preference.
const SEAMS: &str = "/\\?&=._-:,;|@%#+";

/// One line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    /// From left to right.
    pub(super) runs: Vec<Run>,
    /// Without the blank at its end.
    pub(super) width: f32,
    pub(super) rtl: bool,
}

/// Glyphs beside each other in one font, size and look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// From the line's left end.
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) face: usize,
    pub(super) size: f32,
    pub(super) look: Look,
    /// As it is read.
    pub(super) text: String,
    pub(super) glyphs: Vec<Glyph>,
}

impl Paragraph {
    /// Breaks it into lines of at most `width`, or of one character where even that is wider.
    pub(super) fn lines(&self, width: f32) -> Vec<Line> {
        let mut setter = Setter { width, lines: Vec::new(), line: Vec::new(), used: 0.0, blank: 0.0, rtl: false };
        for unit in &self.units {
            setter.unit(&self.pieces, unit);
        }
        setter.lines
    }

    /// One line of whatever length.
    pub(super) fn single(&self) -> Line {
        Line::of(self.pieces.clone(), self.is_rtl(), true)
    }
}

/// Fills one line after the other.
struct Setter {
    width: f32,
    lines: Vec<Line>,
    line: Vec<Piece>,
    /// How much of the line is taken, without the blanks at its end.
    used: f32,
    blank: f32,
    rtl: bool,
}

impl Setter {
    fn unit(&mut self, pieces: &[Piece], unit: &Unit) {
        self.rtl = unit.rtl;
        let room = self.width + TOLERANCE - self.used - self.blank;
        if unit.width <= room {
            self.line.extend_from_slice(&pieces[unit.from..unit.blanks]);
            self.used += self.blank + unit.width;
        } else {
            // A word that fits no line begins on this one if much is left of it.
            if !self.line.is_empty() && (unit.width <= self.width || room < self.width / 2.0) {
                self.end(false);
            }
            if unit.width <= self.width + TOLERANCE {
                self.line.extend_from_slice(&pieces[unit.from..unit.blanks]);
                self.used = unit.width;
            } else {
                self.used += self.blank;
                pieces[unit.from..unit.blanks].iter().for_each(|piece| self.cut(piece));
            }
        }
        self.line.extend_from_slice(&pieces[unit.blanks..unit.to]);
        self.blank = unit.blank_width;
        if unit.last {
            self.end(true);
        }
    }

    /// Puts a piece of a long word on as many lines as it takes.
    fn cut(&mut self, piece: &Piece) {
        let mut rest = piece.clone();
        while rest.width > self.width + TOLERANCE - self.used {
            let Some(head) = rest.split(self.width + TOLERANCE - self.used, self.line.is_empty()) else {
                if self.line.is_empty() {
                    break;
                }
                self.end(false);
                continue;
            };
            self.line.push(head);
            self.end(false);
        }
        self.used += rest.width;
        self.line.push(rest);
    }

    fn end(&mut self, whole: bool) {
        let line = std::mem::take(&mut self.line);
        self.lines.push(Line::of(line, self.rtl, whole));
        (self.used, self.blank) = (0.0, 0.0);
    }
}

impl Piece {
    /// Takes off what fits into `room`, in whole characters; at least one of them if it `must`. Nothing if nothing fits or
    /// nothing would be left.
    fn split(&mut self, room: f32, must: bool) -> Option<Piece> {
        let glyphs = &self.shaped.glyphs;
        let order: Vec<usize> =
            if self.shaped.rtl { (self.from..self.to).rev().collect() } else { (self.from..self.to).collect() };
        let (mut taken, mut seam, mut used) = (0, 0, 0.0);
        let mut at = 0;
        while at < order.len() {
            let cluster = glyphs[order[at]].start;
            let length = order[at..].iter().take_while(|&&glyph| glyphs[glyph].start == cluster).count();
            let within = &order[at..at + length];
            used += within.iter().map(|&glyph| glyphs[glyph].advance * self.size).sum::<f32>();
            if used > room && !(must && taken == 0) {
                break;
            }
            at += length;
            taken = at;
            if used > room {
                break;
            }
            let said = &self.shaped.text[cluster..glyphs[within[0]].end];
            if used > room / 2.0 && said.ends_with(|c| SEAMS.contains(c)) {
                seam = at;
            }
        }
        let taken = if seam > 0 { seam } else { taken };
        if taken == 0 || taken == order.len() {
            return None;
        }
        let (head, rest) = if self.shaped.rtl {
            ((self.to - taken, self.to), (self.from, self.to - taken))
        } else {
            ((self.from, self.from + taken), (self.from + taken, self.to))
        };
        let part = |(from, to)| {
            let width = glyphs[from..to].iter().map(|glyph| glyph.advance * self.size).sum();
            Piece { from, to, width, ..self.clone() }
        };
        let (head, rest) = (part(head), part(rest));
        *self = rest;
        Some(head)
    }
}

impl Line {
    /// Puts pieces, given as they are read, where they are seen. A line that the text goes on after keeps a blank at its
    /// end, which is not seen but tells words apart for whoever copies them or has them read out.
    fn of(mut pieces: Vec<Piece>, rtl: bool, whole: bool) -> Self {
        let words = pieces.iter().rposition(|piece| !piece.blank).map_or(0, |last| last + 1);
        // A line of code may be nothing but blanks at first; they are kept by the words after them.
        pieces.truncate(if whole { words } else { words + 1 });
        let width = pieces[..words.min(pieces.len())].iter().map(|piece| piece.width).sum();
        if let Some(blank) = pieces.get_mut(words) {
            blank.level = u8::from(rtl);
        }
        let mut order: Vec<usize> = (0..pieces.len()).collect();
        reorder(&mut order, &pieces);
        // The blank of a line that is read to the left hangs over its left end.
        let hanging = if rtl { pieces.get(words).map_or(0.0, |blank| blank.width) } else { 0.0 };
        let mut line = Self { runs: Vec::new(), width, rtl };
        let mut x = -hanging;
        let mut at = 0;
        while at < order.len() {
            let first = &pieces[order[at]];
            let length = order[at..].iter().take_while(|&&piece| pieces[piece].goes_with(first)).count();
            let run = Run::of(&pieces, &order[at..at + length], x);
            x += run.width;
            line.runs.push(run);
            at += length;
        }
        line
    }

    /// What it says, in the order in which it is seen.
    #[cfg(test)]
    pub(super) fn seen(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// The bidirectional algorithm's last rule: turns around whatever stands at a level, from the highest to the lowest odd.
fn reorder(order: &mut [usize], pieces: &[Piece]) {
    let highest = pieces.iter().map(|piece| piece.level).max().unwrap_or(0);
    for level in (1..=highest).rev() {
        let mut at = 0;
        while at < order.len() {
            let length = order[at..].iter().take_while(|&&piece| pieces[piece].level >= level).count();
            order[at..at + length].reverse();
            at += length.max(1);
        }
    }
}

impl Piece {
    fn goes_with(&self, other: &Self) -> bool {
        self.shaped.face == other.shaped.face
            && self.look == other.look
            && self.level == other.level
            && self.size.to_bits() == other.size.to_bits()
    }
}

impl Run {
    /// `order` is from left to right.
    fn of(pieces: &[Piece], order: &[usize], x: f32) -> Self {
        let first = &pieces[order[0]];
        let mut run = Self {
            x,
            width: 0.0,
            face: first.shaped.face,
            size: first.size,
            look: first.look,
            text: String::new(),
            glyphs: Vec::new(),
        };
        // Where each piece's words stand in the text: it is written as it is read.
        let mut read = order.to_vec();
        read.sort_unstable();
        let lowest = read[0];
        let mut starts = vec![0; read.len()];
        for &piece in &read {
            starts[piece - lowest] = run.text.len();
            run.text.push_str(pieces[piece].said().0);
        }
        for &at in order {
            let piece = &pieces[at];
            let (start, offset) = (starts[at - lowest], piece.said().1);
            run.width += piece.width;
            run.glyphs.extend(piece.shaped.glyphs[piece.from..piece.to].iter().map(|glyph| Glyph {
                start: glyph.start - offset + start,
                end: glyph.end - offset + start,
                ..*glyph
            }));
        }
        run
    }
}

impl Piece {
    /// Its words, and where they begin in what was shaped.
    fn said(&self) -> (&str, usize) {
        let glyphs = &self.shaped.glyphs;
        if (self.from, self.to) == (0, glyphs.len()) {
            return (&self.shaped.text, 0);
        }
        let within = &glyphs[self.from..self.to];
        let start = within.iter().map(|glyph| glyph.start).min().unwrap_or(0);
        let end = within.iter().map(|glyph| glyph.end).max().unwrap_or(start);
        (&self.shaped.text[start..end], start)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::{Fonts, Style};
    use super::super::shape::Shaper;
    use super::super::text::Text;
    use super::*;

    fn lines(words: &str, width: f32) -> Vec<Line> {
        let fonts = Fonts::built_in().unwrap();
        Paragraph::of(&Text::plain(words, Style::Regular), 10.0, &mut Shaper::new(&fonts)).lines(width)
    }

    fn said(words: &str, width: f32) -> Vec<String> {
        lines(words, width).iter().map(Line::seen).collect()
    }

    #[test]
    fn lines_end_between_words_and_keep_the_blank() {
        assert_eq!(said("one two three", 45.0), ["one two ", "three"]);
        assert_eq!(said("one two three", 500.0), ["one two three"]);
        assert_eq!(said("", 500.0), [""]);
        // A number holds together, and so does what a hard blank joins.
        assert_eq!(said("in 2024-06-10 at 5\u{a0}%", 70.0), ["in ", "2024-06-10 ", "at 5\u{a0}%"]);
    }

    #[test]
    fn the_blank_at_the_end_of_a_line_counts_for_nothing() {
        let lines = lines("one two three", 45.0);
        assert!(lines[0].width < lines[0].runs[0].width);
        assert!(lines.iter().all(|line| line.width <= 45.0));
    }

    #[test]
    fn a_long_word_is_cut_at_a_seam_or_anywhere() {
        let cut = said("https://example.com/aaaaaaaaaaaa/bbbbbbbbbbbbbbbb?c=dddddddddddd", 150.0);
        assert_eq!(cut.concat(), "https://example.com/aaaaaaaaaaaa/bbbbbbbbbbbbbbbb?c=dddddddddddd");
        assert!(cut[..cut.len() - 1].iter().all(|line| line.ends_with(['/', '?', '='])), "{cut:?}");
        let cut = said(&"x".repeat(100), 60.0);
        assert_eq!(cut.concat(), "x".repeat(100));
        assert!(cut.len() >= 10);
    }

    #[test]
    fn a_column_narrower_than_a_letter_takes_one_letter_a_line() {
        assert_eq!(said("abc d", 1.0), ["a", "b", "c ", "d"]);
        assert_eq!(said("e\u{301}a", 0.0), ["e\u{301}", "a"]);
    }

    #[test]
    fn hebrew_goes_from_right_to_left_and_numbers_within_do_not() {
        let lines = lines("שלום 47 abc", 500.0);
        let seen: Vec<_> = lines[0].runs.iter().map(|run| run.text.trim().to_owned()).collect();
        assert!(lines[0].rtl);
        assert_eq!(seen.iter().filter(|run| !run.is_empty()).collect::<Vec<_>>(), ["abc", "47", "שלום"]);
        // Within a run the words stand as they are read, and the glyphs as they are seen.
        let last = lines[0].runs.last().unwrap();
        assert!(last.glyphs.windows(2).all(|pair| pair[0].start >= pair[1].start));
    }

    #[test]
    fn a_long_arabic_word_is_cut_where_it_is_read() {
        let word = "السلام".repeat(20);
        let cut = said(&word, 80.0);
        assert_eq!(cut.concat(), word);
        assert!(cut.len() > 2);
    }

    #[test]
    fn glyphs_name_the_text_of_their_run() {
        for words in ["a שלום (b) c", "تم orders-db تحويل 12", "ffi e\u{301} שָׁלוֹם", "x漢🔥y"] {
            for width in [5.0, 30.0, 200.0] {
                for run in lines(words, width).iter().flat_map(|line| &line.runs) {
                    for glyph in &run.glyphs {
                        assert!(run.text.get(glyph.start..glyph.end).is_some_and(|said| !said.is_empty()), "{run:?}");
                    }
                }
            }
        }
    }
}
