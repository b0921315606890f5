//! Keys of the new configuration, and what the ids of the export stand for.

use std::collections::{HashMap, HashSet};

/// Longest key, in characters.
const KEY_MAX: usize = 64;

/// What an id of the export stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// A thing of the configuration, by its key.
    Carried(String),
    /// A thing that was left out, as the report calls it.
    Left(String),
}

/// The keys of one kind of thing.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number that is tried next for a key that is taken.
    next: HashMap<String, usize>,
    by_id: HashMap<String, Named>,
}

impl Names {
    /// A key made of the first of the texts that makes one, else `fallback`; no other thing has it.
    pub(super) fn allot<'t>(&mut self, wishes: impl IntoIterator<Item = &'t str>, fallback: &str) -> String {
        let wish = wishes.into_iter().map(slug).find(|key| !key.is_empty()).unwrap_or_else(|| fallback.to_owned());
        if self.taken.insert(wish.clone()) {
            return wish;
        }
        let next = self.next.entry(wish.clone()).or_insert(2);
        loop {
            let suffix = format!("-{next}");
            let stem: String = wish.chars().take(KEY_MAX.saturating_sub(suffix.len())).collect();
            let key = format!("{}{suffix}", stem.trim_end_matches('-'));
            *next += 1;
            if self.taken.insert(key.clone()) {
                return key;
            }
        }
    }

    /// Remembers what ids stand for; of two things with one id the first keeps it.
    pub(super) fn note(&mut self, ids: impl IntoIterator<Item = String>, named: &Named) {
        // What has no id cannot be named, not even by what names nothing.
        for id in ids.into_iter().filter(|id| !id.is_empty()) {
            self.by_id.entry(id).or_insert_with(|| named.clone());
        }
    }

    pub(super) fn find(&self, id: &str) -> Option<&Named> {
        self.by_id.get(id)
    }

    /// The key of a thing that is in the configuration.
    pub(super) fn carried(&self, id: &str) -> Option<&str> {
        match self.find(id)? {
            Named::Carried(key) => Some(key),
            Named::Left(_) => None,
        }
    }
}

/// A text as a key: small letters, digits and single hyphens; empty if it holds none of them.
fn slug(text: &str) -> String {
    let mut key = String::new();
    // Folding makes at most two characters of one, so this bounds the work on a text of any length.
    for c in text.chars().take(4 * KEY_MAX).flat_map(char::to_lowercase) {
        match c {
            'a'..='z' | '0'..='9' | '_' => key.push(c),
            _ => match folded(c) {
                Some(plain) => key.push_str(plain),
                None if c == '\'' || key.is_empty() || key.ends_with('-') => {}
                None => key.push('-'),
            },
        }
    }
    let kept = key.get(..KEY_MAX).unwrap_or(&key);
    kept.trim_matches('-').to_owned()
}

/// A Latin letter without its marks.
fn folded(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'ı' | '\u{307}' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ť' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_make_keys() {
        let cases = [
            ("Web EU / Primary", "web-eu-primary"),
            ("ana.alvarez", "ana-alvarez"),
            ("Jürgen Groß", "jurgen-gross"),
            ("O'Neil", "oneil"),
            ("--[x]--", "x"),
            ("on_call", "on_call"),
            ("日本", ""),
        ];
        for (text, key) in cases {
            assert_eq!(slug(text), key, "{text}");
        }
        assert_eq!(slug(&"a".repeat(1 << 20)).len(), KEY_MAX);
    }

    #[test]
    fn no_two_things_have_one_key() {
        let mut names = Names::default();
        let keys: Vec<String> =
            ["Web", "web", "WEB!", "日本", "中国"].map(|name| names.allot([name], "schedule")).into();
        assert_eq!(keys, ["web", "web-2", "web-3", "schedule", "schedule-2"]);
        let long = "a".repeat(70);
        let keys = [names.allot([long.as_str()], "x"), names.allot([long.as_str()], "x")];
        assert_eq!(keys.map(|key| key.len()), [64, 64]);
        // A number that somebody else already bears is passed over.
        assert_eq!([names.allot(["b-2"], "x"), names.allot(["b"], "x"), names.allot(["b"], "x")], ["b-2", "b", "b-3"]);
        assert_eq!(names.allot(["日本", "Ana"], "x"), "ana");
    }

    #[test]
    fn the_first_thing_keeps_its_id() {
        let mut names = Names::default();
        names.note(["P1".to_owned()], &Named::Carried("web".to_owned()));
        names.note(["P1", "P2", ""].map(str::to_owned), &Named::Left("schedule x".to_owned()));
        assert_eq!(names.carried("P1"), Some("web"));
        assert_eq!((names.carried("P2"), names.find("P3"), names.find("")), (None, None, None));
    }
}
