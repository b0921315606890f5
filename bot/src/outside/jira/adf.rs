//! Blocks in the Atlassian Document Format, which Jira Cloud takes. What may stand within what is fixed there, so a block
//! that may not stand where it does becomes the nearest that may.

use serde_json::{Value, json};

use crate::document::{Block, Cell, Inline, Item};
use crate::outside::confluence::storage::is_link;

/// Where a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    /// In a quote or an item: paragraphs, lists and code alone.
    Within,
}

/// The nodes of a document.
pub(crate) fn nodes(blocks: &[Block]) -> Vec<Value> {
    blocks.iter().flat_map(|block| block_nodes(block, Place::Top)).collect()
}

/// A document of nodes.
pub(crate) fn document(nodes: &[Value]) -> Value {
    json!({ "version": 1, "type": "doc", "content": nodes })
}

/// The words of a node and of those within.
pub(crate) fn words(node: &Value) -> String {
    let own = node["text"].as_str().unwrap_or_default();
    let within = node["content"].as_array().into_iter().flatten().map(words);
    within.fold(own.to_owned(), |words, more| words + &more)
}

fn block_nodes(block: &Block, place: Place) -> Vec<Value> {
    match block {
        Block::Heading { level, text, .. } if place == Place::Top => {
            let level = (*level).clamp(1, 6);
            vec![json!({ "type": "heading", "attrs": { "level": level }, "content": line(text) })]
        }
        Block::Heading { text, .. } => vec![paragraph(styled(text, &[json!({ "type": "strong" })]))],
        Block::Paragraph(text) => vec![paragraph(line(text))],
        Block::List { first, items } => list(*first, items).into_iter().collect(),
        Block::Table { head, rows, .. } if place == Place::Top => table(head, rows).into_iter().collect(),
        Block::Table { head, rows, .. } => {
            let rows = [head].into_iter().chain(rows).filter(|row| !row.is_empty());
            rows.map(|row| paragraph(in_one_line(row))).collect()
        }
        Block::Code { language, text } => vec![code(language, text)],
        Block::Quote(blocks) if place == Place::Top => {
            let content = within(blocks);
            let quote = json!({ "type": "blockquote", "content": content });
            if content.is_empty() { Vec::new() } else { vec![quote] }
        }
        Block::Quote(blocks) => within(blocks),
        Block::Rule if place == Place::Top => vec![json!({ "type": "rule" })],
        Block::Rule => Vec::new(),
        Block::Picture(drawing) => {
            let title = json!({ "type": "text", "text": drawing.title, "marks": [{ "type": "strong" }] });
            let lines = drawing.description.lines().filter(|line| !line.is_empty());
            let lines = lines.map(|line| paragraph(vec![json!({ "type": "text", "text": line })]));
            let title = Some(paragraph(vec![title])).filter(|_| !drawing.title.is_empty());
            title.into_iter().chain(lines).collect()
        }
    }
}

fn within(blocks: &[Block]) -> Vec<Value> {
    blocks.iter().flat_map(|block| block_nodes(block, Place::Within)).collect()
}

fn paragraph(content: Vec<Value>) -> Value {
    let mut node = json!({ "type": "paragraph" });
    node["content"] = Value::Array(content);
    node
}

fn list(first: Option<u64>, items: &[Item]) -> Option<Value> {
    if items.is_empty() {
        return None;
    }
    let content: Vec<Value> = items.iter().map(item).collect();
    Some(match first {
        Some(first) => json!({ "type": "orderedList", "attrs": { "order": first }, "content": content }),
        None => json!({ "type": "bulletList", "content": content }),
    })
}

fn item(item: &Item) -> Value {
    let mut content = within(&item.blocks);
    // An item begins with a paragraph; code may not be the first everywhere.
    if content.first().is_none_or(|first| first["type"] != "paragraph") {
        content.insert(0, paragraph(Vec::new()));
    }
    if let Some(checked) = item.checked {
        let sign = if checked { "\u{2611} " } else { "\u{2610} " };
        if let Some(line) = content[0]["content"].as_array_mut() {
            line.insert(0, json!({ "type": "text", "text": sign }));
        }
    }
    json!({ "type": "listItem", "content": content })
}

fn table(head: &[Cell], rows: &[Vec<Cell>]) -> Option<Value> {
    let columns = rows.iter().map(Vec::len).chain([head.len()]).max().filter(|columns| *columns > 0)?;
    let row = |kind: &str, cells: &[Cell]| {
        let cell = |column: usize| {
            let content = paragraph(cells.get(column).map_or_else(Vec::new, |cell| line(cell)));
            json!({ "type": kind, "attrs": {}, "content": [content] })
        };
        json!({ "type": "tableRow", "content": (0..columns).map(cell).collect::<Vec<_>>() })
    };
    let head = Some(head).filter(|head| !head.is_empty()).map(|head| row("tableHeader", head));
    let rows: Vec<Value> = head.into_iter().chain(rows.iter().map(|cells| row("tableCell", cells))).collect();
    Some(json!({ "type": "table", "content": rows }))
}

fn in_one_line(row: &[Cell]) -> Vec<Value> {
    let mut content = Vec::new();
    for (column, cell) in row.iter().enumerate() {
        if column > 0 {
            content.push(json!({ "type": "text", "text": " | " }));
        }
        content.extend(line(cell));
    }
    content
}

fn code(language: &str, text: &str) -> Value {
    let content = if text.is_empty() { json!([]) } else { json!([{ "type": "text", "text": text }]) };
    let attrs = if language.is_empty() { json!({}) } else { json!({ "language": language }) };
    json!({ "type": "codeBlock", "attrs": attrs, "content": content })
}

fn line(text: &[Inline]) -> Vec<Value> {
    styled(text, &[])
}

fn styled(text: &[Inline], marks: &[Value]) -> Vec<Value> {
    text.iter().flat_map(|inline| pieces(inline, marks)).collect()
}

fn pieces(inline: &Inline, marks: &[Value]) -> Vec<Value> {
    match inline {
        Inline::Text(text) => text_node(text, marks),
        Inline::Strong(inner) => styled(inner, &with(marks, json!({ "type": "strong" }))),
        Inline::Emphasis(inner) => styled(inner, &with(marks, json!({ "type": "em" }))),
        Inline::Strike(inner) => styled(inner, &with(marks, json!({ "type": "strike" }))),
        Inline::Code(text) => {
            // Code may be a link and nothing else.
            let link = marks.iter().filter(|mark| mark["type"] == "link").cloned();
            text_node(text, &link.chain([json!({ "type": "code" })]).collect::<Vec<_>>())
        }
        Inline::Link { url, text } if is_link(url) => {
            styled(text, &with(marks, json!({ "type": "link", "attrs": { "href": url } })))
        }
        Inline::Link { text, .. } => styled(text, marks),
        Inline::Break => vec![json!({ "type": "hardBreak" })],
    }
}

fn text_node(text: &str, marks: &[Value]) -> Vec<Value> {
    match (text, marks) {
        ("", _) => Vec::new(),
        (text, []) => vec![json!({ "type": "text", "text": text })],
        (text, marks) => vec![json!({ "type": "text", "text": text, "marks": marks })],
    }
}

/// The marks with one more; none twice.
fn with(marks: &[Value], mark: Value) -> Vec<Value> {
    let mut marks: Vec<Value> = marks.iter().filter(|held| held["type"] != mark["type"]).cloned().collect();
    marks.push(mark);
    marks
}
