//! Whom an event names.

use super::read::Event;

/// Whom an event names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<Id> {
    /// In the order in which they are named, each once.
    pub ids: Vec<Id>,
    /// That of a prefix such as `[L1]`.
    pub priority: Option<u32>,
    /// What should have named somebody and named nobody, as it is written.
    pub nobody: Vec<String>,
}

/// Whom an event names: its attendees by their addresses, or, where none of them is known, whoever the summary names.
///
/// A summary is taken in parts, which commas and new lines separate. A part that is known as a whole is one name; of
/// any other part each word that is a handle or an e-mail address is one. `known` is asked in lower case, and never for
/// the @ before a handle.
pub fn people<Id: PartialEq>(event: &Event, known: impl Fn(&str) -> Option<Id>) -> Named<Id> {
    let (priority, summary) = priority(&event.summary);
    let mut named = Named { ids: Vec::new(), priority, nobody: Vec::new() };
    for address in event.attendees.iter() {
        match known(&address.to_lowercase()) {
            Some(id) => named.add(id),
            None => named.nobody.push(address.clone()),
        }
    }
    if named.ids.is_empty() {
        for part in summary.split([',', ';', '\n']) {
            named.part(part.trim(), &known);
        }
    }
    named
}

impl<Id: PartialEq> Named<Id> {
    fn add(&mut self, id: Id) {
        if !self.ids.contains(&id) {
            self.ids.push(id);
        }
    }

    fn part(&mut self, part: &str, known: &impl Fn(&str) -> Option<Id>) {
        if part.is_empty() {
            return;
        }
        if let Some(id) = ask(part, known) {
            self.add(id);
            return;
        }
        let words = part.split(|sign: char| sign.is_whitespace() || "/|&".contains(sign));
        let mut anybody = false;
        let mut strangers = Vec::new();
        for word in words.filter(|word| !bare(word).is_empty()) {
            match ask(word, known) {
                Some(id) => {
                    self.add(id);
                    anybody = true;
                }
                None if word.contains('@') => strangers.push(word.to_owned()),
                None => {}
            }
        }
        // Beside a name, words are just words ("ana until noon"); a part without one should have been a name.
        if anybody {
            self.nobody.append(&mut strangers);
        } else {
            self.nobody.push(part.to_owned());
        }
    }
}

fn ask<Id>(text: &str, known: &impl Fn(&str) -> Option<Id>) -> Option<Id> {
    let name = bare(text);
    if name.is_empty() { None } else { known(&name.to_lowercase()) }
}

/// A name without what stands around it: an @, brackets, punctuation, `mailto:`.
fn bare(text: &str) -> &str {
    let text = text.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '_');
    match text.split_at_checked("mailto:".len()) {
        Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto:") => address,
        _ => text,
    }
}

/// The priority that a summary begins with, and the rest of it.
fn priority(summary: &str) -> (Option<u32>, &str) {
    let summary = summary.trim();
    let number = summary.strip_prefix("[L").or_else(|| summary.strip_prefix("[l"));
    match number.and_then(|rest| rest.split_once(']')) {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            // More digits than a number has are as high as it gets.
            (Some(number.parse().unwrap_or(u32::MAX)), rest)
        }
        _ => (None, summary),
    }
}
