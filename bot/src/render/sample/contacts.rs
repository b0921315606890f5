//! How somebody is reached, what addresses hear, and who has something to prove.

use firebell_core::reply::{ContactDone, Reply};
use firebell_core::view::{
    ContactCodeView, ContactRow, ContactsView, MissingRow, ProofRow, ProofView, ReplacedView, RulesRow, UnprovedView,
    WaitingRow,
};

use super::Collected;

/// Every kind of reply about how somebody is reached.
pub(super) fn of_contact_replies() -> Vec<Reply> {
    let text = str::to_owned;
    let done = [
        ContactDone::Asked { method: text("sms"), address: text("…42"), minutes: 15 },
        ContactDone::Set { method: text("sms"), replaced: None, used: true },
        ContactDone::Set { method: text("sms"), replaced: Some(text("…41")), used: false },
        ContactDone::Proved { method: text("sms") },
        ContactDone::Removed { method: text("sms"), was: None },
        ContactDone::Removed { method: text("sms"), was: Some(text("…42")) },
        ContactDone::Ordered { methods: vec![text("ntfy"), text("sms")] },
        ContactDone::Ruled { urgency: text("high"), rules: vec![text("ntfy"), text("sms after 2m")] },
        ContactDone::Ruled { urgency: text("low"), rules: Vec::new() },
        ContactDone::Tested { methods: vec![text("ntfy"), text("sms")], minutes: 15 },
    ];
    done.into_iter().map(|done| Reply::Contact { done }).collect()
}

/// How somebody is reached, and what addresses hear.
pub(super) fn of_contacts(views: &mut Collected) {
    let text = str::to_owned;
    let row = |from: &str, proved: Option<&str>, address: Option<&str>| ContactRow {
        number: 1,
        method: text("sms"),
        address: address.map(text),
        from: text(from),
        verified: proved.is_some(),
        proved: proved.map(text),
    };
    let contacts = [
        row("account", None, None),
        row("file", None, Some("…42")),
        row("chat", Some("2026-03-01 12:00"), Some("a…@example.org")),
    ];
    let rules = RulesRow { urgency: text("high"), rules: vec![text("ntfy"), text("sms after 2m")] };
    let waits = |wanted, failure: Option<&str>| WaitingRow {
        method: text("sms"),
        address: text("…42"),
        wanted,
        until: text("12:15"),
        failure: failure.map(text),
    };
    let lacks = |unconfigured: bool, nowhere: bool| {
        let unproved = !unconfigured && !nowhere;
        MissingRow { method: text("sms"), unconfigured, nowhere, unproved }
    };
    let full = ContactsView {
        handle: text("ana"),
        contacts: contacts.into(),
        rules: vec![rules.clone(), RulesRow { urgency: text("low"), ..rules }],
        waiting: vec![waits(true, None), waits(false, None), waits(true, Some("the number is not in use"))],
        missing: vec![lacks(true, false), lacks(false, true), lacks(false, false)],
    };
    views.add("chat/contacts", &full);
    views.add("chat/contacts", &ContactsView { handle: text("ana"), ..ContactsView::default() });
    let code = |wanted, spoken, link: Option<&str>| ContactCodeView {
        handle: text("ana"),
        name: text("Ana"),
        method: text("sms"),
        code: text("ABC234"),
        spelt: text("A, B, C, 2, 3, 4"),
        spoken,
        wanted,
        link: link.map(text),
        until: text("2026-03-01 12:15 UTC"),
    };
    for view in [code(true, false, None), code(false, false, Some("https://x.example/p/1")), code(true, true, None)] {
        views.add("chat/contact_code", &view);
    }
    for removed in [false, true] {
        let replaced = ReplacedView { handle: text("ana"), name: text("Ana"), method: text("sms"), removed };
        views.add("chat/contact_replaced", &replaced);
    }
    let of = |asked: Option<&str>| ProofRow {
        handle: text("ana"),
        methods: vec![text("sms"), text("ntfy")],
        asked: asked.map(text),
    };
    views.add("chat/proof", &ProofView { people: vec![of(None), of(Some("2026-03-01 12:00"))] });
    views.add("chat/proof", &ProofView::default());
    views.add("chat/unproved", &UnprovedView { handle: text("ana"), asked: text("2026-03-01 12:00 UTC") });
}
