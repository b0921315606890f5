use super::*;

/// What stands after the style.
fn body(markdown: &str) -> String {
    let html = html(&document(markdown));
    html.split_once("<body>\n").unwrap().1.to_owned()
}

/// What stands in the main part.
fn main(markdown: &str) -> String {
    let body = body(markdown);
    body.split_once("<main>\n").unwrap().1.strip_suffix("</main>\n</body>\n</html>\n").unwrap().to_owned()
}

#[test]
fn a_small_document_is_written_whole() {
    let text = "---\ntitle: \"A & B\"\n---\n\n## Summary\n\nIt *was* **down**, see <https://a.example/?a&b>.\n";
    let html = html(&document(text));
    let (before, rest) = html.split_once("<style>\n").unwrap();
    let (_, after) = rest.split_once("</style>\n").unwrap();
    let expected = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
        form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
        <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
        <title>A &amp; B</title>\n";
    assert_eq!(before, expected);
    let expected = "</head>\n<body>\n<header>\n<h1>A &amp; B</h1>\n</header>\n<main>\n<h2 id=\"summary\">Summary</h2>\n\
        <p>It <em>was</em> <strong>down</strong>, see <a href=\"https://a.example/?a&amp;b\">https://a.example/?a&amp;b</a>.</p>\n\
        </main>\n</body>\n</html>\n";
    assert_eq!(after, expected);
}

#[test]
fn every_block_is_written() {
    for (markdown, expected) in [
        ("a  \nb ~~c~~ `<d>`", "<p>a<br>\nb <s>c</s> <code>&lt;d&gt;</code></p>\n"),
        ("- a\n- b\n  - c\n", "<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul></li>\n</ul>\n"),
        ("3. a\n\n   b\n4. c\n", "<ol start=\"3\">\n<li><p>a</p>\n<p>b</p></li>\n<li><p>c</p></li>\n</ol>\n"),
        (
            "1. a\n2. - [x] b\n   - [ ] c",
            "<ol>\n<li>a</li>\n<li><ul>\n<li class=\"task\"><span role=\"img\" aria-label=\"done\">☑</span> b</li>\n\
             <li class=\"task\"><span role=\"img\" aria-label=\"to do\">☐</span> c</li>\n</ul></li>\n</ol>\n",
        ),
        ("> a\n\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>\n"),
        ("```c\"x\n<a>\n```", "<pre><code class=\"language-c&quot;x\">&lt;a&gt;\n</code></pre>\n"),
        ("    a", "<pre><code>a\n</code></pre>\n"),
        (
            "[a](https://a.example) [b](mailto:b@c.example) <b@c.example>",
            "<p><a class=\"named\" href=\"https://a.example\">a</a> <a class=\"named\" href=\"mailto:b@c.example\">b</a> \
             <a href=\"mailto:b@c.example\">b@c.example</a></p>\n",
        ),
    ] {
        assert_eq!(main(markdown), expected, "for {markdown:?}");
    }
}

#[test]
fn tables_have_names_and_headings_and_keep_short_columns_on_one_line() {
    let long = "a text that is longer than a time";
    let table = format!("| When | | What |\n| - | -: | :-: |\n| 2026-11-21 15:00:00 | 1 | {long} |\n");
    let expected = format!(
        "<table class=\"t n1 n2\">\n<thead>\n<tr><th scope=\"col\">When</th><td class=\"end\"></td><th scope=\"col\" class=\"middle\">What</th></tr>\n\
         </thead>\n<tbody>\n<tr><td>2026-11-21 15:00:00</td><td class=\"end\">1</td><td class=\"middle\">{long}</td></tr>\n</tbody>\n</table>\n</div>\n"
    );
    let name = |name: &str| format!("<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"{name}\">\n");
    let html = main(&format!("{table}\n## A \"b\"\n\n{table}\n{table}"));
    let parts = ["Table: Untitled", "Table: A &quot;b&quot;", "Table 2: A &quot;b&quot;"]
        .map(|of| [name(of), expected.clone()].concat());
    assert_eq!(html, [&parts[0], "<h2 id=\"a-b\">A &quot;b&quot;</h2>\n", &parts[1], &parts[2]].concat());
}

#[test]
fn a_picture_is_told_in_words_as_well() {
    let html = main("```picture causes\n```\n\n```picture causes\n```\n");
    let begins = "<figure>\n<div class=\"card\" role=\"group\" tabindex=\"0\" aria-label=\"Picture: Causes &lt;of&gt; INC-1\"><svg ";
    assert!(html.starts_with(begins), "{html}");
    let ends = "</svg>\n</div>\n<figcaption>Causes &lt;of&gt; INC-1\n<details>\n<summary>The same in words</summary>\n<p>F1 led to F2.</p>\n\
        <p>F2 &amp; F3.</p>\n</details>\n</figcaption>\n</figure>\n";
    assert!(html.ends_with(ends), "{html}");
    assert!(html.contains("\"ppicture1-title") && html.contains("\"ppicture2-title"), "{html}");
}

#[test]
fn a_long_document_has_contents_and_a_way_past_them() {
    let html = body("# T\n\n## a <b>\n\n### z\n\n## b\n\n## c\n\n## d\n");
    let expected = "<a class=\"skip\" href=\"#main.text\">Skip to the text</a>\n<header>\n<h1>T</h1>\n</header>\n\
        <nav aria-label=\"Contents\">\n<ul>\n<li><a href=\"#a-b\">a &lt;b&gt;</a></li>\n<li><a href=\"#b\">b</a></li>\n\
        <li><a href=\"#c\">c</a></li>\n<li><a href=\"#d\">d</a></li>\n</ul>\n</nav>\n<main id=\"main.text\" tabindex=\"-1\">\n";
    assert!(html.starts_with(expected), "{html}");
    assert!(!body("## a\n\n## b\n\n## c\n").contains("<nav"));
}

#[test]
fn the_language_is_told_with_its_direction() {
    for (language, expected) in
        [("pt-BR", "<html lang=\"pt-BR\">"), ("he", "<html lang=\"he\" dir=\"rtl\">"), ("\"><", "<html lang=\"en\">")]
    {
        let html = html(&document(&format!("---\nlang: {language}\n---\nx")));
        assert!(html.contains(expected), "for {language:?}");
    }
}
