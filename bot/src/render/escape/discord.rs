//! What Discord obeys in a text, and how it shows links and times.
//!
//! Sources: <https://discord.com/developers/docs/reference#message-formatting> and
//! <https://support.discord.com/hc/en-us/articles/210298617>.

use std::borrow::Cow;
use std::fmt::Write as _;

use firebell_core::view::INSTANT;

use super::address;
use crate::text::push_visible;

/// How times are shown: day and time, in the reader's own zone and language.
const STYLE: char = 'f';

/// A text in which nothing is markup, less the times that a view put there, which each reader sees in their own zone. An
/// address becomes a link without a preview. Wherever a backslash stands before a mark, Discord shows the mark alone; what
/// would call somebody has a joiner behind its sign besides, because callers are looked for where backslashes are not.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') && !calls_all(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push('\n');
        }
        push_line(&mut out, line);
    }
    Cow::Owned(out)
}

/// A link under an inert label, without a preview; `None` for what is no web address that Discord would follow to the end.
pub(in crate::render) fn link(url: &str, label: Option<&str>) -> Option<String> {
    let ("", whole, "") = address(url)? else { return None };
    if whole.contains([')', '(']) && label.is_some() {
        return None;
    }
    let label = label.map(|label| label.split_whitespace().collect::<Vec<_>>().join(" "));
    Some(match label.filter(|label| !label.is_empty()) {
        // In square brackets, Discord takes a second address for an attempt to deceive and shows all of it as words.
        Some(label) if label.contains("://") => format!("{} <{whole}>", inert(&label)),
        Some(label) => format!("[{}](<{whole}>)", inert(&label)),
        None => format!("<{whole}>"),
    })
}

fn push_line(out: &mut String, line: &str) {
    let mut first = true;
    for word in line.split_inclusive(char::is_whitespace) {
        match address(word) {
            Some((before, url, after)) => {
                push_words(out, before, first);
                // Writing to a string cannot fail.
                let _ = write!(out, "<{url}>");
                push_words(out, after, false);
            }
            None => push_words(out, word, first),
        }
        first &= word.trim().is_empty();
    }
}

/// `first`: nothing but blanks stands before them on their line.
fn push_words(out: &mut String, words: &str, first: bool) {
    let (open, _) = INSTANT;
    let digits = words.bytes().take_while(u8::is_ascii_digit).count();
    if calls_all(words) {
        out.push('\u{2060}');
    }
    let mut letters = words.char_indices();
    while let Some((at, letter)) = letters.next() {
        let rest = words.get(at..).unwrap_or_default();
        match letter {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' => out.extend(['\\', letter]),
            '-' | '+' if first && at == 0 => out.extend(['\\', letter]),
            // The start of a numbered list.
            '.' | ')' if first && digits > 0 && at == digits => out.extend(['\\', letter]),
            ':' if rest.starts_with("://") || is_named(rest) => out.push_str("\\:"),
            '@' => out.push_str("@\u{2060}"),
            '\t' => out.push(' '),
            letter if letter == open => match instant(rest) {
                Some((seconds, length)) => {
                    let _ = write!(out, "<t:{seconds}:{STYLE}>");
                    // What is passed over is that instant, of which one letter is taken already.
                    letters.by_ref().take(length.saturating_sub(2)).for_each(drop);
                    letters.next();
                }
                None => push_visible(out, letter),
            },
            _ => push_visible(out, letter),
        }
    }
}

/// Whether a handle would call everybody behind the at sign that templates write.
fn calls_all(words: &str) -> bool {
    words.starts_with("everyone") || words.starts_with("here")
}

/// Whether the name of an emoji follows, which ends with the same sign.
fn is_named(rest: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '~');
    let name = rest.strip_prefix(':').unwrap_or_default();
    let length = name.find(|c| !fits(c)).unwrap_or(name.len());
    length > 0 && name.get(length..).is_some_and(|after| after.starts_with(':'))
}

/// The instant that a view put here, in seconds since 1970, and how many letters it has with its signs.
fn instant(text: &str) -> Option<(i64, usize)> {
    let (open, close) = INSTANT;
    let (seconds, _) = text.strip_prefix(open)?.split_once(close)?;
    Some((seconds.parse().ok()?, seconds.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_obeys_nothing() {
        for (text, expected) in [
            ("plain, words.", "plain, words."),
            (
                "<@1> <@&2> <#3> </x:4> <:e:5> <t:6:f>",
                "\\<@\u{2060}1\\> \\<@\u{2060}&2\\> \\<\\#3\\> \\</x:4\\> \\<\\:e:5\\> \\<t\\:6:f\\>",
            ),
            ("@everyone @here", "@\u{2060}everyone @\u{2060}here"),
            ("everyone", "\u{2060}everyone"),
            ("*a* __b__ ~~c~~ ||d|| `e`", "\\*a\\* \\_\\_b\\_\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`"),
            ("# a\n- b\n  - c\n> d\n-# e\n1. f\n+ g", "\\# a\n\\- b\n  \\- c\n\\> d\n\\-\\# e\n1\\. f\n\\+ g"),
            ("a-b 1. c", "a-b 1. c"),
            ("[x](https://a.example/)", "\\[x\\](<https://a.example/>)"),
            ("see (https://a.example/@x_y?a=1&b=2),\nok: 14:05", "see (<https://a.example/@x_y?a=1&b=2>),\nok: 14:05"),
            ("http:// ftp://x :fire: 14:05:06", "http\\:// ftp\\://x \\:fire: 14\\:05:06"),
            ("a\\*b", "a\\\\\\*b"),
            ("\u{202e}x\u{1b}\u{2}", "⟨U+202E⟩x␛␂"),
            ("due \u{2}1795269600\u{3}, \u{2}-1\u{3}x", "due <t:1795269600:f>, <t:-1:f>x"),
            ("\u{2}1:R>\u{3}", "␂1:R\\>␃"),
        ] {
            assert_eq!(inert(text), expected, "for {text:?}");
        }
    }

    #[test]
    fn a_link_leads_where_it_says() {
        for (url, label, expected) in [
            ("https://a.example/?x=1", None, Some("<https://a.example/?x=1>")),
            ("https://a.example/", Some("a [b]\n*c*"), Some("[a \\[b\\] \\*c\\*](<https://a.example/>)")),
            ("https://a.example/", Some("https://bank.example"), Some("<https://bank.example> <https://a.example/>")),
            ("https://a.example/x)y", Some("a"), None),
            ("https://a.example/>x", None, None),
            ("javascript:alert(1)", None, None),
        ] {
            assert_eq!(link(url, label).as_deref(), expected, "for {url:?}");
        }
    }
}
