//! What people typed, made fit to keep.

use crate::refusal::Refusal;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest text of any other kind, in characters.
pub const TEXT_MAX: usize = 8_000;

/// Trims `text`, joins its lines into one and makes control characters visible.
///
/// # Errors
/// Nothing left, or more than `max` characters; `what` names the text in the refusal.
pub fn line(what: &'static str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = kept(what, text, max)?;
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Trims `text`, keeps its lines and makes other control characters visible.
///
/// # Errors
/// Nothing left, or more than `max` characters; `what` names the text in the refusal.
pub fn kept(what: &'static str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    // The byte length bounds the count from above, so a short text is never counted.
    if text.len() > max && text.chars().count() > max {
        return Err(Refusal::TooLong { what: what.to_owned(), max });
    }
    let text: String = text.replace("\r\n", "\n").chars().map(visible).collect();
    if text.trim().is_empty() {
        return Err(Refusal::Empty { what: what.to_owned() });
    }
    Ok(text)
}

/// A control character's picture; a Postgres text cannot hold NUL, and a terminal must not obey an escape.
fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_bounded_and_visible() {
        assert_eq!(line("title", "  a\n b\t c ", 10).unwrap(), "a b c");
        assert_eq!(kept("note", "a\r\nb\0c\u{1b}[31m", 20).unwrap(), "a\nb\u{2400}c\u{241b}[31m");
        assert_eq!(kept("note", " \n ", 20), Err(Refusal::Empty { what: "note".to_owned() }));
        assert_eq!(kept("note", "abcdef", 5), Err(Refusal::TooLong { what: "note".to_owned(), max: 5 }));
        assert_eq!(kept("note", "ééééé", 5).unwrap(), "ééééé");
    }
}
