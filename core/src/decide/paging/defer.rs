//! Pages that do not hurry wait for the hours that their policy has for them.

use super::escalate;
use crate::decide::draft::Draft;
use crate::directory::Urgency;
use crate::ids::Key;
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

/// Lets the pages hurry once the incident does, those that come again too; what waited goes on at once. A page of which
/// somebody said that it does not hurry keeps to that unless the severity rises.
pub(in crate::decide) fn hurry(draft: &mut Draft<'_>, before: &Key) {
    let (settings, now) = (&draft.facts.settings, &draft.incident.severity);
    let hurries = |severity: &Key| settings.urgency(severity) == Urgency::High;
    if !hurries(now) || (hurries(before) && !settings.is_worse(now, before)) {
        return;
    }
    let goes_on = |page: &Page| page.is_open() || page.due.is_some();
    let slow = |page: &&Page| goes_on(page) && page.urgency != Urgency::High;
    let slow: Vec<Page> = draft.facts.pages.iter().filter(slow).cloned().collect();
    for mut page in slow {
        page.urgency = Urgency::High;
        if page.is_open() && page.due.as_ref().is_some_and(|due| due.deferred) {
            escalate::run_due(draft, &mut page);
        }
        draft.save_page(page);
    }
}
