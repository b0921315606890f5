//! A long text in messages' worth of it.

use crate::platform::cut::{Whole, bracketed};

/// The longest text of a message. Discord says "characters" and counts code points; [`crate::platform::cut`] counts no fewer.
///
/// Source: `content`, <https://discord.com/developers/docs/resources/message#create-message-jsonform-params>, and
/// `maxLength` of JSON Schema, <https://json-schema.org/draft/2020-12/json-schema-validation#section-6.3.1>.
pub const MESSAGE_MAX: usize = 2_000;
/// What begins and ends a block of code.
const FENCE: &str = "```";
/// The longest name of a language behind a fence that is written again on the next page.
const LANGUAGE: usize = 20;
/// What a page leaves free for the fences that it is given.
const FENCES: usize = 2 * (FENCE.len() + 1) + LANGUAGE;

const WHOLE: Whole = Whole { thing, inside: escaped };

/// The text in pages of at most 2000 characters, cut at the ends of lines where there are any; empty for a blank text. A
/// block of code that is cut is closed on one page and opened again on the next.
pub fn pages(text: &str) -> Vec<String> {
    let text = text.trim_matches('\n');
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mut open: Option<String> = None;
    let mut pages = Vec::new();
    for piece in WHOLE.pieces(text, MESSAGE_MAX - FENCES) {
        let begun = open.take();
        open = left_open(piece, begun.clone());
        let piece = piece.trim_matches('\n');
        let mut page = begun.map(|language| format!("{FENCE}{language}\n")).unwrap_or_default();
        page.push_str(piece);
        if open.is_some() {
            page.push('\n');
            page.push_str(FENCE);
        }
        if !page.trim().is_empty() {
            pages.push(page);
        }
    }
    pages
}

/// The text, or as much of its beginning as fits into `max` with a sign that there was more; nothing that Discord reads as
/// one thing is cut in two.
pub fn clipped(text: &str, max: usize) -> String {
    WHOLE.clipped(text, max)
}

/// As much of a text as one message takes.
pub fn message(text: &str) -> String {
    clipped(text.trim(), MESSAGE_MAX)
}

/// The language of the block of code that is open behind a piece, if one is.
fn left_open(piece: &str, before: Option<String>) -> Option<String> {
    let mut open = before;
    let mut rest = piece;
    while let Some(at) = rest.find(['\\', '`']) {
        let (_, found) = rest.split_at_checked(at)?;
        let Some(after) = found.strip_prefix(FENCE) else {
            // What a backslash stands before begins nothing.
            let length = escaped(found).unwrap_or(1);
            rest = found.get(length..)?;
            continue;
        };
        open = match open {
            Some(_) => None,
            None => {
                let language: String = after.chars().take_while(char::is_ascii_alphanumeric).take(LANGUAGE).collect();
                let is_alone = after.get(language.len()..).is_some_and(|behind| behind.starts_with('\n'));
                Some(if is_alone { language } else { String::new() })
            }
        };
        rest = after;
    }
    open
}

fn thing(text: &str) -> Option<usize> {
    escaped(text).or_else(|| bracketed(text)).or_else(|| text.starts_with(FENCE).then_some(FENCE.len()))
}

/// A backslash with the mark that it makes inert.
fn escaped(text: &str) -> Option<usize> {
    let next = text.strip_prefix('\\')?.chars().next()?;
    Some(1 + next.len_utf8())
}
