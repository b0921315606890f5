//! Every kind of block as slabs.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::super::block::{Block, Document, Inline, Item};
use super::fonts::{Fonts, Style};
use super::lines::Line;
use super::pages::{Pages, Sheet};
use super::paragraph::Paragraph;
use super::shape::Shaper;
use super::sheet::{Bar, Drawn, Link, Slab};
use super::style::{self, BODY, CODE, Ink, Type};
use super::tags::{Kind, NodeId, Tags};
use super::text::{Links, Text};

/// A document in pages.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) sheets: Vec<Sheet>,
    pub(super) tags: Tags,
    pub(super) links: Vec<Link>,
    pub(super) headings: Vec<Heading>,
    pub(super) uncovered: BTreeSet<char>,
}

/// A heading, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) id: String,
    pub(super) title: String,
    /// From 0.
    pub(super) page: usize,
    pub(super) top: f32,
}

impl Layout {
    /// Lays a document out.
    pub(super) fn of(document: &Document, fonts: &Fonts) -> Self {
        let mut builder = Builder {
            shaper: Shaper::new(fonts),
            tags: Tags::default(),
            links: Vec::new(),
            pages: Pages::new(),
            headings: Vec::new(),
            marker: None,
            bars: 0,
        };
        // The headings of people never have an id with a point.
        if !document.title.trim().is_empty() {
            let title = [Inline::Text(document.title.clone())];
            builder.heading(1, "title.text", &title, &Column::page());
        }
        builder.blocks(&document.blocks, &Column::page(), 0);
        builder.finish(&document.title)
    }
}

/// Where blocks stand.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) left: f32,
    pub(super) width: f32,
    pub(super) node: Option<NodeId>,
    pub(super) bars: Rc<[Bar]>,
    ink: Option<Ink>,
    /// The least distance below a paragraph.
    after: f32,
}

impl Column {
    fn page() -> Self {
        let (left, width) = (style::MARGIN_SIDE, style::BODY_WIDTH);
        Self { left, width, node: None, bars: Rc::new([]), ink: None, after: BODY.after }
    }

    /// The same, set in by some distance as long as enough is left of it.
    fn indented(&self, indent: f32, node: NodeId) -> Self {
        let indent = indent.min(self.width - style::MIN_WIDTH).max(0.0);
        Self { left: self.left + indent, width: self.width - indent, node: Some(node), ..self.clone() }
    }
}

/// What stands before the first line of a list's item.
struct Marker {
    line: Line,
    /// Its right end.
    right: f32,
    node: NodeId,
}

/// Makes slabs of blocks.
pub(super) struct Builder<'f> {
    pub(super) shaper: Shaper<'f>,
    pub(super) tags: Tags,
    pub(super) links: Vec<Link>,
    pub(super) pages: Pages,
    headings: Vec<Heading>,
    marker: Option<Marker>,
    bars: usize,
}

/// Writes down the links of one part.
struct LinkBook<'b> {
    tags: &'b mut Tags,
    links: &'b mut Vec<Link>,
    owner: NodeId,
}

impl Links for LinkBook<'_> {
    fn open(&mut self, url: &str) -> usize {
        let node = self.tags.add(Kind::Link, Some(self.owner));
        self.links.push(Link { url: url.to_owned(), text: String::new(), node });
        self.links.len() - 1
    }

    fn close(&mut self, link: usize, text: &str) {
        if let Some(link) = self.links.get_mut(link) {
            text.clone_into(&mut link.text);
        }
    }
}

impl Builder<'_> {
    fn blocks(&mut self, blocks: &[Block], column: &Column, depth: usize) {
        for block in blocks {
            self.block(block, column, depth);
        }
    }

    fn block(&mut self, block: &Block, column: &Column, depth: usize) {
        match block {
            Block::Heading { level, id, text } => self.heading(*level, id, text, column),
            Block::Paragraph(text) => self.paragraph(text, column),
            Block::List { .. } | Block::Quote(_) if depth >= style::MAX_DEPTH => self.flat(block, column, depth),
            Block::List { first, items } => self.list(*first, items, column, depth),
            Block::Quote(within) => self.quote(within, column, depth),
            Block::Table { align, head, rows } => {
                self.lone_marker(column);
                self.table(align, head, rows, column);
            }
            Block::Code { text, .. } => self.code(text, column),
            Block::Rule => {
                self.lone_marker(column);
                let line = Drawn::level(column.left, 0.5, column.width, 0.7, Ink::Grey(style::HAIRLINE));
                let bars = Rc::clone(&column.bars);
                let (before, after) = (10.0, 12.0);
                self.pages.push(Slab { height: 1.0, before, after, under: vec![line], bars, ..Slab::default() });
            }
            Block::Picture(drawing) => {
                self.lone_marker(column);
                self.picture(drawing, column);
            }
        }
    }

    /// Lists and quotes that are too deep: what they hold, without more indents.
    fn flat(&mut self, block: &Block, column: &Column, depth: usize) {
        let mut rest = vec![block];
        while let Some(block) = rest.pop() {
            match block {
                Block::Quote(within) => rest.extend(within.iter().rev()),
                Block::List { items, .. } => rest.extend(items.iter().rev().flat_map(|item| item.blocks.iter().rev())),
                other => self.block(other, column, depth),
            }
        }
    }

    /// Reads pieces that belong to a part.
    pub(super) fn text(&mut self, pieces: &[Inline], style: Style, owner: NodeId) -> Text {
        Text::of(pieces, style, &mut LinkBook { tags: &mut self.tags, links: &mut self.links, owner })
    }

    fn heading(&mut self, level: u8, id: &str, text: &[Inline], column: &Column) {
        let number = self.headings.len();
        let node = self.tags.add(Kind::Heading(level, String::new()), column.node);
        let text = self.text(text, Style::Bold, node);
        let title = text.chars.replace('\n', " ");
        self.tags.name(node, &title);
        self.headings.push(Heading { level, id: id.to_owned(), title, page: 0, top: 0.0 });
        let set = style::heading(level);
        let mut slabs = self.slabs(&text, set, column, node);
        if let Some(first) = slabs.first_mut() {
            first.heading = Some(number);
        }
        for mut slab in slabs {
            slab.keep = true;
            self.pages.push(slab);
        }
    }

    fn paragraph(&mut self, text: &[Inline], column: &Column) {
        let node = self.tags.add(Kind::Paragraph, column.node);
        let text = self.text(text, Style::Regular, node);
        let set = Type { after: column.after, ink: column.ink.unwrap_or(BODY.ink), ..BODY };
        for slab in self.slabs(&text, set, column, node) {
            self.pages.push(slab);
        }
    }

    /// A text as one slab for each line. The first two and the last two lines stay together.
    fn slabs(&mut self, text: &Text, set: Type, column: &Column, node: NodeId) -> Vec<Slab> {
        let lines = Paragraph::of(text, set.size, &mut self.shaper).lines(column.width);
        let count = lines.len();
        let mut slabs = Vec::with_capacity(count);
        for (at, line) in lines.into_iter().enumerate() {
            let mut slab = Slab { height: set.leading, bars: Rc::clone(&column.bars), ..Slab::default() };
            slab.before = if at == 0 { set.before } else { 0.0 };
            slab.after = if at + 1 == count { set.after } else { 0.0 };
            slab.keep = at + 1 < count && (at == 0 || at + 2 == count);
            if let Some(marker) = self.marker.take() {
                let x = marker.right - marker.line.width;
                slab.put(marker.line, (x, set.base()), set.ink, Some(marker.node), &self.links);
            }
            let x = if line.rtl { column.left + column.width - line.width } else { column.left };
            slab.put(line, (x, set.base()), set.ink, Some(node), &self.links);
            slabs.push(slab);
        }
        slabs
    }

    fn list(&mut self, first: Option<u64>, items: &[Item], column: &Column, depth: usize) {
        self.lone_marker(column);
        let list = self.tags.add(Kind::List { numbered: first.is_some() }, column.node);
        let labels: Vec<Line> = (0..).zip(items).map(|(at, item)| self.label(first, at, item)).collect();
        let widest = labels.iter().map(|label| label.width).fold(0.0, f32::max);
        let indent = style::LIST_INDENT.max(widest + style::MARKER_GAP);
        let tight = items.iter().all(|item| item.blocks.iter().filter(|block| is_text(block)).count() < 2);
        for (item, line) in items.iter().zip(labels) {
            let node = self.tags.add(Kind::Item, Some(list));
            let label = self.tags.add(Kind::Label, Some(node));
            let body = self.tags.add(Kind::Body, Some(node));
            let within = Column { after: if tight { 3.0 } else { 6.0 }, ..column.indented(indent, body) };
            self.marker = Some(Marker { line, right: within.left - style::MARKER_GAP, node: label });
            self.blocks(&item.blocks, &within, depth + 1);
            self.lone_marker(&within);
        }
        if depth == 0 {
            self.pages.gap(BODY.after);
        }
    }

    fn label(&mut self, first: Option<u64>, at: u64, item: &Item) -> Line {
        let words = match (item.checked, first) {
            (Some(true), _) => "☑".to_owned(),
            (Some(false), _) => "☐".to_owned(),
            (None, Some(first)) => format!("{}.", first.saturating_add(at)),
            (None, None) => "•".to_owned(),
        };
        Paragraph::of(&Text::plain(&words, Style::Regular), BODY.size, &mut self.shaper).single()
    }

    /// Puts a marker that no text has taken on a line of its own.
    fn lone_marker(&mut self, column: &Column) {
        if self.marker.is_none() {
            return;
        }
        let node = self.tags.add(Kind::Paragraph, column.node);
        let set = Type { after: 2.0, ..BODY };
        for mut slab in self.slabs(&Text::default(), set, column, node) {
            slab.keep = true;
            self.pages.push(slab);
        }
    }

    fn quote(&mut self, within: &[Block], column: &Column, depth: usize) {
        self.lone_marker(column);
        let node = self.tags.add(Kind::Quote, column.node);
        let bar = self.bar(column.left, 2.5, style::HAIRLINE);
        let bars = column.bars.iter().copied().chain([bar]).collect();
        let indented = column.indented(style::QUOTE_INDENT, node);
        self.blocks(within, &Column { bars, ink: Some(style::MUTED), ..indented }, depth + 1);
        self.pages.gap(BODY.after);
    }

    fn code(&mut self, text: &str, column: &Column) {
        self.lone_marker(column);
        let paragraph = self.tags.add(Kind::Paragraph, column.node);
        let node = self.tags.add(Kind::Code, Some(paragraph));
        let ground = self.bar(column.left, column.width, style::CODE_GROUND);
        let bars: Rc<[Bar]> = column.bars.iter().copied().chain([ground]).collect();
        let (side, edge) = (8.0, 6.0);
        let mut lines = Vec::new();
        for line in text.lines() {
            let paragraph = Paragraph::of(&Text::of_code(line), CODE.size, &mut self.shaper);
            lines.append(&mut paragraph.lines(column.width - 2.0 * side));
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            let mut slab = Slab { height: CODE.leading, bars: Rc::clone(&bars), ..Slab::default() };
            slab.keep = at + 1 < count && (at == 0 || at + 2 == count);
            let mut base = CODE.base();
            if at == 0 {
                (slab.before, slab.height, base) = (2.0, slab.height + edge, base + edge);
            }
            if at + 1 == count {
                (slab.after, slab.height) = (12.0, slab.height + edge);
            }
            slab.put(line, (column.left + side, base), CODE.ink, Some(node), &self.links);
            self.pages.push(slab);
        }
    }

    fn bar(&mut self, x: f32, width: f32, grey: u8) -> Bar {
        self.bars += 1;
        Bar { id: self.bars, x, width, grey }
    }

    fn finish(mut self, title: &str) -> Layout {
        let (mut sheets, places) = self.pages.finish();
        for (heading, page, top) in places {
            if let Some(heading) = self.headings.get_mut(heading) {
                (heading.page, heading.top) = (page, top);
            }
        }
        super::paint::footers(&mut sheets, title, &mut self.shaper);
        let uncovered = self.shaper.into_uncovered();
        Layout { sheets, tags: self.tags, links: self.links, headings: self.headings, uncovered }
    }
}

fn is_text(block: &Block) -> bool {
    !matches!(block, Block::List { .. })
}
