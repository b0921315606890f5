//! What stops a page: an acknowledgement, or the end of what it was about.

use super::told;
use crate::decide::Decision;
use crate::decide::draft::Draft;
use crate::effect::Effect;
use crate::ids::PersonId;
use crate::incident::Joined;
use crate::paging::page::{EndReason, NoticeState, Page, PageState, RecipientState};
use crate::paging::policy::AckNeed;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timeline::Change;

/// `/incident ack`: for every open page of the incident that the actor can answer.
pub(in crate::decide) fn acknowledge(mut draft: Draft<'_>) -> Result<Decision, Refusal> {
    let incident = draft.incident.id;
    let nothing = Refusal::NothingToAcknowledge { incident };
    let Some(person) = draft.actor.person() else { return Err(nothing) };
    let open: Vec<Page> = draft.facts.pages.iter().filter(|page| answerable(page, person)).cloned().collect();
    if open.is_empty() {
        return Err(nothing);
    }
    draft.join(person, Joined::Acknowledged);
    let mut still_waiting = Vec::new();
    for mut page in open {
        acknowledge_page(&mut draft, &mut page, person);
        let waiting = page.recipients.iter().filter(|r| r.state == RecipientState::Waiting);
        still_waiting.extend(waiting.map(|r| draft.facts.directory.handle(r.person).to_owned()));
        draft.save_page(page);
    }
    Ok(draft.done(Reply::Acknowledged { incident, still_waiting }))
}

/// Anyone may take a page that the first acknowledgement ends; where everyone must answer, only those who were told and
/// have not answered yet.
fn answerable(page: &Page, person: PersonId) -> bool {
    let mine = page.recipient(person).is_some_and(|r| r.state == RecipientState::Waiting);
    page.is_open() && (mine || !for_everyone(page))
}

fn for_everyone(page: &Page) -> bool {
    page.recipients.iter().any(|r| r.needs == AckNeed::Everyone)
}

fn acknowledge_page(draft: &mut Draft<'_>, page: &mut Page, person: PersonId) {
    let at = draft.now;
    if let Some(mine) = page.recipients.iter_mut().find(|r| r.person == person) {
        mine.state = RecipientState::Acknowledged { at };
    }
    let all_answered = page.recipients.iter().all(|r| matches!(r.state, RecipientState::Acknowledged { .. }));
    let own = page.recipient(person).is_some_and(|r| r.needs == AckNeed::Everyone);
    let whole = all_answered || !own;
    draft.tell(Change::Acknowledged { page: page.id, person, whole });
    if whole {
        page.state = PageState::Acknowledged { at, by: person };
        cover(draft, page, Some(person));
    } else {
        quiet(draft, page, |recipient| recipient == person, Some(person));
    }
}

/// Ends every open page of the incident.
pub(in crate::decide) fn end(draft: &mut Draft<'_>, reason: EndReason) {
    let open: Vec<Page> = draft.facts.pages.iter().filter(|page| page.is_open()).cloned().collect();
    for mut page in open {
        page.state = PageState::Ended { at: draft.now, reason };
        draft.record(Change::PageEnded { page: page.id, reason });
        cover(draft, &mut page, draft.actor.person());
        draft.save_page(page);
    }
}

/// Nobody has to answer any more: the timer stops, queued notices are taken back, and who was told hears that it is over.
fn cover(draft: &mut Draft<'_>, page: &mut Page, by: Option<PersonId>) {
    let at = draft.now;
    page.due = None;
    for recipient in &mut page.recipients {
        if recipient.state == RecipientState::Waiting {
            recipient.state = RecipientState::Covered { at };
        }
    }
    quiet(draft, page, |_| true, by);
}

/// Takes back the queued notices of `whose`, and withdraws what they were already told, except from the one who ended it.
fn quiet(draft: &mut Draft<'_>, page: &mut Page, whose: impl Fn(PersonId) -> bool, by: Option<PersonId>) {
    let (id, incident, at) = (page.id, page.incident, draft.now);
    let mut withdrawn = std::collections::BTreeSet::new();
    for notice in page.notices.iter_mut().filter(|notice| whose(notice.person)) {
        let told = told(notice);
        match notice.state {
            NoticeState::Queued => {
                notice.state = NoticeState::Cancelled { at };
                draft.cancel(Effect::notice(incident, id, &told).key);
            }
            NoticeState::Delivered { .. }
                if by != Some(told.person) && withdrawn.insert((told.person, told.method)) =>
            {
                draft.enqueue(Effect::withdraw(incident, id, &told));
            }
            NoticeState::Delivered { .. } | NoticeState::Failed { .. } | NoticeState::Cancelled { .. } => {}
        }
    }
}
