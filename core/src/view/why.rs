//! Why somebody was paged, or was not.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::WhoView;
use super::format::Clock;
use super::record::Record;
use super::simulation::why;
use super::words::skipped;
use crate::ids::PersonId;
use crate::paging::page::{Due, DueStep, Fired, Notice, NoticeState, Page, PageState, RecipientState};
use crate::paging::target::{Meant, Target, Way};
use crate::when::compact_duration;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageView {
    /// Its place among the incident's pages, from 1.
    pub number: usize,
    /// The key of its policy; absent for a page to a named person or to the last resort.
    pub policy: Option<String>,
    /// Whether it began with the last resort, as no policy covered the incident.
    pub unnamed: bool,
    /// The version of the policy that the page keeps.
    pub version: i64,
    /// When it was raised.
    pub raised: String,
    /// Who raised it.
    pub raised_by: WhoView,
    /// The entry that raised it: `E4`.
    pub entry: String,
    /// `open`, `acknowledged` or `ended`.
    pub state: &'static str,
    /// The handle of whoever acknowledged it.
    pub acknowledged_by: Option<String>,
    /// Why it ended without an acknowledgement.
    pub reason: Option<&'static str>,
    /// When it was acknowledged or ended.
    pub ended: Option<String>,
    /// What an open page does next, and when.
    pub next: Option<String>,
    /// When that is due.
    pub next_at: Option<String>,
    /// The notices that were sent, or are about to be.
    pub notices: Vec<NoticeRow>,
    /// Steps that reached nobody when they were due.
    pub passed_over: Vec<PassedOverView>,
    /// People of the page who were told nothing.
    pub absent: Vec<AbsentView>,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NoticeRow {
    /// Its number within its page: `N4`.
    pub id: String,
    /// The handle of whoever was told.
    pub person: String,
    /// By what: `email`, `sms`, `slack`.
    pub method: &'static str,
    /// `step 1`, `step 1, round 2` or `last resort 1`.
    pub occasion: String,
    /// By what the step means them, where it does not name them: `web, layer primary`.
    pub because: Option<String>,
    /// When it was queued.
    pub queued: String,
    /// The states that it went through before the present one, with their times: `sent 09:02`.
    pub passed: Vec<String>,
    /// `sending` is queued and tried; nobody knows yet how that ended.
    pub state: &'static str,
    /// When it came into the state.
    pub settled: Option<String>,
    /// How long that was after it was queued: `2m3s`; absent below a second.
    pub took: Option<String>,
    /// Whether it may have arrived twice.
    pub again: bool,
    /// Why it did not arrive, if it did not.
    pub failed: Option<String>,
    /// How often it was tried, if more than once.
    pub attempts: Option<i64>,
    /// What its provider calls it.
    pub provider: Option<String>,
    /// The last word of its provider, and when it came.
    pub receipt: Option<String>,
    /// When that word came.
    pub receipt_at: Option<String>,
    /// When the person acknowledged, at the newest notice that had reached them by then.
    pub acknowledged: Option<String>,
}

/// A step that reached nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PassedOverView {
    /// Which step: `step 1`, `step 1, round 2` or `last resort 1`.
    pub occasion: String,
    /// When it was due.
    pub at: String,
    /// Why it reached nobody.
    pub why: &'static str,
    /// Schedules by which nobody was on call.
    pub uncovered: Vec<String>,
}

/// Why somebody was told nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct AbsentView {
    /// The person's handle, without the `@`.
    pub person: String,
    /// Why they were told nothing.
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
            notices: notices.map(|notice| NoticeRow::of(record, (page, notice), clock)).collect(),
            passed_over: page.fired.iter().filter_map(|fired| PassedOverView::of(fired, clock)).collect(),
            absent: absent(record, page, only, clock),
        }
    }
}

impl PassedOverView {
    fn of(fired: &Fired, clock: Clock) -> Option<Self> {
        Some(Self {
            occasion: occasion(fired.occasion),
            at: clock.moment(fired.at),
            why: skipped(fired.skipped?),
            uncovered: fired.uncovered.iter().map(ToString::to_string).collect(),
        })
    }
}

impl NoticeRow {
    fn of(record: &Record<'_>, (page, notice): (&Page, &Notice), clock: Clock) -> Self {
        let fired = page.fired.iter().find(|fired| fired.occasion == notice.occasion);
        let mut meant = fired.into_iter().flat_map(|fired| fired.meant.iter().chain(&fired.shadows));
        let because = meant.find(|meant| meant.person == notice.person).map(|meant| why(record.directory, &meant.by));
        let (trail, settled) = (&notice.trail, notice.state.since());
        let word = match notice.state {
            NoticeState::Queued if trail.attempts > 0 => "sending",
            _ => notice.state.word(),
        };
        let took = settled.map(|at| at - notice.queued_at).filter(|took| took.num_seconds() > 0);
        let receipt = trail.heard.as_ref();
        Self {
            id: notice.id.to_string(),
            person: record.handle(notice.person),
            method: notice.method.word(),
            occasion: occasion(notice.occasion),
            because: because.filter(|because| !because.is_empty()),
            queued: clock.moment(notice.queued_at),
            passed: passed(notice, clock),
            state: word,
            settled: settled.map(|at| clock.moment(at)),
            took: took.map(compact_duration),
            again: notice.state.again(),
            failed: notice.state.reason().map(str::to_owned),
            attempts: (trail.attempts > 1).then_some(trail.attempts),
            provider: trail.provider_id.clone().filter(|_| notice.method.has_address()),
            receipt: receipt.map(|heard| heard.word.clone()),
            receipt_at: receipt.map(|heard| clock.moment(heard.at)),
            acknowledged: acknowledged_by(page, notice).map(|at| clock.moment(at)),
        }
    }
}

/// The states before the present one.
fn passed(notice: &Notice, clock: Clock) -> Vec<String> {
    let trail = &notice.trail;
    let known = [("sent", trail.sent_at), ("delivered", trail.delivered_at), ("read", trail.read_at)];
    let before = known.into_iter().filter(|(word, _)| *word != notice.state.word());
    before.filter_map(|(word, at)| Some(format!("{word} {}", clock.moment(at?)))).collect()
}

/// When the person of a notice acknowledged, if of all that had reached them by then it was the newest.
fn acknowledged_by(page: &Page, notice: &Notice) -> Option<DateTime<Utc>> {
    let RecipientState::Acknowledged { at } = page.recipient(notice.person)?.state else { return None };
    let out = |held: &&Notice| held.person == notice.person && held.state.is_out();
    let by_then = page.notices.iter().filter(out).filter(|held| held.left_at().is_some_and(|left| left <= at));
    let newest = by_then.max_by_key(|held| (held.left_at(), held.id))?;
    (newest.id == notice.id).then_some(at)
}

fn occasion(what: DueStep) -> String {
    match what {
        DueStep::Step { round: 0, step } => format!("step {}", step + 1),
        DueStep::Step { round, step } => format!("step {}, round {}", step + 1, round + 1),
        DueStep::LastResort { round } => format!("last resort {round}"),
        DueStep::Again => "the page anew".to_owned(),
    }
}

/// The people of the page who were told nothing, and whoever was asked about.
fn absent(record: &Record<'_>, page: &Page, only: Option<PersonId>, clock: Clock) -> Vec<AbsentView> {
    let named = page.pinned.steps.iter().flat_map(|step| &step.people);
    let meant = page.fired.iter().flat_map(|fired| fired.meant.iter().map(|meant| &meant.person));
    let steps: BTreeSet<PersonId> = named.chain(meant).copied().collect();
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
        return others(record, page, clock)
            .unwrap_or_else(|| "neither a step of the page nor the last resort names them".to_owned());
    };
    match (&page.state, &page.due) {
        (PageState::Open, Some(Due { at, what, deferred })) if *what == turn => {
            let waits = if *deferred { ", as the page does not hurry and waits for its policy's hours" } else { "" };
            format!("{} is due at {}{waits}", occasion(turn), clock.moment(*at))
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

/// Who was on call instead, at each step that asked a schedule.
fn others(record: &Record<'_>, page: &Page, clock: Clock) -> Option<String> {
    let by_schedule = |meant: &&Meant| matches!(meant.by, Way::Schedule { .. } | Way::Turn { .. });
    let instead = |fired: &Fired| {
        let people = fired.meant.iter().filter(by_schedule);
        let people = people.map(|m| format!("{} ({})", record.handle(m.person), why(record.directory, &m.by)));
        let people = people.collect::<Vec<_>>().join(", ");
        let (occasion, at) = (occasion(fired.occasion), clock.moment(fired.at));
        (!people.is_empty()).then(|| format!("{occasion} meant {people} at {at}"))
    };
    let all: Vec<String> = page.fired.iter().filter_map(instead).collect();
    (!all.is_empty()).then(|| format!("they were not on call: {}", all.join("; ")))
}

/// When the page would first have told them. Whom a step means that asks a schedule is known when it is due; of the one that
/// is due next it is told as of then.
fn turn(record: &Record<'_>, page: &Page, person: PersonId) -> Option<DueStep> {
    let fired = page.fired.iter().find(|fired| fired.meant.iter().any(|meant| meant.person == person));
    let step = fired.map(|fired| fired.occasion).or_else(|| {
        let step = page.pinned.steps.iter().position(|step| step.people.contains(&person))?;
        Some(DueStep::Step { round: 0, step: i64::try_from(step).ok()? })
    });
    let step = step.or_else(|| {
        let Due { at, what, .. } = page.due.as_ref()?;
        let DueStep::Step { step, .. } = what else { return None };
        let target = Target::everybody(&page.pinned.step(*step), record.directory, *at);
        target.people().contains(&person).then_some(*what)
    });
    let last = record.directory.last_resort.contains(&person).then_some(DueStep::LastResort { round: 1 });
    step.or(last)
}
