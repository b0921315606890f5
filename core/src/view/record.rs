//! What views are made from: the record of one incident, and the entries as later ones corrected or redacted them.

use std::borrow::Cow;
use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::format::ShownIn;
use crate::chain::Hash;
use crate::directory::Directory;
use crate::ids::{EntryId, MessageId, PersonId};
use crate::incident::Incident;
use crate::paging::page::Page;
use crate::rca::{AnalysisChange, Verdict};
use crate::settings::Settings;
use crate::timeline::{Change, Correction, Entry};

/// The record of one incident, as it was read. Views of less than the whole take slices that may be empty.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub incident: &'a Incident,
    /// Oldest first.
    pub entries: &'a [Entry],
    /// The captured messages; empty when capture is off.
    pub messages: &'a [Captured],
    /// Oldest first.
    pub pages: &'a [Page],
    pub directory: &'a Directory,
    pub settings: &'a Settings,
    pub times: ShownIn,
    pub head: Head,
}

/// A captured message as its newest revision has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    pub id: MessageId,
    pub author: PersonId,
    pub sent_at: DateTime<Utc>,
    /// `None` once it was redacted or deleted.
    pub text: Option<String>,
    /// Its author has put other words in the place of the first ones, whether they are left or not.
    pub edited: bool,
    pub deleted: bool,
}

/// The signed head of the incident's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many entries the stream holds.
    pub seq: i64,
    pub hash: Hash,
    /// The signature's text form, which begins with the id of its key.
    pub signature: String,
}

impl Record<'_> {
    /// A person's handle, without the `@`.
    pub(super) fn handle(&self, person: PersonId) -> String {
        self.directory.handle(person).to_owned()
    }

    /// The handles of these people.
    pub(super) fn handles<'b>(&self, people: impl IntoIterator<Item = &'b PersonId>) -> Vec<String> {
        people.into_iter().map(|person| self.handle(*person)).collect()
    }
}

/// What later entries say of earlier ones.
#[derive(Debug, Default)]
pub(super) struct Amendments<'a> {
    remains: HashMap<EntryId, &'a Change>,
    texts: HashMap<EntryId, (&'a str, EntryId)>,
    times: HashMap<EntryId, (DateTime<Utc>, EntryId)>,
}

/// One entry as it stands today.
#[derive(Debug)]
pub(super) struct Effective<'a> {
    pub(super) entry: &'a Entry,
    pub(super) happened_at: DateTime<Utc>,
    /// `None` when nothing of the body is left.
    pub(super) change: Option<Cow<'a, Change>>,
    /// The newest entry that corrects this one.
    pub(super) corrected_by: Option<EntryId>,
    pub(super) redacted: bool,
}

impl<'a> Amendments<'a> {
    /// Reads every correction and redaction; the newest of each kind counts.
    pub(super) fn of(entries: &'a [Entry]) -> Self {
        let mut found = Self::default();
        for entry in entries {
            if let Some(Change::EntryRedacted { entry: target, remains, .. }) = &entry.change {
                found.remains.insert(*target, remains.as_ref());
            }
        }
        for entry in entries {
            let change = found.remains.get(&entry.id).copied().or(entry.change.as_ref());
            match change {
                Some(Change::Corrected { entry: target, correction: Correction::Text { text } }) => {
                    found.texts.insert(*target, (text, entry.id));
                }
                Some(Change::Corrected { entry: target, correction: Correction::HappenedAt { at } }) => {
                    found.times.insert(*target, (*at, entry.id));
                }
                _ => {}
            }
        }
        found
    }

    /// The entry as it stands today. A redacted entry keeps its marker, whatever corrections said of it before.
    pub(super) fn effective(&self, entry: &'a Entry) -> Effective<'a> {
        let remains = self.remains.get(&entry.id).copied();
        let redacted = remains.is_some() || entry.change.is_none();
        let text = self.texts.get(&entry.id).filter(|_| !redacted);
        let time = self.times.get(&entry.id);
        let change = remains.or(entry.change.as_ref()).map(|change| match text {
            Some((text, _)) => Cow::Owned(change.reworded(text)),
            None => Cow::Borrowed(change),
        });
        let corrected_by = text.map(|(_, by)| *by).max(time.map(|(_, by)| *by));
        let happened_at = time.map_or(entry.happened_at, |(at, _)| *at);
        Effective { entry, happened_at, change, corrected_by, redacted }
    }
}

impl Change {
    /// The same change with its words replaced by a correction's; one without words stays as it is.
    fn reworded(&self, to: &str) -> Self {
        let mut change = self.clone();
        match &mut change {
            Self::SummarySet { text }
            | Self::Noted { text }
            | Self::Updated { text, .. }
            | Self::ActionAdded { text, .. }
            | Self::MessageMarked { text, .. }
            | Self::MessageCited { text, .. }
            | Self::Resolved { summary: text }
            | Self::Analysis(
                AnalysisChange::CauseAdded { text, .. }
                | AnalysisChange::CauseEdited { text, .. }
                | AnalysisChange::CauseJudged { verdict: Verdict::RuledOut { reason: text }, .. },
            ) => to.clone_into(text),
            Self::Declared(declared) => to.clone_into(&mut declared.title),
            Self::ImpactSet { text, .. }
            | Self::Linked { title: text, .. }
            | Self::Paged { message: text, .. }
            | Self::FieldSet { value: text, .. }
            | Self::Cancelled { reason: text }
            | Self::Reopened { reason: text, .. } => *text = Some(to.to_owned()),
            _ => {}
        }
        change
    }
}
