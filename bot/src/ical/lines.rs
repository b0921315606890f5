//! Content lines: unfolded, and taken apart into name, parameters and value.

use std::borrow::Cow;
use std::iter::{Enumerate, Peekable};
use std::str::Lines;

/// A line as it was before it was folded.
#[derive(Debug)]
pub(crate) struct Unfolded<'t> {
    /// Where it begins in the file, counted from 1.
    pub(crate) number: usize,
    pub(crate) text: Cow<'t, str>,
}

/// The unfolded lines of a text, without empty ones.
pub(crate) fn unfold(text: &str) -> impl Iterator<Item = Unfolded<'_>> {
    // Some programs begin a file with a byte order mark.
    Unfold { rest: text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate().peekable() }
}

struct Unfold<'t> {
    rest: Peekable<Enumerate<Lines<'t>>>,
}

impl<'t> Iterator for Unfold<'t> {
    type Item = Unfolded<'t>;

    fn next(&mut self) -> Option<Unfolded<'t>> {
        let (index, first) = self.rest.find(|(_, line)| !line.trim().is_empty())?;
        let mut text = Cow::Borrowed(first);
        while let Some((_, tail)) = self.rest.next_if(|(_, line)| line.starts_with([' ', '\t'])) {
            text.to_mut().push_str(&tail[1..]);
        }
        Some(Unfolded { number: index + 1, text })
    }
}

/// A content line in its parts.
#[derive(Debug)]
pub(crate) struct Line<'l> {
    pub(crate) number: usize,
    /// In capitals.
    pub(crate) name: String,
    params: Vec<(&'l str, &'l str)>,
    pub(crate) value: &'l str,
}

impl<'l> Line<'l> {
    /// None where the text is no content line.
    pub(crate) fn parse(line: &'l Unfolded<'_>) -> Option<Self> {
        let text: &str = &line.text;
        let (name, mut rest) = text.split_at(text.find([':', ';'])?);
        if !is_name(name) {
            return None;
        }
        let mut params = Vec::new();
        while let Some(param) = rest.strip_prefix(';') {
            let (name, after) = param.split_once('=')?;
            if !is_name(name) {
                return None;
            }
            let (value, after) = after.split_at(end_of_param(after)?);
            params.push((name, value.trim_matches('"')));
            rest = after;
        }
        let value = rest.strip_prefix(':')?;
        Some(Self { number: line.number, name: name.to_ascii_uppercase(), params, value })
    }

    /// The value of a parameter, as it is written.
    pub(crate) fn param(&self, name: &str) -> Option<&'l str> {
        self.params.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Where a parameter's value ends: at the first colon or semicolon outside quotation marks.
fn end_of_param(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.find(|sign| {
        quoted ^= sign == '"';
        !quoted && matches!(sign, ':' | ';')
    })
}
