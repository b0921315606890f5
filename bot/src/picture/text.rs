//! Charts for a terminal, of blocks.

use std::fmt::Write as _;

use super::bars::{most, part};
use super::describe::outside;
use super::input::{BarChart, HourChart};
use super::width::columns;
use super::words::{amount, line, number};

/// A terminal that is narrower is taken for one of this width.
const NARROWEST: usize = 40;

/// Blocks by eighths of a cell, from the left and from below.
const ACROSS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const UPWARDS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The bars, one a line, at most `width` cells wide.
pub(crate) fn text_bars(chart: &BarChart, width: usize) -> String {
    let width = width.max(NARROWEST);
    let names: Vec<String> = chart.bars.iter().map(|bar| cut(&line(&bar.label, 80), width / 3)).collect();
    let value = |value, note| cut(&amount(value, &chart.unit, note), width / 3);
    let values: Vec<String> = chart.bars.iter().map(|bar| value(bar.value, bar.note.as_deref())).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| columns(text)).max().unwrap_or(0);
    let name_width = widest(&names);
    let room = width - name_width - widest(&values) - 2;
    let most = most(chart.bars.iter().map(|bar| bar.value));
    let mut out = String::new();
    for ((bar, name), value) in chart.bars.iter().zip(names).zip(values) {
        let blank = " ".repeat(name_width - columns(&name));
        let eighths = eighths(bar.value, most, room);
        let bar = format!("{}{}", "█".repeat(eighths / 8), ACROSS[eighths % 8]);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name}{blank} {bar}{}{value}", if bar.is_empty() { "" } else { " " });
    }
    out
}

/// The hours of each row as one line of blocks, all by one scale, and below it which are out of working hours.
pub(crate) fn text_hours(chart: &HourChart, width: usize) -> String {
    let width = width.max(NARROWEST);
    let names: Vec<String> = chart.rows.iter().map(|row| cut(&line(&row.label, 80), width / 3)).collect();
    let name_width = names.iter().map(|name| columns(name)).max().unwrap_or(0).max("out of hours".len());
    let most = most(chart.rows.iter().flat_map(|row| row.values));
    let mut out = format!("{:name_width$} 0     6     12    18\n", "");
    let mut marked = [false; 24];
    for (row, name) in chart.rows.iter().zip(names) {
        // Writing to a string cannot fail.
        if row.out_of_hours != marked {
            marked = row.out_of_hours;
            let cells: String = marked.iter().map(|outside| if *outside { '·' } else { ' ' }).collect();
            let _ = writeln!(out, "{:name_width$} {}", "out of hours", cells.trim_end());
        }
        let blank = " ".repeat(name_width - columns(&name));
        let cells: String = row.values.iter().map(|value| UPWARDS[eighths(*value, most, 1)]).collect();
        let total: f64 = row.values.iter().filter(|value| value.is_finite()).sum();
        let outside = number(outside(&row.values, &row.out_of_hours));
        let facts = format!("{}, {outside} out of hours", amount(total, &chart.unit, None));
        let facts = cut(&facts, width.saturating_sub(name_width + 26));
        let _ = writeln!(out, "{}", format!("{name}{blank} {cells} {facts}").trim_end());
    }
    out
}

/// The length of a bar in eighths of a cell; whatever is more than nought can be seen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the part is from 0 to 1")]
fn eighths(value: f64, most: f64, cells: usize) -> usize {
    let cells = f32::from(u16::try_from(cells).unwrap_or(u16::MAX));
    (part(value, most) * cells * 8.0).ceil() as usize
}

/// The text, or its head with an ellipsis where it takes more cells.
fn cut(text: &str, cells: usize) -> String {
    if columns(text) <= cells {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut taken = 1;
    for letter in text.chars() {
        taken += columns(letter.encode_utf8(&mut [0; 4]));
        if taken > cells {
            break;
        }
        out.push(letter);
    }
    format!("{}…", out.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::input::{Bar, HourRow};
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let bar = |label: &str, value, note: Option<&str>| Bar {
            label: label.to_owned(),
            value,
            note: note.map(str::to_owned),
        };
        let bars = vec![
            bar("checkout", 8.0, Some("of 7 incidents")),
            bar("漢字", 4.5, None),
            bar("a very long name of a service", 0.0, None),
            bar("none", f64::NAN, None),
        ];
        let chart = BarChart { title: "MTTR".to_owned(), unit: "min".to_owned(), bars };
        let expected = "\
checkout             ██████████████████ 8 min (of 7 inciden…
漢字                 ██████████▏ 4.5 min
a very long name of… 0 min
none                 unknown
";
        assert_eq!(text_bars(&chart, 60), expected);
        assert_eq!(text_bars(&BarChart { bars: vec![], ..chart }, 60), "");
    }

    #[test]
    fn hours_are_blocks_in_a_line() {
        let mut values = [0.0; 24];
        (values[0], values[9], values[23]) = (8.0, 1.0, 4.0);
        let mut out_of_hours = [true; 24];
        out_of_hours[9..18].fill(false);
        let rows = vec![HourRow { label: "ana".to_owned(), values, out_of_hours }];
        let chart = HourChart { title: String::new(), unit: "pages".to_owned(), rows };
        let expected = "             0     6     12    18
out of hours ·········         ······
ana          █        ▁             ▄ 13 pages, 12 out of hours
";
        assert_eq!(text_hours(&chart, 80), expected);
    }
}
