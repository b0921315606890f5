//! Until when calls are not to be made.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderMap;

/// What a server limits: a method as a whole, or for one place, such as a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key<'k> {
    pub method: &'k str,
    pub place: Option<&'k str>,
}

/// A method or a bucket, and a place.
type OwnedKey = (String, Option<String>);

/// What is closed, until when, and how many calls are left of what a server counts.
#[derive(Default)]
pub(super) struct Limits(Mutex<Book>);

#[derive(Default)]
struct Book {
    closed: HashMap<OwnedKey, DateTime<Utc>>,
    /// Until when nothing at all is to be called.
    all: Option<DateTime<Utc>>,
    /// In which bucket the server counts a method.
    buckets: HashMap<String, String>,
    left: HashMap<OwnedKey, Left>,
}

/// What is left of a bucket, in one place.
#[derive(Debug, Clone, Copy)]
struct Left {
    calls: u32,
    until: DateTime<Utc>,
}

/// How much later a bucket's end must be to be that of a new one; answers of one take their time on the way.
const NEW_BUCKET: TimeDelta = TimeDelta::milliseconds(500);

impl Limits {
    /// How long a call under this key has to wait: itself, its method as a whole, everything, or the bucket that the server
    /// counts it in. Where it need not wait it is counted.
    pub(super) fn take(&self, key: Key<'_>, now: DateTime<Utc>) -> Option<TimeDelta> {
        let mut book = self.book();
        let closed = &book.closed;
        let until = |place: Option<&str>| closed.get(&(key.method.to_owned(), place.map(str::to_owned))).copied();
        let last = if closed.is_empty() { None } else { until(None).max(until(key.place)) };
        let rest = |until: DateTime<Utc>| Some(until - now).filter(|rest| *rest > TimeDelta::zero());
        if let Some(rest) = last.max(book.all).and_then(rest) {
            return Some(rest);
        }
        let bucket = book.buckets.get(key.method)?.clone();
        let left = book.left.get_mut(&(bucket, key.place.map(str::to_owned)))?;
        let rest = rest(left.until)?;
        if left.calls == 0 {
            return Some(rest);
        }
        left.calls -= 1;
        None
    }

    /// Closes a key for so long; an earlier end than the one it has changes nothing.
    pub(super) fn close(&self, key: Key<'_>, now: DateTime<Utc>, wait: TimeDelta) {
        let until = end(now, wait);
        let mut book = self.book();
        book.forget(now);
        let place = key.place.map(str::to_owned);
        // Other methods that are counted in the same bucket need not find out by themselves.
        if let Some(bucket) = book.buckets.get(key.method).cloned() {
            book.left.insert((bucket, place.clone()), Left { calls: 0, until });
        }
        let end = book.closed.entry((key.method.to_owned(), place)).or_insert(until);
        *end = (*end).max(until);
    }

    /// Closes everything for so long.
    pub(super) fn close_all(&self, now: DateTime<Utc>, wait: TimeDelta) {
        let mut book = self.book();
        book.all = book.all.max(Some(end(now, wait)));
    }

    /// Takes note of how many calls an answer says are left.
    ///
    /// Source: <https://discord.com/developers/docs/topics/rate-limits#header-format>; Slack names no buckets.
    pub(super) fn learn(&self, key: Key<'_>, headers: &HeaderMap, now: DateTime<Utc>) {
        let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let Some(bucket) = said("x-ratelimit-bucket").filter(|bucket| !bucket.is_empty()) else { return };
        let mut book = self.book();
        if book.buckets.get(key.method).is_none_or(|held| held != bucket) {
            book.buckets.insert(key.method.to_owned(), bucket.to_owned());
        }
        let calls = said("x-ratelimit-remaining").and_then(|text| text.parse().ok());
        let after = said("x-ratelimit-reset-after").and_then(super::seconds);
        let (Some(calls), Some(after)) = (calls, after) else { return };
        book.forget(now);
        let until = end(now, after);
        let left = book.left.entry((bucket.to_owned(), key.place.map(str::to_owned))).or_insert(Left { calls, until });
        // Calls that are under way are counted here and not yet there.
        let is_same = left.until > now && until - left.until < NEW_BUCKET;
        *left = Left { calls: if is_same { left.calls.min(calls) } else { calls }, until };
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// What is open again is forgotten, or the book would grow with every channel.
    fn forget(&mut self, now: DateTime<Utc>) {
        self.closed.retain(|_, end| *end > now);
        self.left.retain(|_, left| left.until > now);
    }
}

fn end(now: DateTime<Utc>, wait: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn key(method: &'static str, place: Option<&'static str>) -> Key<'static> {
        Key { method, place }
    }

    fn told(bucket: &'static str, remaining: &'static str, after: &'static str) -> HeaderMap {
        let named = |name: &'static str| reqwest::header::HeaderName::from_static(name);
        [("x-ratelimit-bucket", bucket), ("x-ratelimit-remaining", remaining), ("x-ratelimit-reset-after", after)]
            .map(|(name, value)| (named(name), HeaderValue::from_static(value)))
            .into_iter()
            .collect()
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
            let closed = limits.take(key(method, place), at(second));
            assert_eq!(closed, rest.map(TimeDelta::seconds), "{method} {place:?} at {second}");
        }
        limits.close_all(at(0), TimeDelta::seconds(3));
        assert_eq!(limits.take(key("update", None), at(1)), Some(TimeDelta::seconds(2)));
        assert_eq!(limits.take(key("pin", None), at(1)), Some(TimeDelta::seconds(29)), "the longer one");
        assert_eq!(limits.take(key("update", None), at(3)), None);
    }

    #[test]
    fn a_shorter_wait_does_not_open_early_and_what_is_over_is_forgotten() {
        let limits = Limits::default();
        limits.close(key("post", Some("C1")), at(0), TimeDelta::seconds(10));
        limits.close(key("post", Some("C1")), at(1), TimeDelta::seconds(2));
        assert_eq!(limits.take(key("post", Some("C1")), at(4)), Some(TimeDelta::seconds(6)));
        limits.close(key("post", Some("C2")), at(11), TimeDelta::seconds(2));
        assert_eq!(limits.book().closed.len(), 1);
    }

    #[test]
    fn a_bucket_that_is_known_to_be_empty_is_not_called() {
        let limits = Limits::default();
        let post = key("post", Some("C1"));
        assert_eq!(limits.take(post, at(0)), None, "nothing is known");
        limits.learn(post, &told("b1", "2", "5.000"), at(0));
        assert_eq!((limits.take(post, at(1)), limits.take(post, at(1))), (None, None));
        assert_eq!(limits.take(post, at(1)), Some(TimeDelta::seconds(4)), "both are under way");
        // The answer to the first of the two, of which the server did not know the second yet.
        limits.learn(post, &told("b1", "1", "3.9"), at(1));
        assert!(limits.take(post, at(1)).is_some());
        assert_eq!(limits.take(key("post", Some("C2")), at(1)), None, "another channel has a bucket of its own");
        assert_eq!(limits.take(key("edit", Some("C1")), at(1)), None, "another method is not known to be in it");
        limits.learn(key("edit", Some("C1")), &told("b1", "0", "3.9"), at(1));
        assert!(limits.take(key("edit", Some("C1")), at(1)).is_some());
        assert_eq!(limits.take(post, at(5)), None, "a new bucket");
        limits.learn(post, &told("b1", "4", "5"), at(5));
        assert_eq!(limits.take(post, at(6)), None);
    }

    #[test]
    fn a_refusal_empties_the_bucket_for_every_method_in_it() {
        let limits = Limits::default();
        let (post, edit) = (key("post", Some("C1")), key("edit", Some("C1")));
        limits.learn(post, &told("b1", "4", "1"), at(0));
        limits.learn(edit, &told("b1", "4", "1"), at(0));
        limits.close(post, at(0), TimeDelta::seconds(9));
        assert_eq!(limits.take(edit, at(1)), Some(TimeDelta::seconds(8)));
        let nonsense = told("b2", "many", "soon");
        limits.learn(key("pin", None), &nonsense, at(0));
        assert_eq!(limits.take(key("pin", None), at(0)), None);
    }
}
