//! The page that a link shows: one file without script, style from elsewhere or anything that a mail scanner could press.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::intake::Standing;
use crate::text::escape_html;

/// What the page allows itself: its own style and its own form.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "body{font:18px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;color:#1b1b1b;background:#fff}\
h1{font-size:1.3rem}button{font:inherit;font-weight:600;padding:.8rem 1.6rem;border:0;border-radius:.4rem;background:#b3261e;color:#fff;\
width:100%}@media(prefers-color-scheme:dark){body{color:#eee;background:#151515}}";

/// Asks whether this person has it.
pub(super) fn question(standing: &Standing) -> Response {
    let Standing { incident, title, severity, handle, open, acknowledged_by, .. } = standing;
    let title = title.as_deref().map(|title| format!(": {}", escape_html(title))).unwrap_or_default();
    let head = format!("<h1>{incident} {}{title}</h1>", escape_html(severity));
    let body = match (open, acknowledged_by) {
        (true, _) => format!(
            "<p>You are paged as @{}.</p><form method=\"post\"><button>Acknowledge: I have it</button></form>",
            escape_html(handle)
        ),
        (false, Some(by)) => format!("<p>@{} has acknowledged this page.</p>", escape_html(by)),
        (false, None) => "<p>This page is over.</p>".to_owned(),
    };
    shown(StatusCode::OK, &format!("{head}{body}"))
}

/// Asks whether what was sent to this person arrived.
pub(super) fn arrived(handle: &str) -> Response {
    let handle = escape_html(handle);
    let body = format!(
        "<h1>A test of Firebell for @{handle}</h1><p>Whoever confirms it can be paged where it arrived.</p>\
         <form method=\"post\"><button>Confirm: it reached me</button></form>"
    );
    shown(StatusCode::OK, &body)
}

/// Says that the link is no proof, and not why.
pub(super) fn no_proof() -> Response {
    let body = "<h1>This link is not good any more.</h1><p>Each is for one test and one person, and not for long. Have \
                another sent in chat with /oncall me test.</p>";
    shown(StatusCode::NOT_FOUND, body)
}

/// Says what became of an answer.
pub(super) fn told(words: &str) -> Response {
    shown(StatusCode::OK, &format!("<h1>{}</h1>", escape_html(words)))
}

/// Says that the link is no good, and not why: whoever made it up learns nothing.
pub(super) fn no_good() -> Response {
    let body = "<h1>This link is not good any more.</h1><p>Each is for one page and one person, for a day. Answer in chat with \
                /incident ack.</p>";
    shown(StatusCode::NOT_FOUND, body)
}

/// Says that nothing was done.
pub(super) fn failed() -> Response {
    let body = "<h1>Nothing was stored.</h1><p>Firebell cannot reach its database. Try again, or answer in chat.</p>";
    shown(StatusCode::SERVICE_UNAVAILABLE, body)
}

fn shown(status: StatusCode, body: &str) -> Response {
    let document = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>Firebell</title>\
         <style>{STYLE}</style></head><body>{body}</body></html>"
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(document)).into_response()
}
