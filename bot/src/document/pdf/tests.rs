//! Pages as they are laid out, and the file that is made of them.

mod files;
mod hostile;
mod pages;

use smallvec::smallvec;

use super::blocks::Layout;
use super::fonts::Fonts;
use super::pages::{Item, Sheet};
use super::sheet::Drawn;
use super::style::{BODY_HEIGHT, BODY_WIDTH, MARGIN_SIDE, MARGIN_TOP};
use crate::document::block::{Align, Block, Document, Inline};

fn words(text: &str) -> Inline {
    Inline::Text(text.to_owned())
}

fn paragraph(text: &str) -> Block {
    Block::Paragraph(vec![words(text)])
}

fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, id: text.to_lowercase(), text: vec![words(text)] }
}

fn table(head: &[&str], rows: &[Vec<String>]) -> Block {
    let head = head.iter().map(|cell| smallvec![words(cell)]).collect();
    let rows = rows.iter().map(|row| row.iter().map(|cell| smallvec![words(cell)]).collect()).collect();
    Block::Table { align: vec![Align::Start, Align::End], head, rows }
}

fn document(blocks: Vec<Block>) -> Document {
    Document { title: "Title".to_owned(), language: "en".to_owned(), blocks }
}

/// Blocks without a title above them.
fn laid(blocks: Vec<Block>) -> Layout {
    Layout::of(&Document { title: String::new(), ..document(blocks) }, &Fonts::built_in().unwrap())
}

/// What a slab says.
fn said(item: &Item) -> String {
    let marks = item.slab.marks.iter().filter_map(|mark| match &mark.drawn {
        Drawn::Run { run, .. } => Some(run.text.as_str()),
        _ => None,
    });
    marks.collect()
}

/// What a page says, slab by slab, without its footer.
fn page(sheet: &Sheet) -> Vec<String> {
    sheet.items.iter().map(said).collect()
}

/// Everything stands within the margins, but for blanks at the end of a line.
fn check_margins(layout: &Layout) {
    let (left, right) = (MARGIN_SIDE - 0.1, MARGIN_SIDE + BODY_WIDTH + 0.1);
    let (top, bottom) = (MARGIN_TOP - 0.1, MARGIN_TOP + BODY_HEIGHT + 0.1);
    for item in layout.sheets.iter().flat_map(|sheet| &sheet.items) {
        assert!(item.top >= top && item.top + item.slab.height <= bottom, "{}: {}", item.top, said(item));
        for mark in &item.slab.marks {
            let Drawn::Run { x, y, run, .. } = &mark.drawn else { continue };
            let blank = |glyph: &&super::shape::Glyph| run.text[glyph.start..glyph.end].trim().is_empty();
            let wide = |glyphs: &mut dyn Iterator<Item = &super::shape::Glyph>| -> f32 {
                glyphs.map(|glyph| glyph.advance * run.size).sum()
            };
            let before = wide(&mut run.glyphs.iter().take_while(blank));
            let after = wide(&mut run.glyphs.iter().rev().take_while(blank));
            assert!(x + before >= left && x + run.width - after <= right, "{x} {} {}", run.width, run.text);
            assert!(*y > 0.0 && *y < item.slab.height, "{y} {}", run.text);
        }
    }
}
