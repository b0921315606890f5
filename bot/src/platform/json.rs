//! Payloads that are read field by field and not as one type: a field that is missing or new must not cost the rest.

use serde_json::Value;

/// The text at a place; an empty one counts as missing.
pub fn at<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The same for those who keep it.
pub fn owned(value: &Value, pointer: &str) -> Option<String> {
    at(value, pointer).map(str::to_owned)
}

/// What stands in a list; nothing where there is none.
pub fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A platform's word that names a kind, for a log: never so long that it could be a text.
pub fn word(value: &Value, pointer: &str) -> String {
    const LONGEST: usize = 40;
    let word = at(value, pointer).unwrap_or("(none)");
    word.chars().filter(|letter| letter.is_ascii_alphanumeric() || "_:()".contains(*letter)).take(LONGEST).collect()
}
