//! What pictures show, in words, for whoever does not see them. One line for each thing that is drawn.

use std::fmt::Write as _;

use super::graph::links;
use super::input::{BarChart, CauseGraph, CauseNode, HourChart, TimelinePicture};
use super::words::{amount, clock, counted, day, day_number, duration, line, moment, zone_name};

/// Most entries that are listed, the key ones first; nobody listens to more.
const MARKS_MAX: usize = 250;

/// Longest text of one thing, in characters.
const TEXT_MAX: usize = 160;

/// All causes, with what is known of each and what it led to.
pub(crate) fn describe_causes(graph: &CauseGraph) -> String {
    let found = links(graph.nodes.len(), &graph.edges);
    let mut out = format!(
        "Cause graph with {} and {}.",
        counted(graph.nodes.len(), "cause", "causes"),
        counted(found.kept.len(), "link", "links"),
    );
    for (index, node) in graph.nodes.iter().enumerate() {
        let led: Vec<String> =
            found.kept.iter().filter(|(from, _)| *from == index).map(|(_, to)| name(&graph.nodes[*to])).collect();
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{}", name(node));
        let mut facts: Vec<String> = vec![node.kind.heading().to_lowercase()];
        facts.extend(node.facts().iter().map(|fact| line(fact, 40)));
        let _ = write!(out, " ({}): {}", facts.join(", "), line(&node.text, TEXT_MAX));
        if !led.is_empty() {
            let _ = write!(out, "; led to {}.", led.join(", "));
        }
    }
    if found.circular > 0 {
        let _ = write!(out, "\nLeft out: {} that would close a circle.", counted(found.circular, "link", "links"));
    }
    out
}

fn name(node: &CauseNode) -> String {
    let id = line(&node.id, 16);
    if id.is_empty() { node.kind.heading().to_owned() } else { id }
}

/// All spans and entries with their times; of very many entries the key ones and the earliest.
pub(crate) fn describe_timeline(picture: &TimelinePicture) -> String {
    let zone = picture.zone;
    let (from, to) = picture.bounds();
    let mut out = format!(
        "Timeline from {} {} to {} {} ({}) with {} and {}.",
        day(zone, from),
        clock(zone, from, false),
        day(zone, to),
        clock(zone, to, false),
        zone_name(zone, from, to),
        counted(picture.spans.len(), "span", "spans"),
        counted(picture.marks.len(), "entry", "entries"),
    );
    let one_day = day_number(zone, from) == day_number(zone, to);
    let told = |at| if one_day { clock(zone, at, false) } else { moment(zone, at) };
    for span in &picture.spans {
        let (from, to) = span.ends();
        let label = line(&span.label, TEXT_MAX);
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{label}: {} to {} ({}).", told(from), told(to), duration(to - from));
    }
    let marks = picture.sorted_marks();
    let (key, other): (Vec<usize>, Vec<usize>) = (0..marks.len()).partition(|index| marks[*index].key);
    let mut listed: Vec<usize> = key.into_iter().chain(other).take(MARKS_MAX).collect();
    listed.sort_unstable();
    for mark in listed.iter().map(|index| marks[*index]) {
        let key = if mark.key { " (key)" } else { "" };
        let (id, text) = (line(&mark.id, 16), line(&mark.text, TEXT_MAX));
        let _ = write!(out, "\n{} {id}{key}", told(mark.at));
        if !text.is_empty() {
            let _ = write!(out, ": {text}");
        }
    }
    if marks.len() > listed.len() {
        let more = counted(marks.len() - listed.len(), "further entry", "further entries");
        let _ = write!(out, "\nNot listed here: {more}.");
    }
    out
}

/// All bars with their values.
pub(crate) fn describe_bars(chart: &BarChart) -> String {
    let mut out = format!("Bar chart with {}.", counted(chart.bars.len(), "bar", "bars"));
    for bar in &chart.bars {
        let value = amount(bar.value, &chart.unit, bar.note.as_deref());
        // Writing to a string cannot fail.
        let _ = write!(out, "\n{}: {value}", line(&bar.label, TEXT_MAX));
    }
    out
}

/// All hours that are not nought, row by row.
pub(crate) fn describe_hours(chart: &HourChart) -> String {
    let mut out = format!("Hours of the day in {}.", counted(chart.rows.len(), "row", "rows"));
    for row in &chart.rows {
        let total: f64 = row.values.iter().filter(|value| value.is_finite()).sum();
        let outside = outside(&row.values, &row.out_of_hours);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "\n{}: {} in all, {} out of hours.",
            line(&row.label, TEXT_MAX),
            amount(total, &chart.unit, None),
            amount(outside, &chart.unit, None),
        );
        for (hour, value) in row.values.iter().enumerate().filter(|(_, value)| **value != 0.0) {
            let _ = write!(out, " {hour:02}:00 {}.", amount(*value, "", None));
        }
    }
    out
}

/// The sum of what is not in working hours.
pub(super) fn outside(values: &[f64; 24], out_of_hours: &[bool; 24]) -> f64 {
    let outside = values.iter().zip(out_of_hours).filter(|(value, outside)| **outside && value.is_finite());
    outside.map(|(value, _)| value).sum()
}
