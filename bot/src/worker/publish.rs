//! Postmortems as targets hold them.

use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::{IncidentId, Key};
use firebell_core::postmortem::Review;

use super::material::Material;
use super::prepare::Unsent;
use super::{Worker, within_patience};
use crate::intake::Fault;
use crate::store::effects::Claimed;
use crate::targets::unknown;

/// A copy that is to be made, or brought up to date.
pub(super) struct Wanted {
    incident: IncidentId,
    target: Key,
    /// Where the target holds it already.
    known: Option<String>,
}

impl Worker {
    /// What a target is to hold; `None` where the work is none for a target.
    pub(super) fn wanted_copy(&self, claimed: &Claimed, material: &Material) -> Option<Result<Wanted, Unsent>> {
        let Work::Publish { incident, target } = &claimed.work else { return None };
        Some(self.copy_of(*incident, target, &claimed.work, material))
    }

    fn copy_of(&self, incident: IncidentId, target: &Key, work: &Work, material: &Material) -> Result<Wanted, Unsent> {
        if self.targets.get(target).is_none() {
            return Err(Unsent::Impossible(unknown(target)));
        }
        let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
        // The recheck: what is private is told nobody who may not know of it, whatever was queued.
        let configured = self.intake.settings.targets.iter().find(|held| held.name == *target);
        configured.filter(|configured| configured.scope.may_know(subject.incident)).ok_or(Unsent::Unwanted)?;
        let document = &subject.incident.postmortem;
        let held = document.exports.get(target.as_str());
        // A draft leaves only in the place of what is out already, to take words out of it.
        if document.state != Review::Published && held.is_none() {
            return Err(Unsent::Unwanted);
        }
        Ok(Wanted { incident, target: target.clone(), known: held.map(|held| held.reference.clone()) })
    }

    /// Has the target hold it as it stands now, within the time that a worker has.
    pub(super) async fn publish(&self, wanted: Wanted) -> Result<Delivery, Fault> {
        let Some(target) = self.targets.get(&wanted.target) else {
            return Ok(Delivery::Impossible(unknown(&wanted.target)));
        };
        let (template, forms) = (target.template.as_deref(), target.forms());
        let made = Box::pin(self.intake.copy(wanted.incident, template, forms)).await?;
        let (mut copy, entries) = match made {
            Ok(made) => made,
            Err(refusal) => return Ok(Delivery::Impossible(refusal.to_string())),
        };
        copy.known = wanted.known;
        Ok(within_patience(target.hold(&copy, entries, &self.notifiers)).await)
    }
}
