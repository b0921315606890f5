//! The worker: claims lanes, rechecks, hands to the platform, and brings the delivery back as a command.

mod accounts;
mod bundle;
mod cards;
mod digests;
mod files;
mod material;
mod mirror;
mod news;
mod notify;
mod prepare;
mod publish;
mod tickets;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Delivery, Reference, Work};
use firebell_core::ids::WorkspaceId;
use firebell_core::outlet::Outlet;

use self::bundle::{Sent, Throttled};
use self::material::Material;
use self::prepare::{Prepared, Unsent};
use crate::intake::{Fault, Intake, Settled};
use crate::metrics::{EffectOutcome, Metrics};
use crate::notifiers::Notifiers;
use crate::platform::{Envelope, Platform};
use crate::store::effects::{self, Claimed};
use crate::store::outlets::{Outlets, Ready};
use crate::targets::Targets;
use crate::trackers::Trackers;

/// How long a worker may take for one effect before another may try: longer than any platform call's time-out.
pub const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How long a platform may take for one effect.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
/// How long what is beside chat may take: a contact method may try a second carrier, a ticket may have to be looked for, and a
/// long page that is not done by then is gone on with by the next attempt.
const LETTER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(26);
/// How long a room stays open for the last version of its card before it is looked at again.
const CARD_FIRST: TimeDelta = TimeDelta::seconds(1);
/// How long an effect rests that was claimed by a process that turns out not to have its platform.
const ELSEWHERE: TimeDelta = TimeDelta::minutes(1);
/// How long an effect rests that needs a room which is being made.
const NOT_YET: TimeDelta = TimeDelta::seconds(1);
/// How many lanes are claimed at once.
const LANES: i64 = 32;
/// Carries out effects. Clones share it.
#[derive(Clone)]
pub struct Worker {
    intake: Intake,
    platforms: Arc<HashMap<WorkspaceId, Platform>>,
    notifiers: Notifiers,
    trackers: Trackers,
    targets: Targets,
    outlets: Arc<Outlets>,
    metrics: Arc<Metrics>,
    throttled: Arc<Throttled>,
}

/// What comes of an attempt beside chat within the time that a worker has for it.
async fn within_patience(attempt: impl Future<Output = Delivery>) -> Delivery {
    tokio::time::timeout(LETTER_PATIENCE, attempt).await.unwrap_or(Delivery::Unknown)
}

/// What one look at the queue found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Effects and cards that were attempted.
    pub attempted: usize,
}

impl Worker {
    /// A worker for these platforms and contact methods. Unless it is `watched`, that is, a person sits before its process, it leaves what
    /// only a screen shows to those that are.
    pub fn new(
        intake: Intake,
        (platforms, notifiers): (HashMap<WorkspaceId, Platform>, Notifiers),
        (trackers, targets): (Trackers, Targets),
        metrics: Arc<Metrics>,
        watched: bool,
    ) -> Self {
        let methods = notifiers.methods().map(Outlet::of_contact);
        let own = methods.fold(outlets(&platforms, watched), Outlets::with);
        // A process before which a person sits serves its screen alone.
        let lacks = |method: &ContactMethod| !watched && method.has_address() && !notifiers.has(*method);
        let lacking = ContactMethod::ALL.into_iter().filter(lacks).map(Outlet::of_contact);
        let outlets = lacking.fold(own, Outlets::with_unserved);
        let beside = [(Outlet::Trackers, trackers.is_empty()), (Outlet::Targets, !targets.any_outside())];
        let outlets = beside.into_iter().fold(outlets, |outlets, (outlet, is_empty)| match (is_empty, watched) {
            (false, _) => outlets.with(outlet),
            (true, false) => outlets.with_unserved(outlet),
            (true, true) => outlets,
        });
        let outlets = Arc::new(outlets);
        let throttled = Arc::default();
        Self { intake, platforms: Arc::new(platforms), notifiers, trackers, targets, outlets, metrics, throttled }
    }

    /// Claims what is ready now and carries it out, one after the other. For those who need the same order each time.
    ///
    /// # Errors
    /// The database failed; what was claimed is attempted again once its lease has run out.
    pub async fn pump(&self) -> Result<Done, Fault> {
        let mut done = Done::default();
        for claimed in self.claim(self.ready().await?, LANES).await? {
            // Read anew for each: the one before may have changed the record.
            for material in material::gather(&self.intake, std::slice::from_ref(&claimed)).await {
                self.carry_out(claimed.clone(), &*material?).await?;
            }
            done.attempted += 1;
        }
        for card in self.claim_cards(self.ready().await?, LANES).await? {
            self.send_card(card).await?;
            done.attempted += 1;
        }
        Ok(done)
    }

    /// Claims what is ready now and carries it out side by side: lanes do not wait for each other.
    ///
    /// # Errors
    /// The database failed at the claim.
    pub async fn dispatch(&self, tasks: &mut tokio::task::JoinSet<()>) -> Result<Done, Fault> {
        let mut done = Done::default();
        let room = |tasks: &tokio::task::JoinSet<()>| LANES.saturating_sub(i64::try_from(tasks.len()).unwrap_or(LANES));
        let ready = self.ready().await?;
        let claimed = match room(tasks) {
            // However much hangs, pages do not wait for it.
            0 => self.claim_notices(ready).await?,
            room => self.claim(ready, room).await?,
        };
        let materials = material::gather(&self.intake, &claimed).await;
        for (claimed, material) in claimed.into_iter().zip(materials) {
            let this = self.clone();
            done.attempted += 1;
            tasks.spawn(async move {
                let (key, incident) = (claimed.key.clone(), claimed.work.incident());
                let carried_out = match material {
                    Ok(material) => this.carry_out(claimed, &material).await,
                    Err(error) => Err(error.into()),
                };
                if let Err(fault) = carried_out {
                    tracing::error!(%fault, effect = %key, ?incident, "effect not settled; it is attempted again when its lease has run out");
                }
            });
        }
        for card in self.claim_cards(ready, room(tasks)).await? {
            let this = self.clone();
            done.attempted += 1;
            tasks.spawn(async move {
                let incident = card.incident;
                if let Err(fault) = this.send_card(card).await {
                    tracing::error!(%fault, %incident, "card not settled; it is sent again when its lease has run out");
                }
            });
        }
        Ok(done)
    }

    /// When something is ready next.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn next_ready(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        let (outlets, now) = (self.outlets.clone(), self.intake.clock.now());
        let next =
            self.intake.store.look(move |tx| Box::pin(async move { effects::next_ready(tx, &outlets, now).await }));
        Ok(next.await?)
    }

    /// Most looks find nothing, and a look costs no commit.
    async fn ready(&self) -> Result<Ready, Fault> {
        let (outlets, now) = (self.outlets.clone(), self.intake.clock.now());
        Ok(self.intake.store.look(move |tx| Box::pin(async move { outlets.ready(tx, now).await })).await?)
    }

    async fn claim(&self, ready: Ready, limit: i64) -> Result<Vec<Claimed>, Fault> {
        if limit <= 0 || !ready.lanes {
            return Ok(Vec::new());
        }
        let now = self.intake.clock.now();
        let outlets = self.outlets.clone();
        let claim = self.intake.store.write(move |tx| {
            let outlets = outlets.clone();
            Box::pin(async move { effects::claim(tx, &outlets, now, LEASE, limit).await })
        });
        Ok(claim.await?)
    }

    async fn claim_notices(&self, ready: Ready) -> Result<Vec<Claimed>, Fault> {
        if !ready.lanes {
            return Ok(Vec::new());
        }
        let now = self.intake.clock.now();
        let outlets = self.outlets.clone();
        let claim = self.intake.store.write(move |tx| {
            let outlets = outlets.clone();
            Box::pin(async move { effects::claim_notices(tx, &outlets, now, LEASE, LANES).await })
        });
        Ok(claim.await?)
    }

    /// Whether as much is under way as is begun at once; what else is ready waits until something of it ends.
    pub(crate) fn is_busy(tasks: &tokio::task::JoinSet<()>) -> bool {
        i64::try_from(tasks.len()).is_ok_and(|running| running >= LANES)
    }

    async fn carry_out(&self, claimed: Claimed, material: &Material) -> Result<(), Fault> {
        let (work, queued_at) = (claimed.work.clone(), claimed.queued_at);
        let (key, incident) = (claimed.key.clone(), claimed.work.incident());
        let (mut shows, mut carried) = (None, Vec::new());
        let delivery = match self.prepare(&claimed, material) {
            Ok(Prepared::Ticket(order)) => Some(self.keep(&order).await),
            Ok(Prepared::Publish(wanted)) => Some(Box::pin(self.publish(&claimed, wanted)).await?),
            Ok(Prepared::Copy(wanted)) => Some(self.copy(&claimed.work, &wanted).await),
            Ok(_) if self.waits_for_card(&claimed).await? => Some(Delivery::RetryAfter(CARD_FIRST)),
            Ok(Prepared::Letter(letter)) => match self.send_in_turn(&claimed, &letter).await? {
                Sent::Alone(delivery) => Some(delivery),
                Sent::NotBefore(until) => return self.intake.put_off(claimed, until).await,
                Sent::Bundle(delivery, told) => {
                    carried = told;
                    Some(delivery)
                }
            },
            Ok(Prepared::Send(platform, envelope)) => Some(self.deliver(&platform, &envelope).await),
            Ok(Prepared::Show(platform, envelope, then)) => {
                shows = Some(then);
                Some(self.deliver(&platform, &envelope).await)
            }
            Err(Unsent::Unwanted) => None,
            Err(Unsent::Done) => Some(Delivery::Delivered(Reference::default())),
            Err(Unsent::Impossible(reason)) => Some(Delivery::Impossible(reason)),
            Err(Unsent::NotYet) => Some(Delivery::RetryAfter(NOT_YET)),
            Err(Unsent::Elsewhere) => {
                tracing::warn!(effect = %key, ?incident, "this process has no platform for it; it is put off");
                Some(Delivery::RetryAfter(ELSEWHERE))
            }
            Err(Unsent::Fault(fault)) => return Err(fault),
        };
        if let Some(Delivery::Impossible(reason)) = &delivery {
            tracing::warn!(effect = %key, ?incident, reason, "delivery is impossible; it is recorded and passed");
        }
        let tried = delivery.as_ref().map_or(EffectOutcome::Superseded, EffectOutcome::from);
        let settled = if carried.is_empty() {
            self.intake.settle(claimed, delivery, shows).await?
        } else {
            self.intake.settle_bundle((claimed, delivery), carried).await?
        };
        if settled == Settled::Impossible && tried != EffectOutcome::Impossible {
            tracing::error!(effect = %key, ?incident, "it was tried for too long in vain; that is recorded and passed");
        }
        self.metrics.effect_tried(&work, tried);
        if matches!(work, Work::Notice { .. }) && settled == Settled::Delivered {
            let took = self.intake.clock.now().signed_duration_since(queued_at);
            self.metrics.notice_delivered(took.to_std().unwrap_or_default());
        }
        Ok(())
    }

    /// An adapter that hangs must not hold a lane for ever: without an answer within the lease the outcome is unknown.
    async fn deliver(&self, platform: &Platform, envelope: &Envelope) -> Delivery {
        tokio::time::timeout(PATIENCE, self.deliver_where_known(platform, envelope)).await.unwrap_or(Delivery::Unknown)
    }

    fn platform(&self, workspace: WorkspaceId) -> Option<Platform> {
        self.platforms.get(&workspace).cloned()
    }
}

/// What goes through these platforms.
fn outlets(platforms: &HashMap<WorkspaceId, Platform>, watched: bool) -> Outlets {
    let through = |(workspace, platform): (&WorkspaceId, &Platform)| {
        let methods = platform.methods().iter().map(|method| Outlet::of_contact(*method));
        let local = platform.is_local();
        std::iter::once(Outlet::Workspace(*workspace))
            .chain(methods)
            .map(move |outlet| (outlet, local))
            .collect::<Vec<_>>()
    };
    // Each once, though several workspaces may reach people by the same method.
    let outlets: BTreeMap<Outlet, bool> = platforms.iter().flat_map(through).collect();
    outlets.into_iter().fold(Outlets::default(), |outlets, (outlet, local)| {
        if local && !watched { outlets.with_left_to_watched(outlet) } else { outlets.with(outlet) }
    })
}
