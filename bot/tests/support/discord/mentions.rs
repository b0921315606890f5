//! Whom a message pings: <https://docs.discord.com/developers/resources/message#allowed-mentions-object>

use std::collections::BTreeSet;

use serde_json::Value;

use super::perms::flags::MENTION_EVERYONE;
use super::state::State;

/// Who is told of a message by its mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pinged {
    pub(crate) everyone: bool,
    pub(crate) users: BTreeSet<String>,
    pub(crate) roles: BTreeSet<String>,
}

impl Pinged {
    pub(crate) fn nobody(&self) -> bool {
        *self == Self::default()
    }
}

/// The mentions that a text has, whether they work or not.
#[derive(Debug, Default)]
struct Mentions {
    everyone: bool,
    users: BTreeSet<String>,
    roles: BTreeSet<String>,
}

impl Mentions {
    fn of(text: &str) -> Self {
        let mut found = Self { everyone: text.contains("@everyone") || text.contains("@here"), ..Self::default() };
        for piece in text.split('<').skip(1) {
            let Some((inner, _)) = piece.split_once('>') else { continue };
            let (set, id) = match (inner.strip_prefix("@&"), inner.strip_prefix("@!"), inner.strip_prefix('@')) {
                (Some(id), _, _) => (&mut found.roles, id),
                (None, Some(id), _) | (None, None, Some(id)) => (&mut found.users, id),
                _ => continue,
            };
            if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) {
                set.insert(id.to_owned());
            }
        }
        found
    }
}

/// Whether a text has anything in it that could ping.
pub(super) fn could_ping(text: &str) -> bool {
    let found = Mentions::of(text);
    found.everyone || !found.users.is_empty() || !found.roles.is_empty()
}

impl State {
    /// Whom a text of `author` in a channel pings; `allowed` is `allowed_mentions` where it came along, `replied` the
    /// author of the message that it answers.
    pub(super) fn pings(
        &self,
        (channel, author): (&str, &str),
        text: &str,
        allowed: &Value,
        replied: Option<&str>,
    ) -> Pinged {
        let found = Mentions::of(text);
        let may = self.permissions_in(channel, author) & MENTION_EVERYONE != 0;
        let parsed = |what: &str| allowed.is_null() || holds(&allowed["parse"], what);
        let users = found.users.into_iter().filter(|id| parsed("users") || holds(&allowed["users"], id));
        let roles = found.roles.into_iter().filter(|id| parsed("roles") || holds(&allowed["roles"], id));
        let mentionable = |id: &String| self.roles.get(id).is_some_and(|role| role.mentionable || may);
        let mut pinged = Pinged {
            everyone: found.everyone && may && parsed("everyone"),
            users: users.filter(|id| self.users.contains_key(id)).collect(),
            roles: roles.filter(mentionable).collect(),
        };
        let answers = allowed.is_null() || allowed["replied_user"] == true;
        pinged.users.extend(replied.filter(|_| answers).map(str::to_owned));
        pinged
    }

    /// Notes that the app said something that could ping without saying whom it means to.
    pub(super) fn check_mentions(&mut self, what: &str, text: &str, allowed: &Value) {
        if allowed.is_null() && could_ping(text) {
            self.violations.push(format!("{what}: it has a mention, but no allowed_mentions"));
        }
    }
}

fn holds(list: &Value, what: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|one| one == what))
}
