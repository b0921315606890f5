//! Postmortems, whose timeline can be long: as values of the language its rows cost more than all the rest, and so they
//! become such only where a template needs it.

use firebell_core::view::{PostmortemView, TimelineRow};
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{Context, Handlebars, Path, PathSeg, RenderError, RenderErrorReason, Template};
use schemars::JsonSchema;
use serde::Serialize;

use super::Target;
use super::bound::{self, Manner};
use super::rows::named;

/// The variable that holds the timeline.
pub(super) const TIMELINE: &str = "rows";

/// What the template of a postmortem speaks of: the view, the name of the template, which its front matter repeats, and
/// the timeline.
#[derive(Serialize, JsonSchema)]
pub(super) struct Material<'a, Timeline = &'a [TimelineRow]> {
    /// The name of the template: `standard`.
    template: &'a str,
    #[serde(flatten)]
    view: &'a PostmortemView,
    /// The timeline: entries and captured messages by the time at which they happened.
    rows: Timeline,
}

impl<'a> Material<'a> {
    pub(super) fn of(template: &'a str, view: &'a PostmortemView) -> Self {
        Self { template, view, rows: &view.rows }
    }

    /// Renders the template that the registry holds under this name, with what its pictures are in Markdown.
    pub(super) fn render(
        &self,
        registry: &Handlebars<'_>,
        name: &str,
        pictures: &[(&'static str, String)],
    ) -> Result<String, RenderError> {
        let Self { template: own, view, rows } = self;
        let template = registry.get_template(name);
        let template = template.ok_or_else(|| RenderErrorReason::TemplateNotFound(name.to_owned()))?;
        let walks = walks(registry, template);
        // As many empty values in the place of the rows, which the helper takes from the view.
        let context = if walks {
            Context::wraps(Material { template: own, view, rows: vec![(); rows.len()] })?
        } else {
            Context::wraps(self)?
        };
        let timeline = walks.then_some(*rows);
        bound::render(registry, name, &context, Manner { target: Target::Markdown, timeline, pictures })
    }
}

/// Whether a template, and the sentences that it may `say`, ask of the timeline only whether it is empty, and walk over it
/// only by `rows`. What is not understood is taken to do more.
fn walks(registry: &Handlebars<'_>, template: &Template) -> bool {
    let mut sentences = registry.get_templates().iter().filter(|(name, _)| name.starts_with("entry/"));
    only_walks(registry, template, 0) && sentences.all(|(_, sentence)| only_walks(registry, sentence, 0))
}

/// The same of what stands within so many blocks that speak of a part of the view.
fn only_walks(registry: &Handlebars<'_>, template: &Template, depth: usize) -> bool {
    template.elements.iter().all(|element| match element {
        TemplateElement::RawString(_) | TemplateElement::Comment(_) => true,
        TemplateElement::Expression(held) | TemplateElement::HtmlExpression(held) => {
            !sees(&held.name, depth) && !is_given(held, depth)
        }
        TemplateElement::HelperBlock(held) => {
            let is_one_of = |helpers: [&str; 3]| helpers.iter().any(|helper| named(held, helper));
            let may_see = is_one_of(["if", "unless", "rows"]) && is_given_only_the_timeline(held);
            let inside = if is_one_of(["each", "with", "rows"]) { depth + 1 } else { depth };
            (may_see || !is_given(held, depth))
                && held.template.as_ref().is_none_or(|block| only_walks(registry, block, inside))
                && held.inverse.as_ref().is_none_or(|block| only_walks(registry, block, depth))
        }
        // A partial that is given nothing of its own sees what stands around it, and may not see the timeline either.
        TemplateElement::PartialExpression(held) if held.params.is_empty() && held.hash.is_empty() => {
            let partial = name_of(&held.name).and_then(|name| registry.get_template(&name));
            partial.is_some_and(|partial| only_walks(registry, partial, depth) && !has_rows(partial))
        }
        _ => false,
    })
}

/// Whether a template goes over rows, which within a partial are not told from any other list.
fn has_rows(template: &Template) -> bool {
    template.elements.iter().any(|element| match element {
        TemplateElement::HelperBlock(held) => {
            named(held, "rows") || held.template.iter().chain(&held.inverse).any(has_rows)
        }
        _ => false,
    })
}

/// The name of a partial, where it is written out.
fn name_of(name: &Parameter) -> Option<String> {
    match name {
        Parameter::Name(name) => Some(name.clone()),
        Parameter::Path(Path::Relative((_, raw))) => Some(raw.clone()),
        _ => None,
    }
}

fn is_given_only_the_timeline(held: &HelperTemplate) -> bool {
    match held.params.as_slice() {
        [Parameter::Path(Path::Relative((_, raw)))] => raw == TIMELINE && held.hash.is_empty(),
        _ => false,
    }
}

fn is_given(held: &HelperTemplate, depth: usize) -> bool {
    held.params.iter().chain(held.hash.values()).any(|given| sees(given, depth))
}

/// Whether this names the timeline, or the whole view, of which the timeline is a part.
fn sees(parameter: &Parameter, depth: usize) -> bool {
    match parameter {
        Parameter::Path(Path::Relative((steps, raw))) => {
            let first = steps.iter().find_map(|step| if let PathSeg::Named(name) = step { Some(name) } else { None });
            // A path without a name leads up by a block with each of its steps, or to the root.
            first.map_or(steps.len() >= depth || raw.contains('@'), |name| name == TIMELINE)
        }
        Parameter::Subexpression(inner) => {
            let params = inner.params().into_iter().flatten();
            params.chain(inner.hash().into_iter().flat_map(|hash| hash.values())).any(|given| sees(given, depth))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use firebell_core::incident::Visibility;
    use firebell_core::view::Field;
    use serde_json::Value;

    use super::super::sample::{Sample, changes};
    use super::super::{Renderer, Target};
    use super::*;

    /// A renderer with these lines as the postmortem `own`.
    fn with(text: &str) -> Renderer {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("postmortem")).unwrap();
        std::fs::write(dir.path().join("postmortem/own.md.hbs"), text).unwrap();
        Renderer::new(Some(dir.path())).unwrap()
    }

    fn view() -> PostmortemView {
        let words = "a|b *c* <d>\n- e @all www.f.example {{g}}  ";
        PostmortemView::of(&Sample::new(&changes(words), Visibility::Public).unwrap().record())
    }

    fn walks_by(renderer: &Renderer, name: &str) -> bool {
        walks(&renderer.templates, renderer.templates.get_template(name).unwrap())
    }

    #[test]
    fn rows_read_as_they_do_as_values_of_the_language() {
        let view = view();
        for text in [
            "{{#if rows}}{{#rows rows}}{{exact}}{{/rows}}{{else}}none{{/if}}{{#unless rows}}none{{/unless}}",
            "{{#rows rows}}\n{{id}} {{this.time}}: {{say partial}}{{#if corrected}} ({{corrected}}){{/if}}\n{{/rows}}",
            "{{#rows rows}}\n  {{say partial}}\n{{{kind}}} {{~who.name~}} {{yaml who}}\n{{/rows}}",
            "{{#rows rows}}{{#if (eq kind \"noted\")}}{{text}}{{else if redacted}}-{{else}}{{@root.card.title}}{{/if}}{{/rows}}",
            "{{#rows rows}}{{#with who}}{{name}} {{../exact}} {{../../card.id}}{{/with}}{{../card.id}}{{/rows}}",
            "{{#rows rows}}{{#with this}}{{id}}{{/with}}{{lookup this \"id\"}}{{lookup who \"name\"}}{{/rows}}",
            "{{#rows rows}}{{#if (eq kind \"paged\")}}{{#each people as |p n|}}{{n}}{{p}}{{../id}}{{@last}}{{/each}}{{/if}}{{/rows}}",
            "{{#each pages}}{{#rows notices}}{{person}}{{../number}}{{/rows}}{{else}}{{this.zone}}{{/each}}",
            "{{#each actions}}{{#with this}}{{yaml this}}{{/with}}{{@index}}{{/each}}{{#rows rows}}{{id}}{{/rows}}",
        ] {
            let renderer = with(text);
            assert!(walks_by(&renderer, "postmortem/own.md"), "{text}");
            let as_values = renderer.render(Target::Markdown, "postmortem/own.md", &Material::of("own", &view));
            assert!(as_values.as_ref().is_ok_and(|text| text.len() > 20), "{text}: {as_values:?}");
            assert_eq!(renderer.postmortem("own", &view), as_values.map(|text| text + "\n"), "{text}");
        }
    }

    #[test]
    fn a_row_has_the_fields_that_the_language_would_find_in_it() {
        let names = "day clock id kind partial time exact who.name who.person who.program corrected redacted text next_due edited deleted";
        let mut found = BTreeSet::new();
        for row in view().rows {
            let value = serde_json::to_value(&row).unwrap();
            for name in names.split(' ') {
                let held = value.pointer(&format!("/{}", name.replace('.', "/")));
                let field = row.field(name).map(|field| match field {
                    Field::Text(text) => Value::from(text),
                    Field::Flag(flag) => Value::from(flag),
                    Field::Nothing => Value::Null,
                });
                // Kinds of entries share names, and not every kind is worth knowing.
                if field.is_some() {
                    assert_eq!(field.as_ref(), held, "{name} of {value}");
                    found.insert(name);
                }
            }
            assert_eq!((row.field("who"), row.field("titel"), row.field("")), (None, None, None));
        }
        assert_eq!(found, names.split(' ').collect());
    }

    #[test]
    fn the_built_in_postmortem_walks_over_its_timeline() {
        let (renderer, view) = (Renderer::new(None).unwrap(), view());
        assert!(walks_by(&renderer, "postmortem/standard.md"));
        let as_values = renderer.render(Target::Markdown, "postmortem/standard.md", &Material::of("standard", &view));
        let walked = renderer.of_template("standard", &view, &[]);
        assert_eq!(walked, as_values.map(|text| text + "\n"));
    }

    #[test]
    fn a_template_that_does_more_with_the_timeline_has_all_of_it() {
        let view = view();
        for (text, expected) in [
            ("{{#each rows}}{{id}} {{/each}}", "E1 E12 "),
            ("{{rows.[0].id}}", "E1"),
            ("{{#if rows.[0].id}}first{{/if}}", "first"),
            ("{{#with rows.[1]}}{{id}}{{/with}}", "E12"),
            ("{{lookup (lookup rows 0) \"id\"}}", "E1"),
            ("{{yaml rows}}", "\"id\":\"E1\""),
            ("{{yaml this}}", "\"id\":\"E1\""),
            ("{{#with card}}{{yaml ../this}}{{/with}}", "\"id\":\"E1\""),
            ("{{#each pages}}{{#if number}}{{yaml @root.this}}{{/if}}{{/each}}", "\"id\":\"E1\""),
            ("{{#each pages}}{{#with this}}{{yaml ../../this}}{{/with}}{{/each}}", "\"id\":\"E1\""),
            ("{{#each pages}}{{#each ../rows}}{{id}} {{/each}}{{/each}}", "E1 E12 "),
            ("{{#if rows}}{{#with this as |all|}}{{all.rows.[0].id}}{{/with}}{{/if}}", "E1"),
            ("{{#rows rows}}{{lookup (lookup (lookup ../this \"rows\") 0) \"id\"}} {{/rows}}", "E1 E1 "),
            (
                "{{#rows rows}}{{id}}{{else}}{{yaml ./this}}{{/rows}} {{#*inline \"mine\"}}{{rows.[0].id}}{{/inline}}{{> mine}}",
                " E1",
            ),
        ] {
            let renderer = with(text);
            assert!(!walks_by(&renderer, "postmortem/own.md"), "{text}");
            let text = renderer.postmortem("own", &view).expect(text);
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn an_entry_of_ones_own_that_looks_at_the_whole_view_sees_the_timeline() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("entry")).unwrap();
        std::fs::write(dir.path().join("entry/closed.hbs"), "{{#with @root.rows.[0]}}after {{id}}{{/with}}").unwrap();
        let renderer = Renderer::new(Some(dir.path())).unwrap();
        assert!(!walks_by(&renderer, "postmortem/standard.md"));
        assert!(renderer.postmortem("standard", &view()).unwrap().contains("| after E1 |"));
    }

    #[test]
    fn a_mistake_among_the_rows_is_told_with_file_line_and_variable() {
        for (text, expected) in [
            ("{{#rows rows}}\n{{titel}}{{/rows}}", "own.md.hbs, line 2: there is no variable `titel` here"),
            (
                "{{#rows rows}}\n\n{{#if titel}}x{{/if}}{{/rows}}",
                "own.md.hbs, line 3: there is no variable `titel` here",
            ),
            ("{{#rows rows}}\n{{#with who}}{{titel}}{{/with}}{{/rows}}", "line 2: there is no variable `titel` here"),
            ("\n{{#rows rwos}}{{id}}{{/rows}}", "own.md.hbs, line 2: there is no variable `rwos` here"),
            ("\n{{#rows zone}}{{id}}{{/rows}}", "own.md.hbs, line 2: Helper/Decorator rows param with name zone"),
            ("\n{{rows participants}}", "own.md.hbs, line 2: "),
            ("{{#rows}}{{id}}{{/rows}}", "own.md.hbs, line 1: "),
        ] {
            let error = with(text).postmortem("own", &view()).expect_err(text).to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_list_without_rows_is_told_of_in_its_other_branch() {
        let view = PostmortemView { rows: Vec::new(), actions: Vec::new(), ..view() };
        let text = "{{#rows rows}}{{id}}{{else}}no {{zone}}{{/rows}} {{#rows actions}}x{{else}}none{{/rows}}{{#if rows}}x{{/if}}";
        assert_eq!(with(text).postmortem("own", &view).unwrap(), "no Europe/Berlin none\n");
    }
}
