use proptest::prelude::*;

use super::form::blocks;
use super::*;
use crate::outside::fakes::jira_adf::check;
use crate::outside::fakes::{HOSTILE, everything};

fn document(markdown: &str) -> Value {
    adf::document(&adf::nodes(&blocks(markdown)))
}

#[test]
fn markdown_is_read_as_it_is_meant() {
    let table = [
        ("# A *b*\n\nc\nd", "A bc d", "h2. A {_}b{_}\n\nc d"),
        ("- a\n  - b\n\n1. c", "abc", "* a\n** b\n\n# c"),
        ("1. a\n\n   b\n2. [ ] c", "ab\u{2610} c", "# a\\\\ b\n# \u{2610} c"),
        ("> a\n> > b", "ab", "{quote}\na\n\n{quote}\nb\n{quote}\n{quote}"),
        ("```rust\nlet a;\n```", "let a;", "{noformat}\nlet a;\n{noformat}"),
        ("| a | b |\n|---|--:|\n| 1 |  |", "ab1", "||a||b||\n|1| |"),
        ("<b>x</b>\n\n<div>\ny\n</div>", "<b>x</b><div>y</div>", "<b>x</b>\n\n<div>\\\\ y\\\\ </div>"),
        ("[a](javascript:x) ![p](https://e.org/p.png)", "a p", "a [p|https://e.org/p.png]"),
        ("a\\\\b & *c*", "a\\b & c", "a&#92;b &amp; {_}c{_}"),
        ("- | not | a | table |\n\n  > within\n  >\n  > # head", "| not | a | table |withinhead", ""),
        ("***", "", "----"),
        ("", "", ""),
    ];
    let read = |(markdown, _, markup): &(&str, &str, &str)| {
        let wiki = if markup.is_empty() { String::new() } else { wiki::write(&blocks(markdown)) };
        (markdown.to_string(), check(&document(markdown)).unwrap(), wiki)
    };
    let expected = table.map(|(markdown, words, markup)| (markdown.to_owned(), words.to_owned(), markup.to_owned()));
    assert_eq!(table.iter().map(read).collect::<Vec<_>>(), expected);
}

#[test]
fn every_kind_of_block_is_valid() {
    let nodes = adf::nodes(&everything().blocks);
    let words = check(&adf::document(&nodes)).unwrap();
    for part in ["Summary", "third", "within", "A led to B.", HOSTILE] {
        assert!(words.contains(part), "{part}");
    }
}

proptest! {
    #[test]
    fn whatever_people_write_is_a_valid_document(markdown in "[-*_#>|`~ \\[\\]()<!\\n0-9a-c.:x]{0,80}|\\PC*") {
        check(&document(&markdown)).unwrap();
        wiki::write(&blocks(&markdown));
    }
}
