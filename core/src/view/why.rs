//! Why somebody was paged, or was not.

use std::collections::BTreeSet;

use serde::Serialize;

use super::WhoView;
use super::format::Clock;
use super::record::Record;
use crate::ids::PersonId;
use crate::paging::page::{Due, DueStep, Notice, NoticeState, Page, PageState};

/// Every notice of an incident's pages, to one person or to all, and why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WhyView {
    pub id: String,
    pub zone: String,
    /// Whom the question is about; `None` for everybody.
    pub person: Option<String>,
    pub pages: Vec<PageView>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageView {
    /// Its place among the incident's pages, from 1.
    pub number: usize,
    /// `None` for a page to a named person or to the last resort.
    pub policy: Option<String>,
    /// Whether it began with the last resort, as no policy covered the incident.
    pub unnamed: bool,
    /// The version of the policy that the page keeps.
    pub version: i64,
    pub raised: String,
    pub raised_by: WhoView,
    /// The entry that raised it: `E4`.
    pub entry: String,
    /// `open`, `acknowledged` or `ended`.
    pub state: &'static str,
    pub acknowledged_by: Option<String>,
    /// Why it ended without an acknowledgement.
    pub reason: Option<&'static str>,
    pub ended: Option<String>,
    /// What an open page does next, and when.
    pub next: Option<String>,
    pub next_at: Option<String>,
    pub notices: Vec<NoticeRow>,
    /// People of the page who were told nothing.
    pub absent: Vec<AbsentView>,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoticeRow {
    pub id: String,
    pub person: String,
    pub method: &'static str,
    /// `step 1`, `step 1, round 2` or `last resort 1`.
    pub occasion: String,
    pub queued: String,
    pub state: &'static str,
    /// When it was delivered, failed or taken back.
    pub settled: Option<String>,
    /// Whether it may have arrived twice.
    pub again: bool,
    pub failed: Option<String>,
}

/// Why somebody was told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbsentView {
    pub person: String,
    pub why: String,
}

impl WhyView {
    /// Every notice of the incident's pages, to this person or to all.
    pub fn of(record: &Record<'_>, person: Option<PersonId>) -> Self {
        let pages = record.pages.iter().enumerate();
        Self {
            id: record.incident.id.to_string(),
            zone: record.times.name(),
            person: person.map(|person| record.handle(person)),
            pages: pages.map(|(index, page)| PageView::of(record, page, index + 1, person)).collect(),
        }
    }
}

impl PageView {
    pub(super) fn of(record: &Record<'_>, page: &Page, number: usize, only: Option<PersonId>) -> Self {
        let clock = Clock::of(record);
        let notices = page.notices.iter().filter(|notice| only.is_none_or(|person| person == notice.person));
        let (acknowledged_by, reason, ended) = match &page.state {
            PageState::Open => (None, None, None),
            PageState::Acknowledged { at, by } => (Some(record.handle(*by)), None, Some(*at)),
            PageState::Ended { at, reason } => (None, Some(reason.word()), Some(*at)),
        };
        let due = page.due.as_ref();
        Self {
            number,
            policy: page.pinned.policy.as_ref().map(ToString::to_string),
            unnamed: page.pinned.policy.is_none() && page.pinned.steps.is_empty(),
            version: page.pinned.version,
            raised: clock.moment(page.raised_at),
            raised_by: WhoView::of(&page.raised_by, record),
            entry: page.raised.to_string(),
            state: page.state.word(),
            acknowledged_by,
            reason,
            ended: ended.map(|at| clock.moment(at)),
            next: due.map(|due| occasion(due.what)),
            next_at: due.map(|due| clock.moment(due.at)),
            notices: notices.map(|notice| NoticeRow::of(record, notice, clock)).collect(),
            absent: absent(record, page, only, clock),
        }
    }
}

impl NoticeRow {
    fn of(record: &Record<'_>, notice: &Notice, clock: Clock) -> Self {
        let (settled, again, failed) = match &notice.state {
            NoticeState::Queued => (None, false, None),
            NoticeState::Delivered { at, again } => (Some(*at), *again, None),
            NoticeState::Failed { at, reason } => (Some(*at), false, Some(reason.clone())),
            NoticeState::Cancelled { at } => (Some(*at), false, None),
        };
        Self {
            id: notice.id.to_string(),
            person: record.handle(notice.person),
            method: notice.method.word(),
            occasion: occasion(notice.occasion),
            queued: clock.moment(notice.queued_at),
            state: notice.state.word(),
            settled: settled.map(|at| clock.moment(at)),
            again,
            failed,
        }
    }
}

fn occasion(what: DueStep) -> String {
    match what {
        DueStep::Step { round: 0, step } => format!("step {}", step + 1),
        DueStep::Step { round, step } => format!("step {}, round {}", step + 1, round + 1),
        DueStep::LastResort { round } => format!("last resort {round}"),
    }
}

/// The people of the page who were told nothing, and whoever was asked about.
fn absent(record: &Record<'_>, page: &Page, only: Option<PersonId>, clock: Clock) -> Vec<AbsentView> {
    let steps: BTreeSet<PersonId> = page.pinned.steps.iter().flat_map(|step| step.people.iter().copied()).collect();
    let asked = match only {
        Some(person) => vec![person],
        None => steps.union(&record.directory.last_resort.iter().copied().collect()).copied().collect(),
    };
    asked
        .into_iter()
        .filter(|person| !page.notices.iter().any(|notice| notice.person == *person))
        .map(|person| AbsentView { person: record.handle(person), why: why_not(record, page, person, clock) })
        .collect()
}

fn why_not(record: &Record<'_>, page: &Page, person: PersonId, clock: Clock) -> String {
    match record.directory.people.get(&person) {
        None => return "the directory does not know them".to_owned(),
        Some(held) if !held.active => return "they have left".to_owned(),
        Some(held) if held.contacts.is_empty() => return "they have no contact method".to_owned(),
        Some(_) => {}
    }
    let Some(turn) = turn(record, page, person) else {
        return "neither a step of the page nor the last resort names them".to_owned();
    };
    match (&page.state, &page.due) {
        (PageState::Open, Some(Due { at, what })) if *what == turn => {
            format!("{} is due at {}", occasion(turn), clock.moment(*at))
        }
        (PageState::Open, _) => format!("{} is not due yet", occasion(turn)),
        (PageState::Acknowledged { at, by }, _) => {
            let (by, at) = (record.handle(*by), clock.moment(*at));
            format!("{by} acknowledged at {at}, before {} was due", occasion(turn))
        }
        (PageState::Ended { at, reason }, _) => {
            format!("the incident was {} at {}, before {} was due", reason.word(), clock.moment(*at), occasion(turn))
        }
    }
}

/// When the page would first have told them.
fn turn(record: &Record<'_>, page: &Page, person: PersonId) -> Option<DueStep> {
    let step = page.pinned.steps.iter().position(|step| step.people.contains(&person));
    let step = step.and_then(|step| i64::try_from(step).ok()).map(|step| DueStep::Step { round: 0, step });
    let last = record.directory.last_resort.contains(&person).then_some(DueStep::LastResort { round: 1 });
    step.or(last)
}
