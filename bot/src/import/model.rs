//! The configuration that is made, before it is written.

use std::fmt;

use chrono::{NaiveDateTime, Weekday};
use chrono_tz::Tz;

use super::report::Kind;
use super::windows::Window;
use super::write::duration;

/// A way to reach a person, of those that exports know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Slack,
    Email,
    Sms,
    Voice,
}

impl Method {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
        }
    }
}

/// What the report and a comment say of a thing that was carried over.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<(Kind, String)>);

impl Notes {
    /// It means something a little different now.
    pub(super) fn changed(&mut self, what: impl Into<String>) {
        self.0.push((Kind::Changed, what.into()));
    }

    /// A part of it is not in the configuration.
    pub(super) fn left(&mut self, what: impl Into<String>) {
        self.0.push((Kind::Left, what.into()));
    }
}

#[derive(Debug)]
pub(super) struct Person {
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) email: Option<String>,
    pub(super) zone: Option<Tz>,
    pub(super) slack: Option<String>,
    /// In the order in which they are tried.
    pub(super) contacts: Vec<Method>,
    pub(super) addresses: Vec<(Method, String)>,
    pub(super) rules: Rules,
    pub(super) notes: Notes,
}

/// Which method comes when, by the urgency of a page.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) high: Vec<Rule>,
    pub(super) low: Vec<Rule>,
}

/// By this method, so many seconds after the step that tells somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) method: Method,
    pub(super) after_s: i64,
}

/// As files write it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method.word())?;
        if self.after_s > 0 { write!(f, " after {}", duration(self.after_s)) } else { Ok(()) }
    }
}

#[derive(Debug)]
pub(super) struct Team {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) notes: Notes,
}

#[derive(Debug)]
pub(super) struct Service {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) team: Option<String>,
    pub(super) policy: Option<String>,
    pub(super) notes: Notes,
}

#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) zone: Tz,
    pub(super) team: Option<String>,
    pub(super) layers: Vec<Layer>,
    pub(super) notes: Notes,
}

/// One rotation of a schedule, by wall time in the schedule's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) priority: i64,
    /// A hand-off from which turns are counted.
    pub(super) start: NaiveDateTime,
    pub(super) turn: Turn,
    /// Those of one pool are on call together.
    pub(super) pools: Vec<Vec<String>>,
    pub(super) from: Option<NaiveDateTime>,
    pub(super) until: Option<NaiveDateTime>,
    /// Always, without any.
    pub(super) windows: Vec<Window>,
}

/// How long a turn lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    Hours(u16),
    Days(u16),
    Weeks(u16),
    /// `every` hand-offs, of which there is one on each of these days.
    On {
        days: Vec<Weekday>,
        every: u16,
    },
}

impl Turn {
    /// A length in seconds, if it is whole hours, days or weeks and not too many of them.
    pub(super) fn of_seconds(seconds: i64) -> Option<Self> {
        let whole = |unit: i64| (seconds % unit == 0).then(|| u16::try_from(seconds / unit).ok()).flatten();
        if seconds <= 0 {
            return None;
        }
        whole(7 * 86_400)
            .map(Self::Weeks)
            .or_else(|| whole(86_400).map(Self::Days))
            .or_else(|| whole(3_600).map(Self::Hours))
    }
}

#[derive(Debug)]
pub(super) struct Policy {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) rounds: i64,
    pub(super) steps: Vec<Step>,
    pub(super) notes: Notes,
}

/// Whom to page at once, and how long to wait for an acknowledgement.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) people: Vec<String>,
    pub(super) schedules: Vec<String>,
    pub(super) round_robin: Vec<String>,
    pub(super) teams: Vec<String>,
    /// Firebell's own wait, without it.
    pub(super) wait_s: Option<i64>,
    pub(super) notes: Notes,
}

impl Step {
    pub(super) fn names_nobody(&self) -> bool {
        [&self.people, &self.schedules, &self.round_robin, &self.teams].iter().all(|named| named.is_empty())
    }

    pub(super) fn page_person(&mut self, handle: &str) {
        add(&mut self.people, handle);
    }

    pub(super) fn page_schedule(&mut self, key: &str) {
        add(&mut self.schedules, key);
    }

    pub(super) fn page_in_turn(&mut self, key: &str) {
        add(&mut self.round_robin, key);
    }

    pub(super) fn page_team(&mut self, key: &str) {
        add(&mut self.teams, key);
    }
}

/// Nobody is named twice in one list.
pub(super) fn add(to: &mut Vec<String>, key: &str) {
    if !to.iter().any(|named| named == key) {
        to.push(key.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_said_in_their_largest_unit() {
        let cases = [
            (604_800, Some(Turn::Weeks(1))),
            (1_209_600, Some(Turn::Weeks(2))),
            (259_200, Some(Turn::Days(3))),
            (43_200, Some(Turn::Hours(12))),
            (1_800, None),
            (0, None),
            (-86_400, None),
            (i64::MAX, None),
        ];
        for (seconds, turn) in cases {
            assert_eq!(Turn::of_seconds(seconds), turn, "{seconds}");
        }
    }
}
