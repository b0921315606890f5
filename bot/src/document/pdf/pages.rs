//! Slabs one below the other, page after page.

use std::rc::Rc;

use super::sheet::{Bar, Drawn, Mark, Slab};
use super::style::{BODY_HEIGHT, MARGIN_TOP};

/// So much too high is not seen, and comes of rounding.
const TOLERANCE: f32 = 0.01;

/// One page.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    pub(super) bars: Vec<Laid>,
    pub(super) items: Vec<Item>,
    pub(super) footer: Vec<Mark>,
}

/// A slab in its place.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// From the page's top.
    pub(super) top: f32,
    pub(super) slab: Rc<Slab>,
    /// It was read on an earlier page already.
    pub(super) repeated: bool,
}

/// A bar as far as it goes on one page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Laid {
    bar: Bar,
    top: f32,
    bottom: f32,
}

impl Laid {
    pub(super) fn drawn(&self) -> Drawn {
        Drawn::rect(self.bar.x, self.top, self.bar.width, self.bottom - self.top, self.bar.grey)
    }
}

/// Fills pages.
#[derive(Debug)]
pub(super) struct Pages {
    sheets: Vec<Sheet>,
    /// How much of the last page is taken.
    used: f32,
    /// The distance that what was placed last asks for.
    after: f32,
    /// Slabs that are to stand on one page.
    chain: Vec<Slab>,
    chain_height: f32,
    /// Where each heading stands: its number, its page from 0, its top.
    headings: Vec<(usize, usize, f32)>,
}

impl Pages {
    pub(super) fn new() -> Self {
        let sheets = vec![Sheet::default()];
        Self { sheets, used: 0.0, after: 0.0, chain: Vec::new(), chain_height: 0.0, headings: Vec::new() }
    }

    pub(super) fn push(&mut self, slab: Slab) {
        let gap = self.chain.last().map_or(0.0, |last| last.after.max(slab.before));
        self.chain_height += gap + slab.height;
        let keep = slab.keep && self.chain_height < BODY_HEIGHT;
        self.chain.push(slab);
        if !keep {
            self.flush();
        }
    }

    /// Asks for a distance to whatever comes.
    pub(super) fn gap(&mut self, gap: f32) {
        let after = self.chain.last_mut().map_or(&mut self.after, |last| &mut last.after);
        *after = after.max(gap);
    }

    /// All pages, and where the headings stand.
    pub(super) fn finish(mut self) -> (Vec<Sheet>, Vec<(usize, usize, f32)>) {
        self.flush();
        (self.sheets, self.headings)
    }

    fn flush(&mut self) {
        let chain = std::mem::take(&mut self.chain);
        let height = std::mem::take(&mut self.chain_height);
        let Some(first) = chain.first() else { return };
        let gap = self.after.max(first.before);
        if self.used > 0.0 && self.used + gap + height > BODY_HEIGHT + TOLERANCE {
            self.turn(first);
        }
        for slab in chain {
            let gap = if self.used > 0.0 { self.after.max(slab.before) } else { 0.0 };
            if self.used > 0.0 && self.used + gap + slab.height > BODY_HEIGHT + TOLERANCE {
                self.turn(&slab);
            }
            self.place(Rc::new(slab), false);
        }
    }

    /// Begins a page that `slab` will stand on.
    fn turn(&mut self, slab: &Slab) {
        self.sheets.push(Sheet::default());
        (self.used, self.after) = (0.0, 0.0);
        if let Some(head) = &slab.head {
            self.place(Rc::clone(head), true);
        }
    }

    fn place(&mut self, slab: Rc<Slab>, repeated: bool) {
        let page = self.sheets.len() - 1;
        let gap = if self.used > 0.0 { self.after.max(slab.before) } else { 0.0 };
        let top = MARGIN_TOP + self.used + gap;
        self.used += gap + slab.height;
        self.after = slab.after;
        if let Some(heading) = slab.heading {
            self.headings.push((heading, page, top));
        }
        let Some(sheet) = self.sheets.last_mut() else { return };
        for bar in slab.bars.iter() {
            match sheet.bars.iter_mut().rev().find(|laid| laid.bar.id == bar.id) {
                Some(laid) => laid.bottom = top + slab.height,
                None => sheet.bars.push(Laid { bar: *bar, top, bottom: top + slab.height }),
            }
        }
        sheet.items.push(Item { top, slab, repeated });
    }
}
