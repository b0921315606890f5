//! What stands in for occurrences of a series (RECURRENCE-ID).

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use super::event::RawEvent;
use super::occurrence::{Key, Occurrence};
use super::place::Placed;
use super::read::Event;

/// What stands in for an occurrence.
#[derive(Debug)]
pub(crate) struct Edit {
    /// The line that begins it, and how messages call it.
    pub(crate) line: usize,
    pub(crate) called: String,
    /// The event as it is told, without its times.
    pub(crate) text: Event,
    pub(crate) placed: Placed,
    pub(crate) cancelled: bool,
    sequence: u64,
    /// The wall time of the first occurrence that it stands in for, where it does so for all later ones too.
    following: Option<NaiveDateTime>,
}

impl Edit {
    /// An edit of the occurrence that is known by `key` in a series.
    pub(crate) fn new(event: &RawEvent, placed: Placed, key: Key, series: &Placed) -> Self {
        let wall = match key {
            Key::At(instant) => series.zone.wall(instant),
            Key::Day(day) => day.and_time(NaiveTime::MIN),
        };
        Self {
            line: event.line,
            called: event.called(),
            text: event.text(),
            placed,
            cancelled: event.cancelled,
            sequence: event.sequence,
            following: event.replaces.as_ref().filter(|replaces| replaces.following).map(|_| wall),
        }
    }

    /// How much later the occurrences are than they were.
    pub(crate) fn shift(&self) -> TimeDelta {
        self.following.map_or(TimeDelta::zero(), |from| self.placed.start - from)
    }
}

/// The edits of a series.
#[derive(Debug)]
pub(crate) struct Edits {
    by_key: BTreeMap<Key, Edit>,
    /// Those that stand in for all later occurrences too, by the wall time from which they do.
    following: BTreeMap<NaiveDateTime, Key>,
    /// No occurrence that they stand in for lasts longer, or is shifted by more.
    pub(crate) longest: TimeDelta,
    pub(crate) shift: TimeDelta,
}

impl Edits {
    /// The newest of each occurrence's edits, and of equally new ones the last.
    pub(crate) fn new(edits: Vec<(Key, Edit)>) -> Self {
        let mut by_key: BTreeMap<Key, Edit> = BTreeMap::new();
        for (key, edit) in edits {
            if by_key.get(&key).is_none_or(|known| known.sequence <= edit.sequence) {
                by_key.insert(key, edit);
            }
        }
        let following = by_key.iter().filter_map(|(key, edit)| Some((edit.following?, *key))).collect();
        let lasting = by_key.values().filter(|edit| edit.following.is_some());
        let longest = lasting.clone().map(|edit| edit.placed.longest()).max().unwrap_or_default();
        let shift = lasting.map(|edit| edit.shift().abs()).max().unwrap_or_default();
        Self { by_key, following, longest, shift }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Edit> {
        self.by_key.values()
    }

    /// Whether one of them stands in for just this occurrence.
    pub(crate) fn replace(&self, occurrence: &Occurrence) -> bool {
        occurrence.keys().iter().any(|key| self.by_key.contains_key(key))
    }

    /// The one that stands in for an occurrence because it does so for all later ones.
    pub(crate) fn in_force(&self, occurrence: &Occurrence) -> Option<&Edit> {
        let (_, key) = self.following.range(..=occurrence.wall).next_back()?;
        self.by_key.get(key)
    }
}
