//! Calendars as files (RFC 5545): read within a range, whom their events name, and feeds written for other programs.
//!
//! Reading is bounded whatever the text holds: in its size, in the occurrences it may have, and in the steps that are
//! spent on finding them. What could not be understood is named line by line, and never left out in silence.

mod aside;
mod budget;
mod calendar;
mod content;
mod edits;
mod error;
mod event;
mod expand;
mod feed;
mod group;
mod left;
mod lines;
mod observance;
mod occurrence;
mod people;
mod place;
mod read;
mod rule;
mod rule_text;
mod shifts;
mod text;
mod value;
mod windows;
mod zone;

#[cfg(test)]
mod tests;

pub use aside::aside;
pub use budget::MOST_OCCURRENCES;
pub use content::{days, shifts, whole};
pub use error::{IcsError, MOST_BYTES};
pub use feed::{FeedEntry, feed};
pub use people::{Named, people};
pub use read::{AllDay, Event, Read, read};
pub use shifts::Stamp;
