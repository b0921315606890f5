//! Documents as one line each, for tables.

use super::super::Cell;
use super::*;

/// The blocks of a document, short enough to be compared by eye.
pub(super) fn outline(blocks: &[Block]) -> String {
    blocks.iter().map(block).collect::<Vec<_>>().join(" ")
}

fn block(block: &Block) -> String {
    match block {
        Block::Heading { level, id, text } => format!("h{level}#{id}({})", line(text)),
        Block::Paragraph(text) => format!("p({})", line(text)),
        Block::List { first, items } => {
            let items: Vec<String> = items.iter().map(item).collect();
            format!("{}({})", first.map_or("ul".to_owned(), |first| format!("ol{first}")), items.join(" "))
        }
        Block::Table { align, head, rows } => {
            let row = |cells: &Vec<Cell>| cells.iter().map(|cell| line(cell)).collect::<Vec<_>>().join("|");
            let rows: Vec<String> = [head].into_iter().chain(rows).map(row).collect();
            format!("table{align:?}({})", rows.join(" / "))
        }
        Block::Code { language, text } => format!("code:{language}({text:?})"),
        Block::Quote(blocks) => format!("quote({})", outline(blocks)),
        Block::Rule => "rule".to_owned(),
        Block::Picture(drawing) => format!("picture({})", drawing.title),
    }
}

fn item(item: &Item) -> String {
    let sign = item.checked.map_or("", |checked| if checked { "[x]" } else { "[ ]" });
    format!("li{sign}({})", outline(&item.blocks))
}

pub(super) fn line(pieces: &[Inline]) -> String {
    let piece = |piece: &Inline| match piece {
        Inline::Text(text) => text.clone(),
        Inline::Strong(text) => format!("<b {}>", line(text)),
        Inline::Emphasis(text) => format!("<i {}>", line(text)),
        Inline::Strike(text) => format!("<s {}>", line(text)),
        Inline::Code(text) => format!("<code {text}>"),
        Inline::Link { url, text } => format!("<a {url} {}>", line(text)),
        Inline::Break => "<br>".to_owned(),
    };
    pieces.iter().map(piece).collect()
}
