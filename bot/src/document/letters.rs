//! Letters that nobody sees or that turn the text around them: what a document shows of them.

use std::borrow::Cow;

use crate::text::{is_hidden, push_visible};

/// Stands after a sign so that what follows is no name; where names are not looked for it is left out.
const JOINER: char = '\u{2060}';

/// Whether Unicode will never give this number to a letter, and HTML forbids it.
fn is_no_letter(letter: char) -> bool {
    matches!(letter, '\u{fdd0}'..='\u{fdef}') || u32::from(letter) & 0xfffe == 0xfffe
}

/// Whether every byte is a letter as it stands.
fn is_plain(text: &str) -> bool {
    // None decides alone, so that several are looked at in one step.
    text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// The letter as it can be seen; for what is none, the sign that says so.
fn push(out: &mut String, letter: char) {
    push_visible(out, if is_no_letter(letter) { '\u{fffd}' } else { letter });
}

/// Appends words of a line.
pub(super) fn push_words(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => out.push(' '),
            JOINER => {}
            _ => push(out, letter),
        }
    }
}

/// Appends lines as they stand.
pub(super) fn push_lines(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\n' | '\t' => out.push(letter),
            JOINER => {}
            _ => push(out, letter),
        }
    }
}

/// Words of a line.
pub(super) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_words(&mut out, text);
    out
}

/// Markdown whose letters can all be seen and whose lines end with a newline.
pub(super) fn markdown(text: &str) -> Cow<'_, str> {
    let stays = |letter: char| {
        matches!(letter, '\n' | '\t' | JOINER | ' '..='~')
            || !(letter.is_control() || is_hidden(letter) || is_no_letter(letter))
    };
    if text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for letter in newlines(text).chars() {
        if stays(letter) {
            out.push(letter);
        } else {
            push(&mut out, letter);
        }
    }
    Cow::Owned(out)
}

/// The text with a newline where a line ends, however that was written.
pub(super) fn newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_shown() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a\tb\nc", "a b c"),
            ("\0\u{1b}\u{7f}\u{9b}", "␀␛␡\u{fffd}"),
            ("\u{202e}txt\u{2066}\u{61c}\u{200f}", "⟨U+202E⟩txt⟨U+2066⟩⟨U+061C⟩⟨U+200F⟩"),
            ("@\u{2060}all 👩\u{200d}🚒 שלום", "@all 👩\u{200d}🚒 שלום"),
            ("\u{fffe}\u{fdd0}\u{10ffff}", "\u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(words(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn markdown_keeps_its_lines_and_joiners() {
        for (text, expected) in
            [("a\n\tb @\u{2060}c é", "a\n\tb @\u{2060}c é"), ("a\r\nb\rc\0\u{202d}", "a\nb\nc␀⟨U+202D⟩")]
        {
            assert_eq!(markdown(text), expected, "for {text:?}");
            assert!(matches!(markdown(expected), Cow::Borrowed(_)), "for {text:?}");
        }
    }
}
