//! The synthetic page of the file.

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Key;
use toml::Spanned;

use super::directory::named_people;
use super::error::Wrong;
use super::file;
use super::value::Wait;

/// More often, and nobody would read them any more.
const EVERY_MIN: TimeDelta = TimeDelta::minutes(10);
const EVERY: TimeDelta = TimeDelta::days(1);
const WITHIN: TimeDelta = TimeDelta::minutes(5);

/// `[synthetic]`: a notice to somebody who need not answer, sent now and then to prove that notices arrive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synthetic {
    /// A handle.
    pub person: Key,
    /// The first by which they are reached, if absent.
    pub method: Option<ContactMethod>,
    pub every: TimeDelta,
    /// How long it may take to arrive before the last resort is told.
    pub within: TimeDelta,
}

/// Without a person there is none, and the rest is checked all the same.
pub(super) fn check(section: file::Synthetic, directory: &FileDirectory) -> Result<Option<Synthetic>, Wrong> {
    let of = |wait: &Option<Spanned<Wait>>, default| wait.as_ref().map_or(default, |wait| wait.get_ref().0);
    let (every, within) = (of(&section.every, EVERY), of(&section.within, WITHIN));
    if let Some(wait) = section.every.as_ref().filter(|_| every < EVERY_MIN) {
        return Err(Wrong::new(&wait.span(), "\"every\" in [synthetic]: expected at least \"10m\""));
    }
    if within >= every {
        let span = section.within.as_ref().or(section.every.as_ref()).map(Spanned::span).unwrap_or_default();
        let message = "\"within\" in [synthetic] must be less than \"every\", or the next is sent before one is missed";
        return Err(Wrong::new(&span, message));
    }
    if let Some(method) = section.method.as_ref().filter(|method| *method.get_ref() == ContactMethod::DiscordRoom) {
        let message = "\"method\" in [synthetic] cannot be \"discord-room\": a synthetic page is about no incident in \
                       whose room they could be called; write \"discord\"";
        return Err(Wrong::new(&method.span(), message));
    }
    let Some(person) = section.person else { return Ok(None) };
    let handles: Vec<Key> = directory.people.iter().map(|person| person.handle.clone()).collect();
    // Where the file describes no directory, the one of the database is asked when it is sent.
    if !directory.is_empty() {
        named_people("\"person\" in [synthetic]", std::slice::from_ref(&person), &handles)?;
    }
    let method = section.method.map(Spanned::into_inner);
    Ok(Some(Synthetic { person: person.into_inner(), method, every, within }))
}
