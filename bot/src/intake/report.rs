//! Reports over many incidents, added up from what the database holds.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::ids::IncidentId;
use firebell_core::oncall::shift::Span;
use firebell_core::report::{Asked, CausesReport, Report, Tally};

use super::{Fault, Intake};
use crate::render::ReportAs;
use crate::store::{StoreError, Tx, incidents, pages};

/// How many incidents are held at once, so that years of them fit into memory.
const INCIDENTS: i64 = 200;
/// How many rows of pages are held at once.
const ROWS: i64 = 10_000;
/// How far back declarations may have been recorded that people have put later since.
const CORRECTED: TimeDelta = TimeDelta::days(30);

impl Intake {
    /// A report for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read, or a template does not render.
    pub async fn operator_report(&self, asked: Asked, format: ReportAs) -> Result<String, Fault> {
        let report = self.gathered(asked, whole).await?;
        Ok(self.renderer.report(format, &report)?)
    }

    /// What keeps coming back, for whoever holds the database.
    ///
    /// # Errors
    /// As [`Intake::operator_report`].
    pub async fn operator_causes(&self, asked: Asked, format: ReportAs) -> Result<String, Fault> {
        let report = self.gathered(asked, recurring).await?;
        Ok(self.renderer.recurring(format, &report)?)
    }

    /// All of it as of one snapshot.
    async fn gathered<R: Send + 'static>(
        &self,
        asked: Asked,
        finish: impl FnOnce(Tally<'_>) -> R + Send + 'static,
    ) -> Result<R, Fault> {
        let (directory, settings, now) = (self.directory().await?, self.settings.clone(), self.clock.now());
        let read = self.store.read(move |tx| {
            Box::pin(async move {
                let mut tally = Tally::new(asked, &directory, &settings, now);
                declared(tx, &asked, &mut tally).await?;
                promised(tx, now, &mut tally).await?;
                told(tx, &asked, &mut tally).await?;
                Ok(finish(tally))
            })
        });
        Ok(read.await?)
    }
}

fn whole(tally: Tally<'_>) -> Report {
    tally.report()
}

fn recurring(tally: Tally<'_>) -> CausesReport {
    tally.causes()
}

/// The incidents of the period. When each was declared is looked at in core: people may have put it elsewhere than it was
/// recorded, nearly always earlier.
async fn declared(tx: &mut Tx<'_>, asked: &Asked, tally: &mut Tally<'_>) -> Result<(), StoreError> {
    let from = asked.since.checked_sub_signed(CORRECTED).unwrap_or_default().max(DateTime::UNIX_EPOCH);
    let mut after = IncidentId(0);
    loop {
        let slice = incidents::declared_since(tx, from, (after, INCIDENTS)).await?;
        for loaded in &slice {
            tally.incident(&loaded.incident);
        }
        match slice.last() {
            Some(last) => after = last.incident.id,
            None => return Ok(()),
        }
    }
}

/// The incidents of which a follow-up is overdue.
async fn promised(tx: &mut Tx<'_>, now: DateTime<Utc>, tally: &mut Tally<'_>) -> Result<(), StoreError> {
    let mut after = IncidentId(0);
    loop {
        let slice = incidents::with_overdue(tx, now, (after, INCIDENTS)).await?;
        for loaded in &slice {
            tally.promised(&loaded.incident);
        }
        match slice.last() {
            Some(last) => after = last.incident.id,
            None => return Ok(()),
        }
    }
}

/// Whom pages told within the period.
async fn told(tx: &mut Tx<'_>, asked: &Asked, tally: &mut Tally<'_>) -> Result<(), StoreError> {
    let epoch = DateTime::UNIX_EPOCH;
    let span = Span { start: asked.since.max(epoch), end: asked.until.max(epoch) };
    let mut after = None;
    loop {
        let slice = pages::told(tx, span, (after, ROWS)).await?;
        for (_, told) in &slice {
            tally.page(*told);
        }
        match slice.last() {
            Some((page, told)) => after = Some((*page, told.person)),
            None => return Ok(()),
        }
    }
}
