//! What is shown of people, of those on call, and of rooms.

use chrono::{DateTime, Utc};
use firebell_core::paging::notice::{Heard, Stage, Trail};
use firebell_core::paging::page::{PageState, RecipientState};
use firebell_core::view::{
    AccountView, AnsweredView, CodeView, CoverView, FeedView, GapView, GapsRow, GapsView, HeldView, LinkedView, MeView,
    MirroredView, OnCallNewsView, OnCallView, ReachedView, Record, RoomRow, RoomsView, ScheduleView, ShiftRow,
    SimulatedRow, SimulationView, SpanView, StepView, SwapRow, SwapsView, ToldRow, UnreadRow,
};

use super::Collected;
use super::handoffs::{of_fairness, of_handoffs};
use super::overrides::of_overrides;

/// How somebody stands who is the only one of their page.
pub(super) fn answered(page: &PageState) -> RecipientState {
    match page {
        PageState::Acknowledged { at, .. } => RecipientState::Acknowledged { at: *at },
        PageState::Open | PageState::Ended { .. } => RecipientState::Waiting,
    }
}

/// The way of the second notice, of which a carrier told.
pub(super) fn trail(notice: i64, at: DateTime<Utc>) -> Trail {
    if notice != 2 {
        return Trail::default();
    }
    let heard = Some(Heard { stage: Stage::Delivered, word: "delivered".to_owned(), at });
    let (provider_id, sent_at) = (Some("SM1".to_owned()), Some(at));
    Trail { attempts: 2, provider_id, sent_at, delivered_at: Some(at), read_at: None, heard }
}

/// Who somebody is, and how accounts become theirs.
pub(super) fn of_people(views: &mut Collected) {
    let account = || AccountView { place: "main".to_owned(), account: "U1".to_owned() };
    let (handle, name, contacts) = (|| "ana".to_owned(), || "Ana".to_owned(), || vec!["slack".to_owned()]);
    let me = MeView { handle: handle(), name: name(), accounts: vec![account()], contacts: contacts() };
    views.add("chat/me", &MeView { accounts: Vec::new(), contacts: Vec::new(), ..me.clone() });
    views.add("chat/me", &me);
    views.add("chat/code", &CodeView { handle: handle(), code: "ABCDE-FGH23".to_owned(), minutes: 10 });
    let url = || "https://firebell.example.org/v1/calendars/0123456789abcdef.ics".to_owned();
    views.add("chat/feed", &FeedView { url: url(), schedule: Some("web".to_owned()), replaced: true });
    views.add("chat/feed", &FeedView { url: url(), schedule: None, replaced: false });
    views.add("chat/linked", &LinkedView { handle: handle(), account: account() });
}

/// Everybody on call, and nobody.
pub(super) fn of_on_call(views: &mut Collected) {
    let text = str::to_owned;
    let person =
        |reachable: bool| ReachedView { handle: text("ana"), by: (!reachable).then(|| text("web")), reachable };
    let step = |first, people, everyone: bool| StepView {
        first,
        people,
        only: everyone.then(|| text("sev1")),
        wait: text("5 minutes"),
        everyone,
    };
    let held = HeldView {
        key: text("nights"),
        name: text("Nights"),
        people: vec![person(true), person(false)],
        shadows: vec![text("bo"), text("cy")],
        until: Some(text("09:00")),
        next: vec![person(true), person(false)],
        unaccepted: Some(text("08:00")),
    };
    let gap = HeldView { people: Vec::new(), shadows: Vec::new(), next: Vec::new(), unaccepted: None, ..held.clone() };
    let endless = HeldView { until: None, ..gap.clone() };
    let cover = CoverView {
        key: text("primary"),
        name: text("Primary"),
        services: vec![text("checkout"), text("search")],
        default: true,
        steps: vec![step(true, vec![person(true), person(false)], false), step(false, Vec::new(), true)],
        rounds: Some(2),
    };
    let bare = CoverView { services: Vec::new(), ..cover.clone() };
    let of = |policies, last_resort, service: Option<&str>| OnCallView {
        service: service.map(text),
        by_default: service.is_some(),
        zone: if service.is_some() { text("UTC") } else { String::new() },
        policies,
        schedules: Vec::new(),
        last_resort,
    };
    views.add("chat/oncall", &of(vec![cover.clone(), bare], vec![person(true), person(false)], None));
    views
        .add("chat/oncall", &of(vec![CoverView { default: false, rounds: None, ..cover }], Vec::new(), Some("search")));
    views.add("chat/oncall", &of(Vec::new(), Vec::new(), None));
    let schedules = vec![held, gap, endless];
    for service in [None, Some("search")] {
        views.add("chat/oncall", &OnCallView { schedules: schedules.clone(), ..of(Vec::new(), Vec::new(), service) });
    }
}

/// Schedules with shifts and gaps, offers and simulations, and without any.
pub(super) fn of_schedules(views: &mut Collected) {
    let text = str::to_owned;
    let shift = |people: &[&str], shadows: &[&str]| ShiftRow {
        start: text("2026-03-01 09:00"),
        end: text("2026-03-02 09:00"),
        people: people.iter().copied().map(text).collect(),
        why: people.iter().map(|_| text("layer primary")).collect(),
        shadows: shadows.iter().copied().map(text).collect(),
    };
    let schedule = |zone: &str, shifts, more| ScheduleView {
        key: text("web"),
        name: text("Web"),
        zone: text(zone),
        from: text("2026-03-01 09:00"),
        to: text("2026-03-15 09:00"),
        shifts,
        more,
    };
    let shifts = vec![shift(&["ana", "bo"], &["cy", "dee"]), shift(&["ana"], &[]), shift(&[], &[])];
    views.add("chat/schedule", &schedule("UTC", shifts, 3));
    views.add("chat/schedule", &schedule("", Vec::new(), 0));
    let gap = GapView { start: text("02:00"), end: text("03:00"), length: text("1 h") };
    let unread = |fails| UnreadRow { calendar: text("days"), heard: text("2026-03-01 09:00"), fails };
    let row = |gaps| GapsRow { key: text("web"), gaps, unread: vec![unread(true), unread(false)] };
    for zone in ["UTC", ""] {
        let view = |schedules| GapsView { zone: text(zone), to: text("2026-03-15 09:00"), schedules };
        views.add("chat/gaps", &view(vec![row(vec![gap.clone()]), row(Vec::new())]));
        views.add("chat/gaps", &view(Vec::new()));
        of_fairness(views, zone);
        of_handoffs(views, zone);
        of_overrides(views, zone);
        let span = || SpanView { start: text("2026-03-01 09:00"), end: text("2026-03-02 09:00") };
        let swap = |asked, theirs| SwapRow {
            number: 1,
            schedule: text("web"),
            by: text("ana"),
            other: text("bo"),
            own: span(),
            theirs,
            asked,
        };
        let swaps = vec![swap(true, vec![span()]), swap(false, Vec::new())];
        views.add("chat/swaps", &SwapsView { zone: text(zone), swaps });
        views.add("chat/swaps", &SwapsView { zone: text(zone), swaps: Vec::new() });
        let news = OnCallNewsView {
            schedule: text("web"),
            by: text("ana"),
            span: span(),
            zone: text(zone),
            ..OnCallNewsView::default()
        };
        views.add("chat/oncall_news", &OnCallNewsView { put: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { relieved: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { offered: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { offered: true, theirs: vec![span()], ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { answered: Some("accepted"), ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { ended: true, ..news.clone() });
        views.add("chat/oncall_news", &OnCallNewsView { again: true, ..news });
    }
}

/// What a policy would do.
pub(super) fn of_simulations(views: &mut Collected) {
    let text = str::to_owned;
    let told =
        |method: Option<&str>, why: &str| ToldRow { handle: text("ana"), method: method.map(text), why: text(why) };
    let step = SimulatedRow {
        at: text("2026-03-01 09:00"),
        occasion: text("step 1"),
        people: vec![told(Some("slack"), "web, layer primary"), told(None, "")],
        places: vec![text("slack:C1"), text("bridge")],
        shadows: vec![text("cy"), text("dee")],
        everyone: true,
        skipped: None,
        uncovered: Vec::new(),
    };
    let bare =
        SimulatedRow { people: Vec::new(), places: Vec::new(), shadows: Vec::new(), everyone: false, ..step.clone() };
    let uncovered = vec![text("web"), text("nights")];
    let skipped = SimulatedRow { skipped: Some("nobody is on call"), uncovered, ..bare.clone() };
    let empty = SimulatedRow { skipped: Some("it names nobody"), ..bare.clone() };
    let view = SimulationView {
        policy: text("web"),
        service: Some(text("checkout")),
        severity: text("sev1"),
        zone: text("UTC"),
        steps: vec![step, skipped, empty, bare],
    };
    views.add(
        "chat/simulation",
        &SimulationView { service: None, zone: String::new(), steps: Vec::new(), ..view.clone() },
    );
    views.add("chat/simulation", &view);
}

/// Rooms in every state, and messages that they show of each other.
pub(super) fn of_rooms(views: &mut Collected, record: &Record<'_>) {
    let text = |text: &str| Some(text.to_owned());
    let room = |state, reason| RoomRow {
        place: "main".to_owned(),
        platform: text("slack"),
        name: text("inc-1"),
        link: text("https://chat.example/C1"),
        state,
        reason,
    };
    let failed = RoomRow { platform: None, name: None, link: None, ..room("not opened", text("no scope")) };
    let view = RoomsView { mirrored: true, ..RoomsView::of(record.incident, &[]) };
    let view = RoomsView { rooms: vec![room("open", None), failed], ..view };
    for view in [RoomsView { rooms: Vec::new(), ..view.clone() }, RoomsView { mirrored: false, ..view.clone() }, view] {
        views.add("chat/rooms", &view);
        views.add("chat/elsewhere", &view);
    }
    let mirrored = MirroredView {
        incident: record.incident.id.to_string(),
        message: "M4".to_owned(),
        author: "Ana".to_owned(),
        place: "main".to_owned(),
        text: "it is the queue".to_owned(),
        edited: true,
        cut: true,
        answers: Some(AnsweredView { message: "M3".to_owned(), author: "Bo".to_owned(), begins: text("what is it?") }),
    };
    let gone = mirrored.answers.clone().map(|answers| AnsweredView { begins: None, ..answers });
    views.add("chat/mirrored", &MirroredView { answers: None, edited: false, cut: false, ..mirrored.clone() });
    views.add("chat/mirrored", &MirroredView { answers: gone, ..mirrored.clone() });
    views.add("chat/mirrored", &mirrored);
}
