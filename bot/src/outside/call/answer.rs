//! What services say where they do not do as they are asked: their words, and how long they want to be left alone.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

/// How much of a service's words is quoted, in characters.
const QUOTED: usize = 200;
/// The least and the longest that a service's wish to be left alone is believed.
const WAIT_MIN: TimeDelta = TimeDelta::seconds(1);
const WAIT_MAX: TimeDelta = TimeDelta::hours(1);
/// The wait where a service says that there were too many calls, and not for how long. GitHub asks for a minute.
const WAIT_UNSAID: TimeDelta = TimeDelta::seconds(60);
/// The wait where a service had no time to read the call.
const WAIT_SLOW: TimeDelta = TimeDelta::seconds(10);
/// How deep an error is searched for words.
const DEPTH: usize = 4;
/// Numbers beyond these are instants in seconds or milliseconds since 1970, and no spans.
const INSTANT: f64 = 1e9;
const INSTANT_MILLIS: f64 = 1e12;
/// Where services write when calls are counted anew: GitHub, Atlassian and Linear; GitLab; Linear.
const RESETS: [&str; 3] = ["x-ratelimit-reset", "ratelimit-reset", "x-ratelimit-requests-reset"];
const REMAINS: [&str; 3] = ["x-ratelimit-remaining", "ratelimit-remaining", "x-ratelimit-requests-remaining"];

/// The words of an error, in one line.
///
/// GitHub writes `message` and `errors[]`, GitLab `message` (a text, a list or an object of lists) or `error`, Atlassian
/// `errorMessages[]` with `errors{}`, or `errors[].title`, Linear `errors[].message`, Notion `message`.
pub(super) fn said(body: &Value) -> Option<String> {
    let mut words = Vec::new();
    match body {
        Value::Object(fields) => {
            for name in ["message", "error", "error_description", "errorMessages", "errors", "title", "detail"] {
                if let Some(value) = fields.get(name) {
                    collect(value, "", DEPTH, &mut words);
                }
            }
        }
        other => collect(other, "", 1, &mut words),
    }
    words.dedup();
    Some(words.join("; ")).filter(|words| !words.is_empty())
}

fn collect(value: &Value, name: &str, depth: usize, words: &mut Vec<String>) {
    if depth == 0 || words.len() >= 8 {
        return;
    }
    match value {
        Value::String(text) if text.is_empty() => {}
        Value::String(text) if name.is_empty() => words.push(text.clone()),
        Value::String(text) => words.push(format!("{name}: {text}")),
        Value::Array(values) => values.iter().for_each(|value| collect(value, name, depth - 1, words)),
        Value::Object(fields) => collect_fields(fields, depth, words),
        _ => {}
    }
}

fn collect_fields(fields: &serde_json::Map<String, Value>, depth: usize, words: &mut Vec<String>) {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let message = text("message").or_else(|| text("detail")).or_else(|| text("title"));
    match (message, text("field"), text("code")) {
        (Some(message), ..) => words.push(message.to_owned()),
        // GitHub's: `{"resource": "Issue", "code": "missing_field", "field": "title"}`.
        (None, Some(field), Some(code)) => words.push(format!("{field}: {code}")),
        (None, None, Some(code)) => words.push(code.to_owned()),
        _ => fields.iter().for_each(|(name, value)| collect(value, name, depth - 1, words)),
    }
}

/// A text in one line that fits into a reason, without signs that nobody sees.
pub(crate) fn cut(text: &str) -> String {
    let seen = |letter: char| if letter.is_control() || is_unseen(letter) { ' ' } else { letter };
    let line: String = text.chars().map(seen).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return line;
    }
    let kept: String = line.chars().take(QUOTED - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Signs that turn the direction of a text or have no width.
fn is_unseen(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{061c}')
}

/// Whether a refusal says that there were too many calls: 429, or as GitHub and Linear say it with 403, 400 and 200.
pub(super) fn is_limit(status: u16, headers: &HeaderMap, body: &Value, said: Option<&str>) -> bool {
    let is_forbidden = status == 403
        && (headers.contains_key(RETRY_AFTER)
            || remaining(headers) == Some("0")
            || said.is_some_and(|said| said.to_ascii_lowercase().contains("rate limit")));
    let code = |error: &Value| {
        let code = error["extensions"]["code"].as_str().or_else(|| error["type"].as_str());
        code.is_some_and(|code| matches!(code, "RATELIMITED" | "RATE_LIMITED"))
    };
    let is_ratelimited = body["errors"].as_array().is_some_and(|errors| errors.iter().any(code));
    status == 429 || is_forbidden || is_ratelimited
}

/// How long a service wants no calls: as a span or a date, or until its count begins anew; between 1 s and 1 h.
pub(super) fn wait_of(status: u16, headers: &HeaderMap, now: DateTime<Utc>) -> TimeDelta {
    let unsaid = if matches!(status, 408 | 425) { WAIT_SLOW } else { WAIT_UNSAID };
    let after = text(headers, RETRY_AFTER.as_str()).and_then(|said| span(said, now));
    // GitHub sends the end of the hour with every answer; it counts where nothing is left.
    let is_used_up = remaining(headers).is_none_or(|left| left == "0");
    let reset = || RESETS.iter().find_map(|name| span(text(headers, name)?, now)).filter(|_| is_used_up);
    after.or_else(reset).unwrap_or(unsaid).clamp(WAIT_MIN, WAIT_MAX)
}

fn remaining(headers: &HeaderMap) -> Option<&str> {
    REMAINS.iter().find_map(|name| text(headers, name))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// Seconds, an instant since 1970, or a date of mail or of ISO 8601.
fn span(said: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let Ok(number) = said.parse::<f64>() else {
        let date = DateTime::parse_from_rfc2822(said).or_else(|_| DateTime::parse_from_rfc3339(said));
        return Some(date.ok()?.to_utc() - now);
    };
    let millis = match number {
        _ if !number.is_finite() => return None,
        _ if number >= INSTANT_MILLIS => number,
        _ => number * 1000.0,
    };
    #[expect(clippy::cast_possible_truncation, reason = "it was clamped to what is exact")]
    let millis = TimeDelta::milliseconds(millis.clamp(0.0, 9e15).ceil() as i64);
    if number >= INSTANT { Some(millis - TimeDelta::milliseconds(now.timestamp_millis())) } else { Some(millis) }
}
