//! `/v1/calendars/<token>.ics`: a calendar for programs that subscribe to one. The token is all that is known of who reads it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::Semaphore;

use super::Door;
use crate::intake::{Fault, TOKEN_LENGTH};

/// How many calendars are worked out at once; the rest of the machine is for pages.
const AT_ONCE: usize = 2;
/// How long one waits for its turn, and is then asked to come back.
const PATIENCE: Duration = Duration::from_secs(5);
const COME_BACK_S: &str = "30";
/// How long a program may show what it has read without asking again.
const CACHED: &str = "private, max-age=300";

struct Calendars {
    door: Arc<Door>,
    turns: Arc<Semaphore>,
}

pub(super) fn router(door: Arc<Door>) -> Router {
    let calendars = Arc::new(Calendars { door, turns: Arc::new(Semaphore::new(AT_ONCE)) });
    Router::new().route("/v1/calendars/{file}", get(read)).with_state(calendars)
}

async fn read(State(calendars): State<Arc<Calendars>>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(token) = token(&file) else { return no_good() };
    let feed = match calendars.door.intake.feed(token).await {
        Ok(Some(feed)) => feed,
        Ok(None) => return no_good(),
        Err(fault) => return failed(&fault),
    };
    let tag = format!("W/\"{}\"", feed.tag);
    let about = [(header::ETAG, tag), (header::CACHE_CONTROL, CACHED.to_owned())];
    if knows(&headers, &feed.tag) {
        return (StatusCode::NOT_MODIFIED, about).into_response();
    }
    let Ok(Ok(turn)) = tokio::time::timeout(PATIENCE, calendars.turns.clone().acquire_owned()).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, COME_BACK_S)]).into_response();
    };
    let written = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        feed.text()
    });
    match written.await {
        Ok(text) => {
            let kind =
                [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")];
            (StatusCode::OK, about, kind, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a calendar was not written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The token of a file's name. What cannot be one is not looked up.
fn token(file: &str) -> Option<&str> {
    let token = file.strip_suffix(".ics")?;
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (token.len() == TOKEN_LENGTH && token.bytes().all(digit)).then_some(token)
}

/// Whether whoever asks has it as it is.
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = given.flat_map(|value| value.split(',')).map(str::trim);
    tags.any(|given| given == "*" || given.strip_prefix("W/").unwrap_or(given).trim_matches('"') == tag)
}

/// Whoever made it up learns nothing, nor does whoever had it.
fn no_good() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")]).into_response()
}

fn failed(fault: &Fault) -> Response {
    tracing::error!(%fault, "a calendar was not read");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_a_token_is_looked_up() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(token(&format!("{good}.ics")), Some(good.as_str()));
        let short = &good[1..];
        for file in
            [&good, short, "", ".ics", &format!("{short}.ics"), &format!("{good}0.ics"), &format!("{short}F.ics")]
        {
            assert_eq!(token(file), None, "{file}");
        }
    }

    #[test]
    fn a_tag_is_known_among_others_and_however_weak() {
        for (given, known) in [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("\"x\", W/\"abc\" ", true),
            ("*", true),
            ("\"abcd\"", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, given.parse().unwrap())]);
            assert_eq!(knows(&headers, "abc"), known, "{given}");
        }
        assert!(!knows(&HeaderMap::new(), "abc"));
    }
}
