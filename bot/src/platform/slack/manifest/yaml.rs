//! YAML, as much of it as a manifest needs.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes a value in block style. Texts are always quoted, so that none is taken for a number, a date or a yes.
pub(super) fn write(value: &Value) -> String {
    let mut out = String::new();
    block(&mut out, value, 0);
    out
}

/// Writes a value that begins where the line stands, whose further lines are indented by `depth` steps.
fn block(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (at, (name, field)) in fields.iter().enumerate() {
                indent(out, at, depth);
                out.push_str(&quoted(name));
                out.push(':');
                below(out, field, depth);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                indent(out, at, depth);
                out.push_str("- ");
                block(out, item, depth + 1);
            }
        }
        Value::String(text) => {
            let _ = writeln!(out, "{}", quoted(text));
        }
        // Numbers, yes and no, nothing, and what is empty are written as in JSON.
        plain => {
            let _ = writeln!(out, "{plain}");
        }
    }
}

/// Writes the value of a field: what has lines of its own begins on the next.
fn below(out: &mut String, value: &Value, depth: usize) {
    let has_lines = value.as_object().is_some_and(|fields| !fields.is_empty())
        || value.as_array().is_some_and(|items| !items.is_empty());
    if has_lines {
        let _ = write!(out, "\n{}", "  ".repeat(depth + 1));
        block(out, value, depth + 1);
    } else {
        out.push(' ');
        block(out, value, depth);
    }
}

fn indent(out: &mut String, at: usize, depth: usize) {
    if at > 0 {
        out.push_str(&"  ".repeat(depth));
    }
}

/// A text in double quotes; what may not stand in YAML, or ends a line there, is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                let _ = write!(out, "\\{c}");
            }
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
