//! What is shown of hand-offs, and of fairness.

use firebell_core::reply::Reply;
use firebell_core::view::{
    FairnessView, LoadRow, NoteRow, OfferRow, OnCallNewsView, OverrideRow, PackAction, PackIncident, PackPage,
    PackView, SpanView,
};

use super::Collected;

fn text(text: &str) -> String {
    text.to_owned()
}

fn span() -> SpanView {
    SpanView { start: text("2026-03-01 09:00"), end: text("2026-03-02 09:00") }
}

/// Who bears how much.
pub(super) fn of_fairness(views: &mut Collected, zone: &str) {
    let load = |one: bool| LoadRow {
        handle: text("ana"),
        shifts: if one { 1 } else { 2 },
        one,
        hours: text("12.5"),
        nights: text("8"),
        weekends: text("0"),
        pages: if one { 1 } else { 3 },
        one_page: one,
        night_pages: if one { 0 } else { 2 },
    };
    let (key, from, to) = (text("web"), text("2026-03-01 09:00"), text("2026-03-15 09:00"));
    let fairness = FairnessView { key, zone: text(zone), from, to, people: vec![load(true), load(false)] };
    views.add("chat/fairness", &FairnessView { people: Vec::new(), ..fairness.clone() });
    views.add("chat/fairness", &fairness);
}

/// Hand-offs, told and shown.
pub(super) fn of_handoffs(views: &mut Collected, zone: &str) {
    let news = OnCallNewsView {
        schedule: text("web"),
        by: text("ana"),
        people: vec![text("bo"), text("cy")],
        said: Some(text("all quiet")),
        span: span(),
        zone: text(zone),
        ..OnCallNewsView::default()
    };
    let bare = OnCallNewsView { people: Vec::new(), said: None, ..news.clone() };
    for (ahead, news) in [(true, &news), (false, &bare)] {
        views.add("chat/oncall_news", &OnCallNewsView { comes: true, ahead, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { left: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { off: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { unaccepted: true, mine: ahead, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { taken_over: true, ..news.clone() });
    }
    views.add("chat/handoff", &pack(zone));
    let quiet = PackView { key: text("web"), name: text("Web"), zone: text(zone), ..PackView::default() };
    let swaps = pack(zone).swaps;
    views.add("chat/handoff", &PackView { swaps, hidden: vec![text("INC-3")], unaccepted: true, ..quiet.clone() });
    views.add("chat/handoff", &quiet);
}

fn pack(zone: &str) -> PackView {
    let at = || text("2026-03-01 09:00");
    let people = || vec![text("ana"), text("bo")];
    let action = |owned: bool| PackAction {
        id: text("A1"),
        text: text("rotate the key"),
        owner: owned.then(|| text("ana")),
        due: owned.then(at),
    };
    let incident = |whole: bool| PackIncident {
        id: text("INC-1"),
        severity: text("SEV1"),
        status: text("investigating"),
        title: text("checkout is down"),
        private: whole,
        drill: whole,
        update_due: Some(at()),
        overdue: whole,
        actions: if whole { vec![action(true), action(false)] } else { Vec::new() },
    };
    let page = |state: &'static str| PackPage {
        at: at(),
        incident: text("INC-1"),
        title: text("checkout is down"),
        people: people(),
        state,
        held_until: None,
        again_at: None,
    };
    PackView {
        key: text("web"),
        name: text("Web"),
        zone: text(zone),
        people: people(),
        since: Some(at()),
        before: people(),
        accepted_by: Some(text("ana")),
        accepted_at: Some(at()),
        said: Some(text("all quiet")),
        unaccepted: false,
        next_at: Some(at()),
        next: people(),
        notes: vec![NoteRow { by: text("ana"), at: at(), text: text("the disk fills up") }],
        incidents: vec![incident(true), incident(false)],
        hidden: vec![text("INC-2"), text("INC-3")],
        from: at(),
        pages: vec![
            PackPage { again_at: Some(at()), ..page("acknowledged") },
            PackPage { held_until: Some(at()), ..page("open") },
            page("ended"),
        ],
        more: true,
        until: at(),
        overrides: [None, Some(text("cy"))]
            .map(|instead_of| OverrideRow { people: people(), instead_of, span: span() })
            .to_vec(),
        swaps: vec![OfferRow { by: text("ana"), other: text("bo"), span: span() }],
    }
}

/// What whoever takes over is told, and whoever leaves word.
pub(super) fn replies() -> Vec<Reply> {
    let start = chrono::DateTime::UNIX_EPOCH;
    let accepted = |people| Reply::HandoffAccepted { schedule: text("web"), start, people };
    let noted = Reply::HandoffNoted { schedule: text("web") };
    vec![accepted(Vec::new()), accepted(vec![text("ana")]), accepted(vec![text("ana"), text("bo")]), noted]
}
