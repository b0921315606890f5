//! A picture as plain shapes, from which SVG is written and PDF is drawn.

/// A picture: its size in points, what it shows in words, and its shapes in the order in which they are drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    pub(crate) width: f32,
    pub(crate) height: f32,
    /// What it is, in a few words.
    pub(crate) title: String,
    /// The same facts in words, for whoever does not see it.
    pub(crate) description: String,
    pub(crate) shapes: Vec<Shape>,
    /// Heights at which it may be parted where a page is too small for it, from above to below: no shape lies across them.
    pub(crate) cuts: Vec<f32>,
}

impl Drawing {
    /// The shapes between two heights that it may be parted at, in their order.
    pub(crate) fn between(&self, top: f32, bottom: f32) -> impl Iterator<Item = &Shape> {
        self.shapes.iter().filter(move |shape| (top..bottom).contains(&shape.middle()))
    }
}

impl Shape {
    /// Half-way between its highest and its lowest point.
    fn middle(&self) -> f32 {
        match self {
            Self::Rect { y, height, .. } => y + height / 2.0,
            Self::Circle { y, .. } => *y,
            Self::Line { points, .. } => {
                let low = points.iter().map(|(_, y)| *y).fold(f32::INFINITY, f32::min);
                let high = points.iter().map(|(_, y)| *y).fold(f32::NEG_INFINITY, f32::max);
                low.midpoint(high)
            }
            Self::Text { y, size, .. } => y - size / 3.0,
        }
    }
}

/// One shape. The origin is the upper left corner and y grows downwards.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Rect {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        radius: f32,
        fill: Shade,
        stroke: Option<Stroke>,
    },
    Circle {
        x: f32,
        y: f32,
        radius: f32,
        fill: Shade,
        stroke: Option<Stroke>,
    },
    /// A path of straight pieces; `arrow` puts a head at its end.
    Line {
        points: Vec<(f32, f32)>,
        stroke: Stroke,
        arrow: bool,
    },
    /// A single line of text; `y` is its base line.
    Text {
        x: f32,
        y: f32,
        size: f32,
        bold: bool,
        anchor: TextAnchor,
        text: String,
    },
}

/// How a line is drawn; always in black.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) width: f32,
    pub(crate) dashed: bool,
}

/// Greys only, so that it prints: 0 is black and 255 is white.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shade(pub(crate) u8);

/// Which point of a text stands at its `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextAnchor {
    Start,
    Middle,
    End,
}
