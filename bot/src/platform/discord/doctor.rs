//! Whether a server is set up as it must be: Discord is asked, and what is wrong is told with what to do.

mod bot;
mod commands;
mod people;
mod places;

use std::sync::Arc;

use serde_json::Value;

use super::api::{Api, ApiError, Guild, Permissions, code};
use super::{Group, PrivateRooms, Rooms};
pub use crate::platform::finding::{Finding, Known, Level};

/// What is to be examined of a server, beside its API.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Where the REST API is.
    pub api_url: String,
    /// The variable of the bot's token.
    pub token_variable: String,
    /// The server's id.
    pub guild: String,
    pub rooms: Rooms,
    pub private_rooms: PrivateRooms,
    /// Whether posts of the forum have tags.
    pub tags: bool,
    /// The ids of channels in which incidents are shown.
    pub announce: Vec<String>,
    /// The ids of roles that are called there.
    pub announce_roles: Vec<String>,
    pub group: Option<Group>,
    /// The id of the role that is kept to hold whoever is on call.
    pub on_call_role: Option<String>,
    pub people: Vec<Known>,
    /// Whether every message of a room is to be kept.
    pub captures_all: bool,
    /// With what interactions that Discord posts are signed, where they come by HTTP.
    pub public_key: Option<String>,
    /// The commands that are to be registered.
    pub commands: Vec<Value>,
    /// Whether they are registered in the server and not everywhere.
    pub commands_in_guild: bool,
}

/// The server as the bot sees it.
struct Seen {
    guild: Guild,
    /// The bot's own id, and its roles.
    me: String,
    roles: Vec<String>,
    /// Whether it may do everything.
    is_owner: bool,
}

/// Asks Discord about everything that the subject needs, one call after the other; each has its time. Nothing is changed
/// there, and no secret is in what is found.
pub async fn examine(api: &Arc<Api>, subject: &Subject) -> Vec<Finding> {
    let mut found = Vec::new();
    let asked = api.me().await;
    found.push(bot::token(&asked, subject));
    let Ok(me) = asked else { return found };
    let application = api.application().await;
    found.extend(bot::intents(&application, subject));
    found.push(bot::listening(&application, subject));
    let seen = match look(api, &me.id, &subject.guild).await {
        Ok(seen) => seen,
        Err(finding) => {
            found.push(finding);
            return found;
        }
    };
    found.push(Finding::ok("server", format!("the bot is in \"{}\"", seen.guild.name)));
    if !seen.in_server().contains(Permissions::VIEW_AUDIT_LOG) {
        let says = "without View Audit Log nobody tells who takes a pin away, and what was pinned stays marked";
        found.push(Finding::note("audit log", says));
    }
    found.extend(places::examine(api, &seen, subject).await);
    found.push(commands::examine(api, subject).await);
    found.extend(people::examine(api, subject).await);
    found
}

async fn look(api: &Api, me: &str, guild: &str) -> Result<Seen, Finding> {
    let about = "server";
    let absent = |error: ApiError| {
        if error.is(&[code::UNKNOWN_GUILD, code::MISSING_ACCESS]) {
            let says = format!(
                "the bot is not in the server {guild}; mend \"guild\", or invite the bot with the link of the \"Installation\" page"
            );
            return Finding::problem(about, says);
        }
        Finding::problem(about, unanswered(&error))
    };
    let held = api.guild(guild).await.map_err(absent)?;
    let member = api.member(guild, me).await.map_err(absent)?;
    let roles = member.map(|member| member.roles).unwrap_or_default();
    Ok(Seen { is_owner: held.owner_id == me, guild: held, me: me.to_owned(), roles })
}

impl Seen {
    /// What the bot may do in the server as a whole.
    ///
    /// Source: <https://discord.com/developers/docs/topics/permissions#permission-overwrites>.
    fn in_server(&self) -> Permissions {
        let has = |id: &String| *id == self.guild.id || self.roles.contains(id);
        let roles = self.guild.roles.iter().filter(|role| has(&role.id));
        let all = roles.fold(Permissions::NONE, |all, role| all | role.allows());
        if self.is_owner || all.contains(Permissions::ADMINISTRATOR) { Permissions::ALL } else { all }
    }

    /// What the bot may do in a channel.
    fn in_channel(&self, overwrites: &[super::api::Overwrite]) -> Permissions {
        let mut allowed = self.in_server();
        if allowed == Permissions::ALL {
            return allowed;
        }
        let applied = |allowed: Permissions, some: &[&super::api::Overwrite]| {
            let all = |of: fn(&super::api::Overwrite) -> &str| {
                some.iter().fold(Permissions::NONE, |all, held| all | Permissions::read(of(held)))
            };
            (allowed & !all(|held| &held.deny)) | all(|held| &held.allow)
        };
        let of = |fits: &dyn Fn(&str) -> bool| overwrites.iter().filter(|held| fits(&held.id)).collect::<Vec<_>>();
        allowed = applied(allowed, &of(&|id| id == self.guild.id));
        allowed = applied(allowed, &of(&|id| self.roles.iter().any(|role| role == id)));
        allowed = applied(allowed, &of(&|id| id == self.me));
        // Without seeing it nothing can be done there.
        if allowed.contains(Permissions::VIEW_CHANNEL) { allowed } else { Permissions::NONE }
    }
}

/// What to do about an answer that says nothing of the thing that was asked about.
fn unanswered(error: &ApiError) -> String {
    match error {
        ApiError::Refused { code: 0, status, .. } => format!("cannot be looked at (HTTP {status})"),
        ApiError::Refused { code, needed, .. } if *needed != Permissions::NONE => {
            format!("cannot be looked at ({code}); allow the bot's role {}", needed.names().join(", "))
        }
        ApiError::Refused { code, .. } => format!("cannot be looked at ({code})"),
        ApiError::RetryAfter(wait) => {
            format!("Discord takes no more calls for {} s; ask again then", wait.num_seconds())
        }
        ApiError::NotSent | ApiError::Unknown => "Discord gave no answer; check the network and ask again".to_owned(),
    }
}

#[cfg(test)]
mod tests;
