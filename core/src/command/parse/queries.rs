//! The verbs that only read and take words.

use super::super::verbs::{Slash, VERBS, Verb};
use super::super::{Ask, ExportFormat, Query};
use super::people::handle;
use super::unknown_verb;
use super::words::Words;
use crate::ids::Key;
use crate::refusal::Refusal;

/// `list [all]`.
pub(super) fn list(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    let all = match words.first() {
        None => false,
        Some(word) if word.eq_ignore_ascii_case("all") => true,
        Some(word) => {
            return Err(words.refuse(&format!("\"{}\" cannot be listed", Refusal::quote(word))));
        }
    };
    Ok(Ask::Query(Query::List { all }))
}

/// `why-paged [@person]`.
pub(super) fn why_paged(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    let person = words.first().map(|word| handle(words, word)).transpose()?;
    Ok(Ask::Query(Query::WhyPaged { person }))
}

fn template(words: &Words) -> Result<Option<String>, Refusal> {
    let template = words.texts("template").next().map(Key::new).transpose();
    let template = template.map_err(|_| words.refuse("a template's name has only a-z, 0-9, '-' and '_'"))?;
    Ok(template.map(String::from))
}

/// `export [md|html|pdf|json] [--template T]`.
pub(super) fn export(words: &Words) -> Result<Ask, Refusal> {
    words.at_most(1)?;
    let template = template(words)?;
    let format = match words.first().map(str::to_lowercase).as_deref() {
        None | Some("md" | "markdown") => ExportFormat::Markdown,
        Some("html") => ExportFormat::Html,
        Some("pdf") => ExportFormat::Pdf,
        Some("json") if template.is_some() => {
            return Err(words.refuse("--template is for a postmortem, and a record as JSON has none"));
        }
        Some("json") => ExportFormat::Json,
        Some(other) => {
            return Err(words.refuse(&format!("\"{}\" is no form of export", Refusal::quote(other))));
        }
    };
    Ok(Ask::Query(Query::Export { format, template }))
}

/// `help [command]`, of the slash command that it stands behind where a word is a command of several.
pub(super) fn help(words: &Words, slash: Slash) -> Result<Ask, Refusal> {
    words.at_most(2)?;
    let named = words.plain().iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    if named.is_empty() {
        return Ok(Ask::Query(Query::Help { topic: None }));
    }
    let verb = slash.verb(&named).or_else(|| Verb::by_name(&named));
    let verb = verb.ok_or_else(|| unknown_verb(&named, VERBS.iter()))?;
    Ok(Ask::Query(Query::Help { topic: Some(verb.named()) }))
}
