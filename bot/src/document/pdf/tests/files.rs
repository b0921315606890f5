//! The file that is written.

use super::*;
use crate::document::pdf::{Pdf, pdf};

fn written(document: &Document) -> Pdf {
    pdf(document, &Fonts::built_in().unwrap()).unwrap()
}

fn holds(pdf: &Pdf, text: &str) -> bool {
    pdf.bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn link(url: &str) -> Block {
    Block::Paragraph(vec![Inline::Link { url: url.to_owned(), text: vec![words("see")] }])
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let blocks = vec![heading(1, "One"), link("#one"), table(&["a", "b"], &[vec!["x".to_owned(), "y".to_owned()]])];
    let document = document(blocks);
    assert_eq!(written(&document), written(&document));
}

#[test]
fn it_is_accessible_where_every_character_has_its_glyph() {
    let covered = written(&document(vec![heading(1, "One"), paragraph("Ελλάδα, «שלום» السلام, e\u{301}ffi")]));
    assert!(holds(&covered, "pdfuaid") && covered.uncovered.is_empty());
    assert!(holds(&covered, "/StructTreeRoot") && holds(&covered, "/Lang"));
    let boxed = written(&document(vec![heading(1, "One"), paragraph("🔥 数 🔥")]));
    assert!(!holds(&boxed, "pdfuaid") && holds(&boxed, "/StructTreeRoot"));
    assert_eq!(boxed.uncovered, ['数', '🔥']);
    let untitled = written(&Document { title: String::new(), ..document(vec![paragraph("text")]) });
    assert!(!holds(&untitled, "pdfuaid"));
}

#[test]
fn links_go_out_and_to_headings() {
    let blocks = vec![heading(1, "One"), link("https://a.example/ü?(x)"), link("#one"), link("#nowhere")];
    let pdf = written(&document(blocks));
    assert!(holds(&pdf, r"(https://a.example/%C3%BC?\(x\))") || holds(&pdf, "(https://a.example/%C3%BC?(x))"));
    let links = pdf.bytes.windows(13).filter(|window| window == b"/Subtype/Link").count()
        + pdf.bytes.windows(14).filter(|window| window == b"/Subtype /Link").count();
    assert_eq!(links, 2, "the third leads nowhere and is only text");
}

#[test]
fn headings_are_bookmarks() {
    let pdf = written(&document(vec![heading(1, "One"), heading(3, "Two"), heading(2, "Three"), paragraph("text")]));
    for title in ["One", "Two", "Three"] {
        assert!(holds(&pdf, &format!("/Title ({title})")) || holds(&pdf, &format!("/Title({title})")), "{title}");
    }
}

#[test]
fn a_font_that_is_added_covers_what_the_others_lack() {
    let document = document(vec![paragraph("plain \u{1f525}")]);
    let mut fonts = Fonts::built_in().unwrap();
    let again = include_bytes!("../../../../fonts/DejaVuSans.ttf").to_vec();
    fonts.add("again", again, 0).unwrap();
    assert_eq!(pdf(&document, &fonts).unwrap().uncovered, ['\u{1f525}'], "one that does not have it changes nothing");
}
