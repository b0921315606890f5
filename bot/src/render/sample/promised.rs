//! Follow-ups: those of all incidents, and each as a tracker is told of it.

use firebell_core::command::Promised;
use firebell_core::view::{PromisedView, Record, TicketBodyView};

use super::{Collected, at};

/// What is listed of all incidents, with rows and without.
pub(super) fn of_record(views: &mut Collected, record: &Record<'_>) {
    let asked = Promised { mine: true, overdue: true, team: Some("web".to_owned()) };
    let found: Vec<_> = record.incident.actions.iter().map(|action| (record.incident, action.id)).collect();
    let view = |asked: &Promised, found: &[_], more| {
        PromisedView::of(found, (asked, more), record.directory, (at(100), record.times))
    };
    let none = Promised::default();
    for view in
        [view(&asked, &found, true), view(&none, &found, false), view(&asked, &[], false), view(&none, &[], false)]
    {
        for template in ["chat/promised", "chat/digest"] {
            views.add(template, &view);
        }
    }
    for action in &record.incident.actions {
        views.add("ticket/body", &TicketBodyView::of(record, action));
    }
}
