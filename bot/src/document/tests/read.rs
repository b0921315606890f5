use super::outline::outline;
use super::*;

fn check(table: &[(&str, &str)]) {
    for (markdown, expected) in table {
        assert_eq!(&outline(&document(markdown).blocks), expected, "for {markdown:?}");
    }
}

#[test]
fn every_block_is_read() {
    check(&[
        ("", ""),
        ("a\nb  \nc\\\nd", "p(a b<br>c<br>d)"),
        ("## a *b* `c`\n\nx\n===\n", "h2#a-b-c(a <i b> <code c>)"),
        ("- a\n- b\n\n  c\n", "ul(li(p(a)) li(p(b) p(c)))"),
        ("7. a\n   - [x] **b**\n   - [ ] c\n   - d\n", "ol7(li(p(a) ul(li[x](p(<b b>)) li[ ](p(c)) li(p(d)))))"),
        ("- [ ] a\n\n- b\n", "ul(li[ ](p(a)) li(p(b)))"),
        ("> a\n>\n> > b\n\n***\n", "quote(p(a) quote(p(b))) rule"),
        (
            "| a | b | c |\n| - | :-: | -: |\n| 1 \\| 2 | `x\\|y` |\n",
            "table[Start, Middle, End](a|b|c / 1 | 2|<code x|y>|)",
        ),
        ("```sql x\na\r\n\tb\n```\n", "code:sql(\"a\\n\\tb\")"),
        ("    a\n\n    b\n", "code:(\"a\\n\\nb\")"),
        ("~~a~~ ~b~ _c **d**_", "p(<s a> <s b> <i c <b d>>)"),
        ("```\nnever closed", "code:(\"never closed\")"),
    ]);
}

#[test]
fn pictures_are_known_by_their_names() {
    check(&[
        ("```picture causes\nx\n```\n", "picture(Causes <of> INC-1)"),
        ("> ~~~ picture  causes more\n> ~~~\n", "quote(picture(Causes <of> INC-1))"),
        ("```picture none\nx\n```\n", "code:picture(\"x\")"),
        ("```picture\n```\n", "code:picture(\"\")"),
        ("```pictures causes\n```\n", "code:pictures(\"\")"),
    ]);
}

#[test]
fn the_first_heading_of_level_1_is_the_title_else_the_front_matter_has_it() {
    for (markdown, title, language, expected) in [
        ("---\ntitle: \"f\"\nlang: cs\n---\n\n# a *b*\n\n# c\n\n## d\n", "a b", "cs", "h2#c(c) h3#d(d)"),
        ("---\ntitle: \"f\"\n---\nx\n", "f", "en", "p(x)"),
        ("> # q\n\nx\n\n# \n\n# a\n", "a", "en", "quote(h2#q(q)) p(x)"),
        ("x", "Untitled", "en", "p(x)"),
    ] {
        let document = document(markdown);
        let found = (document.title.as_str(), document.language.as_str(), outline(&document.blocks));
        assert_eq!(found, (title, language, expected.to_owned()), "for {markdown:?}");
    }
}

#[test]
fn levels_follow_each_other_and_names_are_unique() {
    check(&[
        (
            "#### a\n## a\n#### a\n#### b\n### c\n###### d\n## e\n",
            "h2#a(a) h2#a-1(a) h3#a-2(a) h3#b(b) h3#c(c) h4#d(d) h2#e(e)",
        ),
        ("##\n\n## <!-- x -->\n\n## !\n", "h2#section(!)"),
    ]);
}

#[test]
fn comments_are_left_out_and_other_html_is_text() {
    check(&[
        ("<!-- firebell:section summary -->\n## A\n\na <!-- b --> c\n", "h2#a(A) p(a  c)"),
        ("<!-- a\n\nb --> c\n", "p(c)"),
        ("<!--> a\n\n<!---> b\n", "p(a) p(b)"),
        ("<!-- never closed\n\n## B\n", "p(<!-- never closed<br>## B)"),
        ("<div onclick='x'>\n*a*\n</div>\n", "p(<div onclick='x'><br>*a*<br></div>)"),
        ("a <b>c</b> <br/> &lt;i&gt;", "p(a <b>c</b> <br/> <i>)"),
        ("<script>\n\nalert(1)</script>", "p(<script><br>alert(1)</script>)"),
        ("<?php x ?>\n\n<![CDATA[ y ]]>\n\n<!DOCTYPE html>\n", "p(<?php x ?>) p(<![CDATA[ y ]]>) p(<!DOCTYPE html>)"),
    ]);
}

#[test]
fn links_lead_to_the_web_to_mail_and_to_headings_that_are_there() {
    check(&[
        (
            "[a](https://a.example) <http://b.example> <c@d.example>",
            "p(<a https://a.example a> <a http://b.example http://b.example> <a mailto:c@d.example c@d.example>)",
        ),
        ("[a *b*](MAILTO:a@b.example 'title')", "p(<a mailto:a@b.example a <i b>>)"),
        (
            "[a][x] [b](https://b.example/\\*)\n\n[x]: https://a.example/?a&amp;b",
            "p(<a https://a.example/?a&b a> <a https://b.example/* b>)",
        ),
        ("## É b\n\n[x](#É-b) [y](#é-b) [z](#%c3%A9-b) [w](#none) q", "h2#é-b(É b) p(x <a #é-b y> <a #é-b z> w q)"),
        (
            "![alt *x*](https://a.example/x.png) ![](https://b.example) ![c](/c.png)",
            "p(<a https://a.example/x.png alt x> <a https://b.example https://b.example> c)",
        ),
        ("[![alt](https://i.example)](https://a.example)", "p(<a https://a.example alt>)"),
        (
            "[![alt](https://i.example)](javascript:x) [](https://a.example)",
            "p(<a https://i.example alt> <a https://a.example https://a.example>)",
        ),
        ("[a](/b) [a](b.md) [](javascript:x)b", "p(a a b)"),
    ]);
}

#[test]
fn no_trick_makes_a_link_of_another_scheme() {
    for address in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&colon;alert(1)",
        "&#106;avascript:alert(1)",
        "&#x6A&#x61vascript:x",
        "java\\script:x",
        "<java\tscript:x>",
        "<\tjavascript:x>",
        "<&#1;javascript:x>",
        "<java&#10;script:x>",
        "<java&Tab;script:x>",
        "javascript\u{200b}:x",
        "&#8238;https://a.example",
        "data:text/html,<b>",
        "data&colon;x",
        "file:///etc/passwd",
        "vbscript:x",
        "<http://a.example/&#10;x>",
        "http:a.example",
        "//a.example",
        "https:\\\\a.example",
        "blob:https://a",
        "x:https://a",
    ] {
        for markdown in [
            format!("[click]({address})"),
            format!("![click]({address})"),
            format!("[click][r]\n\n[r]: {address}"),
            format!("> - [click]({address} \"t\")"),
        ] {
            let html = html(&document(&markdown));
            assert!(!html.contains("<a ") && !html.contains("<img") && html.contains("click"), "for {markdown:?}");
        }
    }
    check(&[("<javascript:x> <DATA:y> <tel:1>", "p(javascript:x DATA:y tel:1)")]);
}

#[test]
fn what_nobody_sees_is_shown_wherever_it_stands() {
    check(&[
        ("a\u{202e}b `\u{2066}` &#x202e;", "p(a⟨U+202E⟩b <code ⟨U+2066⟩> ⟨U+202E⟩)"),
        (
            "## \u{200f}a\n\n```\u{202e}\n\u{1b}[31m\u{61c}\n```\n",
            "h2#u200fa(⟨U+200F⟩a) code:⟨U+202E⟩(\"␛[31m⟨U+061C⟩\")",
        ),
        ("| \u{7f} |\n| - |\n| @\u{2060}all |\n", "table[Start](␡ / @all)"),
        ("<b \u{202d}>", "p(<b ⟨U+202D⟩>)"),
    ]);
}

#[test]
fn depth_is_bounded() {
    for sign in [">", "> ", "- ", "1. ", "*", "_", "**a ", "*a **b ", "[", "![", "~~a ", "> - ", "<b>", "`a"] {
        let markdown = [&sign.repeat(100_000), "x\n\n## B\n"].concat();
        assert!(html(&document(&markdown)).len() > 1000, "for {sign:?}");
    }
    let nested = [&"*".repeat(5_000), "x", &"*".repeat(5_000)].concat();
    assert!(html(&document(&["a ", &nested].concat())).contains('x'));
    let quotes = [&">".repeat(100), " deep\n\nx"].concat();
    let html = html(&document(&quotes));
    assert_eq!(html.matches("<blockquote>").count(), html.matches("</blockquote>").count());
    assert!(html.contains("<p>deep</p>"), "{html}");
}
