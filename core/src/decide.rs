//! Deciding: facts and a command go in, a decision or a refusal comes out. Nothing is done here.

mod actions;
mod contacts;
mod declare;
mod document;
mod draft;
mod handoff;
mod lifecycle;
mod paging;
mod people;
mod publishing;
mod raise;
mod rca;
mod record;
mod reminders;
mod review;
mod rooms;
mod roster;
mod times;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::actor::Actor;
use crate::command::Command;
use crate::effect::Effect;
use crate::facts::Facts;
use crate::ids::{EntryId, IncidentId, Key, MessageId, PersonId};
use crate::incident::Incident;
use crate::paging::page::Page;
use crate::policy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Entry;

pub use self::contacts::{ContactDecision, decide_contact};
use self::draft::Draft;
pub use self::handoff::{HandoffsDue, Walked, handoffs_due, next_handoff_due};
pub use self::roster::{RosterDecision, decide_roster};

/// What is to be committed in one transaction, and what to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The next state of each incident that changed.
    pub incidents: Vec<Incident>,
    /// The next state of each page that changed.
    pub pages: Vec<Page>,
    /// New entries, in order, with the incident on whose stream they stand.
    pub entries: Vec<(IncidentId, Entry)>,
    pub effects: Vec<Effect>,
    /// Keys of queued effects that must not be carried out any more.
    pub cancelled: Vec<String>,
    /// Bodies to delete.
    pub erased: Vec<Erased>,
    /// Who was told now of those who take turns by a schedule.
    pub turns: BTreeMap<Key, PersonId>,
    /// Under which name a program knows the incident.
    pub raised: Option<RaisedAs>,
    pub reply: Reply,
}

/// A program's own name for what is wrong, and the incident that it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedAs {
    pub integration: Key,
    pub key: String,
    pub incident: IncidentId,
    /// The one that it was before.
    pub before: Option<IncidentId>,
}

/// Words that leave the record for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// The body of one entry.
    Entry(IncidentId, EntryId),
    /// Every revision of one captured message.
    Message(IncidentId, MessageId),
}

impl Decision {
    /// This decision and one made after it, as one to commit; of a state that both changed the later one counts.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.incidents.retain(|held| later.incidents.iter().all(|incident| incident.id != held.id));
        self.pages.retain(|held| later.pages.iter().all(|page| page.id != held.id));
        self.incidents.extend(later.incidents);
        self.pages.extend(later.pages);
        self.entries.extend(later.entries);
        self.effects.extend(later.effects);
        self.cancelled.extend(later.cancelled);
        self.erased.extend(later.erased);
        self.turns.extend(later.turns);
        self.raised = later.raised.or(self.raised);
        self
    }

    /// Nothing to change and nobody to tell.
    pub fn nothing() -> Self {
        Self {
            incidents: Vec::new(),
            pages: Vec::new(),
            entries: Vec::new(),
            effects: Vec::new(),
            cancelled: Vec::new(),
            erased: Vec::new(),
            turns: BTreeMap::new(),
            raised: None,
            reply: Reply::Silent,
        }
    }
}

/// Decides one command.
///
/// # Errors
/// A refusal that says what the person can do about it. Nothing has changed then.
pub fn decide(facts: &Facts, command: Command, actor: &Actor, now: DateTime<Utc>) -> Result<Decision, Refusal> {
    if let Command::Declare(declare) = command {
        policy::may_act(actor, &facts.directory)?;
        return declare::declare(facts, declare, actor, now);
    }
    if let Command::Raise(asked) = command {
        policy::may_act(actor, &facts.directory)?;
        return raise::raise(facts, asked, actor, now);
    }
    let Some(incident) = facts.incident.clone() else { return Err(Refusal::NothingOpen) };
    policy::may(actor, &facts.directory, &incident, &command)?;
    let draft = Draft::new(facts, incident, actor, now);
    match command {
        Command::Declare(_) | Command::Raise(_) => Err(Refusal::NothingOpen),
        Command::Status { to } => lifecycle::status(draft, to),
        Command::Severity { to } => lifecycle::severity(draft, &to),
        Command::Merge { into } => lifecycle::merge(draft, into),
        Command::Cancel { reason } => lifecycle::cancel(draft, reason),
        Command::Resolve { summary } => lifecycle::resolve(draft, summary),
        Command::Reopen { reason } => lifecycle::reopen(draft, reason),
        Command::Close => lifecycle::close(draft),
        Command::Assign { role, person } => people::assign(draft, role, &person),
        Command::Join => people::came(draft),
        Command::TakeOver { from } => people::take_over(draft, from),
        Command::AddRoom { place } => rooms::add(draft, &place),
        Command::Mirror { on } => rooms::mirror(draft, on),
        Command::AddAction { text, owner, due, traits } => actions::add(draft, (text, traits), owner.as_deref(), due),
        Command::FinishAction { action } => actions::finish(draft, action),
        Command::Action(command) => actions::step(draft, command),
        Command::RoomOpened { room, made } => rooms::room_opened(draft, room, made),
        Command::RoomFailed { room, reason } => rooms::room_failed(draft, room, reason),
        Command::RoomClosed { room } => rooms::room_closed(draft, room),
        Command::Note { text, at } => record::note(draft, text, at),
        Command::Update { text, next } => record::update(draft, text, next),
        Command::UpdateDue => Ok(record::update_due(draft)),
        Command::RemindersDue => Ok(reminders::due(draft)),
        Command::Review(command) => review::review(draft, command),
        Command::SetSummary { text } => record::summary(draft, text),
        Command::WriteSections { sections, copied } => document::write(draft, sections, copied),
        Command::SetImpact { text, started_at, ended_at, measures } => {
            times::impact(draft, text, (started_at, ended_at), measures)
        }
        Command::SetTime { time, at } => times::set(draft, time, at),
        Command::Analysis(step) => rca::analysis(draft, step),
        Command::SetField { field, value } => record::field(draft, &field, value),
        Command::Correct { entry, fix } => record::correct(draft, entry, fix),
        Command::Link { url, title } => record::link(draft, url, title),
        Command::Snooze { wait } => record::snooze(draft, wait),
        Command::Unmark { message } => record::unmark(draft, message),
        Command::Cite { quote } => record::cite(draft, quote),
        Command::SetUpFailed { room, step, person, reason } => {
            rooms::set_up_failed(draft, (room, step), person, reason)
        }
        Command::AnnouncementFailed { channel, reason } => rooms::announcement_failed(draft, &channel, reason),
        Command::Announced { channel, message } => rooms::announced(draft, channel, message),
        Command::FileSettled { file, message, name, outcome } => {
            record::file_settled(draft, (file, message), name, outcome)
        }
        Command::Mark { message } => record::mark(draft, message),
        Command::Redact { target, reason } => record::redact(draft, target, reason),
        Command::Page { target, message } => paging::page(draft, &target, message),
        Command::Ack => paging::acknowledge(draft),
        Command::PlaceFailed { page, place, reason } => Ok(paging::place_failed(draft, page, place, reason)),
        Command::PageDue { page } => Ok(paging::due(draft, page)),
        Command::NoticeDelivered { page, notice, again, attempt } => {
            Ok(paging::delivered(draft, (page, notice), again, &attempt))
        }
        Command::NoticeFailed { page, notice, reason, attempt } => {
            Ok(paging::failed(draft, (page, notice), reason, &attempt))
        }
        Command::NoticeGivenUp { page, notice, reason, attempt } => {
            Ok(paging::given_up(draft, (page, notice), reason, &attempt))
        }
        Command::NoticeReceipt { page, notice, receipt } => Ok(paging::receipt(draft, (page, notice), &receipt)),
    }
}
