//! Where things stand: within the picture, and not on each other.

use proptest::prelude::*;

use super::super::width::width;
use super::super::*;
use super::sample;

type Area = (f32, f32, f32, f32);

/// The areas of all texts, and of all boxes.
fn areas(drawing: &Drawing) -> (Vec<(Area, String)>, Vec<Area>) {
    let (mut texts, mut boxes) = (Vec::new(), Vec::new());
    for shape in &drawing.shapes {
        match shape {
            Shape::Text { x, y, size, bold, anchor, text } => {
                let wide = width(text, *size, *bold);
                let left = match anchor {
                    TextAnchor::Start => *x,
                    TextAnchor::Middle => x - wide / 2.0,
                    TextAnchor::End => x - wide,
                };
                texts.push(((left, y - size * 0.75, left + wide, y + size * 0.2), text.clone()));
            }
            Shape::Rect { x, y, width, height, stroke: Some(_), .. } => boxes.push((*x, *y, x + width, y + height)),
            _ => {}
        }
    }
    (texts, boxes)
}

fn overlap(one: Area, other: Area) -> bool {
    let least = 0.05;
    one.0 + least < other.2 && other.0 + least < one.2 && one.1 + least < other.3 && other.1 + least < one.3
}

fn inside(one: Area, other: Area) -> bool {
    one.0 >= other.0 - 0.05 && one.1 >= other.1 - 0.05 && one.2 <= other.2 + 0.05 && one.3 <= other.3 + 0.05
}

/// Everything within the picture, letters large enough, no text on another.
fn check(drawing: &Drawing) {
    let page = (0.0, 0.0, drawing.width, drawing.height);
    let (texts, boxes) = areas(drawing);
    for (area, text) in &texts {
        assert!(inside(*area, page), "{text:?} at {area:?} is not within {page:?}");
    }
    for area in &boxes {
        assert!(inside(*area, page), "{area:?} is not within {page:?}");
    }
    for (index, (area, text)) in texts.iter().enumerate() {
        for (other, other_text) in &texts[..index] {
            assert!(!overlap(*area, *other), "{text:?} at {area:?} is on {other_text:?} at {other:?}");
        }
    }
    for shape in &drawing.shapes {
        match shape {
            Shape::Line { points, .. } => {
                for (x, y) in points {
                    assert!(inside((*x, *y, *x, *y), page), "{points:?} is not within {page:?}");
                }
            }
            Shape::Text { size, .. } => assert!(*size >= SMALLEST),
            Shape::Circle { x, y, radius, .. } => {
                assert!(inside((x - radius, y - radius, x + radius, y + radius), page));
            }
            Shape::Rect { .. } => {}
        }
    }
}

/// No box on another, every text within one or beside all, and no line through a text or a box.
fn check_causes(drawing: &Drawing) {
    check(drawing);
    let (texts, boxes) = areas(drawing);
    for (index, area) in boxes.iter().enumerate() {
        for other in &boxes[..index] {
            assert!(!overlap(*area, *other), "the boxes {area:?} and {other:?} meet");
        }
        for (text, words) in &texts {
            assert!(!overlap(*text, *area) || inside(*text, *area), "{words:?} sticks out of its box");
        }
    }
    for (from, to) in pieces(drawing) {
        let line = (from.0.min(to.0), from.1.min(to.1), from.0.max(to.0), from.1.max(to.1));
        for (area, words) in &texts {
            assert!(!crosses(line, *area), "a line goes through {words:?}");
        }
    }
}

/// The upright and level pieces of all lines.
fn pieces(drawing: &Drawing) -> Vec<((f32, f32), (f32, f32))> {
    let lines = drawing.shapes.iter().filter_map(|shape| match shape {
        Shape::Line { points, .. } => Some(points.windows(2).map(|pair| (pair[0], pair[1])).collect::<Vec<_>>()),
        _ => None,
    });
    lines.flatten().collect()
}

fn crosses(line: Area, area: Area) -> bool {
    let least = 0.3;
    line.0 < area.2 - least && line.2 > area.0 + least && line.1 < area.3 - least && line.3 > area.1 + least
}

/// No pole of an entry through any words.
fn check_timeline(drawing: &Drawing) {
    check(drawing);
    let (texts, _) = areas(drawing);
    for (from, to) in pieces(drawing).into_iter().filter(|(from, to)| (from.0 - to.0).abs() < 0.01) {
        let line = (from.0, from.1.min(to.1), to.0, from.1.max(to.1));
        for (area, words) in &texts {
            assert!(!crosses(line, *area), "a pole at {line:?} goes through {words:?} at {area:?}");
        }
    }
}

#[test]
fn thirty_causes_can_be_read_and_parted_between_rows() {
    let drawing = draw_causes(&sample::thirty());
    check_causes(&drawing);
    assert!(drawing.width <= PAGE_WIDTH, "{}", drawing.width);
    assert!(drawing.height <= 1_000.0, "{}", drawing.height);
    let (texts, boxes) = areas(&drawing);
    assert_eq!(boxes.len(), 30);
    let heights = || std::iter::once(0.0).chain(drawing.cuts.iter().copied()).chain([drawing.height]);
    assert!(heights().zip(heights().skip(1)).all(|(top, bottom)| bottom - top < 200.0), "{:?}", drawing.cuts);
    let held: usize = heights().zip(heights().skip(1)).map(|(top, bottom)| drawing.between(top, bottom).count()).sum();
    assert_eq!(held, drawing.shapes.len(), "each stands in one part");
    for cut in &drawing.cuts {
        let crosses = |(_, top, _, bottom): (f32, f32, f32, f32)| top < cut - 0.5 && bottom > cut + 0.5;
        assert!(
            !texts.iter().map(|(area, _)| *area).chain(boxes.iter().copied()).any(crosses),
            "a box lies across {cut}"
        );
        assert!(
            !pieces(&drawing)
                .into_iter()
                .any(|(from, to)| from.1.min(to.1) < cut - 0.5 && from.1.max(to.1) > cut + 0.5)
        );
    }
}

#[test]
fn two_hundred_entries_fit_half_a_page() {
    for tail in [false, true] {
        let drawing = draw_timeline(&sample::two_hundred(tail));
        check_timeline(&drawing);
        assert!(drawing.height <= 380.0, "{}", drawing.height);
        let dots = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Circle { .. })).count();
        // Two of the 22 key entries are of one instant.
        assert_eq!(dots, 21);
    }
}

#[test]
fn ten_thousand_entries_stay_small() {
    let mut picture = sample::two_hundred(false);
    let some = picture.marks.clone();
    picture.marks = (0..50).flat_map(|_| some.clone()).collect();
    let drawing = draw_timeline(&picture);
    check_timeline(&drawing);
    assert!(drawing.shapes.len() < 1_200, "{}", drawing.shapes.len());
    assert!(svg(&drawing, "t").len() < 120_000);
    assert!(drawing.description.ends_with("\nNot listed here: 9750 further entries."));
}

#[test]
fn lines_lead_from_cause_to_effect() {
    let mut graph = sample::thirty();
    graph.nodes.truncate(3);
    graph.edges = vec![(1, 2), (2, 0), (0, 1)];
    let drawing = draw_causes(&graph);
    let arrows = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Line { arrow: true, .. })).count();
    assert_eq!(arrows, 2);
    assert!(drawing.description.contains("1 link that would close a circle"), "{}", drawing.description);
    for shape in &drawing.shapes {
        if let Shape::Line { points, arrow: true, .. } = shape {
            assert!(points.first().map(|point| point.1) < points.last().map(|point| point.1));
        }
    }
}

#[test]
fn a_graph_where_all_leads_to_all_is_drawn() {
    let mut graph = sample::thirty();
    graph.edges = (0..30).flat_map(|from| (0..30).map(move |to| (from, to))).collect();
    check_causes(&draw_causes(&graph));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn causes_keep_their_places(graph in sample::causes()) {
        let drawing = draw_causes(&graph);
        check_causes(&drawing);
        prop_assert_eq!(areas(&drawing).1.len(), graph.nodes.len());
        prop_assert_eq!(draw_causes(&graph), drawing);
    }

    #[test]
    fn entries_keep_their_places(picture in sample::timeline()) {
        check_timeline(&draw_timeline(&picture));
    }

    #[test]
    fn bars_and_hours_keep_their_places(bars in sample::bars(), hours in sample::hours()) {
        check(&draw_bars(&bars));
        check(&draw_hours(&hours));
    }
}
