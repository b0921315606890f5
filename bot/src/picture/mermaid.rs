//! Pictures as Mermaid text, which GitHub and GitLab draw.
//!
//! Both refuse more than 50,000 characters, and a long picture is of no use; what is left out is said. Their lengths here
//! are chosen so that the worst input stays below.

mod causes;
mod timeline;

use std::fmt::Write as _;

use super::words;

pub(crate) use self::causes::mermaid_causes;
pub(crate) use self::timeline::mermaid_timeline;

/// The text within a label, obeyed by nothing: of `longest` characters at most, and of `budget` as Mermaid reads it.
///
/// All but letters, digits and a few harmless signs become entity codes. What Markdown or a statement could begin with
/// begins with one, too: where `guarded`, even a letter.
fn label(text: &str, longest: usize, budget: usize, guarded: bool) -> String {
    let text = words::line(text, longest);
    let whole = coded(&text, guarded);
    if whole.len() <= budget {
        return whole;
    }
    // Few letters are left of a text that is nothing but signs.
    let mut fits = text.chars().count();
    loop {
        fits = fits.saturating_sub(1 + fits / 8);
        let cut = coded(&words::cut(&text, fits), guarded);
        if cut.len() <= budget || fits <= 1 {
            return cut;
        }
    }
}

fn coded(text: &str, guarded: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut first = true;
    while let Some(letter) = letters.next() {
        let is_harmless = match letter {
            // By these Mermaid marks its own codes.
            'ﬂ' | '°' | '¶' => false,
            _ if first => letter.is_alphabetic() && !guarded,
            ' ' | '\'' | '(' | ')' | ',' | '-' | '/' => true,
            // Not within an address, of which a link would be made.
            '.' => letters.peek().is_none_or(|next| *next == ' '),
            _ => letter.is_ascii_alphanumeric() || !letter.is_ascii(),
        };
        first = false;
        if is_harmless {
            out.push(letter);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "#{};", u32::from(letter));
            // Two dollars begin a formula and `fa:fa-x` an icon even where they are codes; divided by a joiner they do not.
            if letter == '$' || (letter == ':' && letters.peek() == Some(&'f')) {
                out.push('\u{2060}');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mermaid_obeys_nothing() {
        for (text, expected) in [
            ("plain, words (two). More", "plain, words (two). More"),
            ("a \"b\" [c] {d} <e>", "a #34;b#34; #91;c#93; #123;d#125; #60;e#62;"),
            ("#quot; & &lt; #35;", "#35;quot#59; #38; #38;lt#59; #35;35#59;"),
            ("a %% b; c | d", "a #37;#37; b#59; c #124; d"),
            (
                "`x` **y** _z_ ~s~ $$k$$",
                "#96;x#96; #42;#42;y#42;#42; #95;z#95; #126;s#126; #36;\u{2060}#36;\u{2060}k#36;\u{2060}#36;\u{2060}",
            ),
            ("a\nend\r\n  subgraph x", "a end subgraph x"),
            ("1. a", "#49;. a"),
            ("- a", "#45; a"),
            ("www.a.cz a@b.cz http://x", "www#46;a#46;cz a#64;b#46;cz http#58;//x"),
            ("fa:fa-bomb", "fa#58;\u{2060}fa-bomb"),
            ("aﬂ°°34¶ß", "a#64258;#176;#176;34#182;ß"),
            ("\u{202e}x\u{1b}\u{2028}", "#10216;U#43;202E⟩x␛"),
            ("", ""),
        ] {
            assert_eq!(label(text, 80, 400, false), expected, "for {text:?}");
        }
        assert_eq!(label("section a", 80, 400, true), "#115;ection a");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(label(&"ab ".repeat(1_000), 80, 400, false).chars().count(), 80);
        for text in ["\"".repeat(1_000_000), "\u{1f525}\"".repeat(500)] {
            let cut = label(&text, 80, 300, false);
            assert!(cut.len() <= 300 && cut.len() > 200 && cut.ends_with('…'), "{cut}");
        }
    }
}
