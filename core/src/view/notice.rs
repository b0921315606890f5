//! What a person is told who is paged, when it is over, or when Firebell itself is in trouble.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::WhoView;
use super::format::{Clock, severity};
use super::record::{Amendments, Record};
use crate::ids::NoticeId;
use crate::paging::page::{DueStep, Page, PageState};
use crate::timeline::Change;

/// A page's message to one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeView {
    pub incident: String,
    pub severity: String,
    pub drill: bool,
    pub private: bool,
    /// `None` for a private incident: a lock screen is no secret.
    pub title: Option<String>,
    /// What whoever raised the page wrote; `None` for a private incident.
    pub message: Option<String>,
    pub person: String,
    pub raised_by: WhoView,
    pub raised: String,
    pub policy: Option<String>,
    /// The step, counted from 1; `None` for the last resort.
    pub step: Option<i64>,
    /// Whether an earlier attempt ended without an answer, so that this may be its second copy.
    pub again: bool,
}

/// That a page is over, to one who was told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WithdrawView {
    pub incident: String,
    pub drill: bool,
    pub person: String,
    /// Who acknowledged it, if it ended so.
    pub acknowledged_by: Option<String>,
    /// Why it ended otherwise: `resolved`, `cancelled` or `merged`.
    pub reason: Option<String>,
    pub time: Option<String>,
}

/// Firebell's own alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlarmView {
    /// The auditor's word for what is wrong.
    pub finding: String,
}

/// A notice that is to prove that notices arrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyntheticView {
    /// Whom it goes to.
    pub person: String,
    /// When it was due, in UTC.
    pub due: String,
    /// An earlier attempt ended without an answer.
    pub again: bool,
}

/// What a channel or webhook is told of a step of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CallView {
    pub incident: String,
    pub severity: String,
    pub drill: bool,
    pub private: bool,
    /// Absent for a private incident.
    pub title: Option<String>,
    pub message: Option<String>,
    /// When the page was raised.
    pub raised: String,
    pub policy: Option<String>,
    /// Counted from 1.
    pub step: i64,
    /// Whom the step pages.
    pub people: Vec<String>,
}

impl NoticeView {
    /// The message of this notice; `None` when the page does not hold it. Needs the entry that raised the page.
    pub fn of(record: &Record<'_>, page: &Page, notice: NoticeId, again: bool) -> Option<Self> {
        let notice = page.notice(notice)?;
        let incident = record.incident;
        let open = !incident.is_private();
        Some(Self {
            incident: incident.id.to_string(),
            severity: severity(&incident.severity),
            drill: incident.drill,
            private: !open,
            title: open.then(|| incident.title.clone()),
            message: if open { message(record, page) } else { None },
            person: record.handle(notice.person),
            raised_by: WhoView::of(&page.raised_by, record),
            raised: Clock::of(record).moment(page.raised_at),
            policy: page.pinned.policy.as_ref().map(ToString::to_string),
            step: match notice.occasion {
                DueStep::Step { step, .. } => Some(step + 1),
                DueStep::LastResort { .. } | DueStep::Again => None,
            },
            again,
        })
    }
}

impl CallView {
    /// What a channel or webhook is told of a step; `None` when the page has not come to it. Needs the entry that raised the
    /// page.
    pub fn of(record: &Record<'_>, page: &Page, occasion: DueStep) -> Option<Self> {
        let fired = page.fired.iter().find(|fired| fired.occasion == occasion)?;
        let incident = record.incident;
        let open = !incident.is_private();
        let DueStep::Step { step, .. } = occasion else { return None };
        Some(Self {
            incident: incident.id.to_string(),
            severity: severity(&incident.severity),
            drill: incident.drill,
            private: !open,
            title: open.then(|| incident.title.clone()),
            message: if open { message(record, page) } else { None },
            raised: Clock::of(record).moment(page.raised_at),
            policy: page.pinned.policy.as_ref().map(ToString::to_string),
            step: step + 1,
            people: fired.meant.iter().filter(|_| open).map(|meant| record.handle(meant.person)).collect(),
        })
    }
}

impl WithdrawView {
    /// The word to the person of this notice that the page is over; `None` when the page does not hold the notice.
    pub fn of(record: &Record<'_>, page: &Page, notice: NoticeId) -> Option<Self> {
        let notice = page.notice(notice)?;
        let clock = Clock::of(record);
        let (acknowledged_by, reason, at) = match &page.state {
            PageState::Open => (None, None, None),
            PageState::Acknowledged { at, by } => (Some(record.handle(*by)), None, Some(*at)),
            PageState::Ended { at, reason } => (None, Some(reason.word().to_owned()), Some(*at)),
        };
        Some(Self {
            incident: record.incident.id.to_string(),
            drill: record.incident.drill,
            person: record.handle(notice.person),
            acknowledged_by: acknowledged_by.or_else(|| own_answer(record, page, notice.person)),
            reason,
            time: at.map(|at| clock.moment(at)),
        })
    }
}

impl SyntheticView {
    /// The one for this person that was due at this instant.
    pub fn of(person: &str, due: DateTime<Utc>, again: bool) -> Self {
        Self { person: person.to_owned(), due: due.format("%Y-%m-%d %H:%M UTC").to_string(), again }
    }
}

impl AlarmView {
    /// The alarm for this finding.
    pub fn of(finding: &str) -> Self {
        Self { finding: finding.to_owned() }
    }
}

/// Where everyone must answer, a person's own acknowledgement ends it for them while the page stays open.
fn own_answer(record: &Record<'_>, page: &Page, person: crate::ids::PersonId) -> Option<String> {
    let recipient = page.recipient(person)?;
    let answered = matches!(recipient.state, crate::paging::page::RecipientState::Acknowledged { .. });
    answered.then(|| record.handle(person))
}

fn message(record: &Record<'_>, page: &Page) -> Option<String> {
    let raised = record.entries.iter().find(|entry| entry.id == page.raised)?;
    match Amendments::of(record.entries).effective(raised).change?.as_ref() {
        Change::Paged { message, .. } => message.clone(),
        _ => None,
    }
}
