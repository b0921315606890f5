//! Pages painted with krilla: content with its tags, links, bookmarks and what is said about the document.

use std::collections::BTreeMap;

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::{luma, rgb};
use krilla::configure::{Accessibility, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Quadrilateral, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::{Page, PageSettings};
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Paint, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, BBox, ContentTag, SpanTag};
use krilla::text::{self, GlyphId};
use krilla::{Document as Output, SerializeSettings};

use super::super::block::Document;
use super::PdfError;
use super::blocks::{Heading, Layout};
use super::fonts::{Fonts, Style};
use super::lines::Run;
use super::pages::{Item, Sheet};
use super::paragraph::Paragraph;
use super::shape::{Glyph, Shaper};
use super::sheet::{Drawn, Link, Mark, Pen, Step};
use super::style::{self, FOOTER, Ink};
use super::tags::{NodeId, Tree};
use super::text::Text;

/// Paints a document. It says of itself that it is PDF/UA-1 where it is.
pub(super) fn paint(document: &Document, fonts: &Fonts, layout: &Layout) -> Result<Vec<u8>, PdfError> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let accessible = accessible.ok().filter(|_| layout.uncovered.is_empty() && !document.title.trim().is_empty());
    let painter = Painter::new(document, fonts, layout);
    let written = accessible.map(|configuration| painter.write(configuration));
    match written {
        Some(Ok(bytes)) => return Ok(bytes),
        Some(Err(KrillaError::Validation(_))) | None => {}
        Some(Err(error)) => return Err(PdfError::Write(error.to_string())),
    }
    painter.write(Configuration::default()).map_err(|error| PdfError::Write(error.to_string()))
}

/// Adds the title and the number to each page.
pub(super) fn footers(sheets: &mut [Sheet], title: &str, shaper: &mut Shaper) {
    let count = sheets.len();
    let mut set = |words: &str| Paragraph::of(&Text::plain(words, Style::Regular), FOOTER.size, shaper).single();
    let longest = style::BODY_WIDTH - 110.0;
    let mut name = set(title);
    let mut kept = title.chars().count().min(200);
    while name.width > longest && kept > 0 {
        kept = kept * 9 / 10;
        name = set(&format!("{}…", title.chars().take(kept).collect::<String>().trim_end()));
    }
    let mut slab = super::sheet::Slab::default();
    for (page, sheet) in (1..).zip(sheets) {
        let number = set(&format!("Page {page} of {count}"));
        let right = style::MARGIN_SIDE + style::BODY_WIDTH - number.width;
        slab.put(name.clone(), (style::MARGIN_SIDE, style::FOOTER_BASE), FOOTER.ink, None, &[]);
        slab.put(number, (right, style::FOOTER_BASE), FOOTER.ink, None, &[]);
        sheet.footer = std::mem::take(&mut slab.marks);
        let top = style::FOOTER_BASE - 14.0;
        let line = Drawn::level(style::MARGIN_SIDE, top, style::BODY_WIDTH, 0.5, Ink::Grey(style::HAIRLINE));
        sheet.footer.push(Mark { node: None, drawn: line });
    }
}

struct Painter<'p> {
    document: &'p Document,
    fonts: &'p Fonts,
    layout: &'p Layout,
    /// Headings by what links within the document call them.
    named: BTreeMap<&'p str, &'p Heading>,
}

impl<'p> Painter<'p> {
    fn new(document: &'p Document, fonts: &'p Fonts, layout: &'p Layout) -> Self {
        // The first of two that are called alike.
        let named = layout.headings.iter().rev().map(|heading| (heading.id.as_str(), heading)).collect();
        Self { document, fonts, layout, named }
    }

    fn write(&self, configuration: Configuration) -> Result<Vec<u8>, KrillaError> {
        let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        let mut output = Output::new_with(settings);
        let mut tree = Tree::new(&self.layout.tags);
        for (number, sheet) in self.layout.sheets.iter().enumerate() {
            let Some(size) = PageSettings::from_wh(style::PAGE_WIDTH, style::PAGE_HEIGHT) else { continue };
            let mut page = output.start_page_with(size);
            let areas = self.page(&mut page, number, sheet, &mut tree);
            self.links(&mut page, areas, &mut tree);
        }
        let language = Some(self.document.language.clone()).filter(|language| !language.is_empty());
        output.set_tag_tree(tree.finish(language.clone()));
        output.set_outline(outline(&self.layout.headings));
        let mut metadata = Metadata::new().creator("Firebell".to_owned());
        if !self.document.title.is_empty() {
            metadata = metadata.title(self.document.title.clone());
        }
        if let Some(language) = language {
            metadata = metadata.language(language);
        }
        output.set_metadata(metadata);
        output.finish()
    }

    /// Paints one page, and tells where its links are.
    fn page(&self, page: &mut Page, number: usize, sheet: &Sheet, tree: &mut Tree) -> BTreeMap<usize, Vec<Rect>> {
        let mut brush = Brush { surface: page.surface(), fonts: self.fonts };
        brush.decoration(ArtifactType::Layout, |brush| {
            sheet.bars.iter().for_each(|bar| brush.draw(&bar.drawn(), 0.0));
            for item in &sheet.items {
                item.slab.under.iter().for_each(|drawn| brush.draw(drawn, item.top));
            }
        });
        let mut areas = BTreeMap::new();
        for item in &sheet.items {
            if item.repeated {
                let marks = &item.slab.marks;
                brush.decoration(ArtifactType::PaginationOther, |brush| brush.all(marks, item.top));
            } else {
                brush.content(item, tree);
                figure(item, number, tree);
            }
            item.slab.marks.iter().for_each(|mark| area(mark, item.top, &mut areas));
        }
        brush.decoration(ArtifactType::Footer, |brush| brush.all(&sheet.footer, 0.0));
        brush.surface.finish();
        areas
    }

    fn links(&self, page: &mut Page, areas: BTreeMap<usize, Vec<Rect>>, tree: &mut Tree) {
        for (link, areas) in areas {
            let Some(link) = self.layout.links.get(link) else { continue };
            let Some(target) = self.target(link) else { continue };
            let quads = areas.into_iter().map(Quadrilateral::from).collect();
            let said = if link.text.is_empty() { &link.url } else { &link.text };
            let drawn = LinkAnnotation::new_with_quad_points(quads, target);
            let content = page.add_tagged_annotation(Annotation::new_link(drawn, Some(said.clone())));
            tree.put(link.node, content);
        }
    }

    fn target(&self, link: &Link) -> Option<Target> {
        let Some(id) = link.url.strip_prefix('#') else {
            return Some(Target::Action(Action::Link(LinkAction::new(ascii(&link.url)))));
        };
        let heading = self.named.get(id)?;
        Some(Target::Destination(place(heading).into()))
    }
}

/// Tells where a picture stands.
fn figure(item: &Item, page: usize, tree: &mut Tree) {
    let place = |figure: &super::sheet::Figure| {
        Rect::from_xywh(figure.x, item.top, figure.width, item.slab.height).map(|rect| (figure.node, rect))
    };
    if let Some((node, rect)) = item.slab.figure.as_ref().and_then(place) {
        tree.stands(node, BBox::new(page, rect));
    }
}

/// Adds where a text that is part of a link stands.
fn area(mark: &Mark, top: f32, areas: &mut BTreeMap<usize, Vec<Rect>>) {
    let Drawn::Run { x, y, run, .. } = &mark.drawn else { return };
    let Some(link) = run.look.link else { return };
    if let Some(rect) = Rect::from_xywh(*x, top + y - 0.95 * run.size, run.width, 1.3 * run.size) {
        areas.entry(link).or_default().push(rect);
    }
}

fn place(heading: &Heading) -> XyzDestination {
    XyzDestination::new(heading.page, Point::from_xy(style::MARGIN_SIDE, (heading.top - 8.0).max(0.0)))
}

/// Headings as bookmarks, each within the one before it that is higher.
fn outline(headings: &[Heading]) -> Outline {
    let mut outline = Outline::new();
    let mut open: Vec<(u8, OutlineNode)> = Vec::new();
    let close = |open: &mut Vec<(u8, OutlineNode)>, outline: &mut Outline| {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => parent.push_child(node),
            None => outline.push_child(node),
        }
    };
    for heading in headings {
        while open.last().is_some_and(|(level, _)| *level >= heading.level) {
            close(&mut open, &mut outline);
        }
        let node = OutlineNode::new(heading.title.clone(), place(heading)).with_open(heading.level < 2);
        open.push((heading.level, node));
    }
    while !open.is_empty() {
        close(&mut open, &mut outline);
    }
    outline
}

/// An address as PDF takes it: what is not ASCII is escaped.
fn ascii(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        if byte.is_ascii_graphic() {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])));
        }
    }
    out
}

/// Paints on one page.
struct Brush<'s> {
    surface: Surface<'s>,
    fonts: &'s Fonts,
}

impl Brush<'_> {
    fn decoration(&mut self, kind: ArtifactType, paint: impl FnOnce(&mut Self)) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        paint(self);
        self.surface.end_tagged();
    }

    fn all(&mut self, marks: &[Mark], top: f32) {
        for mark in marks {
            self.draw(&mark.drawn, top);
        }
    }

    /// Paints what belongs to the same part together.
    fn content(&mut self, item: &Item, tree: &mut Tree) {
        for marks in item.slab.marks.chunk_by(|one, other| one.node == other.node) {
            let Some(node) = marks[0].node else {
                self.decoration(ArtifactType::Other, |brush| brush.all(marks, item.top));
                continue;
            };
            self.part(marks, node, item.top, tree);
        }
    }

    fn part(&mut self, marks: &[Mark], node: NodeId, top: f32, tree: &mut Tree) {
        let text = marks.iter().all(|mark| matches!(mark.drawn, Drawn::Run { .. }));
        let tag = if text { ContentTag::Span(SpanTag::empty()) } else { ContentTag::Other };
        let content = self.surface.start_tagged(tag);
        self.all(marks, top);
        self.surface.end_tagged();
        tree.put(node, content);
    }

    fn draw(&mut self, drawn: &Drawn, top: f32) {
        match drawn {
            Drawn::Run { x, y, ink, run } => self.run(run, Point::from_xy(*x, y + top), *ink),
            Drawn::Path { steps, fill, pen } => self.path(steps, *fill, pen.as_ref(), top),
            Drawn::Nothing => {}
        }
    }

    fn run(&mut self, run: &Run, at: Point, ink: Ink) {
        let Some(font) = self.fonts.font(run.face) else { return };
        if run.glyphs.is_empty() {
            return;
        }
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill(ink)));
        self.surface.draw_glyphs(at, &run.glyphs, font.clone(), &run.text, run.size, false);
    }

    fn path(&mut self, steps: &[Step], grey: Option<u8>, pen: Option<&Pen>, top: f32) {
        if grey.is_none() && pen.is_none() {
            return;
        }
        let mut path = PathBuilder::new();
        for step in steps {
            match *step {
                Step::Move(x, y) => path.move_to(x, y + top),
                Step::Line(x, y) => path.line_to(x, y + top),
                Step::Curve(at) => path.cubic_to(at[0], at[1] + top, at[2], at[3] + top, at[4], at[5] + top),
                Step::Close => path.close(),
            }
        }
        // There is none where a number is not finite or nothing would be seen.
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(grey.map(|grey| fill(Ink::Grey(grey))));
        self.surface.set_stroke(pen.map(stroke));
        self.surface.draw_path(&path);
    }
}

fn paint_of(ink: Ink) -> Paint {
    match ink {
        Ink::Grey(grey) => luma::Color::new(grey).into(),
        Ink::Rgb(red, green, blue) => rgb::Color::new(red, green, blue).into(),
    }
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: paint_of(ink), opacity: NormalizedF32::ONE, rule: FillRule::NonZero }
}

fn stroke(pen: &Pen) -> Stroke {
    let dash = pen.dashed.then(|| StrokeDash { array: vec![3.0 * pen.width.max(0.8); 2], offset: 0.0 });
    Stroke {
        paint: paint_of(pen.ink),
        width: pen.width,
        miter_limit: 4.0,
        line_cap: LineCap::Butt,
        line_join: LineJoin::Miter,
        opacity: NormalizedF32::ONE,
        dash,
    }
}

impl text::Glyph for Glyph {
    fn glyph_id(&self) -> GlyphId {
        GlyphId::new(self.id)
    }

    fn text_range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    fn x_advance(&self, size: f32) -> f32 {
        self.advance * size
    }

    fn x_offset(&self, size: f32) -> f32 {
        self.dx * size
    }

    fn y_offset(&self, size: f32) -> f32 {
        self.dy * size
    }

    fn y_advance(&self, _: f32) -> f32 {
        0.0
    }

    fn location(&self) -> Option<krilla::surface::Location> {
        None
    }
}
