//! What is known from one attempt to the next, for as long as this process runs.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// More are not remembered: about as many as there are rooms that are set up at one time, and a few.
const NOTES_MAX: usize = 1_024;
/// How often a bad token is complained of.
const COMPLAINT: TimeDelta = TimeDelta::minutes(1);

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
        K: Borrow<str>,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key)
    }

    pub(super) fn get(&self, key: &str) -> Option<V>
    where
        K: Borrow<str>,
        V: Clone,
    {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    pub(super) fn holds(&self, key: &str, value: &V) -> bool
    where
        K: Borrow<str>,
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

/// When something was complained of last.
#[derive(Default)]
pub(super) struct Complaint(Mutex<Option<DateTime<Utc>>>);

impl Complaint {
    /// Whether it is time to complain once more.
    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = last.is_none_or(|last| now - last >= COMPLAINT);
        if due {
            *last = Some(now);
        }
        due
    }
}
