//! Input that is large, deep or made to hurt.

use super::*;
use crate::document::block::Item as ListItem;
use crate::document::pdf::pdf;

const MIB: usize = 1 << 20;

#[test]
fn a_word_of_a_mebibyte_is_cut() {
    let layout = laid(vec![paragraph(&"x".repeat(MIB / 8))]);
    let set: usize = layout.sheets.iter().flat_map(page).map(|line| line.len()).sum();
    assert_eq!(set, MIB / 8);
    check_margins(&layout);
}

#[test]
fn marks_without_end_and_turns_of_direction_are_cleaned_away() {
    let tower = format!("a{} evil\u{202e}cod.exe", "\u{301}".repeat(MIB / 8));
    let layout = laid(vec![paragraph(&tower)]);
    let said = page(&layout.sheets[0]).concat();
    assert!(said.ends_with("evilcod.exe") && said.chars().count() < 30);
    check_margins(&layout);
}

#[test]
fn blocks_and_pieces_within_each_other_a_hundred_thousand_times() {
    let mut block = paragraph("deep");
    let mut piece = words("inner");
    for depth in 0..100_000 {
        block = match depth % 2 {
            0 => Block::Quote(vec![block]),
            _ => Block::List { first: Some(1), items: vec![ListItem { checked: None, blocks: vec![block] }] },
        };
        piece = Inline::Strong(vec![piece]);
    }
    let document = document(vec![heading(1, "One"), block, Block::Paragraph(vec![piece])]);
    let written = pdf(&document, &Fonts::built_in().unwrap()).unwrap();
    assert!(written.uncovered.is_empty());
    // What drops such a thing recurses.
    std::mem::forget(document);
}

#[test]
fn tables_of_many_columns_become_several() {
    let cells = |row: usize| (0..300).map(|column| format!("{row}x{column}")).collect::<Vec<_>>();
    let head = cells(0);
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let layout = laid(vec![table(&head, &[cells(1), cells(2)])]);
    check_margins(&layout);
    let said = layout.sheets.iter().flat_map(page).collect::<String>();
    assert!(said.contains("0x0") && said.contains("2x299"));
}

#[test]
fn headings_without_end_fill_pages() {
    let layout = laid((0..500).map(|number| heading(2, &format!("h{number}"))).collect());
    assert_eq!(layout.headings.len(), 500);
    assert!(layout.headings.windows(2).all(|pair| pair[0].page <= pair[1].page));
    check_margins(&layout);
}

#[test]
fn pictures_with_numbers_that_are_none_are_left_out_or_skipped() {
    use crate::picture::{Drawing, Shade, Shape, Stroke, TextAnchor};
    let stroke = Stroke { width: f32::NAN, dashed: false };
    let shapes = vec![
        Shape::Rect {
            x: f32::NAN,
            y: 0.0,
            width: f32::INFINITY,
            height: -1.0,
            radius: 3.0,
            fill: Shade(9),
            stroke: Some(stroke),
        },
        Shape::Line { points: vec![], stroke, arrow: true },
        Shape::Line { points: vec![(1.0, 1.0), (1.0, 1.0)], stroke, arrow: true },
        Shape::Text { x: f32::NAN, y: 1.0, size: 9.0, bold: false, anchor: TextAnchor::End, text: "x".to_owned() },
    ];
    for (width, height) in [(0.0, 10.0), (f32::NAN, 1.0), (100.0, 100.0)] {
        let drawing = Drawing {
            width,
            height,
            title: String::new(),
            description: String::new(),
            shapes: shapes.clone(),
            cuts: vec![f32::NAN],
        };
        let document = document(vec![Block::Picture(drawing)]);
        assert!(pdf(&document, &Fonts::built_in().unwrap()).is_ok());
    }
}
