//! Where things stand on pages.

use proptest::prelude::*;

use super::*;
use crate::document::block::{Cell, Item as ListItem};
use crate::document::pdf::tags::Kind;
use crate::picture::{Drawing, Shade, Shape, Stroke, TextAnchor};

const LOREM: &str = "Replicas fell behind by nine minutes, so the cluster failed over to a stale one. ";

#[test]
fn a_heading_is_never_alone_at_the_foot_of_a_page() {
    for fill in 1..60 {
        let mut blocks = vec![Block::Paragraph(vec![words("line"); 1]); fill];
        blocks.extend([heading(2, "Causes"), heading(3, "Trigger"), paragraph(&LOREM.repeat(4))]);
        let layout = laid(blocks);
        let home =
            |text: &str| layout.sheets.iter().position(|sheet| page(sheet).iter().any(|said| said.contains(text)));
        let (causes, trigger, body) = (home("Causes"), home("Trigger"), home("Replicas"));
        assert!(causes.is_some() && causes == trigger && trigger == body, "after {fill} lines");
        assert_eq!(layout.headings.iter().map(|heading| Some(heading.page)).collect::<Vec<_>>(), [causes, trigger]);
        let last = layout.sheets[body.unwrap()].items.iter().filter(|item| item.slab.heading.is_none()).count();
        assert!(last > 1, "one line alone after {fill} lines");
    }
}

#[test]
fn no_line_of_a_paragraph_is_alone_on_a_page() {
    for fill in 1..60 {
        let mut blocks = vec![paragraph("line"); fill];
        blocks.push(paragraph(&LOREM.repeat(8)));
        for sheet in &laid(blocks).sheets {
            let lines = page(sheet).iter().filter(|said| *said != "line").count();
            assert_ne!(lines, 1, "after {fill} lines");
        }
    }
}

#[test]
fn the_head_of_a_table_is_on_every_page_and_no_row_is_parted() {
    let rows: Vec<_> = (0..400).map(|row| vec![format!("row{row}"), LOREM.repeat(row % 5 + 1)]).collect();
    let layout = laid(vec![table(&["Number", "What"], &rows)]);
    assert!(layout.sheets.len() > 10);
    let mut seen = 0;
    for (number, sheet) in layout.sheets.iter().enumerate() {
        let said = page(sheet);
        assert_eq!(said[0], "NumberWhat");
        assert_eq!(sheet.items[0].repeated, number > 0, "it is read once");
        for row in &said[1..] {
            assert!(row.starts_with(&format!("row{seen}")), "{row}");
            assert_eq!(row.matches("Replicas").count(), seen % 5 + 1);
            seen += 1;
        }
        assert!(said.len() > 2, "a row or the head is alone");
    }
    assert_eq!(seen, 400);
    check_margins(&layout);
}

#[test]
fn a_row_higher_than_a_page_goes_on_below_the_head() {
    let long = (0..4000).map(|word| format!("word{word}")).collect::<Vec<_>>().join(" ");
    let layout = laid(vec![table(&["Number", "What"], &[vec!["1".to_owned(), long.clone()]])]);
    assert!(layout.sheets.len() > 2);
    let said: String = layout.sheets.iter().flat_map(|sheet| page(sheet).split_off(1)).collect();
    assert_eq!(said, format!("1{long}"));
    check_margins(&layout);
}

#[test]
fn columns_stand_below_each_other_and_as_they_are_aligned() {
    let rows = vec![vec!["a".to_owned(), "1".to_owned()], vec!["longer".to_owned(), "1000".to_owned()], vec![]];
    let layout = laid(vec![table(&["Name", "Count"], &rows)]);
    let runs = |item: &Item| -> Vec<(f32, f32)> {
        let runs = item.slab.marks.iter().filter_map(|mark| match &mark.drawn {
            Drawn::Run { x, run, .. } => Some((*x, x + run.width)),
            _ => None,
        });
        runs.collect()
    };
    let items = &layout.sheets[0].items;
    let (short, long) = (runs(&items[1]), runs(&items[2]));
    assert!((short[0].0 - long[0].0).abs() < 0.01, "left ends");
    assert!((short[1].1 - long[1].1).abs() < 0.01, "right ends");
    assert_eq!(items[3].slab.marks.len(), 2, "cells that are missing are there, and empty");
}

#[test]
fn lists_are_marked_and_set_in() {
    let item = |checked, blocks| ListItem { checked, blocks };
    let inner = Block::List { first: None, items: vec![item(None, vec![paragraph("inner")]), item(None, vec![])] };
    let list = Block::List {
        first: Some(9),
        items: vec![
            item(None, vec![paragraph("first")]),
            item(None, vec![paragraph("second"), inner]),
            item(Some(true), vec![paragraph("done")]),
            item(Some(false), vec![Block::Code { language: String::new(), text: "x".to_owned() }]),
        ],
    };
    let layout = laid(vec![list]);
    let said = page(&layout.sheets[0]);
    assert_eq!(said, ["9.first", "10.second", "•inner", "•", "☑done", "☐", "x"]);
    let x = |item: usize| match &layout.sheets[0].items[item].slab.marks.last().unwrap().drawn {
        Drawn::Run { x, .. } => *x,
        _ => 0.0,
    };
    assert!((x(0) - x(1)).abs() < 0.01 && x(2) > x(1) + 10.0);
}

#[test]
fn code_is_wrapped_and_its_blanks_stay() {
    let text = format!("if x:\n\treturn {}\n\n", "call(argument)+".repeat(20));
    let layout = laid(vec![Block::Code { language: "python".to_owned(), text }]);
    let said = page(&layout.sheets[0]);
    assert_eq!(said[0], "if x:");
    assert!(said[1].starts_with("    return"));
    assert!(said.len() > 4);
    assert_eq!(said.last().map(String::as_str), Some(""));
    assert_eq!(layout.sheets[0].bars.len(), 1, "one ground");
    check_margins(&layout);
}

#[test]
fn a_picture_is_scaled_to_the_page_and_said_in_words() {
    for (width, height) in [(100.0, 80.0), (2000.0, 300.0), (300.0, 5000.0)] {
        let stroke = Stroke { width: 1.0, dashed: true };
        let shapes = vec![
            Shape::Rect { x: 0.0, y: 0.0, width, height, radius: 4.0, fill: Shade(255), stroke: Some(stroke) },
            Shape::Text {
                x: width / 2.0,
                y: height / 2.0,
                size: 9.0,
                bold: true,
                anchor: TextAnchor::Middle,
                text: "mid".to_owned(),
            },
            Shape::Line { points: vec![(0.0, 0.0), (width, height)], stroke, arrow: true },
        ];
        let (title, description) = ("Causes".to_owned(), "A led to B.".to_owned());
        let drawing = Drawing { width, height, title, description, shapes, cuts: Vec::new() };
        let layout = laid(vec![paragraph(&LOREM.repeat(40)), heading(2, "Causes"), Block::Picture(drawing)]);
        check_margins(&layout);
        assert!(layout.tags.kinds().any(|kind| *kind == Kind::Figure("Causes. A led to B.".to_owned())));
        let item = layout.sheets.iter().flat_map(|sheet| &sheet.items).find(|item| item.slab.figure.is_some()).unwrap();
        let figure = item.slab.figure.unwrap();
        assert!((figure.width / item.slab.height - width / height).abs() < 0.01);
        assert!(figure.width <= width.min(BODY_WIDTH) + 0.1);
        assert_eq!(said(item), "mid");
    }
}

#[test]
fn a_picture_that_can_be_parted_goes_on_on_the_next_page_in_its_size() {
    let row = |at: f32| Shape::Text {
        x: 0.0,
        y: at + 50.0,
        size: 7.0,
        bold: false,
        anchor: TextAnchor::Start,
        text: format!("at {at}"),
    };
    let shapes: Vec<Shape> = (0_u8..12).map(|number| row(f32::from(number) * 100.0)).collect();
    let cuts = (1_u8..12).map(|number| f32::from(number) * 100.0).collect();
    let (title, description) = ("Causes".to_owned(), "A led to B.".to_owned());
    let drawing = Drawing { width: 400.0, height: 1_200.0, title, description, shapes, cuts };
    let layout = laid(vec![Block::Picture(drawing.clone())]);
    check_margins(&layout);
    let parts: Vec<_> =
        layout.sheets.iter().flat_map(|sheet| &sheet.items).filter(|item| item.slab.figure.is_some()).collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(parts.iter().map(|part| said(part)).collect::<Vec<_>>().concat().matches("at ").count(), 12);
    let heights: f32 = parts.iter().map(|part| part.slab.height).sum();
    assert!((heights - 1_200.0).abs() < 0.1, "nothing is made smaller: {heights}");
    let names: Vec<_> = layout.tags.kinds().filter(|kind| matches!(kind, Kind::Figure(_))).cloned().collect();
    assert_eq!(names[1..], [Kind::Figure("Causes, part 2".to_owned()), Kind::Figure("Causes, part 3".to_owned())]);
    // What cannot be parted, or not so that it fits, is made smaller.
    for cuts in [Vec::new(), vec![f32::NAN], vec![100.0]] {
        let layout = laid(vec![Block::Picture(Drawing { cuts, ..drawing.clone() })]);
        let parts = layout.sheets.iter().flat_map(|sheet| &sheet.items).filter(|item| item.slab.figure.is_some());
        assert_eq!(parts.count(), 1);
        check_margins(&layout);
    }
}

#[test]
fn what_is_too_deep_stands_at_the_last_depth() {
    let mut block = paragraph(&LOREM.repeat(3));
    for depth in 0..200 {
        let item = ListItem { checked: None, blocks: vec![block] };
        block = if depth % 2 == 0 {
            Block::Quote(vec![Block::List { first: None, items: vec![item] }])
        } else {
            item.blocks.into_iter().next().unwrap()
        };
    }
    let layout = laid(vec![block, paragraph("after")]);
    assert!(layout.sheets.iter().flat_map(page).any(|said| said.contains("Replicas")));
    assert_eq!(page(layout.sheets.last().unwrap()).last().map(String::as_str), Some("after"));
    check_margins(&layout);
}

#[test]
fn pages_are_numbered_below_their_text() {
    let layout = Layout::of(&document(vec![paragraph(&LOREM.repeat(200))]), &Fonts::built_in().unwrap());
    assert_eq!(page(&layout.sheets[0])[0], "Title");
    let count = layout.sheets.len();
    assert!(count > 2);
    for (number, sheet) in layout.sheets.iter().enumerate() {
        let footer: Vec<_> = sheet
            .footer
            .iter()
            .filter_map(|mark| match &mark.drawn {
                Drawn::Run { y, run, .. } => Some((*y, run.text.clone())),
                _ => None,
            })
            .collect();
        assert_eq!(footer[0].1, "Title");
        assert_eq!(footer[1].1, format!("Page {} of {count}", number + 1));
        assert!(footer[0].0 > MARGIN_TOP + BODY_HEIGHT + 10.0);
    }
}

fn inline() -> impl Strategy<Value = Inline> {
    let text =
        prop_oneof!["[a-zA-Z0-9 ,./-]{0,40}", "[a-z]{60,120}", "[א-ת ()0-9]{0,30}", "[ا-ي ،a-z]{0,30}", r"\PC{0,20}",];
    let leaf = prop_oneof![text.clone().prop_map(Inline::Text), text.prop_map(Inline::Code), Just(Inline::Break),];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let within = prop::collection::vec(inner, 0..4);
        prop_oneof![
            within.clone().prop_map(Inline::Strong),
            within.clone().prop_map(Inline::Emphasis),
            within.clone().prop_map(Inline::Strike),
            within.prop_map(|text| Inline::Link { url: "https://a.example".to_owned(), text }),
        ]
    })
}

fn block() -> impl Strategy<Value = Block> {
    let text = || prop::collection::vec(inline(), 0..5);
    let row = || prop::collection::vec(text().prop_map(Cell::from_vec), 0..6);
    let leaf = prop_oneof![
        text().prop_map(Block::Paragraph),
        (1..=6_u8, text()).prop_map(|(level, text)| Block::Heading { level, id: String::new(), text }),
        (row(), prop::collection::vec(row(), 0..5)).prop_map(|(head, rows)| Block::Table {
            align: vec![Align::End, Align::Middle],
            head,
            rows
        }),
        r"[\PC\n\t]{0,200}".prop_map(|text| Block::Code { language: String::new(), text }),
        Just(Block::Rule),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        let within = prop::collection::vec(inner, 0..4);
        let item = (prop::option::of(any::<bool>()), within.clone());
        let item = item.prop_map(|(checked, blocks)| ListItem { checked, blocks });
        prop_oneof![
            within.prop_map(Block::Quote),
            (prop::option::of(any::<u64>()), prop::collection::vec(item, 0..4))
                .prop_map(|(first, items)| Block::List { first, items }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_leaves_the_margins_and_every_document_is_written(blocks in prop::collection::vec(block(), 0..6)) {
        let document = document(blocks);
        let fonts = Fonts::built_in().unwrap();
        check_margins(&Layout::of(&document, &fonts));
        let written = crate::document::pdf::pdf(&document, &fonts).unwrap();
        prop_assert!(written.bytes.starts_with(b"%PDF-1.7"));
    }

    #[test]
    fn every_word_is_there_in_order(said in prop::collection::vec("[a-z]{1,90}", 1..400)) {
        let layout = laid(vec![paragraph(&said.join(" "))]);
        let set: String = layout.sheets.iter().flat_map(page).collect();
        let blanks = set.split_whitespace().count();
        prop_assert_eq!(set.replace(' ', ""), said.concat());
        prop_assert_eq!(blanks, said.len());
    }
}
