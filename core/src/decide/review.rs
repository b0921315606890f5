//! The life of the document: draft, in review, approved, published; whose it is, and by when.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::document::Put;
use super::draft::Draft;
use super::reminders::to_person;
use super::{Decision, document, publishing, reminders};
use crate::actor::Who;
use crate::command::{ReviewCommand, Written};
use crate::ids::{CommentId, EntryId, Key, PersonId};
use crate::incident::{Joined, StatusWord};
use crate::policy;
use crate::postmortem::lint::{self, Severity};
use crate::postmortem::rules::{may_hear, people};
use crate::postmortem::{PostmortemChange, Review};
use crate::refusal::Refusal;
use crate::reply::{Reply, ReviewDone};
use crate::timeline::Change;

/// How many of the errors that keep a document from being published are named at once.
const NAMED: usize = 3;

pub(super) fn review(draft: Draft<'_>, command: ReviewCommand) -> Result<Decision, Refusal> {
    let (incident, is) = (draft.incident.id, draft.incident.status.word());
    // Most of a postmortem is found out afterwards, so a closed incident still takes it.
    if matches!(is, StatusWord::Cancelled | StatusWord::Merged) {
        return Err(Refusal::NotActive { incident, is });
    }
    match command {
        ReviewCommand::Ask { reviewers } => ask(draft, &reviewers),
        ReviewCommand::Sign => sign(draft),
        ReviewCommand::Back { reason } => back(draft, reason),
        ReviewCommand::Publish => publish(draft),
        ReviewCommand::Revise => revise(draft),
        ReviewCommand::Send { target } => publishing::send(draft, target.as_deref()),
        ReviewCommand::Sent { target, room, reference, url, entries } => {
            Ok(publishing::sent(draft, (target.to_string(), room), (reference, url), entries))
        }
        ReviewCommand::NotSent { target, room, reason } => {
            Ok(publishing::not_sent(draft, (target.to_string(), room), reason))
        }
        ReviewCommand::Own { owner } => own(draft, &owner),
        ReviewCommand::Due { due } => set_due(draft, due),
        ReviewCommand::Comment { text, section } => Ok(comment(draft, text, section)),
        ReviewCommand::Settle { comment } => settle(draft, comment),
        ReviewCommand::Template { template } => choose(draft, template),
        ReviewCommand::Write { section, text, over } => write(draft, (section, text), over),
    }
}

pub(super) fn step(change: PostmortemChange) -> Change {
    Change::Postmortem(change)
}

pub(super) fn done(draft: Draft<'_>, done: ReviewDone) -> Decision {
    let incident = draft.incident.id;
    draft.done(Reply::Review { incident, done })
}

/// That it stands where this cannot be done, with what can.
pub(super) fn stands(draft: &Draft<'_>) -> Refusal {
    Refusal::Document { incident: draft.incident.id, is: draft.incident.postmortem.state }
}

fn already(draft: &Draft<'_>, whose: &str) -> Refusal {
    Refusal::Already { incident: draft.incident.id, is: format!("one whose postmortem {whose}") }
}

fn ask(mut draft: Draft<'_>, named: &[String]) -> Result<Decision, Refusal> {
    let document = &draft.incident.postmortem;
    let rules = &draft.facts.settings.postmortem;
    let required = rules.required(&draft.incident.severity).max(1);
    // More may be required by now than when it was approved.
    if document.state == Review::Published || (document.state == Review::Approved && document.sign_offs() >= required) {
        return Err(stands(&draft));
    }
    let mut reviewers = BTreeSet::new();
    for name in named {
        reviewers.extend(named_reviewers(&draft, name)?);
    }
    if named.is_empty() {
        reviewers = rules.reviewers(&draft.incident, &draft.facts.directory);
        if reviewers.is_empty() {
            let held = document.reviewers.iter().copied();
            reviewers = held.filter(|person| may_hear(*person, &draft.incident, &draft.facts.directory)).collect();
        }
    }
    if reviewers.is_empty() {
        return Err(Refusal::NobodyReviews { incident: draft.incident.id });
    }
    // In a public incident people come and go.
    for person in reviewers.iter().filter(|_| draft.incident.is_private()).copied().collect::<Vec<_>>() {
        draft.join(person, Joined::Invited);
    }
    let people = ask_these(&mut draft, &reviewers, required);
    approve_if_enough(&mut draft);
    Ok(done(draft, ReviewDone::Asked { people, required }))
}

/// Those whom a name stands for: somebody, or the members of a team who respond.
fn named_reviewers(draft: &Draft<'_>, named: &str) -> Result<Vec<PersonId>, Refusal> {
    let directory = &draft.facts.directory;
    if let Some(team) = Key::new(named).ok().filter(|key| directory.teams.contains_key(key)) {
        let responds =
            |person: &PersonId| directory.people.get(person).is_some_and(super::super::directory::Person::may_respond);
        return Ok(people(&team, directory).into_iter().filter(responds).collect());
    }
    let person = draft.person(named)?;
    policy::refuse_guest(directory, person)?;
    Ok(vec![person])
}

/// Asks them, and gives their handles in the order in which people read them: ids tell of nothing.
fn ask_these(draft: &mut Draft<'_>, reviewers: &BTreeSet<PersonId>, required: u32) -> Vec<String> {
    let handled = |person: &PersonId| (draft.facts.directory.handle(*person).to_owned(), *person);
    let (people, reviewers): (Vec<String>, Vec<PersonId>) =
        reviewers.iter().map(handled).collect::<BTreeSet<_>>().into_iter().unzip();
    let entry = draft.tell(step(PostmortemChange::ReviewAsked { reviewers: reviewers.clone(), required }));
    for person in reviewers {
        to_others(draft, person, entry);
    }
    people
}

/// Tells a person what an entry says, unless it is their own doing.
fn to_others(draft: &mut Draft<'_>, person: PersonId, entry: EntryId) {
    if draft.actor.person() != Some(person) {
        to_person(draft, person, entry);
    }
}

fn to_owner(draft: &mut Draft<'_>, entry: EntryId) {
    if let Some(owner) = draft.incident.postmortem.owner {
        to_others(draft, owner, entry);
    }
}

fn approve_if_enough(draft: &mut Draft<'_>) {
    let document = &draft.incident.postmortem;
    if document.state == Review::InReview && document.sign_offs() >= document.required {
        let entry = draft.tell(step(PostmortemChange::Approved));
        to_owner(draft, entry);
    }
}

fn sign(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    let Some(person) = draft.actor.person() else {
        return Err(Refusal::NotAllowed { message: "only people sign a postmortem off".to_owned() });
    };
    let document = &draft.incident.postmortem;
    if document.state != Review::InReview {
        return Err(stands(&draft));
    }
    policy::may_sign_off(draft.actor, &draft.facts.directory, &draft.incident, &draft.facts.settings.postmortem)?;
    if document.signed.contains_key(&person) {
        return Err(already(&draft, "you have signed off"));
    }
    draft.tell(step(PostmortemChange::SignedOff { person }));
    approve_if_enough(&mut draft);
    let document = &draft.incident.postmortem;
    let missing = document.required.saturating_sub(document.sign_offs());
    Ok(done(draft, ReviewDone::Signed { missing }))
}

fn back(mut draft: Draft<'_>, reason: Option<String>) -> Result<Decision, Refusal> {
    if !matches!(draft.incident.postmortem.state, Review::InReview | Review::Approved) {
        return Err(stands(&draft));
    }
    let entry = draft.tell(step(PostmortemChange::SentBack { reason }));
    to_owner(&mut draft, entry);
    Ok(done(draft, ReviewDone::SentBack))
}

fn publish(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    let (incident, document) = (draft.incident.id, &draft.incident.postmortem);
    let rules = &draft.facts.settings.postmortem;
    if document.state == Review::Published {
        return Err(stands(&draft));
    }
    let (is, has) = (document.state, document.sign_offs());
    let promised = if is == Review::Draft { 0 } else { document.required };
    let needed = match rules.required(&draft.incident.severity) {
        0 => 0,
        required => required.max(promised),
    };
    if has < needed {
        return Err(Refusal::NotSigned { incident, is, missing: needed - has });
    }
    let findings = lint::lint(&draft.incident, &draft.facts.directory, &draft.facts.settings, draft.now);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if !errors.is_empty() && !rules.publish_with_errors {
        let first = errors.iter().take(NAMED).map(|finding| format!("{}: {}", finding.subject, finding.message));
        return Err(Refusal::LintErrors { incident, count: errors.len(), first: first.collect() });
    }
    let entry = draft.tell(step(PostmortemChange::Published));
    to_owner(&mut draft, entry);
    let targets = publishing::taking(&draft);
    Ok(done(draft, ReviewDone::Published { targets }))
}

fn revise(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    if draft.incident.postmortem.state != Review::Published {
        return Err(stands(&draft));
    }
    let entry = draft.tell(step(PostmortemChange::SentBack { reason: None }));
    to_owner(&mut draft, entry);
    Ok(done(draft, ReviewDone::Revised))
}

fn own(mut draft: Draft<'_>, named: &str) -> Result<Decision, Refusal> {
    let owner = draft.person(named)?;
    policy::refuse_guest(&draft.facts.directory, owner)?;
    let handle = draft.facts.directory.handle(owner).to_owned();
    if draft.incident.postmortem.owner == Some(owner) {
        return Err(already(&draft, &format!("@{handle} sees to")));
    }
    draft.join(owner, Joined::Assigned);
    let entry = draft.tell(step(PostmortemChange::PostmortemAssigned { owner }));
    to_others(&mut draft, owner, entry);
    // The next reminder comes in the morning of whoever gets it.
    let (due, held) = (draft.incident.postmortem.due, draft.incident.postmortem.remind_at);
    let remind_at = reminders::plan_document(&draft, due);
    if remind_at != held && draft.incident.postmortem.state != Review::Published {
        draft.record(step(PostmortemChange::PostmortemDue { due, remind_at }));
    }
    Ok(done(draft, ReviewDone::Owned { person: handle }))
}

fn set_due(mut draft: Draft<'_>, due: Option<DateTime<Utc>>) -> Result<Decision, Refusal> {
    if draft.incident.postmortem.state == Review::Published {
        return Err(stands(&draft));
    }
    if due.is_none() && draft.incident.postmortem.due.is_none() {
        return Err(already(&draft, "has no due date"));
    }
    let remind_at = reminders::plan_document(&draft, due);
    let entry = draft.tell(step(PostmortemChange::PostmortemDue { due, remind_at }));
    to_owner(&mut draft, entry);
    Ok(done(draft, ReviewDone::Due { due }))
}

fn comment(mut draft: Draft<'_>, text: String, section: Option<Key>) -> Decision {
    let comment = draft.incident.postmortem.next_comment();
    let entry = draft.tell(step(PostmortemChange::Commented { comment, section, text }));
    to_owner(&mut draft, entry);
    done(draft, ReviewDone::Commented { comment })
}

fn settle(mut draft: Draft<'_>, comment: CommentId) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let held = draft.incident.postmortem.comment(comment).ok_or(Refusal::NoComment { incident, comment })?;
    if held.settled.is_some() {
        return Err(Refusal::CommentSettled { comment });
    }
    let by = held.said.mark.by.clone();
    let entry = draft.tell(step(PostmortemChange::CommentSettled { comment }));
    if let Who::Person(author) = by {
        to_others(&mut draft, author, entry);
    }
    Ok(done(draft, ReviewDone::Settled { comment }))
}

/// Another template makes another document of the same words, so it is chosen before anybody has signed.
fn choose(mut draft: Draft<'_>, template: String) -> Result<Decision, Refusal> {
    let document = &draft.incident.postmortem;
    let is_open = matches!(document.state, Review::Draft | Review::InReview) && document.signed.is_empty();
    if !is_open {
        return Err(stands(&draft));
    }
    if document.template.as_ref() == Some(&template) {
        return Err(already(&draft, &format!("goes by {template}")));
    }
    draft.record(step(PostmortemChange::TemplateChosen { template: template.clone() }));
    Ok(done(draft, ReviewDone::Chosen { template }))
}

fn write(mut draft: Draft<'_>, (section, text): (Key, String), over: Option<EntryId>) -> Result<Decision, Refusal> {
    document::must_be_open(&draft)?;
    let held = draft.incident.postmortem.sections.get(&section);
    if let Some(over) = over
        && held.map_or(EntryId(0), |said| said.mark.entry) != over
    {
        let by = held.and_then(|said| said.mark.by.person());
        let by = by.map(|person| format!("@{}", draft.facts.directory.handle(person)));
        let by = by.unwrap_or_else(|| "somebody".to_owned());
        return Err(Refusal::SectionChanged { section: section.to_string(), by });
    }
    let (named, emptied) = (section.to_string(), text.is_empty());
    let left_out_by = draft.facts.settings.leaves_out(&draft.incident, &section).map(str::to_owned);
    let Put { sections, void } = document::put(&mut draft, vec![Written { section, text }]);
    if sections.is_empty() {
        let says = if emptied { "says nothing" } else { "says just that" };
        return Err(already(&draft, &format!("{says} in section {named}")));
    }
    let left_out_by = if emptied { None } else { left_out_by };
    Ok(done(draft, ReviewDone::Written { section: named, emptied, void, left_out_by }))
}

/// Who has signed the document off as it reads now.
pub(super) fn signers(draft: &Draft<'_>) -> BTreeSet<PersonId> {
    draft.incident.postmortem.signed.keys().copied().collect()
}

/// Whoever had signed off other words than those that stand there now is asked again.
pub(super) fn reworded(draft: &mut Draft<'_>, signers: &BTreeSet<PersonId>) {
    if !signers.is_empty() && draft.incident.postmortem.signed.is_empty() {
        let required = draft.incident.postmortem.required;
        ask_these(draft, signers, required);
    }
}

/// Refuses other words for what a published document says.
pub(super) fn may_reword(draft: &Draft<'_>, target: EntryId) -> Result<(), Refusal> {
    let document = &draft.incident.postmortem;
    let says = document.sections.values().any(|said| said.mark.entry == target);
    if says && document.state == Review::Published { Err(stands(draft)) } else { Ok(()) }
}

/// With the end of an incident its postmortem begins, where its severity says by when it is due: the lead sees to it, else
/// whoever resolved it, else whoever declared it.
pub(super) fn begin(draft: &mut Draft<'_>) {
    let rules = &draft.facts.settings.postmortem;
    let Some(after) = rules.due.get(&draft.incident.severity).copied().filter(|_| !draft.incident.drill) else {
        return;
    };
    let declarer = if let Who::Person(person) = draft.incident.declared.by { Some(person) } else { None };
    let responds = |person: &PersonId| {
        draft.facts.directory.people.get(person).is_some_and(super::super::directory::Person::may_respond)
    };
    let candidates = [draft.incident.postmortem.owner, draft.incident.lead(), draft.actor.person(), declarer];
    let owner = candidates.into_iter().flatten().find(responds);
    if let Some(owner) = owner.filter(|owner| draft.incident.postmortem.owner != Some(*owner)) {
        draft.join(owner, Joined::Assigned);
        let entry = draft.tell(step(PostmortemChange::PostmortemAssigned { owner }));
        to_others(draft, owner, entry);
    }
    // What was promised by people is kept.
    if draft.incident.postmortem.due.is_none() {
        let due = draft.now.checked_add_signed(after);
        let remind_at = reminders::plan_document(draft, due);
        draft.tell(step(PostmortemChange::PostmortemDue { due, remind_at }));
    }
}

/// What goes on again has no postmortem that is due.
pub(super) fn defer(draft: &mut Draft<'_>) {
    if draft.incident.postmortem.due.is_some() {
        draft.tell(step(PostmortemChange::PostmortemDue { due: None, remind_at: None }));
    }
}
