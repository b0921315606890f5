use std::collections::BTreeMap;

use proptest::prelude::*;

use super::inert::sanitise_from;
use super::{Block, Document, Inline, Item, html};
use crate::picture::{Drawing, Shade, Shape};

mod hostile;
mod inert;
mod outline;
mod page;
mod read;

/// One picture, of the name `causes`.
fn pictures() -> BTreeMap<String, Drawing> {
    let shapes =
        vec![Shape::Rect { x: 1.0, y: 1.0, width: 8.0, height: 8.0, radius: 0.0, fill: Shade(255), stroke: None }];
    let (title, description) = ("Causes <of> INC-1".to_owned(), "F1 led to F2.\n\nF2 & F3.".to_owned());
    BTreeMap::from([(
        "causes".to_owned(),
        Drawing { width: 10.0, height: 10.0, title, description, shapes, cuts: Vec::new() },
    )])
}

fn document(markdown: &str) -> Document {
    Document::read(markdown, &pictures())
}

/// What means something to Markdown, HTML or Firebell.
const SIGNS: &[&str] = &[
    "\n",
    "\n\n",
    " ",
    "  ",
    "    ",
    "\t",
    "a",
    "b c",
    "é",
    "x",
    "#",
    "# ",
    "## ",
    "###### ",
    "===",
    "---",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "2) ",
    "> ",
    ">",
    "- [ ] ",
    "- [x] ",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "~~~~",
    "```picture causes",
    "```sql",
    "|",
    "a|b",
    "|-|-|",
    "-|-",
    "[",
    "]",
    "[a]",
    "[a]: ",
    "[a]: https://a.example\n",
    "](",
    ")",
    "![",
    "(javascript:x)",
    "(https://a.example)",
    "(#a)",
    "(data:text/html,x)",
    "<",
    ">",
    "</",
    "<b>",
    "<div>",
    "</div>",
    "<script>",
    "<!--",
    "-->",
    "<!-- firebell:section x -->",
    "<!--\nfirebell:",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
    "<!A",
    "<pre>",
    "<a href=\"",
    "<https://a.example>",
    "<a@b.example>",
    "<javascript:x>",
    "&lt;",
    "&#x202e;",
    "&amp;",
    "&",
    "\\",
    "\\\n",
    "\"",
    "'",
    "\r\n",
    "\r",
    "\0",
    "\u{1b}",
    "\u{202e}",
    "\u{2066}",
    "\u{2060}",
    "\u{feff}",
    "\u{a0}",
    "\u{2028}",
    "ש",
    "👩\u{200d}🚒",
    "{{x}}",
    "***",
    "$",
    "title: x",
    "firebell:",
];

/// Text made of those, and of anything.
fn text() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(SIGNS);
    let lines = prop::collection::vec(signs, 0..40).prop_map(|signs| signs.concat());
    prop_oneof![4 => lines, 1 => any::<String>()]
}

/// A section below a heading of the second level, as templates have them.
fn sanitise_section(text: &str) -> String {
    sanitise_from(text, 3)
}
