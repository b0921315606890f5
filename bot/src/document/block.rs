//! A document as blocks: what Markdown says, without its signs. HTML and PDF are both written from it.

use smallvec::SmallVec;

use crate::picture::Drawing;

/// A whole document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    pub(crate) title: String,
    /// BCP 47, for readers of screens: `en`.
    pub(crate) language: String,
    pub(crate) blocks: Vec<Block>,
}

/// One block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// `level` is 1 to 6; `id` is unique in the document and is what links within it name.
    Heading {
        level: u8,
        id: String,
        text: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    List {
        first: Option<u64>,
        items: Vec<Item>,
    },
    Table {
        align: Vec<Align>,
        head: Vec<Cell>,
        rows: Vec<Vec<Cell>>,
    },
    Code {
        language: String,
        text: String,
    },
    Quote(Vec<Block>),
    Rule,
    Picture(Drawing),
}

/// One cell of a table. Most are one text, and a long timeline has tens of thousands.
pub(crate) type Cell = SmallVec<[Inline; 1]>;

/// One item of a list; `checked` where it is a task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) checked: Option<bool>,
    pub(crate) blocks: Vec<Block>,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inline {
    Text(String),
    Strong(Vec<Inline>),
    Emphasis(Vec<Inline>),
    Strike(Vec<Inline>),
    Code(String),
    /// `url` is http, https, mailto or `#id`; anything else was made text when it was read.
    Link {
        url: String,
        text: Vec<Inline>,
    },
    /// A line ends here.
    Break,
}

/// How a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}
