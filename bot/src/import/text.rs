//! Texts of an export, made fit for a name, a report or a comment.

/// Longest name that Firebell keeps, in characters.
const NAME_MAX: usize = 200;
/// Longest piece of foreign text in a report, in characters.
const SHOWN_MAX: usize = 60;

/// A name on one line, with control and direction characters gone; `None` if nothing is left. The flag says that it was
/// cut short.
pub(super) fn name(text: &str) -> Option<(String, bool)> {
    let (name, cut) = line(text, NAME_MAX);
    (!name.is_empty()).then_some((name, cut))
}

/// A foreign text to show among our own words.
pub(super) fn shown(text: &str) -> String {
    let (mut line, cut) = line(text, SHOWN_MAX);
    if cut {
        line.push('…');
    }
    line
}

/// A foreign text to show, in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text).replace('"', "'"))
}

/// Joins what lies between white space with single spaces, up to `max` characters.
fn line(text: &str, max: usize) -> (String, bool) {
    let mut kept = String::new();
    let (mut count, mut space) = (0, false);
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            space = count > 0;
            continue;
        }
        if is_invisible(c) {
            continue;
        }
        let more = if space { 2 } else { 1 };
        if count + more > max {
            return (kept, true);
        }
        if space {
            kept.push(' ');
            space = false;
        }
        kept.push(c);
        count += more;
    }
    (kept, false)
}

/// Characters that turn the direction of a text or hide in it, so that it would read as something else.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Several things in one sentence: "a, b and c".
pub(super) fn listed<S: AsRef<str>>(things: &[S]) -> String {
    match things {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// A number with its noun: "1 layer", "2 layers".
pub(super) fn counted(n: usize, noun: &str) -> String {
    match noun.strip_suffix("ry") {
        _ if n == 1 => format!("1 {noun}"),
        Some(stem) => format!("{n} {stem}ries"),
        None => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lie_on_one_line_and_have_an_end() {
        let cases = [
            ("  Ana \r\n Alvarez\u{0}", Some(("Ana Alvarez".to_owned(), false))),
            ("\u{202e}live\u{1b}[31m", Some(("live [31m".to_owned(), false))),
            (" \n\t", None),
            ("", None),
        ];
        for (text, want) in cases {
            assert_eq!(name(text), want, "{text:?}");
        }
        let (long, cut) = name(&"é ".repeat(1 << 19)).unwrap();
        assert!(cut && long.chars().count() <= NAME_MAX);
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
        assert_eq!(quoted("a \"b\"\n[[people]]"), "\"a 'b' [[people]]\"");
    }

    #[test]
    fn lists_and_counts_read_as_english() {
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(counted(1, "layer"), "1 layer");
        assert_eq!(counted(0, "layer"), "0 layers");
        assert_eq!(counted(2, "entry"), "2 entries");
    }
}
