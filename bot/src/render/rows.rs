//! The helper that renders the rows of long tables.

use std::borrow::Cow;
use std::cell::Cell;

use firebell_core::view::{Field, TimelineRow};
use handlebars::template::{HelperTemplate, Parameter, TemplateElement};
use handlebars::{
    BlockContext, Context, Handlebars, Helper, HelperDef, HelperResult, Output, Path, PathSeg, RenderContext,
    RenderError, RenderErrorReason, Renderable, Template,
};
use serde_json::Value;

use super::bound::Budget;
use super::material::TIMELINE;
use super::{Target, aim};

/// `{{#rows list}}`: the block once for each row of a list, like `each`, for which every `{{field}}` goes down from the
/// whole view again, copying its path on the way, which a long record feels. Here a row's own fields are read from the
/// row; whatever else the block holds is left to the language, and so are a field's absence and its message.
pub(super) struct Rows<'v> {
    /// The timeline, if the context holds only as many empty values.
    pub(super) timeline: Option<&'v [TimelineRow]>,
    /// Every row is a step of it.
    pub(super) budget: &'v Budget,
}

/// What rendering needs at every depth of a block.
struct Place<'reg, 'rc, 'row> {
    registry: &'reg Handlebars<'reg>,
    context: &'rc Context,
    row: Row<'row>,
    /// Whether the language has been given the row, as a value of its own.
    given: Cell<bool>,
}

/// One row of a list.
#[derive(Clone, Copy)]
enum Row<'row> {
    Value(&'row Value),
    /// One that is a value only where the language needs it, and only while it is its turn.
    Timeline(&'row TimelineRow),
}

impl HelperDef for Rows<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("rows", 0))?;
        let block = helper.template().ok_or(RenderErrorReason::BlockContentRequired)?;
        if value.is_value_missing() {
            return Err(RenderError::strict_error(value.relative_path()));
        }
        let list = value.value().as_array().ok_or_else(|| {
            let named = value.relative_path().cloned().unwrap_or_default();
            RenderErrorReason::ParamTypeMismatchForName("rows", named, "list".to_owned())
        })?;
        if list.is_empty() {
            return helper.inverse().map_or(Ok(()), |block| block.render(registry, context, render, out));
        }
        let timeline = self.timeline.filter(|_| value.context_path().is_some_and(|path| *path == [TIMELINE]));
        render.push_block(BlockContext::new());
        for (index, held) in list.iter().enumerate() {
            self.budget.spend(1)?;
            let row = timeline.and_then(|rows| rows.get(index)).map_or(Row::Value(held), Row::Timeline);
            let place = Place { registry, context, row, given: Cell::new(false) };
            place.template(block, render, out)?;
        }
        render.pop_block();
        Ok(())
    }
}

impl<'reg: 'rc, 'rc, 'row> Place<'reg, 'rc, 'row> {
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
                    if let Some(text) = self.field(&held.name).and_then(in_one_line) {
                        out.write(&text)?;
                        if !text.is_empty() {
                            render.set_content_produced(true);
                        }
                        return Ok(());
                    }
                }
                TemplateElement::Expression(held) if named(held, "say") => {
                    if let Some(Field::Text(name)) = self.param(held)
                        && name.starts_with("entry/")
                        && let Some(entry) = self.registry.get_template(name)
                    {
                        return self.template(entry, render, out);
                    }
                }
                TemplateElement::HelperBlock(held) if named(held, "if") => {
                    if let Some(field) = self.param(held) {
                        let block = if is_filled(field) { &held.template } else { &held.inverse };
                        return block.as_ref().map_or(Ok(()), |block| self.template(block, render, out));
                    }
                }
                _ => {}
            }
        }
        if !matches!(element, TemplateElement::RawString(_)) {
            self.give(render)?;
        }
        element.render(self.registry, self.context, render, out)
    }

    /// Lets the language look up names in the row.
    fn give(&self, render: &mut RenderContext<'reg, 'rc>) -> HelperResult {
        if !self.given.replace(true)
            && let Some(block) = render.block_mut()
        {
            block.set_base_value(match self.row {
                Row::Value(row) => row.clone(),
                Row::Timeline(row) => serde_json::to_value(row).map_err(RenderErrorReason::from)?,
            });
        }
        Ok(())
    }

    fn param(&self, held: &HelperTemplate) -> Option<Field<'row>> {
        match held.params.as_slice() {
            [only] if held.hash.is_empty() => self.field(only),
            _ => None,
        }
    }

    /// The row's field that is meant, if it is one that can be read without the language.
    fn field(&self, parameter: &Parameter) -> Option<Field<'row>> {
        let Parameter::Path(Path::Relative((names, raw))) = parameter else { return None };
        let row = match self.row {
            Row::Timeline(row) => return row.field(raw),
            Row::Value(row) => row,
        };
        let value = names.iter().try_fold(row, |held, name| match name {
            PathSeg::Named(name) => held.as_object()?.get(name),
            _ => None,
        });
        match value? {
            Value::String(text) => Some(Field::Text(text)),
            Value::Bool(flag) => Some(Field::Flag(*flag)),
            Value::Null => Some(Field::Nothing),
            Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

/// A field made inert, unless it has several lines, which the language may have to indent.
fn in_one_line(field: Field<'_>) -> Option<Cow<'_, str>> {
    match field {
        Field::Text(text) => Some(aim::inert(text)).filter(|text| is_one_line(text)),
        Field::Flag(flag) => Some(Cow::Borrowed(if flag { "true" } else { "false" })),
        Field::Nothing => Some(Cow::Borrowed("")),
    }
}

/// Whether a text that was made inert is one line, as every one in Markdown is.
fn is_one_line(text: &str) -> bool {
    aim::now() == Target::Markdown || !text.bytes().any(|byte| matches!(byte, b'\n' | b'\r'))
}

/// Whether the language would take this for a condition that holds.
fn is_filled(field: Field<'_>) -> bool {
    match field {
        Field::Text(text) => !text.is_empty(),
        Field::Flag(flag) => flag,
        Field::Nothing => false,
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
