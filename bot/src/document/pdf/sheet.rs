//! What a page is made of before it is painted.

use std::rc::Rc;

use super::lines::{Line, Run};
use super::style::Ink;
use super::tags::NodeId;

/// A link of the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Link {
    pub(super) url: String,
    /// What it says.
    pub(super) text: String,
    pub(super) node: NodeId,
}

/// A stretch that is never parted: a line, a table's row, a picture. Upright distances count from its top.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Slab {
    pub(super) height: f32,
    /// The least distance to what stands above, and below.
    pub(super) before: f32,
    pub(super) after: f32,
    /// It stands on the page of the next one.
    pub(super) keep: bool,
    /// Decoration, drawn beneath everything else.
    pub(super) under: Vec<Drawn>,
    pub(super) marks: Vec<Mark>,
    pub(super) bars: Rc<[Bar]>,
    /// What is repeated above it where it begins a page.
    pub(super) head: Option<Rc<Slab>>,
    /// The heading that it begins.
    pub(super) heading: Option<usize>,
    pub(super) figure: Option<Figure>,
}

/// Where a picture stands, for whoever does not see it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) node: NodeId,
    pub(super) x: f32,
    pub(super) width: f32,
}

/// A ground or an upright line that goes on beside or under all slabs that name it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    pub(super) id: usize,
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) grey: u8,
}

/// Something drawn, and the part of the document that it belongs to; what belongs to none is decoration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    pub(super) node: Option<NodeId>,
    pub(super) drawn: Drawn,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Drawn {
    /// `x` and `y` are the beginning of its base line.
    Run {
        x: f32,
        y: f32,
        ink: Ink,
        run: Run,
    },
    Path {
        steps: Vec<Step>,
        fill: Option<u8>,
        pen: Option<Pen>,
    },
    /// Holds the place of a part without content.
    Nothing,
}

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Move(f32, f32),
    Line(f32, f32),
    Curve([f32; 6]),
    Close,
}

/// How a path's line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) width: f32,
    pub(super) ink: Ink,
    pub(super) dashed: bool,
}

impl Drawn {
    /// A filled rectangle.
    pub(super) fn rect(x: f32, y: f32, width: f32, height: f32, grey: u8) -> Self {
        let steps = vec![
            Step::Move(x, y),
            Step::Line(x + width, y),
            Step::Line(x + width, y + height),
            Step::Line(x, y + height),
            Step::Close,
        ];
        Self::Path { steps, fill: Some(grey), pen: None }
    }

    /// A level line.
    pub(super) fn level(x: f32, y: f32, length: f32, width: f32, ink: Ink) -> Self {
        let steps = vec![Step::Move(x, y), Step::Line(x + length, y)];
        Self::Path { steps, fill: None, pen: Some(Pen { width, ink, dashed: false }) }
    }
}

impl Slab {
    /// Puts a line of text at `x`, on the base line `y`, with what its looks ask for.
    pub(super) fn put(&mut self, line: Line, (x, y): (f32, f32), ink: Ink, node: Option<NodeId>, links: &[Link]) {
        for run in line.runs {
            let at = x + run.x;
            if run.look.code {
                let (top, height) = (y - 0.86 * run.size, 1.16 * run.size);
                self.under.push(Drawn::rect(at - 1.2, top, run.width + 2.4, height, super::style::CODE_GROUND));
            }
            let target = run.look.link.and_then(|link| links.get(link));
            let ink = if target.is_some() { super::style::LINK } else { ink };
            if target.is_some() {
                self.under.push(Drawn::level(at, y + 1.6, run.width, 0.4, ink));
            }
            if run.look.strike {
                self.under.push(Drawn::level(at, y - 0.28 * run.size, run.width, 0.6, ink));
            }
            let node = target.map(|link| link.node).or(node);
            self.marks.push(Mark { node, drawn: Drawn::Run { x: at, y, ink, run } });
        }
    }
}
