//! Buttons, and what is sent back when one is pressed.

use firebell_core::control::{Button, Control};
use serde_json::Value;
use slack_morphism::prelude::*;

use super::{PREFIX, plain};

/// The most buttons of one block.
///
/// Source: <https://docs.slack.dev/reference/block-kit/blocks/actions-block>.
const ROW: usize = 25;
/// The longest text on a button, and the longest that is read out instead.
///
/// Source: <https://docs.slack.dev/reference/block-kit/block-elements/button-element>.
const LABEL: usize = 75;

/// The button that was pressed, from one of a payload's `actions`; `None` for what is no button of ours.
pub fn control_of(action: &Value) -> Option<Control> {
    let button = Button::of(action.get("action_id")?.as_str()?.strip_prefix(PREFIX)?)?;
    let incident = match action.get("value").and_then(Value::as_str).unwrap_or_default() {
        "" => None,
        id => Some(id.parse().ok()?),
    };
    Some(Control { button, incident })
}

/// Blocks of buttons, in their order. No block holds a button twice, because Slack tells buttons of a block apart by their
/// name. The blocks are named by Slack, which wants new names whenever a message is edited.
pub(super) fn rows(controls: &[Control]) -> Vec<SlackBlock> {
    let mut rows: Vec<Vec<Control>> = Vec::new();
    for control in controls {
        match rows.last_mut() {
            Some(row) if row.len() < ROW && row.iter().all(|held| held.button != control.button) => row.push(*control),
            _ => rows.push(vec![*control]),
        }
    }
    let block = |row: Vec<Control>| SlackActionsBlock::new(row.into_iter().map(|one| button(one).into()).collect());
    rows.into_iter().map(|row| block(row).into()).collect()
}

/// One button. None asks whether it was meant: what ends something opens a form first.
pub(super) fn button(control: Control) -> SlackBlockButtonElement {
    let label = control.button.label();
    let button = SlackBlockButtonElement::new(plain(label, LABEL).into())
        .with_action_id(format!("{PREFIX}{}", control.button.word()).into())
        .opt_style(style(control.button));
    match control.incident {
        Some(id) => {
            let read_out = SlackAccessibilityLabel(super::cut::clipped(&format!("{label} {id}"), LABEL));
            button.with_value(id.to_string()).with_accessibility_label(read_out)
        }
        None => button,
    }
}

/// The one thing that a page waits for, and the one with which all begins, stand out.
fn style(button: Button) -> Option<SlackBlockButtonStyle> {
    match button {
        Button::Acknowledge | Button::Declare => Some(SlackBlockButtonStyle::Primary),
        Button::Lead
        | Button::Update
        | Button::Change
        | Button::Action
        | Button::Resolve
        | Button::Timeline
        | Button::Snooze => None,
    }
}
