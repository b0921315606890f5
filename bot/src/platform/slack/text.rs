//! Slack's mrkdwn as apps are sent it, read as plain text for the record.
//!
//! Source: "Retrieving messages", <https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages>.

mod names;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use self::names::Names;
use self::token::Token;
pub use crate::platform::names::Name;

/// A stretch of a text.
enum Piece<'t> {
    Words(&'t str),
    /// What stood between angle brackets, and the same with them.
    Bracketed(&'t str, &'t str),
}

/// What a text names by its id alone, each once, in the order in which it stands there.
pub fn names_in(text: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for piece in pieces(text) {
        let Piece::Bracketed(inside, _) = piece else { continue };
        if let Some(name) = Token::read(inside).and_then(Token::unnamed)
            && seen.insert(name.clone())
        {
            names.push(name);
        }
    }
    names
}

/// The text as a person sees it: names in the place of ids, as far as `names` has them, links with what stands on them,
/// and Slack's three entities decoded once. What is no markup of Slack's stays as it is.
pub fn plain(text: &str, names: &BTreeMap<Name, String>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(&decoded(words)),
            Piece::Bracketed(inside, whole) => match Token::read(inside) {
                Some(token) => token.push(&mut out, names),
                None => out.push_str(&decoded(whole)),
            },
        }
    }
    out
}

/// The text with the ids of accounts in the place of how Slack mentions them, and those ids, each once. Joiners, with which
/// Firebell keeps names from being mentions, are left out: people copy what they were shown.
pub fn mentions(text: &str) -> (String, Vec<String>) {
    let mut out = String::with_capacity(text.len());
    let mut accounts: Vec<String> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Bracketed(inside, whole) => match Token::read(inside) {
                Some(Token::Named { name: Name::Account(account), .. }) => {
                    out.push('@');
                    out.push_str(&account);
                    if !accounts.contains(&account) {
                        accounts.push(account);
                    }
                }
                _ => out.push_str(whole),
            },
        }
    }
    (out.replace('\u{2060}', ""), accounts)
}

/// A text in which nothing is markup: the way back.
///
/// Source: "Escaping text", <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
pub fn inert(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Brackets do not nest: one that another follows before it is closed is a character like any other.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(after) = rest.strip_prefix('<') else {
            let (words, remains) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = remains;
            return Some(Piece::Words(words));
        };
        let end = after.find(['<', '>']).unwrap_or(after.len());
        let (inside, remains) = after.split_at(end);
        if let Some(remains) = remains.strip_prefix('>') {
            let whole = &rest[..end + 2];
            rest = remains;
            return Some(Piece::Bracketed(inside, whole));
        }
        let words = &rest[..=end];
        rest = remains;
        Some(Piece::Words(words))
    })
}

fn decoded(text: &str) -> Cow<'_, str> {
    const ENTITIES: [(&str, char); 3] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')];
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ENTITIES.into_iter().find_map(|(entity, letter)| Some((rest.strip_prefix(entity)?, letter)));
        let (remains, letter) = entity.unwrap_or((&rest[1..], '&'));
        out.push(letter);
        rest = remains;
    }
    out.push_str(rest);
    Cow::Owned(out)
}
