//! What is known from one attempt to the next, for as long as this process runs. Without it everything is done as well,
//! only from the start.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::room::Saga;

/// More are not remembered: about as many as there are rooms that are set up at one time, and a few.
const NOTES_MAX: usize = 1_024;
/// How often a bad token is complained of.
const COMPLAINT: TimeDelta = TimeDelta::minutes(1);

/// Notes of one workspace.
#[derive(Default)]
pub(in crate::platform::slack) struct Notes {
    /// How far the making of rooms has come, by the effect's key.
    pub(super) sagas: Shelf<String, Saga>,
    /// How many of a group have been invited, by the effect's key.
    pub(super) invited: Shelf<String, usize>,
    /// Cards that are still to be pinned, by room.
    pub(super) unpinned: Shelf<String, String>,
    /// Rooms that were just made, which have neither topic nor purpose yet, by room.
    pub(super) undescribed: Shelf<String, ()>,
    /// Rooms that were just made, which have no links yet, by room.
    pub(super) without_links: Shelf<String, ()>,
    /// Rooms that were just made, above which nothing leads to their card yet, by room.
    pub(super) unlinked: Shelf<String, ()>,
    /// The cards to which the links above their rooms lead, by room.
    pub(super) linked: Shelf<String, String>,
    complained: Mutex<Option<DateTime<Utc>>>,
}

impl Notes {
    /// Whether it is time to complain of the token once more.
    pub(super) fn may_complain(&self, now: DateTime<Utc>) -> bool {
        let mut last = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now - last >= COMPLAINT);
        if due {
            *last = Some(now);
        }
        due
    }
}

/// A few notes of one kind.
pub(super) struct Shelf<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shelf<K, V> {
    pub(super) fn take(&self, key: &str) -> Option<V>
    where
        K: std::borrow::Borrow<str>,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key)
    }

    pub(super) fn holds(&self, key: &str, value: &V) -> bool
    where
        K: std::borrow::Borrow<str>,
        V: PartialEq,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key) == Some(value)
    }

    pub(super) fn put(&self, key: K, value: V) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() >= NOTES_MAX {
            notes.clear();
        }
        notes.insert(key, value);
    }
}
