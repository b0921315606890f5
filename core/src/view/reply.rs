//! What the person who asked is told.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::format::{Clock, ShownIn};
use crate::ids::{ActionId, IncidentId};
use crate::reply::{CauseDone, Reply, ReviewDone};
use crate::times::KeyTime;

/// What the person who asked is told. Every field is there for every reply; those that it does not speak of are null.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word that templates ask for")]
pub struct ReplyView {
    /// The template that says it: `reply/` and the kind of reply.
    #[serde(skip)]
    pub template: &'static str,
    pub incident: String,
    /// The severity in capitals, or the status that it has now.
    pub to: Option<String>,
    pub role: Option<String>,
    /// A custom field.
    pub field: Option<String>,
    /// Whether the field holds nothing now.
    pub emptied: bool,
    pub person: Option<String>,
    /// Who is paged, or who still has to answer.
    pub people: Vec<String>,
    /// Where the postmortem is on its way to.
    pub targets: Vec<String>,
    /// Whether somebody should have been paged, and nobody is named to be.
    pub unpaged: bool,
    /// Until when a page waits that does not hurry, as `2026-11-21 14:05`.
    pub deferred: Option<String>,
    pub entry: Option<String>,
    pub action: Option<String>,
    pub message: Option<String>,
    /// What was redacted.
    pub target: Option<String>,
    /// The incident it was merged into.
    pub into: Option<String>,
    /// `2026-11-21 14:05`.
    pub next_due: Option<String>,
    /// Schedules, by their keys.
    pub schedules: Vec<String>,
    /// Who is on call again.
    pub again: Vec<String>,
    /// Whether nobody is on call for a while.
    pub gap: bool,
    /// From when somebody is on call, as `2026-11-21 14:05`.
    pub start: Option<String>,
    /// And until when.
    pub end: Option<String>,
    /// The name of a workspace or a tracker.
    pub place: Option<String>,
    /// Whether something is on, accepted, or was there before.
    pub on: bool,
    /// Whether there is one room alone, or one person.
    pub alone: bool,
    /// An account, by the platform's id.
    pub account: Option<String>,
    /// Who an account belonged to before, or in whose place somebody is on call.
    pub was: Option<String>,
    /// The contact method that somebody must add themselves.
    pub unreached: Option<String>,
    /// A contact method.
    pub method: Option<String>,
    /// Several of them, or rules.
    pub methods: Vec<String>,
    /// As much of an address as its owner needs to know it again.
    pub address: Option<String>,
    /// Sections of the postmortem.
    pub sections: Vec<String>,
    /// For how long a code is good.
    pub minutes: Option<i64>,
    /// A cause: `F2`.
    pub cause: Option<String>,
    /// Another one, to which it led.
    pub other: Option<String>,
    /// A third one, because of which it came about.
    pub because: Option<String>,
    /// A key time.
    pub time: Option<String>,
    /// Key times that come in an unlikely order.
    pub disorder: Vec<DisorderView>,
    /// A section of the postmortem.
    pub section: Option<String>,
    /// A comment on it.
    pub comment: Option<String>,
    /// How many sign-offs are needed, missing or void; absent where there are none.
    pub count: Option<usize>,
    /// The template of the document, where it does not show the section that was written.
    pub left_out_by: Option<String>,
}

/// Two key times of which the first should not be after the second, and is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DisorderView {
    pub first: &'static str,
    pub second: &'static str,
}

fn of_action(template: &'static str, incident: IncidentId, action: ActionId) -> ReplyView {
    ReplyView { template, incident: incident.to_string(), action: Some(action.to_string()), ..ReplyView::default() }
}

impl ReplyView {
    /// The view of a reply; `None` for the one that says nothing.
    pub fn of(reply: &Reply, times: ShownIn) -> Option<Self> {
        let view =
            |template, incident: &IncidentId| Self { template, incident: incident.to_string(), ..Self::default() };
        let text = |value: &dyn std::fmt::Display| Some(value.to_string());
        let moment = |at: DateTime<Utc>| Clock::new(times, at).dated(at);
        Some(match reply {
            Reply::Declared { incident, severity, paging, unpaged, deferred } => Self {
                to: Some(severity.to_uppercase()),
                people: paging.clone(),
                unpaged: *unpaged,
                deferred: deferred.map(moment),
                ..view("reply/declared", incident)
            },
            Reply::RoomAdded { incident, place } => Self { place: text(place), ..view("reply/room_added", incident) },
            Reply::MirrorSet { incident, on, alone } => {
                Self { on: *on, alone: *alone, ..view("reply/mirror_set", incident) }
            }
            Reply::AccountLinked { handle, was, unreached } => Self {
                template: "reply/account_linked",
                person: text(handle),
                was: was.clone(),
                unreached: unreached.clone(),
                ..Self::default()
            },
            Reply::AccountUnlinked { account, place } => Self {
                template: "reply/account_unlinked",
                account: text(account),
                place: text(place),
                ..Self::default()
            },
            Reply::FeedEnded { schedule } => {
                Self { template: "reply/feed_ended", schedules: schedule.iter().cloned().collect(), ..Self::default() }
            }
            Reply::OnCall { .. }
            | Reply::OverrideEnded { .. }
            | Reply::SwapProposed { .. }
            | Reply::SwapAnswered { .. }
            | Reply::HandoffAccepted { .. }
            | Reply::HandoffNoted { .. } => Self::of_on_call(reply, times),
            Reply::Noted { .. }
            | Reply::Updated { .. }
            | Reply::Snoozed { .. }
            | Reply::Unmarked { .. }
            | Reply::Cited { .. }
            | Reply::SummarySet { .. }
            | Reply::SectionsWritten { .. }
            | Reply::ImpactSet { .. }
            | Reply::TimeSet { .. }
            | Reply::FieldSet { .. }
            | Reply::Corrected { .. }
            | Reply::Linked { .. }
            | Reply::Marked { .. }
            | Reply::Redacted { .. } => Self::of_record(reply, times),
            Reply::Contact { done } => Self::of_contact(done),
            Reply::StatusSet { incident, to } => Self { to: text(to), ..view("reply/status_set", incident) },
            Reply::SeveritySet { incident, to, paging, unpaged, deferred } => Self {
                to: Some(to.to_uppercase()),
                people: paging.clone(),
                unpaged: *unpaged,
                deferred: deferred.map(moment),
                ..view("reply/severity_set", incident)
            },
            Reply::Assigned { incident, role, person } => {
                Self { role: text(role), person: text(person), ..view("reply/assigned", incident) }
            }
            Reply::Paging { incident, people, deferred } => {
                Self { people: people.clone(), deferred: deferred.map(moment), ..view("reply/paging", incident) }
            }
            Reply::Raised { incident, people, deferred, unpaged, again } => Self {
                people: people.clone(),
                deferred: deferred.map(moment),
                unpaged: *unpaged,
                on: *again,
                ..view("reply/raised", incident)
            },
            Reply::Acknowledged { incident, still_waiting } => {
                Self { people: still_waiting.clone(), ..view("reply/acknowledged", incident) }
            }
            Reply::ActionAdded { incident, action } => of_action("reply/action_added", *incident, *action),
            Reply::ActionDone { incident, action } => of_action("reply/action_done", *incident, *action),
            Reply::ActionEdited { incident, action } => of_action("reply/action_edited", *incident, *action),
            Reply::ActionReopened { incident, action } => of_action("reply/action_reopened", *incident, *action),
            Reply::ActionTicketed { incident, action, tracker } => {
                Self { place: text(tracker), ..of_action("reply/action_ticketed", *incident, *action) }
            }
            Reply::Analysis { incident, done } => Self::of_cause(*incident, done),
            Reply::Merged { incident, into, analysed } => {
                Self { into: text(into), on: *analysed, ..view("reply/merged", incident) }
            }
            Reply::Cancelled { incident } => view("reply/cancelled", incident),
            Reply::Resolved { incident } => view("reply/resolved", incident),
            Reply::Reopened { incident } => view("reply/reopened", incident),
            Reply::Closed { incident } => view("reply/closed", incident),
            Reply::Review { incident, done } => Self::of_review(view("reply/review_asked", incident), done, &moment),
            Reply::Silent => return None,
        })
    }

    /// The view of a reply about what is on record.
    fn of_record(reply: &Reply, times: ShownIn) -> Self {
        let view =
            |template, incident: &IncidentId| Self { template, incident: incident.to_string(), ..Self::default() };
        let text = |value: &dyn std::fmt::Display| Some(value.to_string());
        let moment = |at: DateTime<Utc>| Clock::new(times, at).dated(at);
        match reply {
            Reply::Noted { incident, entry } => Self { entry: text(entry), ..view("reply/noted", incident) },
            Reply::Updated { incident, next_due } => {
                Self { next_due: next_due.map(moment), ..view("reply/updated", incident) }
            }
            Reply::Snoozed { incident, next_due } => {
                Self { next_due: Some(moment(*next_due)), ..view("reply/snoozed", incident) }
            }
            Reply::Unmarked { incident, message } => {
                Self { message: text(message), ..view("reply/unmarked", incident) }
            }
            Reply::Cited { incident, entry } => Self { entry: text(entry), ..view("reply/cited", incident) },
            Reply::SummarySet { incident } => view("reply/summary_set", incident),
            Reply::SectionsWritten { incident, sections } => {
                Self { sections: sections.clone(), ..view("reply/sections_written", incident) }
            }
            Reply::ImpactSet { incident, disorder } => {
                Self { disorder: DisorderView::all(disorder), ..view("reply/impact_set", incident) }
            }
            Reply::TimeSet { incident, time, at, cleared, disorder } => Self {
                time: text(&time.name()),
                start: at.map(moment),
                on: !cleared,
                disorder: DisorderView::all(disorder),
                ..view("reply/time_set", incident)
            },
            Reply::FieldSet { incident, field, emptied } => {
                Self { field: text(field), emptied: *emptied, ..view("reply/field_set", incident) }
            }
            Reply::Corrected { incident, entry } => Self { entry: text(entry), ..view("reply/corrected", incident) },
            Reply::Linked { incident, entry } => Self { entry: text(entry), ..view("reply/linked", incident) },
            Reply::Marked { incident, message, entry } => {
                Self { message: text(message), entry: text(entry), ..view("reply/marked", incident) }
            }
            Reply::Redacted { incident, target } => Self { target: text(target), ..view("reply/redacted", incident) },
            _ => Self::default(),
        }
    }

    /// The view of a reply about the analysis.
    fn of_cause(incident: IncidentId, done: &CauseDone) -> Self {
        let text = |value: &dyn std::fmt::Display| Some(value.to_string());
        let view = |template| Self { template, incident: incident.to_string(), ..Self::default() };
        match done {
            CauseDone::Added { cause, role, entry, leads_to, because } => Self {
                cause: text(cause),
                role: text(&role.name()),
                entry: text(entry),
                other: leads_to.map(|other| other.to_string()),
                because: because.map(|other| other.to_string()),
                ..view("reply/cause_added")
            },
            CauseDone::Edited { cause } => Self { cause: text(cause), ..view("reply/cause_edited") },
            CauseDone::Linked { from, to, removed } => {
                Self { cause: text(from), other: text(to), on: !removed, ..view("reply/cause_linked") }
            }
            CauseDone::Judged { cause, is } => {
                Self { cause: text(cause), to: text(&is.word()), ..view("reply/cause_judged") }
            }
            CauseDone::Supported { cause, entry, recorded } => Self {
                cause: cause.map(|cause| cause.to_string()),
                entry: text(entry),
                on: *recorded,
                ..view("reply/evidence_added")
            },
            CauseDone::Withdrawn { cause, entry } => {
                Self { cause: text(cause), entry: text(entry), ..view("reply/evidence_removed") }
            }
        }
    }

    /// The view of a reply about the postmortem.
    fn of_review(bare: Self, done: &ReviewDone, moment: &dyn Fn(DateTime<Utc>) -> String) -> Self {
        let count = |count: u32| usize::try_from(count).ok().filter(|count| *count > 0);
        match done {
            ReviewDone::Asked { people, required } => {
                Self { people: people.clone(), count: count(*required), alone: *required == 1, ..bare }
            }
            ReviewDone::Signed { missing } => {
                Self { template: "reply/review_signed", count: count(*missing), alone: *missing == 1, ..bare }
            }
            ReviewDone::SentBack => Self { template: "reply/review_back", ..bare },
            ReviewDone::Published { targets } => {
                Self { template: "reply/review_published", targets: targets.clone(), ..bare }
            }
            ReviewDone::Sending { targets } => {
                Self { template: "reply/review_sending", targets: targets.clone(), ..bare }
            }
            ReviewDone::Revised => Self { template: "reply/review_revised", ..bare },
            ReviewDone::Owned { person } => {
                Self { template: "reply/review_owned", person: Some(person.clone()), ..bare }
            }
            ReviewDone::Due { due } => Self { template: "reply/review_due", next_due: due.map(moment), ..bare },
            ReviewDone::Commented { comment } => {
                Self { template: "reply/review_commented", comment: Some(comment.to_string()), ..bare }
            }
            ReviewDone::Settled { comment } => {
                Self { template: "reply/review_settled", comment: Some(comment.to_string()), ..bare }
            }
            ReviewDone::Chosen { template } => {
                Self { template: "reply/review_template", target: Some(template.clone()), ..bare }
            }
            ReviewDone::Written { section, emptied, void, left_out_by } => Self {
                template: "reply/review_written",
                section: Some(section.clone()),
                emptied: *emptied,
                count: Some(*void).filter(|void| *void > 0),
                alone: *void == 1,
                left_out_by: left_out_by.clone(),
                ..bare
            },
        }
    }

    /// The view of a reply about who is on call.
    fn of_on_call(reply: &Reply, times: ShownIn) -> Self {
        let text = |value: &dyn std::fmt::Display| Some(value.to_string());
        let moment = |at: DateTime<Utc>| Clock::new(times, at).dated(at);
        match reply {
            Reply::OnCall { schedules, person, instead_of, start, end } => Self {
                template: "reply/on_call",
                schedules: schedules.clone(),
                person: text(person),
                was: instead_of.clone(),
                start: Some(moment(*start)),
                end: Some(moment(*end)),
                ..Self::default()
            },
            Reply::OverrideEnded { schedule, people, start, end, again, gap } => Self {
                template: "reply/override_ended",
                schedules: vec![schedule.clone()],
                people: people.clone(),
                start: Some(moment(*start)),
                end: Some(moment(*end)),
                again: again.clone(),
                gap: *gap,
                ..Self::default()
            },
            Reply::SwapProposed { schedule, person, start, end } => Self {
                template: "reply/swap_proposed",
                schedules: vec![schedule.clone()],
                person: text(person),
                start: Some(moment(*start)),
                end: Some(moment(*end)),
                ..Self::default()
            },
            Reply::SwapAnswered { schedule, person, accepted } => Self {
                template: "reply/swap_answered",
                schedules: vec![schedule.clone()],
                person: text(person),
                on: *accepted,
                ..Self::default()
            },
            Reply::HandoffAccepted { schedule, start, people } => Self {
                template: "reply/handoff_accepted",
                schedules: vec![schedule.clone()],
                start: Some(moment(*start)),
                people: people.clone(),
                alone: people.len() == 1,
                ..Self::default()
            },
            Reply::HandoffNoted { schedule } => {
                Self { template: "reply/handoff_noted", schedules: vec![schedule.clone()], ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

impl DisorderView {
    pub(super) fn all(pairs: &[(KeyTime, KeyTime)]) -> Vec<Self> {
        pairs.iter().map(|(first, second)| Self { first: first.name(), second: second.name() }).collect()
    }
}
