//! What can be chosen from, in forms and while somebody types.

use firebell_core::form::{Choice, Source};
use serde_json::{Value, json};
use slack_morphism::prelude::*;

use super::{PREFIX, cut, plain, wire};

/// The most options of one menu.
///
/// Source: <https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element>.
const OPTIONS: usize = 100;
/// The longest text of an option, and the longest value.
///
/// Source: <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>.
const TEXT: usize = 75;
const VALUE: usize = 150;
/// What stands before a source's word in the name of a menu.
const PICK: &str = "pick:";

pub(super) type SlackOption = SlackBlockChoiceItem<SlackBlockPlainTextOnly>;

/// The answer to what somebody typed into a menu.
pub fn options(choices: &[Choice]) -> Value {
    json!({ "options": wire(&shown(choices, &[])) })
}

/// What a menu offers, from its name; `None` for any other element.
pub fn source_of(action_id: &str) -> Option<Source> {
    Source::of(action_id.strip_prefix(PREFIX)?.strip_prefix(PICK)?)
}

/// The name of a menu that offers this.
pub(super) fn name_of(source: Source) -> String {
    format!("{PREFIX}{PICK}{}", source.word())
}

/// The options of a menu; those with one of these values are among them even where there are more than a menu holds. A
/// choice whose value Slack would refuse is left out, because a clipped one would mean something else.
pub(super) fn shown(choices: &[Choice], chosen: &[&str]) -> Vec<SlackOption> {
    let fits = |choice: &&Choice| !choice.value.is_empty() && cut::length(&choice.value) <= VALUE;
    let is_chosen = |choice: &Choice| chosen.contains(&choice.value.as_str());
    let choices = choices.iter().filter(fits);
    let wanted = choices.clone().filter(|choice| is_chosen(choice)).count();
    let mut spare = OPTIONS.saturating_sub(wanted);
    let kept = choices.filter(|choice| {
        let kept = is_chosen(choice) || spare > 0;
        spare -= usize::from(kept && !is_chosen(choice));
        kept
    });
    kept.take(OPTIONS).map(option).collect()
}

/// Those of the options that are chosen from the beginning. Slack wants them to equal an option to the letter.
pub(super) fn initial(options: &[SlackOption], chosen: &[&str]) -> Vec<SlackOption> {
    options.iter().filter(|option| chosen.contains(&option.value.as_str())).cloned().collect()
}

fn option(choice: &Choice) -> SlackOption {
    let label = if choice.label.trim().is_empty() { &choice.value } else { &choice.label };
    SlackBlockChoiceItem::new(plain(label, TEXT).into(), choice.value.clone())
}
