//! Templates that would go on for ever, or write more than there is room for.

use firebell_core::view::PostmortemView;
use handlebars::{Context, Handlebars, Template};
use serde_json::json;

use super::super::bound;
use super::super::counted::counted;
use super::super::{Renderer, Target};
use super::{full, own};

/// What a postmortem template of one's own comes to.
fn tried(text: &str) -> Result<String, String> {
    let dir = own("postmortem/own.md.hbs", text);
    let renderer = Renderer::new(Some(dir.path())).map_err(|error| error.to_string())?;
    renderer.postmortem("own", &PostmortemView::of(&full("words").record())).map_err(|error| error.to_string())
}

#[test]
fn loops_that_write_nothing_are_stopped() {
    for name in ["each", "rows"] {
        let (open, close) = (format!("{{{{#{name} @root.rows}}}}"), format!("{{{{/{name}}}}}"));
        let error = tried(&format!("a\n\n{}{}", open.repeat(5), close.repeat(5))).unwrap_err();
        assert!(error.contains("own.md.hbs, line 3: it goes on for more than 10 million steps"), "{error}");
    }
}

#[test]
fn partials_that_write_nothing_are_stopped() {
    let twice = |n: u32| format!("{{{{#*inline \"p{n}\"}}}}{{{{> p{0}}}}}{{{{> p{0}}}}}{{{{/inline}}}}\n", n + 1);
    let text: String = (0..25).map(twice).chain(["{{#*inline \"p25\"}}{{/inline}}\n{{> p0}}".to_owned()]).collect();
    let mut template = Template::compile(&text).unwrap();
    template.name = Some("t".to_owned());
    let mut language = Handlebars::new();
    language.register_template("t", counted(&template));
    let context = Context::wraps(json!({})).unwrap();
    let error = bound::render(&language, "t", &context, Target::Console.into()).unwrap_err();
    assert!(error.line_no.is_some() && error.to_string().contains("it goes on for more than"), "{error}");
}

#[test]
fn what_a_partial_is_given_as_a_block_is_bounded_too() {
    let loops = "{{#each @root.rows}}{{#each @root.rows}}{{#each @root.rows}}x{{/each}}{{/each}}{{/each}}";
    let much = loops.replace('x', &"much ".repeat(200));
    let given = format!("{{{{#*inline \"p\"}}}}{{{{> @partial-block}}}}{{{{/inline}}}}{{{{#> p}}}}{much}{{{{/p}}}}");
    let error = tried(&given).unwrap_err();
    assert!(error.contains("own.md.hbs, line 1: it writes more than 16 MiB"), "{error}");
    let little = "{{#*inline \"p\"}}<{{> @partial-block}}>{{/inline}}{{#> p}}{{card.id}}{{/p}}{{#> none}}else{{/none}}";
    assert_eq!(tried(little).unwrap(), "<INC-1>else\n");
}

#[test]
fn templates_that_close_a_circle_by_a_name_of_theirs_are_refused() {
    for text in [
        "{{#*inline \"x\"}}{{> y}}{{/inline}}{{#*inline \"y\"}}{{> x}}{{/inline}}{{> x}}",
        "{{#*inline kind}}{{> default}}{{/inline}}{{> default}}",
        "{{#*inline (lookup this \"kind\")}}{{> default}}{{/inline}}{{> default}}",
        "{{> (lookup this \"kind\")}}",
        "{{#*inline \"x\"}}{{#> y}}{{> x}}{{/y}}{{/inline}}{{> x}}",
    ] {
        let error = tried(text).unwrap_err();
        assert!(error.contains("it includes itself: ") || error.contains("must be written out"), "{text}: {error}");
    }
    let chain = |names: [u32; 40]| -> String {
        let links = names.windows(2).map(|pair| match pair {
            [from, to] => format!("{{{{#*inline \"p{from}\"}}}}{{{{> p{to}}}}}{{{{/inline}}}}"),
            _ => String::new(),
        });
        links.collect()
    };
    let forth = chain(std::array::from_fn(|n| 100 + u32::try_from(n).unwrap()));
    let back = chain(std::array::from_fn(|n| 200 - u32::try_from(n).unwrap()));
    for text in [forth, back] {
        let error = tried(&text).unwrap_err();
        assert!(
            error.contains("own.md.hbs, line 1: templates that include each other are more than 32 deep"),
            "{error}"
        );
    }
}

#[test]
fn each_does_what_the_language_does() {
    let data = json!({
        "list": ["a", "b", {"c": "d"}], "map": {"k": "v", "l": {"m": "n"}}, "none": [], "nothing": null, "text": "t",
        "deep": [{"inner": [1, 2]}, {"inner": []}],
    });
    let language = {
        let mut language = Handlebars::new();
        language.set_strict_mode(true);
        language
    };
    for text in [
        "{{#each list}}{{@index}}{{@first}}{{@last}}{{this}};{{/each}}",
        "{{#each map}}{{@key}}{{@index}}{{@first}}{{@last}}{{this}};{{/each}}",
        "{{#each none}}x{{/each}}",
        "{{#each none}}x{{else}}y{{text}}{{/each}}",
        "{{#each nothing}}x{{else}}y{{/each}}",
        "{{#each text}}x{{else}}y{{/each}}",
        "{{#each list as |item|}}{{item}}{{../text}}{{/each}}",
        "{{#each map as |value key|}}{{key}}={{value}}{{/each}}",
        "{{#each deep}}{{#each inner}}{{this}}{{@../index}}{{../../text}}{{else}}-{{@index}}{{/each}}{{/each}}",
        "{{#each (lookup this \"list\")}}{{@index}}{{this}}{{/each}}",
        "{{#each (lookup this \"map\") as |value key|}}{{key}}{{value}}{{/each}}",
        "{{#each deep as |one|}}{{#each one.inner as |two at|}}{{two}}{{at}}{{/each}}{{/each}}",
        "a\n  {{#each list}}\n  - {{this}}\n  {{/each}}\nb",
        "{{#each nothing}}x{{/each}}",
        "{{#each text}}x{{/each}}",
        "{{#each titel}}x{{/each}}",
        "{{#each list}}{{titel}}{{/each}}",
    ] {
        let mut ours = language.clone();
        ours.register_template_string("t", text).unwrap();
        let context = Context::wraps(&data).unwrap();
        let said = bound::render(&ours, "t", &context, Target::Console.into());
        let expected = ours.render("t", &data);
        let plain = |error: handlebars::RenderError| (error.line_no, error.reason().to_string());
        assert_eq!(said.map_err(plain), expected.map_err(plain), "{text}");
    }
}
