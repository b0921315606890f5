//! Pictures of an incident and of many: how causes led to each other, what happened when, and bars for reports. Pure; the
//! same input gives the same bytes. Each is made as Mermaid text, as plain shapes (for SVG and PDF) and in words.

mod bars;
mod causes;
mod describe;
mod drawing;
mod graph;
mod hours;
mod input;
mod mermaid;
mod place;
mod route;
mod scale;
mod svg;
mod text;
mod timeline;
mod width;
mod words;

pub(crate) use self::bars::draw_bars;
pub(crate) use self::causes::draw_causes;
pub(crate) use self::drawing::{Drawing, Shade, Shape, Stroke, TextAnchor};
pub(crate) use self::hours::draw_hours;
pub(crate) use self::input::{
    Bar, BarChart, CauseGraph, CauseNode, HourChart, HourRow, Mark, NodeKind, Span, Standing, TimelinePicture,
};
pub(crate) use self::mermaid::{mermaid_causes, mermaid_timeline};
pub(crate) use self::svg::svg;
pub(crate) use self::text::{text_bars, text_hours};
pub(crate) use self::timeline::draw_timeline;

/// How wide a picture is drawn, in points: what is left of an A4 page between its margins.
const PAGE_WIDTH: f32 = 480.0;

/// The smallest letters that are drawn, in points.
const SMALLEST: f32 = 6.5;

#[cfg(test)]
mod tests;
