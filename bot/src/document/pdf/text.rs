//! Inline pieces of a document as one text with looks.

use unicode_bidi::{BidiClass, bidi_class};

use super::super::block::Inline;
use super::fonts::Style;

/// So many marks are set on one letter; no script needs more, and a tower of them would cover the lines above.
const MARKS: u8 = 8;

/// How a stretch of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Look {
    pub(super) style: Style,
    pub(super) strike: bool,
    /// Smaller and on grey.
    pub(super) code: bool,
    /// The place of its link among those of the document.
    pub(super) link: Option<usize>,
}

/// A text and its looks, in order and without gaps. A `\n` ends a line.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Text {
    pub(super) chars: String,
    /// Where each look ends.
    pub(super) looks: Vec<(usize, Look)>,
    /// How many marks stand on the last letter.
    marks: u8,
}

/// Something to do, while pieces within pieces are walked without recursion.
enum Step<'d> {
    Piece(&'d Inline, Look, bool),
    EndLink(usize, usize),
}

/// Where links are written down.
pub(super) trait Links {
    /// Takes a link's address and says its place.
    fn open(&mut self, url: &str) -> usize;
    /// Tells what the link at a place says.
    fn close(&mut self, link: usize, text: &str);
}

impl Text {
    /// Reads pieces; `style` is what they are set in where they ask for nothing else.
    pub(super) fn of(pieces: &[Inline], style: Style, links: &mut impl Links) -> Self {
        let mut text = Self::default();
        let plain = Look { style, ..Look::default() };
        let mut steps: Vec<Step> = Vec::new();
        push_all(&mut steps, pieces, plain, style == Style::Bold);
        while let Some(step) = steps.pop() {
            let (piece, look, strong) = match step {
                Step::Piece(piece, look, strong) => (piece, look, strong),
                Step::EndLink(link, from) => {
                    links.close(link, text.chars.get(from..).unwrap_or_default().trim());
                    continue;
                }
            };
            match piece {
                Inline::Text(words) => text.push(words, look),
                Inline::Code(words) => text.push(words, Look { style: Style::Mono, code: true, ..look }),
                Inline::Strong(within) => push_all(&mut steps, within, Look { style: Style::Bold, ..look }, true),
                // Bold is heavier than slanted, and there is no font that is both.
                Inline::Emphasis(within) if strong => push_all(&mut steps, within, look, true),
                Inline::Emphasis(within) => push_all(&mut steps, within, Look { style: Style::Italic, ..look }, false),
                Inline::Strike(within) => push_all(&mut steps, within, Look { strike: true, ..look }, strong),
                Inline::Link { url, text: within } => {
                    let link = links.open(url);
                    steps.push(Step::EndLink(link, text.chars.len()));
                    push_all(&mut steps, within, Look { link: Some(link), ..look }, strong);
                }
                Inline::Break => text.end_line(look),
            }
        }
        text.trim();
        text
    }

    /// Lines of code: every blank counts.
    pub(super) fn of_code(line: &str) -> Self {
        let mut text = Self::default();
        let mut column = 0;
        for c in line.chars().filter_map(said) {
            if c == '\t' {
                let blanks = 4 - column % 4;
                text.chars.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            } else {
                text.letter(if c == '\n' { ' ' } else { c });
                column += 1;
            }
        }
        text.end_look(Look { style: Style::Mono, ..Look::default() });
        text
    }

    /// Words in one look.
    pub(super) fn plain(words: &str, style: Style) -> Self {
        let mut text = Self::default();
        text.push(words, Look { style, ..Look::default() });
        text.trim();
        text
    }

    /// Blanks in a row become one, and none begins a line.
    fn push(&mut self, words: &str, look: Look) {
        for c in words.chars().filter_map(said) {
            if matches!(c, ' ' | '\t' | '\n') {
                if !self.chars.is_empty() && !self.chars.ends_with([' ', '\n']) {
                    self.chars.push(' ');
                }
            } else {
                self.letter(c);
            }
        }
        self.end_look(look);
    }

    fn letter(&mut self, c: char) {
        self.marks = if !c.is_ascii() && bidi_class(c) == BidiClass::NSM { self.marks.saturating_add(1) } else { 0 };
        if self.marks <= MARKS {
            self.chars.push(c);
        }
    }

    fn end_line(&mut self, look: Look) {
        self.trim();
        self.chars.push('\n');
        self.end_look(look);
    }

    fn end_look(&mut self, look: Look) {
        let end = self.chars.len();
        match self.looks.last_mut() {
            Some((held, last)) if *last == look => *held = end,
            Some((held, _)) if *held == end => {}
            None if end == 0 => {}
            _ => self.looks.push((end, look)),
        }
    }

    fn trim(&mut self) {
        let end = self.chars.trim_end_matches(' ').len();
        self.chars.truncate(end);
        if let Some(last) = self.looks.iter().position(|(held, _)| *held >= end) {
            self.looks.truncate(last + 1);
            self.looks[last].0 = end;
        }
    }
}

fn push_all<'d>(steps: &mut Vec<Step<'d>>, pieces: &'d [Inline], look: Look, strong: bool) {
    steps.extend(pieces.iter().rev().map(|piece| Step::Piece(piece, look, strong)));
}

/// A character as it is set: controls, marks that turn the direction, and what is no character say nothing.
fn said(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some('\t'),
        '\u{ad}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}' => None,
        c if c.is_control() || u32::from(c) & 0xfffe == 0xfffe => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen(Vec<(String, String)>);

    impl Links for Seen {
        fn open(&mut self, url: &str) -> usize {
            self.0.push((url.to_owned(), String::new()));
            self.0.len() - 1
        }

        fn close(&mut self, link: usize, text: &str) {
            self.0[link].1 = text.to_owned();
        }
    }

    fn words(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    #[test]
    fn blanks_controls_and_turns_of_direction_are_cleaned_away() {
        for (given, set) in [
            ("  a \t\n b  ", "a b"),
            ("evil\u{202e}txt\u{2069}", "eviltxt"),
            ("a\u{0}b\u{1b}[31mc\u{feff}", "ab[31mc"),
            ("a\u{a0}b", "a\u{a0}b"),
            ("", ""),
            ("\u{ffff}\u{1fffe}x", "x"),
        ] {
            assert_eq!(Text::plain(given, Style::Regular).chars, set, "{given:?}");
        }
    }

    #[test]
    fn a_tower_of_marks_is_cut_down() {
        let tower = format!("e{}!", "\u{301}".repeat(500));
        assert_eq!(Text::plain(&tower, Style::Regular).chars.chars().count(), 10);
        assert_eq!(Text::of_code(&tower).chars.chars().count(), 10);
    }

    #[test]
    fn looks_follow_the_pieces() {
        let pieces = [
            words("see "),
            Inline::Link {
                url: "https://a.example".to_owned(),
                text: vec![words("the "), Inline::Strong(vec![Inline::Emphasis(vec![words("page")])])],
            },
            words(" "),
            Inline::Break,
            Inline::Code("x  y".to_owned()),
            words(" "),
        ];
        let mut seen = Seen::default();
        let text = Text::of(&pieces, Style::Regular, &mut seen);
        assert_eq!(text.chars, "see the page\nx y");
        assert_eq!(seen.0, [("https://a.example".to_owned(), "the page".to_owned())]);
        let looks: Vec<_> = text.looks.iter().map(|(end, look)| (*end, look.style, look.link)).collect();
        assert_eq!(looks[..3], [(4, Style::Regular, None), (8, Style::Regular, Some(0)), (12, Style::Bold, Some(0))]);
        assert_eq!(looks.last(), Some(&(16, Style::Mono, None)));
        assert!(text.looks.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    }

    #[test]
    fn a_tab_in_code_goes_to_the_next_stop() {
        assert_eq!(Text::of_code("a\tb\t\u{202e}c  ").chars, "a   b   c  ");
    }

    #[test]
    fn a_hundred_thousand_pieces_within_each_other_are_read() {
        let mut piece = words("deep");
        for _ in 0..100_000 {
            piece = Inline::Strike(vec![piece]);
        }
        let text = Text::of(std::slice::from_ref(&piece), Style::Regular, &mut Seen::default());
        assert_eq!(text.chars, "deep");
        // What drops such a thing recurses.
        std::mem::forget(piece);
    }
}
