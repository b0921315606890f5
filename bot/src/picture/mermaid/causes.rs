//! The graph of causes as a flowchart.

use std::fmt::Write as _;

use super::super::graph::links;
use super::super::input::{CauseGraph, CauseNode, NodeKind, Standing};
use super::super::words::counted;
use super::label;

/// Most nodes and links that are written.
const NODES_MAX: usize = 100;
const LINKS_MAX: usize = 300;

/// Longest text of a node, in characters as people see them and as Mermaid reads them.
const TEXT_MAX: usize = 80;
const TEXT_BUDGET: usize = 220;

/// The graph of causes as the text of a Mermaid flowchart, without a fence. Whether something is proved stands in words
/// beside its border.
pub(crate) fn mermaid_causes(graph: &CauseGraph) -> String {
    let shown = graph.nodes.len().min(NODES_MAX);
    let found = links(graph.nodes.len(), &graph.edges);
    let links: Vec<&(usize, usize)> = found.kept.iter().filter(|(from, to)| *from < shown && *to < shown).collect();
    let links_shown = links.len().min(LINKS_MAX);
    let mut out = String::from("flowchart TB\n");
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  accTitle: {}", label(&graph.title, TEXT_MAX, TEXT_BUDGET, false));
    let counts = (counted(shown, "cause", "causes"), counted(links_shown, "link", "links"));
    let _ = writeln!(out, "  accDescr: {} and {} by which one led to another", counts.0, counts.1);
    for (index, node) in graph.nodes.iter().take(shown).enumerate() {
        let _ = writeln!(out, "  {}", written(index, node));
    }
    for (from, to) in links.iter().take(links_shown) {
        let _ = writeln!(out, "  n{from} --> n{to}");
    }
    let left_out = left_out(graph.nodes.len() - shown, found.kept.len() - links_shown, found.circular);
    if !left_out.is_empty() {
        let _ = writeln!(out, "  more[\"{}\"]:::doubt", label(&format!("Not drawn: {left_out}"), 160, 200, false));
    }
    if graph.nodes.is_empty() {
        out.push_str("  none[\"No causes are recorded.\"]\n");
    }
    out.push_str("  classDef doubt stroke-dasharray:5 4\n  classDef ruled stroke-dasharray:2 4\n");
    out.push_str("  classDef thick stroke-width:3px\n");
    out
}

fn left_out(nodes: usize, links: usize, circular: usize) -> String {
    let mut parts = Vec::new();
    if nodes > 0 {
        parts.push(counted(nodes, "further cause", "further causes"));
    }
    if links > 0 {
        parts.push(counted(links, "link", "links"));
    }
    if circular > 0 {
        parts.push(format!("{} that would close a circle", counted(circular, "link", "links")));
    }
    parts.join(", ")
}

/// One node: its shape tells the kind, and so do its words.
fn written(index: usize, node: &CauseNode) -> String {
    let (open, close) = match node.kind {
        NodeKind::Trigger => ("([", "])"),
        NodeKind::Factor | NodeKind::Outcome => ("[", "]"),
        NodeKind::Why => ("(", ")"),
        NodeKind::Limited => ("[[", "]]"),
        NodeKind::Detected | NodeKind::ShouldDetect => ("{{", "}}"),
    };
    let class = match node.kind {
        _ if node.standing == Standing::RuledOut => ":::ruled",
        _ if node.is_doubtful() => ":::doubt",
        NodeKind::Trigger | NodeKind::Outcome => ":::thick",
        _ => "",
    };
    let mut words = label(&format!("{} {}", node.id, node.kind.heading()), 40, 90, false);
    for part in [label(&node.text, TEXT_MAX, TEXT_BUDGET, false), facts(node)] {
        if !part.is_empty() {
            words.push_str("<br/>");
            words.push_str(&part);
        }
    }
    format!("n{index}{open}\"{words}\"{close}{class}")
}

fn facts(node: &CauseNode) -> String {
    label(&node.facts().join(", "), 60, 90, false)
}
