//! Postmortems as documents: Markdown is read into blocks, and from the blocks HTML and PDF are written. And what comes back of
//! Markdown when somebody has edited it.

mod address;
mod apart;
mod block;
mod bound;
mod exported;
mod front;
mod html;
mod inert;
mod letters;
mod pdf;
mod read;
mod slug;
#[cfg(test)]
mod tests;

pub(crate) use self::apart::{Apart, without_places};
pub(crate) use self::block::{Align, Block, Cell, Document, Inline, Item};
pub use self::exported::Unreadable;
pub(crate) use self::exported::{Mark, Returned, ReturnedSection};
pub(crate) use self::html::html;
pub(crate) use self::inert::sanitise_from;
pub(crate) use self::pdf::{Fonts, PdfError, pdf};
