//! Follow-ups as trackers keep them.

use std::collections::{BTreeSet, HashMap};

use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::{ActionId, IncidentId, Key};
use firebell_core::view::TicketBodyView;

use super::material::Material;
use super::prepare::Unsent;
use super::{Worker, within_patience};
use crate::outside::tracker::Ticket;
use crate::render::Target;
use crate::store::effects::Claimed;
use crate::store::tickets::{self, Kept};
use crate::store::{StoreError, Tx, installation};
use crate::trackers::{Order, place_of, unknown};

/// What is known of tickets.
#[derive(Default)]
pub(super) struct Tickets {
    /// By what the keys of tickets are told from those of other installations.
    installation: String,
    kept: HashMap<(IncidentId, ActionId, Key), Kept>,
}

impl Tickets {
    /// What these works need to know of them.
    pub(super) async fn read(tx: &mut Tx<'_>, works: &[Work]) -> Result<Self, StoreError> {
        let of = |work: &Work| match work {
            Work::Ticket { incident, .. } => Some(incident.0),
            _ => None,
        };
        let numbers: BTreeSet<i64> = works.iter().filter_map(of).collect();
        if numbers.is_empty() {
            return Ok(Self::default());
        }
        let kept = tickets::of_incidents(tx, &numbers.into_iter().collect::<Vec<_>>()).await?;
        let kept = kept.into_iter().map(|held| ((held.incident, held.action, held.tracker.clone()), held)).collect();
        Ok(Self { installation: installation::mark(tx).await?, kept })
    }
}

impl Worker {
    /// What a tracker is to keep; `None` where the work is none for a tracker.
    pub(super) fn order(&self, claimed: &Claimed, material: &Material) -> Option<Result<Order, Unsent>> {
        let Work::Ticket { incident, action, tracker, first } = &claimed.work else { return None };
        Some(self.order_of((*incident, *action), (tracker, *first), claimed, material))
    }

    fn order_of(
        &self,
        (incident, action): (IncidentId, ActionId),
        (tracker, first): (&Key, bool),
        claimed: &Claimed,
        material: &Material,
    ) -> Result<Order, Unsent> {
        let held_by = self.trackers.get(tracker).ok_or_else(|| Unsent::Impossible(unknown(tracker)))?;
        let subject = material.subject(&claimed.work).ok_or(Unsent::Unwanted)?;
        let held = subject.incident.action(action).ok_or(Unsent::Unwanted)?;
        // The recheck: what is private is told nobody who may not know of it, whatever was queued.
        let configured = self.intake.settings.trackers.iter().find(|held| held.name == *tracker);
        configured.filter(|configured| configured.scope.may_know(subject.incident)).ok_or(Unsent::Unwanted)?;
        let record = self.record(&subject, &material.directory, Target::Markdown);
        let body = self.intake.renderer.ticket(&TicketBodyView::of(&record, held))?;
        let tickets = &material.tickets;
        let at = held.tickets.iter().find(|ticket| ticket.tracker == tracker.as_str()).map(place_of);
        let stood =
            tickets.kept.get(&(incident, action, tracker.clone())).map_or(held.done.is_some(), |kept| kept.done);
        let account = |handle: &str| {
            held_by.accounts.iter().find(|(key, _)| key.as_str() == handle).map(|(_, account)| account.clone())
        };
        let ticket = Ticket {
            key: format!("firebell:{}:{incident}/{action}", tickets.installation),
            title: TicketBodyView::heading(incident, held),
            body,
            labels: held_by.labels.clone(),
            assignee: held.owner.and_then(|owner| account(material.directory.handle(owner))),
            due: held.due.map(|due| due.date_naive()),
            done: held.done.is_some(),
        };
        // Only where nothing was tried before is it known that there is none.
        let again = claimed.again || claimed.attempts > 1 || !first;
        Ok(Order { tracker: tracker.clone(), at, again, stood, ticket })
    }

    /// Carries it out, within the time that a worker has.
    pub(super) async fn keep(&self, order: &Order) -> Delivery {
        within_patience(self.trackers.carry_out(order)).await
    }
}
