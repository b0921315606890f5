//! A postmortem that was exported, edited and comes back: which incident and which state of its record it was made of, and what
//! people wrote in it.

use std::fmt;

use firebell_core::chain::Hash;
use firebell_core::ids::{IncidentId, Key};
use sha2::{Digest, Sha256};

use crate::text::hex;

/// The mark before a section that people write. It holds a digest of what followed when it was exported, so that whoever reads
/// it back knows whether somebody has changed it, whatever the template says by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    key: String,
    digest: String,
}

/// A postmortem as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Returned {
    pub(crate) incident: IncidentId,
    /// How many entries the record had that it was made of, and the hash of the last.
    pub(crate) entries: i64,
    pub(crate) head: Hash,
    /// The line that tells the number of entries, counted from 1.
    pub(crate) record_line: usize,
    pub(crate) template: String,
    pub(crate) sections: Vec<ReturnedSection>,
}

/// A section as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReturnedSection {
    pub(crate) key: Key,
    pub(crate) text: String,
    /// Whether it reads otherwise than it was exported.
    pub(crate) changed: bool,
    /// The line of its mark, counted from 1.
    pub(crate) line: usize,
}

/// A file that cannot be read back, and where it is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Unreadable {
    /// Counted from 1.
    pub line: usize,
    pub problem: String,
}

const BEGIN: &str = "<!-- firebell:section ";
const CLOSE: &str = " -->";

impl Mark {
    /// The mark behind a section.
    pub(crate) const END: &'static str = "<!-- firebell:end -->";

    /// The mark of a section with this text.
    pub(crate) fn of(key: &str, text: &str) -> Self {
        let digest = Sha256::digest(text.trim().as_bytes());
        Self { key: key.to_owned(), digest: hex(&digest[..6]) }
    }

    /// The mark in a line of its own.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (key, digest) = line.trim().strip_prefix(BEGIN)?.strip_suffix(CLOSE)?.split_once(' ')?;
        Some(Self { key: key.to_owned(), digest: digest.to_owned() })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BEGIN}{} {}{CLOSE}", self.key, self.digest)
    }
}

impl Returned {
    /// Reads an exported Markdown file.
    ///
    /// # Errors
    /// Front matter that is broken or names no incident, or a section without its end; the error has the line.
    pub(crate) fn read(text: &str) -> Result<Self, Unreadable> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.lines().collect();
        let front = Front::read(&lines)?;
        let sections = sections(&lines, front.end)?;
        if sections.is_empty() {
            let problem = "no section of it can be edited; is it an export of Firebell?".to_owned();
            return Err(Unreadable { line: front.end + 1, problem });
        }
        Ok(Self {
            incident: front.named("id", "an incident such as INC-42")?,
            entries: front.named("record", "the number of entries of its record")?,
            record_line: front.line("record"),
            head: front.named("head", "the hash of its record, 64 hexadecimal digits")?,
            template: front.named("template", "the name of its template")?,
            sections,
        })
    }
}

/// The lines between the first two rules.
struct Front<'a> {
    /// Each name with its value, and its line.
    fields: Vec<(&'a str, String, usize)>,
    /// The index of the line behind it.
    end: usize,
}

impl<'a> Front<'a> {
    fn read(lines: &[&'a str]) -> Result<Self, Unreadable> {
        let wrong = |line: usize, problem: &str| Unreadable { line, problem: problem.to_owned() };
        if lines.first().is_none_or(|line| line.trim_end() != "---") {
            return Err(wrong(1, "the file does not begin with front matter between two lines of ---"));
        }
        let mut fields: Vec<(&str, String, usize)> = Vec::new();
        for (index, line) in lines.iter().enumerate().skip(1) {
            if line.trim_end() == "---" {
                return Ok(Self { fields, end: index + 1 });
            }
            // What is set in belongs to the field above, and none of those that are read has any.
            if line.starts_with([' ', '\t', '#']) || line.trim().is_empty() {
                continue;
            }
            let (name, value) = line
                .split_once(':')
                .ok_or_else(|| wrong(index + 1, "front matter has a name, a colon and a value in each line"))?;
            if fields.iter().any(|(held, ..)| *held == name) {
                return Err(wrong(index + 1, "the name is there twice"));
            }
            fields.push((name, scalar(value.trim()), index + 1));
        }
        Err(wrong(lines.len(), "the front matter has no end; a line of --- is missing"))
    }

    fn line(&self, name: &str) -> usize {
        self.fields.iter().find(|(held, ..)| *held == name).map_or(self.end, |(.., line)| *line)
    }

    fn named<T: std::str::FromStr>(&self, name: &str, meaning: &str) -> Result<T, Unreadable> {
        let Some((_, value, line)) = self.fields.iter().find(|(held, ..)| *held == name) else {
            return Err(Unreadable { line: self.end, problem: format!("the front matter lacks {name}, {meaning}") });
        };
        value.parse().map_err(|_| Unreadable { line: *line, problem: format!("{name} is not {meaning}") })
    }
}

/// A value without the quotes that an export, or an editor of YAML, puts around it.
fn scalar(value: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => value.trim_matches('\'').to_owned(),
    }
}

fn sections(lines: &[&str], from: usize) -> Result<Vec<ReturnedSection>, Unreadable> {
    let mut found: Vec<ReturnedSection> = Vec::new();
    let mut open: Option<(Mark, Key, usize)> = None;
    for (index, line) in lines.iter().enumerate().skip(from) {
        let wrong = |problem: String| Err(Unreadable { line: index + 1, problem });
        if let Some(mark) = Mark::read(line) {
            if let Some((_, key, began)) = &open {
                return wrong(format!(
                    "a section begins within \"{key}\", which began in line {} and has no end",
                    began + 1
                ));
            }
            let Ok(key) = Key::new(&mark.key) else { return wrong("the section has no name".to_owned()) };
            if found.iter().any(|held| held.key == key) {
                return wrong(format!("the section \"{key}\" is there twice"));
            }
            open = Some((mark, key, index));
        } else if line.trim() == Mark::END {
            let Some((mark, key, began)) = open.take() else {
                return wrong("a section ends that has not begun".to_owned());
            };
            let text = lines.get(began + 1..index).unwrap_or_default().join("\n").trim().to_owned();
            let changed = Mark::of(&mark.key, &text) != mark;
            found.push(ReturnedSection { key, text, changed, line: began + 1 });
        }
    }
    match open {
        Some((_, key, began)) => Err(Unreadable {
            line: began + 1,
            problem: format!("the section \"{key}\" has no end; a line of {} is missing", Mark::END),
        }),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "6f661aae6f661aae6f661aae6f661aae6f661aae6f661aae6f661aae6f661aae";

    fn file(body: &str) -> String {
        format!(
            "---\nid: \"INC-42\"\ntitle: \"a: b\"\nrecord: 57\nhead: \"{HEAD}\"\ntemplate: \"standard\"\n---\n{body}"
        )
    }

    #[test]
    fn a_section_is_changed_when_its_words_are() {
        let mark = Mark::of("lessons", "one\n\ntwo");
        for (text, changed) in [
            ("one\n\ntwo", false),
            ("\n\none\n\ntwo  \n", false),
            ("one\ntwo", true),
            ("", true),
            ("one\r\n\r\ntwo", false),
        ] {
            let read = Returned::read(&file(&format!("\n{mark}\n{text}\n{}\n", Mark::END))).unwrap();
            assert_eq!(read.sections[0].changed, changed, "{text:?}");
            assert_eq!((read.incident, read.entries, read.template.as_str()), (IncidentId(42), 57, "standard"));
        }
    }

    #[test]
    fn what_is_broken_is_told_with_its_line() {
        let (begin, end) = (Mark::of("a", "x").to_string(), Mark::END);
        let section = format!("{begin}\nx\n{end}\n");
        for (text, line, words) in [
            (String::new(), 1, "does not begin with front matter"),
            ("---\nid: \"INC-1\"\n".to_owned(), 2, "has no end"),
            ("---\nid INC-1\n---\n".to_owned(), 2, "a colon"),
            (format!("---\nid: 1\nid: 2\n---\n{section}"), 3, "twice"),
            (format!("---\nid: \"INC-1\"\nrecord: 5\nhead: \"{HEAD}\"\n---\n{section}"), 5, "lacks template"),
            (file(&section).replace("INC-42", "OPS-42"), 2, "an incident such as"),
            (file(&section).replace("57", "many"), 4, "the number of entries"),
            (file(&section).replace("6f66", "6g66"), 5, "64 hexadecimal"),
            (file("\nnothing\n"), 8, "no section"),
            (file(&format!("{begin}\nx\n")), 8, "has no end"),
            (file(&format!("{end}\n")), 8, "has not begun"),
            (file(&format!("{begin}\n{begin}\n{end}\n")), 9, "begins within"),
            (file(&format!("{section}{section}")), 11, "twice"),
        ] {
            let error = Returned::read(&text).unwrap_err();
            assert!(error.problem.contains(words) && error.line == line, "{text}: {error}");
        }
    }
}
