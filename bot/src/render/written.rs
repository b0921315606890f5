//! The parts of a postmortem that people write: blocks of a template between marks, by which an exported file can be read back.

use std::collections::{BTreeMap, BTreeSet};

use firebell_core::ids::Key;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError, RenderErrorReason,
    Template,
};

use super::bound::bounded;
use super::rows::named;
use super::{TemplateError, circle};
use crate::document::{Mark, sanitise_from};

/// The variable that holds what people wrote, by section.
const SECTIONS: &str = "sections";

/// `{{#written "lessons" title="Lessons"}}what stands there until somebody writes{{/written}}`: what people wrote in a section, as
/// Markdown that cannot break the document around it, between two marks. With `level=4` its headings begin there and not at 3.
pub(super) struct Written;

impl HelperDef for Written {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let key = helper.param(0).and_then(|key| key.value().as_str());
        let key = key.ok_or(RenderErrorReason::ParamNotFoundForIndex("written", 0))?;
        let level = helper.hash_get("level").and_then(|level| level.value().as_u64()).unwrap_or(3);
        let block = helper.template().ok_or(RenderErrorReason::BlockContentRequired)?;
        let own = context.data().get(SECTIONS).and_then(|sections| sections.get(key)).and_then(|text| text.as_str());
        let text = match own {
            Some(text) => sanitise_from(text, u8::try_from(level).unwrap_or(6)),
            None => bounded(registry, context, block, render)?,
        };
        let text = text.trim();
        out.write(&Mark::of(key, text).to_string())?;
        out.write("\n\n")?;
        out.write(text)?;
        out.write("\n\n")?;
        out.write(Mark::END)?;
        out.write("\n")?;
        Ok(())
    }
}

/// A section that people write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub key: Key,
    /// What it is called in forms.
    pub title: String,
}

/// The sections of every postmortem template, by its name.
///
/// # Errors
/// A key that is none or is not written out, or that is twice in one template.
pub(super) fn all(
    registry: &Handlebars<'_>,
    files: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Vec<Section>>, TemplateError> {
    let mut found = BTreeMap::new();
    for (name, file) in files {
        let Some(own) = name.strip_prefix("postmortem/").and_then(|rest| rest.strip_suffix(".md")) else { continue };
        if let Some(template) = registry.get_template(name) {
            found.insert(own.to_owned(), sections(registry, file, template)?);
        }
    }
    Ok(found)
}

fn sections(registry: &Handlebars<'_>, file: &str, template: &Template) -> Result<Vec<Section>, TemplateError> {
    let mut found = Vec::new();
    let mut keys = BTreeSet::new();
    let error = |line, reason| TemplateError { file: file.to_owned(), line: Some(line), reason };
    collect(registry, (template, None), &mut |held, line| {
        let Some(key) = literal(held.params.first()).and_then(|key| Key::new(&key).ok()) else {
            return Err(error(line, "the key of a section is written out, as in {{#written \"lessons\"}}".to_owned()));
        };
        if !keys.insert(key.clone()) {
            return Err(error(line, format!("the section \"{key}\" is there twice")));
        }
        let title = literal(held.hash.get("title")).unwrap_or_else(|| key.as_str().replace('-', " "));
        found.push(Section { key, title });
        Ok(())
    })?;
    Ok(found)
}

/// Finds the sections of a template and of what it includes; those are told with the line that includes them. It never ends
/// for templates that include each other in a circle, which are refused before.
fn collect(
    registry: &Handlebars<'_>,
    (template, within): (&Template, Option<usize>),
    found: &mut impl FnMut(&HelperTemplate, usize) -> Result<(), TemplateError>,
) -> Result<(), TemplateError> {
    for (element, place) in template.elements.iter().zip(&template.mapping) {
        let line = within.unwrap_or(place.0);
        match element {
            TemplateElement::HelperBlock(held) => {
                if named(held, "written") {
                    found(held, line)?;
                }
                for block in held.template.iter().chain(&held.inverse) {
                    collect(registry, (block, within), found)?;
                }
            }
            TemplateElement::PartialExpression(held) | TemplateElement::PartialBlock(held) => {
                let partial = circle::written(&held.name).and_then(|name| registry.get_template(&name));
                for block in partial.into_iter().chain(&held.template) {
                    collect(registry, (block, Some(line)), found)?;
                }
            }
            TemplateElement::DecoratorBlock(held) => {
                if let Some(block) = &held.template {
                    collect(registry, (block, within), found)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn literal(parameter: Option<&Parameter>) -> Option<String> {
    match parameter? {
        Parameter::Literal(text) => text.as_str().map(str::to_owned),
        _ => None,
    }
}

/// `{{picture "causes"}}` and `{{picture "timeline"}}`: what Markdown or a document with shapes shows of them.
pub(super) struct Picture<'p> {
    /// The text of each, which is nothing where there is nothing to see.
    pub(super) texts: &'p [(&'static str, String)],
}

impl HelperDef for Picture<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|name| name.value().as_str()).unwrap_or_default();
        if !PICTURES.contains(&name) {
            let known = PICTURES.join(", ");
            return Err(RenderError::from(RenderErrorReason::Other(format!(
                "there is no picture \"{name}\"; there are {known}"
            ))));
        }
        if let Some((_, text)) = self.texts.iter().find(|(held, _)| *held == name) {
            out.write(text)?;
        }
        Ok(())
    }
}

/// The names of the pictures.
pub(super) const PICTURES: [&str; 2] = ["causes", "timeline"];
