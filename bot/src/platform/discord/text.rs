//! Texts in Discord: pages of what is said, and what is read as plain text for the record.
//!
//! Source: "Message Formatting", <https://discord.com/developers/docs/reference#message-formatting>.

mod names;
mod pages;
#[cfg(test)]
mod tests;
mod token;

use std::collections::{BTreeMap, BTreeSet};

pub use self::names::Names;
pub use self::pages::{MESSAGE_MAX, clipped, message, pages};
use self::token::Token;
pub use crate::platform::names::Name;

/// A stretch of a text.
enum Piece<'t> {
    Words(&'t str),
    /// What Discord reads as one thing, and how it is written.
    Token(Token<'t>, &'t str),
}

/// What a text names by its id alone, each once, in the order in which it stands there.
pub fn names_in(text: &str) -> Vec<Name> {
    let mut seen = BTreeSet::new();
    let named = pieces(text).filter_map(|piece| match piece {
        Piece::Token(token, _) => token.name(),
        Piece::Words(_) => None,
    });
    named.filter(|name| seen.insert(name.clone())).collect()
}

/// The text as a person sees it: names in the place of ids, as far as `names` has them, emoji by their names, times in UTC,
/// addresses without the brackets that keep a preview away. What is no markup of Discord's stays as it is.
pub fn plain(text: &str, names: &BTreeMap<Name, String>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(words),
            Piece::Token(token, _) => token.push(&mut out, names),
        }
    }
    out
}

/// The text with the ids of accounts in the place of how Discord mentions them, and those ids, each once. Joiners, with
/// which Firebell keeps names from being mentions, are left out: people copy what they were shown.
pub fn mentions(text: &str) -> (String, Vec<String>) {
    let mut out = String::with_capacity(text.len());
    let mut accounts: Vec<String> = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Token(Token::Named(Name::Account(account)), _) => {
                out.push('@');
                out.push_str(&account);
                if !accounts.contains(&account) {
                    accounts.push(account);
                }
            }
            Piece::Words(words) | Piece::Token(_, words) => out.push_str(words),
        }
    }
    (out.replace('\u{2060}', ""), accounts)
}

/// A text in which nothing is markup: the way back.
pub fn inert(text: &str) -> String {
    crate::render::Renderer::inert(crate::render::Target::Discord, text)
}

/// Brackets do not nest: one that another follows before it is closed is a character like any other.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((token, length)) = Token::read(rest) {
            let (whole, after) = rest.split_at_checked(length)?;
            rest = after;
            return Some(Piece::Token(token, whole));
        }
        let begins = rest.char_indices().skip(1).find(|(_, letter)| *letter == '<').map_or(rest.len(), |(at, _)| at);
        let (words, after) = rest.split_at_checked(begins)?;
        rest = after;
        Some(Piece::Words(words))
    })
}
