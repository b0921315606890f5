//! What becomes of notices: attempts that ended, and what providers tell afterwards.

use super::{escalate, held, queue_notice};
use crate::decide::Decision;
use crate::decide::draft::Draft;
use crate::directory::ContactMethod;
use crate::effect::{Effect, Told};
use crate::ids::{NoticeId, PageId};
use crate::paging::notice::{Attempt, Receipt, Stage};
use crate::paging::page::{NoticeState, Page, Planned, Recipient, RecipientState};
use crate::reply::Reply;
use crate::timeline::{Change, NoticeOutcome};

/// A notice was accepted; by methods that tell no more than that, it has arrived. A page that is over by now keeps its state:
/// late answers never move one backwards. Whoever was told although the notice had been taken back, because it was on its way
/// by then, hears that it is over.
pub(in crate::decide) fn delivered(
    mut draft: Draft<'_>,
    (page, notice): (PageId, NoticeId),
    again: bool,
    attempt: &Attempt,
) -> Decision {
    let Some((page, method)) = tried(&draft, (page, notice), attempt) else { return Decision::nothing() };
    let at = draft.now;
    let (to, outcome) = match (method.tells_receipts(), again) {
        (true, false) => (NoticeState::Sent { at, again }, NoticeOutcome::Sent),
        (true, true) => (NoticeState::Sent { at, again }, NoticeOutcome::SentAgain),
        (false, false) => (NoticeState::Delivered { at, again }, NoticeOutcome::Delivered),
        (false, true) => (NoticeState::Delivered { at, again }, NoticeOutcome::DeliveredAgain),
    };
    let (page, _) = settle(&mut draft, page, notice, (to, outcome));
    done(draft, page)
}

/// A notice can never arrive: the person's next contact method is tried at once, and when nobody of the step can be
/// reached, the next step.
pub(in crate::decide) fn failed(
    draft: Draft<'_>,
    (page, notice): (PageId, NoticeId),
    reason: String,
    attempt: &Attempt,
) -> Decision {
    let state = NoticeState::Failed { at: draft.now, reason: reason.clone() };
    lost(draft, (page, notice), (state, NoticeOutcome::Failed { reason }), attempt)
}

/// A notice is tried no more, and the page goes on as if it had failed.
pub(in crate::decide) fn given_up(
    draft: Draft<'_>,
    (page, notice): (PageId, NoticeId),
    reason: String,
    attempt: &Attempt,
) -> Decision {
    let state = NoticeState::Dead { at: draft.now, reason: reason.clone() };
    lost(draft, (page, notice), (state, NoticeOutcome::Dead { reason }), attempt)
}

fn lost(
    mut draft: Draft<'_>,
    (page, notice): (PageId, NoticeId),
    to: (NoticeState, NoticeOutcome),
    attempt: &Attempt,
) -> Decision {
    let Some((page, _)) = tried(&draft, (page, notice), attempt) else { return Decision::nothing() };
    let (page, moved) = settle(&mut draft, page, notice, to);
    if moved { done(draft, page) } else { Decision::nothing() }
}

/// What a provider tells of a notice that it had accepted. It may come before the answer to the attempt itself does, twice, or
/// out of order.
pub(in crate::decide) fn receipt(
    mut draft: Draft<'_>,
    (page, notice): (PageId, NoticeId),
    receipt: &Receipt,
) -> Decision {
    let Some(mut page) = held(&draft, page) else { return Decision::nothing() };
    let (at, incident, id) = (draft.now, page.incident, page.id);
    let Some(held) = page.notices.iter_mut().find(|held| held.id == notice) else { return Decision::nothing() };
    if !held.hears(receipt, at) {
        return Decision::nothing();
    }
    held.was_tried(&Attempt { number: 0, provider_id: Some(receipt.provider_id.clone()) });
    let (again, was_queued, told) = (held.state.again(), held.state == NoticeState::Queued, Told::of(held));
    let to = match receipt.stage {
        Stage::Accepted | Stage::UnderWay => (NoticeState::Sent { at, again }, NoticeOutcome::Sent),
        Stage::Delivered => (NoticeState::Delivered { at, again }, NoticeOutcome::Delivered),
        Stage::Read => (NoticeState::Read { at, again }, NoticeOutcome::Read),
        Stage::Failed => {
            let reason = receipt.reason.clone().unwrap_or_else(|| receipt.word.clone());
            (NoticeState::Failed { at, reason: reason.clone() }, NoticeOutcome::Failed { reason })
        }
    };
    let (page, _) = settle(&mut draft, page, notice, to);
    if was_queued && receipt.stage == Stage::Failed {
        // The answer to the attempt is still out, and another one would be made after it.
        draft.cancel(Effect::notice(incident, id, &told).key);
    }
    done(draft, page)
}

/// The page with this attempt written down, and by what the notice goes.
fn tried(draft: &Draft<'_>, (page, notice): (PageId, NoticeId), attempt: &Attempt) -> Option<(Page, ContactMethod)> {
    let mut page = held(draft, page)?;
    let held = page.notices.iter_mut().find(|held| held.id == notice)?;
    held.was_tried(attempt);
    let method = held.method;
    Some((page, method))
}

fn done(mut draft: Draft<'_>, page: Page) -> Decision {
    if held(&draft, page.id).is_some_and(|before| before == page) {
        return Decision::nothing();
    }
    draft.save_page(page);
    draft.done(Reply::Silent)
}

/// Moves a notice on, and does what that calls for; whether it moved.
fn settle(
    draft: &mut Draft<'_>,
    mut page: Page,
    id: NoticeId,
    (to, outcome): (NoticeState, NoticeOutcome),
) -> (Page, bool) {
    let Some(held) = page.notices.iter_mut().find(|held| held.id == id) else { return (page, false) };
    let taken_back = matches!(held.state, NoticeState::Cancelled { .. });
    if !held.moves(to) {
        return (page, false);
    }
    let (told, lost) = (Told::of(held), held.state.is_lost());
    let Told { notice, person, method, occasion, .. } = told;
    let is = |r: &Recipient| r.state;
    let recipient = page.recipient(person).map(is);
    let knows = matches!(recipient, Some(RecipientState::Acknowledged { .. }));
    if taken_back && (!knows || method.ending().acts()) {
        draft.enqueue(Effect::withdraw(page.incident, page.id, &told));
    }
    draft.record(Change::NoticeSettled { page: page.id, notice, person, method, outcome });
    // Whoever has answered by another one needs no further.
    let waits = recipient.is_none_or(|state| state == RecipientState::Waiting);
    if lost && waits && page.is_open() && !next_method(draft, &mut page, &told) {
        escalate::skip_if_all_failed(draft, &mut page, occasion);
    }
    (page, true)
}

/// Queues a notice by the method that comes next by the person's own rules, else by the first contact method that this
/// occasion has not tried yet; false when there is none. What was tried already is tried again when its time comes.
fn next_method(draft: &mut Draft<'_>, page: &mut Page, failed: &Told) -> bool {
    let Told { person, occasion, .. } = *failed;
    let here = draft.facts.directory.people.get(&person).filter(|held| held.active);
    let Some(held) = here else { return false };
    let tried = |method: ContactMethod| {
        page.notices.iter().any(|n| (n.person, n.occasion, n.method) == (person, occasion, method))
    };
    let waits = |planned: &Planned| {
        (planned.person, planned.occasion) == (person, occasion)
            && held.contacts.contains(&planned.method)
            && !tried(planned.method)
    };
    let soonest = page.planned.iter().enumerate().filter(|(_, planned)| waits(planned));
    if let Some(place) = soonest.min_by_key(|(_, planned)| planned.at).map(|(place, _)| place) {
        let Planned { method, .. } = page.planned.remove(place);
        queue_notice(draft, page, (person, method, occasion));
        return true;
    }
    let Some(method) = held.contacts.iter().copied().find(|method| !tried(*method)) else { return false };
    queue_notice(draft, page, (person, method, occasion));
    true
}
