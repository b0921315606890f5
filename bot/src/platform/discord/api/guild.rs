//! A server, its roles and its members.

use super::{Api, ApiError, Ask, Call, Permissions, code};
use crate::platform::lenient::answer;

/// How many members one call asks for, which is the most that Discord gives.
const PAGE: u16 = 1000;

answer! {
    /// A server.
    pub struct Guild {
        pub id: String,
        pub name: String,
        /// Who may do everything in it.
        pub owner_id: String,
        pub preferred_locale: String,
        pub roles: Vec<Role>,
    }
}

answer! {
    /// A role. The one that everybody has bears the server's id.
    pub struct Role {
        pub id: String,
        pub name: String,
        pub permissions: String,
        pub position: i64,
        pub managed: bool,
        pub mentionable: bool,
    }
}

answer! {
    /// A user, wherever they are.
    pub struct User {
        pub id: String,
        pub username: String,
        /// The name that people read.
        pub global_name: String,
        pub bot: bool,
        pub system: bool,
        pub locale: String,
    }
}

answer! {
    /// A user in a server.
    pub struct Member {
        pub user: User,
        pub nick: String,
        /// Ids, without the role that everybody has.
        pub roles: Vec<String>,
        /// Has not yet agreed to the server's rules.
        pub pending: bool,
    }
}

impl Role {
    /// What whoever has it may do in the server.
    pub fn allows(&self) -> Permissions {
        Permissions::read(&self.permissions)
    }
}

impl User {
    /// The name that people read.
    pub fn shown(&self) -> &str {
        if self.global_name.is_empty() { &self.username } else { &self.global_name }
    }
}

impl Member {
    /// The name that people of the server read.
    pub fn shown(&self) -> &str {
        if self.nick.is_empty() { self.user.shown() } else { &self.nick }
    }
}

impl Api {
    /// A server, with its roles.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`UNKNOWN_GUILD`](code::UNKNOWN_GUILD) or [`MISSING_ACCESS`](code::MISSING_ACCESS) when the
    /// bot is not in it.
    pub async fn guild(&self, guild: &str) -> Result<Guild, ApiError> {
        self.call(Call::Guild, Ask::at(&[guild])).await
    }

    /// All roles of a server.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn roles(&self, guild: &str) -> Result<Vec<Role>, ApiError> {
        self.call(Call::Roles, Ask::at(&[guild])).await
    }

    /// A member of a server; `None` where they are not in it.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn member(&self, guild: &str, user: &str) -> Result<Option<Member>, ApiError> {
        none_of(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER], self.call(Call::Member, Ask::at(&[guild, user])).await)
    }

    /// Members whose name or nickname begins with what was typed, at most `limit` (up to 1,000).
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn search_members(&self, guild: &str, typed: &str, limit: u16) -> Result<Vec<Member>, ApiError> {
        let limit = limit.clamp(1, PAGE);
        self.call(Call::SearchMembers, Ask::at(&[guild]).query("query", Some(typed)).query("limit", Some(limit))).await
    }

    /// One page of all members, by their ids, after `after`. Needs the privileged intent for members.
    ///
    /// # Errors
    /// [`ApiError`]; refused with [`MISSING_ACCESS`](code::MISSING_ACCESS) without the intent.
    pub async fn members(&self, guild: &str, after: Option<&str>) -> Result<Vec<Member>, ApiError> {
        self.call(Call::Members, Ask::at(&[guild]).query("limit", Some(PAGE)).query("after", after)).await
    }

    /// Gives somebody a role, which must stand below the bot's own.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn add_role(&self, (guild, role): (&str, &str), user: &str) -> Result<(), ApiError> {
        self.done(Call::AddRole, Ask::at(&[guild, user, role])).await
    }

    /// Takes a role from somebody.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn remove_role(&self, (guild, role): (&str, &str), user: &str) -> Result<(), ApiError> {
        self.done(Call::RemoveRole, Ask::at(&[guild, user, role])).await
    }

    /// Any user; `None` where there is none.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn user(&self, user: &str) -> Result<Option<User>, ApiError> {
        none_of(&[code::UNKNOWN_USER], self.call(Call::User, Ask::at(&[user])).await)
    }
}

fn none_of<T>(codes: &[u32], asked: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is(codes) => Ok(None),
        Err(error) => Err(error),
    }
}
