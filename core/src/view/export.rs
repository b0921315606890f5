//! The whole record as JSON, and the schema by which programs read it.

use chrono::{DateTime, Utc};
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::Value;

use super::causes::CausesView;
use super::lists::ActionView;
use super::postmortem::MetricView;
use super::record::{Captured, Record};
use super::schema::schema_of;
use super::times::KeyTimeView;
use crate::actor::Actor;
use crate::chain::Hash;
use crate::ids::{EntryId, PersonId};
use crate::incident::Incident;
use crate::paging::page::Page;
use crate::timeline::{Change, Entry};

/// The whole record of one incident, as `firebell export --format json` writes it. Instants are in UTC as RFC 3339, save those
/// that are given for people to read.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ExportView<'a> {
    /// The incident as its entries add up to it.
    pub incident: &'a Incident,
    /// What happened, oldest first. Entries stand as they were written, corrections and redactions included as entries of
    /// their own.
    pub entries: Vec<EntryExport<'a>>,
    /// The captured messages; empty where capture is off.
    pub messages: Vec<MessageExport<'a>>,
    /// The follow-ups as a postmortem shows them.
    pub actions: Vec<ActionView>,
    /// The analysis as a postmortem shows it.
    pub causes: CausesView,
    /// The key times as a postmortem shows them, in the order in which they usually come.
    pub key_times: Vec<KeyTimeView>,
    /// The figures, and then those that the installation wants besides.
    pub metrics: Vec<MetricView>,
    /// The figures that the installation wants besides those that are always told.
    pub intervals: Vec<MetricView>,
    /// The pages with their recipients and notices, oldest first.
    pub pages: &'a [Page],
    /// What pins the record, for `firebell verify --against`.
    pub head: HeadExport<'a>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EntryExport<'a> {
    /// Its place on the incident's stream, from 1.
    pub id: EntryId,
    /// What people mean.
    pub happened_at: DateTime<Utc>,
    /// When Firebell heard of it.
    pub recorded_at: DateTime<Utc>,
    /// Who did it, and by what way.
    pub actor: &'a Actor,
    /// The kind of the change, which survives a redaction.
    pub kind: &'a str,
    /// What it says; `null` once it was redacted, and the redacting entry holds what remains.
    pub change: Option<&'a Change>,
    /// What chains it to the others.
    #[serde(flatten)]
    pub link: LinkExport,
}

/// What chains an entry to the others, so that a record can be verified without the database.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LinkExport {
    /// The bytes that are hashed, as hexadecimal digits; they hold the hash of the entry before.
    pub canonical: String,
    /// The SHA-256 hash of these bytes, as 64 hexadecimal digits.
    pub hash: String,
    /// What the body was hashed with, as hexadecimal digits; `null` once it was redacted.
    pub salt: Option<String>,
    /// The body as it was hashed, a JSON text; `null` once it was redacted.
    pub body: Option<String>,
}

/// One captured message, as its newest revision has it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct MessageExport<'a> {
    /// Its number within the incident: `M3`.
    pub id: String,
    /// Who wrote it.
    pub author: PersonId,
    /// When it was written.
    pub sent_at: DateTime<Utc>,
    /// `null` once it was redacted or deleted.
    pub text: Option<&'a str>,
    /// Its author has put other words in the place of the first ones.
    pub edited: bool,
    /// Its author has deleted it.
    pub deleted: bool,
}

/// The signed head of the incident's stream.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct HeadExport<'a> {
    /// How many entries the stream holds.
    pub entries: i64,
    /// The hash of the newest of them.
    pub hash: Hash,
    /// The signature's text form, which begins with the id of its key.
    pub signature: &'a str,
}

impl<'a> ExportView<'a> {
    /// Everything there is. `links` are what chains the entries, one for each and in their order.
    pub fn of(record: &'a Record<'_>, links: impl IntoIterator<Item = LinkExport>) -> Self {
        let entries = record.entries.iter().zip(links);
        Self {
            incident: record.incident,
            entries: entries.map(|(entry, link)| EntryExport::of(entry, link)).collect(),
            messages: record.messages.iter().map(MessageExport::of).collect(),
            actions: ActionView::all(record),
            causes: CausesView::of(record),
            key_times: KeyTimeView::all(record),
            metrics: MetricView::all(record),
            intervals: MetricView::of_intervals(record),
            pages: record.pages,
            head: HeadExport { entries: record.head.seq, hash: record.head.hash, signature: &record.head.signature },
        }
    }

    /// The whole as one JSON value, with the keys of every object in alphabetical order.
    ///
    /// # Errors
    /// A value that JSON cannot hold, which the types of the record rule out.
    pub fn into_value(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }

    /// What its JSON looks like, as a JSON Schema.
    pub fn schema() -> Schema {
        let mut schema = schema_of::<ExportView<'static>>();
        schema.insert("title".to_owned(), "Record of a Firebell incident".into());
        schema
    }
}

impl<'a> EntryExport<'a> {
    fn of(entry: &'a Entry, link: LinkExport) -> Self {
        Self {
            id: entry.id,
            happened_at: entry.happened_at,
            recorded_at: entry.recorded_at,
            actor: &entry.actor,
            kind: &entry.kind,
            change: entry.change.as_ref(),
            link,
        }
    }
}

impl<'a> MessageExport<'a> {
    fn of(message: &'a Captured) -> Self {
        Self {
            id: message.id.to_string(),
            author: message.author,
            sent_at: message.sent_at,
            text: message.text.as_deref(),
            edited: message.edited,
            deleted: message.deleted,
        }
    }
}
