//! Texts and buttons as Discord takes them.

use firebell_core::control::Control;
use serenity::builder::{CreateActionRow, CreateButton};

use crate::render::Target;

/// The longest text of one message
/// (<https://discord.com/developers/docs/resources/message#create-message-jsonform-params>).
pub(in crate::platform) const MESSAGE_MAX: usize = 2_000;
/// How many buttons stand in a row, and how many rows below a message.
const ROW: usize = 5;
const ROWS: usize = 5;

/// For whom texts are escaped.
pub(in crate::platform) fn target() -> Target {
    Target::Markdown
}

/// A long text in messages' worth of it; at least one.
pub(super) fn pages(text: &str) -> Vec<String> {
    let mut pages = Vec::new();
    let mut rest = text.trim();
    while rest.chars().count() > MESSAGE_MAX {
        let end = rest.char_indices().nth(MESSAGE_MAX).map_or(rest.len(), |(at, _)| at);
        let head = &rest[..end];
        let end = head.rfind('\n').or_else(|| head.rfind(' ')).filter(|at| *at > 0).unwrap_or(end);
        pages.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() || pages.is_empty() {
        pages.push(if rest.is_empty() { "–".to_owned() } else { rest.to_owned() });
    }
    pages
}

/// As much of a text as one message takes.
pub(super) fn message(text: &str) -> String {
    clipped(text.trim(), MESSAGE_MAX)
}

/// The text, or as much of its beginning as fits with a sign that there was more.
pub(super) fn clipped(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Buttons below a message.
pub(super) fn rows(controls: &[Control]) -> Vec<CreateActionRow> {
    let button = |control: &Control| {
        let incident = control.incident.map(|incident| incident.to_string()).unwrap_or_default();
        CreateButton::new(format!("firebell:{}:{incident}", control.button.word())).label(control.button.label())
    };
    let rows = controls.chunks(ROW).take(ROWS);
    rows.map(|row| CreateActionRow::Buttons(row.iter().map(button).collect())).collect()
}
