//! Why a transcript cannot be read.

use firebell_core::refusal::Refusal;
use firebell_core::when::WhenError;

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct TranscriptError {
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    pub problem: Problem,
}

/// What is wrong with the line; the text says what to write instead. What it repeats of the line is clipped, and
/// characters that cannot be seen are escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("`{0}` is no line of a transcript; begin with [14:05], @, #, > or two blanks")]
    UnknownLine(String),
    #[error("the time has no end; write `]` after it, as in `[14:05] ana: hello`")]
    UnclosedTime,
    #[error("`{0}` is no time of a line; write 14:05, 2026-11-21 14:05, +5m or +1d 00:05")]
    BadTime(String),
    #[error("there is no day to put this time on; add `@start 2026-11-21T14:00:00Z` above, or a date here")]
    NoDay,
    #[error("`{0}` is earlier than the line before; time only runs forwards, so write +1d 00:05 or a later date")]
    Backwards(String),
    #[error("`{0}` leaves the years 0001 to 9999; name a time within them")]
    OutOfRange(String),
    #[error(
        "`{0}` is not who speaks; write `ana: text`, `ana #room: text` or `ana INC-2: text`, or `wait` alone to let \
         time pass"
    )]
    BadSpeaker(String),
    #[error("nothing is said here; write the words after the colon")]
    NothingSaid,
    #[error("there is no utterance directly above that this line could continue; remove its leading blanks")]
    NothingToContinue,
    #[error("there is no utterance directly above that could be answered; move `>` below one")]
    NothingToExpect,
    #[error("nothing is expected here; write a part of the reply after `>`")]
    EmptyExpectation,
    #[error(
        "there is no directive @{0}; there are @title, @zone, @start, @person, @policy, @service, @last-resort and \
         @default-policy"
    )]
    UnknownDirective(String),
    #[error("@{0} stands below the first line with a time; move it to the head of the file")]
    LateDirective(String),
    #[error("@zone stands below a directive that depends on it; move it above @start and the people")]
    LateZone,
    #[error("@{0} is there twice; keep one")]
    Twice(&'static str),
    #[error("@{directive} cannot be read; write `{usage}`")]
    Usage { directive: &'static str, usage: &'static str },
    #[error("`{0}` is no time zone; write a name such as Europe/Amsterdam or UTC")]
    BadZone(String),
    #[error("`{0}` is no instant; write 2026-11-21T14:00:00Z, or 2026-11-21 14:00 in the zone of the file")]
    BadStart(String),
    #[error("`{0}` cannot be a name here; use 1 to 64 of the characters a-z, 0-9, '-' and '_'")]
    BadKey(String),
    #[error("`{0}` is declared twice; choose another name")]
    Duplicate(String),
    #[error("nobody above is called `{0}`; add `@person {0} \"Name\"`")]
    UnknownPerson(String),
    #[error("no policy above is called `{0}`; add `@policy {0} \"Name\" ana 5m`")]
    UnknownPolicy(String),
    #[error("`{0}` is no option here; write `{1}`")]
    UnknownOption(String, &'static str),
    #[error(transparent)]
    Wait(#[from] WhenError),
    #[error("nothing happens in this transcript; add a line such as `[14:05] ana: hello`")]
    NothingHappens,
}

/// The words of a file, fit to be repeated on a terminal.
pub(super) fn quote(text: &str) -> String {
    Refusal::quote(text).escape_debug().to_string()
}
