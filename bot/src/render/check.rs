//! Every template tried with made-up records: with every branch taken, so that a misspelt name shows wherever it stands,
//! and then as the language renders it.

use std::collections::{BTreeMap, HashMap};

use handlebars::template::{DecoratorTemplate, Parameter, Subexpression, TemplateElement};
use handlebars::{Context, Handlebars, Template};
use serde_json::{Map, Value};

use super::rows::named;
use super::{Renderer, Target, TemplateError, bound, files, sample};

/// What a template is rendered with, by the template's name.
pub(super) type Views = BTreeMap<String, Vec<Value>>;

pub(super) fn check(renderer: &Renderer) -> Result<(), TemplateError> {
    let views = views(renderer)?;
    // For one target: the names that a template looks up are the same for all.
    let thorough = every_branch_of_all(&renderer.templates);
    for (name, views) in &views {
        tried(renderer, &thorough, name, views)?;
    }
    for view in views.values().flat_map(|views| merged(views, Kinds::Apart)) {
        entries(&view, &mut |sentence, entry| tried_with(renderer, &thorough, sentence, entry))?;
    }
    for (name, views) in &views {
        for target in Target::ALL.into_iter().filter(|target| renderer.registry(*target).has_template(name)) {
            views.iter().try_for_each(|view| renderer.render(target, name, view).map(drop))?;
        }
    }
    Ok(())
}

/// Tries one template, with all that any of these views has.
pub(super) fn tried(
    renderer: &Renderer,
    thorough: &Handlebars<'static>,
    name: &str,
    views: &[Value],
) -> Result<(), TemplateError> {
    merged(views, Kinds::Together).iter().try_for_each(|view| tried_with(renderer, thorough, name, view))
}

fn tried_with(
    renderer: &Renderer,
    thorough: &Handlebars<'static>,
    name: &str,
    view: &Value,
) -> Result<(), TemplateError> {
    let context = Context::wraps(view);
    let text = context.and_then(|context| bound::render(thorough, name, &context, Target::Console.into()));
    renderer.finished(name, text).map(drop)
}

/// Sample views for every template; what prevails on one platform is given what it prevails over is given.
pub(super) fn views(renderer: &Renderer) -> Result<Views, TemplateError> {
    let mut views = sample::views(&renderer.templates())?;
    for name in renderer.files.keys() {
        if let Some(held) = files::shared(name).and_then(|shared| views.get(&shared).cloned()) {
            views.insert(name.clone(), held);
        }
    }
    Ok(views)
}

pub(super) fn every_branch_of_all(registry: &Handlebars<'static>) -> Handlebars<'static> {
    let mut thorough = registry.clone();
    for (name, template) in registry.get_templates() {
        thorough.register_template(name, every_branch(template));
    }
    thorough
}

/// The same template with what stood in branches beside each other: each condition is still looked up, and decides
/// nothing.
pub(super) fn every_branch(template: &Template) -> Template {
    let mut all = template.clone();
    all.elements.clear();
    all.mapping.clear();
    for (element, line) in template.elements.iter().zip(&template.mapping) {
        let (tried, beside) = one_after_another(element);
        all.mapping.extend(tried.iter().map(|_| line.clone()));
        all.elements.extend(tried);
        for branch in beside {
            let branch = every_branch(&branch);
            all.elements.extend(branch.elements);
            all.mapping.extend(branch.mapping);
        }
    }
    all
}

/// An element with what it looks up before it, and the branches that are to stand beside it.
fn one_after_another(element: &TemplateElement) -> (Vec<TemplateElement>, Vec<Template>) {
    let mut beside = Vec::new();
    let mut tried = Vec::new();
    match element {
        TemplateElement::HelperBlock(block) => {
            let mut block = block.clone();
            look_up(&block.params, &block.hash, &mut tried);
            beside.extend(block.inverse.take());
            if named(&block, "if") || named(&block, "unless") {
                beside.extend(block.template.take());
            } else {
                block.template = block.template.as_ref().map(every_branch);
                block.inverse = Some(Template::default());
            }
            tried.push(TemplateElement::HelperBlock(block));
        }
        TemplateElement::Expression(held) | TemplateElement::HtmlExpression(held) => {
            look_up(&held.params, &held.hash, &mut tried);
            tried.push(element.clone());
        }
        TemplateElement::PartialExpression(held) => {
            look_up(&held.params, &held.hash, &mut tried);
            tried.push(element.clone());
        }
        TemplateElement::PartialBlock(held) => {
            look_up(&held.params, &held.hash, &mut tried);
            tried.push(TemplateElement::PartialBlock(inside(held)));
        }
        TemplateElement::DecoratorBlock(held) => tried.push(TemplateElement::DecoratorBlock(inside(held))),
        other => tried.push(other.clone()),
    }
    (tried, beside)
}

fn inside(held: &DecoratorTemplate) -> Box<DecoratorTemplate> {
    let mut held = held.clone();
    held.template = held.template.as_ref().map(every_branch);
    Box::new(held)
}

/// Looks up every name that is given to something: the language takes one that is not there for an empty value in most
/// places.
fn look_up(params: &[Parameter], hash: &HashMap<String, Parameter>, tried: &mut Vec<TemplateElement>) {
    for given in params.iter().chain(hash.values()) {
        match given {
            Parameter::Path(_) => {
                let condition = Parameter::Name("if".to_owned());
                let spec = Subexpression::new(condition, vec![given.clone()], HashMap::new());
                if let TemplateElement::Expression(held) = *spec.element {
                    tried.push(TemplateElement::HelperBlock(held));
                }
            }
            Parameter::Subexpression(inner) => {
                if let (Some(params), Some(hash)) = (inner.params(), inner.hash()) {
                    look_up(params, hash, tried);
                }
            }
            _ => {}
        }
    }
}

/// How entries of several kinds, each of which has fields of its own, become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinds {
    /// One entry with the fields of all, for templates that tell the kinds apart in their branches.
    Together,
    /// One of each kind, for the templates that say one kind.
    Apart,
}

/// Views in which whatever is empty in one is filled from the others, so that every branch finds what it was written
/// for.
pub(super) fn merged(views: &[Value], kinds: Kinds) -> Vec<Value> {
    let all = union(views.iter(), kinds);
    if kinds == Kinds::Together {
        return vec![all];
    }
    let mut alike: BTreeMap<Option<&str>, Vec<&Value>> = BTreeMap::new();
    for view in views {
        alike.entry(kind(view)).or_default().push(view);
    }
    let mut merged: Vec<Value> = alike.into_values().map(|alike| union(alike.into_iter(), kinds)).collect();
    for view in &mut merged {
        fill(view, &all);
    }
    merged
}

/// The template that says the entry which it is, or which it tells of.
fn kind(view: &Value) -> Option<&str> {
    view.pointer("/partial").or_else(|| view.pointer("/entry/partial"))?.as_str()
}

/// Calls for every entry in a view, with the template that says it.
fn entries(view: &Value, say: &mut impl FnMut(&str, &Value) -> Result<(), TemplateError>) -> Result<(), TemplateError> {
    if let Some(sentence) = view.get("partial").and_then(Value::as_str) {
        say(sentence, view)?;
    }
    match view {
        Value::Array(items) => items.iter().try_for_each(|item| entries(item, say)),
        Value::Object(fields) => fields.values().try_for_each(|field| entries(field, say)),
        _ => Ok(()),
    }
}

/// Everything that is in any of them.
fn union<'v>(values: impl Iterator<Item = &'v Value> + Clone, kinds: Kinds) -> Value {
    if values.clone().any(Value::is_object) {
        let mut fields: BTreeMap<&String, Vec<&Value>> = BTreeMap::new();
        for (name, value) in values.filter_map(Value::as_object).flatten() {
            fields.entry(name).or_default().push(value);
        }
        let fields = fields.into_iter().map(|(name, held)| (name.clone(), union(held.into_iter(), kinds)));
        return Value::Object(fields.collect::<Map<_, _>>());
    }
    let lists = values.clone().filter_map(Value::as_array);
    if let Some(longest) = lists.clone().map(Vec::len).max() {
        let items: Vec<Value> = lists.flatten().cloned().collect();
        let merged = if items.is_empty() { Vec::new() } else { merged(&items, kinds) };
        let length = longest.max(merged.len());
        return Value::Array(merged.into_iter().cycle().take(length).collect());
    }
    values.filter(|value| !value.is_null()).max_by_key(|value| value.to_string().len()).cloned().unwrap_or_default()
}

/// Fills what is empty.
fn fill(value: &mut Value, from: &Value) {
    match (value, from) {
        (value @ Value::Null, from) => *value = from.clone(),
        (Value::Object(fields), Value::Object(from)) => {
            for (name, value) in fields {
                if let Some(from) = from.get(name) {
                    fill(value, from);
                }
            }
        }
        (Value::Array(items), Value::Array(from)) if items.is_empty() => items.clone_from(from),
        _ => {}
    }
}
