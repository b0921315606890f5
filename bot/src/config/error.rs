//! What is wrong with a configuration, and where.

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use firebell_core::suggest;
use toml::de::{DeTable, DeValue};

use super::workspace::Chat;

/// The sections of `firebell.toml` that are no part of the directory.
const OF_THE_PROCESS: [&str; 12] = [
    "database",
    "key",
    "http",
    "alarm",
    "templates",
    "log",
    "incidents",
    "retention",
    "slack",
    "discord",
    "actions",
    "trackers",
];

/// Why there is no configuration to run with. No text of it repeats a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that was named cannot be read.
    #[error("cannot read {}: {}", path.display(), unreadable(source))]
    Unreadable { path: PathBuf, source: io::Error },
    /// Something in the file is wrong. Lines and columns are counted from 1, columns in characters.
    #[error("{file}:{line}:{column}: {message}")]
    Wrong { file: String, line: usize, column: usize, message: String },
    /// A file with a secret holds something else.
    #[error("{}: {message}", path.display())]
    BadFile { path: PathBuf, message: String },
    /// An environment variable is wrong.
    #[error("{name} in the environment: {message}")]
    Environment { name: &'static str, message: String },
    /// A workspace lacks something.
    #[error("the {} \"{name}\" {message}", chat.workspace())]
    Workspace { chat: Chat, name: String, message: String },
    /// A service beside chat lacks something; `of` is such as `tracker "github"`.
    #[error("the {of} {message}")]
    Outside { of: String, message: String },
    /// A contact method lacks something.
    #[error("[{section}] {message}")]
    Method { section: &'static str, message: String },
    /// There is no file in which to look for the installation's key.
    #[error(
        "there is no file for the installation's key: the database is not a SQLite file; set FIREBELL_KEY or \"file\" in [key]"
    )]
    NoKey,
}

/// What keeps somebody from reading a file, and what to do about it.
fn unreadable(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::InvalidData {
        return "it is no text in UTF-8; save the file in that encoding".to_owned();
    }
    format!("{error}; check the path and who may read it")
}

/// Something wrong at a place in the file, in bytes.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) message: String,
    /// Where the other one is of what is there twice.
    pub(super) other: Option<usize>,
}

impl Wrong {
    pub(super) fn new(span: &Range<usize>, message: impl Into<String>) -> Self {
        Self { at: span.start, message: message.into(), other: None }
    }

    /// That something is there twice; where both are in one file, the place of the second is enough.
    pub(super) fn twice(span: &Range<usize>, other: &Range<usize>, message: impl Into<String>) -> Self {
        Self { other: Some(other.start), ..Self::new(span, message) }
    }

    /// Turns what serde says into what the writer of the file needs to know.
    pub(super) fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        // Without a span, the end of the file was reached too early.
        let at = error.span().map_or(text.len(), |span| span.start);
        // A file that is no TOML at all has no sections to look in.
        let place = DeTable::parse(text).ok().and_then(|table| find(table.get_ref(), "", at));
        let message = place.map_or_else(|| error.message().to_owned(), |place| explain(error.message(), &place));
        Self { at, message, other: None }
    }

    pub(super) fn in_file(self, text: &str, file: &str) -> ConfigError {
        let (line, column) = line_and_column(text, self.at);
        ConfigError::Wrong { file: file.to_owned(), line, column, message: self.message }
    }
}

/// Where a byte of a text is, both counted from 1, columns in characters.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// "; did you mean ...?" if a known word is near.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    suggest::nearest(word, known).map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

/// A key or a section of the file.
struct Place {
    /// As it is written, such as `[database]`; empty for the top.
    section: String,
    key: Option<String>,
    /// It is the key itself that is there, and not what it is set to.
    is_key: bool,
}

impl Place {
    fn of(&self) -> String {
        if self.section.is_empty() { String::new() } else { format!(" in {}", self.section) }
    }
}

/// The place that begins at `at`. Sections are searched from the top, as their spans cover only their headers.
fn find(table: &DeTable<'_>, path: &str, at: usize) -> Option<Place> {
    let bracketed = |path: &str| if path.is_empty() { String::new() } else { format!("[{path}]") };
    find_in(table, path, &bracketed(path), at)
}

fn find_in(table: &DeTable<'_>, path: &str, section: &str, at: usize) -> Option<Place> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        let inner = if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        let of_key = || Place { section: section.to_owned(), key: Some(name.to_string()), is_key: false };
        if key.span().start == at {
            return Some(Place { is_key: true, ..of_key() });
        }
        let found = match value.get_ref() {
            DeValue::Table(table) => find(table, &inner, at),
            DeValue::Array(items) => items.iter().find_map(|item| match item.get_ref() {
                DeValue::Table(table) => {
                    let section = format!("[[{inner}]]");
                    let inside = find_in(table, &inner, &section, at);
                    inside.or_else(|| (item.span().start == at).then_some(Place { section, key: None, is_key: false }))
                }
                _ => (item.span().start == at).then(of_key),
            }),
            _ => None,
        };
        found.or_else(|| (value.span().start == at).then(of_key))
    })
}

fn explain(message: &str, place: &Place) -> String {
    let key = place.key.as_deref().unwrap_or_default();
    let of = place.of();
    if let Some((unknown, known)) = unknown(message, "unknown field `") {
        if place.section.is_empty() && OF_THE_PROCESS.contains(&unknown) {
            return format!(
                "{unknown:?} belongs in firebell.toml; a file of the directory holds people, teams, services, policies, \
                 schedules, calendars and last_resort"
            );
        }
        return format!("unknown key {unknown:?}{of}{}", did_you_mean(unknown, known));
    }
    if let Some((unknown, known)) = unknown(message, "unknown variant `") {
        // Of a section whose keys are of a kind, an unknown one is no wrong value.
        if place.is_key {
            return format!("unknown key {unknown:?}{of}{}", did_you_mean(unknown, known));
        }
        let words = known.clone().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
        let near = suggest::nearest(unknown, known);
        let help = near.map_or_else(|| format!("write one of {words}"), |near| format!("did you mean {near:?}?"));
        return format!("{key:?}{of} cannot be {unknown:?}; {help}");
    }
    if let Some(missing) = message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        return format!("{missing:?} is missing{of}");
    }
    let message = expected(message).unwrap_or_else(|| message.to_owned());
    if key.is_empty() { format!("{}: {message}", place.section) } else { format!("{key:?}{of}: {message}") }
}

/// The unknown word and the known ones, of serde's sentence about them.
fn unknown<'a>(message: &'a str, start: &str) -> Option<(&'a str, impl Iterator<Item = &'a str> + Clone)> {
    let (word, rest) = message.strip_prefix(start)?.split_once("`, expected ")?;
    Some((word, rest.split('`').skip(1).step_by(2)))
}

/// What was expected, of serde's sentence about a wrong type. What was found is left out: it can be seen at the place,
/// and may be a secret in the wrong one.
fn expected(message: &str) -> Option<String> {
    let found = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "))?;
    let (_, expected) = found.rsplit_once(", expected ")?;
    let plain = match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list in brackets",
        "a string" => "a text in quotes",
        "a nonzero u16" => "a whole number from 1 to 65535",
        "u16" => "a whole number from 0 to 65535",
        "i64" => "a whole number",
        other => other,
    };
    Some(format!("expected {plain}"))
}
