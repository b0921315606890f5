//! Inputs: likely ones, and any.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::super::*;

pub(super) fn at(minutes: i64) -> DateTime<Utc> {
    "2026-03-03T13:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

pub(super) fn node(id: &str, kind: NodeKind, standing: Standing, text: &str) -> CauseNode {
    CauseNode { id: id.to_owned(), text: text.to_owned(), kind, standing, category: None, evidenced: true }
}

/// An analysis of thirty nodes.
pub(super) fn thirty() -> CauseGraph {
    use NodeKind::{Detected, Factor, Limited, Outcome, ShouldDetect, Trigger, Why};
    use Standing::{Confirmed, RuledOut, Supported, Suspected};
    let mut nodes = vec![
        node("INC-42", Outcome, Confirmed, "Checkout returned errors to 38 % of customers for 72 minutes"),
        node("T1", Trigger, Confirmed, "Deploy 2026-03-03.4 raised the pool of connections from 20 to 200 per pod"),
        node("F1", Factor, Confirmed, "PostgreSQL ran out of connections (max_connections = 500)"),
        node("F2", Factor, Confirmed, "The connection pooler was bypassed for the orders service since January"),
        node("F3", Factor, Supported, "Retries without backoff multiplied the load by four within two minutes"),
        node("F4", Factor, Suspected, "A batch job for invoices started at 14:00, as on every first Tuesday"),
        node("F5", Factor, RuledOut, "Network partition between the zones; traces show none"),
        node("W1", Why, Confirmed, "The new value was copied from a service with one pod"),
        node("W2", Why, Confirmed, "No review looks at the product of pods and pool size"),
        node("W3", Why, Supported, "The checklist for changes of capacity was removed when the wiki moved"),
        node("W4", Why, Suspected, "Nobody owned the wiki's move after the reorganisation"),
        node("W5", Why, Confirmed, "The bypass was made for a migration and never taken back"),
        node("W6", Why, Confirmed, "The migration's follow-up ticket had no owner and no due date"),
        node("F6", Factor, Confirmed, "Health checks passed because they do not touch the database"),
        node("F7", Factor, Confirmed, "Autoscaling added pods as latency rose, each with 200 more connections"),
        node("F8", Factor, Supported, "The circuit breaker was configured for timeouts, not for refused connections"),
        node("W7", Why, Supported, "The library's default changed in version 4 and the notes were not read"),
        node("F9", Factor, Suspected, "On-call was changing shifts at the time"),
        node("F10", Factor, Confirmed, "The runbook named a command that no longer exists"),
        node("W8", Why, Confirmed, "Runbooks are not tried out"),
        node("L1", Limited, Confirmed, "The read replicas kept the catalogue up"),
        node("L2", Limited, Supported, "Payments are idempotent, so nobody was charged twice"),
        node("D1", Detected, Confirmed, "A customer called support; an alert came 9 minutes later"),
        node("S1", ShouldDetect, Confirmed, "The share of connections in use should page at 80 %"),
        node("S2", ShouldDetect, Suspected, "The canary should have compared connection counts"),
        node("F11", Factor, Confirmed, "Alert thresholds were set for averages over ten minutes"),
        node("W9", Why, Supported, "Thresholds date from when traffic was a tenth of today's"),
        node("F12", Factor, Confirmed, "Rollback took 25 minutes because images had been pruned"),
        node("W10", Why, Confirmed, "The registry keeps five images, and that day had nine deploys"),
        node("F13", Factor, Suspected, "A feature flag was turned on for ten percent at 13:55"),
    ];
    for (index, category) in
        [(2, "capacity"), (3, "configuration"), (4, "code"), (5, "process"), (6, "dependency"), (13, "detection")]
    {
        nodes[index].category = Some(category.to_owned());
    }
    for index in [5, 10, 17, 24, 29] {
        nodes[index].evidenced = false;
    }
    let edges = vec![
        (1, 2),
        (2, 0),
        (3, 2),
        (4, 2),
        (5, 2),
        (6, 0),
        (7, 1),
        (8, 7),
        (9, 8),
        (10, 9),
        (11, 3),
        (12, 11),
        (14, 2),
        (13, 14),
        (15, 4),
        (16, 15),
        (17, 27),
        (18, 27),
        (19, 18),
        (27, 0),
        (28, 27),
        (25, 22),
        (26, 25),
        (29, 4),
        (4, 14),
        (15, 0),
    ];
    CauseGraph { title: "Causes of INC-42".to_owned(), nodes, edges }
}

/// A timeline of two hundred entries, most of them in the first two hours, with a tail days later.
pub(super) fn two_hundred(tail: bool) -> TimelinePicture {
    let span = |label: &str, from, to| Span { label: label.to_owned(), from: at(from), to: at(to) };
    let spans = vec![
        span("Impact", 2, 74),
        span("Investigating", 11, 38),
        span("Identified", 38, 61),
        span("Mitigated", 61, 95),
        span("Canary held", 40, 42),
    ];
    let texts = [
        "Deploy 2026-03-03.4 begins",
        "Alert: checkout error rate above 5 %",
        "Ana declares the incident, severity 2",
        "Severity raised to 1: payments fail in all regions and support is flooded with calls",
        "Connections of the primary are all taken",
        "Rollback begins",
        "Images are gone; build from source instead",
        "Pool limited to 10 by hand, errors fall",
        "Mitigated: error rate below 0.1 %",
        "Resolved",
    ];
    let mut marks = Vec::new();
    for index in 0..200_i64 {
        let minute = if index < 150 { index * index / 260 } else { 87 + (index - 150) * 2 / 3 };
        let key = index % 9 == 4;
        let text = texts[usize::try_from(index / 9).unwrap() % texts.len()].to_owned();
        let minute = if tail && index > 194 { minute + 4_000 } else { minute };
        marks.push(Mark { at: at(minute), id: format!("E{}", index + 1), text, key });
    }
    let to = marks.last().map_or(at(0), |mark| mark.at);
    TimelinePicture {
        title: "Timeline of INC-42".to_owned(),
        zone: chrono_tz::Europe::Prague,
        from: at(-3),
        to,
        spans,
        marks,
    }
}

/// Texts that somebody may write to break something.
pub(super) fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "\"",
        "]",
        "\"]:::x",
        "#quot;",
        ";",
        "%%",
        "%%{init: {}}%%",
        "end",
        "`x`",
        "```",
        "<script>alert(1)</script>",
        "</text>",
        "]]>",
        "<!--",
        "&lt;",
        "\n",
        "\r",
        "\u{0}",
        "\u{b}",
        "\u{1b}[31m",
        "\u{85}",
        "\u{fffe}",
        "\u{ffff}",
        "\u{202e}",
        "\u{2028}",
        "\u{200b}",
        ":",
        "->",
        "-->",
        "subgraph",
        "section x",
        "click a href",
        "1. ",
        "- ",
        "$$x$$",
        "fa:fa-bomb",
        "<b>x</b>",
        "**b** _i_",
        "漢字漢字漢字",
        "👩\u{200d}💻",
        "e\u{301}\u{301}\u{301}\u{301}\u{301}",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "https://a.example/?x=1&y=2",
        "ﬂ°°34¶ß",
        "שלום",
        " ",
        "word",
        "style a:b#",
        "accTitle: x",
        "\u{fdfd}",
    ]);
    let any = any::<char>().prop_map(String::from);
    let pieces = prop_oneof![3 => hostile.prop_map(str::to_owned), 1 => any, 2 => "[a-z]{1,12} "];
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

prop_compose! {
    fn any_node()(
        id in text(), words in text(), kind in 0..7_usize, standing in 0..4_usize, category in prop::option::of(text()),
        evidenced in any::<bool>(),
    ) -> CauseNode {
        use NodeKind::{Detected, Factor, Limited, Outcome, ShouldDetect, Trigger, Why};
        use Standing::{Confirmed, RuledOut, Supported, Suspected};
        let kind = [Trigger, Factor, Why, Limited, Detected, ShouldDetect, Outcome][kind];
        let standing = [Suspected, Supported, Confirmed, RuledOut][standing];
        CauseNode { id, text: words, kind, standing, category, evidenced }
    }
}

prop_compose! {
    pub(super) fn causes()(
        title in text(), nodes in prop::collection::vec(any_node(), 0..40),
        edges in prop::collection::vec((0..42_usize, 0..42_usize), 0..80),
    ) -> CauseGraph {
        CauseGraph { title, nodes, edges }
    }
}

prop_compose! {
    pub(super) fn timeline()(
        title in text(), lasted in prop::sample::select(vec![0, 1, 60, 600, 100_000]),
        zone in prop::sample::select(vec![chrono_tz::UTC, chrono_tz::Europe::Prague, chrono_tz::Australia::Lord_Howe]),
        spans in prop::collection::vec((text(), -9..1_000_i64, 0..1_000_i64), 0..30),
        marks in prop::collection::vec((text(), text(), -9..1_010_i64, prop::bool::weighted(0.2)), 0..200),
    ) -> TimelinePicture {
        let time = |part: i64| at(part * lasted / 1_000);
        let spans = spans.into_iter().map(|(label, from, to)| Span { label, from: time(from), to: time(to) }).collect();
        let mark = |(id, text, part, key)| Mark { at: time(part), id, text, key };
        let marks = marks.into_iter().map(mark).collect();
        TimelinePicture { title, zone, from: at(0), to: at(lasted), spans, marks }
    }
}

prop_compose! {
    pub(super) fn bars()(
        title in text(), unit in text(),
        bars in prop::collection::vec((text(), any::<f64>(), prop::option::of(text())), 0..20),
    ) -> BarChart {
        let bar = |(label, value, note)| Bar { label, value, note };
        BarChart { title, unit, bars: bars.into_iter().map(bar).collect() }
    }
}

prop_compose! {
    pub(super) fn hours()(
        title in text(), unit in text(),
        rows in prop::collection::vec((text(), any::<[f64; 24]>(), any::<[bool; 24]>()), 0..4),
    ) -> HourChart {
        let row = |(label, values, out_of_hours)| HourRow { label, values, out_of_hours };
        HourChart { title, unit, rows: rows.into_iter().map(row).collect() }
    }
}
