//! Pages that do not hurry wait for the hours that their policy has for them.

use super::escalate;
use crate::decide::draft::Draft;
use crate::directory::Urgency;
use crate::paging::page::{Due, Page};
use crate::timeline::Change;

/// Lets a page wait, if it does not hurry and it is outside of its policy's hours; false where it goes on.
pub(super) fn put_off(draft: &mut Draft<'_>, page: &mut Page) -> bool {
    let hours = page.pinned.terms.defer.as_ref().filter(|_| page.urgency == Urgency::Low);
    let Some((until, due)) = hours.and_then(|hours| hours.begin_after(draft.now)).zip(page.due.as_ref()) else {
        return false;
    };
    page.due = Some(Due { at: until, what: due.what, deferred: true });
    draft.tell(Change::PageDeferred { page: page.id, until });
    true
}

/// Lets the open pages hurry once the incident does; what waited goes on at once.
pub(in crate::decide) fn hurry(draft: &mut Draft<'_>) {
    if draft.facts.settings.urgency(&draft.incident.severity) != Urgency::High {
        return;
    }
    let slow = |page: &&Page| page.is_open() && page.urgency != Urgency::High;
    let slow: Vec<Page> = draft.facts.pages.iter().filter(slow).cloned().collect();
    for mut page in slow {
        page.urgency = Urgency::High;
        if page.due.as_ref().is_some_and(|due| due.deferred) {
            escalate::run_due(draft, &mut page);
        }
        draft.save_page(page);
    }
}
