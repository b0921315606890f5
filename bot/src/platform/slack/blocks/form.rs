//! Forms as modal views.
//!
//! Source: <https://docs.slack.dev/reference/views/modal-views> and the pages of its blocks and elements.

use firebell_core::form::{Choice, Field, Form, Input, Source};
use serde_json::Value;
use slack_morphism::prelude::*;

use super::select::{SlackOption, initial, name_of, shown};
use super::{PREFIX, cut, plain, section, values, wire};

const TITLE: usize = 24;
const METADATA: usize = 3_000;
const BLOCKS: usize = 100;
const LABEL: usize = 2_000;
/// The longest text that somebody can type into one field.
const INPUT: usize = 3_000;
/// As many choices are shown beside each other; more are a menu.
const RADIO: usize = 5;
/// The most boxes of one group.
const BOXES: usize = 10;

/// A form as a modal view. `metadata` comes back with what was filled in; more than 3000 characters of it are left out
/// whole, because Slack would refuse the view. A field that offers no choice at all is not shown.
pub fn form(form: &Form, metadata: &str) -> Value {
    let mut blocks: Vec<SlackBlock> = form.fields.iter().filter_map(input).take(BLOCKS).collect();
    if blocks.is_empty() {
        blocks.extend(section("There is nothing to fill in."));
    }
    let title = if form.title.trim().is_empty() { "Firebell" } else { &form.title };
    let view = SlackModalView::new(plain(title, TITLE).into(), blocks)
        .with_submit(plain(form.submit, TITLE).into())
        .with_close(plain("Cancel", TITLE).into())
        .with_callback_id(format!("{PREFIX}form:{}", form.kind.word()).into())
        .with_notify_on_close(false);
    let kept = !metadata.is_empty() && cut::length(metadata) <= METADATA;
    wire(&SlackView::Modal(view.opt_private_metadata(kept.then(|| metadata.to_owned()))))
}

fn input(field: &Field) -> Option<SlackBlock> {
    let label = if field.label.trim().is_empty() { field.name } else { field.label };
    let hint = field.hint.as_deref().filter(|hint| !hint.trim().is_empty());
    let block = SlackInputBlock::new(plain(label, LABEL).into(), element(field)?)
        .with_block_id(values::block(field.name).into())
        .opt_hint(hint.map(|hint| plain(hint, LABEL).into()))
        .with_optional(!field.required);
    Some(block.into())
}

fn element(field: &Field) -> Option<SlackInputBlockElement> {
    match &field.input {
        Input::Line { initial, max } => Some(typed(initial, *max, false)),
        Input::Text { initial, max } => Some(typed(initial, *max, true)),
        Input::Choice { choices, initial } => one_of(choices, initial.as_deref(), field.required),
        Input::Pick { source, many, initial } => Some(pick(*source, *many, initial)),
        Input::Toggles { choices, initial } => any_of(choices, initial),
    }
}

fn typed(initial: &str, max: usize, multiline: bool) -> SlackInputBlockElement {
    let max = max.clamp(1, INPUT);
    let initial = cut::within(initial, max);
    SlackBlockPlainTextInputElement::new()
        .with_action_id(action())
        .with_multiline(multiline)
        .with_max_length(u64::try_from(max).unwrap_or(u64::MAX))
        .opt_initial_value((!initial.is_empty()).then(|| initial.to_owned()))
        .into()
}

fn one_of(choices: &[Choice], chosen: Option<&str>, required: bool) -> Option<SlackInputBlockElement> {
    let chosen: Vec<&str> = chosen.into_iter().collect();
    let options = shown(choices, &chosen);
    let initial = initial(&options, &chosen).into_iter().next();
    if options.is_empty() {
        return None;
    }
    // What is chosen there cannot be taken back.
    if required && options.len() <= RADIO {
        let radio = SlackBlockRadioButtonsElement::new(options.into_iter().map(boxed).collect());
        return Some(radio.with_action_id(action()).opt_initial_option(initial.map(boxed)).into());
    }
    let menu = SlackBlockStaticSelectElement::new().with_action_id(action()).with_options(options);
    Some(menu.opt_initial_option(initial).into())
}

fn any_of(choices: &[Choice], chosen: &[String]) -> Option<SlackInputBlockElement> {
    let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
    let options = shown(choices, &chosen);
    let initial = filled(initial(&options, &chosen));
    if options.is_empty() {
        return None;
    }
    if options.len() > BOXES {
        let menu = SlackBlockMultiStaticSelectElement::new().with_action_id(action()).with_options(options);
        return Some(menu.opt_initial_options(initial).into());
    }
    let boxes = SlackBlockCheckboxesElement::new(options.into_iter().map(boxed).collect()).with_action_id(action());
    Some(boxes.opt_initial_options(initial.map(|held| held.into_iter().map(boxed).collect())).into())
}

fn pick(source: Source, many: bool, initial: &[Choice]) -> SlackInputBlockElement {
    let action = name_of(source).into();
    let initial = shown(initial, &[]);
    // Everything is offered before anything is typed.
    if many {
        let menu = SlackBlockMultiExternalSelectElement::new().with_action_id(action).with_min_query_length(0);
        return menu.opt_initial_options(filled(initial)).into();
    }
    let menu = SlackBlockExternalSelectElement::new().with_action_id(action).with_min_query_length(0);
    menu.opt_initial_option(initial.into_iter().next()).into()
}

/// The name of the one element of a field, whose block tells which field it is.
fn action() -> SlackActionId {
    format!("{PREFIX}field").into()
}

/// Slack takes no empty list for one of which nothing is chosen.
fn filled(options: Vec<SlackOption>) -> Option<Vec<SlackOption>> {
    (!options.is_empty()).then_some(options)
}

fn boxed(option: SlackOption) -> SlackBlockChoiceItem<SlackBlockText> {
    SlackBlockChoiceItem::new(option.text.into(), option.value)
}
