//! The app's home page.
//!
//! Source: <https://docs.slack.dev/reference/views/home-tab-views>.

use firebell_core::control::{Button, Control};
use serde_json::Value;
use slack_morphism::prelude::*;

use super::{button, context, cut, plain, section, wire};
use crate::platform::incoming::{Home, HomeRow, Section};

/// The most blocks of a view.
const BLOCKS: usize = 100;
/// The longest title of a section.
const TITLE: usize = 150;
/// The longest text of a row. More would make no page that anybody reads, and a view may not be larger than 250 kB.
const ROW: usize = 400;
/// The fewest blocks of a section that is shown: its title, a row with its buttons, and how many are left out.
const LEAST: usize = 4;

/// The page that somebody sees who opens the app.
pub fn home(home: &Home) -> Value {
    let mut blocks = button::rows(&[Control { button: Button::Declare, incident: None }]);
    let mut sections = home.sections.iter();
    while let Some(one) = sections.next() {
        let left = sections.len();
        // The last block may have to say that there are more sections.
        let room = BLOCKS.saturating_sub(blocks.len() + 1);
        if room < LEAST {
            blocks.push(more(left + 1));
            break;
        }
        // Every later section keeps its title and a row, as long as there is room for that.
        let room = room.saturating_sub(left.saturating_mul(LEAST)).max(LEAST);
        add(one, room, &mut blocks);
    }
    wire(&SlackView::Home(SlackHomeView::new(blocks)))
}

/// Adds as much of a section as fits into `room` blocks.
fn add(one: &Section, room: usize, blocks: &mut Vec<SlackBlock>) {
    let end = blocks.len() + room;
    if !one.title.trim().is_empty() {
        blocks.push(SlackHeaderBlock::new(plain(&one.title, TITLE).into()).into());
    }
    if one.rows.is_empty() && !one.empty.trim().is_empty() {
        blocks.push(context(&cut::clipped(&one.empty, ROW)));
    }
    for (index, held) in one.rows.iter().enumerate() {
        let left = one.rows.len() - index;
        let shown = row(held);
        let last = usize::from(left > 1);
        if blocks.len() + shown.len() + last > end {
            blocks.push(more(left));
            break;
        }
        blocks.extend(shown);
    }
}

/// A row with its only button beside it, or its buttons below.
fn row(row: &HomeRow) -> Vec<SlackBlock> {
    let text = cut::clipped(&row.text, ROW);
    let shown = section(if text.trim().is_empty() { "–" } else { &text });
    match (row.controls.as_slice(), shown) {
        ([only], Some(SlackBlock::Section(held))) => vec![held.with_accessory(button::button(*only).into()).into()],
        (controls, shown) => shown.into_iter().chain(button::rows(controls)).collect(),
    }
}

fn more(left: usize) -> SlackBlock {
    context(&format!("and {left} more"))
}
