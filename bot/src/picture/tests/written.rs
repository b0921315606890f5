//! What is written holds people's words and obeys none of them.

use proptest::prelude::*;

use super::super::describe::{describe_bars, describe_causes, describe_hours};
use super::super::*;
use super::sample;

/// The SVG is XML, draws with few elements, and asks for nothing from elsewhere.
fn check_svg(drawing: &Drawing) {
    let text = svg(drawing, "x");
    let tree = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    let allowed = ["svg", "title", "desc", "rect", "circle", "polyline", "polygon", "text"];
    for node in tree.descendants().filter(roxmltree::Node::is_element) {
        assert!(allowed.contains(&node.tag_name().name()), "{node:?}");
        for attribute in node.attributes() {
            assert!(!attribute.value().contains("url(") && !attribute.name().contains("href"), "{attribute:?}");
            for number in attribute.value().split([' ', ',']).filter(|word| word.parse::<f32>().is_ok()) {
                assert!(number.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 2), "{attribute:?}");
            }
        }
    }
    let root = tree.root_element();
    let named: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    let words: Vec<&str> = root
        .children()
        .filter(|node| named.contains(&node.attribute("id").unwrap_or("")))
        .filter_map(|node| node.text())
        .collect();
    assert_eq!(words.len(), named.len() - usize::from(drawing.title.is_empty()));
}

/// Each line is a statement of ours, whose labels hold only letters, harmless signs and codes.
fn check_label(label: &str) {
    assert!(
        !label.contains(['"', '`', '[', ']', '{', '}', '|', '<', '>', '&', '%', '\\', '$', '*', '_', '~', ':']),
        "{label:?}"
    );
    for (index, part) in label.split('#').enumerate() {
        let code = part.split_once(';').map(|(code, _)| code);
        let is_code = code.is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(if index == 0 { !part.contains(';') } else { is_code && part.matches(';').count() == 1 }, "{label:?}");
    }
    assert!(
        label.chars().all(|letter| !letter.is_control() && !('\u{2028}'..='\u{202e}').contains(&letter)),
        "{label:?}"
    );
}

fn check_flowchart(text: &str) {
    assert!(text.len() <= 50_000 || text.encode_utf16().count() <= 50_000);
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("flowchart TB"));
    check_label(lines.next().unwrap().strip_prefix("  accTitle: ").unwrap());
    for line in lines {
        let line = line.strip_prefix("  ").unwrap();
        match line.split_once('"') {
            Some((_, rest)) => {
                let (label, end) = rest.split_once('"').unwrap();
                assert!(!end.contains('"'), "{line}");
                for part in label.split("<br/>") {
                    check_label(part);
                }
            }
            None => {
                let ours = ["accDescr: ", "classDef "].iter().any(|head| line.starts_with(head));
                assert!(ours || line.split(" --> ").all(|name| name[1..].parse::<usize>().is_ok()), "{line}");
            }
        }
    }
}

fn check_gantt(text: &str) {
    assert!(text.encode_utf16().count() <= 50_000);
    let ours =
        ["gantt", "  dateFormat ", "  axisFormat ", "  tickInterval ", "  todayMarker ", "  section ", "  accDescr: "];
    for line in text.lines().filter(|line| !ours.iter().any(|head| line.starts_with(head))) {
        if let Some(label) = ["  accTitle: ", "  title "].iter().find_map(|head| line.strip_prefix(head)) {
            check_label(&label.replace("UTC+", "").replace("UTC-", ""));
        } else {
            let (label, data) = line.split_once(" :").unwrap();
            check_label(label.trim_start());
            assert!(data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ,:-".contains(&byte)), "{line}");
        }
    }
}

#[test]
fn of_many_entries_the_key_ones_stay() {
    let text = mermaid_timeline(&sample::two_hundred(false));
    assert_eq!(text.matches("milestone").count(), 40);
    assert_eq!(text.matches("crit").count(), 22);
    assert!(text.contains("160 entries not shown"), "{text}");
    check_gantt(&text);
}

#[test]
fn doubt_stands_in_words() {
    let graph = sample::thirty();
    let text = mermaid_causes(&graph);
    for expected in [
        "n5[\"F4 Factor<br/>A batch job for invoices started at 14#58;00, as on every first Tuesday\
         <br/>process, suspected, no evidence\"]:::doubt",
        "n6[\"F5 Factor<br/>Network partition between the zones#59; traces show none\
         <br/>dependency, ruled out\"]:::ruled",
        "n1([\"T1 Trigger<br/>Deploy 2026-03-03#46;4 raised the pool of connections from 20 to 200 per pod\
         <br/>confirmed\"]):::thick",
        "\n  n1 --> n2\n",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let words = describe_causes(&graph);
    assert!(words.contains("\nF4 (factor, process, suspected, no evidence): A batch job"), "{words}");
    assert!(words.contains("per pod; led to F1."), "{words}");
    let drawn = draw_causes(&graph);
    for expected in ["process, suspected,", "no evidence", "dependency,", "ruled out"] {
        let found =
            drawn.shapes.iter().any(|shape| matches!(shape, Shape::Text { text, .. } if text.contains(expected)));
        assert!(found, "{expected}");
    }
}

#[test]
fn the_worst_input_is_short_enough_for_git_hosts() {
    let mut graph = sample::thirty();
    let worst = "\u{1f525}\"".repeat(20_000);
    for node in &mut graph.nodes {
        (node.text, node.id, node.category) = (worst.clone(), worst.clone(), Some(worst.clone()));
    }
    graph.nodes = graph.nodes.into_iter().cycle().take(2_000).collect();
    graph.edges = (0..1_999).map(|node| (node, node + 1)).collect();
    let text = mermaid_causes(&graph);
    check_flowchart(&text);
    assert!(text.contains("Not drawn#58; 1900 further causes, 1900 links"), "{}", text.len());
    let mut picture = sample::two_hundred(true);
    for mark in &mut picture.marks {
        (mark.key, mark.text) = (true, worst.clone());
    }
    check_gantt(&mermaid_timeline(&picture));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn causes_are_inert(graph in sample::causes()) {
        check_svg(&draw_causes(&graph));
        check_flowchart(&mermaid_causes(&graph));
    }

    #[test]
    fn timelines_are_inert(picture in sample::timeline()) {
        check_svg(&draw_timeline(&picture));
        check_gantt(&mermaid_timeline(&picture));
    }

    #[test]
    fn charts_are_inert(bars in sample::bars(), hours in sample::hours()) {
        check_svg(&draw_bars(&bars));
        check_svg(&draw_hours(&hours));
        let texts = [text_bars(&bars, 80), text_hours(&hours, 80), describe_bars(&bars), describe_hours(&hours)];
        for text in texts {
            prop_assert!(text.chars().all(|letter| letter == '\n' || !letter.is_control()), "{:?}", text);
        }
        prop_assert_eq!(text_bars(&bars, 80).lines().count(), bars.bars.len());
        prop_assert!(text_bars(&bars, 80).lines().all(|line| super::super::width::columns(line) <= 80));
    }
}
