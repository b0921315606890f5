//! From characters to glyphs: a font for each, and the shapes that they take beside each other. Words come again and again in
//! a document, so each is shaped once.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;

use harfrust::{BufferFlags, Direction, Script, ShapeOptions, ShapePlan, UnicodeBuffer};
use skrifa::MetadataProvider;
use skrifa::charmap::Charmap;
use unicode_bidi::{BidiClass, bidi_class};

use super::fonts::{Fonts, Style};

/// What is longer is shaped in parts, and not remembered.
const LONGEST: usize = 256;
const LONGEST_KEPT: usize = 64;

/// One glyph; lengths in ems, `start` and `end` are bytes of the text that it was shaped from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    pub(super) id: u32,
    pub(super) advance: f32,
    pub(super) dx: f32,
    pub(super) dy: f32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A text in one font and direction.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shaped {
    pub(super) face: usize,
    pub(super) rtl: bool,
    pub(super) text: Box<str>,
    /// From left to right.
    pub(super) glyphs: Vec<Glyph>,
    /// In ems.
    pub(super) width: f32,
}

/// The parts of a word, in the order in which they are read.
pub(super) type Word = Rc<[Rc<Shaped>]>;

/// Shapes words.
pub(super) struct Shaper<'f> {
    faces: Vec<Face<'f>>,
    words: [HashMap<Box<str>, Word>; 8],
    plans: Vec<Plan>,
    buffer: Option<UnicodeBuffer>,
    uncovered: BTreeSet<char>,
}

struct Face<'f> {
    charmap: Charmap<'f>,
    shaper: harfrust::Shaper<'f>,
    units_per_em: f32,
}

struct Plan {
    face: usize,
    script: Script,
    rtl: bool,
    made: ShapePlan,
}

impl<'f> Shaper<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        let face = |loaded: &'f super::fonts::Loaded| {
            let tables = loaded.tables()?;
            let shaper = loaded.shaping.shaper(&tables).build();
            Some(Face { charmap: tables.charmap(), shaper, units_per_em: loaded.units_per_em })
        };
        // Each was read once already, so none is left out and the places stay.
        let faces = fonts.all().iter().filter_map(|loaded| face(loaded)).collect();
        Self { faces, words: Default::default(), plans: Vec::new(), buffer: None, uncovered: BTreeSet::new() }
    }

    /// The characters that no font has, so far.
    pub(super) fn into_uncovered(self) -> BTreeSet<char> {
        self.uncovered
    }

    /// Shapes a text that has one direction and no line's end.
    pub(super) fn word(&mut self, text: &str, style: Style, rtl: bool) -> Word {
        let kind = style.index() * 2 + usize::from(rtl);
        if let Some(known) = self.words[kind].get(text) {
            return Rc::clone(known);
        }
        let parts = self.parts(text, style);
        let word: Word = parts.into_iter().map(|(face, part)| Rc::new(self.shape(&text[part], face, rtl))).collect();
        if text.len() <= LONGEST_KEPT {
            self.words[kind].insert(text.into(), Rc::clone(&word));
        }
        word
    }

    /// Cuts a text where its font changes, or where it becomes too long.
    fn parts(&mut self, text: &str, style: Style) -> Vec<(usize, Range<usize>)> {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        for (at, c) in text.char_indices() {
            let end = at + c.len_utf8();
            let last = parts.last().map(|(face, part)| (*face, part.len()));
            let joins = joins(c);
            let face = match last {
                Some((face, _)) if is_unseen(c) || (joins && self.has(face, c)) => face,
                _ => self.face(c, style),
            };
            match (last, parts.last_mut()) {
                (Some((held, length)), Some((_, part)))
                    if held == face && length < if joins { 2 * LONGEST } else { LONGEST } =>
                {
                    part.end = end;
                }
                _ => parts.push((face, at..end)),
            }
        }
        parts
    }

    /// The first font that has a character: that of the style, the plain one, then those that were added.
    fn face(&mut self, c: char, style: Style) -> usize {
        let own = style.index();
        let fallback = std::iter::once(Style::Regular.index()).chain(Style::ALL.len()..self.faces.len());
        if let Some(face) = std::iter::once(own).chain(fallback).find(|&face| self.has(face, c)) {
            return face;
        }
        if !is_unseen(c) {
            self.uncovered.insert(c);
        }
        own
    }

    fn has(&self, face: usize, c: char) -> bool {
        self.faces.get(face).is_some_and(|face| face.charmap.map(c).is_some())
    }

    fn shape(&mut self, text: &str, face: usize, rtl: bool) -> Shaped {
        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.push_str(text);
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
        let plan = self.plan(face, buffer.script(), rtl);
        let drawn = &self.faces[face];
        let shaped = drawn.shaper.shape(buffer, ShapeOptions::new().plan(Some(&self.plans[plan].made)));
        let ems = |units: i32| ems(units, drawn.units_per_em);
        let mut glyphs: Vec<Glyph> = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, position)| Glyph {
                id: info.glyph_id,
                advance: ems(position.x_advance),
                dx: ems(position.x_offset),
                dy: ems(position.y_offset),
                start: info.cluster as usize,
                end: text.len(),
            })
            .collect();
        self.buffer = Some(shaped.clear());
        close_clusters(&mut glyphs, text.len(), rtl);
        let width = glyphs.iter().map(|glyph| glyph.advance).sum();
        Shaped { face, rtl, text: text.into(), glyphs, width }
    }

    fn plan(&mut self, face: usize, script: Script, rtl: bool) -> usize {
        let known = |plan: &Plan| plan.face == face && plan.script == script && plan.rtl == rtl;
        if let Some(at) = self.plans.iter().position(known) {
            return at;
        }
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let made = ShapePlan::new(&self.faces[face].shaper, direction, Some(script), None, &[]);
        self.plans.push(Plan { face, script, rtl, made });
        self.plans.len() - 1
    }
}

/// A glyph's text ends where the next one's begins; glyphs of one cluster share theirs.
fn close_clusters(glyphs: &mut [Glyph], length: usize, rtl: bool) {
    let (mut next, mut here) = (length, length);
    let mut close = |glyph: &mut Glyph| {
        if glyph.start < here {
            (next, here) = (here, glyph.start);
        }
        glyph.end = next;
    };
    if rtl {
        glyphs.iter_mut().for_each(&mut close);
    } else {
        glyphs.iter_mut().rev().for_each(&mut close);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a font's units are far below what an f32 holds exactly")]
fn ems(units: i32, per_em: f32) -> f32 {
    units as f32 / per_em
}

/// Whether a character is drawn on or with the one before it.
pub(super) fn joins(c: char) -> bool {
    bidi_class(c) == BidiClass::NSM || is_unseen(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether a character only says something about its neighbours, and no font has to have it.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(text: &str, rtl: bool) -> (Word, BTreeSet<char>) {
        let fonts = Fonts::built_in().unwrap();
        let mut shaper = Shaper::new(&fonts);
        let word = shaper.word(text, Style::Bold, rtl);
        assert_eq!(shaper.word(text, Style::Bold, rtl), word, "it is the same a second time");
        (word, shaper.into_uncovered())
    }

    #[test]
    fn each_glyph_knows_its_text() {
        for (text, rtl) in [("office", false), ("e\u{301}a", false), ("سلام", true), ("שלום", true), ("Привет", false)]
        {
            let (word, uncovered) = shaped(text, rtl);
            assert!(uncovered.is_empty(), "{text}");
            let said: String = word.iter().map(|part| &*part.text).collect();
            assert_eq!(said, text);
            for part in word.iter() {
                let mut clusters: Vec<_> = part.glyphs.iter().map(|glyph| (glyph.start, glyph.end)).collect();
                if rtl {
                    clusters.reverse();
                }
                clusters.dedup();
                assert_eq!(clusters.first().map(|first| first.0), Some(0), "{text}");
                assert_eq!(clusters.last().map(|last| last.1), Some(part.text.len()), "{text}");
                assert!(clusters.windows(2).all(|pair| pair[0].1 == pair[1].0), "{text}: {clusters:?}");
            }
        }
    }

    #[test]
    fn arabic_letters_join() {
        let (joined, _) = shaped("سلام", true);
        let apart: f32 = "سلام".chars().map(|letter| shaped(&letter.to_string(), true).0[0].width).sum();
        assert!(joined.iter().map(|part| part.width).sum::<f32>() < apart * 0.9);
    }

    #[test]
    fn a_character_of_no_font_is_a_box_and_is_told() {
        let (word, uncovered) = shaped("a🔥\u{fe0f}漢b", false);
        assert_eq!(uncovered.into_iter().collect::<String>(), "漢🔥");
        let boxes = word.iter().flat_map(|part| &part.glyphs).filter(|glyph| glyph.id == 0);
        assert_eq!(boxes.count(), 2);
    }

    #[test]
    fn a_sign_that_bold_lacks_comes_from_the_plain_font() {
        let (word, uncovered) = shaped("a\u{2610}ب", false);
        assert!(uncovered.is_empty());
        assert!(word.iter().all(|part| part.glyphs.iter().all(|glyph| glyph.id != 0)));
    }

    #[test]
    fn a_mark_stays_with_its_letter_and_a_long_text_is_cut() {
        let long = "e\u{301}".repeat(1000);
        let (word, _) = shaped(&long, false);
        assert!(word.len() > 5 && word.iter().all(|part| part.text.len() < 300));
        assert!(word.iter().all(|part| part.text.starts_with('e')));
    }
}
