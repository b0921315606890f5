//! What is shown of people, of those on call, and of rooms.

use firebell_core::view::{
    AccountView, AnsweredView, CodeView, CoverView, LinkedView, MeView, MirroredView, OnCallView, ReachedView, Record,
    RoomRow, RoomsView, StepView,
};

use super::Collected;

/// Who somebody is, and how accounts become theirs.
pub(super) fn of_people(views: &mut Collected) {
    let account = || AccountView { place: "main".to_owned(), account: "U1".to_owned() };
    let (handle, name, contacts) = (|| "ana".to_owned(), || "Ana".to_owned(), || vec!["slack".to_owned()]);
    let me = MeView { handle: handle(), name: name(), accounts: vec![account()], contacts: contacts() };
    views.add("chat/me", &MeView { accounts: Vec::new(), contacts: Vec::new(), ..me.clone() });
    views.add("chat/me", &me);
    views.add("chat/code", &CodeView { handle: handle(), code: "ABCDE-FGH23".to_owned(), minutes: 10 });
    views.add("chat/linked", &LinkedView { handle: handle(), account: account() });
}

/// Everybody on call, and nobody.
pub(super) fn of_on_call(views: &mut Collected) {
    let text = str::to_owned;
    let person = |reachable| ReachedView { handle: text("ana"), by: Some(text("web")), reachable };
    let step = |first, people, everyone| StepView {
        first,
        people,
        only: Some(text("sev1")),
        wait: text("5 minutes"),
        everyone,
    };
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
        zone: text("UTC"),
        policies,
        schedules: Vec::new(),
        last_resort,
    };
    views.add("chat/oncall", &of(vec![cover.clone(), bare], vec![person(true), person(false)], None));
    views
        .add("chat/oncall", &of(vec![CoverView { default: false, rounds: None, ..cover }], Vec::new(), Some("search")));
    views.add("chat/oncall", &of(Vec::new(), Vec::new(), None));
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
