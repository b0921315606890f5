//! The whole record as JSON.

use serde::Serialize;
use serde_json::{Value, json};

use super::causes::CausesView;
use super::lists::ActionView;
use super::postmortem::MetricView;
use super::record::Record;
use super::times::KeyTimeView;
use crate::timeline::Entry;

/// The whole record. Entries stand as they were written, corrections and redactions included as entries of their own.
/// The chain's data of each entry is the caller's to add.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportView {
    pub incident: Value,
    pub entries: Vec<Value>,
    pub messages: Vec<Value>,
    pub actions: Vec<ActionView>,
    pub causes: CausesView,
    pub key_times: Vec<KeyTimeView>,
    pub metrics: Vec<MetricView>,
    /// The figures that the installation wants besides those that are always told.
    pub intervals: Vec<MetricView>,
    pub pages: Vec<Value>,
    pub head: Value,
}

impl ExportView {
    /// Everything there is, with the keys of every object in alphabetical order.
    ///
    /// # Errors
    /// A value that JSON cannot hold, which the types of the record rule out.
    pub fn of(record: &Record<'_>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            incident: serde_json::to_value(record.incident)?,
            entries: record.entries.iter().map(entry).collect::<Result<_, _>>()?,
            messages: record
                .messages
                .iter()
                .map(|message| {
                    json!({
                        "id": message.id.to_string(),
                        "author": message.author,
                        "sent_at": message.sent_at,
                        "text": message.text,
                        "edited": message.edited,
                        "deleted": message.deleted,
                    })
                })
                .collect(),
            actions: ActionView::all(record),
            causes: CausesView::of(record),
            key_times: KeyTimeView::all(record),
            metrics: MetricView::all(record),
            intervals: MetricView::of_intervals(record),
            pages: record.pages.iter().map(serde_json::to_value).collect::<Result<_, _>>()?,
            head: json!({
                "entries": record.head.seq,
                "hash": record.head.hash,
                "signature": record.head.signature,
            }),
        })
    }

    /// The whole as one JSON value.
    ///
    /// # Errors
    /// As for [`ExportView::of`].
    pub fn into_value(self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

fn entry(entry: &Entry) -> Result<Value, serde_json::Error> {
    Ok(json!({
        "id": entry.id,
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "actor": serde_json::to_value(&entry.actor)?,
        "kind": entry.kind,
        "change": serde_json::to_value(&entry.change)?,
    }))
}
