//! Blocks in Jira's wiki markup, which Data Center takes. Its signs are escaped in texts, so that none of them is read as
//! markup.

use std::fmt::Write as _;

use crate::document::{Block, Cell, Inline, Item};
use crate::outside::confluence::storage::is_link;

/// Writes blocks.
pub(crate) fn write(blocks: &[Block]) -> String {
    let mut wiki = String::new();
    for block in blocks {
        write_block(&mut wiki, block);
    }
    wiki.trim_end().to_owned()
}

fn write_block(wiki: &mut String, block: &Block) {
    match block {
        Block::Heading { level, text, .. } => {
            let _ = write!(wiki, "h{}. {}\n\n", (*level).clamp(1, 6), line(text));
        }
        Block::Paragraph(text) => {
            let _ = write!(wiki, "{}\n\n", line(text));
        }
        Block::List { first, items } => {
            list(wiki, if first.is_some() { "#" } else { "*" }, items);
            wiki.push('\n');
        }
        Block::Table { head, rows, .. } => table(wiki, head, rows),
        Block::Code { text, .. } => {
            // Nothing escapes what ends such a part, so it is broken by a sign without width.
            let _ = write!(wiki, "{{noformat}}\n{}\n{{noformat}}\n\n", text.replace("{noformat", "{\u{200b}noformat"));
        }
        Block::Quote(blocks) => {
            let _ = write!(wiki, "{{quote}}\n{}\n{{quote}}\n\n", write(blocks));
        }
        Block::Rule => wiki.push_str("----\n\n"),
        Block::Picture(drawing) => {
            let _ = write!(wiki, "*{}*\n\n", escaped(&drawing.title));
            for text in drawing.description.lines() {
                let _ = writeln!(wiki, "{}\n", escaped(text));
            }
        }
    }
}

fn list(wiki: &mut String, bullets: &str, items: &[Item]) {
    for item in items {
        let sign = item.checked.map_or("", |checked| if checked { "\u{2611} " } else { "\u{2610} " });
        let mut words = Vec::new();
        let mut nested = String::new();
        for block in &item.blocks {
            match block {
                Block::List { first, items } => {
                    let bullets = format!("{bullets}{}", if first.is_some() { '#' } else { '*' });
                    list(&mut nested, &bullets, items);
                }
                Block::Paragraph(text) | Block::Heading { text, .. } => words.push(line(text)),
                // An item ends with its line; other blocks end the list, so what they say is written in it.
                other => words.push(write(std::slice::from_ref(other)).replace('\n', "\\\\ ")),
            }
        }
        let _ = writeln!(wiki, "{bullets} {sign}{}", words.join("\\\\ "));
        wiki.push_str(&nested);
    }
}

fn table(wiki: &mut String, head: &[Cell], rows: &[Vec<Cell>]) {
    let mut row = |sign: &str, cells: &[Cell]| {
        for cell in cells {
            let cell = line(cell);
            let _ = write!(wiki, "{sign}{}", if cell.is_empty() { " " } else { &cell });
        }
        let _ = writeln!(wiki, "{sign}");
    };
    if !head.is_empty() {
        row("||", head);
    }
    for cells in rows.iter().filter(|cells| !cells.is_empty()) {
        row("|", cells);
    }
    wiki.push('\n');
}

fn line(text: &[Inline]) -> String {
    text.iter().map(piece).collect()
}

fn piece(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => escaped(text),
        Inline::Strong(inner) => wrapped("*", inner),
        Inline::Emphasis(inner) => wrapped("_", inner),
        Inline::Strike(inner) => wrapped("-", inner),
        Inline::Code(text) => format!("{{{{{}}}}}", escaped(text)),
        Inline::Link { url, text } if is_link(url) && !url.contains(['|', ']', '\n', ' ']) => {
            format!("[{}|{url}]", line(text))
        }
        Inline::Link { text, .. } => line(text),
        Inline::Break => "\\\\ ".to_owned(),
    }
}

/// The braces make the signs hold where they touch letters.
fn wrapped(sign: &str, inner: &[Inline]) -> String {
    let inner = line(inner);
    if inner.trim().is_empty() { inner } else { format!("{{{sign}}}{inner}{{{sign}}}") }
}

/// A text in which no sign has a meaning; lines become spaces, since a line may begin a block.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' => escaped.push(' '),
            // Two of them would end the line.
            '\\' => escaped.push_str("&#92;"),
            '&' => escaped.push_str("&amp;"),
            '*' | '_' | '-' | '+' | '^' | '~' | '?' | '{' | '}' | '[' | ']' | '|' | '!' | '#' | '@' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    // `h1.` and `bq.` begin blocks and have no sign that could be escaped.
    let begins_block = ["h1.", "h2.", "h3.", "h4.", "h5.", "h6.", "bq."].iter().any(|sign| escaped.starts_with(sign));
    if begins_block { format!("\u{200b}{escaped}") } else { escaped }
}
