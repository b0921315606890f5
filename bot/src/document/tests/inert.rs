use pulldown_cmark::{Event, Parser, Tag};

use super::super::read::options;
use super::*;

#[test]
fn ordinary_markdown_stays_byte_for_byte() {
    for text in [
        "",
        "One line.",
        "A paragraph\nof lines.  \nAnd\\\na break.\n\n",
        "### Heading\n\n#### Deeper\n\n###### Deepest ##\n",
        "- a\n  - b\n\n    c\n- [ ] d\n- [x] e\n",
        "1. a\n2. b\n\n10) c\n",
        "> quoted\n> > twice\n",
        "***\n\n- - -\n\n___\n",
        "| a | b |\n| :- | -: |\n| `x\\|y` | **z** |\n",
        "```sql\nSELECT 1; -- # <b> [a]: b\n```\n",
        "~~~~\n```\n# not a heading\n~~~\n~~~~\n",
        "    # indented <script>\n",
        "`<b>` ``a ` b`` *e* _e_ **s** __s__ ~~d~~",
        "[a](https://a.example \"t\") <https://b.example> <c@d.example>",
        "[a](docs/a.md) [b](#b) ![c](img/c.png) [x] [y][z]",
        "a < b > c && d &lt; e &amp; f \\<b>",
        "5 > 4\n\nx <- y\n\n<3\n",
        "{{card.title}} {{{x}}} $x$ @ana #12",
        "a --- b\n\n=== c\n",
        "- ```\n  open in an item\n",
        "> ~~~\n> open in a quote\n",
        "[12:03] restarted: [ok]: fine? see [1]: no",
        "שלום 👩\u{200d}🚒 é",
        "a\t|\tb\n",
        "\\# a\n\\- b\n",
        "```picture causes\n```\n",
        "    code\n\n    more\n\ttab\n",
        "*\n\n+\n",
        "#hash #tag\n\n####### seven\n",
    ] {
        assert_eq!(sanitise_section(text), text);
    }
}

#[test]
fn what_reaches_beyond_is_made_harmless() {
    for (text, expected) in [
        ("# a\n## b ##\n### c\n#\n", "### a\n### b ##\n### c\n###\n"),
        ("> - # a\n", "> - ### a\n"),
        ("a\n===\nb\n---\n", "### a\n### b\n"),
        ("a  \nb #\n===\nc", "### a   b \\#\nc"),
        ("> a\n> ---\n", "> ### a\n"),
        ("- a\n  b\n  ---\n", "- a\n  b\n  \\---\n"),
        ("<b>x</b>\n===\n", "### \\<b>x\\</b>\n"),
        ("---\ntitle: x\n---\n", "---\n### title: x\n"),
        ("```\na", "```\na\n```"),
        ("```\na\n\n\n", "```\na\n\n\n```"),
        ("a\n~~~~ x\n```\n~~~\n", "a\n~~~~ x\n```\n~~~\n~~~~"),
        ("  ```\n  a\n", "  ```\n  a\n```"),
        ("<div>\n# a\n</div>\n", "\\<div>\n### a\n\\</div>\n"),
        ("a <b class=\"<i>\">c</b> <br/>", "a \\<b class=\"\\<i>\">c\\</b> \\<br/>"),
        ("\\\\<b>", "\\\\\\<b>"),
        ("<script>\n\nx", "\\<script>\n\nx"),
        ("<!-- open\n\nx", "\\<!-- open\n\nx"),
        ("<?x\n\n<![CDATA[ y\n\n<!A z\n", "\\<?x\n\n\\<![CDATA[ y\n\n\\<!A z\n"),
        ("<!-- firebell:section impact -->\nx", "<\\!-- firebell:section impact -->\nx"),
        ("`<!--Firebell:x`\n\n    <!--\tFIREBELL:\n", "`<\\!--Firebell:x`\n\n    <\\!--\tFIREBELL:\n"),
        ("[a]: https://e.example\n[A]: x\n\n[a] [b]: y\n", "\\[a]: https://e.example\n\\[A]: x\n\n[a] [b]: y\n"),
        ("> [12:03]: restarted\n", "> \\[12:03]: restarted\n"),
        (
            "[a](javascript:x) ![b](DATA:x) <tel:1> [c](&#106;avascript:x)",
            "\\[a](javascript:x) !\\[b](DATA:x) \\<tel:1> \\[c](&#106;avascript:x)",
        ),
        ("a\r\nb\rc\0\u{202e}", "a\nb\nc␀⟨U+202E⟩"),
    ] {
        assert_eq!(sanitise_section(text), expected, "for {text:?}");
        assert_eq!(sanitise_section(expected), expected, "again, for {text:?}");
    }
}

#[test]
fn the_lowest_level_is_the_callers() {
    for (level, expected) in [
        (0, "# a\n\n## b\n"),
        (1, "# a\n\n## b\n"),
        (2, "## a\n\n## b\n"),
        (4, "#### a\n\n#### b\n"),
        (9, "###### a\n\n###### b\n"),
    ] {
        assert_eq!(sanitise_from("# a\n\nb\n---\n".replace("b\n---", "## b").as_str(), level), expected, "for {level}");
    }
}

/// Whether a heading `B` behind the text is found where it stands, at the top.
fn is_contained(text: &str) -> bool {
    let blocks = document(&["## A\n\n", text, "\n\n## B\n"].concat()).blocks;
    let b = |block: &Block| matches!(block, Block::Heading { level: 2, text, .. } if *text == [Inline::Text("B".to_owned())]);
    let a = |block: &Block| matches!(block, Block::Heading { level: 2, id, .. } if id == "a");
    let sections = blocks.iter().filter(|block| matches!(block, Block::Heading { level: 2, .. })).count();
    blocks.first().is_some_and(a) && blocks.last().is_some_and(b) && sections == 2
}

/// What is found in a text that must not be in a section.
fn harm(text: &str) -> Option<String> {
    let mut events = Parser::new_ext(text, options());
    let found = events.by_ref().find(|event| {
        matches!(event, Event::Html(_) | Event::InlineHtml(_))
            || matches!(event, Event::Start(Tag::Heading { level, .. }) if (*level as u8) < 3)
            || matches!(event, Event::Start(Tag::Link { dest_url, .. }) if dest_url.to_lowercase().trim_start().starts_with("javascript:"))
    });
    let defined = events.reference_definitions().iter().next().map(|(label, _)| format!("defines {label}"));
    let marked = text.contains("<!-- firebell:").then(|| "a marker".to_owned());
    found.map(|event| format!("{event:?}")).or(defined).or(marked)
}

#[test]
fn much_of_anything_is_contained() {
    for sign in [
        "a",
        "# a\n",
        "a\n=\n",
        "<div>\n",
        "<!--",
        "```\n",
        "[a]: b\n",
        "> ",
        "- ",
        "<b>",
        "*a ",
        "[x](data:y)",
        "`",
        "\u{202e}",
    ] {
        let once = sanitise_section(&sign.repeat((1 << 17) / sign.len()));
        assert!(is_contained(&once), "for {sign:?}");
        assert_eq!(harm(&once), None, "for {sign:?}");
        assert!(sanitise_section(&once) == once, "for {sign:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn doing_it_again_changes_nothing(text in text(), level in 1_u8..=6) {
        let once = sanitise_from(&text, level);
        prop_assert_eq!(&sanitise_from(&once, level), &once);
    }

    #[test]
    fn no_section_reaches_beyond_its_end(text in text()) {
        let once = sanitise_section(&text);
        prop_assert!(is_contained(&once), "{:?}", once);
        prop_assert_eq!(harm(&once), None, "{:?}", once);
    }

    #[test]
    fn words_are_kept(words in "[a-z]{1,8}( [a-z]{1,8}){0,6}", before in text(), after in text()) {
        let once = sanitise_section(&[&before, "\n\n", &words, "\n\n", &after].concat());
        prop_assert!(once.contains(&words), "{:?}", once);
    }

    #[test]
    fn lists_tables_code_links_and_emphasis_stay(parts in prop::collection::vec(ordinary(), 0..12)) {
        let text = parts.join("\n\n");
        prop_assert_eq!(&sanitise_section(&text), &text);
    }
}

/// One block as people write them.
fn ordinary() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "the",
        "*primary*",
        "**was**",
        "`rm -rf <dir>`",
        "[down](https://a.example/x_y)",
        "~~not~~",
        "for 5",
        "minutes;",
        "<https://b.example>",
        "x < y",
        "&amp;",
        "a_b",
        "#7",
        "50%",
        "é",
        "שלום",
    ]);
    let line = prop::collection::vec(word, 1..8).prop_map(|words| words.join(" "));
    let lines = prop::collection::vec(line.clone(), 1..5);
    (0..8, line, lines).prop_map(|(kind, line, lines)| match kind {
        0 => lines.join("\n"),
        1 => lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"),
        2 => lines
            .iter()
            .enumerate()
            .map(|(index, line)| format!("{}. {line}\n   - [x] {line}", index + 1))
            .collect::<Vec<_>>()
            .join("\n"),
        3 => format!(
            "| a | b |\n| --- | --- |\n{}",
            lines.iter().map(|line| format!("| {line} | x |")).collect::<Vec<_>>().join("\n")
        ),
        4 => format!("```sh\n# {line}\n<b> [a]: b\n```"),
        5 => format!("### {line}"),
        6 => lines.iter().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n"),
        _ => format!("    {line}"),
    })
}
