//! Where a text can be cut so that it stays readable and means the same.
//!
//! Lengths are counted in UTF-16 code units. Platforms count "characters"; whatever they take for one, there are no more
//! of them.

/// What stands at the end of a text that was cut short.
const MORE: char = '…';

/// How long a text is.
pub fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// What a platform takes for one thing, so that it is not to be cut: a length at the beginning of a text, in bytes.
#[derive(Clone, Copy)]
pub struct Whole {
    pub thing: fn(&str) -> Option<usize>,
    /// What stays whole even where one thing is longer than a piece.
    pub inside: fn(&str) -> Option<usize>,
}

impl Whole {
    /// The text in pieces of at most `max` that together are the text: cut behind a line's end, else behind a blank, else
    /// between two signs. What is one thing stays whole where it fits into a piece.
    pub fn pieces(self, text: &str, max: usize) -> Vec<&str> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at_checked(self.end(rest, max)).unwrap_or((rest, ""));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }

    /// The text, or as much of its beginning as fits into `max` with a sign that there was more.
    pub fn clipped(self, text: &str, max: usize) -> String {
        if length(text) <= max {
            return text.to_owned();
        }
        let kept = self.within(text, max.saturating_sub(MORE.len_utf16()));
        format!("{}{MORE}", kept.trim_end())
    }

    /// As much of the beginning of the text as fits into `max`, with nothing cut in two and no sign of it.
    pub fn within(self, text: &str, max: usize) -> &str {
        fitting(text, max, self.thing)
    }

    /// Where the first piece of a text ends, in bytes; beyond its beginning.
    fn end(self, text: &str, max: usize) -> usize {
        let fits = self.within(text, max);
        if fits.len() == text.len() {
            return text.len();
        }
        if fits.is_empty() {
            // One thing is longer than a piece.
            let inside = fitting(text, max, self.inside);
            return if inside.is_empty() { within_letters(text, max) } else { inside.len() };
        }
        let mut behind = Behind::default();
        let mut at = 0;
        for atom in (Atoms { rest: fits, whole: self.thing }) {
            at += atom.len();
            match atom {
                "\n" => behind.line = at,
                " " => behind.blank = at,
                _ => {}
            }
        }
        if behind.line > 0 {
            behind.line
        } else if behind.blank > 0 {
            behind.blank
        } else {
            fits.len()
        }
    }
}

fn fitting(text: &str, max: usize, whole: fn(&str) -> Option<usize>) -> &str {
    let mut fits = 0;
    let mut used = 0;
    for atom in (Atoms { rest: text, whole }) {
        used += length(atom);
        if used > max {
            break;
        }
        fits += atom.len();
    }
    text.get(..fits).unwrap_or(text)
}

#[derive(Default)]
struct Behind {
    line: usize,
    blank: usize,
}

/// Where letters fit, of which one always does.
fn within_letters(text: &str, max: usize) -> usize {
    let mut used = 0;
    let mut ends = text.char_indices().map_while(|(at, letter)| {
        used += letter.len_utf16();
        (at == 0 || used <= max).then_some(at + letter.len_utf8())
    });
    ends.next().map_or(text.len(), |first| ends.last().unwrap_or(first))
}

/// The parts of a text that are not to be cut: what is one thing, and letters with what belongs to them.
struct Atoms<'t> {
    rest: &'t str,
    whole: fn(&str) -> Option<usize>,
}

impl<'t> Iterator for Atoms<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        if self.rest.is_empty() {
            return None;
        }
        let length = (self.whole)(self.rest).filter(|length| *length > 0).unwrap_or_else(|| cluster(self.rest));
        let (atom, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        Some(atom)
    }
}

/// What stands between angle brackets on one line.
pub fn bracketed(text: &str) -> Option<usize> {
    let end = text.strip_prefix('<')?.find(['>', '\n'])? + 1;
    text.get(end..)?.starts_with('>').then_some(end + 1)
}

/// A letter with the marks, joiners and variations that follow it; an approximation of a grapheme that needs no tables.
fn cluster(text: &str) -> usize {
    let mut joined = false;
    let mut letters = text.char_indices().skip(1).skip_while(|(_, letter)| {
        let belongs = joined || is_attached(*letter);
        joined = *letter == JOINER;
        belongs
    });
    letters.next().map_or(text.len(), |(at, _)| at)
}

const JOINER: char = '\u{200d}';

fn is_attached(letter: char) -> bool {
    matches!(letter,
        JOINER | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{93a}'..='\u{94d}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{2060}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0100}'..='\u{e01ef}')
}
