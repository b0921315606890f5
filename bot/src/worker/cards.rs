//! Cards: the newest version of each, edited in place.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::control;
use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::IncidentId;
use firebell_core::incident::RoomState;
use firebell_core::view;

use super::prepare::Unsent;
use super::{ELSEWHERE, LEASE, Worker};
use crate::intake::Fault;
use crate::platform::{Envelope, Outgoing, Platform};
use crate::store::cards::{self, ClaimedCard};
use crate::store::effects::Claimed;
use crate::store::outlets::Ready;
use crate::store::{StoreError, incidents, pages};

/// After so many attempts a card waits for the next version.
const ATTEMPTS_MAX: i64 = 20;
/// After so many attempts a room is closed without the last version of its card; more than a card's lease in seconds.
const CLOSE_ATTEMPTS_MAX: i64 = 40;

impl Worker {
    pub(super) async fn claim_cards(&self, ready: Ready, limit: i64) -> Result<Vec<ClaimedCard>, Fault> {
        if limit <= 0 || !ready.cards {
            return Ok(Vec::new());
        }
        let now = self.intake.clock.now();
        let outlets = self.outlets.clone();
        let claim = self.intake.store.write(move |tx| {
            let outlets = outlets.clone();
            Box::pin(async move { cards::claim(tx, &outlets, now, LEASE, limit).await })
        });
        Ok(claim.await?)
    }

    /// Whether this closes a room whose card is still to be sent: a closed room takes none, and would show for ever that
    /// it is open. A card that never gets through does not keep its room open.
    pub(super) async fn waits_for_card(&self, claimed: &Claimed) -> Result<bool, Fault> {
        let Work::CloseRoom { room, .. } = claimed.work else { return Ok(false) };
        if claimed.attempts > CLOSE_ATTEMPTS_MAX {
            return Ok(false);
        }
        Ok(self.intake.store.read(move |tx| Box::pin(cards::is_wanted(tx, room))).await?)
    }

    pub(super) async fn send_card(&self, card: ClaimedCard) -> Result<(), Fault> {
        let (delivery, version) = match self.prepare_card(&card).await {
            Ok((platform, envelope, version)) => (self.deliver(&platform, &envelope).await, version),
            Err(Unsent::Unwanted | Unsent::Done | Unsent::NotYet | Unsent::Impossible(_)) => {
                (Delivery::Impossible("its room is not open".to_owned()), 0)
            }
            Err(Unsent::Elsewhere) => {
                let (incident, room) = (card.incident, card.room);
                tracing::warn!(%incident, %room, "this process has no platform for its card; it is put off");
                (Delivery::RetryAfter(ELSEWHERE), 0)
            }
            Err(Unsent::Fault(fault)) => return Err(fault),
        };
        self.settle_card(card, delivery, version).await
    }

    async fn prepare_card(&self, card: &ClaimedCard) -> Result<(Platform, Envelope, i64), Unsent> {
        let id = card.incident;
        let (incident, pages) = self.card_facts(id).await?.ok_or(Unsent::Unwanted)?;
        let room = incident.room(card.room).ok_or(Unsent::Unwanted)?;
        let RoomState::Open { external_id, .. } = &room.state else { return Err(Unsent::Unwanted) };
        let platform = self.platform(room.workspace).ok_or(Unsent::Elsewhere)?;
        let directory = self.intake.directory().await?;
        let record = view::Record {
            incident: &incident,
            entries: &[],
            messages: &[],
            pages: &pages,
            directory: &directory,
            settings: &self.intake.settings,
            times: platform.target().times(chrono_tz::UTC),
            head: super::material::no_head(),
        };
        let view = view::CardView::of(&record).with_earlier(&record, &self.intake.earlier(&incident).await);
        let text = self.intake.renderer.card(platform.target(), &view)?;
        let what = Outgoing::Card {
            room: external_id.clone(),
            text,
            controls: control::of_card(&incident, &pages),
            replaces: card.external_id.clone(),
        };
        let key = format!("{id}:card:{}:{}", card.room, incident.card);
        // An edit is repeated without harm.
        let again = card.external_id.is_none() && card.attempts > 1;
        Ok((platform, Envelope { key, again, what }, incident.card))
    }

    async fn card_facts(
        &self,
        id: IncidentId,
    ) -> Result<Option<(firebell_core::incident::Incident, Vec<firebell_core::paging::page::Page>)>, StoreError> {
        self.intake
            .store
            .read(move |tx| {
                Box::pin(async move {
                    let Some(loaded) = incidents::get(tx, id).await? else { return Ok(None) };
                    Ok(Some((loaded.incident, pages::of_incident(tx, id).await?)))
                })
            })
            .await
    }

    async fn settle_card(&self, card: ClaimedCard, delivery: Delivery, version: i64) -> Result<(), Fault> {
        let now = self.intake.clock.now();
        let card = std::sync::Arc::new(card);
        let again: Option<DateTime<Utc>> = match &delivery {
            Delivery::RetryAfter(wait) => now.checked_add_signed(*wait),
            Delivery::Unknown if card.attempts < ATTEMPTS_MAX => now.checked_add_signed(TimeDelta::seconds(5)),
            Delivery::Unknown | Delivery::Impossible(_) | Delivery::Delivered(_) => None,
        };
        let write = self.intake.store.write(move |tx| {
            let (card, delivery) = (card.clone(), delivery.clone());
            Box::pin(async move {
                match &delivery {
                    Delivery::Delivered(made) => cards::sent(tx, &card, (version, &made.external_id), now).await,
                    _ => cards::not_sent(tx, &card, again).await,
                }
            })
        });
        Ok(write.await?)
    }
}
