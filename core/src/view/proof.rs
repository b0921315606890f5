//! Who has not confirmed that they can be reached; without any address.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use crate::directory::Directory;
use crate::directory::proof::Unproved;

/// Those of whom something is not proved, as far as whoever asks may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProofView {
    pub people: Vec<ProofRow>,
}

/// One of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProofRow {
    pub handle: String,
    pub methods: Vec<String>,
    /// When they were asked last.
    pub asked: Option<String>,
}

/// What somebody is told in chat of whom nothing is proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnprovedView {
    pub handle: String,
    /// When they were asked, in UTC.
    pub asked: String,
}

impl ProofView {
    /// These people, in the order of their handles.
    pub fn of(unproved: &[Unproved], directory: &Directory, (now, times): (DateTime<Utc>, ShownIn)) -> Self {
        let clock = Clock::new(times, now);
        let row = |held: &Unproved| ProofRow {
            handle: directory.handle(held.person).to_owned(),
            methods: held.methods.iter().map(|method| method.word().to_owned()).collect(),
            asked: held.asked.map(|asked| clock.dated(asked)),
        };
        let mut people: Vec<ProofRow> = unproved.iter().map(row).collect();
        people.sort_by(|one, other| one.handle.cmp(&other.handle));
        Self { people }
    }
}

impl UnprovedView {
    /// What this person is told.
    pub fn of(handle: &str, asked: DateTime<Utc>) -> Self {
        Self { handle: handle.to_owned(), asked: asked.format("%Y-%m-%d %H:%M UTC").to_string() }
    }
}
