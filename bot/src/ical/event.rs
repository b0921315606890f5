//! An event as it is written (VEVENT).

use chrono::DateTime;

use super::left::{Left, quote};
use super::lines::Line;
use super::read::Event;
use super::rule::Rule;
use super::rule_text::parse_rule;
use super::text::{cut, unescape};
use super::value::{Further, Length, When, further, span, when, whens};

/// The longest texts that an event keeps, in characters: one text is shared by all its occurrences, and looked through
/// for names at each of them.
const MOST_SUMMARY: usize = 1_000;
const MOST_DESCRIPTION: usize = 20_000;
const MOST_ADDRESS: usize = 254;

/// The most attendees that an event keeps.
const MOST_ATTENDEES: usize = 100;

/// What a VEVENT says, with its times not yet placed in zones.
#[derive(Debug, Default)]
pub(crate) struct RawEvent {
    /// The line that begins it.
    pub(crate) line: usize,
    /// Empty where it has none.
    pub(crate) uid: String,
    pub(crate) start: Option<When>,
    pub(crate) length: Option<Length>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) further: Vec<Further>,
    pub(crate) except: Vec<When>,
    pub(crate) replaces: Option<Replaces>,
    pub(crate) sequence: u64,
    pub(crate) cancelled: bool,
    pub(crate) summary: String,
    pub(crate) description: String,
    pub(crate) attendees: Vec<String>,
    /// Why it cannot be read, and on which line that is.
    wrong: Option<(usize, String)>,
}

/// The occurrence that an event stands in for (RECURRENCE-ID).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replaces {
    pub(crate) start: When,
    /// And for all that come later.
    pub(crate) following: bool,
}

impl RawEvent {
    pub(crate) fn new(line: usize) -> Self {
        Self { line, ..Self::default() }
    }

    /// How messages call it.
    pub(crate) fn called(&self) -> String {
        format!("the event {}", quote(if self.summary.is_empty() { &self.uid } else { &self.summary }))
    }

    /// The event as all its occurrences have it; their times are filled in.
    pub(crate) fn text(&self) -> Event {
        Event {
            start: DateTime::UNIX_EPOCH,
            end: DateTime::UNIX_EPOCH,
            uid: self.uid.as_str().into(),
            summary: self.summary.as_str().into(),
            description: self.description.as_str().into(),
            attendees: self.attendees.as_slice().into(),
        }
    }

    /// Takes a property. One that is wrong and says when the event is makes the whole event unreadable; a wrong entry
    /// of a list of dates is only left out.
    pub(crate) fn take(&mut self, line: &Line<'_>, left: &mut Left) {
        if let Err(wrong) = self.take_time(line, left) {
            self.wrong.get_or_insert((line.number, wrong));
        }
        match line.name.as_str() {
            "UID" => self.uid = unescape(line.value.trim()),
            // One that is no number is as good as none, which means 0.
            "SEQUENCE" => self.sequence = line.value.trim().parse().unwrap_or_default(),
            "STATUS" => self.cancelled = line.value.trim().eq_ignore_ascii_case("CANCELLED"),
            "SUMMARY" => self.summary = shortened(line, MOST_SUMMARY, left),
            "DESCRIPTION" => self.description = shortened(line, MOST_DESCRIPTION, left),
            "ATTENDEE" => self.attend(line, left),
            _ => {}
        }
    }

    fn take_time(&mut self, line: &Line<'_>, left: &mut Left) -> Result<(), String> {
        match line.name.as_str() {
            "DTSTART" => self.start = Some(when(line)?),
            "DTEND" => self.length = Some(Length::End(when(line)?)),
            "DURATION" => self.length = Some(Length::Span(span(line)?)),
            "RRULE" => self.rules.push(parse_rule(line.value)?),
            "EXRULE" => return Err("EXRULE is not understood, as RFC 5545 took it away: write EXDATE".to_owned()),
            "RECURRENCE-ID" => {
                let following = line.param("RANGE").is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
                self.replaces = Some(Replaces { start: when(line)?, following });
            }
            "RDATE" => self.further.extend(understood(further(line), line, left)),
            "EXDATE" => self.except.extend(understood(whens(line), line, left)),
            _ => {}
        }
        Ok(())
    }

    fn attend(&mut self, line: &Line<'_>, left: &mut Left) {
        // Rooms and projectors are invited too, and are nobody.
        let thing = ["ROOM", "RESOURCE"];
        if line.param("CUTYPE").is_some_and(|kind| thing.iter().any(|known| known.eq_ignore_ascii_case(kind))) {
            return;
        }
        let value = line.value.trim();
        let address = value
            .split_at_checked("mailto:".len())
            .and_then(|(scheme, rest)| scheme.eq_ignore_ascii_case("mailto:").then_some(rest))
            // Some programs give a person's own number here, and the address beside it.
            .or_else(|| line.param("EMAIL"))
            .unwrap_or(value)
            .trim()
            .to_lowercase();
        if !address.contains('@') || cut(&address, MOST_ADDRESS).1 {
            left.add(line.number, format!("the attendee {} has no e-mail address", quote(value)));
        } else if self.attendees.len() == MOST_ATTENDEES {
            let who = quote(&address);
            left.add(line.number, format!("the attendee {who} is one more than the {MOST_ATTENDEES} that are read"));
        } else if !self.attendees.contains(&address) {
            self.attendees.push(address);
        }
    }

    /// The event, if it can be read.
    pub(crate) fn finish(mut self, left: &mut Left) -> Option<Self> {
        if let Some((line, wrong)) = self.wrong.take() {
            left.add(line, format!("{} is left out: {wrong}", self.called()));
            return None;
        }
        if self.start.is_none() {
            left.add(self.line, format!("{} is left out: it has no DTSTART", self.called()));
            return None;
        }
        Some(self)
    }
}

fn shortened(line: &Line<'_>, most: usize, left: &mut Left) -> String {
    let text = unescape(line.value);
    let (kept, more) = cut(&text, most);
    if more {
        left.add(line.number, format!("{} is cut off after {most} characters", line.name));
    }
    kept.to_owned()
}

fn understood<T>(
    values: impl Iterator<Item = Result<T, String>>,
    line: &Line<'_>,
    left: &mut Left,
) -> impl Iterator<Item = T> {
    values.filter_map(|value| value.map_err(|wrong| left.add(line.number, wrong)).ok())
}
