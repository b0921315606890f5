//! A document in Confluence's storage format: XHTML with its own elements for macros, tasks and pictures.
//!
//! Whatever the texts hold, the result is well-formed XML and none of it is read as markup.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::document::{Align, Block, Cell, Document, Inline, Item};
use crate::outside::page::digest;
use crate::picture::Drawing;

/// What becomes of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pictures {
    /// They are attached as SVG and shown, with their words in a part that opens.
    Attached,
    /// Their words stand in their place, for servers that show no SVG.
    Words,
}

/// A page's body and what is to be attached for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) storage: String,
    pub(crate) files: Vec<File>,
}

/// An attached picture. Its name is made of what it holds, so that another picture never has the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) svg: String,
}

/// Writes a document. `mark` becomes an anchor that nobody sees, by which the page is known before it has properties.
pub(crate) fn write(document: &Document, mark: &str, pictures: Pictures, svg: fn(&Drawing) -> String) -> Body {
    let mut linked = BTreeSet::new();
    links_within(&document.blocks, &mut linked);
    let body = Body { storage: String::new(), files: Vec::new() };
    let mut writer = Writer { body, linked, pictures, svg, tasks: 0 };
    writer.out("<p>");
    writer.anchor(mark);
    writer.out("</p>");
    writer.blocks(&document.blocks);
    writer.body
}

/// The body of a page that has only its mark yet.
pub(super) fn stub(mark: &str) -> String {
    let body = Body { storage: String::new(), files: Vec::new() };
    let mut writer =
        Writer { body, linked: BTreeSet::new(), pictures: Pictures::Words, svg: |_| String::new(), tasks: 0 };
    writer.out("<p>");
    writer.anchor(mark);
    writer.out("This page is being written.</p>");
    writer.body.storage
}

struct Writer<'a> {
    body: Body,
    /// The headings that something links to.
    linked: BTreeSet<&'a str>,
    pictures: Pictures,
    svg: fn(&Drawing) -> String,
    tasks: usize,
}

impl<'a> Writer<'a> {
    fn out(&mut self, markup: &str) {
        self.body.storage.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(&mut self.body.storage, text);
    }

    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Heading { level, id, text } => self.heading(*level, id, text),
            Block::Paragraph(text) => self.wrapped("p", text),
            Block::List { first: None, items } if items.iter().all(is_plain_task) && !items.is_empty() => {
                self.task_list(items);
            }
            Block::List { first, items } => self.list(*first, items),
            Block::Table { align, head, rows } => self.table(align, head, rows),
            Block::Code { language, text } => self.code(language, text),
            Block::Quote(blocks) => {
                self.out("<blockquote>");
                self.blocks(blocks);
                self.out("</blockquote>");
            }
            Block::Rule => self.out("<hr/>"),
            Block::Picture(drawing) => self.picture(drawing),
        }
    }

    fn wrapped(&mut self, element: &str, text: &'a [Inline]) {
        let _ = write!(self.body.storage, "<{element}>");
        self.inlines(text);
        let _ = write!(self.body.storage, "</{element}>");
    }

    fn heading(&mut self, level: u8, id: &'a str, text: &'a [Inline]) {
        let level = level.clamp(1, 6);
        let _ = write!(self.body.storage, "<h{level}>");
        if self.linked.contains(id) {
            self.anchor(id);
        }
        self.inlines(text);
        let _ = write!(self.body.storage, "</h{level}>");
    }

    fn anchor(&mut self, name: &str) {
        self.out("<ac:structured-macro ac:name=\"anchor\"><ac:parameter ac:name=\"\">");
        self.text(name);
        self.out("</ac:parameter></ac:structured-macro>");
    }

    fn list(&mut self, first: Option<u64>, items: &'a [Item]) {
        match first {
            None => self.out("<ul>"),
            Some(1) => self.out("<ol>"),
            Some(first) => {
                let _ = write!(self.body.storage, "<ol start=\"{first}\">");
            }
        }
        for item in items {
            self.out("<li>");
            self.item(item);
            self.out("</li>");
        }
        self.out(if first.is_some() { "</ol>" } else { "</ul>" });
    }

    /// A task that stands among others that are none, or that holds more than a line, keeps its box as a sign.
    fn item(&mut self, item: &'a Item) {
        let sign = item.checked.map(|checked| if checked { "\u{2611} " } else { "\u{2610} " });
        let (head, rest) = match item.blocks.split_first() {
            Some((Block::Paragraph(text), rest)) => (text.as_slice(), rest),
            _ => (&[][..], item.blocks.as_slice()),
        };
        if sign.is_some() || !head.is_empty() || rest.is_empty() {
            self.out("<p>");
            self.text(sign.unwrap_or_default());
            self.inlines(head);
            self.out("</p>");
        }
        self.blocks(rest);
    }

    fn task_list(&mut self, items: &'a [Item]) {
        self.out("<ac:task-list>");
        for item in items {
            self.tasks += 1;
            let status = if item.checked == Some(true) { "complete" } else { "incomplete" };
            let _ = write!(
                self.body.storage,
                "<ac:task><ac:task-id>{}</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>",
                self.tasks
            );
            if let Some(Block::Paragraph(text)) = item.blocks.first() {
                self.wrapped("span", text);
            }
            self.out("</ac:task-body></ac:task>");
        }
        self.out("</ac:task-list>");
    }

    fn table(&mut self, align: &[Align], head: &'a [Cell], rows: &'a [Vec<Cell>]) {
        let columns = rows.iter().map(Vec::len).chain([head.len()]).max().unwrap_or_default();
        if columns == 0 {
            return;
        }
        self.out("<table><tbody>");
        if !head.is_empty() {
            self.row("th", align, head, columns);
        }
        for row in rows {
            self.row("td", align, row, columns);
        }
        self.out("</tbody></table>");
    }

    fn row(&mut self, element: &str, align: &[Align], cells: &'a [Cell], columns: usize) {
        self.out("<tr>");
        for column in 0..columns {
            let style = match align.get(column) {
                None | Some(Align::Start) => "",
                Some(Align::Middle) => " style=\"text-align: center;\"",
                Some(Align::End) => " style=\"text-align: right;\"",
            };
            let _ = write!(self.body.storage, "<{element}><p{style}>");
            self.inlines(cells.get(column).map(Cell::as_slice).unwrap_or_default());
            let _ = write!(self.body.storage, "</p></{element}>");
        }
        self.out("</tr>");
    }

    fn code(&mut self, language: &str, text: &str) {
        self.out("<ac:structured-macro ac:name=\"code\">");
        if let Some(language) = known_language(language) {
            let _ = write!(self.body.storage, "<ac:parameter ac:name=\"language\">{language}</ac:parameter>");
        }
        self.out("<ac:plain-text-body><![CDATA[");
        // What ends such a part is divided between two of them.
        let text: String = text.chars().map(legal).collect();
        self.out(&text.replace("]]>", "]]]]><![CDATA[>"));
        self.out("]]></ac:plain-text-body></ac:structured-macro>");
    }

    fn picture(&mut self, drawing: &Drawing) {
        if self.pictures == Pictures::Words {
            self.out("<p><strong>");
            self.text(&drawing.title);
            self.out("</strong></p>");
            self.lines(&drawing.description);
            return;
        }
        let svg = (self.svg)(drawing);
        let name = format!("firebell-{}.svg", digest(&[&svg], 12));
        self.out("<ac:image ac:alt=\"");
        self.text(&drawing.title);
        let _ = write!(self.body.storage, "\"><ri:attachment ri:filename=\"{name}\"/></ac:image>");
        self.out("<ac:structured-macro ac:name=\"expand\"><ac:parameter ac:name=\"title\">");
        self.text(&drawing.title);
        self.out("</ac:parameter><ac:rich-text-body>");
        self.lines(&drawing.description);
        self.out("</ac:rich-text-body></ac:structured-macro>");
        if self.body.files.iter().all(|file| file.name != name) {
            self.body.files.push(File { name, svg });
        }
    }

    fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.out("<p>");
            self.text(line);
            self.out("</p>");
        }
    }

    fn inlines(&mut self, inlines: &'a [Inline]) {
        for inline in inlines {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &'a Inline) {
        match inline {
            Inline::Text(text) => self.text(text),
            Inline::Strong(inner) => self.wrapped("strong", inner),
            Inline::Emphasis(inner) => self.wrapped("em", inner),
            Inline::Strike(inner) => {
                self.out("<span style=\"text-decoration: line-through;\">");
                self.inlines(inner);
                self.out("</span>");
            }
            Inline::Code(text) => {
                self.out("<code>");
                self.text(text);
                self.out("</code>");
            }
            Inline::Link { url, text } => self.link(url, text),
            Inline::Break => self.out("<br/>"),
        }
    }

    fn link(&mut self, url: &str, text: &'a [Inline]) {
        if let Some(anchor) = url.strip_prefix('#') {
            self.out("<ac:link ac:anchor=\"");
            self.text(anchor);
            self.out("\"><ac:link-body>");
            self.inlines(text);
            self.out("</ac:link-body></ac:link>");
        } else if is_link(url) {
            self.out("<a href=\"");
            self.text(url);
            self.out("\">");
            self.inlines(text);
            self.out("</a>");
        } else {
            self.inlines(text);
        }
    }
}

/// Whether a URL may be linked to. The reader lets no other through; this keeps it so whoever made the document.
pub(crate) fn is_link(url: &str) -> bool {
    let begins = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    begins("https://") || begins("http://") || begins("mailto:")
}

/// Confluence's tasks hold a line of text and nothing else.
fn is_plain_task(item: &Item) -> bool {
    item.checked.is_some() && matches!(item.blocks.as_slice(), [Block::Paragraph(_)])
}

fn links_within<'a>(blocks: &'a [Block], found: &mut BTreeSet<&'a str>) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => links_of(text, found),
            Block::List { items, .. } => items.iter().for_each(|item| links_within(&item.blocks, found)),
            Block::Table { head, rows, .. } => {
                head.iter().chain(rows.iter().flatten()).for_each(|cell| links_of(cell, found));
            }
            Block::Quote(blocks) => links_within(blocks, found),
            Block::Code { .. } | Block::Rule | Block::Picture(_) => {}
        }
    }
}

fn links_of<'a>(inlines: &'a [Inline], found: &mut BTreeSet<&'a str>) {
    for inline in inlines {
        match inline {
            Inline::Link { url, text } => {
                found.extend(url.strip_prefix('#'));
                links_of(text, found);
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Strike(inner) => links_of(inner, found),
            Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
        }
    }
}

fn escape(into: &mut String, text: &str) {
    for character in text.chars().map(legal) {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            other => into.push(other),
        }
    }
}

/// XML has no way to write some characters at all.
fn legal(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => character,
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other => other,
    }
}

/// The languages that every Confluence knows; one that it does not know spoils the whole block.
fn known_language(language: &str) -> Option<&'static str> {
    let known = match language.to_ascii_lowercase().as_str() {
        "sh" | "bash" | "shell" | "console" => "bash",
        "c" | "cpp" | "c++" => "cpp",
        "cs" | "csharp" => "c#",
        "css" => "css",
        "diff" | "patch" => "diff",
        "groovy" => "groovy",
        "html" | "xml" => "xml",
        "java" => "java",
        "js" | "javascript" | "json" | "ts" | "typescript" => "js",
        "perl" => "perl",
        "php" => "php",
        "powershell" => "powershell",
        "py" | "python" => "py",
        "rb" | "ruby" => "ruby",
        "scala" => "scala",
        "sql" => "sql",
        "yaml" | "yml" => "yml",
        _ => return None,
    };
    Some(known)
}

#[cfg(test)]
mod tests;
