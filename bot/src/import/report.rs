//! What was carried over, what was changed on the way, and what was left out.

use std::collections::HashMap;
use std::fmt;

/// What became of a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It is in the configuration, and means the same as before but for what else is said of it.
    Carried,
    /// It is in the configuration, and means something a little different.
    Changed,
    /// It is not in the configuration.
    Left,
}

/// One thing to know about one part of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about, by its new key, such as `schedule web`.
    pub about: String,
    pub what: String,
    pub kind: Kind,
}

/// All there is to know about an import, in the order of the export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub lines: Vec<Line>,
}

impl Report {
    pub(super) fn add(&mut self, kind: Kind, about: impl Into<String>, what: impl Into<String>) {
        self.lines.push(Line { about: about.into(), what: what.into(), kind });
    }

    /// What is said of each thing, in the order in which they come up.
    fn subjects(&self, kind: Kind) -> Vec<(&str, Vec<&str>)> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut subjects: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in self.lines.iter().filter(|line| line.kind == kind) {
            let place = *places.entry(&line.about).or_insert_with(|| {
                subjects.push((&line.about, Vec::new()));
                subjects.len() - 1
            });
            if let Some((_, lines)) = subjects.get_mut(place) {
                lines.push(&line.what);
            }
        }
        subjects
    }

    /// How many lines are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.lines.iter().filter(|line| line.kind == kind).count()
    }
}

impl fmt::Display for Report {
    /// What was left out comes first: it is what somebody has to act on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = [(Kind::Left, "Left out"), (Kind::Changed, "Changed on the way"), (Kind::Carried, "Carried over")];
        for (kind, title) in groups {
            let subjects = self.subjects(kind);
            if subjects.is_empty() {
                continue;
            }
            writeln!(f, "{title}:")?;
            for (about, lines) in subjects {
                writeln!(f, "  {about}")?;
                for what in lines {
                    writeln!(f, "    {what}")?;
                }
            }
            writeln!(f)?;
        }
        let [left, changed, carried] = groups.map(|(kind, _)| self.count(kind));
        writeln!(f, "{carried} carried over, {changed} changed on the way, {left} left out.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_out_is_read_first_and_under_one_head_each() {
        let mut report = Report::default();
        report.add(Kind::Carried, "person ana", "Ana");
        report.add(Kind::Left, "schedule web", "a");
        report.add(Kind::Left, "policy web", "c");
        report.add(Kind::Left, "schedule web", "b");
        let text = "Left out:\n  schedule web\n    a\n    b\n  policy web\n    c\n\nCarried over:\n  person ana\n    Ana\n\n\
                    1 carried over, 0 changed on the way, 3 left out.\n";
        assert_eq!(report.to_string(), text);
    }
}
