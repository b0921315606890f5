//! `/incident declare`.

use std::collections::HashSet;

use super::super::{Ask, Command, Declare};
use super::Context;
use super::token::Token;
use super::words::Words;
use crate::refusal::Refusal;
use crate::settings::Severity;
use crate::text::{self, TEXT_MAX, TITLE_MAX};

/// `declare <title> [sevN] [--service S] [--type T] [--field F=V] [--private] [--drill] [--impact-started T]
/// [--description TEXT] [--here]`.
pub(super) fn declare(words: &Words, context: &Context<'_>) -> Result<Ask, Refusal> {
    let mut title = words.plain().to_vec();
    let severity = severity(words, &mut title, context)?;
    let title = match title.as_slice() {
        [whole] if whole.quoted => whole.text.to_owned(),
        parts => words.raw(parts),
    };
    if title.trim().is_empty() {
        return Err(words.refuse("say what happened"));
    }
    Ok(Ask::Command(Command::Declare(Declare {
        title: text::line("title", &title, TITLE_MAX)?,
        severity,
        incident_type: words.texts("type").next().map(str::to_owned),
        fields: fields(words)?,
        services: services(words)?,
        private: words.flag("private"),
        drill: words.flag("drill"),
        impact_started: words.at("impact-started"),
        description: description(words)?,
        here: words.flag("here"),
        quote: None,
    })))
}

/// The severity that an option or a word of the title names; the last such word is taken out of the title.
fn severity(words: &Words, title: &mut Vec<Token>, context: &Context<'_>) -> Result<Option<String>, Refusal> {
    let mut named: Option<String> = words.texts("severity").next().map(str::to_lowercase);
    for severity in title.iter().filter_map(|token| as_severity(token, context)) {
        if let Some(other) = named.filter(|other| *other != severity) {
            let (first, second) = (Refusal::quote(&other), Refusal::quote(&severity));
            return Err(words.refuse(&format!("{first} and {second} are two severities, name one or quote the title")));
        }
        named = Some(severity);
    }
    if let Some(last) = title.iter().rposition(|token| as_severity(token, context).is_some()) {
        title.remove(last);
    }
    Ok(named)
}

/// The severity that a word of a title is; punctuation behind it is not part of it, as in "sev1: checkout is down". Of
/// severities with other keys, those with a number at their end are understood: what is called "high" may be meant as a
/// word.
fn as_severity(token: &Token, context: &Context<'_>) -> Option<String> {
    let word = token.text.trim_end_matches([':', ',', ';', '.', '!']);
    if token.quoted || !word.ends_with(|last: char| last.is_ascii_digit()) {
        return None;
    }
    let is_key = |severity: &Severity| severity.key.as_str().eq_ignore_ascii_case(word);
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_sev = word.split_at_checked(3).is_some_and(|(sev, rest)| sev.eq_ignore_ascii_case("sev") && is_number(rest));
    (is_sev || context.severities.iter().any(is_key)).then(|| word.to_lowercase())
}

fn description(words: &Words) -> Result<Option<String>, Refusal> {
    words.texts("description").next().map(|given| text::kept("description", given, TEXT_MAX)).transpose()
}

fn services(words: &Words) -> Result<Vec<String>, Refusal> {
    let mut seen = HashSet::new();
    let listed = words.texts("service").flat_map(|list| list.split(','));
    let named: Vec<String> =
        listed.map(str::trim).filter(|name| !name.is_empty() && seen.insert(*name)).map(str::to_owned).collect();
    if named.is_empty() && words.flag("service") {
        return Err(words.refuse("--service needs a value"));
    }
    Ok(named)
}

fn fields(words: &Words) -> Result<Vec<(String, String)>, Refusal> {
    let field = |given: &str| {
        let (name, value) = given.split_once('=').filter(|(name, _)| !name.trim().is_empty()).ok_or_else(|| {
            words.refuse(&format!("\"{}\" is no field, write it as --field region=eu", Refusal::quote(given)))
        })?;
        Ok((name.trim().to_owned(), text::line("field", value, TEXT_MAX)?))
    };
    words.texts("field").map(field).collect()
}
