use super::*;

/// Every tag that a page may have, with the attributes that it may have.
const TAGS: [(&str, &[&str]); 40] = [
    ("html", &["lang", "dir"]),
    ("head", &[]),
    ("meta", &["charset", "name", "content", "http-equiv"]),
    ("title", &[]),
    ("style", &[]),
    ("body", &[]),
    ("header", &[]),
    ("nav", &["aria-label"]),
    ("main", &["id", "tabindex"]),
    ("a", &["href", "class"]),
    ("h1", &[]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("p", &[]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &["class"]),
    ("span", &["role", "aria-label"]),
    ("blockquote", &[]),
    ("hr", &[]),
    ("br", &[]),
    ("pre", &[]),
    ("code", &["class"]),
    ("div", &["class", "role", "tabindex", "aria-label"]),
    ("table", &["class"]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["scope", "class"]),
    ("td", &["class"]),
    ("em", &[]),
    ("strong", &[]),
    ("s", &[]),
    ("figure", &[]),
    ("figcaption", &[]),
    ("details", &[]),
    ("summary", &[]),
];

/// Reads a page more strictly than a browser does: every `<` begins a known tag with known attributes in double quotes, every
/// tag is closed where it must be, every `&` is one of five entities, and links go where they may.
fn strict(html: &str) -> Result<(), String> {
    let body = html.strip_prefix("<!DOCTYPE html>\n").ok_or("no doctype")?;
    let (before, rest) = body.split_once("<style>").ok_or("no style")?;
    let (_, after) = rest.split_once("</style>").ok_or("no end of the style")?;
    // Pictures are written by others.
    let mut after = after.to_owned();
    while let Some((picture, end)) = after.find("<svg ").zip(after.find("</svg>")) {
        after.replace_range(picture..end + 6, "");
    }
    let mut open: Vec<&str> = Vec::new();
    let (mut before, mut after) = (before.split('<'), after.split('<'));
    for pieces in [&mut before, &mut after] {
        words(pieces.next().unwrap_or_default())?;
        for piece in pieces {
            let (tag, text) = piece.split_once('>').ok_or_else(|| format!("a tag without an end: {piece}"))?;
            words(text)?;
            if let Some(name) = tag.strip_prefix('/') {
                let last = open.pop();
                if last != Some(name) {
                    return Err(format!("</{name}> closes {last:?}"));
                }
            } else if let Some(name) = begun(tag)? {
                open.push(name);
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

/// The name of a tag that has an end.
fn begun(tag: &str) -> Result<Option<&str>, String> {
    let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let known = TAGS.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("a tag <{tag}>"))?;
    while !rest.is_empty() {
        let (attribute, value) = rest.split_once("=\"").ok_or_else(|| format!("an attribute: {rest}"))?;
        let (value, after) = value.split_once('"').ok_or_else(|| format!("a value: {rest}"))?;
        if !known.1.contains(&attribute) {
            return Err(format!("an attribute {attribute} of {name}"));
        }
        words(value)?;
        let goes = ["http://", "https://", "mailto:", "#"].iter().any(|start| value.starts_with(start));
        if attribute == "href" && (!goes || value.contains(char::is_control)) {
            return Err(format!("a link to {value:?}"));
        }
        rest = after.trim_start();
    }
    Ok((!is_closed && !matches!(name, "meta" | "br" | "hr")).then_some(name))
}

fn words(text: &str) -> Result<(), String> {
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
    if let Some(rest) = text.split('&').skip(1).find(|rest| !known.iter().any(|name| rest.starts_with(name))) {
        return Err(format!("an entity: &{rest}"));
    }
    let hidden = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
    };
    if text.contains('>') || text.contains(hidden) {
        return Err(format!("a letter that is not written so: {text:?}"));
    }
    Ok(())
}

#[test]
fn the_reader_of_pages_is_strict() {
    let page = |body: &str| format!("<!DOCTYPE html>\n<style></style><body>{body}</body>");
    assert_eq!(strict(&page("<p>a &amp; <a href=\"#a\">b</a><br></p>")), Ok(()));
    for body in [
        "<p>",
        "</p>",
        "<b></b>",
        "<p onclick=\"x\"></p>",
        "<p",
        "&x;",
        "a>b",
        "<a href=\"javascript:x\"></a>",
        "<a href='#'></a>",
        "\u{202e}",
        "<p></div>",
    ] {
        assert!(strict(&page(body)).is_err(), "for {body:?}");
    }
}

#[test]
fn hostile_texts_are_words_wherever_they_stand() {
    let texts = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "'><svg onload=x>",
        "</style><script>",
        "</title><b>",
        "--><b>",
        "]]><b>",
        "<b",
        "&lt;b&gt;",
        "&#60;b&#62;",
        "&amp;lt;b",
        "<!--<b>-->",
        "<!doctype x>",
        "<?x?>",
        "\u{202e}\u{2066}\0\u{1b}",
        "{{{x}}}",
        "<style>*{}</style>",
        "<a href=\"javascript:x\">",
        "<iframe/src=x>",
        "<%00b>",
        "\\<b>",
        "<math><mi//xlink:href=\"x\">",
        "<base href=x>",
        "<meta http-equiv=refresh>",
    ];
    for text in texts {
        for page in [
            format!("---\ntitle: {text}\nlang: {text}\n---\n\nx"),
            format!("# {text}\n\n## {text}\n"),
            text.to_owned(),
            format!("x {text} y"),
            format!("- {text}\n- [x] {text}\n"),
            format!("> {text}\n"),
            format!("| {text} | {text} |\n| - | - |\n| {text} | *{text}* |\n"),
            format!("```{text}\n{text}\n```\n"),
            format!("`{text}`"),
            format!("[{text}](https://a.example/{text})"),
            format!("![{text}](<https://a.example/{text}>)"),
            format!("[a](<{text}> \"{text}\")"),
            format!("[{text}]: https://a.example\n\n[{text}]"),
            format!("<https://a.example/{text}>"),
            format!("```picture {text}\n```"),
            format!("## {text}\n\n").repeat(6),
            format!("<div>\n{text}\n"),
            format!("<!-- {text}\n"),
        ] {
            let html = html(&document(&page));
            assert_eq!(strict(&html), Ok(()), "for {page:?}:\n{html}");
            assert!(!html.contains("<script") && !html.contains("<img"), "for {page:?}");
        }
    }
}

#[test]
fn much_of_anything_is_read() {
    for sign in [
        "a",
        "*",
        "[",
        "<",
        "`",
        "> ",
        "- a\n",
        "|",
        "\n",
        "&",
        "\\",
        "\u{202e}",
        "# a\n",
        "<!-- ",
        "[a]: b\n",
        "a|b\n-|-\n",
        "**a ",
        "[x](y ",
    ] {
        let html = html(&document(&sign.repeat((1 << 17) / sign.len())));
        assert_eq!(strict(&html), Ok(()), "for {sign:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_writes_a_tag(text in text()) {
        let html = html(&document(&text));
        prop_assert_eq!(strict(&html), Ok(()), "{}", html);
    }

    #[test]
    fn what_is_read_twice_is_the_same(text in text()) {
        prop_assert_eq!(document(&text), document(&text));
    }

    #[test]
    fn names_are_unique_and_links_within_lead_to_them(text in text()) {
        let html = html(&document(&[&text, "\n\n## a\n\n[a](#a)\n"].concat()));
        let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        prop_assert_eq!(ids.len(), unique.len());
        for link in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            prop_assert!(unique.contains(link), "{} leads nowhere", link);
        }
    }
}
