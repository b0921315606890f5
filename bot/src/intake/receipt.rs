//! What providers tell of notices that they had accepted. Whoever tells it holds a token that is for one notice alone.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use firebell_core::actor::Actor;
use firebell_core::command::Command;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::{Effect, Told, Work};
use firebell_core::ids::{IncidentId, NoticeId, PageId};
use firebell_core::paging::notice::{Notice, Receipt, Stage};
use uuid::Uuid;

use super::load::{Before, turns};
use super::round::Unattended;
use super::{AnswerTo, Fault, Intake, token};
use crate::metrics::Tally;
use crate::store::{StoreError, Tx, Writes, bundles, incidents, pages};

/// For what tokens are signed.
const TOKEN: &str = "notice-receipt";
/// How many bytes a token says: page and notice.
const SAYS: usize = 16 + 8;

/// The notice that a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptFor {
    page: PageId,
    notice: NoticeId,
}

impl Intake {
    /// A token with which a provider tells until an instant how this notice fares.
    ///
    /// # Errors
    /// The key cannot sign.
    pub(crate) fn receipt_token(&self, page: PageId, notice: NoticeId, until: DateTime<Utc>) -> Result<String, Fault> {
        let says = [page.0.as_bytes().as_slice(), &notice.0.to_be_bytes()].concat();
        Ok(token::token(&self.keyring, TOKEN, &says, until)?)
    }

    /// What a token is for; nothing where it was not made here, or is no longer good.
    pub fn read_receipt_token(&self, token: &str) -> Option<ReceiptFor> {
        let (says, _) = token::read::<SAYS>(&self.keyring, TOKEN, token, self.clock.now())?;
        let (page, notice) = says.split_at(16);
        let notice = NoticeId(i64::from_be_bytes(notice.try_into().ok()?));
        Some(ReceiptFor { page: PageId(Uuid::from_slice(page).ok()?), notice })
    }

    /// Takes note of what a provider tells; what it tells twice, or late, changes nothing.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn take_receipt(&self, of: ReceiptFor, receipt: Receipt) -> Result<(), Fault> {
        let (now, seed, this) = (self.clock.now(), self.entropy.seed()?, self.clone());
        let taken = self.write_in_race(move |tx| {
            let (this, receipt) = (this.clone(), receipt.clone());
            Box::pin(async move { this.take_receipt_in(tx, of, &receipt, (seed, now)).await })
        });
        self.metrics.add(&taken.await?);
        Ok(())
    }

    /// Takes note that a call was taken, since its carrier asks what to say in it.
    ///
    /// # Errors
    /// Nothing was committed.
    pub async fn take_call(&self, of: AnswerTo, call: &str) -> Result<(), Fault> {
        let Some(page) = self.page(of.page).await? else { return Ok(()) };
        let own = |held: &&Notice| (held.person, held.method) == (of.person, ContactMethod::Voice);
        let this = |held: &&Notice| held.trail.provider_id.as_deref() == Some(call);
        let mut calls = page.notices.iter().rev().filter(own);
        // The answer to the attempt, which names the call, may still be on its way.
        let Some(held) = calls.clone().find(this).or_else(|| calls.next()) else { return Ok(()) };
        let (provider_id, word) = (call.to_owned(), "in-progress".to_owned());
        let receipt = Receipt { provider_id, stage: Stage::Read, word, reason: None };
        self.take_receipt(ReceiptFor { page: page.id, notice: held.id }, receipt).await
    }

    async fn take_receipt_in(
        &self,
        tx: &mut Tx<'_>,
        of: ReceiptFor,
        receipt: &Receipt,
        (seed, now): ([u8; 32], DateTime<Utc>),
    ) -> Result<Tally, StoreError> {
        let told = told_by(tx, of).await?;
        // Incidents are locked before pages, and only the pages say whose they are.
        let ids: BTreeSet<Uuid> = told.iter().map(|(page, _)| page.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let found = pages::get_all(tx, &ids).await?;
        let mut numbers: Vec<i64> = found.iter().map(|page| page.incident.0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let loaded = incidents::lock_all(tx, &numbers).await?;
        let before: Before = loaded.into_iter().map(|loaded| (loaded.incident.id, loaded)).collect();
        let held = pages::lock_sound(tx, &ids).await?;
        let incident_of = |page: PageId| -> Option<IncidentId> {
            found.iter().find(|held| held.id == page).map(|held| held.incident)
        };
        let directory = self.directory_in(tx).await?;
        let turns = turns(tx, &directory).await?;
        let round = Unattended::new((self, directory), Actor::delivery(), (seed, now), (&before, held));
        let mut round = round.after(turns);
        for (page, notice) in told {
            if let Some(incident) = incident_of(page) {
                round.run(incident, Command::NoticeReceipt { page, notice, receipt: receipt.clone() });
            }
        }
        let Some(decision) = round.decided() else { return Ok(Tally::default()) };
        let mut writes = Writes::new(tx);
        let tally = self.commit((tx, &mut writes), before, decision, (seed, now)).await?;
        writes.run(tx).await?;
        Ok(tally)
    }
}

/// The notice, and those that its message told besides.
async fn told_by(tx: &mut Tx<'_>, of: ReceiptFor) -> Result<Vec<(PageId, NoticeId)>, StoreError> {
    let mut told = vec![(of.page, of.notice)];
    let found = pages::get_all(tx, &[of.page.0]).await?;
    let Some((page, notice)) = found.first().and_then(|page| Some((page, page.notice(of.notice)?))) else {
        return Ok(told);
    };
    let key = Effect::notice(page.incident, page.id, &Told::of(notice)).key;
    let carried = bundles::carried_by(tx, &key).await?.into_iter().filter_map(|work| match work {
        Work::Notice { page, notice, .. } => Some((page, notice)),
        _ => None,
    });
    told.extend(carried);
    Ok(told)
}
