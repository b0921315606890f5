//! A document as one file of HTML: no script, nothing from elsewhere, every word escaped.

use super::read::plain;
use super::{Align, Block, Cell, Document, Inline, Item};
use crate::picture::{self, Drawing};

const STYLE: &str = include_str!("page.css");

/// What the file allows itself: its own style, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// So many sections make a list of contents worth its place.
const CONTENTS: std::ops::RangeInclusive<usize> = 4..=60;

/// A column whose cells have no more letters than this is not wrapped; the longest time has as many.
const NARROW: usize = 20;
/// The columns that may be narrow, counted from the first.
const NARROW_COLUMNS: [&str; 6] = [" n1", " n2", " n3", " n4", " n5", " n6"];

/// One file of HTML5, to be read on a screen, light or dark, by a screen reader, or on paper.
pub(crate) fn html(document: &Document) -> String {
    let mut page =
        Page { out: String::with_capacity(64 * 1024), section: document.title.clone(), tables: 0, pictures: 0 };
    page.head(document);
    page.top(document);
    page.blocks(&document.blocks);
    page.put("</main>\n</body>\n</html>\n");
    page.out
}

struct Page {
    out: String,
    /// The heading that was written last.
    section: String,
    /// Tables under it.
    tables: usize,
    pictures: usize,
}

impl Page {
    fn put(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    /// Words, as elements and attributes take them.
    fn text(&mut self, text: &str) {
        let mut done = 0;
        for (at, byte) in text.bytes().enumerate() {
            let written = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            self.out.push_str(text.get(done..at).unwrap_or_default());
            self.out.push_str(written);
            done = at + 1;
        }
        self.out.push_str(text.get(done..).unwrap_or_default());
    }

    fn number(&mut self, number: u64) {
        self.out.push_str(&number.to_string());
    }

    fn head(&mut self, document: &Document) {
        self.put("<!DOCTYPE html>\n<html lang=\"");
        self.text(&document.language);
        if is_right_to_left(&document.language) {
            self.put("\" dir=\"rtl");
        }
        self.put("\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"");
        self.put(POLICY);
        self.put("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        self.put("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
        self.text(&document.title);
        self.put("</title>\n<style>\n");
        self.put(STYLE);
        self.put("</style>\n</head>\n<body>\n");
    }

    /// The title, and the list of contents with a link past it, where the document is long enough to have one.
    fn top(&mut self, document: &Document) {
        let sections = document.blocks.iter().filter_map(|block| match block {
            Block::Heading { level: 1 | 2, id, text } => Some((id, text)),
            _ => None,
        });
        let sections: Vec<_> = sections.collect();
        let is_listed = CONTENTS.contains(&sections.len());
        if is_listed {
            self.put("<a class=\"skip\" href=\"#main.text\">Skip to the text</a>\n");
        }
        self.put("<header>\n<h1>");
        self.text(&document.title);
        self.put("</h1>\n</header>\n");
        if !is_listed {
            return self.put("<main>\n");
        }
        self.put("<nav aria-label=\"Contents\">\n<ul>\n");
        for (id, text) in sections {
            self.put("<li><a href=\"#");
            self.text(id);
            self.put("\">");
            self.text(&plain(text));
            self.put("</a></li>\n");
        }
        self.put("</ul>\n</nav>\n<main id=\"main.text\" tabindex=\"-1\">\n");
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
            self.put("\n");
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, id, text } => self.heading(*level, id, text),
            Block::Paragraph(text) => {
                self.put("<p>");
                self.inlines(text);
                self.put("</p>");
            }
            Block::List { first, items } => self.list(*first, items),
            Block::Table { align, head, rows } => self.table(align, head, rows),
            Block::Code { language, text } => self.code(language, text),
            Block::Quote(blocks) => {
                self.put("<blockquote>\n");
                self.blocks(blocks);
                self.put("</blockquote>");
            }
            Block::Rule => self.put("<hr>"),
            Block::Picture(drawing) => self.picture(drawing),
        }
    }

    /// The title is the one heading of level 1.
    fn heading(&mut self, level: u8, id: &str, text: &[Inline]) {
        let digit = match level {
            0..=2 => "2",
            3 => "3",
            4 => "4",
            5 => "5",
            _ => "6",
        };
        self.put("<h");
        self.put(digit);
        self.put(" id=\"");
        self.text(id);
        self.put("\">");
        self.inlines(text);
        self.put("</h");
        self.put(digit);
        self.put(">");
        self.section = plain(text);
        self.tables = 0;
    }

    fn code(&mut self, language: &str, text: &str) {
        self.put("<pre><code");
        if !language.is_empty() {
            self.put(" class=\"language-");
            self.text(language);
            self.put("\"");
        }
        self.put(">");
        self.text(text);
        self.put("\n</code></pre>");
    }

    fn list(&mut self, first: Option<u64>, items: &[Item]) {
        match first {
            None => self.put("<ul>\n"),
            Some(1) => self.put("<ol>\n"),
            Some(first) => {
                self.put("<ol start=\"");
                self.number(first);
                self.put("\">\n");
            }
        }
        // Where every item says one thing, none needs paragraphs.
        let paragraphs = |item: &Item| item.blocks.iter().filter(|block| matches!(block, Block::Paragraph(_))).count();
        let tight = items.iter().all(|item| paragraphs(item) <= 1);
        for item in items {
            self.item(item, tight);
        }
        self.put(if first.is_some() { "</ol>" } else { "</ul>" });
    }

    fn item(&mut self, item: &Item, tight: bool) {
        self.put(match item.checked {
            Some(true) => "<li class=\"task\"><span role=\"img\" aria-label=\"done\">☑</span> ",
            Some(false) => "<li class=\"task\"><span role=\"img\" aria-label=\"to do\">☐</span> ",
            None => "<li>",
        });
        for (index, block) in item.blocks.iter().enumerate() {
            if index > 0 {
                self.put("\n");
            }
            match block {
                Block::Paragraph(text) if tight => self.inlines(text),
                block => self.block(block),
            }
        }
        self.put("</li>\n");
    }

    /// A table that scrolls where it is wider than the screen, by keys as well, and so it has a name.
    fn table(&mut self, align: &[Align], head: &[Cell], rows: &[Vec<Cell>]) {
        self.tables += 1;
        self.put("<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"Table");
        if self.tables > 1 {
            self.put(" ");
            self.number(u64::try_from(self.tables).unwrap_or_default());
        }
        self.put(": ");
        let section = std::mem::take(&mut self.section);
        self.text(section.trim());
        self.section = section;
        self.put("\">\n<table class=\"t");
        for (column, class) in NARROW_COLUMNS.iter().enumerate().take(head.len()) {
            if rows.iter().filter_map(|row| row.get(column)).all(|cell| is_narrow(cell)) {
                self.put(class);
            }
        }
        self.put("\">\n<thead>\n<tr>");
        for (column, cell) in head.iter().enumerate() {
            // A heading that says nothing is none.
            let tag = if cell.is_empty() { "td" } else { "th" };
            self.cell(tag, align.get(column), cell);
        }
        self.put("</tr>\n</thead>\n<tbody>\n");
        for row in rows {
            self.put("<tr>");
            for (column, cell) in row.iter().enumerate() {
                self.cell("td", align.get(column), cell);
            }
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n</div>");
    }

    fn cell(&mut self, tag: &str, align: Option<&Align>, cell: &[Inline]) {
        self.put("<");
        self.put(tag);
        if tag == "th" {
            self.put(" scope=\"col\"");
        }
        match align {
            Some(Align::Middle) => self.put(" class=\"middle\""),
            Some(Align::End) => self.put(" class=\"end\""),
            Some(Align::Start) | None => {}
        }
        self.put(">");
        self.inlines(cell);
        self.put("</");
        self.put(tag);
        self.put(">");
    }

    /// A picture with its name and the same in words.
    fn picture(&mut self, drawing: &Drawing) {
        self.pictures += 1;
        let id = ["picture.", &self.pictures.to_string()].concat();
        self.put("<figure>\n<div class=\"card\" role=\"group\" tabindex=\"0\" aria-label=\"Picture: ");
        self.text(&drawing.title);
        self.put("\">");
        self.put(&picture::svg(drawing, &id));
        self.put("</div>\n<figcaption>");
        self.text(&drawing.title);
        if !drawing.description.trim().is_empty() {
            self.put("\n<details>\n<summary>The same in words</summary>\n");
            for line in drawing.description.lines().filter(|line| !line.trim().is_empty()) {
                self.put("<p>");
                self.text(line);
                self.put("</p>\n");
            }
            self.put("</details>\n");
        }
        self.put("</figcaption>\n</figure>");
    }

    fn inlines(&mut self, pieces: &[Inline]) {
        for piece in pieces {
            match piece {
                Inline::Text(text) => self.text(text),
                Inline::Strong(text) => self.span("strong", text),
                Inline::Emphasis(text) => self.span("em", text),
                Inline::Strike(text) => self.span("s", text),
                Inline::Code(text) => {
                    self.put("<code>");
                    self.text(text);
                    self.put("</code>");
                }
                Inline::Link { url, text } => self.link(url, text),
                Inline::Break => self.put("<br>\n"),
            }
        }
    }

    fn span(&mut self, tag: &str, text: &[Inline]) {
        for (before, after) in [("<", false), ("</", true)] {
            self.put(before);
            self.put(tag);
            self.put(">");
            if !after {
                self.inlines(text);
            }
        }
    }

    /// A link; on paper its address stands behind it, unless it says its address itself.
    fn link(&mut self, url: &str, text: &[Inline]) {
        let says = plain(text);
        let is_bare = url.starts_with('#') || says == url || url.strip_prefix("mailto:") == Some(&says);
        self.put(if is_bare { "<a href=\"" } else { "<a class=\"named\" href=\"" });
        self.text(url);
        self.put("\">");
        self.inlines(text);
        self.put("</a>");
    }
}

/// Whether a cell is one short piece of text.
fn is_narrow(cell: &[Inline]) -> bool {
    match cell {
        [] => true,
        [Inline::Text(text) | Inline::Code(text)] => {
            text.len() <= NARROW || (text.len() <= NARROW * 4 && text.chars().count() <= NARROW)
        }
        _ => false,
    }
}

/// Whether the letters of a language go from right to left.
fn is_right_to_left(language: &str) -> bool {
    let first = language.split('-').next().unwrap_or_default();
    ["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"].iter().any(|known| first.eq_ignore_ascii_case(known))
}
