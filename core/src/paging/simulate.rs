//! What a policy would do: the same steps and the same rules as a page, without telling anybody.

use chrono::{DateTime, TimeDelta, Utc};

use super::page::{DueStep, Pinned, SkipReason};
use super::policy::{AckNeed, Circumstances, Step};
use super::target::Target;
use crate::directory::{ContactMethod, Directory, Person, Urgency};
use crate::ids::PersonId;

/// Steps that are looked at, so that a policy whose steps reach nobody ends.
const STEPS_MAX: usize = 1_000;

/// What happens at one instant if nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    pub at: DateTime<Utc>,
    pub occasion: DueStep,
    pub target: Target,
    /// Who is told, and by what, each so long after the step; none of the people is told twice.
    pub told: Vec<(PersonId, Vec<(ContactMethod, TimeDelta)>)>,
    /// Channels and webhooks that are told as well.
    pub places: Vec<String>,
    pub needs: AckNeed,
    /// Why it reaches nobody.
    pub skipped: Option<SkipReason>,
}

/// What a page under a policy does from `at` on, for so long, if nobody acknowledges. The last resort is
/// told as often as `last_resort_every` says.
pub fn simulate(
    pinned: &Pinned,
    directory: &Directory,
    circumstances: Circumstances<'_>,
    (at, length, last_resort_every): (DateTime<Utc>, TimeDelta, TimeDelta),
) -> Vec<Simulated> {
    let urgency = circumstances.urgency;
    let end_of = |at: DateTime<Utc>| at.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let mut end = end_of(at);
    let (mut now, mut due, mut skipped_in_a_row) = (at, pinned.first(), 0);
    let mut all = Vec::new();
    while now < end && all.len() < STEPS_MAX {
        if let Some(until) = waits(pinned, urgency, now) {
            now = until;
            // What waits before it begins is told from there.
            end = if all.is_empty() { end_of(until) } else { end };
            continue;
        }
        let (this, wait) = match due {
            DueStep::Step { step, .. } => {
                let step = pinned.step(step);
                let holds = step.when.holds(Circumstances { now, ..circumstances }, directory);
                let target = if holds {
                    Target::of(&step, directory, now, |_, people| first_of(directory, people))
                } else {
                    Target::default()
                };
                let told = told(&target, directory, urgency);
                let places = if holds { places(&step) } else { Vec::new() };
                let skipped = target.skipped(holds, told.is_empty() && places.is_empty());
                let simulated = Simulated { at: now, occasion: due, target, told, places, needs: step.needs, skipped };
                (simulated, step.wait())
            }
            DueStep::LastResort { .. } | DueStep::Again => {
                (last_resort(directory, (now, due), urgency), last_resort_every)
            }
        };
        let passed_over = this.skipped.is_some();
        all.push(this);
        if passed_over {
            skipped_in_a_row += 1;
            due = if skipped_in_a_row >= pinned.steps.len() { DueStep::FIRST_RESORT } else { pinned.after(due) };
            continue;
        }
        skipped_in_a_row = 0;
        due = pinned.after(due);
        now = now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
    }
    all
}

/// Until when a page waits that does not hurry.
fn waits(pinned: &Pinned, urgency: Urgency, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    pinned.terms.defer.as_ref().filter(|_| urgency == Urgency::Low)?.begin_after(at)
}

fn places(step: &Step) -> Vec<String> {
    step.rooms.iter().cloned().chain(step.webhooks.iter().map(ToString::to_string)).collect()
}

/// Whose turn it will be depends on the pages until then; it is that of somebody who can be told, if any can.
fn first_of(directory: &Directory, people: &[PersonId]) -> Option<PersonId> {
    let able = |person: &&PersonId| directory.people.get(person).is_some_and(Person::can_be_paged);
    people.iter().filter(able).min().or_else(|| people.iter().min()).copied()
}

fn told(target: &Target, directory: &Directory, urgency: Urgency) -> Vec<(PersonId, Vec<(ContactMethod, TimeDelta)>)> {
    let method = |person: PersonId| {
        let held = directory.people.get(&person).filter(|held| held.may_respond())?;
        Some((person, held.told_by(urgency))).filter(|(_, by)| !by.is_empty())
    };
    target.people().into_iter().filter_map(method).collect()
}

fn last_resort(directory: &Directory, (at, occasion): (DateTime<Utc>, DueStep), urgency: Urgency) -> Simulated {
    let target = Target::named(&directory.last_resort);
    let told = told(&target, directory, urgency);
    Simulated { at, occasion, target, told, places: Vec::new(), needs: AckNeed::Anyone, skipped: None }
}
