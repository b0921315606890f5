//! The helpers that templates have beyond, or instead of, those of the language.

use std::fmt::Write as _;

use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, JsonTruthy, Output, RenderContext, RenderError,
    RenderErrorReason, Renderable,
};

use super::escape::{discord_link, slack_link};
use super::{Target, aim};
use crate::document::without_places;
use crate::text::is_hidden;

/// `{{yaml value}}`: a value as YAML, for front matter. Every JSON text is a YAML flow value, and so people's words
/// can neither end their quotes nor begin a key.
pub(super) struct Yaml;

impl HelperDef for Yaml {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("yaml", 0))?;
        if value.is_value_missing() {
            return Err(RenderError::strict_error(value.relative_path()));
        }
        let json = serde_json::to_string(value.value()).map_err(RenderErrorReason::from)?;
        let mut text = String::with_capacity(json.len());
        for letter in without_places(&json).chars() {
            if letter.is_control() || is_hidden(letter) {
                // JSON's own escape; what it writes beyond the basic plane takes two.
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            } else {
                text.push(letter);
            }
        }
        out.write(&text)?;
        Ok(())
    }
}

/// `if` and `unless`, which in the language's own form take a variable that is not there for one that is empty, even in
/// strict mode, and so would hide a misspelt name until it matters.
pub(super) struct Condition {
    /// What the value must be for the block to be shown: `true` for `if`, `false` for `unless`.
    pub(super) wanted: bool,
}

impl HelperDef for Condition {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("if", 0))?;
        if value.is_value_missing() {
            return Err(RenderError::strict_error(value.relative_path()));
        }
        let block = if value.value().is_truthy(false) == self.wanted { helper.template() } else { helper.inverse() };
        block.map_or(Ok(()), |block| block.render(registry, context, render, out))
    }
}

/// `{{say partial}}`: an entry's own sentence, from the template named by its field `partial`. A partial of the language
/// would copy the whole row for every entry, which a long record feels.
pub(super) struct Say;

impl HelperDef for Say {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        render: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let value = helper.param(0).ok_or(RenderErrorReason::ParamNotFoundForIndex("say", 0))?;
        if value.is_value_missing() {
            return Err(RenderError::strict_error(value.relative_path()));
        }
        let name = value.value().as_str().filter(|name| name.starts_with("entry/")).unwrap_or_default();
        let entry = registry.get_template(name).ok_or_else(|| RenderErrorReason::PartialNotFound(name.to_owned()))?;
        entry.render(registry, context, render, out)
    }
}

/// `{{href url}}` and `{{href url label}}`: an address that can be followed, under the label where there is one. What is
/// no web address is shown as people's words are.
pub(super) struct Href;

impl HelperDef for Href {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let mut texts = Vec::new();
        for value in helper.params() {
            if value.is_value_missing() {
                return Err(RenderError::strict_error(value.relative_path()));
            }
            texts.push(value.value().as_str().unwrap_or_default());
        }
        let url = texts.first().ok_or(RenderErrorReason::ParamNotFoundForIndex("href", 0))?;
        let label = texts.get(1).filter(|label| !label.trim().is_empty());
        let link = match aim::now() {
            Target::Slack => slack_link(url, label.copied()),
            Target::Discord => discord_link(url, label.copied()),
            Target::Console | Target::Markdown => None,
        };
        match (link, label) {
            (Some(link), _) => out.write(&link)?,
            (None, Some(label)) => {
                out.write(&aim::inert(label))?;
                out.write(" ")?;
                out.write(&aim::inert(url))?;
            }
            (None, None) => out.write(&aim::inert(url))?,
        }
        Ok(())
    }
}
