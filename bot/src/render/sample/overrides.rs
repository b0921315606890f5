//! What is shown of overrides, and told whoever ends one.

use firebell_core::reply::Reply;
use firebell_core::view::{MadeRow, OverridesView, SpanView};

use super::{Collected, at};

fn text(text: &str) -> String {
    text.to_owned()
}

/// Overrides that hold and that are ahead, and none.
pub(super) fn of_overrides(views: &mut Collected, zone: &str) {
    let span = || SpanView { start: text("2026-03-01 09:00"), end: text("2026-03-02 09:00") };
    let made = |number, holds, people: &[&str]| MadeRow {
        number,
        schedule: text("web"),
        people: people.iter().copied().map(text).collect(),
        span: span(),
        why: text("cover for @bo by @ana"),
        holds,
        may_end: holds,
    };
    let overrides = vec![made(1, true, &["ana"]), made(2, false, &["cy", "dee"])];
    views.add("chat/overrides", &OverridesView { zone: text(zone), overrides });
    views.add("chat/overrides", &OverridesView { zone: text(zone), overrides: Vec::new() });
}

/// What whoever ends one is told.
pub(super) fn replies() -> Vec<Reply> {
    let ended = |people: &[&str], again: &[&str], gap| Reply::OverrideEnded {
        schedule: text("web"),
        people: people.iter().copied().map(text).collect(),
        start: at(0),
        end: at(60),
        again: again.iter().copied().map(text).collect(),
        gap,
    };
    vec![ended(&["ana"], &["bo"], false), ended(&["ana", "cy"], &["bo", "dee"], true), ended(&["ana"], &[], true)]
}
