//! `/oncall me`: how whoever asks is reached. No refusal repeats what may be an address or a code.

use super::super::oncall::OnCallQuery;
use super::super::{Ask, Code, ContactCommand, Own, Query};
use super::words::Words;
use crate::directory::contact::NoRule;
use crate::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};
use crate::refusal::Refusal;

/// `me [do] [what]`.
pub(super) fn me(words: &Words) -> Result<Ask, Refusal> {
    let rest = words.text("text", words.after_first())?;
    let rest = rest.as_deref().map(str::trim).unwrap_or_default();
    let command = match words.first().map(str::to_lowercase).as_deref() {
        None => return Ok(Ask::Query(Query::OnCall(OnCallQuery::Me))),
        Some("set") => set(words, rest)?,
        Some("confirm" | "") if rest.is_empty() => return Err(words.refuse("give the code, as confirm ABC234")),
        Some("confirm" | "") => ContactCommand::Confirm { code: Code(rest.to_owned()) },
        Some("remove") if rest.is_empty() => return Err(words.refuse("say which method, as remove sms")),
        Some("remove") => ContactCommand::Remove { method: method(words, rest)? },
        Some("order") => ContactCommand::Order { methods: order(words, rest)? },
        Some("rules") => rules(words, rest)?,
        Some("test") if rest.is_empty() => ContactCommand::Test { method: None },
        Some("test") => ContactCommand::Test { method: Some(method(words, rest)?) },
        Some(_) => {
            return Err(words.refuse("say what to do: set, confirm, remove, order, rules or test"));
        }
    };
    Ok(Ask::Own(Own::Contact(command)))
}

fn set(words: &Words, rest: &str) -> Result<ContactCommand, Refusal> {
    let (word, address) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    if word.is_empty() {
        return Err(words.refuse("say which method and where it leads, as set sms +4366012345642"));
    }
    let method = method(words, word)?;
    let word = method.word();
    if !method.has_address() {
        let problem = format!("{word} needs no address, it is known by your account; /incident me link adds one");
        return Err(words.refuse(&problem));
    }
    let address = address.trim();
    if address.is_empty() {
        return Err(words.refuse(&format!("say where {word} leads, as set {word} and the address")));
    }
    Ok(ContactCommand::Set { method, address: PlainAddress(address.to_owned()) })
}

/// Methods with commas or blanks between them.
fn order(words: &Words, rest: &str) -> Result<Vec<ContactMethod>, Refusal> {
    let named = rest.split(|sign: char| sign == ',' || sign.is_whitespace()).filter(|word| !word.is_empty());
    let methods = named.map(|word| method(words, word)).collect::<Result<Vec<_>, _>>()?;
    if methods.is_empty() {
        return Err(words.refuse("say which method comes first, as order ntfy sms"));
    }
    Ok(methods)
}

/// `rules <high|low> <none|method [after 2m], ...>`.
fn rules(words: &Words, rest: &str) -> Result<ContactCommand, Refusal> {
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let urgency = [Urgency::High, Urgency::Low].into_iter().find(|urgency| word.eq_ignore_ascii_case(urgency.word()));
    let rest = rest.trim();
    let Some(urgency) = urgency.filter(|_| !rest.is_empty()) else {
        return Err(words.refuse("say for what and how, as rules high ntfy, sms after 2m; or rules high none"));
    };
    if rest.eq_ignore_ascii_case("none") {
        return Ok(ContactCommand::Rules { urgency, rules: Vec::new() });
    }
    let read = |line: &str| PersonalRule::read(urgency, line.trim()).map_err(|error| no_rule(words, &error));
    let rules = rest.split(',').map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(ContactCommand::Rules { urgency, rules })
}

fn method(words: &Words, word: &str) -> Result<ContactMethod, Refusal> {
    ContactMethod::read(word).map_err(|error| no_rule(words, &error))
}

/// What was taken for a method may be an address that stands in the wrong place.
fn no_rule(words: &Words, error: &NoRule) -> Refusal {
    match error {
        NoRule::Method { nearest, .. } => {
            words.suggest("there is no such contact method, as sms, email or ntfy", nearest.as_deref())
        }
        NoRule::After(error) => words.refuse(&error.to_string()),
    }
}
