//! Frames of Socket Mode, and the acknowledgements.

use serde_json::{Value, json};

use crate::platform::inlet::{Kind, Raw};

/// A text frame, as far as it matters here. Everything is optional to Slack, so everything is to us.
pub(super) enum Frame {
    /// The connection is ready.
    Hello,
    /// The connection will end, for this reason.
    Disconnect(Reason),
    /// Something for the inlet.
    Envelope(Envelope),
    /// An envelope of a type that nobody here knows, or without a payload.
    Unknown { id: String, kind: String },
    /// Not JSON, or nothing of the above.
    Unreadable,
}

/// Why Slack ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Socket Mode was switched off.
    Disabled,
    /// The app has more connections than the ten that Slack allows.
    Crowded,
    /// Slack renews its side; it does so every few hours.
    Renewal,
}

/// What is to be acknowledged.
pub(super) struct Envelope {
    pub(super) id: String,
    /// Whether the acknowledgement may carry an answer.
    pub(super) answerable: bool,
    pub(super) raw: Raw,
}

/// Reads a text frame.
pub(super) fn read(text: &str) -> Frame {
    let Ok(Value::Object(mut frame)) = serde_json::from_str(text) else { return Frame::Unreadable };
    let word = |name: &str| frame.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, id, reason) = (word("type"), word("envelope_id"), word("reason"));
    let known = match kind.as_str() {
        "hello" => return Frame::Hello,
        "disconnect" => return Frame::Disconnect(reason_of(&reason)),
        _ if id.is_empty() => return Frame::Unreadable,
        "slash_commands" => Some(Kind::Command),
        "interactive" => Some(Kind::Interaction),
        "events_api" => Some(Kind::Event),
        _ => None,
    };
    let retry = frame.get("retry_attempt").and_then(Value::as_u64).unwrap_or_default();
    let answerable = frame.get("accepts_response_payload").and_then(Value::as_bool).unwrap_or_default();
    match (known, frame.remove("payload")) {
        (Some(kind), Some(payload)) => {
            let retry = u32::try_from(retry).unwrap_or(u32::MAX);
            Frame::Envelope(Envelope { id, answerable, raw: Raw { kind, payload, retry } })
        }
        _ => Frame::Unknown { id, kind },
    }
}

/// The acknowledgement of an envelope.
pub(super) fn ack(id: &str, payload: Option<&Value>) -> String {
    match payload {
        Some(payload) => json!({ "envelope_id": id, "payload": payload }).to_string(),
        None => json!({ "envelope_id": id }).to_string(),
    }
}

fn reason_of(text: &str) -> Reason {
    match text {
        "link_disabled" => Reason::Disabled,
        "too_many_websockets" => Reason::Crowded,
        _ => Reason::Renewal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_for_what_they_hold() {
        let table = [
            (r#"{"type":"hello","num_connections":1}"#, "hello"),
            (r#"{"type":"disconnect","reason":"warning"}"#, "disconnect Renewal"),
            (r#"{"type":"disconnect","reason":"refresh_requested"}"#, "disconnect Renewal"),
            (r#"{"type":"disconnect"}"#, "disconnect Renewal"),
            (r#"{"type":"disconnect","reason":"link_disabled"}"#, "disconnect Disabled"),
            (r#"{"type":"disconnect","reason":"too_many_websockets"}"#, "disconnect Crowded"),
            (r#"{"type":"slash_commands","envelope_id":"a","payload":{"text":"x"}}"#, "a Command 0 false"),
            (
                r#"{"type":"interactive","envelope_id":"b","accepts_response_payload":true,"payload":{}}"#,
                "b Interaction 0 true",
            ),
            (r#"{"type":"events_api","envelope_id":"c","retry_attempt":2,"payload":{}}"#, "c Event 2 false"),
            (r#"{"type":"events_api","envelope_id":"c","retry_attempt":-1,"payload":{}}"#, "c Event 0 false"),
            (r#"{"type":"events_api","envelope_id":"d"}"#, "d of events_api"),
            (r#"{"type":"carrier_pigeon","envelope_id":"e","payload":{}}"#, "e of carrier_pigeon"),
            (r#"{"type":"events_api","payload":{}}"#, "unreadable"),
            (r#"{"type":7,"envelope_id":"f"}"#, "f of "),
            ("{}", "unreadable"),
            ("[]", "unreadable"),
            ("Hello", "unreadable"),
            ("", "unreadable"),
        ];
        for (text, expected) in table {
            let seen = match read(text) {
                Frame::Hello => "hello".to_owned(),
                Frame::Disconnect(reason) => format!("disconnect {reason:?}"),
                Frame::Envelope(Envelope { id, answerable, raw }) => {
                    format!("{id} {:?} {} {answerable}", raw.kind, raw.retry)
                }
                Frame::Unknown { id, kind } => format!("{id} of {kind}"),
                Frame::Unreadable => "unreadable".to_owned(),
            };
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn an_acknowledgement_carries_a_payload_only_if_there_is_one() {
        assert_eq!(ack("a\"", None), r#"{"envelope_id":"a\""}"#);
        assert_eq!(ack("a", Some(&json!({"text": "hi"}))), r#"{"envelope_id":"a","payload":{"text":"hi"}}"#);
    }
}
