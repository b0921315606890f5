//! Reading a transcript, line by line.

use firebell_core::ids::{IncidentId, Key};

use super::error::{Problem, quote};
use super::header::Header;
use super::{Line, Place, Transcript, What, time};

/// What may stand directly below a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    /// An utterance, so a continuation or an expectation.
    Utterance,
    /// An expectation, so only another one.
    Expectation,
    Nothing,
}

struct Reader {
    header: Header,
    lines: Vec<Line>,
    below: Below,
    /// Blank lines since.
    blanks: usize,
}

/// Reads the whole file; an error comes with the number of its line.
pub(super) fn read(text: &str) -> Result<Transcript, (usize, Problem)> {
    let mut reader = Reader { header: Header::default(), lines: Vec::new(), below: Below::Nothing, blanks: 0 };
    let mut last = 1;
    // An editor's byte order mark is no part of the first line.
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        last = index + 1;
        reader.line(line.trim_end(), last).map_err(|problem| (last, problem))?;
    }
    reader.finish().map_err(|problem| (last, problem))
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<(), Problem> {
        if let Some(more) = line.strip_prefix("  ") {
            return self.continuation(more);
        }
        if let Some(expected) = line.strip_prefix('>') {
            return self.expectation(expected.trim());
        }
        if line.is_empty() {
            self.blanks += 1;
            return Ok(());
        }
        (self.below, self.blanks) = (Below::Nothing, 0);
        if line.starts_with('#') {
            return Ok(());
        }
        if let Some(directive) = line.strip_prefix('@') {
            return self.directive(directive);
        }
        let Some(timed) = line.strip_prefix('[') else { return Err(Problem::UnknownLine(quote(line))) };
        let (at, what) = timed.split_once(']').ok_or(Problem::UnclosedTime)?;
        let before = self.lines.last().map(|line| line.at).or(self.header.start);
        let at = time::of_line(at, self.header.zone(), before)?;
        let what = self.what(what.trim())?;
        self.below = if what == What::Wait { Below::Nothing } else { Below::Utterance };
        self.lines.push(Line { number, at, what });
        Ok(())
    }

    fn continuation(&mut self, more: &str) -> Result<(), Problem> {
        match self.lines.last_mut().map(|line| &mut line.what) {
            Some(What::Said { text, .. }) if self.below == Below::Utterance => {
                text.push_str(&"\n".repeat(std::mem::take(&mut self.blanks) + 1));
                text.push_str(more);
                Ok(())
            }
            _ => Err(Problem::NothingToContinue),
        }
    }

    fn expectation(&mut self, expected: &str) -> Result<(), Problem> {
        match self.lines.last_mut().map(|line| &mut line.what) {
            Some(What::Said { expect, .. }) if self.below != Below::Nothing && self.blanks == 0 => {
                if expected.is_empty() {
                    return Err(Problem::EmptyExpectation);
                }
                expect.push(expected.to_owned());
                self.below = Below::Expectation;
                Ok(())
            }
            _ => Err(Problem::NothingToExpect),
        }
    }

    fn directive(&mut self, directive: &str) -> Result<(), Problem> {
        let (word, rest) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        if !self.lines.is_empty() {
            return Err(Problem::LateDirective(quote(word)));
        }
        self.header.directive(word, rest.trim())
    }

    fn what(&self, text: &str) -> Result<What, Problem> {
        if text == "wait" {
            return Ok(What::Wait);
        }
        let (who, said) = text.split_once(':').ok_or_else(|| Problem::BadSpeaker(quote(text)))?;
        let bad = || Problem::BadSpeaker(quote(who));
        let (speaker, place) = match who.trim_end().split_once(char::is_whitespace) {
            Some((speaker, named)) => (speaker, Some(place(named.trim_start()).ok_or_else(bad)?)),
            None => (who.trim_end(), None),
        };
        let speaker = Key::new(speaker).map_err(|_| bad())?;
        self.header.known_person(&speaker)?;
        let text = said.trim_start().to_owned();
        if text.is_empty() {
            return Err(Problem::NothingSaid);
        }
        Ok(What::Said { speaker, place, text, expect: Vec::new() })
    }

    fn finish(self) -> Result<Transcript, Problem> {
        let zone = self.header.zone();
        let first = self.lines.first().map(|line| line.at).ok_or(Problem::NothingHappens)?;
        let Header { title, start, people, policies, services, last_resort, default_policy, .. } = self.header;
        Ok(Transcript {
            title,
            zone,
            start: start.unwrap_or(first),
            people,
            policies,
            services,
            last_resort,
            default_policy,
            lines: self.lines,
        })
    }
}

fn place(named: &str) -> Option<Place> {
    match named.strip_prefix('#') {
        Some(room) if !room.is_empty() && !room.contains(char::is_whitespace) => Some(Place::Room(room.to_owned())),
        Some(_) => None,
        None => named.parse::<IncidentId>().ok().map(Place::Incident),
    }
}
