//! The timeline as a gantt chart, in which every entry has a row of its own. The other picture that Mermaid has for it,
//! `timeline`, puts entries side by side, and cannot be read from some twenty on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, Offset as _, TimeDelta, TimeZone as _, Utc};

use super::super::input::{Mark, Span, TimelinePicture};
use super::super::words::{counted, duration};
use super::label;

/// Most rows: of spans, of entries that are to be named, and of all entries where only few of those are.
const SPANS_MAX: usize = 20;
const KEY_MAX: usize = 120;
const MARKS_MAX: usize = 40;

/// Longer texts would stand across the border of the picture.
const TEXT_MAX: usize = 48;
const TEXT_BUDGET: usize = 200;

/// Distances between two times on the axis: in seconds, and how Mermaid calls them.
const TICKS: [(i64, &str); 16] = [
    (10, "10second"),
    (60, "1minute"),
    (120, "2minute"),
    (300, "5minute"),
    (600, "10minute"),
    (900, "15minute"),
    (1_800, "30minute"),
    (3_600, "1hour"),
    (7_200, "2hour"),
    (14_400, "4hour"),
    (28_800, "8hour"),
    (86_400, "1day"),
    (172_800, "2day"),
    (604_800, "1week"),
    (2_678_400, "1month"),
    (16_070_400, "6month"),
];

/// Most times on the axis.
const TICKS_MAX: i64 = 9;

/// The timeline as the text of a Mermaid gantt chart, without a fence. Of many entries the key ones and some of the
/// others are shown, and the title says how many are not.
pub(crate) fn mermaid_timeline(picture: &TimelinePicture) -> String {
    let (from, to) = picture.bounds();
    let marks = picture.sorted_marks();
    let shown = shown(&marks);
    // A viewer's browser takes the times for its own wall time and shows them again, so all are given by one offset.
    let offset = picture.zone.offset_from_utc_datetime(&from.naive_utc()).fix();
    let mut out = String::from("gantt\n");
    let title = label(&picture.title, TEXT_MAX, TEXT_BUDGET, false);
    let left_out = marks.len() - shown.len();
    let spans = picture.spans.len().saturating_sub(SPANS_MAX);
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  accTitle: {title}");
    let all = (counted(picture.spans.len(), "span", "spans"), counted(marks.len(), "entry", "entries"));
    let _ = writeln!(out, "  accDescr: {} and {}", all.0, all.1);
    let _ = writeln!(out, "  title {title} (UTC{}{})", offset.to_string().replace(':', "#58;"), more(left_out, spans));
    out.push_str("  dateFormat YYYY-MM-DD HH:mm:ss\n");
    let (format, interval) = axis(to - from);
    let _ = writeln!(out, "  axisFormat {format}\n  tickInterval {interval}\n  todayMarker off");
    if !picture.spans.is_empty() {
        out.push_str("  section Spans\n");
    }
    for (index, span) in picture.spans.iter().take(SPANS_MAX).enumerate() {
        push_span(&mut out, index, span, offset);
    }
    if !shown.is_empty() {
        out.push_str("  section Entries\n");
    }
    for index in shown {
        push_mark(&mut out, index, marks[index], offset);
    }
    if marks.is_empty() && picture.spans.is_empty() {
        let _ = writeln!(out, "  No entries :milestone, m0, {}, 0s", written(from, offset));
    }
    out
}

/// Which marks are shown: the key ones, and as many of the others as there is room for, evenly taken.
fn shown(marks: &[&Mark]) -> BTreeSet<usize> {
    let (key, other): (Vec<usize>, Vec<usize>) = (0..marks.len()).partition(|index| marks[*index].key);
    let mut shown: BTreeSet<usize> = key.into_iter().take(KEY_MAX).collect();
    let room = MARKS_MAX.saturating_sub(shown.len()).min(other.len());
    shown.extend((0..room).map(|place| other[place * other.len() / room]));
    shown
}

fn more(marks: usize, spans: usize) -> String {
    let mut text = String::new();
    for (count, one, many) in [(marks, "entry", "entries"), (spans, "span", "spans")] {
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", {} not shown", counted(count, one, many));
        }
    }
    text
}

fn axis(lasted: TimeDelta) -> (&'static str, &'static str) {
    let fits = |(seconds, _): &&(i64, &str)| lasted.num_seconds() / seconds < TICKS_MAX;
    let (seconds, interval) = TICKS.iter().find(fits).copied().unwrap_or(TICKS[TICKS.len() - 1]);
    let format = match seconds {
        0..60 => "%H:%M:%S",
        60..86_400 if lasted < TimeDelta::days(1) => "%H:%M",
        60..86_400 => "%d %b %H:%M",
        86_400..2_678_400 => "%d %b",
        _ => "%b %Y",
    };
    (format, interval)
}

fn push_span(out: &mut String, index: usize, span: &Span, offset: FixedOffset) {
    let (from, to) = span.ends();
    let text = label(&format!("{} ({})", span.label, duration(to - from)), TEXT_MAX, TEXT_BUDGET, true);
    // Mermaid takes a bar without length for one of a day.
    let to = to.max(from + TimeDelta::seconds(1));
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {text} :s{index}, {}, {}", written(from, offset), written(to, offset));
}

fn push_mark(out: &mut String, index: usize, mark: &Mark, offset: FixedOffset) {
    let words = format!("{} {}", mark.id, mark.text);
    // Mermaid refuses a row without words.
    let words = if words.trim().is_empty() { "Entry" } else { &words };
    let text = label(words, TEXT_MAX, TEXT_BUDGET, true);
    let class = if mark.key { "crit, " } else { "" };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "  {text} :{class}milestone, m{index}, {}, 0s", written(mark.at, offset));
}

fn written(at: DateTime<Utc>, offset: FixedOffset) -> String {
    at.with_timezone(&offset).format("%Y-%m-%d %H:%M:%S").to_string()
}
