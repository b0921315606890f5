//! The parts of a postmortem that people write: blocks of a template between marks, by which an exported file can be read back.

use std::collections::{BTreeMap, BTreeSet};

use firebell_core::ids::Key;
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError, RenderErrorReason,
    Template,
};

use super::TemplateError;
use super::bound::bounded;
use super::circle::written as written_out;
use super::rows::named;
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
            found.insert(own.to_owned(), Found::new(registry, files).of(file, template)?);
        }
    }
    Ok(found)
}

/// Goes through a template and what it includes, for the sections that stand there.
struct Found<'r> {
    registry: &'r Handlebars<'r>,
    files: &'r BTreeMap<String, String>,
    sections: Vec<Section>,
    keys: BTreeSet<Key>,
}

impl<'r> Found<'r> {
    fn new(registry: &'r Handlebars<'r>, files: &'r BTreeMap<String, String>) -> Self {
        Self { registry, files, sections: Vec::new(), keys: BTreeSet::new() }
    }

    /// The sections, in the order in which they stand.
    fn of(mut self, file: &str, template: &Template) -> Result<Vec<Section>, TemplateError> {
        self.collect(file, template)?;
        Ok(self.sections)
    }

    fn collect(&mut self, file: &str, template: &Template) -> Result<(), TemplateError> {
        for (element, place) in template.elements.iter().zip(&template.mapping) {
            match element {
                TemplateElement::HelperBlock(held) => {
                    if named(held, "written") {
                        self.add(held).map_err(|reason| TemplateError::at(file, place.0, reason))?;
                    }
                    for block in held.template.iter().chain(&held.inverse) {
                        self.collect(file, block)?;
                    }
                }
                TemplateElement::PartialExpression(held) | TemplateElement::PartialBlock(held) => {
                    if let Some(block) = &held.template {
                        self.collect(file, block)?;
                    }
                    let partial = written_out(&held.name);
                    let included = partial
                        .as_ref()
                        .and_then(|name| Some((self.files.get(name)?, self.registry.get_template(name)?)));
                    if let Some((file, template)) = included {
                        self.collect(file, template)?;
                    }
                }
                TemplateElement::DecoratorBlock(held) => {
                    if let Some(block) = &held.template {
                        self.collect(file, block)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, held: &HelperTemplate) -> Result<(), String> {
        let Some(key) = literal(held.params.first()).and_then(|key| Key::new(&key).ok()) else {
            return Err("the key of a section is written out, as in {{#written \"lessons\"}}".to_owned());
        };
        if !self.keys.insert(key.clone()) {
            return Err(format!("the section \"{key}\" is there twice"));
        }
        let title = literal(held.hash.get("title")).unwrap_or_else(|| key.as_str().replace('-', " "));
        self.sections.push(Section { key, title });
        Ok(())
    }
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
