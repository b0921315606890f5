//! What a document says of itself in the lines between `---` at its top.

use super::{Apart, letters};

/// What is read of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Front {
    pub(super) title: Option<String>,
    /// A tag of BCP 47.
    pub(super) language: Option<String>,
}

/// The front matter, and what follows it.
pub(super) fn split<'t>(markdown: &'t str, apart: &Apart) -> (Front, &'t str) {
    let text = markdown.strip_prefix('\u{feff}').unwrap_or(markdown);
    let Some((lines, body)) = parts(text) else { return (Front::default(), text) };
    let lines = apart.resolved(lines);
    let value = |name: &str| {
        let of_name = |line: &str| line.strip_prefix(name)?.strip_prefix(':').map(scalar);
        lines.lines().find_map(of_name).filter(|value| !value.is_empty())
    };
    let language = value("language").or_else(|| value("lang")).filter(|tag| is_tag(tag));
    (Front { title: value("title"), language }, body)
}

fn parts(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return rest.get(..end).zip(rest.get(end + line.len()..));
        }
        end += line.len();
    }
    None
}

/// A value of one line: `"with \"escapes\""`, `'with ''quotes'''` or plain.
fn scalar(text: &str) -> String {
    let text = text.trim();
    let within = |quote| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let value = match (within('"'), within('\'')) {
        (Some(inner), _) => unescaped(inner),
        (_, Some(inner)) => inner.replace("''", "'"),
        _ if matches!(text, "null" | "~") => String::new(),
        _ => text.to_owned(),
    };
    letters::words(value.trim())
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match rest.next() {
            Some('n' | 'r' | 't') => out.push(' '),
            Some('u') => out.push(numbered(&mut rest).unwrap_or('\u{fffd}')),
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// The letter of four digits, or of twice four, as JSON writes them.
fn numbered(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let mut unit = || (0..4).try_fold(0, |sum, _| Some(sum * 16 + rest.next()?.to_digit(16)?));
    let first = unit()?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    let mut ahead = rest.clone();
    if (ahead.next(), ahead.next()) != (Some('\\'), Some('u')) {
        return None;
    }
    *rest = ahead;
    let second = (0..4).try_fold(0, |sum, _| Some(sum * 16 + rest.next()?.to_digit(16)?))?;
    char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + second.checked_sub(0xdc00)?)
}

fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let fits = |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    matches!(first.len(), 2..=8) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_left_out_and_gives_title_and_language() {
        for (text, title, language, body) in [
            ("---\ntitle: \"a \\\"b\\\" \\u00e9 \\ud83d\\udd25\\n\"\n---\n\nx", Some("a \"b\" é 🔥"), None, "\nx"),
            ("\u{feff}--- \r\ntitle: a: b\r\nlang: pt-BR\r\n---\r\nx", Some("a: b"), Some("pt-BR"), "x"),
            ("---\ntitle: 'it''s'\nlanguage: \"><b\"\n---", Some("it's"), None, ""),
            ("---\ntitle: null\n  title: \"x\"\n---\n", None, None, ""),
            ("---\ntitle: \"\\u202eevil\\ud800x\\u00\"\n---\n", Some("⟨U+202E⟩evil\u{fffd}x\u{fffd}"), None, ""),
            ("---\ntitle: a\n", None, None, "---\ntitle: a\n"),
            ("\n---\ntitle: a\n---\n", None, None, "\n---\ntitle: a\n---\n"),
            ("----\ntitle: a\n---\n", None, None, "----\ntitle: a\n---\n"),
            ("---", None, None, "---"),
        ] {
            let front = Front { title: title.map(str::to_owned), language: language.map(str::to_owned) };
            assert_eq!(split(text, &Apart::default()), (front, body), "for {text:?}");
        }
    }
}
