//! Until when calls are not to be made.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

/// What a server limits: a method as a whole, or for one place, such as a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'k> {
    pub method: &'k str,
    pub place: Option<&'k str>,
}

/// A method and a place.
type OwnedKey = (String, Option<String>);

/// The keys that are closed, and until when.
#[derive(Debug, Default)]
pub(super) struct Limits(Mutex<HashMap<OwnedKey, DateTime<Utc>>>);

impl Limits {
    /// How long a key stays closed, itself or its method as a whole.
    pub(super) fn closed_for(&self, key: Key<'_>, now: DateTime<Utc>) -> Option<TimeDelta> {
        let closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if closed.is_empty() {
            return None;
        }
        let until = |place: Option<&str>| closed.get(&(key.method.to_owned(), place.map(str::to_owned)));
        let last = [until(None), until(key.place)].into_iter().flatten().max()?;
        Some(*last - now).filter(|rest| *rest > TimeDelta::zero())
    }

    /// Closes a key for so long; an earlier end than the one it has changes nothing.
    pub(super) fn close(&self, key: Key<'_>, now: DateTime<Utc>, wait: TimeDelta) {
        let until = now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let mut closed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What is open again is forgotten, or the book would grow with every channel.
        closed.retain(|_, end| *end > now);
        let end = closed.entry((key.method.to_owned(), key.place.map(str::to_owned))).or_insert(until);
        *end = (*end).max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn key(method: &'static str, place: Option<&'static str>) -> Key<'static> {
        Key { method, place }
    }

    #[test]
    fn a_closed_place_leaves_the_others_open_and_a_closed_method_closes_all() {
        let limits = Limits::default();
        limits.close(key("post", Some("C1")), at(0), TimeDelta::seconds(10));
        limits.close(key("pin", None), at(0), TimeDelta::seconds(30));
        let table = [
            ("post", Some("C1"), 0, Some(10)),
            ("post", Some("C1"), 9, Some(1)),
            ("post", Some("C1"), 10, None),
            ("post", Some("C2"), 0, None),
            ("post", None, 0, None),
            ("pin", None, 5, Some(25)),
            ("pin", Some("C1"), 5, Some(25)),
            ("update", Some("C1"), 0, None),
        ];
        for (method, place, second, rest) in table {
            let closed = limits.closed_for(key(method, place), at(second));
            assert_eq!(closed, rest.map(TimeDelta::seconds), "{method} {place:?} at {second}");
        }
    }

    #[test]
    fn a_shorter_wait_does_not_open_early_and_what_is_over_is_forgotten() {
        let limits = Limits::default();
        limits.close(key("post", Some("C1")), at(0), TimeDelta::seconds(10));
        limits.close(key("post", Some("C1")), at(1), TimeDelta::seconds(2));
        assert_eq!(limits.closed_for(key("post", Some("C1")), at(4)), Some(TimeDelta::seconds(6)));
        limits.close(key("post", Some("C2")), at(11), TimeDelta::seconds(2));
        assert_eq!(limits.0.lock().unwrap().len(), 1);
    }
}
