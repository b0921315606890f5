//! The form in which payloads are kept: as the platform sent them, so that a later version can read more in them. They hold the
//! addresses for answers; whoever stores them seals them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Kind;

#[derive(Serialize)]
struct Written<'p> {
    kind: &'p str,
    payload: &'p Value,
}

#[derive(Deserialize)]
struct Read {
    kind: String,
    payload: Value,
}

/// The bytes to keep.
pub(super) fn write(kind: Kind, payload: &Value) -> Vec<u8> {
    let kind = match kind {
        Kind::Command => "command",
        Kind::Interaction => "interaction",
        Kind::Event => "event",
    };
    // Text and JSON always have a form in JSON.
    serde_json::to_vec(&Written { kind, payload }).unwrap_or_default()
}

/// What was kept; `None` for what no version has written.
pub(super) fn read(raw: &[u8]) -> Option<(Kind, Value)> {
    let Read { kind, payload } = serde_json::from_slice(raw).ok()?;
    let kind = match &*kind {
        "command" => Kind::Command,
        "interaction" => Kind::Interaction,
        "event" => Kind::Event,
        _ => return None,
    };
    Some((kind, payload))
}
