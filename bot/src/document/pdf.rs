//! A document as PDF: laid out into pages first, then painted with krilla. Nothing here reads a clock, so the same document
//! gives the same bytes.

mod blocks;
mod columns;
mod fonts;
mod lines;
mod pages;
mod paint;
mod paragraph;
mod picture;
mod shape;
mod sheet;
mod style;
mod table;
mod tags;
mod text;

use super::block::Document;
use blocks::Layout;

pub(crate) use fonts::Fonts;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pdf {
    pub(crate) bytes: Vec<u8>,
    /// Characters that stand in no font, in order; each was drawn as a box.
    pub(crate) uncovered: Vec<char>,
}

/// Why there is no PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PdfError {
    #[error("{0} is not a font that can be read (TrueType or OpenType); name another file under `fonts`")]
    Font(String),
    #[error(
        "{0} has pictures in place of outlines, which cannot be embedded; take a font with outlines, such as Noto Emoji"
    )]
    NoOutlines(String),
    #[error("the PDF could not be written: {0}")]
    Write(String),
}

/// Writes a document.
///
/// # Errors
/// A font that cannot be embedded.
pub(crate) fn pdf(document: &Document, fonts: &Fonts) -> Result<Pdf, PdfError> {
    let layout = Layout::of(document, fonts);
    let uncovered = layout.uncovered.iter().copied().collect();
    let bytes = paint::paint(document, fonts, &layout)?;
    Ok(Pdf { bytes, uncovered })
}

#[cfg(test)]
mod tests;
