//! Writing a feed that other programs subscribe to.

use chrono::{DateTime, Datelike, Utc};

use super::text::escape;

/// How many octets a line may have, without its end.
const MOST_OCTETS: usize = 75;

/// How often subscribers are asked to look for changes.
const REFRESH: &str = "PT15M";

/// One entry of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedEntry {
    /// The same in every version of the feed, and no other entry's.
    pub uid: String,
    pub start: DateTime<Utc>,
    /// Exclusive. One before `start` is taken for it.
    pub end: DateTime<Utc>,
    pub summary: String,
    /// Not written where it is empty.
    pub description: String,
    /// Rises with every change of the entry's times; programs ignore a change without it.
    pub sequence: u32,
    pub last_modified: DateTime<Utc>,
    /// Nobody has agreed to it yet.
    pub tentative: bool,
}

/// A calendar with these entries, in their order and in UTC. The same arguments give the same text.
///
/// `made_at` is the instant that the entries are as of: with the time of the last change, a feed without changes is the
/// same text again.
pub fn feed(name: &str, made_at: DateTime<Utc>, entries: &[FeedEntry]) -> String {
    let mut feed = Feed::begin(name);
    feed.line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    feed.line("X-PUBLISHED-TTL", REFRESH);
    if entries.is_empty() {
        feed.utc();
    }
    for entry in entries {
        feed.entry(entry, made_at);
    }
    feed.line("END", "VCALENDAR");
    feed.text
}

#[derive(Default)]
pub(super) struct Feed {
    pub(super) text: String,
}

impl Feed {
    pub(super) fn begin(name: &str) -> Self {
        let mut feed = Self::default();
        feed.line("BEGIN", "VCALENDAR");
        feed.line("VERSION", "2.0");
        feed.line("PRODID", "-//Firebell//Firebell//EN");
        feed.line("CALSCALE", "GREGORIAN");
        feed.line("NAME", &escape(name));
        feed.line("X-WR-CALNAME", &escape(name));
        feed
    }

    fn entry(&mut self, entry: &FeedEntry, made_at: DateTime<Utc>) {
        self.line("BEGIN", "VEVENT");
        self.line("UID", &escape(&entry.uid));
        self.line("DTSTAMP", &instant(made_at));
        self.line("DTSTART", &instant(entry.start));
        self.line("DTEND", &instant(entry.end.max(entry.start)));
        self.line("SUMMARY", &escape(&entry.summary));
        if !entry.description.is_empty() {
            self.line("DESCRIPTION", &escape(&entry.description));
        }
        if entry.tentative {
            self.line("STATUS", "TENTATIVE");
        }
        self.line("SEQUENCE", &entry.sequence.to_string());
        self.line("LAST-MODIFIED", &instant(entry.last_modified));
        self.line("END", "VEVENT");
    }

    /// A component that says nothing: a calendar must have one, and some programs refuse it otherwise.
    fn utc(&mut self) {
        for (name, value) in [
            ("BEGIN", "VTIMEZONE"),
            ("TZID", "UTC"),
            ("BEGIN", "STANDARD"),
            ("DTSTART", "19700101T000000"),
            ("TZOFFSETFROM", "+0000"),
            ("TZOFFSETTO", "+0000"),
            ("END", "STANDARD"),
            ("END", "VTIMEZONE"),
        ] {
            self.line(name, value);
        }
    }

    /// Writes a line, folded between characters. The value has no end of a line in it.
    pub(super) fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for sign in name.chars().chain([':']).chain(value.chars()) {
            if octets + sign.len_utf8() > MOST_OCTETS {
                self.text.push_str("\r\n ");
                octets = 1;
            }
            self.text.push(sign);
            octets += sign.len_utf8();
        }
        self.text.push_str("\r\n");
    }
}

/// An instant to the second. The format has four digits for the year.
pub(super) fn instant(at: DateTime<Utc>) -> String {
    match at.year() {
        ..0 => "00000101T000000Z".to_owned(),
        0..=9999 => at.format("%Y%m%dT%H%M%SZ").to_string(),
        _ => "99991231T235959Z".to_owned(),
    }
}
