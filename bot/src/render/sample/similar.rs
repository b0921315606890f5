//! What is shown of incidents that are like the sample's.

use firebell_core::action::Action;
use firebell_core::similar::{Reasons, Similar};
use firebell_core::view::{AnnouncementView, CardView, Record, ShowView, SimilarView};

use super::Collected;

/// The same incident again, with every reason and with none.
pub(in super::super) fn similar(record: &Record<'_>) -> Vec<Similar> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let reasons = Reasons {
        factors: words(&["logs were never | *rotated*"]),
        alerts: words(&["HighDiskUse"]),
        services: words(&["checkout", "search"]),
        titles: words(&["disk", "full"]),
        words: words(&["pool"]),
    };
    let mut incident = record.incident.clone();
    if let Some(action) = incident.actions.iter().find(|action| action.done.is_none()).cloned() {
        let promised = Action { owner: incident.declared.by.person(), due: Some(incident.declared.at), ..action };
        incident.actions.extend(std::iter::repeat_n(promised, 3));
    }
    let other = Similar { incident: record.incident.clone(), reasons: Reasons::default() };
    vec![Similar { incident, reasons }, other]
}

/// Cards with and without earlier incidents, and the answers to who asks.
pub(super) fn of_similar(views: &mut Collected, record: &Record<'_>) {
    let found = similar(record);
    let card = CardView::of(record).with_earlier(record, &found);
    views.add("chat/card", &card);
    // Whoever writes a template of their own may look there for what stands on a card.
    for template in ["chat/topic", "chat/purpose", "chat/announcement"] {
        views.add(template, &AnnouncementView { card: card.clone(), ..AnnouncementView::of(record, None) });
    }
    for template in ["chat/show", "chat/summary", "chat/impact"] {
        views.add(template, &ShowView { card: card.clone(), ..ShowView::of(record) });
    }
    views.add("chat/similar", &SimilarView::of(record, &found));
    views.add("chat/similar", &SimilarView::of(record, &[]));
}
