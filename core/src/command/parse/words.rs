//! What follows a verb: its words and its options, told apart.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::Ask;
use super::super::verbs::Verb;
use super::Context;
use super::options::{Given, Reader, Value};
use super::token::Token;
use crate::refusal::Refusal;
use crate::text::{self, TEXT_MAX};

/// The words and options after a verb.
#[derive(Debug)]
pub(super) struct Words<'a> {
    pub verb: &'static Verb,
    source: &'a str,
    plain: Vec<Token<'a>>,
    given: Vec<Given<'a>>,
}

impl<'a> Words<'a> {
    /// Tells the words and options of `source` apart.
    pub(super) fn read(verb: &'static Verb, source: &'a str, context: &Context<'_>) -> Result<Self, Refusal> {
        let (plain, given) = Reader::new(verb, source, context).read()?;
        Ok(Self { verb, source, plain, given })
    }

    /// The words that are no options.
    pub(super) fn plain(&self) -> &[Token<'a>] {
        &self.plain
    }

    /// The first word, which may be quoted.
    pub(super) fn first(&self) -> Option<&'a str> {
        self.plain.first().map(|token| token.text)
    }

    /// The first word, if no quotes say that it stands for itself.
    pub(super) fn first_bare(&self) -> Option<&'a str> {
        self.plain.first().filter(|token| !token.quoted).map(|token| token.text)
    }

    /// The words after the first.
    pub(super) fn after_first(&self) -> &[Token<'a>] {
        self.plain.get(1..).unwrap_or_default()
    }

    /// Takes the first word away.
    pub(super) fn take_first(&mut self) {
        if !self.plain.is_empty() {
            self.plain.remove(0);
        }
    }

    /// Whether any option was given.
    pub(super) fn has_options(&self) -> bool {
        !self.given.is_empty()
    }

    /// Whether the option `name` was given.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// The words given for the option `name`.
    pub(super) fn texts<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a str> + 's {
        self.values(name).filter_map(|value| match value {
            Value::Word(text) => Some(text),
            Value::Flag | Value::At(_) | Value::Span(_) => None,
        })
    }

    /// The instant given for the option `name`.
    pub(super) fn at(&self, name: &str) -> Option<DateTime<Utc>> {
        self.values(name).find_map(|value| match value {
            Value::At(at) => Some(at),
            Value::Flag | Value::Word(_) | Value::Span(_) => None,
        })
    }

    /// The duration given for the option `name`.
    pub(super) fn span(&self, name: &str) -> Option<TimeDelta> {
        self.values(name).find_map(|value| match value {
            Value::Span(span) => Some(span),
            Value::Flag | Value::Word(_) | Value::At(_) => None,
        })
    }

    /// `ask`, if no word follows the verb.
    pub(super) fn nothing(&self, ask: Ask) -> Result<Ask, Refusal> {
        self.at_most(0)?;
        Ok(ask)
    }

    /// Refuses the first word beyond `count`.
    pub(super) fn at_most(&self, count: usize) -> Result<(), Refusal> {
        match self.plain.get(count) {
            Some(token) => Err(self.refuse(&format!("\"{}\" is one word too many", Refusal::quote(token.text)))),
            None => Ok(()),
        }
    }

    /// The text of `tokens` as it was typed, less the options that stood between them.
    pub(super) fn raw(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        let mut end = None;
        for token in tokens {
            if let Some(gap) = end.and_then(|end| self.source.get(end..token.start)) {
                text.push_str(spacing(gap));
            }
            let typed = self.source.get(token.start..token.end).unwrap_or_default();
            text.push_str(if token.sealed { token.text } else { typed });
            end = Some(token.end);
        }
        text
    }

    /// The text of `tokens`, fit to keep; `None` if there is none.
    pub(super) fn text(&self, what: &'static str, tokens: &[Token]) -> Result<Option<String>, Refusal> {
        if tokens.is_empty() {
            return Ok(None);
        }
        text::kept(what, &self.raw(tokens), TEXT_MAX).map(Some)
    }

    /// The text of `tokens`, fit to keep; `plea` asks for it if there is none.
    pub(super) fn needed(&self, what: &'static str, tokens: &[Token], plea: &str) -> Result<String, Refusal> {
        self.text(what, tokens)?.ok_or_else(|| self.refuse(plea))
    }

    /// A refusal that says what is wrong and shows the verb's usage.
    pub(super) fn refuse(&self, problem: &str) -> Refusal {
        usage(self.verb, problem, None)
    }

    /// A refusal that also names the word that may have been meant.
    pub(super) fn suggest(&self, problem: &str, nearest: Option<&str>) -> Refusal {
        usage(self.verb, problem, nearest)
    }

    fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Value<'a>> + 's {
        self.given.iter().filter(move |given| given.name == name).map(|given| given.value)
    }
}

/// A refusal of what follows `verb`: the problem, what may have been meant, and the right usage.
pub(super) fn usage(verb: &Verb, problem: &str, nearest: Option<&str>) -> Refusal {
    let usage = verb.usage();
    let hint = nearest.map_or_else(String::new, |nearest| format!(", perhaps {nearest} is meant"));
    Refusal::Usage { message: format!("{problem}{hint}: {usage}"), usage, nearest: nearest.map(str::to_owned) }
}

/// What stays between two words when the options between them are gone.
fn spacing(gap: &str) -> &str {
    if gap.trim().is_empty() {
        gap
    } else if gap.contains('\n') {
        "\n"
    } else {
        " "
    }
}
