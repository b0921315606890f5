//! The way back: a line of the grammar from a verb and its arguments, for platforms that ask for each by itself.

#[cfg(test)]
mod tests;

use super::verbs::argument::{Argument, Takes, Written};
use super::verbs::{Slash, Verb};
use crate::ids::IncidentId;

/// What begins and what ends a value in a composed line. The parser takes them for quotes which keep everything between
/// them as it is; nobody types them, and no text that is kept holds them.
pub(super) const SEAL: (char, char) = ('\u{2}', '\u{3}');

/// The value of a flag that is given.
pub const ON: &str = "true";

/// Why there is no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotComposed {
    #[error("{verb} takes no {argument:?}")]
    NoArgument { verb: &'static str, argument: String },
    #[error("{argument} of {verb} is one of {}", known.join(", "))]
    NoWord { verb: &'static str, argument: &'static str, known: &'static [&'static str] },
}

/// The line that says what these arguments say, each by its name with its value; a flag is given with [`ON`], and a name
/// may stand more than once.
///
/// [`parse`](super::parse::parse) reads the values back as they are, less what it takes away from any text: no value
/// becomes an option, somebody's name or another verb, whatever it looks like. What is missing or no good is refused there
/// like in any other line.
///
/// # Errors
/// A name that the verb does not know, or a word that is none of those which stand for options.
pub fn compose(verb: &Verb, incident: Option<IncidentId>, given: &[(&str, &str)]) -> Result<String, NotComposed> {
    let unknown = given.iter().find(|(name, _)| verb.argument(name).is_none());
    if let Some((name, _)) = unknown {
        return Err(NotComposed::NoArgument { verb: verb.word, argument: (*name).to_owned() });
    }
    let values = |argument: &Argument| {
        let name = argument.name;
        given.iter().filter(move |(named, _)| *named == name).map(|(_, value)| *value)
    };
    let is_placed = |argument: &&Argument| matches!(argument.written, Written::Place | Written::Mention);
    // A line without its slash command is one of `/incident`.
    let slash = Some(verb.slash.typed().to_owned()).filter(|_| verb.slash != Slash::Incident);
    let mut words: Vec<String> = slash.into_iter().chain(incident.map(|incident| incident.to_string())).collect();
    words.push(verb.word.to_owned());
    let placed: Vec<&Argument> = verb.arguments.iter().filter(is_placed).collect();
    // Without a word in its place, the next one would be read as it.
    let last = placed.iter().rposition(|argument| values(argument).next().is_some());
    for argument in placed.iter().take(last.map_or(0, |last| last + 1)) {
        let before = words.len();
        words.extend(values(argument).map(|value| in_place(argument, value)));
        if words.len() == before {
            words.push(sealed(""));
        }
    }
    // Behind the words, where no option can take one of them for its value.
    for argument in verb.arguments.iter().filter(|argument| !is_placed(argument)) {
        for value in values(argument) {
            words.extend(option(verb, argument, value)?);
        }
    }
    Ok(words.join(" "))
}

fn in_place(argument: &Argument, value: &str) -> String {
    if argument.written != Written::Mention {
        return word(argument, value);
    }
    let handle = value.strip_prefix('@').unwrap_or(value);
    if is_word(handle) { format!("@{handle}") } else { sealed(&format!("@{handle}")) }
}

fn option(verb: &Verb, argument: &Argument, value: &str) -> Result<Option<String>, NotComposed> {
    match (argument.written, argument.takes) {
        (Written::Flag, Takes::Words(known)) => {
            let word = known.iter().find(|known| **known == value);
            let refused = NotComposed::NoWord { verb: verb.word, argument: argument.name, known };
            Ok(Some(format!("--{}", word.ok_or(refused)?)))
        }
        (Written::Flag, _) => Ok((value == ON).then(|| format!("--{}", argument.name))),
        _ => Ok(Some(format!("--{}={}", argument.name, word(argument, value)))),
    }
}

/// A value, sealed unless it is a plain word that means nothing else; in a text, one with a number may be a severity.
fn word(argument: &Argument, value: &str) -> String {
    let numbered = matches!(argument.takes, Takes::Text(_)) && value.contains(|c: char| c.is_ascii_digit());
    if is_word(value) && !numbered { value.to_owned() } else { sealed(value) }
}

fn is_word(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let begins = value.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    begins && value.bytes().all(plain) && value.parse::<IncidentId>().is_err()
}

fn sealed(value: &str) -> String {
    let (open, close) = SEAL;
    let inner = value.replace(open, "\u{2402}").replace(close, "\u{2403}");
    format!("{open}{inner}{close}")
}
