//! People of an export: their handles, and how they are reached.

use std::collections::HashSet;

use super::draft::{self, Draft};
use super::model::{Method, Notes, Person, Rules};
use super::rules::{self, When};
use super::text::quoted;
use super::wall;

/// What an export says of a person.
#[derive(Debug, Default)]
pub(super) struct Found<'e> {
    /// What other parts of the export call them.
    pub(super) ids: Vec<String>,
    pub(super) name: Option<&'e str>,
    /// A login name, which makes a handle where there is no address.
    pub(super) login: Option<&'e str>,
    pub(super) email: Option<&'e str>,
    pub(super) zone: Option<&'e str>,
    pub(super) slack: Option<&'e str>,
    /// How they are reached, in order.
    pub(super) reached: Vec<Reached>,
    pub(super) notes: Notes,
}

/// A contact method, with its address where the export has it.
pub(super) type Way = (Method, Option<String>);

/// A way in which somebody is reached.
#[derive(Debug)]
pub(super) struct Reached {
    /// Absent where it has no place here.
    pub(super) way: Option<Way>,
    /// Absent where the export says the order alone.
    pub(super) when: Option<When>,
}

/// Addresses and accounts that somebody has already.
#[derive(Debug, Default)]
pub(super) struct Taken(HashSet<String>);

/// The country in which a number's first nought is dialled from outside, too.
const ITALY: i64 = 39;

/// Adds a person to the draft.
pub(super) fn take(draft: &mut Draft, taken: &mut Taken, found: Found<'_>) {
    let Found { ids, name, login, email, zone, slack, reached, mut notes } = found;
    // What follows a "+" only sorts somebody's mail.
    let local = email.and_then(|email| email.split(['@', '+']).next());
    let handle = draft.handles.allot([local, login, name].into_iter().flatten(), "person");
    let about = draft::about("person", &handle, name.or(login).or(email).unwrap_or(&handle));
    let email = email.and_then(|email| unique_email(email, taken, &mut notes));
    let slack = slack.and_then(|slack| unique_slack(slack, taken, &mut notes));
    let zone = zone.and_then(|zone| {
        let known = wall::zone(zone);
        if known.is_none() {
            notes.changed(format!("{} is no IANA time zone; UTC is taken instead", quoted(zone)));
        }
        known
    });
    let name = draft::named(name.or(login), &handle, &mut notes);
    let (contacts, addresses, rules) = (Vec::new(), Vec::new(), Rules::default());
    let mut person = Person { handle, name, email, zone, slack, contacts, addresses, rules, notes };
    let mut found = Vec::new();
    for Reached { way, when } in reached {
        let method = way.and_then(|(method, address)| reach(&mut person, method, address));
        found.extend(when.map(|when| (when, method)));
    }
    // Without a contact method, that is what is said.
    if !person.contacts.is_empty() {
        person.rules = rules::keep(&found, &mut person.notes);
    }
    // What holds for both urgencies need not be said twice.
    let mut said = HashSet::new();
    person.notes.0.retain(|(_, what)| said.insert(what.clone()));
    draft.take_person(ids, &about, person);
}

/// Adds a contact method, if there is what it needs and the person does not have it already; answers it if they have it now.
fn reach(person: &mut Person, method: Method, address: Option<String>) -> Option<Method> {
    let word = method.word();
    let known = match method {
        Method::Slack => person.slack.is_some(),
        Method::Email => person.email.is_some(),
        Method::Sms | Method::Voice => address.is_some(),
    };
    if !known {
        let what = match method {
            Method::Slack => {
                "slack was a contact method, but the export knows no account; add it to contacts and slack"
            }
            Method::Email => "email was a contact method, but there is no address; add it to contacts and email",
            Method::Sms => "sms was a contact method, but the export has no number; add it to contacts and addresses",
            Method::Voice => {
                "voice was a contact method, but the export has no number; add it to contacts and addresses"
            }
        };
        person.notes.left(what);
        return None;
    }
    if person.contacts.contains(&method) {
        let second = match &address {
            Some(address) => !person.addresses.iter().any(|(of, known)| *of == method && known == address),
            None => false,
        };
        if second {
            person.notes.left(format!("has a second address for {word}, and only the first is kept"));
        }
        return Some(method);
    }
    person.contacts.push(method);
    if let (Method::Sms | Method::Voice, Some(address)) = (method, address) {
        person.addresses.push((method, address));
    }
    Some(method)
}

fn unique_email(email: &str, taken: &mut Taken, notes: &mut Notes) -> Option<String> {
    let email = email.trim();
    let split = email.split_once('@');
    let plain = email.len() <= 254 && !email.contains(|c: char| c.is_whitespace() || c.is_control());
    if !plain || !split.is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        notes.left(format!("{} is no e-mail address", quoted(email)));
        return None;
    }
    if !taken.0.insert(email.to_lowercase()) {
        notes.left(format!("somebody else has the e-mail address {} already", quoted(email)));
        return None;
    }
    Some(email.to_owned())
}

fn unique_slack(account: &str, taken: &mut Taken, notes: &mut Notes) -> Option<String> {
    let account = account.trim();
    if account.len() > 32 || !account.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        notes.left(format!("{} is no account of Slack", quoted(account)));
        return None;
    }
    if !taken.0.insert(account.to_owned()) {
        notes.left(format!("somebody else has the Slack account {} already", quoted(account)));
        return None;
    }
    Some(account.to_owned())
}

/// Mail to an address as a contact method: it goes to the person's own address, and no other can be kept.
pub(super) fn mail(to: Option<&str>, own: Option<&str>, notes: &mut Notes) -> Option<Way> {
    if let (Some(other), Some(own)) = (to, own)
        && !other.eq_ignore_ascii_case(own)
    {
        notes.left(format!("mail to {}; mail goes to the person's own address", quoted(other)));
        return None;
    }
    Some((Method::Email, None))
}

/// Says of a person that they were reached by their vendor's own app.
pub(super) fn own_app(vendor: &str, notes: &mut Notes) {
    notes.left(format!("{vendor}'s own app was a contact method; ntfy, gotify or pushover can take its place"));
}

/// A telephone number with its country, such as `+4915112345678`, of what people write.
pub(super) fn telephone(country: Option<i64>, number: &str) -> Option<String> {
    let number = number.trim();
    if number.len() > 40 || !number.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c)) {
        return None;
    }
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let whole = match country {
        Some(ITALY) if !number.starts_with('+') => format!("{ITALY}{digits}"),
        // Within its country a number begins with a nought, which is not dialled from outside.
        Some(country) if country > 0 && !number.starts_with('+') => {
            format!("{country}{}", digits.trim_start_matches('0'))
        }
        _ => digits,
    };
    ((7..=15).contains(&whole.len()) && !whole.starts_with('0')).then(|| format!("+{whole}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_their_country() {
        let cases = [
            (Some(49), "0151 1234-5678", Some("+4915112345678")),
            (Some(39), "06 5555 0123", Some("+390655550123")),
            (Some(1), "5555550123", Some("+15555550123")),
            (Some(1), "+44 20 7946 0018", Some("+442079460018")),
            (None, "1-5555550123", Some("+15555550123")),
            (None, "0151", None),
            (Some(49), "call me", None),
            (None, "", None),
        ];
        for (country, number, want) in cases {
            assert_eq!(telephone(country, number).as_deref(), want, "{number}");
        }
    }
}
