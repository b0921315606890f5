//! The options of each verb, and their values.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::verbs::Verb;
use super::super::verbs::argument::{self, Argument, Written};
use super::Context;
use super::token::{Dashed, Token, tokens};
use super::words::usage;
use crate::refusal::Refusal;
use crate::suggest;
use crate::when::{WhenError, parse_ahead, parse_duration, parse_future, parse_instant};

/// An option that a verb takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub name: &'static str,
    aliases: &'static [&'static str],
    takes: Takes,
    repeats: bool,
}

/// An option as it was given.
#[derive(Debug)]
pub(super) struct Given<'a> {
    pub name: &'static str,
    pub value: Value<'a>,
}

/// The value of an option.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Flag,
    Word(&'a str),
    At(DateTime<Utc>),
    Span(TimeDelta),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Word,
    /// A word, and the currency behind it where that is one of its own.
    Money,
    Past,
    Future,
    Ahead,
    Duration,
}

/// The most words that a time may have.
const TIME_WORDS: usize = 3;

/// The options that a verb takes: those of its arguments that are written as such.
pub(super) fn specs(verb: &Verb) -> impl Iterator<Item = Spec> {
    let spec = |argument: &'static Argument| argument.options().iter().map(|name| Spec::of(name, argument));
    verb.arguments.iter().flat_map(spec)
}

impl Spec {
    fn of(name: &'static str, argument: &Argument) -> Self {
        let aliases: &[&str] = if let Written::Either(aliases) = argument.written { aliases } else { &[] };
        let takes = match (argument.written, argument.takes) {
            (Written::Flag, _) => Takes::Nothing,
            (_, argument::Takes::Past | argument::Takes::Instant) => Takes::Past,
            (_, argument::Takes::Future) => Takes::Future,
            (_, argument::Takes::Ahead) => Takes::Ahead,
            (_, argument::Takes::Duration) => Takes::Duration,
            (_, argument::Takes::Money) => Takes::Money,
            _ => Takes::Word,
        };
        Self { name, aliases, takes, repeats: argument.repeats }
    }

    fn is(self, name: &str) -> bool {
        self.words().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// Tells words and options apart.
pub(super) struct Reader<'a, 'c> {
    verb: &'static Verb,
    context: &'c Context<'c>,
    tokens: std::vec::IntoIter<Token<'a>>,
    plain: Vec<Token<'a>>,
    given: Vec<Given<'a>>,
}

impl<'a, 'c> Reader<'a, 'c> {
    /// A reader of what follows `verb`.
    pub(super) fn new(verb: &'static Verb, source: &'a str, context: &'c Context<'c>) -> Self {
        let tokens = tokens(source).into_iter();
        Self { verb, context, tokens, plain: Vec::new(), given: Vec::new() }
    }

    /// The words and the options, each in their order.
    pub(super) fn read(mut self) -> Result<(Vec<Token<'a>>, Vec<Given<'a>>), Refusal> {
        while let Some(token) = self.tokens.next() {
            if token.ends_options() {
                // Between words it is punctuation; only before what looks like an option does it say that text follows.
                if self.tokens.as_slice().first().is_some_and(|next| next.dashed().is_some()) {
                    self.plain.extend(self.tokens);
                    break;
                }
                self.plain.push(token);
                continue;
            }
            match token.dashed() {
                Some(dashed) => self.option(token, dashed)?,
                None => self.plain.push(token),
            }
        }
        Ok((self.plain, self.given))
    }

    fn option(&mut self, token: Token<'a>, dashed: Dashed<'a>) -> Result<(), Refusal> {
        let Some(spec) = specs(self.verb).find(|spec| spec.is(dashed.name)) else {
            // A long dash begins prose more often than an option.
            if dashed.long_dash {
                self.plain.push(token);
                return Ok(());
            }
            return Err(self.unknown(dashed.name));
        };
        if !spec.repeats && self.given.iter().any(|given| given.name == spec.name) {
            return Err(usage(self.verb, &format!("--{} is given twice", spec.name), None));
        }
        match spec.takes {
            Takes::Nothing if dashed.value.is_some() => {
                Err(usage(self.verb, &format!("--{} takes no value", spec.name), None))
            }
            Takes::Nothing => {
                self.give(spec, Value::Flag);
                Ok(())
            }
            Takes::Word => self.word(spec, dashed),
            Takes::Money => {
                self.word(spec, dashed)?;
                self.currency(spec);
                Ok(())
            }
            Takes::Past | Takes::Future | Takes::Ahead | Takes::Duration => self.time(spec, dashed),
        }
    }

    fn word(&mut self, spec: Spec, dashed: Dashed<'a>) -> Result<(), Refusal> {
        let mut value = dashed.value.map(|(value, _)| value).or_else(|| self.next_value());
        loop {
            let given = value.filter(|value| !value.trim().is_empty()).ok_or_else(|| self.missing(spec))?;
            self.give(spec, Value::Word(given));
            // "a, b" is one list although it is two words.
            if !(spec.repeats && given.ends_with(',')) {
                return Ok(());
            }
            value = self.next_value();
            if value.is_none() {
                return Ok(());
            }
        }
    }

    /// Takes the next word for the currency of the amount before it, if it looks like one and the amount has none.
    fn currency(&mut self, spec: Spec) {
        let has_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        let is_bare = |text: &str| !text.contains(|c: char| c.is_alphabetic() && !matches!(c, 'k' | 'K' | 'm' | 'M'));
        let is_sign = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let last = self.given.last().and_then(|given| match given.value {
            Value::Word(text) => Some(text),
            _ => None,
        });
        let next = self.tokens.as_slice().first().filter(|token| !token.quoted).map(|token| token.text);
        let Some((amount, sign)) = last.zip(next) else { return };
        let behind = has_digits(amount) && is_bare(amount) && is_sign(sign);
        let before = is_sign(amount) && sign.starts_with(|c: char| c.is_ascii_digit());
        if behind || before {
            self.tokens.next();
            self.give(spec, Value::Word(sign));
        }
    }

    fn time(&mut self, spec: Spec, dashed: Dashed<'a>) -> Result<(), Refusal> {
        let words = self.time_words(dashed);
        if words.iter().all(|word| word.trim().is_empty()) {
            return Err(self.missing(spec));
        }
        let (value, used) = longest_time(spec.takes, &words, self.context)
            .map_err(|error| Refusal::BadTime { message: error.to_string() })?;
        for _ in usize::from(dashed.value.is_some())..used {
            self.tokens.next();
        }
        self.give(spec, value);
        Ok(())
    }

    /// The words that may belong to a time: a quoted one alone, or all up to the next option.
    fn time_words(&self, dashed: Dashed<'a>) -> Vec<&'a str> {
        let mut words = Vec::new();
        match dashed.value {
            Some((value, true)) => return vec![value],
            Some((value, false)) => words.push(value),
            None => {}
        }
        for token in self.tokens.as_slice() {
            let is_value = !token.ends_options() && token.dashed().is_none();
            if words.len() == TIME_WORDS || !is_value || (token.quoted && !words.is_empty()) {
                break;
            }
            words.push(token.text);
            if token.quoted {
                break;
            }
        }
        words
    }

    fn next_value(&mut self) -> Option<&'a str> {
        let token = self.tokens.as_slice().first()?;
        if token.ends_options() || token.dashed().is_some() {
            return None;
        }
        self.tokens.next().map(|token| token.text)
    }

    fn give(&mut self, spec: Spec, value: Value<'a>) {
        self.given.push(Given { name: spec.name, value });
    }

    fn missing(&self, spec: Spec) -> Refusal {
        usage(self.verb, &format!("--{} needs a value", spec.name), None)
    }

    fn unknown(&self, name: &str) -> Refusal {
        let known = specs(self.verb).flat_map(Spec::words);
        let nearest = suggest::nearest(name, known).map(|name| format!("--{name}"));
        let way_out = if nearest.is_some() { "" } else { ", write -- before text that begins so" };
        let problem = format!("there is no option --{}{way_out}", Refusal::quote(name));
        usage(self.verb, &problem, nearest.as_deref())
    }
}

/// The longest beginning of `words` that is a time, and how many words it has.
fn longest_time<'a>(takes: Takes, words: &[&str], context: &Context<'_>) -> Result<(Value<'a>, usize), WhenError> {
    let mut telling = None;
    let mut longer = None;
    for used in (1..=words.len()).rev() {
        let phrase = words.get(..used).unwrap_or_default().join(" ");
        match time(takes, &phrase, context) {
            Ok(value) => {
                let follows = words.get(used).is_some_and(|word| is_like_a_clock(word));
                // "yesterday 25:00" is a mistake, not the start of yesterday and a text that begins with "25:00".
                let lacks_clock = |error: &WhenError| {
                    let whole = time(takes, &format!("{phrase} 00:00"), context);
                    is_vague(error) && whole.is_ok_and(|_| follows)
                };
                return longer.filter(lacks_clock).map_or(Ok((value, used)), Err);
            }
            Err(error) => {
                if !is_vague(&error) {
                    telling.get_or_insert_with(|| error.clone());
                }
                longer = Some(error);
            }
        }
    }
    Err(telling.or(longer).unwrap_or_else(|| WhenError::NotAnInstant(String::new())))
}

fn time<'a>(takes: Takes, phrase: &str, context: &Context<'_>) -> Result<Value<'a>, WhenError> {
    match takes {
        Takes::Future => parse_future(phrase, context.zone, context.now).map(Value::At),
        Takes::Ahead => parse_ahead(phrase, context.zone, context.now).map(Value::At),
        Takes::Duration => parse_duration(phrase).map(Value::Span),
        Takes::Past | Takes::Nothing | Takes::Word | Takes::Money => {
            parse_instant(phrase, context.zone, context.now).map(Value::At)
        }
    }
}

/// Whether the error says no more than that the words are no time.
fn is_vague(error: &WhenError) -> bool {
    matches!(error, WhenError::NotAnInstant(_) | WhenError::NotADueTime(_) | WhenError::NotADuration(_))
}

fn is_like_a_clock(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) && word.contains(':')
}
