//! Postmortems as targets hold them.

use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::{IncidentId, Key};
use firebell_core::postmortem::Review;
use firebell_core::publishing::{Place, copy_name};

use super::material::Material;
use super::prepare::Unsent;
use super::{Worker, within_patience};
use crate::intake::Fault;
use crate::platform::{Envelope, Outgoing, Platform, RoomFile};
use crate::store::effects::Claimed;
use crate::targets::{Copy, NO_FORM, Published, unknown};

/// A copy that is to be made, or brought up to date.
pub(super) struct Wanted {
    incident: IncidentId,
    target: Key,
    /// The room that it is to be a file in, by what the platform calls it.
    room: Option<(Platform, String)>,
    /// Where the target holds it already.
    known: Option<String>,
}

impl Worker {
    /// What a target is to hold; `None` where the work is none for a target.
    pub(super) fn wanted_copy(&self, claimed: &Claimed, material: &Material) -> Option<Result<Wanted, Unsent>> {
        let work @ Work::Publish { .. } = &claimed.work else { return None };
        Some(self.copy_of(work, material))
    }

    fn copy_of(&self, work: &Work, material: &Material) -> Result<Wanted, Unsent> {
        let Work::Publish { incident, target, room } = work else { return Err(Unsent::Unwanted) };
        if self.targets.get(target).is_none() {
            return Err(Unsent::Impossible(unknown(target)));
        }
        let subject = material.subject(work).ok_or(Unsent::Unwanted)?;
        // The recheck: what is private is told nobody who may not know of it, whatever was queued.
        let configured = self.intake.settings.targets.iter().find(|held| held.name == *target);
        let configured = configured.filter(|held| held.scope.may_know(subject.incident)).ok_or(Unsent::Unwanted)?;
        if (configured.place == Place::Rooms) != room.is_some() {
            return Err(Unsent::Impossible(format!("{target} holds postmortems elsewhere by now")));
        }
        let document = &subject.incident.postmortem;
        let held = document.exports.get(&copy_name(target.as_str(), *room));
        // A draft leaves only in the place of what is out already, to take words out of it.
        if document.state != Review::Published && held.is_none() {
            return Err(Unsent::Unwanted);
        }
        let room = room.map(|room| self.open_room(subject.incident, room)).transpose()?;
        let known = held.map(|held| held.reference.clone());
        Ok(Wanted { incident: *incident, target: target.clone(), room, known })
    }

    /// Has the target hold it as it stands now, within the time that a worker has.
    pub(super) async fn publish(&self, claimed: &Claimed, wanted: Wanted) -> Result<Delivery, Fault> {
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
        Ok(match wanted.room {
            Some(room) => self.put_in_room(claimed, room, (&wanted.target, copy), entries).await,
            None => within_patience(target.hold(&copy, entries, &self.notifiers)).await,
        })
    }

    async fn put_in_room(
        &self,
        claimed: &Claimed,
        (platform, room): (Platform, String),
        (target, mut copy): (&Key, Copy),
        entries: i64,
    ) -> Delivery {
        let Some((ending, content)) = copy.forms.pop() else { return Delivery::Impossible(NO_FORM.to_owned()) };
        let (name, title) =
            (format!("{}-postmortem.{ending}", copy.incident), format!("{} postmortem ({target})", copy.incident));
        let what = Outgoing::Document { room, file: RoomFile { name, title, content }, replaces: copy.known };
        let envelope = Envelope { key: claimed.key.clone(), again: claimed.again, what };
        match self.deliver(&platform, &envelope).await {
            Delivery::Delivered(made) => {
                let url = Some(made.name).filter(|url| !url.is_empty());
                Delivery::Delivered(Published { reference: made.external_id, url, entries }.into())
            }
            other => other,
        }
    }
}
