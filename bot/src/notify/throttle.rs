//! How often one destination is told of pages, and of their ends. Whoever is paged by a storm of alerts gets some messages and
//! then one that names the others, rather than hundreds; nothing is dropped. There is no clock and no timer in here: who asks says what
//! time it is.

use std::collections::HashMap;
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};

/// Pages that a bundle names, each with its code; the others it counts.
const PAGES_NAMED: usize = 5;
/// Ends that a bundle names; what ended is not known otherwise, and a number is short.
const ENDS_NAMED: usize = 20;

/// What one message tells for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Matter {
    /// Pages that want an answer.
    Pages,
    /// Pages that want none any more.
    Ends,
}

/// How many at once, and how many after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may be sent at once; at least one.
    pub burst: u32,
    /// After how long there is room for one more.
    pub every: TimeDelta,
}

/// Whether something may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Now. The `last` for a while tells whatever waits behind it too.
    Send { last: bool },
    /// Ask again at this time, and not before.
    Wait(DateTime<Utc>),
}

/// The buckets of all destinations. `K` is what is told, a method and an address.
#[derive(Debug)]
pub struct Throttle<K> {
    rate: Rate,
    destinations: HashMap<K, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: u32,
    /// Since when the next token is on its way; now, while the bucket is full.
    since: DateTime<Utc>,
}

impl<K: Eq + Hash> Throttle<K> {
    /// All destinations with the same rate.
    pub fn new(rate: Rate) -> Self {
        let rate = Rate { burst: rate.burst.max(1), every: rate.every.max(TimeDelta::milliseconds(1)) };
        Self { rate, destinations: HashMap::new() }
    }

    /// Asks whether something may be told.
    pub fn ask(&mut self, to: K, now: DateTime<Utc>) -> Turn {
        let rate = self.rate;
        self.forget(now);
        let bucket = self.destinations.entry(to).or_insert(Bucket { tokens: rate.burst, since: now });
        if bucket.tokens == 0 {
            return Turn::Wait(bucket.until(rate));
        }
        bucket.tokens -= 1;
        Turn::Send { last: bucket.tokens == 0 }
    }

    /// Takes a turn back that came to nothing, as the provider could not then.
    pub fn take_back(&mut self, to: &K) {
        if let Some(bucket) = self.destinations.get_mut(to) {
            bucket.tokens = self.rate.burst.min(bucket.tokens + 1);
        }
    }

    /// Fills all buckets, and forgets the destinations that are as good as new.
    fn forget(&mut self, now: DateTime<Utc>) {
        let rate = self.rate;
        self.destinations.retain(|_, bucket| {
            bucket.fill(rate, now);
            bucket.tokens < rate.burst
        });
    }
}

impl Bucket {
    /// Adds the tokens that came in since, and keeps the part of the next one.
    fn fill(&mut self, rate: Rate, now: DateTime<Utc>) {
        while self.tokens < rate.burst && now >= self.until(rate) {
            self.since = self.until(rate);
            self.tokens += 1;
        }
        if self.tokens >= rate.burst {
            self.since = self.since.max(now);
        }
    }

    /// When the next token comes.
    fn until(&self, rate: Rate) -> DateTime<Utc> {
        self.since.checked_add_signed(rate.every).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// What a message says of those that are told with it, such as `+2 more pages: INC-2 ...; INC-3 ...`; none where there
/// are none.
pub fn bundle_line(matter: Matter, subjects: &[&str]) -> Option<String> {
    let count = subjects.len();
    let (most, head) = match (matter, count) {
        (Matter::Pages, 1) => (PAGES_NAMED, "+1 more page".to_owned()),
        (Matter::Pages, _) => (PAGES_NAMED, format!("+{count} more pages")),
        (Matter::Ends, _) => (ENDS_NAMED, format!("Nor {count} more")),
    };
    let named: Vec<String> =
        subjects.iter().take(most).map(|subject| crate::notify::message::one_line(subject)).collect();
    let rest = if count > most { "; ..." } else { "" };
    (count > 0).then(|| format!("{head}: {}{rest}", named.join("; ")))
}

#[cfg(test)]
mod tests;
