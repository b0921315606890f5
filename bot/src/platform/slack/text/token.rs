//! What stands between angle brackets.

use std::collections::BTreeMap;

use super::{Name, decoded};

/// One reference of Slack's.
pub(super) enum Token<'t> {
    Named {
        name: Name,
        label: Option<&'t str>,
    },
    /// `@here` and its like: what is called by an at sign and has no id.
    Called(&'t str),
    /// What Slack itself puts in words, such as a date in the reader's own zone.
    Worded(&'t str),
    Link {
        url: &'t str,
        label: Option<&'t str>,
    },
}

impl<'t> Token<'t> {
    /// Reads it; `None` is for what Slack does not write, and for dates without words.
    pub(super) fn read(inside: &'t str) -> Option<Self> {
        let (target, label) = match inside.split_once('|') {
            Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
            None => (inside, None),
        };
        if let Some(account) = target.strip_prefix('@') {
            return is_id(account).then(|| Self::Named { name: Name::Account(account.to_owned()), label });
        }
        if let Some(room) = target.strip_prefix('#') {
            return is_id(room).then(|| Self::Named { name: Name::Room(room.to_owned()), label });
        }
        match target.strip_prefix('!') {
            Some(command) => Self::command(command, label),
            None => is_url(target).then_some(Self::Link { url: target, label }),
        }
    }

    fn command(command: &'t str, label: Option<&'t str>) -> Option<Self> {
        match command.split_once('^') {
            Some(("subteam", group)) => {
                is_id(group).then(|| Self::Named { name: Name::Group(group.to_owned()), label })
            }
            _ if matches!(command, "here" | "channel" | "everyone") => Some(Self::Called(command)),
            _ => label.map(Self::Worded),
        }
    }

    /// The name that has to be looked up.
    pub(super) fn unnamed(self) -> Option<Name> {
        match self {
            Self::Named { name, label: None } => Some(name),
            _ => None,
        }
    }

    /// Writes it as a person sees it.
    pub(super) fn push(self, out: &mut String, names: &BTreeMap<Name, String>) {
        match self {
            Self::Named { name, label } => {
                let (sign, id) = match &name {
                    Name::Account(id) | Name::Group(id) => ('@', id),
                    Name::Room(id) => ('#', id),
                };
                out.push(sign);
                match (label, names.get(&name)) {
                    (Some(label), _) => out.push_str(&decoded(label.trim_start_matches(sign))),
                    (None, Some(known)) => out.push_str(known),
                    (None, None) => out.push_str(id),
                }
            }
            Self::Called(everybody) => {
                out.push('@');
                out.push_str(everybody);
            }
            Self::Worded(words) => out.push_str(&decoded(words)),
            Self::Link { url, label } => push_link(out, &decoded(url), label.map(decoded).as_deref()),
        }
    }
}

/// Slack links what looks like an address by itself; then the label says nothing that the address does not.
fn push_link(out: &mut String, url: &str, label: Option<&str>) {
    let bare = |url: &str| {
        let url = ["mailto:", "tel:", "https://", "http://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme))
            .unwrap_or(url)
            .to_owned();
        url.trim_end_matches('/').to_owned()
    };
    match label {
        Some(label) if bare(label) != bare(url) => {
            out.push_str(label);
            out.push_str(" (");
            out.push_str(url.strip_prefix("mailto:").unwrap_or(url));
            out.push(')');
        }
        _ => out.push_str(url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url)),
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_url(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}
