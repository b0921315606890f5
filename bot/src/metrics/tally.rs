//! What a decision tells the numbers: read before it is committed, counted when it was.

use std::time::Duration;

use chrono::{DateTime, Utc};
use firebell_core::decide::Decision;
use firebell_core::directory::ContactMethod;
use firebell_core::effect::Work;
use firebell_core::ids::{NoticeId, PageId};
use firebell_core::paging::page::{Notice, Page, PageState};
use firebell_core::timeline::{Change, NoticeOutcome};

/// How far notices came, and how long pages took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// The new state of each notice, with its method.
    pub notices: Vec<(&'static str, &'static str)>,
    /// From when a page was raised until a provider or a person had its first notice.
    pub told: Vec<Duration>,
    /// From when a page was raised until it was acknowledged.
    pub acknowledged: Vec<Duration>,
}

impl Tally {
    /// What is to be counted once this decision is committed.
    pub fn of(decision: &Decision) -> Self {
        let mut tally = Self::default();
        for effect in &decision.effects {
            if let Work::Notice { method, .. } = effect.work {
                tally.notices.push(("queued", method.word()));
            }
        }
        for key in decision.cancelled.iter().filter(|key| key.contains(":notice:")) {
            let word = key.rsplit('.').next().unwrap_or_default();
            // The key ends with the method.
            let method = ContactMethod::ALL.into_iter().find(|method| method.word() == word);
            tally.notices.extend(method.map(|method| ("cancelled", method.word())));
        }
        let mut settled: Vec<(PageId, NoticeId)> = Vec::new();
        for (_, entry) in &decision.entries {
            match &entry.change {
                Some(Change::NoticeSettled { page, notice, method, outcome, .. }) => {
                    tally.notices.push((state(outcome), method.word()));
                    if outcome.lost().is_none() {
                        settled.push((*page, *notice));
                    }
                }
                Some(Change::Acknowledged { page, .. }) => {
                    let page = decision.pages.iter().find(|held| held.id == *page);
                    tally.acknowledged.extend(page.and_then(answered_after));
                }
                _ => {}
            }
        }
        let first = decision.pages.iter().filter_map(|page| first_told(page, &settled));
        tally.told.extend(first);
        tally
    }
}

fn state(outcome: &NoticeOutcome) -> &'static str {
    match outcome {
        NoticeOutcome::SentAgain => "sent_again",
        NoticeOutcome::DeliveredAgain => "delivered_again",
        other => other.word(),
    }
}

/// A page that one answer was not enough for is not acknowledged yet.
fn answered_after(page: &Page) -> Option<Duration> {
    match page.state {
        PageState::Acknowledged { at, .. } => since(page.raised_at, at),
        PageState::Open | PageState::Ended { .. } => None,
    }
}

/// How long it took until the first notice of a page was delivered, if that is among those that were settled now.
fn first_told(page: &Page, settled: &[(PageId, NoticeId)]) -> Option<Duration> {
    let delivered: Vec<(NoticeId, DateTime<Utc>)> = page
        .notices
        .iter()
        .filter(|notice| notice.state.is_out())
        .filter_map(|notice| Some((notice.id, left(notice)?)))
        .collect();
    let now = |(notice, _): &(NoticeId, DateTime<Utc>)| settled.contains(&(page.id, *notice));
    let first = delivered.iter().map(|(_, at)| *at).min()?;
    delivered.iter().all(now).then(|| since(page.raised_at, first)).flatten()
}

/// When a provider, or the person, first had it.
fn left(notice: &Notice) -> Option<DateTime<Utc>> {
    notice.trail.sent_at.or(notice.trail.delivered_at).or(notice.state.since())
}

fn since(raised: DateTime<Utc>, at: DateTime<Utc>) -> Option<Duration> {
    at.signed_duration_since(raised).to_std().ok()
}
