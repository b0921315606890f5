//! How often one destination is told something. Whoever is paged by a storm of alerts gets some messages that name the
//! others, rather than hundreds; nothing is dropped. There is no clock and no timer in here: who asks says what time it
//! is.
//!
//! A page waits for nothing but pages: pages have a bucket of their own, which nothing else takes from. What is not a
//! page waits for both, since pages empty its bucket too.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use chrono::{DateTime, TimeDelta, Utc};

/// Subjects that a bundle names; the others it counts.
const NAMED: usize = 5;

/// How many at once, and how many after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may be sent at once; at least one.
    pub burst: u32,
    /// After how long there is room for one more.
    pub every: TimeDelta,
}

/// What waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Page,
    Other,
}

/// Whether a notice may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn<I> {
    /// Now. These waited too, in the order of their coming, and are told with it; afterwards [`Throttle::settle`] says
    /// what became of it.
    Send { with: Vec<I> },
    /// Ask again at this time, and not before.
    Wait(DateTime<Utc>),
    /// It is being told with another one, which is under way; ask again when that one is settled.
    Carried { by: I },
}

/// What a notice that was told with another one became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled<I> {
    /// These were told with it and are done.
    pub told: Vec<I>,
    /// These wait again, as it does itself.
    pub waiting: Vec<I>,
}

/// The buckets of all destinations. `K` is a method and an address, `I` a notice.
#[derive(Debug)]
pub struct Throttle<K, I> {
    rate: Rate,
    destinations: HashMap<K, Destination<I>>,
}

#[derive(Debug)]
struct Destination<I> {
    pages: Bucket,
    others: Bucket,
    /// Pages that wait, by their coming.
    waiting: BTreeMap<u64, I>,
    next: u64,
    /// Pages that are under way, each with those that it carries.
    under_way: Vec<(I, Vec<(u64, I)>)>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: u32,
    /// Since when the next token is on its way; now, while the bucket is full.
    since: DateTime<Utc>,
}

impl<K: Eq + Hash, I: Clone + Eq> Throttle<K, I> {
    /// All destinations with the same rate.
    pub fn new(rate: Rate) -> Self {
        let rate = Rate { burst: rate.burst.max(1), every: rate.every.max(TimeDelta::milliseconds(1)) };
        Self { rate, destinations: HashMap::new() }
    }

    /// Asks for a notice whether it may be sent. A page that may not stays known, and is told with the next one.
    pub fn ask(&mut self, to: K, notice: &I, class: Class, now: DateTime<Utc>) -> Turn<I> {
        let rate = self.rate;
        let destination = self.destinations.entry(to).or_insert_with(|| Destination::new(rate, now));
        destination.pages.fill(rate, now);
        destination.others.fill(rate, now);
        match class {
            Class::Page => destination.ask_page(notice, rate),
            Class::Other => destination.ask_other(rate),
        }
    }

    /// Says what became of a page that had its turn. When it was not delivered, those that it carried wait again, and
    /// so does itself once it asks.
    pub fn settle(&mut self, to: &K, notice: &I, delivered: bool) -> Settled<I> {
        let carried = self.destinations.get_mut(to).map(|destination| destination.settle(notice, delivered));
        let carried = carried.unwrap_or_default();
        if delivered {
            Settled { told: carried, waiting: Vec::new() }
        } else {
            Settled { told: Vec::new(), waiting: carried }
        }
    }

    /// Takes a page out that need not be told any more, as it was acknowledged.
    pub fn withdraw(&mut self, to: &K, notice: &I) {
        if let Some(destination) = self.destinations.get_mut(to) {
            destination.waiting.retain(|_, held| held != notice);
            for (_, carried) in &mut destination.under_way {
                carried.retain(|(_, held)| held != notice);
            }
        }
    }

    /// Forgets the destinations that are as good as new.
    pub fn forget(&mut self, now: DateTime<Utc>) {
        let rate = self.rate;
        self.destinations.retain(|_, destination| {
            destination.pages.fill(rate, now);
            destination.others.fill(rate, now);
            let is_new = destination.pages.tokens == rate.burst && destination.others.tokens == rate.burst;
            !is_new || !destination.waiting.is_empty() || !destination.under_way.is_empty()
        });
    }

    /// How many destinations are known.
    pub fn len(&self) -> usize {
        self.destinations.len()
    }

    pub fn is_empty(&self) -> bool {
        self.destinations.is_empty()
    }
}

impl<I: Clone + Eq> Destination<I> {
    fn new(rate: Rate, now: DateTime<Utc>) -> Self {
        let full = Bucket { tokens: rate.burst, since: now };
        Self { pages: full, others: full, waiting: BTreeMap::new(), next: 0, under_way: Vec::new() }
    }

    fn ask_page(&mut self, notice: &I, rate: Rate) -> Turn<I> {
        let by = self.under_way.iter().find(|(_, carried)| carried.iter().any(|(_, held)| held == notice));
        if let Some((by, _)) = by {
            return Turn::Carried { by: by.clone() };
        }
        if !self.pages.take() {
            if !self.waiting.values().any(|held| held == notice) {
                self.waiting.insert(self.next, notice.clone());
                self.next += 1;
            }
            return Turn::Wait(self.pages.until(rate));
        }
        // What pages a person counts against all else that disturbs them.
        let _ = self.others.take();
        self.waiting.retain(|_, held| held != notice);
        // A second turn of the same notice takes the place of one that nobody settled; what that one carried is not
        // lost.
        let mut carried = self.take_under_way(notice);
        carried.extend(std::mem::take(&mut self.waiting));
        let with = carried.iter().map(|(_, held)| held.clone()).collect();
        self.under_way.push((notice.clone(), carried));
        Turn::Send { with }
    }

    fn ask_other(&mut self, rate: Rate) -> Turn<I> {
        if !self.waiting.is_empty() {
            return Turn::Wait(self.pages.until(rate).max(self.others.until(rate)));
        }
        if self.others.take() { Turn::Send { with: Vec::new() } } else { Turn::Wait(self.others.until(rate)) }
    }

    /// Those that the notice carried, in the order of their coming.
    fn settle(&mut self, notice: &I, delivered: bool) -> Vec<I> {
        let carried = self.take_under_way(notice);
        let notices = carried.iter().map(|(_, held)| held.clone()).collect();
        if !delivered {
            self.waiting.extend(carried);
        }
        notices
    }

    fn take_under_way(&mut self, notice: &I) -> Vec<(u64, I)> {
        let place = self.under_way.iter().position(|(held, _)| held == notice);
        place.map(|place| self.under_way.swap_remove(place).1).unwrap_or_default()
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

    fn take(&mut self) -> bool {
        let has_one = self.tokens > 0;
        self.tokens = self.tokens.saturating_sub(1);
        has_one
    }

    /// When the next token comes.
    fn until(&self, rate: Rate) -> DateTime<Utc> {
        self.since.checked_add_signed(rate.every).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// What a message says of those that are told with it, such as `+2 more pages: INC-2 ...; INC-3 ...`; none where there
/// are none.
pub fn bundle_line(subjects: &[&str]) -> Option<String> {
    let count = subjects.len();
    let named = subjects
        .iter()
        .take(NAMED)
        .map(|subject| crate::notify::message::one_line(subject))
        .collect::<Vec<_>>()
        .join("; ");
    let rest = if count > NAMED { "; ..." } else { "" };
    let pages = if count == 1 { "page" } else { "pages" };
    (count > 0).then(|| format!("+{count} more {pages}: {named}{rest}"))
}

#[cfg(test)]
mod tests;
