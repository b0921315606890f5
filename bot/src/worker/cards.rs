//! Cards: the newest version of each, edited in place.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::effect::{Delivery, Work};
use firebell_core::ids::IncidentId;
use firebell_core::incident::RoomState;
use firebell_core::view;

use super::{LEASE, Worker};
use crate::intake::Fault;
use crate::platform::{Envelope, Outgoing, Platform};
use crate::store::cards::{self, ClaimedCard};
use crate::store::effects::Claimed;
use crate::store::{StoreError, incidents, pages};

/// After so many attempts a card waits for the next version.
const ATTEMPTS_MAX: i64 = 20;
/// After so many attempts a room is closed without the last version of its card; more than a card's lease in seconds.
const CLOSE_ATTEMPTS_MAX: i64 = 40;

impl Worker {
    pub(super) async fn claim_cards(&self, limit: i64) -> Result<Vec<ClaimedCard>, Fault> {
        if limit <= 0 {
            return Ok(Vec::new());
        }
        let now = self.intake.clock.now();
        let ready = self.intake.store.read(move |tx| Box::pin(cards::any_ready(tx, now))).await?;
        if !ready {
            return Ok(Vec::new());
        }
        Ok(self.intake.store.write(move |tx| Box::pin(cards::claim(tx, now, LEASE, limit))).await?)
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
        let prepared = self.prepare_card(&card).await?;
        let delivery = match &prepared {
            Some((platform, envelope, _)) => self.deliver(platform, envelope).await,
            None => Delivery::Impossible("its room is not open".to_owned()),
        };
        let version = prepared.map_or(0, |(_, _, version)| version);
        self.settle_card(card, delivery, version).await
    }

    async fn prepare_card(&self, card: &ClaimedCard) -> Result<Option<(Platform, Envelope, i64)>, Fault> {
        let id = card.incident;
        let Some((incident, pages)) = self.card_facts(id).await? else { return Ok(None) };
        let Some(room) = incident.room(card.room) else { return Ok(None) };
        let RoomState::Open { external_id, .. } = &room.state else { return Ok(None) };
        let Some(platform) = self.platform(room.workspace) else { return Ok(None) };
        let directory = self.intake.directory().await?;
        let record = view::Record {
            incident: &incident,
            entries: &[],
            messages: &[],
            pages: &pages,
            directory: &directory,
            settings: &self.intake.settings,
            zone: chrono_tz::UTC,
            head: super::material::no_head(),
        };
        let text = self.intake.renderer.card(platform.target(), &view::CardView::of(&record))?;
        let what = Outgoing::Card { room: external_id.clone(), text, replaces: card.external_id.clone() };
        let key = format!("{id}:card:{}:{}", card.room, incident.card);
        Ok(Some((platform, Envelope { key, again: false, what }, incident.card)))
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
