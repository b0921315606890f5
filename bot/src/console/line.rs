//! One line that somebody typed: who speaks, where, and what.

use firebell_core::command::verbs::{Slash, Verb};
use firebell_core::ids::{Key, MessageId};
use firebell_core::message::Amendment;
use firebell_core::refusal::Refusal;
use firebell_core::suggest;

use crate::platform::console::amend;

/// A line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The speaker, where the line names one.
    pub who: Option<Key>,
    /// The room as it was typed, without its `#`.
    pub room: Option<String>,
    pub what: What,
}

/// What a line asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing but a speaker, a room, or neither.
    Nothing,
    /// Plain talk.
    Say(String),
    /// A line of the grammar, its slash command included.
    Command(String),
    /// Something done to a message of the speaker's.
    Amend {
        message: MessageId,
        amendment: Amendment,
    },
    Help {
        topic: Option<String>,
    },
    People,
    Rooms,
    Quit,
}

/// Why a line cannot be understood, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LineError {
    #[error(
        "\"@{named}\" is no handle: a handle has 1 to 64 of the characters a-z, 0-9, '-' and '_', as in `@ana hello`"
    )]
    Handle { named: String },
    #[error("a room has a name, as in `#inc-1`; /rooms lists them")]
    NamelessRoom,
    #[error("there is no command {named}; {advice}")]
    Command { named: String, advice: String },
    #[error("{0}")]
    Amend(Refusal),
}

/// The console's own commands, behind those of the grammar.
pub(super) const COMMANDS: [&str; 8] = ["/incident", "/oncall", "/edit", "/delete", "/help", "/who", "/rooms", "/quit"];

impl Line {
    /// Takes a line apart.
    ///
    /// # Errors
    /// The line begins like a speaker, a room or a command and is none.
    pub(super) fn read(text: &str) -> Result<Self, LineError> {
        let mut rest = text.trim();
        let mut who = None;
        if let Some(after) = rest.strip_prefix('@') {
            let (named, after) = first_word(after);
            who = Some(Key::new(named).map_err(|_| LineError::Handle { named: Refusal::quote(named) })?);
            rest = after;
        }
        let mut room = None;
        if let Some(after) = rest.strip_prefix('#') {
            let (named, after) = first_word(after);
            if named.is_empty() {
                return Err(LineError::NamelessRoom);
            }
            room = Some(named.to_owned());
            rest = after;
        }
        Ok(Self { who, room, what: what(rest)? })
    }
}

fn what(text: &str) -> Result<What, LineError> {
    if let Some(amend) = amend::read(text) {
        return amend.map(|(message, amendment)| What::Amend { message, amendment }).map_err(LineError::Amend);
    }
    let (word, rest) = first_word(text);
    let topic = || {
        let (first, others) = first_word(rest);
        let named = Slash::read(first).and_then(|slash| slash.verb(others.trim())).map(Verb::named);
        let topic = if Slash::read(first).is_some() { others } else { rest };
        named.or_else(|| Some(topic.trim().to_owned()).filter(|topic| !topic.is_empty()))
    };
    Ok(match word.to_lowercase().as_str() {
        "" => What::Nothing,
        command if Slash::read(command).is_some() => What::Command(text.to_owned()),
        "/help" | "/?" => What::Help { topic: topic() },
        "help" | "?" if rest.is_empty() => What::Help { topic: None },
        "/who" | "/people" => What::People,
        "/rooms" => What::Rooms,
        "/quit" | "/exit" => What::Quit,
        other if other.starts_with('/') => return Err(unknown(word)),
        _ => What::Say(text.to_owned()),
    })
}

fn unknown(word: &str) -> LineError {
    let bare = word.trim_start_matches('/');
    let advice = match (Verb::find(bare), suggest::nearest(word, COMMANDS)) {
        (Some(verb), _) => format!("did you mean `{} {}`?", verb.slash.typed(), verb.word),
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) => "/help lists them".to_owned(),
    };
    LineError::Command { named: Refusal::quote(word), advice }
}

/// The first word of a text, and what follows it.
fn first_word(text: &str) -> (&str, &str) {
    match text.split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim_start()),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(who: &str, room: &str, what: What) -> Line {
        Line { who: Key::new(who).ok(), room: Some(room.to_owned()).filter(|r| !r.is_empty()), what }
    }

    #[test]
    fn a_line_says_who_where_and_what() {
        let say = |text: &str| What::Say(text.to_owned());
        let incident = |text: &str| What::Command(text.to_owned());
        for (text, read) in [
            ("", line("", "", What::Nothing)),
            ("   ", line("", "", What::Nothing)),
            ("disk is full", line("", "", say("disk is full"))),
            ("@ana", line("ana", "", What::Nothing)),
            ("@Ana  disk is full ", line("ana", "", say("disk is full"))),
            ("@ana @bo please look", line("ana", "", say("@bo please look"))),
            ("#inc-1", line("", "inc-1", What::Nothing)),
            ("@ana #inc-1", line("ana", "inc-1", What::Nothing)),
            ("@ana #inc-1-übergabe it is me", line("ana", "inc-1-übergabe", say("it is me"))),
            ("@ana /incident declare x sev1", line("ana", "", incident("/incident declare x sev1"))),
            ("#inc-1 /Incident ack", line("", "inc-1", incident("/Incident ack"))),
            ("/incident", line("", "", incident("/incident"))),
            ("help", line("", "", What::Help { topic: None })),
            ("?", line("", "", What::Help { topic: None })),
            ("help me with the database", line("", "", say("help me with the database"))),
            ("/help declare", line("", "", What::Help { topic: Some("declare".to_owned()) })),
            ("/help /incident ack", line("", "", What::Help { topic: Some("ack".to_owned()) })),
            ("/help /oncall me", line("", "", What::Help { topic: Some("/oncall me".to_owned()) })),
            ("/who", line("", "", What::People)),
            ("@bo /rooms", line("bo", "", What::Rooms)),
            ("/QUIT", line("", "", What::Quit)),
            (
                "@bo #inc-1 /delete M3",
                line("bo", "inc-1", What::Amend { message: MessageId(3), amendment: Amendment::Delete }),
            ),
        ] {
            assert_eq!(Line::read(text).unwrap(), read, "{text:?}");
        }
    }

    #[test]
    fn what_begins_like_a_command_and_is_none_is_refused() {
        for (text, says) in [
            ("@", "\"@\" is no handle"),
            ("@ana: hello", "\"@ana:\" is no handle"),
            ("@\u{1b}[31m x", "\"@\u{fffd}[31m\" is no handle"),
            ("#", "a room has a name"),
            ("@ana # x", "a room has a name"),
            ("/declare checkout is down", "did you mean `/incident declare`?"),
            ("/ack", "did you mean `/incident ack`?"),
            ("/incidnet ack", "did you mean `/incident`?"),
            ("/edit M3", "to put other words in the place of what you said, write `/edit <message> <new words>`"),
            ("/delte M3", "did you mean `/delete`?"),
            ("/etc/passwd is open", "no command /etc/passwd; /help lists them"),
        ] {
            let error = Line::read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }
}
