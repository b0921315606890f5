//! How deep blocks may stand within each other. A parser looks at every open block in each line, so deep ones cost lines
//! times depth; only texts made for that reach it, and those are made flat before they are read.

use std::borrow::Cow;

/// Lines times width of what stands before them that is read as it is.
const COST: usize = 8_000_000;
/// Signs of quotes and lists that a line may begin with.
const SIGNS: usize = 32;
/// Blanks that a line may begin with, in columns.
const BLANKS: usize = 128;

/// The text, flat where reading it as it is would take long.
pub(super) fn bounded(text: &str) -> Cow<'_, str> {
    let lines = text.lines().count();
    let widest = text.lines().map(|line| Lead::of(line).map(|(_, piece)| piece.columns()).sum::<usize>()).max();
    if lines.saturating_mul(widest.unwrap_or_default()) <= COST {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        flatten(line, &mut out);
    }
    Cow::Owned(out)
}

fn flatten(line: &str, out: &mut String) {
    let (mut signs, mut blanks, mut begun) = (0, 0, 0);
    for (at, piece) in Lead::of(line) {
        let written = line.get(at..at + piece.length()).unwrap_or_default();
        match piece {
            Piece::Blank(columns) if blanks + columns > BLANKS => {}
            Piece::Blank(columns) => {
                blanks += columns;
                out.push_str(written);
            }
            Piece::Sign(_) if signs == SIGNS => {
                // A number is made none by its point.
                let (digits, sign) = written.split_at_checked(written.len() - 1).unwrap_or(("", written));
                out.push_str(digits);
                out.push('\\');
                out.push_str(sign);
                begun = at + written.len();
                break;
            }
            Piece::Sign(_) => {
                signs += 1;
                out.push_str(written);
            }
        }
        begun = at + written.len();
    }
    out.push_str(line.get(begun..).unwrap_or_default());
}

/// What opens blocks at the beginning of a line, or stands within them.
struct Lead<'t> {
    line: &'t [u8],
    at: usize,
}

#[derive(Clone, Copy)]
enum Piece {
    /// A space or a tab, with its columns.
    Blank(usize),
    /// What a quote or an item begins with, with its length.
    Sign(usize),
}

impl Piece {
    fn columns(self) -> usize {
        let (Self::Blank(count) | Self::Sign(count)) = self;
        count
    }

    fn length(self) -> usize {
        if let Self::Sign(length) = self { length } else { 1 }
    }
}

impl<'t> Lead<'t> {
    fn of(line: &'t str) -> Self {
        Self { line: line.as_bytes(), at: 0 }
    }
}

impl Iterator for Lead<'_> {
    type Item = (usize, Piece);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let rest = self.line.get(at..)?;
        let ends = |length: usize| rest.get(length).is_none_or(u8::is_ascii_whitespace);
        let piece = match rest.first()? {
            b' ' => Piece::Blank(1),
            b'\t' => Piece::Blank(4),
            b'>' => Piece::Sign(1),
            b'-' | b'+' | b'*' if ends(1) => Piece::Sign(1),
            b'0'..=b'9' => {
                let digits = rest.iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
                let is_number = digits < 10 && matches!(rest.get(digits), Some(b'.' | b')')) && ends(digits + 1);
                is_number.then_some(Piece::Sign(digits + 1))?
            }
            _ => return None,
        };
        self.at += piece.length();
        Some((at, piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_as_many_signs_and_blanks_as_anybody_writes() {
        let quotes = ">".repeat(SIGNS);
        for (line, expected) in [
            ("> - 1. a\n".to_owned(), "> - 1. a\n".to_owned()),
            ([&quotes, "> a"].concat(), [&quotes, "\\> a"].concat()),
            ([&quotes, " 12) a"].concat(), [&quotes, " 12\\) a"].concat()),
            ([&quotes, "**b** > c"].concat(), [&quotes, "**b** > c"].concat()),
            ([&" ".repeat(200), "x  y"].concat(), [&" ".repeat(BLANKS), "x  y"].concat()),
            ("\t".repeat(1000), "\t".repeat(BLANKS / 4)),
        ] {
            let mut out = String::new();
            flatten(&line, &mut out);
            assert_eq!(out, expected, "for {line:?}");
            let mut again = String::new();
            flatten(&out, &mut again);
            assert_eq!(again, expected, "again, for {line:?}");
        }
    }

    #[test]
    fn what_people_write_is_read_as_it_is() {
        for text in ["", "a\n\n> b\n> > - c\n", "| a |\n| - |\n", &"    code\n".repeat(100_000)] {
            assert!(matches!(bounded(text), Cow::Borrowed(_)), "{} bytes", text.len());
        }
        assert!(matches!(bounded(&["- ".repeat(10_000), "\n".repeat(10_000)].concat()), Cow::Owned(_)));
    }
}
