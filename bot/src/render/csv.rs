//! The incidents of a report as a table for spreadsheets: RFC 4180, and nothing in it is taken for a formula.

use std::borrow::Cow;

use firebell_core::report::{IncidentRow, Report};

use super::Target;
use super::escape::escape;

const COLUMNS: [&str; 18] = [
    "id",
    "title",
    "severity",
    "status",
    "private",
    "services",
    "team",
    "impact_started_utc",
    "detected_utc",
    "declared_utc",
    "acknowledged_utc",
    "mitigated_utc",
    "impact_ended_utc",
    "resolved_utc",
    "detect_s",
    "acknowledge_s",
    "mitigate_s",
    "resolve_s",
];

/// A head and one line for each incident, with an installation's own times behind the others; lines end in CR LF, and the last
/// line's end is the caller's.
pub(super) fn table(report: &Report) -> String {
    let own = report.intervals.iter().map(|interval| format!("{}_s", interval.word));
    let head = line(COLUMNS.iter().map(|name| (*name).to_owned()).chain(own));
    let rows = report.incidents.iter().map(|row| line(cells(row).into_iter()));
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\r\n")
}

fn cells(row: &IncidentRow) -> Vec<String> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let seconds = |took: Option<i64>| took.map(|took| took.to_string()).unwrap_or_default();
    let mut cells = vec![
        row.id.clone(),
        escape(Target::Console, &row.title).into_owned(),
        row.severity.clone(),
        row.status.clone(),
        row.private.to_string(),
        row.services.join(" "),
        text(&row.team),
        text(&row.impact_started_utc),
        text(&row.detected_utc),
        text(&row.declared_utc),
        text(&row.acknowledged_utc),
        text(&row.mitigated_utc),
        text(&row.impact_ended_utc),
        text(&row.resolved_utc),
    ];
    cells.extend([row.detect_s, row.acknowledge_s, row.mitigate_s, row.resolve_s].map(seconds));
    cells.extend(row.intervals.iter().map(|interval| seconds(interval.took_s)));
    cells
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.map(|text| cell(&text)).collect::<Vec<_>>().join(",")
}

/// A text as one cell: what a spreadsheet would take for a formula begins with an apostrophe, and quotes stand around what needs
/// them.
pub(super) fn cell(text: &str) -> String {
    let text = inert(text);
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.into_owned()
}

/// Spreadsheets look at the first sign alone; some take the full width signs of East Asian keyboards for the same.
fn inert(text: &str) -> Cow<'_, str> {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    // Some look past blanks at the beginning.
    let begins = text.starts_with(signs) || text.trim_start_matches(' ').starts_with(signs);
    if begins { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_a_formula_is_text() {
        for (text, expected) in [
            ("", ""),
            ("the disk is full", "the disk is full"),
            ("INC-1", "INC-1"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""),
            ("＝1", "'＝1"),
            (" =1", "' =1"),
            ("=HYPERLINK(\"http://a\",\"b\")", "\"'=HYPERLINK(\"\"http://a\"\",\"\"b\"\")\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\nb", "\"a\nb\""),
            ("'quoted", "'quoted"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }

    /// The cells of one line, as RFC 4180 reads it.
    fn read(line: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut letters = line.chars().peekable();
        let mut quoted = false;
        while let Some(letter) = letters.next() {
            match letter {
                '"' if !quoted => quoted = true,
                '"' if letters.peek() == Some(&'"') => cells.last_mut().unwrap().extend(letters.next()),
                '"' => quoted = false,
                ',' if !quoted => cells.push(String::new()),
                letter => {
                    assert!(quoted || !matches!(letter, '\r' | '\n'), "a line ends within {line:?}");
                    cells.last_mut().unwrap().push(letter);
                }
            }
        }
        assert!(!quoted, "{line:?}");
        cells
    }

    proptest! {
        #[test]
        fn cells_come_back_as_they_were_and_are_no_formulas(
            texts in prop::collection::vec("([=+@\\-\t\r\n\",; ']|a|\\PC){0,6}", 1..5)
        ) {
            let cells = read(&line(texts.iter().cloned()));
            prop_assert_eq!(cells.len(), texts.len());
            for (cell, text) in cells.iter().zip(&texts) {
                prop_assert!(!cell.trim_start_matches(' ').starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
                let kept = cell == text || cell.strip_prefix('\'') == Some(text.as_str());
                prop_assert!(kept, "{:?} became {:?}", text, cell);
            }
        }
    }
}
