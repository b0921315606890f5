//! Markdown, read into blocks.

use std::collections::BTreeMap;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag};

use super::slug::Slugs;
use super::{Align, Apart, Block, Cell, Document, Inline, Item, address, bound, front, letters};
use crate::picture::Drawing;

/// How deep blocks stand within blocks; deeper ones are read as if they stood in the last.
const DEPTH: usize = 24;
/// How deep emphasis stands within emphasis; deeper ones are left out.
const SPANS: usize = 12;

/// The Markdown that is read: `CommonMark` with tables, task lists and what is struck through.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

impl Document {
    /// Reads Markdown. Every text is some document: what is not understood is shown as it stands.
    ///
    /// The first heading of level 1 is the title and not among the blocks, else the front matter gives it. Levels follow
    /// each other without a gap, from 2 on. Comments are left out, other HTML is text. A fenced block `picture NAME` is
    /// the picture of this name. Links within the document lead to headings that are there.
    pub(crate) fn read(markdown: &str, pictures: &BTreeMap<String, Drawing>) -> Self {
        Self::read_with(markdown, pictures, &Apart::default())
    }

    /// The same of Markdown in which places of words stand for the words.
    pub(crate) fn read_with(markdown: &str, pictures: &BTreeMap<String, Drawing>, apart: &Apart) -> Self {
        let markdown = letters::newlines(markdown);
        let (front, body) = front::split(&markdown, apart);
        let body = bound::bounded(body);
        let mut reader = Reader {
            events: Parser::new_ext(&body, options()),
            pictures,
            apart,
            slugs: Slugs::default(),
            title: None,
            levels: Vec::new(),
            checked: None,
            in_link: false,
            leads_within: false,
        };
        let mut blocks = reader.blocks(0);
        if reader.leads_within {
            for block in &mut blocks {
                settle_block(block, &reader.slugs);
            }
        }
        let title = reader.title.or(front.title).unwrap_or_else(|| "Untitled".to_owned());
        Self { title, language: front.language.unwrap_or_else(|| "en".to_owned()), blocks }
    }
}

/// Follows what the parser says of a text.
struct Reader<'t> {
    events: Parser<'t>,
    pictures: &'t BTreeMap<String, Drawing>,
    apart: &'t Apart,
    slugs: Slugs,
    title: Option<String>,
    /// The levels, as written, of the headings that the next one may stand under.
    levels: Vec<u8>,
    /// Whether the item that is read is a task, and done.
    checked: Option<bool>,
    in_link: bool,
    /// Whether a link leads to a place in the document.
    leads_within: bool,
}

impl<'t> Reader<'t> {
    /// The blocks up to the end of what holds them.
    fn blocks(&mut self, depth: usize) -> Vec<Block> {
        let mut out = Vec::new();
        // What a tight item says stands in no paragraph of its own.
        let mut line = Vec::new();
        let mut flat = 0_usize;
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(tag) if is_span(&tag) => self.span(tag, &mut line, 0),
                Event::Start(tag) => {
                    end_paragraph(&mut line, &mut out);
                    if depth == DEPTH && matches!(tag, Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) {
                        flat += 1;
                    } else {
                        self.block(tag, depth, &mut out);
                    }
                }
                Event::End(_) if flat > 0 => {
                    end_paragraph(&mut line, &mut out);
                    flat -= 1;
                }
                Event::End(_) => break,
                Event::Rule => {
                    end_paragraph(&mut line, &mut out);
                    out.push(Block::Rule);
                }
                piece => self.piece(&piece, &mut line),
            }
        }
        end_paragraph(&mut line, &mut out);
        out
    }

    fn block(&mut self, tag: Tag<'t>, depth: usize, out: &mut Vec<Block>) {
        match tag {
            Tag::Heading { level, .. } => out.extend(self.heading(level, depth)),
            Tag::BlockQuote(_) => out.push(Block::Quote(self.blocks(depth + 1))),
            Tag::List(first) => out.push(Block::List { first, items: self.items(depth + 1) }),
            Tag::CodeBlock(kind) => out.push(self.code(&kind)),
            Tag::HtmlBlock => out.extend(self.markup()),
            Tag::Table(align) => out.push(self.table(&align)),
            _ => {
                let mut line = Vec::new();
                self.fill(&mut line, 0);
                end_paragraph(&mut line, out);
            }
        }
    }

    /// A heading, unless it is the title or says nothing.
    fn heading(&mut self, level: HeadingLevel, depth: usize) -> Option<Block> {
        let mut text = Vec::new();
        self.fill(&mut text, 0);
        let words = plain(&text);
        if words.trim().is_empty() {
            return None;
        }
        if level == HeadingLevel::H1 && depth == 0 && self.title.is_none() {
            self.title = Some(words.trim().to_owned());
            self.levels.clear();
            return None;
        }
        let written = level as u8;
        while self.levels.last().is_some_and(|last| *last >= written) {
            self.levels.pop();
        }
        self.levels.push(written);
        let level = u8::try_from(self.levels.len() + 1).unwrap_or(6).min(6);
        Some(Block::Heading { level, id: self.slugs.make(&words), text })
    }

    fn items(&mut self, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(Event::Start(_)) = self.events.next() {
            let outer = self.checked.take();
            let blocks = self.blocks(depth);
            items.push(Item { checked: std::mem::replace(&mut self.checked, outer), blocks });
        }
        items
    }

    fn code(&mut self, kind: &CodeBlockKind<'t>) -> Block {
        let mut text = String::new();
        while let Some(Event::Text(piece)) = self.events.next() {
            letters::push_lines(&mut text, &self.apart.resolved(&piece));
        }
        if text.ends_with('\n') {
            text.pop();
        }
        let info = if let CodeBlockKind::Fenced(info) = kind { info.as_ref() } else { "" };
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        match words.next().and_then(|name| self.pictures.get(name)) {
            Some(drawing) if language == "picture" => Block::Picture(drawing.clone()),
            _ => Block::Code { language: letters::words(&self.apart.resolved(language)), text },
        }
    }

    /// HTML, of which only the comments are understood.
    fn markup(&mut self) -> Option<Block> {
        let mut text = String::new();
        while let Some(Event::Html(piece) | Event::Text(piece)) = self.events.next() {
            text.push_str(&piece);
        }
        let mut line = Vec::new();
        for words in without_comments(&text).lines().map(str::trim).filter(|words| !words.is_empty()) {
            if !line.is_empty() {
                line.push(Inline::Break);
            }
            say(&mut line, &self.apart.resolved(words));
        }
        (!line.is_empty()).then_some(Block::Paragraph(line))
    }

    fn table(&mut self, align: &[Alignment]) -> Block {
        let align = align.iter().map(|align| match align {
            Alignment::None | Alignment::Left => Align::Start,
            Alignment::Center => Align::Middle,
            Alignment::Right => Align::End,
        });
        let align: Vec<Align> = align.collect();
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        let mut pieces = Vec::new();
        while let Some(Event::Start(tag)) = self.events.next() {
            let mut cells = Vec::with_capacity(align.len());
            while let Some(Event::Start(_)) = self.events.next() {
                self.fill(&mut pieces, 0);
                cells.push(pieces.drain(..).collect());
            }
            if tag == Tag::TableHead { head = cells } else { rows.push(cells) }
        }
        Block::Table { align, head, rows }
    }

    /// The pieces up to the end of what holds them.
    fn fill(&mut self, out: &mut Vec<Inline>, depth: usize) {
        let mut flat = 0_usize;
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(_) if depth == SPANS => flat += 1,
                Event::Start(tag) => self.span(tag, out, depth),
                Event::End(_) if flat > 0 => flat -= 1,
                Event::End(_) => return,
                piece => self.piece(&piece, out),
            }
        }
    }

    fn span(&mut self, tag: Tag<'t>, out: &mut Vec<Inline>, depth: usize) {
        let depth = depth + 1;
        let mut text = Vec::new();
        match tag {
            Tag::Link { link_type, dest_url, .. } => self.link(link_type, &dest_url, out, depth),
            Tag::Image { dest_url, .. } => self.image(&dest_url, out, depth),
            Tag::Strong => {
                self.fill(&mut text, depth);
                out.push(Inline::Strong(text));
            }
            Tag::Emphasis => {
                self.fill(&mut text, depth);
                out.push(Inline::Emphasis(text));
            }
            Tag::Strikethrough => {
                self.fill(&mut text, depth);
                out.push(Inline::Strike(text));
            }
            _ => self.fill(out, depth),
        }
    }

    /// A link, or its text where the address is none to follow or a link is around it.
    fn link(&mut self, kind: LinkType, address: &str, out: &mut Vec<Inline>, depth: usize) {
        let address = self.apart.resolved(address);
        let url = match kind {
            _ if self.in_link => None,
            LinkType::Email => address::followed(&["mailto:", &address].concat()),
            _ => address::followed(&address),
        };
        let Some(url) = url else { return self.fill(out, depth) };
        let mut text = Vec::new();
        self.in_link = true;
        self.fill(&mut text, depth);
        self.in_link = false;
        self.push_link(url, text, out);
    }

    /// An image is a link to its address, since nothing is loaded from elsewhere.
    fn image(&mut self, address: &str, out: &mut Vec<Inline>, depth: usize) {
        let mut text = Vec::new();
        let within = std::mem::replace(&mut self.in_link, true);
        self.fill(&mut text, depth);
        self.in_link = within;
        let words = plain(&text);
        match address::followed(&self.apart.resolved(address)) {
            Some(url) if !within => self.push_link(url, vec![Inline::Text(words)], out),
            _ => say(out, &words),
        }
    }

    fn push_link(&mut self, url: String, mut text: Vec<Inline>, out: &mut Vec<Inline>) {
        if plain(&text).trim().is_empty() {
            text = vec![Inline::Text(url.clone())];
        }
        self.leads_within |= url.starts_with('#');
        out.push(Inline::Link { url, text });
    }

    fn piece(&mut self, piece: &Event<'t>, out: &mut Vec<Inline>) {
        match piece {
            Event::Text(text) => say(out, &self.apart.resolved(text)),
            Event::Code(text) => out.push(Inline::Code(letters::words(&self.apart.resolved(text)))),
            Event::Html(text) | Event::InlineHtml(text) => say(out, &self.apart.resolved(&without_comments(text))),
            Event::SoftBreak => say(out, " "),
            Event::HardBreak => out.push(Inline::Break),
            Event::TaskListMarker(done) => self.checked = Some(*done),
            _ => {}
        }
    }
}

fn is_span(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

fn end_paragraph(line: &mut Vec<Inline>, out: &mut Vec<Block>) {
    if line.iter().any(|piece| !matches!(piece, Inline::Text(text) if text.trim().is_empty())) {
        out.push(Block::Paragraph(std::mem::take(line)));
    }
    line.clear();
}

/// Appends words to the text that stands last.
fn say(out: &mut Vec<Inline>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Inline::Text(last)) = out.last_mut() {
        letters::push_words(last, text);
        return;
    }
    let words = letters::words(text);
    if !words.is_empty() {
        out.push(Inline::Text(words));
    }
}

fn push_all(out: &mut Vec<Inline>, pieces: Vec<Inline>) {
    for piece in pieces {
        push(out, piece);
    }
}

fn push(out: &mut Vec<Inline>, piece: Inline) {
    match (out.last_mut(), piece) {
        (Some(Inline::Text(last)), Inline::Text(text)) => last.push_str(&text),
        (_, piece) => out.push(piece),
    }
}

/// What the pieces say, without how they look.
pub(super) fn plain(pieces: &[Inline]) -> String {
    let mut out = String::new();
    push_plain(pieces, &mut out);
    out
}

fn push_plain(pieces: &[Inline], out: &mut String) {
    for piece in pieces {
        match piece {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(text) | Inline::Emphasis(text) | Inline::Strike(text) | Inline::Link { text, .. } => {
                push_plain(text, out);
            }
            Inline::Break => out.push(' '),
        }
    }
}

/// HTML without its comments. One without an end is none.
fn without_comments(text: &str) -> CowStr<'_> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        // The shortest comments are `<!-->` and `<!--->`.
        let short = ["->", ">"].iter().find_map(|end| comment.strip_prefix(end));
        let Some(after) = short.or_else(|| comment.split_once("-->").map(|(_, after)| after)) else { break };
        out.push_str(before);
        rest = after;
    }
    if rest.len() == text.len() {
        return CowStr::Borrowed(text);
    }
    out.push_str(rest);
    CowStr::from(out)
}

/// Makes text of the links within that lead nowhere.
fn settle_block(block: &mut Block, slugs: &Slugs) {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => settle(text, slugs),
        Block::List { items, .. } => {
            items.iter_mut().flat_map(|item| &mut item.blocks).for_each(|block| settle_block(block, slugs));
        }
        Block::Table { head, rows, .. } => {
            head.iter_mut().chain(rows.iter_mut().flatten()).for_each(|cell| settle_cell(cell, slugs));
        }
        Block::Quote(blocks) => blocks.iter_mut().for_each(|block| settle_block(block, slugs)),
        Block::Code { .. } | Block::Rule | Block::Picture(_) => {}
    }
}

fn settle_cell(cell: &mut Cell, slugs: &Slugs) {
    // Most cells of a long table hold no link, and are left where they are.
    if !cell.iter().all(|piece| matches!(piece, Inline::Text(_) | Inline::Code(_) | Inline::Break)) {
        let mut pieces = std::mem::take(cell).into_vec();
        settle(&mut pieces, slugs);
        *cell = Cell::from_vec(pieces);
    }
}

fn settle(pieces: &mut Vec<Inline>, slugs: &Slugs) {
    for mut piece in std::mem::take(pieces) {
        if let Inline::Strong(text) | Inline::Emphasis(text) | Inline::Strike(text) = &mut piece {
            settle(text, slugs);
        }
        if let Inline::Link { url, text } = &mut piece
            && let Some(id) = url.strip_prefix('#')
        {
            let Some(id) = slugs.find(id) else {
                push_all(pieces, std::mem::take(text));
                continue;
            };
            *url = ["#", id].concat();
        }
        push(pieces, piece);
    }
}
