//! Sizes, distances (all in points) and greys of the page.

/// A4.
pub(super) const PAGE_WIDTH: f32 = 595.28;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
pub(super) const MARGIN_SIDE: f32 = 62.0;
pub(super) const MARGIN_TOP: f32 = 60.0;
pub(super) const MARGIN_BOTTOM: f32 = 72.0;
/// How wide and high the text of a page is.
pub(super) const BODY_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN_SIDE;
pub(super) const BODY_HEIGHT: f32 = PAGE_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM;
/// Where the footer's text stands.
pub(super) const FOOTER_BASE: f32 = PAGE_HEIGHT - 40.0;

/// Half of a capital's height and a little, by which text is put in the middle of its line.
const CENTRE: f32 = 0.355;
/// Monospaced text beside the other looks too large at the same size.
pub(super) const MONO_SCALE: f32 = 0.92;

/// How deep lists and quotes are drawn within each other; what is deeper stands at the last depth.
pub(super) const MAX_DEPTH: usize = 16;
/// A column of text is never made narrower than this by indents.
pub(super) const MIN_WIDTH: f32 = 150.0;
pub(super) const LIST_INDENT: f32 = 18.0;
pub(super) const MARKER_GAP: f32 = 6.0;
pub(super) const QUOTE_INDENT: f32 = 14.0;

pub(super) const BLACK: Ink = Ink::Grey(20);
pub(super) const MUTED: Ink = Ink::Grey(85);
pub(super) const LINK: Ink = Ink::Rgb(20, 70, 150);
pub(super) const CODE_GROUND: u8 = 243;
pub(super) const HAIRLINE: u8 = 205;
pub(super) const STRONG_LINE: u8 = 60;

/// What something is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// 0 is black.
    Grey(u8),
    Rgb(u8, u8, u8),
}

/// How large a text is set, and what stands around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Type {
    pub(super) size: f32,
    /// From base line to base line.
    pub(super) leading: f32,
    pub(super) before: f32,
    pub(super) after: f32,
    pub(super) ink: Ink,
}

impl Type {
    /// How far below the top of its line a text's base line is.
    pub(super) fn base(&self) -> f32 {
        self.leading / 2.0 + CENTRE * self.size
    }
}

pub(super) const BODY: Type = Type { size: 10.0, leading: 15.0, before: 0.0, after: 8.0, ink: BLACK };
pub(super) const CELL: Type = Type { size: 9.0, leading: 13.0, before: 0.0, after: 0.0, ink: BLACK };
pub(super) const CODE: Type = Type { size: 9.0, leading: 12.5, before: 0.0, after: 0.0, ink: BLACK };
pub(super) const FOOTER: Type = Type { size: 8.0, leading: 11.0, before: 0.0, after: 0.0, ink: MUTED };

/// How a heading is set.
pub(super) fn heading(level: u8) -> Type {
    let (size, leading, before, after, ink) = match level {
        0 | 1 => (19.0, 25.0, 22.0, 12.0, BLACK),
        2 => (14.0, 19.0, 22.0, 8.0, BLACK),
        3 => (11.5, 16.0, 16.0, 6.0, BLACK),
        4 => (10.0, 15.0, 12.0, 4.0, BLACK),
        _ => (10.0, 15.0, 10.0, 4.0, MUTED),
    };
    Type { size, leading, before, after, ink }
}
