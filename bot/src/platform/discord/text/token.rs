//! What stands between angle brackets.
//!
//! Source: <https://discord.com/developers/docs/reference#message-formatting-formats>.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::Name;

/// One reference of Discord's.
pub(super) enum Token<'t> {
    Named(Name),
    /// A custom emoji, by its name.
    Emoji(&'t str),
    /// A slash command, as it is typed.
    Command(&'t str),
    /// Seconds since 1970.
    Time(i64),
    /// An address without a preview.
    Link(&'t str),
}

impl<'t> Token<'t> {
    /// Reads what a text begins with, and how many bytes of it that is; `None` for what Discord does not write.
    pub(super) fn read(text: &'t str) -> Option<(Self, usize)> {
        let after = text.strip_prefix('<')?;
        let end = after.find(['<', '>', '\n'])?;
        let (inside, closing) = after.split_at_checked(end)?;
        let token = closing.starts_with('>').then(|| Self::of(inside))??;
        Some((token, end + 2))
    }

    fn of(inside: &'t str) -> Option<Self> {
        if let Some(role) = inside.strip_prefix("@&") {
            return is_id(role).then(|| Self::Named(Name::Group(role.to_owned())));
        }
        if let Some(account) = inside.strip_prefix('@') {
            let account = account.strip_prefix('!').unwrap_or(account);
            return is_id(account).then(|| Self::Named(Name::Account(account.to_owned())));
        }
        if let Some(channel) = inside.strip_prefix('#') {
            return is_id(channel).then(|| Self::Named(Name::Room(channel.to_owned())));
        }
        if let Some(emoji) = inside.strip_prefix("a:").or_else(|| inside.strip_prefix(':')) {
            let (name, id) = emoji.split_once(':')?;
            return (is_id(id) && !name.is_empty()).then_some(Self::Emoji(name));
        }
        if let Some(command) = inside.strip_prefix('/') {
            let (name, id) = command.split_once(':')?;
            return (is_id(id) && !name.is_empty()).then_some(Self::Command(name));
        }
        if let Some(time) = inside.strip_prefix("t:") {
            return time.split(':').next()?.parse().ok().map(Self::Time);
        }
        let is_web = inside.starts_with("https://") || inside.starts_with("http://");
        (is_web && !inside.contains(char::is_whitespace)).then_some(Self::Link(inside))
    }

    /// The name that has to be looked up.
    pub(super) fn name(self) -> Option<Name> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }

    /// Writes it as a person sees it.
    pub(super) fn push(self, out: &mut String, names: &BTreeMap<Name, String>) {
        match self {
            Self::Named(name) => {
                let (sign, id) = match &name {
                    Name::Account(id) | Name::Group(id) => ('@', id),
                    Name::Room(id) => ('#', id),
                };
                out.push(sign);
                out.push_str(names.get(&name).map_or(id, |known| known));
            }
            Self::Emoji(name) => out.extend([":", name, ":"]),
            Self::Command(name) => out.extend(["/", name]),
            Self::Time(seconds) => match DateTime::from_timestamp(seconds, 0) {
                Some(at) => out.push_str(&at.format("%Y-%m-%d %H:%M UTC").to_string()),
                None => out.push_str(&seconds.to_string()),
            },
            Self::Link(url) => out.push_str(url),
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
