use proptest::prelude::*;

use super::*;
use crate::outside::fakes::confluence_xml::read;
use crate::outside::fakes::document as holding;
use crate::outside::fakes::{HOSTILE, cell, draft, everything, paragraph, text};

fn written(document: &Document) -> Body {
    write(document, "firebell-1", Pictures::Attached, draft(document).svg)
}

#[test]
fn every_kind_of_block_is_valid_and_says_all() {
    let document = everything();
    let body = written(&document);
    let read = read(&body.storage).unwrap();
    for words in
        ["Summary", "both", "gone", "a < b", "third", "three", "did", "to do", "5", "let a = \"]]>\";", "within"]
    {
        assert!(read.words.contains(words), "{words}");
    }
    assert!(read.words.contains("</p> <script>alert(1)</script> & ]]> {{x}} \"q\" 'q' | `c` \u{fffd}\u{fffd} "));
    assert_eq!((read.files.len(), body.files.len()), (1, 1));
    assert_eq!(read.files[0], body.files[0].name);
    for tag in ["ac:task-list", "ac:plain-text-body", "ac:image", "ac:link", "blockquote", "hr", "br", "h5"] {
        assert!(read.tags.iter().any(|held| held == tag), "{tag}");
    }
    assert!(!body.storage.contains("href=\"javascript"));
}

#[test]
fn forms_are_those_that_are_documented() {
    let table = [
        (paragraph("a & b"), "<p>a &amp; b</p>"),
        (
            Block::List { first: Some(3), items: vec![Item { checked: None, blocks: vec![paragraph("x")] }] },
            "<ol start=\"3\"><li><p>x</p></li></ol>",
        ),
        (
            Block::List { first: None, items: vec![Item { checked: Some(true), blocks: vec![paragraph("x")] }] },
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
             <ac:task-body><span>x</span></ac:task-body></ac:task></ac:task-list>",
        ),
        (
            Block::List {
                first: None,
                items: vec![
                    Item { checked: Some(false), blocks: vec![paragraph("x"), Block::Rule] },
                    Item { checked: None, blocks: Vec::new() },
                ],
            },
            "<ul><li><p>\u{2610} x</p><hr/></li><li><p></p></li></ul>",
        ),
        (
            Block::Code { language: "Rust".to_owned(), text: "a]]>b".to_owned() },
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[a]]]]><![CDATA[>b]]>\
             </ac:plain-text-body></ac:structured-macro>",
        ),
        (
            Block::Table { align: vec![Align::End], head: vec![cell("h")], rows: vec![vec![cell("1"), cell("2")]] },
            "<table><tbody><tr><th><p style=\"text-align: right;\">h</p></th><th><p></p></th></tr>\
             <tr><td><p style=\"text-align: right;\">1</p></td><td><p>2</p></td></tr></tbody></table>",
        ),
        (
            Block::Paragraph(vec![Inline::Link { url: "#x".to_owned(), text: text("y") }]),
            "<p><ac:link ac:anchor=\"x\"><ac:link-body>y</ac:link-body></ac:link></p>",
        ),
    ];
    let mark = "<p><ac:structured-macro ac:name=\"anchor\"><ac:parameter ac:name=\"\">firebell-1</ac:parameter>\
        </ac:structured-macro></p>";
    for (block, wanted) in table {
        assert_eq!(written(&holding(vec![block])).storage, format!("{mark}{wanted}"));
    }
}

#[test]
fn words_stand_for_pictures_where_none_are_shown() {
    let document = everything();
    let body = write(&document, "firebell-1", Pictures::Words, draft(&document).svg);
    assert!(body.files.is_empty());
    assert!(body.storage.contains("<p><strong>Causes</strong></p><p>A led to B.</p><p>B led to C.</p>"));
}

#[test]
fn a_stub_bears_the_mark() {
    let read = read(&stub("firebell-1")).unwrap();
    assert_eq!(read.words, "firebell-1This page is being written.");
}

proptest! {
    #[test]
    fn whatever_people_write_is_valid_and_inert(words in "\\PC*|[<>&\"'\\]\\[!-]*", code in any::<String>()) {
        let link = Inline::Link { url: format!("https://example.org/{words}"), text: text(&words) };
        let heading = Block::Heading { level: 2, id: words.clone(), text: text(&words) };
        let anchor = Inline::Link { url: format!("#{words}"), text: Vec::new() };
        let blocks = vec![
            heading,
            Block::Paragraph(vec![link, anchor, Inline::Code(words.clone())]),
            Block::Code { language: words.clone(), text: code.clone() },
            paragraph(&code),
            paragraph(HOSTILE),
        ];
        let read = read(&written(&holding(blocks)).storage).unwrap();
        let wanted: String = code.chars().map(legal).collect();
        prop_assert!(read.words.contains(&wanted));
    }
}
