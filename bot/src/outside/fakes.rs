//! The fakes of the behaviour tests, for tests of what only this crate sees, and documents to write.

#![allow(dead_code, reason = "each of those who use a fake needs a part of it")]

use crate::document::{Align, Block, Cell, Document, Inline, Item};
use crate::outside::page::PageDraft;
use crate::picture::Drawing;

#[path = "../../tests/support/outside/confluence.rs"]
pub(crate) mod confluence;
#[path = "../../tests/support/outside/confluence_xml.rs"]
pub(crate) mod confluence_xml;
#[path = "../../tests/support/outside/jira_adf.rs"]
pub(crate) mod jira_adf;
#[path = "../../tests/support/outside/notion.rs"]
pub(crate) mod notion;
#[path = "../../tests/support/outside/notion_check.rs"]
pub(crate) mod notion_check;
#[path = "../../tests/support/outside/wire.rs"]
pub(crate) mod wire;

pub(crate) const HOSTILE: &str =
    "</p> <script>alert(1)</script> & ]]> {{x}} \"q\" 'q' | `c` \u{7}\u{fffe} \u{202e}rtl javascript:alert(1)";

pub(crate) fn text(words: &str) -> Vec<Inline> {
    vec![Inline::Text(words.to_owned())]
}

pub(crate) fn paragraph(words: &str) -> Block {
    Block::Paragraph(text(words))
}

pub(crate) fn document(blocks: Vec<Block>) -> Document {
    Document { title: "INC-42".to_owned(), language: "en".to_owned(), blocks }
}

fn item(checked: Option<bool>, blocks: Vec<Block>) -> Item {
    Item { checked, blocks }
}

/// Every kind of block.
pub(crate) fn everything() -> Document {
    let link = |url: &str| Inline::Link { url: url.to_owned(), text: text("link") };
    let nested = Block::List { first: None, items: vec![item(None, vec![paragraph("third")])] };
    let inner = Block::List { first: Some(1), items: vec![item(None, vec![paragraph("second"), nested])] };
    let styles = vec![
        Inline::Strong(vec![Inline::Emphasis(text("both"))]),
        Inline::Strike(text("gone")),
        Inline::Code("a < b".to_owned()),
        Inline::Break,
        link("https://example.org/?a=1&b=\"2\""),
        link("#summary"),
        link("javascript:alert(1)"),
    ];
    let drawing = Drawing {
        width: 10.0,
        height: 10.0,
        title: "Causes".to_owned(),
        description: "A led to B.\nB led to C.".to_owned(),
        shapes: Vec::new(),
        cuts: Vec::new(),
    };
    document(vec![
        Block::Heading { level: 1, id: "summary".to_owned(), text: text("Summary") },
        Block::Heading { level: 5, id: "deep".to_owned(), text: text("Deep") },
        Block::Paragraph(styles),
        Block::List { first: None, items: vec![item(None, vec![paragraph("first"), inner]), item(None, Vec::new())] },
        Block::List { first: Some(3), items: vec![item(None, vec![paragraph("three")])] },
        Block::List {
            first: None,
            items: vec![item(Some(true), vec![paragraph("did")]), item(Some(false), vec![paragraph("to do")])],
        },
        Block::Table {
            align: vec![Align::Start, Align::Middle, Align::End],
            head: vec![cell("a"), cell("b"), cell("c")],
            rows: vec![vec![cell("1"), cell("2")], vec![cell("3"), cell("4"), cell("5")]],
        },
        Block::Code { language: "rust".to_owned(), text: "let a = \"]]>\";\n".to_owned() },
        Block::Code { language: "no such".to_owned(), text: String::new() },
        Block::Quote(vec![paragraph("said"), Block::Quote(vec![paragraph("within")])]),
        Block::Rule,
        Block::Picture(drawing),
        paragraph(HOSTILE),
        Block::Code { language: String::new(), text: HOSTILE.to_owned() },
    ])
}

pub(crate) fn cell(words: &str) -> Cell {
    Cell::from_vec(text(words))
}

/// A table of so many rows.
pub(crate) fn table(rows: usize) -> Block {
    let row = |row: usize| vec![cell(&format!("12:{row:05}")), cell("somebody"), cell("did something of some length")];
    Block::Table {
        align: vec![Align::Start; 3],
        head: vec![cell("at"), cell("who"), cell("what")],
        rows: (0..rows).map(row).collect(),
    }
}

pub(crate) fn draft(document: &Document) -> PageDraft<'_> {
    PageDraft {
        key: "firebell:f1:INC-42/page",
        title: "Postmortem of INC-42",
        tag: "INC-42",
        document,
        svg: |drawing| format!("<svg xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title></svg>", drawing.title),
    }
}
