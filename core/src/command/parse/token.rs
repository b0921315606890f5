//! A line's words, with what quotes keep together.

use super::super::compose::SEAL;

/// The quotes that open a group, each with the one that closes it.
const QUOTES: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’'), SEAL];

/// A word, or several that quotes keep together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    /// Where it begins and ends in the source, quotes included, in bytes.
    pub start: usize,
    pub end: usize,
    /// What it says, without the quotes around it.
    pub text: &'a str,
    pub quoted: bool,
    /// Whether the quotes are a seal, which is no part of any text.
    pub sealed: bool,
}

/// What reads as an option.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dashed<'a> {
    pub name: &'a str,
    /// What follows `=`, and whether quotes keep it together.
    pub value: Option<(&'a str, bool)>,
    /// Whether a phone made one long dash of the two.
    pub long_dash: bool,
}

impl<'a> Token<'a> {
    /// Its name and value, if it has the form of an option.
    pub(super) fn dashed(&self) -> Option<Dashed<'a>> {
        let plain = self.text.strip_prefix("--");
        let body = plain.or_else(|| self.text.strip_prefix(['—', '–'])).filter(|_| !self.quoted)?;
        if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(unquoted(value))),
            None => (body, None),
        };
        Some(Dashed { name, value, long_dash: plain.is_none() })
    }

    /// Whether it ends the options.
    pub(super) fn ends_options(&self) -> bool {
        self.text == "--" && !self.quoted
    }
}

/// Splits `source` into tokens.
pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer { source, unclosed: [false; QUOTES.len()] };
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(token) = lexer.token(at) {
        at = token.end;
        tokens.push(token);
    }
    tokens
}

struct Lexer<'a> {
    source: &'a str,
    /// The quotes that nothing closes from here on. Without it, a line of opening quotes would be searched to its end
    /// once for each of them.
    unclosed: [bool; QUOTES.len()],
}

impl<'a> Lexer<'a> {
    fn token(&mut self, at: usize) -> Option<Token<'a>> {
        let rest = self.source.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        if let Some((inner, end)) = self.group(start) {
            let sealed = self.source.get(start..).is_some_and(|group| group.starts_with(SEAL.0));
            return Some(Token { start, end, text: inner, quoted: true, sealed });
        }
        let word = self.source.get(start..)?;
        let word = word.split(char::is_whitespace).next()?;
        // The value after `--name=` may be a group, which goes on beyond this word.
        let end = self.grouped_value(start, word).unwrap_or(start + word.len());
        Some(Token { start, end, text: self.source.get(start..end)?, quoted: false, sealed: false })
    }

    fn grouped_value(&mut self, start: usize, word: &str) -> Option<usize> {
        let is_option = word.starts_with("--") || word.starts_with(['—', '–']);
        let equals = word.find('=').filter(|_| is_option)?;
        self.group(start + equals + 1).map(|(_, end)| end)
    }

    /// What stands between the quotes that open at `at`, and where the group ends. A group is closed by a quote with
    /// blank or nothing behind it, so that an apostrophe within it closes nothing.
    fn group(&mut self, at: usize) -> Option<(&'a str, usize)> {
        let text = self.source.get(at..)?;
        let opening = text.chars().next()?;
        let kind = QUOTES.iter().position(|(open, _)| *open == opening)?;
        let (_, closing) = QUOTES.get(kind)?;
        let unclosed = self.unclosed.get_mut(kind).filter(|unclosed| !**unclosed)?;
        let inner = text.get(opening.len_utf8()..)?;
        let closes = |index: &usize| {
            let after = inner.get(index + closing.len_utf8()..).and_then(|rest| rest.chars().next());
            after.is_none_or(char::is_whitespace)
        };
        let found = inner.match_indices(*closing).map(|(index, _)| index).find(closes);
        *unclosed = found.is_none();
        let length = found?;
        Some((inner.get(..length)?, at + opening.len_utf8() + length + closing.len_utf8()))
    }
}

fn unquoted(value: &str) -> (&str, bool) {
    QUOTES
        .iter()
        .find_map(|(open, close)| value.strip_prefix(*open)?.strip_suffix(*close))
        .map_or((value, false), |inner| (inner, true))
}
