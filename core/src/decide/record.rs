//! The record: notes, updates, corrections, redactions.
#![expect(clippy::unnecessary_wraps, reason = "every command's rule has the same shape")]

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::draft::Draft;
use super::{Decision, Erased, review};
use crate::action::ActionChange;
use crate::command::{Fix, Quote, RedactTarget};
use crate::effect::{Effect, Mirrored};
use crate::facts::Captured;
use crate::file::FileOutcome;
use crate::ids::{ActionId, CauseId, EntryId, FileId, MessageId};
use crate::incident::{Incident, Mirror, Room};
use crate::policy;
use crate::rca::AnalysisChange;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::settings::Settings;
use crate::text;
use crate::timeline::{Change, Correction, Entry};

pub(super) fn note(mut draft: Draft<'_>, text: String, at: Option<DateTime<Utc>>) -> Result<Decision, Refusal> {
    let at = at.unwrap_or(draft.now);
    draft.must_be_past(at)?;
    let incident = draft.incident.id;
    let entry = draft.record_at(Change::Noted { text }, at);
    Ok(draft.done(Reply::Noted { incident, entry }))
}

pub(super) fn update(mut draft: Draft<'_>, text: String, next: Option<TimeDelta>) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let every = draft.facts.settings.update_every(&draft.incident.severity);
    let next_due = next.or(every).and_then(|wait| draft.now.checked_add_signed(wait));
    let incident = draft.incident.id;
    draft.tell(Change::Updated { text, next_due });
    Ok(draft.done(Reply::Updated { incident, next_due }))
}

/// The longest time by which an update is put off at once.
const LONGEST_SNOOZE: TimeDelta = TimeDelta::hours(24);
/// The longest wait between two reminders of one update.
const LONGEST_REMINDER: TimeDelta = TimeDelta::hours(4);

/// A reminder in the rooms that an update is due; a timer that is no longer due changes nothing. While nobody answers,
/// the next one comes after twice the time, for a room in which nobody is must not fill with reminders.
pub(super) fn update_due(mut draft: Draft<'_>) -> Decision {
    let Some(due) = draft.incident.update_due.filter(|due| *due <= draft.now) else {
        return Decision::nothing();
    };
    let every = draft.facts.settings.update_every(&draft.incident.severity).unwrap_or(TimeDelta::minutes(30));
    // With waits that double, the next one is as long as all before it and the first once more.
    let silent = draft.now.signed_duration_since(draft.incident.last_told());
    let wait = every.checked_add(&silent.max(TimeDelta::zero())).unwrap_or(LONGEST_REMINDER).min(LONGEST_REMINDER);
    let next_due = draft.now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
    draft.tell(Change::UpdateReminded { due, next_due });
    draft.done(Reply::Silent)
}

pub(super) fn summary(mut draft: Draft<'_>, text: String) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    draft.record(Change::SummarySet { text });
    Ok(draft.done(Reply::SummarySet { incident }))
}

pub(super) fn field(mut draft: Draft<'_>, named: &str, value: Option<String>) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let field = draft.facts.settings.field(named)?;
    let value = value.map(|text| field.value(&text)).transpose()?;
    let field = field.key.to_string();
    let held = draft.incident.fields.get(&field).map(|said| &said.text);
    if held == value.as_ref() {
        let is = if value.is_some() { format!("of that {field}") } else { format!("without {field}") };
        return Err(Refusal::Already { incident, is });
    }
    let emptied = value.is_none();
    draft.tell(Change::FieldSet { field: field.clone(), value });
    Ok(draft.done(Reply::FieldSet { incident, field, emptied }))
}

pub(super) fn link(mut draft: Draft<'_>, url: String, title: Option<String>) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let entry = draft.tell(Change::Linked { url, title });
    Ok(draft.done(Reply::Linked { incident, entry }))
}

pub(super) fn correct(mut draft: Draft<'_>, target: EntryId, fix: Fix) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let entry = entry(&draft, target)?;
    policy::may_correct(draft.actor, &draft.facts.directory, &draft.incident, entry)?;
    let correction = match fix {
        Fix::HappenedAt(at) => {
            draft.must_be_past(at)?;
            Correction::HappenedAt { at }
        }
        Fix::Text(text) => Correction::Text { text: fitting(entry, text, &draft.facts.settings)? },
    };
    if let Correction::Text { .. } = &correction {
        review::may_reword(&draft, target)?;
    }
    let signers = review::signers(&draft);
    let entry = draft.record(Change::Corrected { entry: target, correction });
    review::reworded(&mut draft, &signers);
    Ok(draft.done(Reply::Corrected { incident, entry }))
}

/// New words for an entry; a redacted entry takes none, or its redaction would no longer cover what it says.
fn fitting(entry: &Entry, text: String, settings: &Settings) -> Result<String, Refusal> {
    match &entry.change {
        Some(Change::Declared(_)) => text::line("title", &text, text::TITLE_MAX),
        // Another correction replaces a correction, a message is what its author wrote, and a redaction stands.
        Some(
            Change::Corrected { .. }
            | Change::MessageMarked { .. }
            | Change::FileSettled { .. }
            | Change::EntryRedacted { .. }
            | Change::MessageRedacted { .. },
        )
        | None => Err(no_words(entry, "corrected")),
        Some(change) if change.blanked().is_none() => Err(no_words(entry, "corrected")),
        Some(Change::FieldSet { field, .. }) => {
            let text = text::line("field", &text, text::TEXT_MAX)?;
            // A field that is no longer configured may hold any text.
            settings.field(field).map_or_else(|_| Ok(text.clone()), |held| held.value(&text))
        }
        Some(_) => Ok(text),
    }
}

fn no_words(entry: &Entry, verb: &str) -> Refusal {
    Refusal::NoWords { entry: entry.id, verb: verb.to_owned() }
}

/// Puts off the reminder of the next update; nobody was told anything, so what is due stays due.
pub(super) fn snooze(mut draft: Draft<'_>, wait: TimeDelta) -> Result<Decision, Refusal> {
    draft.must_be_active()?;
    let incident = draft.incident.id;
    if draft.incident.update_due.is_none() {
        return Err(Refusal::NothingDue { incident });
    }
    let next_due = draft.now.checked_add_signed(wait.min(LONGEST_SNOOZE)).unwrap_or(draft.now);
    draft.tell(Change::UpdateSnoozed { next_due });
    Ok(draft.done(Reply::Snoozed { incident, next_due }))
}

/// Words from elsewhere, at the time at which they were said.
pub(super) fn cite(mut draft: Draft<'_>, cited: Quote) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let entry = quote(&mut draft, cited);
    draft.post(entry);
    Ok(draft.done(Reply::Cited { incident, entry }))
}

/// Records words from elsewhere. They were said by now, however far the platform's clock is ahead.
pub(super) fn quote(draft: &mut Draft<'_>, quote: Quote) -> EntryId {
    let Quote { text, author, said_at, link } = quote;
    let at = said_at.min(draft.now);
    draft.record_at(Change::MessageCited { author, text, link }, at)
}

/// That a mark was taken off is a fact of its own; the one that it was put there stays.
pub(super) fn unmark(mut draft: Draft<'_>, message: MessageId) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    if !draft.incident.marked.contains(&message) {
        return Err(Refusal::NotMarked { message });
    }
    draft.record(Change::MessageUnmarked { message });
    Ok(draft.done(Reply::Unmarked { incident, message }))
}

pub(super) fn mark(mut draft: Draft<'_>, message: MessageId) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let entry = marked(&mut draft, message)?;
    Ok(draft.done(Reply::Marked { incident, message, entry }))
}

/// Records that a message bears a mark from now on.
pub(super) fn marked(draft: &mut Draft<'_>, message: MessageId) -> Result<EntryId, Refusal> {
    let incident = draft.incident.id;
    let Captured { author, sent_at, revision, hash, text, .. } =
        draft.facts.message.clone().ok_or(Refusal::NoMessage { incident, message })?;
    let text = text.ok_or_else(|| Refusal::MessageGone { message, verb: "mark".to_owned() })?;
    if draft.incident.marked.contains(&message) {
        return Err(Refusal::AlreadyMarked { message });
    }
    let at = sent_at.min(draft.now);
    Ok(draft.record_at(Change::MessageMarked { message, revision, hash, author, text }, at))
}

/// What became of the copy of a file is a fact, for whoever looks for it later; nobody waits for it.
pub(super) fn file_settled(
    mut draft: Draft<'_>,
    (file, message): (FileId, MessageId),
    name: String,
    outcome: FileOutcome,
) -> Result<Decision, Refusal> {
    draft.record(Change::FileSettled { file, message, name, outcome });
    Ok(draft.done(Reply::Silent))
}

/// Takes words out of the record: of an entry and of everything that repeats them, or of a message and of the entries
/// that cite it.
pub(super) fn redact(mut draft: Draft<'_>, target: RedactTarget, reason: String) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let (message, entries) = match target {
        RedactTarget::Entry(id) => of_entry(&draft, id)?,
        RedactTarget::Message(id) => (Some(of_message(&draft, id)?), citing(&draft.facts.history, id)),
    };
    for id in entries {
        let Some(remains) = entry(&draft, id)?.change.as_ref().and_then(Change::blanked) else { continue };
        draft.record(Change::EntryRedacted { entry: id, reason: reason.clone(), remains: Box::new(remains) });
        draft.erase(Erased::Entry(incident, id));
    }
    if let Some(message) = message {
        draft.record(Change::MessageRedacted { message, reason });
        draft.erase(Erased::Message(incident, message));
        take_back(&mut draft, message);
    }
    refold(&mut draft)?;
    let target = match target {
        RedactTarget::Entry(id) => id.to_string(),
        RedactTarget::Message(id) => id.to_string(),
    };
    Ok(draft.done(Reply::Redacted { incident, target }))
}

/// Takes words out of where they are shown, too. Whether a room shows them is known when it is carried out.
fn take_back(draft: &mut Draft<'_>, message: MessageId) {
    if draft.incident.mirror == Mirror::Never {
        return;
    }
    let incident = draft.incident.id;
    let shown = |room: &Room| Effect::mirror(incident, (room.workspace, room.id), message, Mirrored::Redacted);
    let effects: Vec<Effect> = draft.incident.live_rooms().map(shown).collect();
    for effect in effects {
        draft.enqueue(effect);
    }
}

/// The entry, the corrections that put other words in its place, and the message it cites.
fn of_entry(draft: &Draft<'_>, id: EntryId) -> Result<(Option<MessageId>, BTreeSet<EntryId>), Refusal> {
    let target = entry(draft, id)?;
    let Some(change) = &target.change else { return Err(Refusal::AlreadyRedacted { target: id.to_string() }) };
    let author = match change {
        Change::MessageMarked { author, .. } => Some(*author),
        _ => target.actor.person(),
    };
    policy::may_redact(draft.actor, &draft.facts.directory, &draft.incident, (RedactTarget::Entry(id), author))?;
    if change.blanked().is_none() {
        return Err(no_words(target, "redacted"));
    }
    if let Change::MessageMarked { message, .. } | Change::FileSettled { message, .. } = change {
        return Ok((Some(*message), citing(&draft.facts.history, *message)));
    }
    Ok((None, repeating(&draft.facts.history, (id, change))))
}

/// An entry, what corrects it and, since a cause or a follow-up says all of itself anew when something of it is changed, what says of it the
/// same again.
fn repeating(history: &[Entry], (id, change): (EntryId, &Change)) -> BTreeSet<EntryId> {
    let mut said: BTreeSet<&str> = claim(change).into_iter().map(|(_, text)| text).collect();
    let mut found = BTreeSet::from([id]);
    for entry in history {
        match &entry.change {
            Some(Change::Corrected { entry: target, correction: Correction::Text { text } })
                if found.contains(target) =>
            {
                found.insert(entry.id);
                said.insert(text);
            }
            Some(other) => {
                let again = claim(change)
                    .zip(claim(other))
                    .is_some_and(|((one, _), (two, text))| one == two && said.contains(text));
                found.extend(again.then_some(entry.id));
            }
            None => {}
        }
    }
    found
}

/// What is worded anew as a whole when something of it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worded {
    Cause(CauseId),
    Action(ActionId),
}

/// The cause or the follow-up that a change gives its words, and these.
fn claim(change: &Change) -> Option<(Worded, &str)> {
    match change {
        Change::Analysis(
            AnalysisChange::CauseAdded { cause, text, .. } | AnalysisChange::CauseEdited { cause, text, .. },
        ) => Some((Worded::Cause(*cause), text)),
        Change::ActionAdded { action, text, .. } | Change::Action(ActionChange::ActionEdited { action, text, .. }) => {
            Some((Worded::Action(*action), text))
        }
        _ => None,
    }
}

fn of_message(draft: &Draft<'_>, id: MessageId) -> Result<MessageId, Refusal> {
    let incident = draft.incident.id;
    let message = draft.facts.message.as_ref().ok_or(Refusal::NoMessage { incident, message: id })?;
    let target = (RedactTarget::Message(id), Some(message.author));
    policy::may_redact(draft.actor, &draft.facts.directory, &draft.incident, target)?;
    let redacts = |change: &Change| matches!(change, Change::MessageRedacted { message, .. } if *message == id);
    if draft.facts.history.iter().filter_map(|entry| entry.change.as_ref()).flat_map(Change::layers).any(redacts) {
        return Err(Refusal::AlreadyRedacted { target: id.to_string() });
    }
    Ok(id)
}

/// The entries that repeat what a message says, or the name of a file of it.
fn citing(history: &[Entry], id: MessageId) -> BTreeSet<EntryId> {
    let cites = |entry: &&Entry| match entry.change {
        Some(Change::MessageMarked { message, .. } | Change::FileSettled { message, .. }) => message == id,
        _ => false,
    };
    history.iter().filter(cites).map(|entry| entry.id).collect()
}

/// The row once more from all entries, because redacted words may stand anywhere in it.
fn refold(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let all: Vec<Entry> = draft.facts.history.iter().chain(draft.entries()).cloned().collect();
    let folded = Incident::fold(&all).map_err(|_| Refusal::BrokenRecord { incident: draft.incident.id })?;
    draft.incident = Incident { version: draft.incident.version, ..folded };
    Ok(())
}

fn entry<'d>(draft: &Draft<'d>, id: EntryId) -> Result<&'d Entry, Refusal> {
    let incident = draft.incident.id;
    draft.facts.history.iter().find(|held| held.id == id).ok_or(Refusal::NoEntry { incident, entry: id })
}
