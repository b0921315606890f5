//! Templates that include each other in a circle would be rendered until the process runs out of stack, so they are refused.

use std::collections::BTreeMap;

use handlebars::template::{DecoratorTemplate, Parameter, TemplateElement};
use handlebars::{Handlebars, Path, Template};

use super::TemplateError;
use super::rows::named;

/// How deep templates may include each other; each level takes from the stack.
const DEEPEST: usize = 32;

/// What a template includes, and where it does.
type Includes = BTreeMap<String, Vec<(String, Place)>>;

/// A line of a template that has a file.
type Place = (String, usize);

/// # Errors
/// A circle, a way that is too deep, or a partial whose name is only known when it is rendered and so could close one.
pub(super) fn none(registry: &Handlebars<'_>, files: &BTreeMap<String, String>) -> Result<(), TemplateError> {
    let error = |name: &String, line, reason: String| {
        TemplateError::at(files.get(name).cloned().unwrap_or_else(|| name.clone()), line, reason)
    };
    let mut includes = Includes::new();
    let entries: Vec<&String> = registry.get_templates().keys().filter(|name| name.starts_with("entry/")).collect();
    for (name, template) in registry.get_templates() {
        let mut found = Found { file: name, entries: &entries, includes: &mut includes };
        found.of(name, template).map_err(|line| {
            let reason = "the name of a partial must be written out".to_owned();
            error(name, line, reason)
        })?;
    }
    let mut sound = BTreeMap::new();
    for name in includes.keys() {
        if let Some(((at, line), round)) = circle(name, &includes, &mut Vec::new(), &mut sound) {
            let reason = if round.is_empty() {
                format!("templates that include each other are more than {DEEPEST} deep here")
            } else {
                format!("it includes itself: {}", round.join(" includes "))
            };
            return Err(error(&at, line, reason));
        }
    }
    Ok(())
}

/// A circle that can be entered at `name`: where it closes, and the names on the way round, which are none where the way only
/// goes too deep. `sound` has what was looked at already, with how deep it goes.
fn circle(
    name: &String,
    includes: &Includes,
    way: &mut Vec<String>,
    sound: &mut BTreeMap<String, usize>,
) -> Option<(Place, Vec<String>)> {
    if sound.contains_key(name) {
        return None;
    }
    way.push(name.clone());
    let mut depth = 0;
    for (included, place) in includes.get(name).into_iter().flatten() {
        if let Some(begins) = way.iter().position(|held| held == included) {
            let round = way.iter().skip(begins).chain([included]).cloned().collect();
            return Some((place.clone(), round));
        }
        if way.len() > DEEPEST {
            return Some((place.clone(), Vec::new()));
        }
        let found = circle(included, includes, way, sound);
        if found.is_some() {
            return found;
        }
        depth = depth.max(sound.get(included).copied().unwrap_or_default() + 1);
        if depth > DEEPEST {
            return Some((place.clone(), Vec::new()));
        }
    }
    way.pop();
    sound.insert(name.clone(), depth);
    None
}

struct Found<'f> {
    /// The template that is looked through.
    file: &'f str,
    /// The templates that `say` may render.
    entries: &'f [&'f String],
    includes: &'f mut Includes,
}

impl Found<'_> {
    /// Collects what a template includes; the line of a partial without a name of its own is an error.
    fn of(&mut self, name: &str, template: &Template) -> Result<(), usize> {
        for (element, place) in template.elements.iter().zip(&template.mapping) {
            let line = place.0;
            match element {
                TemplateElement::HelperBlock(held)
                | TemplateElement::Expression(held)
                | TemplateElement::HtmlExpression(held) => {
                    if named(held, "say") {
                        for entry in self.entries {
                            self.add(name, entry, line);
                        }
                    }
                    for block in held.template.iter().chain(&held.inverse) {
                        self.of(name, block)?;
                    }
                }
                TemplateElement::PartialExpression(held) | TemplateElement::PartialBlock(held) => {
                    let partial = written(&held.name).ok_or(line)?;
                    self.add(name, &partial, line);
                    self.inside(name, held)?;
                }
                TemplateElement::DecoratorBlock(held) => {
                    // What stands in a partial of the template's own is included by that. Unlike that of one which is
                    // included, its name is looked up where it is a path.
                    let Some(Parameter::Literal(own)) = held.params.first() else { return Err(line) };
                    self.inside(own.as_str().ok_or(line)?, held)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn inside(&mut self, name: &str, held: &DecoratorTemplate) -> Result<(), usize> {
        held.template.as_ref().map_or(Ok(()), |template| self.of(name, template))
    }

    fn add(&mut self, name: &str, included: &str, line: usize) {
        self.includes.entry(name.to_owned()).or_default().push((included.to_owned(), (self.file.to_owned(), line)));
    }
}

/// A name that stands in the template itself.
pub(super) fn written(name: &Parameter) -> Option<String> {
    match name {
        Parameter::Name(name) => Some(name.clone()),
        Parameter::Path(Path::Relative((_, raw)) | Path::Local((_, _, raw))) => Some(raw.clone()),
        Parameter::Literal(name) => name.as_str().map(str::to_owned),
        _ => None,
    }
}
