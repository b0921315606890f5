//! Templates in which partials count. The language renders those itself, so that no helper comes to know of them, and a few that
//! include each other twice each are rendered more often than anybody can wait for.

use std::collections::HashMap;

use handlebars::Template;
use handlebars::template::{HelperTemplate, Parameter, Subexpression, TemplateElement};

use super::bound::{BOUNDS, COUNTS};

/// The same template with a step counted before each partial, and with a bound to what a partial is given as a block.
pub(super) fn counted(template: &Template) -> Template {
    let mut all = template.clone();
    all.elements.clear();
    all.mapping.clear();
    for (element, place) in template.elements.iter().zip(&template.mapping) {
        if matches!(element, TemplateElement::PartialExpression(_) | TemplateElement::PartialBlock(_)) {
            all.elements.extend(helper(COUNTS).map(TemplateElement::Expression));
            all.mapping.resize(all.elements.len(), place.clone());
        }
        all.elements.push(inside(element));
        all.mapping.push(place.clone());
    }
    all
}

fn inside(element: &TemplateElement) -> TemplateElement {
    let mut element = element.clone();
    match &mut element {
        TemplateElement::HelperBlock(held) => {
            for block in held.template.iter_mut().chain(&mut held.inverse) {
                *block = counted(block);
            }
        }
        TemplateElement::DecoratorBlock(held) => {
            if let Some(block) = &mut held.template {
                *block = counted(block);
            }
        }
        TemplateElement::PartialBlock(held) => {
            if let (Some(block), Some(mut bounds)) = (held.template.take(), helper(BOUNDS)) {
                let mut around = Template::default();
                around.name.clone_from(&block.name);
                around.mapping.extend(block.mapping.first().cloned());
                bounds.block = true;
                bounds.template = Some(counted(&block));
                // A block that holds nothing has no place either.
                if !around.mapping.is_empty() {
                    around.elements.push(TemplateElement::HelperBlock(bounds));
                }
                held.template = Some(around);
            }
        }
        _ => {}
    }
    element
}

/// A helper as the language reads it that is given nothing.
fn helper(name: &str) -> Option<Box<HelperTemplate>> {
    match *Subexpression::new(Parameter::Name(name.to_owned()), Vec::new(), HashMap::new()).element {
        TemplateElement::Expression(held) => Some(held),
        _ => None,
    }
}
