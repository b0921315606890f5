//! How people of a file are reached: addresses, and which method comes when.

use std::collections::BTreeMap;

use firebell_core::directory::contact::NoRule;
use firebell_core::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};
use firebell_core::ids::Key;
use toml::Spanned;

use super::error::{Wrong, did_you_mean};
use super::file::Rules;

/// The addresses of a person, each of a method that they have.
pub(super) fn addresses(
    handle: &Key,
    contacts: Option<&[Spanned<ContactMethod>]>,
    given: BTreeMap<ContactMethod, Spanned<String>>,
) -> Result<BTreeMap<ContactMethod, PlainAddress>, Wrong> {
    let mut addresses = BTreeMap::new();
    for (method, address) in given {
        let word = method.word();
        if !method.has_address() {
            let message = format!(
                "\"{word}\" in \"addresses\" of person \"{handle}\" needs none; an account is known by \"slack\" and \"discord\""
            );
            return Err(Wrong::new(&address.span(), message));
        }
        has(handle, contacts, method, &address.span())?;
        if address.get_ref().trim().is_empty() {
            return Err(Wrong::new(
                &address.span(),
                format!("the address of \"{word}\" of person \"{handle}\" is empty"),
            ));
        }
        addresses.insert(method, PlainAddress(address.into_inner().trim().to_owned()));
    }
    Ok(addresses)
}

/// The rules of a person, each for a method that they have.
pub(super) fn rules(
    handle: &Key,
    contacts: Option<&[Spanned<ContactMethod>]>,
    rules: Rules,
) -> Result<Vec<PersonalRule>, Wrong> {
    let mut read = Vec::new();
    for (urgency, lines) in [(Urgency::High, rules.high), (Urgency::Low, rules.low)] {
        for line in lines {
            let wrong = |message: String| Wrong::new(&line.span(), message);
            let rule = PersonalRule::read(urgency, line.get_ref()).map_err(|error| match error {
                NoRule::After(error) => wrong(error.to_string()),
                NoRule::Method { named, .. } => {
                    let help = did_you_mean(&named, ContactMethod::ALL.iter().map(|method| method.word()));
                    wrong(format!("a rule of person \"{handle}\" names unknown method {named:?}{help}; write \"sms\" or \"sms after 2m\""))
                }
            })?;
            has(handle, contacts, rule.method, &line.span())?;
            if read.contains(&rule) {
                return Err(wrong(format!(
                    "rule {:?} of person \"{handle}\" stands twice; write it once",
                    line.get_ref()
                )));
            }
            read.push(rule);
        }
    }
    Ok(read)
}

fn has(
    handle: &Key,
    contacts: Option<&[Spanned<ContactMethod>]>,
    method: ContactMethod,
    at: &std::ops::Range<usize>,
) -> Result<(), Wrong> {
    if contacts.is_some_and(|contacts| contacts.iter().any(|held| *held.get_ref() == method)) {
        return Ok(());
    }
    let word = method.word();
    Err(Wrong::new(at, format!("person \"{handle}\" has no \"{word}\" among \"contacts\"; add it there")))
}
