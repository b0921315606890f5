//! What stops a page: an acknowledgement, or the end of what it was about.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::decide::Decision;
use crate::decide::draft::Draft;
use crate::directory::ContactMethod;
use crate::effect::{Effect, Told};
use crate::ids::PersonId;
use crate::incident::Joined;
use crate::paging::page::{Due, DueStep, EndReason, NoticeState, Page, PageState, Recipient, RecipientState};
use crate::paging::policy::AckNeed;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;

/// `/incident ack`: for every open page of the incident that the actor can answer.
pub(in crate::decide) fn acknowledge(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let Some(person) = draft.actor.person() else { return Err(Refusal::NothingToAcknowledge { incident }) };
    let open: Vec<Page> = draft.facts.pages.iter().filter(|page| answerable(page, person)).cloned().collect();
    if open.is_empty() {
        return Err(nothing_to_answer(&draft, person));
    }
    draft.join(person, Joined::Acknowledged);
    let mut still_waiting = Vec::new();
    for mut page in open {
        acknowledge_page(&mut draft, &mut page, person);
        still_waiting.extend(waiting(&draft, &page));
        draft.save_page(page);
    }
    Ok(draft.done(Reply::Acknowledged { incident, still_waiting }))
}

/// Anyone may answer for those of whom the first answer is enough; where each owes one, only they themselves and the last
/// resort.
fn answerable(page: &Page, person: PersonId) -> bool {
    let waits = |r: &Recipient| r.state == RecipientState::Waiting && r.needs != AckNeed::Nobody;
    let mine = page.recipient(person).is_some_and(waits);
    let for_others = page.recipients.iter().any(|r| r.state == RecipientState::Waiting && r.needs == AckNeed::Anyone);
    // A step that tells but channels, and perhaps those who are learning, waits for whoever reads there.
    let nobody_owes = page.recipients.iter().all(|r| r.needs == AckNeed::Nobody);
    page.is_open() && (mine || for_others || nobody_owes || is_last_resort(page, person))
}

fn nothing_to_answer(draft: &Draft<'_>, person: PersonId) -> Refusal {
    let incident = draft.incident.id;
    let mut open = draft.facts.pages.iter().filter(|page| page.is_open());
    let answered = |r: &Recipient| matches!(r.state, RecipientState::Acknowledged { .. });
    if open.clone().any(|page| page.recipient(person).is_some_and(answered)) {
        return Refusal::Already { incident, is: "acknowledged by you".to_owned() };
    }
    let people: Vec<String> =
        open.by_ref().flat_map(|page| waiting(draft, page)).map(|who| format!("@{who}")).collect();
    if people.is_empty() {
        Refusal::NothingToAcknowledge { incident }
    } else {
        Refusal::OwedByOthers { incident, people }
    }
}

fn waiting(draft: &Draft<'_>, page: &Page) -> Vec<String> {
    let owes = |r: &&Recipient| r.state == RecipientState::Waiting && r.needs != AckNeed::Nobody;
    let waiting = page.recipients.iter().filter(owes);
    waiting.map(|r| draft.facts.directory.handle(r.person).to_owned()).collect()
}

/// One answer covers everyone of whom the first is enough. Where a step wants everyone, each owes an answer, unless
/// the last resort takes the page over.
fn acknowledge_page(draft: &mut Draft<'_>, page: &mut Page, person: PersonId) {
    let at = draft.now;
    let takes_over = is_last_resort(page, person);
    let done = settle(page, |recipient| {
        if recipient.person == person {
            Some(RecipientState::Acknowledged { at })
        } else {
            (takes_over || recipient.needs != AckNeed::Everyone).then_some(RecipientState::Covered { at })
        }
    });
    let whole = page.is_answered();
    draft.tell(Change::Acknowledged { page: page.id, person, whole });
    if whole {
        page.state = PageState::Acknowledged { at, by: person };
        page.due = None;
    }
    quiet(draft, page, &done);
    if whole {
        page.due = due_again(page, at);
    }
}

/// When whoever is on call is paged anew, by the policy's own words.
fn due_again(page: &Page, at: DateTime<Utc>) -> Option<Due> {
    let at = at.checked_add_signed(page.pinned.terms.again()?)?;
    Some(Due { at, what: DueStep::Again, deferred: false })
}

fn is_last_resort(page: &Page, person: PersonId) -> bool {
    page.notices.iter().any(|n| n.person == person && matches!(n.occasion, DueStep::LastResort { .. }))
}

/// Moves those who are waited for to the state that `to` gives them; answers whom it moved.
fn settle(page: &mut Page, to: impl Fn(&Recipient) -> Option<RecipientState>) -> BTreeSet<PersonId> {
    let mut done = BTreeSet::new();
    for recipient in page.recipients.iter_mut().filter(|r| r.state == RecipientState::Waiting) {
        if let Some(state) = to(recipient) {
            recipient.state = state;
            done.insert(recipient.person);
        }
    }
    done
}

/// Ends every open page of the incident.
pub(in crate::decide) fn end(draft: &mut Draft<'_>, reason: EndReason) {
    let open: Vec<Page> = draft.facts.pages.iter().filter(|page| page.is_open()).cloned().collect();
    for mut page in open {
        page.state = PageState::Ended { at: draft.now, reason };
        draft.record(Change::PageEnded { page: page.id, reason });
        page.due = None;
        let at = draft.now;
        let done = settle(&mut page, |_| Some(RecipientState::Covered { at }));
        quiet(draft, &mut page, &done);
        draft.save_page(page);
    }
}

/// Takes back the queued notices of those who need not answer any more, and tells those who were told that it is over.
/// Whoever answered themselves, or ended it, knows; what a notice set going elsewhere has to be stopped all the same.
fn quiet(draft: &mut Draft<'_>, page: &mut Page, done: &BTreeSet<PersonId>) {
    let (id, incident, at, by) = (page.id, page.incident, draft.now, draft.actor.person());
    page.planned.retain(|planned| page.due.is_some() && !done.contains(&planned.person));
    let mut withdrawn = BTreeSet::new();
    for notice in page.notices.iter_mut().filter(|notice| done.contains(&notice.person)) {
        let told = Told::of(notice);
        match &notice.state {
            NoticeState::Queued => {
                notice.state = NoticeState::Cancelled { at };
                draft.cancel(Effect::notice(incident, id, &told).key);
            }
            out if out.is_out()
                && is_news(&told, out, by)
                && (told.method.ending().is_of_each() || withdrawn.insert((told.person, told.method))) =>
            {
                draft.enqueue(Effect::withdraw(incident, id, &told));
            }
            _ => {}
        }
    }
}

/// Whether the end is to be told by this method, or brought about by it. Who took a call answers in it, and hears that they did.
fn is_news(told: &Told, state: &NoticeState, by: Option<PersonId>) -> bool {
    let in_it = told.method == ContactMethod::Voice && matches!(state, NoticeState::Read { .. });
    by != Some(told.person) || (told.method.ending().acts() && !in_it)
}
