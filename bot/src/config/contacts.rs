//! How people of a file are reached: addresses, and which method comes when.

use std::collections::BTreeMap;

use firebell_core::directory::{ContactMethod, PersonalRule, PlainAddress, Urgency};
use firebell_core::ids::Key;
use firebell_core::when::parse_duration;
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
            let (word, after_s) = match line.get_ref().split_once(" after ") {
                None => (line.get_ref().trim(), 0),
                Some((word, after)) => {
                    let after = parse_duration(after.trim()).map_err(|error| wrong(error.to_string()))?;
                    (word.trim(), after.num_seconds())
                }
            };
            let found = ContactMethod::ALL.into_iter().find(|method| method.word() == word);
            let method = found.ok_or_else(|| {
                let help = did_you_mean(word, ContactMethod::ALL.iter().map(|method| method.word()));
                wrong(format!("a rule of person \"{handle}\" names unknown method {word:?}{help}; write \"sms\" or \"sms after 2m\""))
            })?;
            has(handle, contacts, method, &line.span())?;
            read.push(PersonalRule { urgency, method, after_s });
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
