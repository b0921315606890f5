//! What Jira takes for a document: which nodes may stand within which.
//!
//! Source: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>.

use serde_json::Value;

/// The words of a document that is valid.
pub(crate) fn check(document: &Value) -> Result<String, String> {
    if document["type"] != "doc" || document["version"] != 1 {
        return Err("Operation value must be an Atlassian Document".to_owned());
    }
    let mut words = String::new();
    node(document, &mut words)?;
    Ok(words)
}

const TOP: &[&str] =
    &["paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule", "table", "panel"];
const IN_ITEM: &[&str] = &["paragraph", "bulletList", "orderedList", "codeBlock"];
const IN_CELL: &[&str] = &["paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule"];

fn allowed(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "doc" => TOP,
        "paragraph" | "heading" => &["text", "hardBreak"],
        "codeBlock" => &["text"],
        "bulletList" | "orderedList" => &["listItem"],
        "listItem" | "blockquote" => IN_ITEM,
        "table" => &["tableRow"],
        "tableRow" => &["tableHeader", "tableCell"],
        "tableHeader" | "tableCell" => IN_CELL,
        "text" | "hardBreak" | "rule" => &[],
        _ => return None,
    })
}

fn node(node_: &Value, words: &mut String) -> Result<(), String> {
    let kind = node_["type"].as_str().unwrap_or_default();
    let fail = |why: &str| Err(format!("INVALID_INPUT: {kind} {why}"));
    let Some(within) = allowed(kind) else { return fail("is not known") };
    if kind == "text" {
        match node_["text"].as_str() {
            None | Some("") => return fail("is empty"),
            Some(text) => words.push_str(text),
        }
        return marks(node_);
    }
    let content = node_["content"].as_array().map(Vec::as_slice).unwrap_or_default();
    let must_hold = ["bulletList", "orderedList", "listItem", "blockquote", "table", "tableRow", "tableCell"];
    if content.is_empty() && must_hold.contains(&kind) {
        return fail("holds nothing");
    }
    if kind == "listItem" && content[0]["type"] != "paragraph" && content[0]["type"] != "codeBlock" {
        return fail("begins with something else than a paragraph");
    }
    if kind == "heading" && !matches!(node_["attrs"]["level"].as_u64(), Some(1..=6)) {
        return fail("has no level");
    }
    for inner in content {
        if !within.contains(&inner["type"].as_str().unwrap_or_default()) {
            return fail(&format!("holds {}", inner["type"]));
        }
        if kind == "codeBlock" && inner.get("marks").is_some() {
            return fail("holds text with marks");
        }
        node(inner, words)?;
    }
    Ok(())
}

fn marks(text: &Value) -> Result<(), String> {
    let marks = text["marks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kinds: Vec<&str> = marks.iter().filter_map(|mark| mark["type"].as_str()).collect();
    let is_code = kinds.contains(&"code");
    for (place, mark) in marks.iter().enumerate() {
        let kind = kinds[place];
        let is_known = ["strong", "em", "strike", "code", "link"].contains(&kind);
        let link = mark["attrs"]["href"].as_str();
        let is_safe = kind != "link" || link.is_some_and(|url| url.starts_with("http") || url.starts_with("mailto:"));
        if !is_known || !is_safe || kinds[..place].contains(&kind) || is_code && !["code", "link"].contains(&kind) {
            return Err(format!("INVALID_INPUT: marks {kinds:?}"));
        }
    }
    Ok(())
}
