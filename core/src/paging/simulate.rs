//! What a policy would do: the same steps and the same rules as a page, without telling anybody.

use chrono::{DateTime, TimeDelta, Utc};

use super::page::{DueStep, Pinned, SkipReason};
use super::policy::{AckNeed, Circumstances};
use super::target::Target;
use crate::directory::{ContactMethod, Directory, Urgency};
use crate::ids::{Key, PersonId};

/// Steps that are looked at, so that a policy whose steps reach nobody ends.
const STEPS_MAX: usize = 1_000;

/// What happens at one instant if nobody acknowledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    pub at: DateTime<Utc>,
    pub occasion: DueStep,
    pub target: Target,
    /// Who is told, and by what first; none of the people is told twice.
    pub told: Vec<(PersonId, ContactMethod)>,
    pub needs: AckNeed,
    /// Why it reaches nobody.
    pub skipped: Option<SkipReason>,
}

/// What a page of this urgency under a policy does from `at` on, for so long, if nobody acknowledges. The last resort is
/// told as often as `last_resort_every` says.
pub fn simulate(
    pinned: &Pinned,
    directory: &Directory,
    (circumstances, urgency): (Circumstances<'_>, Urgency),
    (at, length, last_resort_every): (DateTime<Utc>, TimeDelta, TimeDelta),
) -> Vec<Simulated> {
    let end = at.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let (mut now, mut due, mut skipped_in_a_row) = (at, pinned.first(), 0);
    let mut all = Vec::new();
    while now < end && all.len() < STEPS_MAX {
        let (this, wait) = match due {
            DueStep::Step { step, .. } => {
                let step = pinned.step(step);
                let holds = step.when.holds(Circumstances { now, ..circumstances }, directory);
                let target = if holds { Target::of(&step, directory, now, first_of) } else { Target::default() };
                let told = told(&target, directory, urgency);
                let skipped = target.skipped(holds, told.is_empty());
                (Simulated { at: now, occasion: due, target, told, needs: step.needs, skipped }, step.wait())
            }
            DueStep::LastResort { .. } => (last_resort(directory, (now, due), urgency), last_resort_every),
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

/// Whose turn it will be depends on the pages until then.
fn first_of(_: &Key, people: &[PersonId]) -> Option<PersonId> {
    people.iter().min().copied()
}

fn told(target: &Target, directory: &Directory, urgency: Urgency) -> Vec<(PersonId, ContactMethod)> {
    let method = |person: PersonId| {
        let held = directory.people.get(&person).filter(|held| held.may_respond())?;
        Some((person, held.told_by(urgency).first()?.0))
    };
    target.people().into_iter().filter_map(method).collect()
}

fn last_resort(directory: &Directory, (at, occasion): (DateTime<Utc>, DueStep), urgency: Urgency) -> Simulated {
    let target = Target::named(&directory.last_resort);
    let told = told(&target, directory, urgency);
    Simulated { at, occasion, target, told, needs: AckNeed::Anyone, skipped: None }
}
