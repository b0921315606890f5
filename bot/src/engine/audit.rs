//! The auditor: looks for what should never be, and raises an alarm of its own for it.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::directory::Directory;
use firebell_core::effect::Effect;
use firebell_core::ids::{IncidentId, Key};
use firebell_core::timeline::InstallationChange;

use super::Engine;
use crate::intake::{CalendarStanding, Fault};
use crate::store::synthetic::{self, Standing};
use crate::store::{StoreError, Tx, effects, pages};
use crate::web::Audit;

/// A notice that nobody could deliver for so long is a finding.
const STUCK: TimeDelta = TimeDelta::minutes(15);
/// A page that should have gone on so long ago is a finding: timers are late by milliseconds.
const OVERDUE: TimeDelta = TimeDelta::minutes(2);
/// How many incidents are named whose notices all failed.
const NAMED: i64 = 9;

/// Something that should never be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nobody would ever be paged.
    Timeless,
    /// Somebody should have been paged by now.
    Overdue,
    /// Notices wait that should have been delivered.
    Stuck,
    /// Every notice failed that was sent to somebody whom the incident's page waits for.
    DeadLetter(IncidentId),
    /// The synthetic page that was sent then did not arrive.
    Unproven(DateTime<Utc>),
    /// A calendar cannot be read since then.
    Unread(Key, DateTime<Utc>),
}

impl Finding {
    const KINDS: [&str; 6] = ["timeless", "overdue", "stuck", "dead_letter", "synthetic", "calendar"];

    /// Its word in metrics.
    fn kind(&self) -> &'static str {
        match self {
            Self::Timeless => "timeless",
            Self::Overdue => "overdue",
            Self::Stuck => "stuck",
            Self::DeadLetter(_) => "dead_letter",
            Self::Unproven(_) => "synthetic",
            Self::Unread(..) => "calendar",
        }
    }

    /// Whether Firebell does not do its work. Else it does what it can, and somebody must mend what is outside.
    fn stalls(&self) -> bool {
        match self {
            Self::Timeless | Self::Overdue | Self::Stuck => true,
            Self::DeadLetter(_) | Self::Unproven(_) | Self::Unread(..) => false,
        }
    }

    /// In words that anybody may read.
    fn words(&self) -> String {
        match self {
            Self::Timeless => "open pages without a due time".to_owned(),
            Self::Overdue => "pages that are overdue by more than 2 minutes".to_owned(),
            Self::Stuck => "notices that could not be delivered for 15 minutes".to_owned(),
            Self::DeadLetter(incident) => format!("no notice gets through to somebody whom {incident} pages"),
            Self::Unproven(sent) => {
                format!("the synthetic page of {} did not arrive", sent.format("%Y-%m-%d %H:%M UTC"))
            }
            Self::Unread(calendar, since) => {
                let since = since.format("%Y-%m-%d %H:%M UTC");
                format!("calendar {calendar} could not be read since {since}; what it said then counts on")
            }
        }
    }

    /// For when its alarm is: what is told for one instant is told once, and else once an hour.
    fn instant(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Unproven(at) | Self::Unread(_, at) => *at,
            Self::Timeless | Self::Overdue | Self::Stuck | Self::DeadLetter(_) => now,
        }
    }
}

impl Engine {
    /// Raises an alarm for what should never be, and puts right what can be.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit(&self) -> Result<(), Fault> {
        let since = Since {
            stuck: self.before(STUCK),
            // What fell due while nobody served is gone on with at this moment.
            overdue: (self.health.up_for() >= OVERDUE).then(|| self.before(OVERDUE)),
        };
        let (mut findings, proof) = self.intake.store.read(move |tx| Box::pin(findings(tx, since))).await?;
        let missed = self.synthetic.as_ref().zip(proof);
        let missed = missed.and_then(|(synthetic, proof)| synthetic.missed(&proof, self.intake.clock.now()));
        findings.extend(missed.map(Finding::Unproven));
        // After a long stop there was nobody to read it, which is no failure.
        let failing = |held: &CalendarStanding| held.stale && held.failure.is_some();
        let unread = self.intake.calendar_standings().await?.into_iter().filter(failing);
        findings.extend(unread.filter_map(|standing| Some(Finding::Unread(standing.calendar, standing.heard_at?))));
        for finding in &findings {
            self.raise_alarm(finding).await?;
        }
        let (stalled, unmet) = findings.iter().partition::<Vec<_>, _>(|finding| finding.stalls());
        let words = |findings: Vec<&Finding>| findings.into_iter().map(Finding::words).collect();
        self.health.audited(Audit { stalled: words(stalled), unmet: words(unmet) });
        let count = |kind| (kind, u64::try_from(findings.iter().filter(|f| f.kind() == kind).count()).unwrap_or(0));
        self.metrics.audited(self.intake.clock.now(), &Finding::KINDS.map(count));
        self.reconcile().await
    }

    async fn raise_alarm(&self, finding: &Finding) -> Result<(), Fault> {
        let (now, seed) = (self.intake.clock.now(), self.intake.seed()?);
        let (finding, instant) = (finding.words(), finding.instant(now));
        let alarms = alarms(&finding, &*self.intake.directory().await?, instant);
        tracing::error!(finding, "auditor raised an alarm");
        let intake = self.intake.clone();
        let raised = self.intake.store.write(move |tx| {
            let (intake, finding, alarms) = (intake.clone(), finding.clone(), alarms.clone());
            Box::pin(async move {
                // The key holds the hour: the second alarm for one hour changes nothing.
                let new = effects::unknown(tx, alarms).await?;
                if new.is_empty() {
                    return Ok(());
                }
                let change = InstallationChange::AlarmRaised { finding };
                intake.record_installation(tx, change, (seed, now)).await?;
                effects::queue(tx, &new, now).await
            })
        });
        Ok(raised.await?)
    }
}

/// Since when something is a finding.
#[derive(Debug, Clone, Copy)]
struct Since {
    stuck: DateTime<Utc>,
    /// Absent for a process that has not had the time to go on with what it found.
    overdue: Option<DateTime<Utc>>,
}

async fn findings(tx: &mut Tx<'_>, since: Since) -> Result<(Vec<Finding>, Option<Standing>), StoreError> {
    let mut findings = Vec::new();
    if pages::forgotten(tx).await? > 0 {
        findings.push(Finding::Timeless);
    }
    if let Some(since) = since.overdue
        && pages::overdue(tx, since).await? > 0
    {
        findings.push(Finding::Overdue);
    }
    if effects::stuck_notices(tx, since.stuck).await? > 0 {
        findings.push(Finding::Stuck);
    }
    findings.extend(pages::dead_letters(tx, NAMED).await?.into_iter().map(Finding::DeadLetter));
    Ok((findings, synthetic::get(tx).await?))
}

/// An alarm to everyone of the last resort, by their first contact method.
fn alarms(finding: &str, directory: &Directory, at: DateTime<Utc>) -> Vec<Effect> {
    directory
        .last_resort
        .iter()
        .filter_map(|person| directory.people.get(person))
        .filter_map(|person| Some(Effect::alarm(finding, person.id, *person.contacts.first()?, at)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_kind_and_says_what_is_wrong() {
        let unproven = Finding::Unproven(DateTime::UNIX_EPOCH);
        let unread = Finding::Unread(Key::new("days").unwrap(), DateTime::UNIX_EPOCH);
        let dead = Finding::DeadLetter(IncidentId(7));
        let all = [Finding::Timeless, Finding::Overdue, Finding::Stuck, dead, unproven.clone(), unread];
        assert_eq!(all.each_ref().map(Finding::kind), Finding::KINDS);
        for finding in all {
            assert!(!finding.words().is_empty() && !finding.words().contains('\n'), "{finding:?}");
        }
        assert_eq!(unproven.words(), "the synthetic page of 1970-01-01 00:00 UTC did not arrive");
        assert_eq!(Finding::DeadLetter(IncidentId(7)).words(), "no notice gets through to somebody whom INC-7 pages");
    }
}
