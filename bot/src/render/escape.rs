//! People's words, made inert where they are read. A further platform is one more arm of [`escape`].

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Target;
use crate::text::{is_hidden, push_visible};

mod discord;

pub(super) use self::discord::link as discord_link;

/// The text with everything inert that `target` would obey; borrowed where it would obey nothing, as most of what a long
/// record holds.
pub(super) fn escape(target: Target, text: &str) -> Cow<'_, str> {
    match target {
        Target::Console => console(text),
        Target::Markdown if is_plain(text) => Cow::Borrowed(text),
        Target::Markdown => Cow::Owned(markdown(text)),
        Target::Slack => slack(text),
        Target::Discord => discord::inert(text),
    }
}

/// A terminal obeys control characters; a later line is set in, so that none can pass for a line of Firebell's.
fn console(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text.trim_end());
    }
    let mut out = String::with_capacity(text.len());
    for letter in text.trim_end().chars() {
        match letter {
            '\n' => out.push_str("\n    "),
            '\t' => out.push(' '),
            _ => push_visible(&mut out, letter),
        }
    }
    Cow::Owned(out)
}

/// Slack obeys what stands between angle brackets (mentions, links) and, by its own rule, takes these three as entities
/// alone. Stars and underscores can only change how words look. What would be a mention where names are looked for
/// (`@here`) is none: a joiner follows the sign. An address becomes a link that shows where it leads, because Slack is told
/// to look for none itself.
///
/// Source: "Escaping text", <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
fn slack(text: &str) -> Cow<'_, str> {
    let text = text.trim_end();
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'<' | b'>' | b'@' | b':')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for word in text.split_inclusive(char::is_whitespace) {
        let found = address(word).and_then(|(before, url, after)| Some((before, slack_link(url, None)?, after)));
        match found {
            Some((before, link, after)) => {
                slack_words(&mut out, before);
                out.push_str(&link);
                slack_words(&mut out, after);
            }
            None => slack_words(&mut out, word),
        }
    }
    Cow::Owned(out)
}

fn slack_words(out: &mut String, words: &str) {
    for letter in words.chars() {
        match letter {
            '\n' => out.push('\n'),
            '\t' => out.push(' '),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("@\u{2060}"),
            _ => push_visible(out, letter),
        }
    }
}

/// A link as Slack reads one, under an inert label where there is one; `None` for what is no web address. The label is
/// one line, and a bar in it looks like one only, because Slack divides address and label by it.
///
/// Source: "Linking to URLs", <https://docs.slack.dev/messaging/formatting-message-text#linking-urls>.
pub(super) fn slack_link(url: &str, label: Option<&str>) -> Option<String> {
    let fits = |c: char| !c.is_whitespace() && !c.is_control() && !is_hidden(c);
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || !url.chars().all(fits) {
        return None;
    }
    let url = url.replace('&', "&amp;").replace('<', "%3C").replace('>', "%3E").replace('|', "%7C");
    let mut inert = String::new();
    slack_words(&mut inert, label.unwrap_or_default().trim_end());
    let label = inert.replace('\n', " ").replace('|', "¦");
    Some(if label.is_empty() { format!("<{url}>") } else { format!("<{url}|{label}>") })
}

/// A template that says the same everywhere, for Slack: what stands between its variables is words, not markup of
/// Slack's. A template's own lines stay where they are.
pub(super) fn slack_template(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((words, after)) = rest.split_once("{{") {
        push_words(&mut out, words);
        let (variable, behind) = after.split_once("}}").unwrap_or((after, ""));
        out.push_str("{{");
        out.push_str(variable);
        out.push_str(if behind.len() + variable.len() < after.len() { "}}" } else { "" });
        rest = behind;
    }
    push_words(&mut out, rest);
    Cow::Owned(out)
}

fn push_words(out: &mut String, words: &str) {
    for letter in words.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ => out.push(letter),
        }
    }
}

/// Whether a text is letters, digits and single marks between them that Markdown does not obey, as most names, numbers and
/// times are. Any other needs a closer look.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    // None decides alone, so that several are looked at in one step.
    let plain = bytes.iter().zip(bytes.iter().skip(1)).fold(true, |plain, (before, byte)| {
        let mark = matches!(byte, b'-' | b':' | b' ');
        plain & (byte.is_ascii_alphanumeric() | (mark & before.is_ascii_alphanumeric()))
    });
    plain && ends.iter().all(|byte| byte.is_some_and(u8::is_ascii_alphanumeric))
}

/// What [`escape`] makes of a text for Markdown, as whoever has read that sees it; `None` where that is nothing, or has a
/// link in it.
pub(super) fn words_of_markdown(text: &str) -> Option<String> {
    if text.contains(':') && text.split_whitespace().any(|word| address(word).is_some()) {
        return None;
    }
    // None decides alone, so that several are looked at in one step.
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    let shown = pairs.fold(true, |shown, (byte, after)| {
        shown & matches!(byte, b' '..=b'~') & matches!(after, b' '..=b'~') & !matches!((byte, after), (b' ', b' '))
    });
    if shown && [bytes.first(), bytes.last()].iter().all(|end| end.is_some_and(u8::is_ascii_graphic)) {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len() + 16);
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        word.chars().for_each(|letter| push_visible(&mut out, letter));
    }
    Some(out).filter(|words| !words.is_empty())
}

/// Markdown obeys punctuation. Blanks and newlines become one blank, so that a text stays in its cell or paragraph;
/// an address becomes a link that shows where it leads; nothing is a mention.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4 + 16);
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if is_plain(word) {
            out.push_str(word);
            continue;
        }
        match address(word) {
            Some((before, link, after)) => {
                markdown_word(&mut out, before, index == 0);
                // Writing to a string cannot fail.
                let _ = write!(out, "<{link}>");
                markdown_word(&mut out, after, false);
            }
            None => markdown_word(&mut out, word, index == 0),
        }
    }
    out
}

fn markdown_word(out: &mut String, word: &str, first: bool) {
    let digits = if first { word.bytes().take_while(u8::is_ascii_digit).count() } else { 0 };
    // Up to where the word is written: what Markdown leaves alone is copied in one piece.
    let mut done = 0;
    for (at, letter) in word.char_indices() {
        if letter.is_ascii_alphanumeric() {
            continue;
        }
        out.push_str(word.get(done..at).unwrap_or_default());
        done = at + letter.len_utf8();
        match letter {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '~' | '#' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '-' | '+' | '=' if first && at == 0 => {
                out.push('\\');
                out.push(letter);
            }
            // The start of a numbered list.
            '.' | ')' if digits > 0 && at == digits => {
                out.push('\\');
                out.push(letter);
            }
            // A bare address or host name would become a link by itself.
            ':' if word.get(at..).is_some_and(|rest| rest.starts_with("://")) => out.push_str("\\:"),
            '.' if is_www(word, at) => out.push_str("\\."),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // What follows cannot be a name any more, nor the whole an address of mail.
            '@' => out.push_str("@\u{2060}"),
            _ => push_visible(out, letter),
        }
    }
    out.push_str(word.get(done..).unwrap_or_default());
}

fn is_www(word: &str, at: usize) -> bool {
    let start = at.checked_sub(3).and_then(|start| word.get(start..at));
    start.is_some_and(|head| head.eq_ignore_ascii_case("www"))
}

/// The first web address in a word, with what stands before and after it.
fn address(word: &str) -> Option<(&str, &str, &str)> {
    // Most words hold none, and this is asked of every word of a long record.
    word.find(':')?;
    let start = word.find("https://").or_else(|| word.find("http://"))?;
    let (before, rest) = word.split_at_checked(start)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
    let (link, _) = rest.split_at_checked(end)?;
    let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', ']']);
    let host = link.split_once("://").map_or("", |(_, host)| host);
    let after = rest.get(link.len()..)?;
    (!host.is_empty()).then_some((before, link, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing() {
        for (text, expected) in [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{7}", "␛[31mred␇"),
            ("a\nINC-1 is resolved", "a\n    INC-1 is resolved"),
            ("a\rb\tc\u{7f}\u{9b}", "a␍b c␡\u{fffd}"),
            ("\u{202e}txt.exe", "⟨U+202E⟩txt.exe"),
            ("שלום 🔥 *x* <b>", "שלום 🔥 *x* <b>"),
        ] {
            assert_eq!(escape(Target::Console, text), expected, "for {text:?}");
        }
    }

    #[test]
    fn slack_obeys_nothing() {
        for (text, expected) in [
            ("plain, words.", "plain, words."),
            (
                "<!channel> <@U1> <#C1> <https://a|b>",
                "&lt;!channel&gt; &lt;@\u{2060}U1&gt; &lt;#C1&gt; &lt;<https://a>|b&gt;",
            ),
            ("@here &lt;!here&gt;", "@\u{2060}here &amp;lt;!here&amp;gt;"),
            ("a\n> b\t*c*", "a\n&gt; b *c*"),
            ("see (https://a.example/@x_y?a=1&b=2),\nok: 1:2", "see (<https://a.example/@x_y?a=1&amp;b=2>),\nok: 1:2"),
            ("https://a.example/|<!here>", "<https://a.example/>|&lt;!here&gt;"),
            ("http:// ftp://x javascript:x", "http:// ftp://x javascript:x"),
            ("\u{202e}x\u{1b}", "⟨U+202E⟩x␛"),
        ] {
            assert_eq!(escape(Target::Slack, text), expected, "for {text:?}");
        }
    }

    #[test]
    fn markdown_obeys_nothing() {
        for (text, expected) in [
            ("plain, words.", "plain, words."),
            ("a | b", "a \\| b"),
            ("a\n\n# b  ", "a \\# b"),
            ("<script>&amp;", "&lt;script&gt;&amp;amp;"),
            ("@everyone a@b.cz", "@\u{2060}everyone a@\u{2060}b.cz"),
            ("`x` *y* __z__ ~~s~~", "\\`x\\` \\*y\\* \\_\\_z\\_\\_ \\~\\~s\\~\\~"),
            ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
            ("- a - b", "\\- a - b"),
            ("1. a 2. b", "1\\. a 2. b"),
            ("=== ---", "\\=== ---"),
            ("see (https://a.example/x_y?a=1&b=2), ok", "see (<https://a.example/x_y?a=1&b=2>), ok"),
            ("http://| ftp://x www.a.cz", "http\\://\\| ftp\\://x www\\.a.cz"),
            ("https://a.example/<b>", "<https://a.example/>&lt;b&gt;"),
            ("\u{202e}x\u{1b}", "⟨U+202E⟩x␛"),
            ("$x$ c:\\d", "\\$x\\$ c:\\\\d"),
        ] {
            assert_eq!(escape(Target::Markdown, text), expected, "for {text:?}");
        }
    }

    #[test]
    fn what_looks_plain_is_what_markdown_would_leave_alone() {
        let mut texts = vec![String::new()];
        let mut begun = 0;
        for _ in 0..5 {
            let longest = begun..texts.len();
            begun = texts.len();
            for at in longest {
                texts.extend("a1-: ./*".chars().map(|letter| format!("{}{letter}", texts[at])).collect::<Vec<_>>());
            }
        }
        let plain: Vec<&String> = texts.iter().filter(|text| is_plain(text)).collect();
        assert!(plain.iter().any(|text| *text == "1:a-1"));
        for text in plain {
            let mut words = Vec::new();
            for (index, word) in text.split_whitespace().enumerate() {
                assert_eq!(address(word), None);
                let mut out = String::new();
                markdown_word(&mut out, word, index == 0);
                words.push(out);
            }
            assert_eq!(&words.join(" "), text);
        }
    }
}
