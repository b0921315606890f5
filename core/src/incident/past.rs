//! An incident as it stood earlier.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Incident;
use crate::ids::EntryId;
use crate::timeline::{Change, Entry};

impl Incident {
    /// What the entries that were recorded until `at` add up to; `None` if it was not declared by then. Words that were redacted
    /// later are gone then, too.
    pub fn as_of(entries: &[Entry], at: DateTime<Utc>) -> Option<Self> {
        let all = entries.iter().filter_map(|entry| entry.change.as_ref()).flat_map(Change::layers);
        let remains: BTreeMap<EntryId, &Change> = all
            .filter_map(|change| match change {
                Change::EntryRedacted { entry, remains, .. } => Some((*entry, remains.as_ref())),
                _ => None,
            })
            .collect();
        let until = entries.iter().take_while(|entry| entry.recorded_at <= at);
        let until: Vec<Entry> = until
            .map(|entry| match remains.get(&entry.id) {
                Some(left) => Entry { change: Some((*left).clone()), ..entry.clone() },
                None => entry.clone(),
            })
            .collect();
        Self::fold(&until).ok()
    }
}
