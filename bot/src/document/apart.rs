//! Words that stand apart from the Markdown that they belong to, so that they are text whatever they say.

use std::borrow::Cow;

/// What begins and what ends a place of words. Neither is a letter, nor left standing in any text that people write.
const PLACE: (char, char) = ('\u{fdd0}', '\u{fdd1}');

/// Words of people, each with a place in a text that is read together with them.
#[derive(Debug, Default)]
pub(crate) struct Apart {
    words: Vec<String>,
    /// Bytes of all of them.
    size: usize,
}

impl Apart {
    /// The place of these words in the text; `None` where all would be more than so many bytes.
    pub(crate) fn put(&mut self, words: String, most: usize) -> Option<String> {
        self.size += words.len();
        if self.size > most {
            return None;
        }
        let (open, close) = PLACE;
        let place = format!("{open}{}{close}", self.words.len());
        self.words.push(words);
        Some(place)
    }

    /// The text with the words in their places.
    pub(crate) fn resolved<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.words.is_empty() {
            return Cow::Borrowed(text);
        }
        let (open, close) = PLACE;
        let mut rest = text;
        let mut out = String::new();
        while let Some((before, behind)) = rest.split_once(open) {
            let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
            let found = behind.split_at_checked(digits).and_then(|(at, after)| {
                let words = self.words.get(at.parse::<usize>().ok()?)?;
                Some((words, after.strip_prefix(close)?))
            });
            out.push_str(before);
            match found {
                Some((words, after)) => {
                    out.push_str(words);
                    rest = after;
                }
                None => {
                    out.push(open);
                    rest = behind;
                }
            }
        }
        if rest.len() == text.len() {
            return Cow::Borrowed(text);
        }
        out.push_str(rest);
        Cow::Owned(out)
    }
}

/// The text with no place in it that is not ours.
pub(crate) fn without_places(text: &str) -> Cow<'_, str> {
    let (open, close) = PLACE;
    if text.contains([open, close]) { Cow::Owned(text.replace([open, close], "\u{fffd}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_where_they_belong() {
        let mut apart = Apart::default();
        let [first, second] = ["*a* | <b>", "\u{fdd0}0\u{fdd1}"].map(|words| apart.put(words.to_owned(), 100).unwrap());
        let text = format!("x {first}{second} y {first}");
        assert_eq!(apart.resolved(&text), "x *a* | <b>\u{fdd0}0\u{fdd1} y *a* | <b>");
        for text in [
            "",
            "plain",
            "\u{fdd0}",
            "\u{fdd0}7\u{fdd1}",
            "\u{fdd0}-1\u{fdd1} \u{fdd1}",
            "\u{fdd0}x\u{fdd1}",
            "\u{fdd0}0x\u{fdd1}",
        ] {
            assert_eq!(apart.resolved(text), text);
        }
        assert_eq!(apart.put("x".repeat(100), 100), None);
        assert_eq!(apart.resolved(&without_places(&first)), "\u{fffd}0\u{fffd}");
    }
}
