//! `each`, as the language has it, but with an end.

use handlebars::{
    BlockContext, BlockParams, Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext,
    RenderError, RenderErrorReason, Renderable, to_json,
};
use serde_json::Value;

use super::bound::Budget;

/// `{{#each list}}`: the block once for each item of a list, or for each field of an object. Every round is a step of the
/// [`Budget`], since loops within loops may go on for ever without writing anything.
pub(super) struct Each<'b> {
    pub(super) budget: &'b Budget,
}

/// One round.
struct Round<'v> {
    /// What leads from the list to the item.
    step: String,
    /// The same as a value: a number, or the name of a field.
    name: Value,
    value: &'v Value,
}

impl HelperDef for Each<'_> {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let given = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("each", 0))?;
        let missing = || RenderError::strict_error(given.relative_path());
        if given.is_value_missing() {
            return Err(missing());
        }
        let rounds: Box<dyn ExactSizeIterator<Item = Round<'_>>> = match given.value() {
            Value::Array(items) => Box::new(items.iter().enumerate().map(|(index, value)| Round {
                step: index.to_string(),
                name: to_json(index),
                value,
            })),
            Value::Object(fields) => {
                Box::new(fields.iter().map(|(key, value)| Round { step: key.clone(), name: to_json(key), value }))
            }
            _ if helper.inverse().is_none() => return Err(missing()),
            _ => Box::new(std::iter::empty()),
        };
        if rounds.len() == 0 {
            return helper.inverse().map_or(Ok(()), |block| block.render(registry, context, render, out));
        }
        let Some(block) = helper.template() else { return Ok(()) };
        let last = rounds.len() - 1;
        render.push_block(BlockContext::new());
        for (index, round) in rounds.enumerate() {
            self.budget.spend(1)?;
            if let Some(scope) = render.block_mut() {
                enter(scope, helper, (index, index == last), round)?;
            }
            block.render(registry, context, render, out)?;
        }
        render.pop_block();
        Ok(())
    }
}

/// Lets the block speak of the item whose turn it is.
fn enter<'rc>(
    scope: &mut BlockContext<'rc>,
    helper: &Helper<'rc>,
    (index, last): (usize, bool),
    round: Round<'_>,
) -> HelperResult {
    let given = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("each", 0))?;
    let Round { step, name, value } = round;
    scope.set_local_var("first", to_json(index == 0));
    scope.set_local_var("last", to_json(last));
    scope.set_local_var("index", to_json(index));
    if given.value().is_object() {
        scope.set_local_var("key", name.clone());
    }
    let path = given.context_path();
    let mut params = BlockParams::new();
    if let Some(item) = helper.block_param().or_else(|| helper.block_param_pair().map(|(item, _)| item)) {
        match path {
            Some(_) => params.add_path(item, Vec::new())?,
            None => params.add_value(item, value.clone())?,
        }
    }
    if let Some((_, key)) = helper.block_param_pair() {
        params.add_value(key, name)?;
    }
    scope.set_block_params(params);
    match path {
        None => scope.set_base_value(value.clone()),
        Some(path) => {
            let place = scope.base_path_mut();
            if index == 0 {
                place.clone_from(path);
                place.push(step);
            } else if let Some(held) = place.last_mut() {
                *held = step;
            }
        }
    }
    Ok(())
}
