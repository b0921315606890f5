//! Transcripts: an incident as a text file, one line per utterance.
//!
//! ```text
//! # A comment; blank lines are free.
//! @title The day the disk filled up
//! @zone Europe/Amsterdam
//! @start 2026-03-02 16:00
//! @person ana "Ana Example"
//! @person bo "Bo Example" zone=America/New_York admin
//! @policy primary "Database on-call" ana 5m, ana+bo 10m
//! @service db "Primary database" policy=primary runbook=https://example.org/db
//! @last-resort bo
//! @default-policy primary
//!
//! [16:02] bo: /incident declare writes fail sev1 --service db
//! > INC-1
//! [+7m] wait
//! [16:10] ana INC-1: /incident ack
//! [+30s] ana: the disk is full
//!   df says 100 %
//! [+1d 09:00] bo #inc-1-writes-fail: good morning
//! ```
//!
//! **Header.** Directives stand above the first line with a time, and a name is declared above the directive that uses
//! it. `@zone` (UTC if there is none) is the zone of the file's wall times and of the people who name no other. `+`
//! joins people who are meant together. Names with blanks stand in double quotes.
//!
//! **Times.** In brackets: a wall time (on the day of the line before), a date with a time (and an offset, if any),
//! `+5m` after the line before, or `+1d 00:05` for a wall time that many days later. Time never runs backwards. Without
//! `@start`, the first line has a date.
//!
//! **Lines.** `who: text` is said in the room of the speaker's current incident; `who #room: text` and
//! `who INC-2: text` name the place. `/edit M3 new words` and `/delete M3` amend what the speaker said there. Two blanks
//! begin a continuation, which is joined by a line break, and by the blank lines before it. `wait` lets time pass, so that timers run. `> text` directly
//! below an utterance says that the reply contains this text.

mod error;
mod header;
mod reader;
mod time;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use firebell_core::directory::Standing;
use firebell_core::ids::{IncidentId, Key};

pub use self::error::{Problem, TranscriptError};

/// GitLab.com's database outage of 31 January 2017, which the demonstration plays.
pub const GITLAB: &str = include_str!("gitlab-2017-01-31.txt");

/// An incident as a file tells it; every name in it is declared in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    pub title: Option<String>,
    /// The zone of the file's wall times.
    pub zone: Tz,
    /// When the story begins; no line is earlier.
    pub start: DateTime<Utc>,
    pub people: Vec<Person>,
    pub policies: Vec<Policy>,
    pub services: Vec<Service>,
    /// Who is paged when a policy is exhausted.
    pub last_resort: Vec<Key>,
    pub default_policy: Option<Key>,
    /// In the order of the file, which is the order of time; at least one.
    pub lines: Vec<Line>,
}

/// Someone who speaks or is paged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub handle: Key,
    pub name: String,
    pub zone: Tz,
    /// An administrator or a responder.
    pub standing: Standing,
}

/// Whom to page in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub key: Key,
    pub name: String,
    /// At least one.
    pub steps: Vec<Step>,
}

/// One step of a policy: these people at once, then wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// At least one.
    pub people: Vec<Key>,
    pub wait: TimeDelta,
}

/// What breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub key: Key,
    pub name: String,
    pub policy: Option<Key>,
    pub runbook: Option<String>,
}

/// Something that happens at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it stands in the file, counted from 1.
    pub number: usize,
    pub at: DateTime<Utc>,
    pub what: What,
}

/// What happens on a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody says something: a command when it begins with `/`.
    Said {
        speaker: Key,
        /// `None` for the room of the speaker's current incident.
        place: Option<Place>,
        text: String,
        /// Texts that the reply contains.
        expect: Vec<String>,
    },
    /// Nobody says anything; the timers run.
    Wait,
}

/// Where something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A room by its name, without the `#`.
    Room(String),
    /// The room of an incident.
    Incident(IncidentId),
}

impl Transcript {
    /// Reads a transcript; `name` is the file's name for errors.
    ///
    /// # Errors
    /// The first line that cannot be read, with what to write instead.
    pub fn parse(text: &str, name: &str) -> Result<Self, TranscriptError> {
        reader::read(text).map_err(|(line, problem)| TranscriptError { file: name.to_owned(), line, problem })
    }
}
