//! The list of what could not be understood.

use std::fmt::Display;

/// How many lines the list may have; a file that is wrong throughout says so with fewer.
const MOST_LINES: usize = 200;

/// How many characters of a text a line quotes.
const MOST_QUOTED: usize = 60;

/// What could not be understood, one line each, in the order in which it was found.
#[derive(Debug, Default)]
pub(crate) struct Left {
    lines: Vec<String>,
    untold: usize,
}

impl Left {
    /// Adds what is wrong on a line of the file.
    pub(crate) fn add(&mut self, line: usize, what: impl Display) {
        if self.lines.len() < MOST_LINES {
            self.lines.push(format!("line {line}: {what}"));
        } else {
            self.untold += 1;
        }
    }

    pub(crate) fn finish(mut self) -> Vec<String> {
        if self.untold > 0 {
            self.lines.push(format!("{} more lines of this kind are not listed: mend these first", self.untold));
        }
        self.lines
    }
}

/// A text of the file in quotation marks: on one line, and short.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted: String =
        text.chars().take(MOST_QUOTED).map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    if text.chars().nth(MOST_QUOTED).is_some() {
        quoted.push('…');
    }
    format!("\"{quoted}\"")
}
