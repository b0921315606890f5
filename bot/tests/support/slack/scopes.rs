//! What each method needs the app to be allowed.
//!
//! The tables are those of the method pages at <https://docs.slack.dev/reference/methods>.

use super::state::Kind;

/// Every scope that the methods of the fake ask for.
pub(crate) const ALL: &[&str] = &[
    "bookmarks:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users:read",
    "users:read.email",
];

/// The scopes of which one is enough; none where the method needs none. `kind` is that of the conversation.
pub(super) fn needed(method: &str, kind: Option<Kind>) -> Vec<&'static str> {
    match method {
        "conversations.create"
        | "conversations.archive"
        | "conversations.unarchive"
        | "conversations.rename"
        | "conversations.kick"
        | "conversations.leave" => {
            by_kind(kind, [&["channels:manage"], &["groups:write"], &["im:write"], &["mpim:write"]])
        }
        "conversations.invite" => by_kind(
            kind,
            [&["channels:manage", "channels:write.invites"], &["groups:write", "groups:write.invites"], &[], &[]],
        ),
        "conversations.setTopic" | "conversations.setPurpose" => by_kind(
            kind,
            [
                &["channels:manage", "channels:write.topic"],
                &["groups:write", "groups:write.topic"],
                &["im:write", "im:write.topic"],
                &["mpim:write", "mpim:write.topic"],
            ],
        ),
        "conversations.join" => vec!["channels:join"],
        "conversations.open" => vec!["im:write", "mpim:write", "channels:manage", "groups:write"],
        "conversations.info" | "conversations.members" | "conversations.list" | "users.conversations" => {
            by_kind(kind, [&["channels:read"], &["groups:read"], &["im:read"], &["mpim:read"]])
        }
        "conversations.history" | "conversations.replies" => {
            by_kind(kind, [&["channels:history"], &["groups:history"], &["im:history"], &["mpim:history"]])
        }
        "chat.postMessage" | "chat.update" | "chat.delete" | "chat.postEphemeral" => vec!["chat:write"],
        "pins.add" | "pins.remove" => vec!["pins:write"],
        "pins.list" => vec!["pins:read"],
        "reactions.add" | "reactions.remove" => vec!["reactions:write"],
        "reactions.get" => vec!["reactions:read"],
        "bookmarks.add" | "bookmarks.edit" | "bookmarks.remove" => vec!["bookmarks:write"],
        "bookmarks.list" => vec!["bookmarks:read"],
        "bots.info" | "users.info" | "users.list" => vec!["users:read"],
        "users.lookupByEmail" => vec!["users:read.email"],
        "usergroups.list" | "usergroups.users.list" => vec!["usergroups:read"],
        "usergroups.users.update" => vec!["usergroups:write"],
        "files.getUploadURLExternal" | "files.completeUploadExternal" | "files.delete" => vec!["files:write"],
        "files.info" | "files.list" => vec!["files:read"],
        "team.info" => vec!["team:read"],
        _ => Vec::new(),
    }
}

/// What a subscription to an event needs.
pub(crate) fn of_event(subscription: &str) -> &'static [&'static str] {
    match subscription {
        "message.channels" => &["channels:history"],
        "message.groups" => &["groups:history"],
        "message.im" => &["im:history"],
        "message.mpim" => &["mpim:history"],
        "pin_added" | "pin_removed" => &["pins:read"],
        "reaction_added" | "reaction_removed" => &["reactions:read"],
        "member_joined_channel" | "member_left_channel" => &["channels:read", "groups:read"],
        "file_shared" => &["files:read"],
        "team_join" | "user_change" => &["users:read"],
        _ if subscription.starts_with("channel_") => &["channels:read"],
        _ if subscription.starts_with("group_") => &["groups:read"],
        _ if subscription.starts_with("subteam_") => &["usergroups:read"],
        _ => &[],
    }
}

fn by_kind(kind: Option<Kind>, tables: [&[&'static str]; 4]) -> Vec<&'static str> {
    match kind {
        Some(Kind::Public) => tables[0].to_vec(),
        Some(Kind::Private) => tables[1].to_vec(),
        Some(Kind::Dm) => tables[2].to_vec(),
        Some(Kind::Mpim) => tables[3].to_vec(),
        None => tables.concat(),
    }
}
