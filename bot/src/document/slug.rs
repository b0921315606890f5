//! Names of headings, which links within a document lead to: those that GitHub and GitLab give them.

use std::collections::{BTreeMap, BTreeSet};

/// Longest name, in characters.
const LONGEST: usize = 120;

/// The names that a document has so far.
#[derive(Default)]
pub(super) struct Slugs {
    used: BTreeSet<String>,
    /// How often each was wanted.
    wanted: BTreeMap<String, usize>,
}

impl Slugs {
    /// A name for a heading of this text that no other has.
    pub(super) fn make(&mut self, text: &str) -> String {
        let base = slug(text);
        let count = self.wanted.entry(base.clone()).or_default();
        loop {
            let name = if *count == 0 { base.clone() } else { [base.as_str(), "-", &count.to_string()].concat() };
            *count += 1;
            if self.used.insert(name.clone()) {
                return name;
            }
        }
    }

    /// The name that an address `#id` means, if there is one.
    pub(super) fn find(&self, id: &str) -> Option<&str> {
        let name = self.used.get(id).or_else(|| self.used.get(&decoded(id)?));
        name.map(String::as_str)
    }
}

fn slug(text: &str) -> String {
    let mut name = String::new();
    for letter in text.trim().chars().take(LONGEST) {
        match letter {
            ' ' => name.push('-'),
            '-' | '_' => name.push(letter),
            _ if letter.is_alphanumeric() => name.extend(letter.to_lowercase()),
            _ => {}
        }
    }
    if name.is_empty() { "section".to_owned() } else { name }
}

/// The letters behind `%C3%A4`.
fn decoded(id: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(id.len());
    let mut rest = id.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        bytes.push(if byte == b'%' { u8::try_from(digit()? * 16 + digit()?).ok()? } else { byte });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_github_and_unlike_each_other() {
        let mut slugs = Slugs::default();
        for (text, expected) in [
            ("Root cause and contributing factors", "root-cause-and-contributing-factors"),
            ("What & why?", "what--why"),
            ("Ursächliche_Größe", "ursächliche_größe"),
            ("a", "a"),
            ("a-1", "a-1"),
            ("A", "a-2"),
            ("a", "a-3"),
            ("!", "section"),
            ("?", "section-1"),
            ("\"><script>", "script"),
        ] {
            assert_eq!(slugs.make(text), expected, "for {text:?}");
        }
        assert_eq!(slugs.find("urs%C3%A4chliche_gr%c3%b6ße"), Some("ursächliche_größe"));
        for id in ["b", "%", "%6", "%zz", "%ff", "A"] {
            assert_eq!(slugs.find(id), None, "for {id:?}");
        }
    }
}
