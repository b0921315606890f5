//! One entry, and what a room is told of it.

use std::borrow::Cow;
use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::format::Clock;
use super::record::{Amendments, Captured, Effective, Record};
use super::words::Words;
use crate::action::ActionChange;
use crate::actor::Who;
use crate::file::FileOutcome;
use crate::ids::{EntryId, PageId};
use crate::postmortem::PostmortemChange;
use crate::rca::AnalysisChange;
use crate::timeline::{Change, NoticeOutcome};

/// One entry as it stands today, corrections and redactions applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EntryView {
    /// `E17`, or `M3` for a captured message among entries.
    pub id: String,
    /// What kind of entry it is: `noted`, `status_changed`; `message` for a captured message.
    pub kind: Cow<'static, str>,
    /// The template that says it in a line: `entry/` and the kind.
    pub partial: String,
    /// When it happened: `14:05`, with the date on any day but the incident's first.
    pub time: String,
    /// When it happened, to the second: `2026-11-21 14:05:10`.
    pub exact: String,
    /// Who did it.
    pub who: WhoView,
    /// The entry that corrected this one: `E21`.
    pub corrected: Option<String>,
    /// Whether its words were taken out of the record.
    pub redacted: bool,
    #[serde(flatten)]
    pub words: Words,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WhoView {
    /// A handle if `person`, else the name of an integration or `Firebell`.
    pub name: String,
    /// Whether it is a person, whose name is a handle and takes an `@`.
    pub person: bool,
    /// It is a program that has a token.
    pub program: bool,
}

/// What one field of a view holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field<'v> {
    Text(&'v str),
    Flag(bool),
    Nothing,
}

/// What a room is told of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostView {
    pub incident: String,
    pub drill: bool,
    pub entry: EntryView,
    /// In the post of the closing alone.
    pub anchor: Option<Anchor>,
}

/// What pins the record: whoever keeps this can tell later whether anything in it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Anchor {
    /// How many entries the record holds.
    pub entries: i64,
    /// 64 hexadecimal digits.
    pub head: String,
    /// The signature of the head; it begins with the id of its key.
    pub signature: String,
}

impl Anchor {
    /// The anchor of a record.
    pub fn of(record: &Record<'_>) -> Self {
        let head = &record.head;
        Self { entries: head.seq, head: head.hash.to_string(), signature: head.signature.clone() }
    }
}

impl PostView {
    /// What a room is told of this entry; `None` when the record does not hold it.
    pub fn of(record: &Record<'_>, entry: EntryId) -> Option<Self> {
        let entry = record.entries.iter().find(|held| held.id == entry)?;
        let effective = Amendments::of(record.entries).effective(entry);
        let anchor = (effective.change.as_deref() == Some(&Change::Closed)).then(|| Anchor::of(record));
        Some(Self {
            incident: record.incident.id.to_string(),
            drill: record.incident.drill,
            entry: EntryView::of(&effective, record, Clock::of(record)),
            anchor,
        })
    }
}

impl EntryView {
    pub(super) fn of(effective: &Effective<'_>, record: &Record<'_>, clock: Clock) -> Self {
        let Effective { entry, happened_at, change, corrected_by, redacted } = effective;
        let (kind, words) = match change {
            Some(change) => (Cow::Borrowed(change.kind()), Words::of(change, record, clock)),
            None => (Cow::Owned(entry.kind.clone()), Words::Nothing {}),
        };
        let (time, exact) = clock.both(*happened_at);
        Self {
            id: entry.id.to_string(),
            partial: if change.is_some() { ["entry/", &*kind].concat() } else { "entry/gone".to_owned() },
            kind,
            time,
            exact,
            who: WhoView::of(&entry.actor.who, record),
            corrected: corrected_by.map(|by| by.to_string()),
            redacted: *redacted,
            words,
        }
    }

    /// As [`super::TimelineRow::field`].
    pub(super) fn field(&self, name: &str) -> Option<Field<'_>> {
        Some(match name {
            "id" => Field::Text(&self.id),
            "kind" => Field::Text(&self.kind),
            "partial" => Field::Text(&self.partial),
            "time" => Field::Text(&self.time),
            "exact" => Field::Text(&self.exact),
            "who.name" => Field::Text(&self.who.name),
            "who.person" => Field::Flag(self.who.person),
            "who.program" => Field::Flag(self.who.program),
            "corrected" => Field::of(self.corrected.as_ref()),
            "redacted" => Field::Flag(self.redacted),
            _ => return self.words.field(name),
        })
    }

    pub(super) fn of_message(message: &Captured, record: &Record<'_>, clock: Clock) -> Self {
        let author = record.handle(message.author);
        let (time, exact) = clock.both(message.sent_at);
        Self {
            id: message.id.to_string(),
            kind: Cow::Borrowed("message"),
            partial: "entry/message".to_owned(),
            time,
            exact,
            who: WhoView { name: author.clone(), person: true, program: false },
            corrected: None,
            redacted: message.text.is_none() && !message.deleted,
            words: Words::Message {
                message: message.id.to_string(),
                author,
                text: message.text.clone(),
                edited: message.edited,
                deleted: message.deleted,
            },
        }
    }
}

impl<'v> Field<'v> {
    pub(super) fn of(text: Option<&'v String>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text))
    }
}

impl WhoView {
    pub(super) fn of(who: &Who, record: &Record<'_>) -> Self {
        match who {
            Who::Person(person) => Self { name: record.handle(*person), person: true, program: false },
            Who::Integration(key) => Self { name: key.to_string(), person: false, program: true },
            Who::Firebell => Self { name: "Firebell".to_owned(), person: false, program: false },
        }
    }
}

/// Tells the entries that people read from the bookkeeping that would hide the story in a timeline.
#[derive(Debug, Default)]
pub(super) struct Routine {
    begun: HashSet<PageId>,
}

impl Routine {
    /// Whether this entry, the next one of its stream, is bookkeeping.
    pub(super) fn covers(&mut self, change: &Change) -> bool {
        match change {
            Change::RoomRequested { .. } | Change::MemberJoined { .. } | Change::Announced { .. } => true,
            Change::NoticeSettled { outcome, .. } => {
                matches!(outcome, NoticeOutcome::Sent | NoticeOutcome::Delivered | NoticeOutcome::Read)
            }
            // The message itself names the file.
            Change::FileSettled { outcome, .. } => matches!(outcome, FileOutcome::Copied { .. }),
            // The page's own entry names the people of its first step; when a later round begins again, that is news.
            Change::Escalated { page, step, .. } => *step == 0 && self.begun.insert(*page),
            // How the document came about is no part of what it tells; its causes and follow-ups have sections of their own.
            Change::Postmortem(step) => !matches!(step, PostmortemChange::Approved | PostmortemChange::Published),
            Change::Action(step) => {
                matches!(step, ActionChange::NudgePlanned { .. } | ActionChange::ActionNudged { .. })
            }
            Change::Analysis(step) => {
                !matches!(step, AnalysisChange::CauseAdded { .. } | AnalysisChange::CauseJudged { .. })
            }
            _ => false,
        }
    }
}
