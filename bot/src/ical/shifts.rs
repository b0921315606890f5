//! Shifts as entries of a feed.

use chrono::{DateTime, Utc};
use firebell_core::directory::Directory;
use firebell_core::ids::PersonId;
use firebell_core::oncall::overrides::Swap;
use firebell_core::oncall::schedule::Schedule;
use firebell_core::oncall::shift::{Shift, Span, Stretch};
use firebell_core::view::reasons;

use super::feed::FeedEntry;

/// By what entries are told apart, and as of when they are.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Whose they are: the names of entries are unlike those of every other installation by it.
    pub domain: &'a str,
    pub sequence: i64,
    pub changed_at: DateTime<Utc>,
    /// What begins here or before was not followed to its beginning, and is told apart by that.
    pub edge: DateTime<Utc>,
}

impl Stamp<'_> {
    /// The shifts of a schedule; a gap has no entry.
    pub fn shifts(&self, directory: &Directory, of: &Schedule, shifts: &[Shift]) -> Vec<FeedEntry> {
        let entry = |shift: &Shift| {
            let people: Vec<String> =
                shift.on_call.iter().map(|held| format!("@{}", directory.handle(held.person))).collect();
            let span = Span { start: shift.start, end: shift.end };
            let summary = format!("{} ({})", people.join(", "), of.name);
            let why = reasons(directory, &of.key, &shift.on_call).join(", ");
            self.entry((of.key.as_str(), span), summary, why)
        };
        shifts.iter().filter(|shift| !shift.on_call.is_empty()).map(entry).collect()
    }

    /// When one person is on call by a schedule.
    pub fn stretches(
        &self,
        directory: &Directory,
        (person, of): (PersonId, &Schedule),
        stretches: &[Stretch],
    ) -> Vec<FeedEntry> {
        let entry = |stretch: &Stretch| {
            let why = reasons(directory, &of.key, &stretch.reasons).join(", ");
            self.entry((&own(&of.key, person), stretch.span), format!("On call: {}", of.name), why)
        };
        stretches.iter().map(entry).collect()
    }

    /// What one person would have of an offer that nobody has answered.
    pub fn offer(&self, directory: &Directory, person: PersonId, swap: &Swap) -> Option<FeedEntry> {
        let of = directory.schedules.get(&swap.schedule)?;
        let (span, other) = if swap.with == person { (Some(swap.own), swap.by) } else { (swap.theirs, swap.with) };
        let summary = format!("Perhaps on call: {}", of.name);
        let why = format!("an offer between you and @{} that was not answered yet", directory.handle(other));
        let entry = self.entry((&format!("{}-{}", own(&of.key, person), swap.id.0), span?), summary, why);
        Some(FeedEntry { tentative: true, ..entry })
    }

    fn entry(&self, (of, span): (&str, Span), summary: String, description: String) -> FeedEntry {
        let begun = if span.start <= self.edge { 0 } else { span.start.timestamp() };
        FeedEntry {
            uid: format!("{of}-{begun}@{}", self.domain),
            start: span.start,
            end: span.end,
            summary,
            description,
            sequence: u32::try_from(self.sequence).unwrap_or(u32::MAX),
            last_modified: self.changed_at,
            tentative: false,
        }
    }
}

/// Who subscribes to a schedule and to their own shifts has two entries, unlike each other.
fn own(schedule: &firebell_core::ids::Key, person: PersonId) -> String {
    format!("{}-{schedule}", person.0)
}
