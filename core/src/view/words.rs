//! The fields that an entry's template speaks of, by kind of entry.

mod fields;
mod rca;

pub use self::fields::Words;
pub use self::rca::{CauseWords, DocumentWords, FollowUpWords, MeasuresView};
use super::Field;
use super::format::{Clock, severity};
use super::record::Record;
use crate::action::{ActionKind, Priority};
use crate::effect::SetUp;
use crate::file::FileOutcome;
use crate::ids::{Key, RoomId};
use crate::incident::{Joined, RoomState, Visibility};
use crate::paging::page::SkipReason;
use crate::timeline::{Change, Correction, Declared};

impl Words {
    /// What this change says.
    pub(super) fn of(change: &Change, record: &Record<'_>, clock: Clock) -> Self {
        match change {
            Change::Paged { .. }
            | Change::PageDeferred { .. }
            | Change::PlaceFailed { .. }
            | Change::Escalated { .. }
            | Change::StepSkipped { .. }
            | Change::LastResortPaged { .. }
            | Change::NoticeSettled { .. }
            | Change::Acknowledged { .. }
            | Change::PageEnded { .. } => Self::of_paging(change, record, clock),
            Change::Declared(declared) => Self::declared(declared),
            Change::RoomRequested { .. } => Self::Room { room: None, reason: None },
            Change::RoomOpened { name, .. } => Self::Room { room: Some(name.clone()), reason: None },
            Change::RoomFailed { reason, .. } => Self::Room { room: None, reason: Some(reason.clone()) },
            Change::RoomClosed { room } => Self::Room { room: room_name(record, *room), reason: None },
            Change::SetUpFailed { step, person, reason, .. } => Self::SetUp {
                step: set_up(*step),
                person: person.map(|person| record.handle(person)),
                reason: reason.clone(),
            },
            Change::MirrorSet { on } => Self::Mirror { on: *on },
            Change::MemberJoined { person, how } => Self::Member { person: record.handle(*person), how: joined(*how) },
            Change::StatusChanged { to } => Self::Move { to: to.word().to_string(), before: None },
            Change::SeverityChanged { to, before, .. } => {
                Self::Move { to: severity(to), before: Some(severity(before)) }
            }
            Change::RoleAssigned { role, person, before } => Self::Role {
                role: role_name(record, role),
                person: record.handle(*person),
                before: before.map(|person| record.handle(person)),
            },
            Change::SummarySet { text } | Change::Noted { text } | Change::Resolved { summary: text } => {
                Self::Text { text: text.clone() }
            }
            Change::MergedInto { into: other } | Change::MergedFrom { other } => {
                Self::Incident { incident: other.to_string() }
            }
            Change::Cancelled { reason } | Change::Reopened { reason, .. } => Self::Reason { reason: reason.clone() },
            Change::Closed => Self::Nothing {},
            _ => Self::of_record(change, record, clock),
        }
    }

    /// As [`super::TimelineRow::field`]: what people wrote, of which most of a long record is made.
    pub(super) fn field(&self, name: &str) -> Option<Field<'_>> {
        match (self, name) {
            (Self::Text { text } | Self::Update { text, .. }, "text") => Some(Field::Text(text)),
            (Self::Update { next_due, .. }, "next_due") => Some(Field::of(next_due.as_ref())),
            (Self::Message { text, .. }, "text") => Some(Field::of(text.as_ref())),
            (Self::Message { edited, .. }, "edited") => Some(Field::Flag(*edited)),
            (Self::Message { deleted, .. }, "deleted") => Some(Field::Flag(*deleted)),
            _ => None,
        }
    }

    fn of_record(change: &Change, record: &Record<'_>, clock: Clock) -> Self {
        match change {
            Change::ImpactSet { text, started_at } => {
                Self::Impact { text: text.clone(), started: started_at.map(|at| clock.moment(at)) }
            }
            Change::Updated { text, next_due } => {
                Self::Update { text: text.clone(), next_due: next_due.map(|at| clock.moment(at)) }
            }
            Change::UpdateReminded { due, next_due } => {
                Self::Reminder { due: clock.moment(*due), next_due: clock.moment(*next_due) }
            }
            Change::FieldSet { field, value } => {
                Self::Field { field: capital(field_name(record, field)), value: value.clone() }
            }
            Change::ActionAdded { action, text, owner, due, action_kind, priority, cause, .. } => Self::Action {
                action: action.to_string(),
                text: Some(text.clone()),
                owner: owner.map(|person| record.handle(person)),
                due: due.map(|at| clock.moment(at)),
                kind_of: action_kind.map(ActionKind::word),
                priority: priority.map(Priority::word),
                cause: cause.map(|cause| cause.to_string()),
            },
            Change::ActionDone { action } => Self::Action {
                action: action.to_string(),
                text: record.incident.action(*action).map(|held| held.said.text.clone()),
                owner: None,
                due: None,
                kind_of: None,
                priority: None,
                cause: None,
            },
            Change::Action(step) => Self::FollowUp(FollowUpWords::of(step, record, clock)),
            Change::Analysis(step) => Self::Cause(CauseWords::of(step, record)),
            Change::Postmortem(step) => Self::Document(DocumentWords::of(step, record, clock)),
            Change::TimeSet { time, at } => Self::Time { key_time: time.name(), at: at.map(|at| clock.moment(at)) },
            Change::ImpactMeasured { measures, ended_at } => {
                Self::Measures(MeasuresView::of(measures, None, ended_at.map(|at| clock.moment(at))))
            }
            Change::Linked { url, title } => Self::Link { url: url.clone(), title: title.clone() },
            Change::MessageMarked { message, author, text, .. } => Self::Message {
                message: message.to_string(),
                author: record.handle(*author),
                text: Some(text.clone()),
                edited: false,
                deleted: false,
            },
            Change::UpdateSnoozed { next_due } => Self::Snooze { next_due: clock.moment(*next_due) },
            Change::MessageUnmarked { message } => Self::Unmark { message: message.to_string() },
            Change::MessageCited { author, text, link } => Self::Citation {
                author: author.map(|person| record.handle(person)),
                text: text.clone(),
                link: link.clone(),
            },
            Change::FileSettled { file, message, name, outcome } => Self::File {
                file: file.to_string(),
                message: message.to_string(),
                name: name.clone(),
                failed: match outcome {
                    FileOutcome::NotCopied { reason } => Some(reason.clone()),
                    FileOutcome::Copied { .. } | FileOutcome::Erased => None,
                },
            },
            Change::Corrected { entry, correction } => {
                let (text, at) = match correction {
                    Correction::Text { text } => (Some(text.clone()), None),
                    Correction::HappenedAt { at } => (None, Some(clock.moment(*at))),
                };
                Self::Correction { entry: entry.to_string(), text, at }
            }
            Change::EntryRedacted { entry, reason, .. } => {
                Self::Redaction { target: entry.to_string(), reason: reason.clone() }
            }
            Change::MessageRedacted { message, reason } => {
                Self::Redaction { target: message.to_string(), reason: reason.clone() }
            }
            _ => Self::Nothing {},
        }
    }

    fn of_paging(change: &Change, record: &Record<'_>, clock: Clock) -> Self {
        match change {
            Change::Paged { policy, policy_version, people, message, again_of, .. } => Self::Page {
                policy: policy.as_ref().map(ToString::to_string),
                version: *policy_version,
                people: record.handles(people),
                message: message.clone(),
                anew: again_of.is_some(),
            },
            Change::PageDeferred { until, .. } => Self::Deferral { until: clock.dated(*until) },
            Change::PlaceFailed { place, reason, .. } => {
                Self::PlaceFailure { place: place.clone(), reason: reason.clone() }
            }
            Change::Escalated { step, people, places, .. } => {
                Self::Step { step: step + 1, people: record.handles(people), places: places.clone(), reason: None }
            }
            Change::StepSkipped { step, reason, .. } => {
                Self::Step { step: step + 1, people: Vec::new(), places: Vec::new(), reason: Some(skipped(*reason)) }
            }
            Change::LastResortPaged { people, round, .. } => {
                Self::LastResort { people: record.handles(people), round: *round }
            }
            Change::NoticeSettled { notice, person, method, outcome, .. } => Self::Notice {
                notice: notice.to_string(),
                person: record.handle(*person),
                method: method.word(),
                outcome: outcome.word(),
                again: outcome.again(),
                failed: outcome.lost().map(str::to_owned),
            },
            Change::Acknowledged { person, whole, .. } => {
                Self::Acknowledgement { person: record.handle(*person), whole: *whole }
            }
            Change::PageEnded { reason, .. } => Self::PageEnd { reason: reason.word() },
            _ => Self::Nothing {},
        }
    }

    fn declared(declared: &Declared) -> Self {
        Self::Declared {
            title: declared.title.clone(),
            severity: severity(&declared.severity),
            private: declared.visibility == Visibility::Private,
            drill: declared.drill,
            services: declared.services.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A role's name, with a capital.
fn role_name(record: &Record<'_>, role: &Key) -> String {
    let known = record.settings.roles.iter().find(|held| held.key == *role);
    capital(known.map_or(role.as_str(), |held| held.name.as_str()))
}

/// What a custom field is called; its key, if it is no longer configured.
pub(super) fn field_name<'r>(record: &Record<'r>, key: &'r str) -> &'r str {
    let known = record.settings.fields.iter().find(|held| held.key.as_str() == key);
    known.map_or(key, |held| held.name.as_str())
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn room_name(record: &Record<'_>, room: RoomId) -> Option<String> {
    match &record.incident.room(room)?.state {
        RoomState::Open { name, .. } | RoomState::Closed { name, .. } => Some(name.clone()),
        RoomState::Requested | RoomState::Failed { .. } => None,
    }
}

/// What could not be done; of a person, what follows their name.
fn set_up(step: SetUp) -> &'static str {
    match step {
        SetUp::Describe => "The room's topic could not be set",
        SetUp::Bookmarks => "The room's bookmarks could not be added",
        SetUp::Group => "The group could not be brought into the room",
        SetUp::Invite => "could not be brought into the room",
        SetUp::Announce => "The incident could not be announced",
    }
}

/// How a person came in, in a word.
pub(super) fn joined(how: Joined) -> &'static str {
    match how {
        Joined::Declared => "declared it",
        Joined::Assigned => "was given a role",
        Joined::Paged => "was paged",
        Joined::Acknowledged => "acknowledged",
        Joined::Invited => "was invited",
    }
}

/// Why a step reached nobody.
pub(super) fn skipped(reason: SkipReason) -> &'static str {
    match reason {
        SkipReason::Empty => "it names nobody",
        SkipReason::Uncovered => "nobody is on call",
        SkipReason::Condition => "its conditions do not hold",
        SkipReason::Unreachable => "nobody in it can be reached",
        SkipReason::AllFailed => "every notice of it failed",
    }
}
