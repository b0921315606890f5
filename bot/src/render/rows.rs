//! The helper that renders the rows of long tables.

use std::borrow::Cow;

use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    BlockContext, Context, Handlebars, Helper, HelperDef, HelperResult, JsonRender, JsonTruthy, Output, Path, PathSeg,
    RenderContext, RenderError, RenderErrorReason, Renderable, Template,
};
use serde_json::Value;

use super::Target;
use super::escape::escape;

/// `{{#rows list}}`: the block once for each row of a list, like `each`, for which every `{{field}}` goes down from the
/// whole view again, copying its path on the way, which a long record feels. Here a row's own fields are read from the
/// row; whatever else the block holds is left to the language, and so are a field's absence and its message.
pub(super) struct Rows {
    /// Where the rows are read, as the language's own escaping of the registry has it.
    pub(super) target: Target,
}

/// What rendering needs at every depth of a block.
struct Place<'reg, 'rc> {
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    target: Target,
    row: &'rc Value,
}

impl HelperDef for Rows {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("rows", 0))?;
        let (Some(path), Some(template)) = (value.context_path(), helper.template()) else {
            return Err(RenderError::strict_error(value.relative_path()));
        };
        // The row must outlive the helper, and so comes from the context and not from the parameter.
        let list = path.iter().try_fold(context.data(), |held, name| match held {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => held.get(name),
        });
        let list = list.and_then(Value::as_array).ok_or_else(|| RenderError::strict_error(value.relative_path()))?;
        let mut block = BlockContext::new();
        block.base_path_mut().clone_from(path);
        block.base_path_mut().push(String::new());
        render.push_block(block);
        for (index, row) in list.iter().enumerate() {
            if let Some(last) = render.block_mut().and_then(|block| block.base_path_mut().last_mut()) {
                *last = index.to_string();
            }
            Place { registry, context, target: self.target, row }.template(template, render, out)?;
        }
        render.pop_block();
        Ok(())
    }
}

impl<'reg: 'rc, 'rc> Place<'reg, 'rc> {
    fn template(
        &self,
        template: &'rc Template,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        render.set_current_template_name(template.name.as_ref());
        for (index, element) in template.elements.iter().enumerate() {
            self.element(element, render, out).map_err(|mut error| {
                if let (None, Some(mapping)) = (error.line_no, template.mapping.get(index)) {
                    (error.line_no, error.column_no) = (Some(mapping.0), Some(mapping.1));
                }
                if error.template_name.is_none() {
                    error.template_name.clone_from(&template.name);
                }
                error
            })?;
        }
        Ok(())
    }

    fn element(
        &self,
        element: &'rc TemplateElement,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        // At the start of a line the language may have to indent.
        let inline = !render.get_indent_before_write() && !render.get_trailine_newline();
        if inline && !render.is_disable_escape() {
            match element {
                TemplateElement::Expression(held) if held.params.is_empty() && held.hash.is_empty() => {
                    if let Some(text) = self.field(&held.name).and_then(|value| self.escaped(value)) {
                        out.write(&text)?;
                        if !text.is_empty() {
                            render.set_content_produced(true);
                        }
                        return Ok(());
                    }
                }
                TemplateElement::Expression(held) if named(held, "say") => {
                    let name = self.param(held).and_then(Value::as_str).filter(|name| name.starts_with("entry/"));
                    if let Some(entry) = name.and_then(|name| self.registry.get_template(name)) {
                        return self.template(entry, render, out);
                    }
                }
                TemplateElement::HelperBlock(held) if named(held, "if") => {
                    if let Some(value) = self.param(held) {
                        let block = if value.is_truthy(false) { &held.template } else { &held.inverse };
                        return block.as_ref().map_or(Ok(()), |block| self.template(block, render, out));
                    }
                }
                _ => {}
            }
        }
        element.render(self.registry, self.context, render, out)
    }

    fn param(&self, held: &HelperTemplate) -> Option<&'rc Value> {
        match held.params.as_slice() {
            [only] if held.hash.is_empty() => self.field(only),
            _ => None,
        }
    }

    /// The row's field that is meant, if it is one.
    fn field(&self, parameter: &Parameter) -> Option<&'rc Value> {
        let Parameter::Path(Path::Relative((names, _))) = parameter else { return None };
        names.iter().try_fold(self.row, |held, name| match name {
            PathSeg::Named(name) => held.as_object()?.get(name),
            _ => None,
        })
    }

    /// The value made inert, unless it has several lines, which the language may have to indent.
    fn escaped<'v>(&self, value: &'v Value) -> Option<Cow<'v, str>> {
        let text = match value {
            Value::String(text) => escape(self.target, text),
            other => Cow::Owned(escape(self.target, &other.render()).into_owned()),
        };
        (!text.contains(['\n', '\r'])).then_some(text)
    }
}

/// Whether a helper is called by this name.
pub(super) fn named(held: &HelperTemplate, name: &str) -> bool {
    match &held.name {
        Parameter::Name(held) => held == name,
        Parameter::Path(Path::Relative((_, raw))) => raw == name,
        _ => false,
    }
}
