//! Reading JSON of which nothing is certain.
//!
//! Where a field decides who is on call, a wrong type is an error, to complete "... could not be read: ...".

use serde_json::Value;

use super::text::quoted;

/// A text that is not blank.
pub(super) fn text<'v>(of: &'v Value, field: &str) -> Option<&'v str> {
    of.get(field)?.as_str().filter(|text| !text.trim().is_empty())
}

/// An id, which some clients write as a number.
pub(super) fn id(of: &Value, field: &str) -> Option<String> {
    as_id(of.get(field)?)
}

/// A value that is an id itself.
pub(super) fn as_id(value: &Value) -> Option<String> {
    match value {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The values of an array; none if there is none.
pub(super) fn list<'v>(of: &'v Value, field: &str) -> &'v [Value] {
    of.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The values of an array that may be missing or null, and nothing else.
pub(super) fn strict_list<'v>(of: &'v Value, field: &str) -> Result<&'v [Value], String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(values)) => Ok(values),
        Some(other) => Err(format!("its {field} are no list but {}", seen(other))),
    }
}

/// A whole number that may be missing or null, and nothing else.
pub(super) fn strict_number(of: &Value, field: &str) -> Result<Option<i64>, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_i64() {
            Some(number) => Ok(Some(number)),
            None => Err(format!("its {field} is no whole number but {}", seen(value))),
        },
    }
}

/// A text that may be missing, blank or null, and nothing else.
pub(super) fn strict_text<'v>(of: &'v Value, field: &str) -> Result<Option<&'v str>, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.trim().is_empty())),
        Some(other) => Err(format!("its {field} is no text but {}", seen(other))),
    }
}

/// Whether a field holds `true` or `false`; it may be missing or null, and nothing else.
pub(super) fn strict_flag(of: &Value, field: &str) -> Result<Option<bool>, String> {
    match of.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(other) => Err(format!("its {field} is neither true nor false but {}", seen(other))),
    }
}

/// A text that has to be there.
pub(super) fn needed_text<'v>(of: &'v Value, field: &str) -> Result<&'v str, String> {
    strict_text(of, field)?.ok_or_else(|| format!("it has no {field}"))
}

/// A whole number that is there or is not, whatever else there may be.
pub(super) fn number(of: &Value, field: &str) -> Option<i64> {
    strict_number(of, field).ok().flatten()
}

/// Whether a field holds `true`, or `false`.
pub(super) fn flag(of: &Value, field: &str) -> Option<bool> {
    of.get(field).and_then(Value::as_bool)
}

/// A value in an error.
pub(super) fn seen(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_decides_on_people_is_read_strictly() {
        let of = json!({"a": "x", "n": null, "i": 3, "f": 1.5, "l": [1], "s": " "});
        assert_eq!(strict_list(&of, "l").unwrap().len(), 1);
        assert_eq!(strict_list(&of, "n").unwrap().len(), 0);
        assert_eq!(strict_list(&of, "a").unwrap_err(), "its a are no list but \"x\"");
        assert_eq!(strict_number(&of, "i"), Ok(Some(3)));
        assert_eq!(strict_number(&of, "f").unwrap_err(), "its f is no whole number but 1.5");
        assert_eq!(strict_text(&of, "none"), Ok(None));
        assert_eq!(strict_text(&of, "l").unwrap_err(), "its l is no text but a list");
        assert_eq!(strict_text(&of, "s"), Ok(None));
        assert_eq!(strict_flag(&of, "a").unwrap_err(), "its a is neither true nor false but \"x\"");
        assert_eq!(needed_text(&of, "n").unwrap_err(), "it has no n");
        assert_eq!((text(&of, "s"), text(&of, "a"), number(&of, "f")), (None, Some("x"), None));
        assert_eq!((id(&of, "i").as_deref(), id(&of, "a").as_deref(), id(&of, "l")), (Some("3"), Some("x"), None));
    }
}
