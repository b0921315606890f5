//! What the configuration of a server comes to.

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::ids::WorkspaceId;
use firebell_core::place::Place;

use super::commands;
use crate::app::on_call::OnCall;
use crate::config::DiscordConfig;
use crate::platform::discord::doctor::{Known, Subject};
use crate::platform::discord::{Group, GroupHow, PLATFORM, PrivateRooms, Rooms};

/// How long after the end a room is closed that is never to be: longer than any incident is remembered.
const NEVER: TimeDelta = TimeDelta::days(365 * 100);

/// The server as a place where rooms can be.
pub(super) fn place(workspace: WorkspaceId, config: &DiscordConfig) -> Place {
    Place {
        platform: PLATFORM,
        name: config.name.clone(),
        rooms_at: config.guild.as_ref().map(|guild| format!("https://discord.com/channels/{guild}/")),
        local: false,
        method: Some(ContactMethod::Discord),
        describes: true,
        invites_group: config.invite_role.is_some(),
        announce: config.announce.clone(),
        copies_files: config.copy_files,
        close_after: config.archive_after.unwrap_or(NEVER),
        ..Place::plain(workspace)
    }
}

/// What is to be examined of a server.
pub(crate) fn subject(config: &DiscordConfig, guild: &str, people: Vec<Known>, captures_all: bool) -> Subject {
    Subject {
        api_url: config.api_url.clone(),
        token_variable: config.variable("BOT_TOKEN"),
        guild: guild.to_owned(),
        rooms: rooms(config),
        private_rooms: private_rooms(config),
        tags: config.tags,
        announce: config.announce.clone(),
        announce_roles: config.announce_roles.clone(),
        group: group(config),
        on_call_role: config.on_call_role.clone(),
        people,
        captures_all,
        public_key: config.public_key.clone(),
        commands: commands::wanted(config),
        commands_in_guild: !config.global_commands,
    }
}

pub(super) fn rooms(config: &DiscordConfig) -> Rooms {
    match &config.forum {
        Some(forum) => Rooms::Forum(forum.clone()),
        None => Rooms::Channels { category: config.category.clone() },
    }
}

pub(super) fn private_rooms(config: &DiscordConfig) -> PrivateRooms {
    match &config.private_threads {
        Some(channel) => PrivateRooms::Threads(channel.clone()),
        None => PrivateRooms::Channels { category: config.category.clone() },
    }
}

pub(super) fn group(config: &DiscordConfig) -> Option<Group> {
    let how = if config.invites_members { GroupHow::Brought } else { GroupHow::Called };
    config.invite_role.clone().map(|role| Group { role, how })
}

/// The role that is kept to hold whoever is on call, where one is.
pub(super) fn on_call(config: &DiscordConfig) -> Option<OnCall> {
    let (role, policy) = (config.on_call_role.clone()?, config.on_call_policy.clone()?);
    Some(OnCall { group: role, policy })
}
