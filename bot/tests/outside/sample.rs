//! What is kept outside in these tests.

use chrono::{DateTime, Utc};
use firebell::clock::Clock;
use firebell::outside::call::CallError;
use firebell::outside::publishing::{File, Publication};
use firebell::outside::tracker::{Cursor, Ticket};

pub(super) const KEY: &str = "firebell:f1:INC-42/A3";
pub(super) const BRANCH: &str = "firebell/INC-42";
pub(super) const PAGE: &str = "docs/post mortems/INC-42.md";
pub(super) const PICTURE: &str = "docs/post mortems/INC-42.pdf";

pub(super) fn clock() -> Clock {
    Clock::manual(at("2026-03-01T12:00:00Z"))
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(super) fn since(text: &str) -> Cursor {
    Cursor { since: at(text), mark: None }
}

pub(super) fn ticket() -> Ticket {
    Ticket {
        key: KEY.to_owned(),
        title: "Alert on queue depth".to_owned(),
        body: "Addresses F2 of INC-42.".to_owned(),
        labels: vec!["postmortem".to_owned(), "detect".to_owned()],
        assignee: Some("ana".to_owned()),
        due: Some("2026-04-01".parse().unwrap()),
        done: false,
    }
}

/// A page and a picture that is no text.
pub(super) fn publication(text: &str) -> Publication {
    let file = |path: &str, content: &[u8]| File { path: path.to_owned(), content: content.to_vec() };
    Publication {
        key: "firebell:f1:INC-42".to_owned(),
        branch: BRANCH.to_owned(),
        base: "main".to_owned(),
        message: format!("Postmortem of INC-42: {text}"),
        title: "Postmortem of INC-42".to_owned(),
        body: "For review.".to_owned(),
        files: vec![file(PAGE, text.as_bytes()), file(PICTURE, b"%PDF-\xff\xfe")],
    }
}

pub(super) fn is_unknown<T: std::fmt::Debug>(result: &Result<T, CallError>) -> bool {
    matches!(result, Err(CallError::Unknown(_)))
}
