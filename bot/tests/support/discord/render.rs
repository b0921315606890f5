//! Objects as Discord writes them: <https://docs.discord.com/developers/resources/message> and the pages beside it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::state::{Attachment, Channel, Kind, Message, Overwrite, Role, State, Tag};

/// What our guild has nothing of.
const UNSET_OF_GUILD: [&str; 19] = [
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "max_presences",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
    "inventory_settings",
    "latest_onboarding_question_id",
    "premium_progress_bar_enabled_user_updated_at",
];

/// A time as Discord writes it.
pub(super) fn time(micros: i64) -> String {
    DateTime::<Utc>::from_timestamp_micros(micros).unwrap().to_rfc3339_opts(SecondsFormat::Micros, false)
}

impl State {
    pub(super) fn user(&self, id: &str) -> Value {
        let Some(user) = self.users.get(id) else {
            return json!({"id": id, "username": "deleted_user", "discriminator": "0000", "avatar": null});
        };
        let mut shown = json!({
            "id": id, "username": user.username, "discriminator": if user.bot { "1234" } else { "0" },
            "global_name": user.global_name, "avatar": null, "public_flags": 0, "flags": 0, "banner": null,
            "accent_color": null, "avatar_decoration_data": null, "collectibles": null, "clan": null,
            "primary_guild": null,
        });
        if user.bot {
            shown["bot"] = json!(true);
        }
        shown
    }

    /// The bot as it sees itself.
    pub(super) fn myself(&self) -> Value {
        let mut own = self.user(&self.bot);
        for (name, value) in [("verified", json!(true)), ("mfa_enabled", json!(true)), ("email", Value::Null)] {
            own[name] = value;
        }
        own["locale"] = json!("en-US");
        own["premium_type"] = json!(0);
        own
    }

    /// A member without the user, as messages have it; null where they are not in the guild.
    pub(super) fn partial_member(&self, id: &str) -> Value {
        let Some(member) = self.members.get(id) else { return Value::Null };
        json!({
            "nick": member.nick, "avatar": null, "banner": null, "roles": member.roles, "joined_at": time(member.joined),
            "premium_since": null, "deaf": false, "mute": false, "flags": 0, "pending": false,
            "communication_disabled_until": null,
        })
    }

    pub(super) fn member(&self, id: &str) -> Value {
        let mut member = self.partial_member(id);
        if !member.is_null() {
            member["user"] = self.user(id);
        }
        member
    }

    pub(super) fn role(&self, role: &Role) -> Value {
        let mut shown = json!({
            "id": role.id, "name": role.name, "description": null, "color": 0, "hoist": false, "icon": null,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "unicode_emoji": null, "position": role.position, "permissions": role.permissions.to_string(),
            "managed": role.managed, "mentionable": role.mentionable, "flags": 0,
        });
        if role.id == self.bot_role {
            shown["tags"] = json!({"bot_id": self.bot});
        }
        shown
    }

    pub(super) fn roles(&self) -> Vec<Value> {
        self.roles.values().map(|role| self.role(role)).collect()
    }

    /// The guild as REST shows it.
    pub(super) fn guild(&self) -> Value {
        let mut guild = json!({
            "id": self.guild, "name": self.guild_name, "features": ["COMMUNITY", "NEWS"], "owner_id": self.owner,
            "region": "deprecated", "afk_timeout": 300, "system_channel_flags": 0, "widget_enabled": false,
            "verification_level": 1, "roles": self.roles(), "default_message_notifications": 1, "mfa_level": 0,
            "explicit_content_filter": 0, "max_members": 25_000_000, "max_stage_video_channel_users": 50,
            "max_video_channel_users": 25, "premium_tier": 0, "premium_subscription_count": 0,
            "preferred_locale": "en-US", "premium_progress_bar_enabled": false, "nsfw": false, "nsfw_level": 0,
            "emojis": [], "stickers": [],
        });
        for name in UNSET_OF_GUILD {
            guild[name] = Value::Null;
        }
        guild
    }

    /// The guild as `GUILD_CREATE` has it.
    pub(super) fn whole_guild(&self) -> Value {
        let mut guild = self.guild();
        let visible = |channel: &&Channel| channel.kind != Kind::Dm && self.sees(&channel.id, &self.bot);
        let of = |threads: bool| {
            let wanted = move |channel: &&Channel| channel.kind.is_thread() == threads && !channel.archived();
            self.channels.values().filter(visible).filter(wanted).map(|channel| self.channel(channel)).collect()
        };
        let (channels, threads): (Vec<Value>, Vec<Value>) = (of(false), of(true));
        let members: Vec<Value> = self.members.keys().map(|id| self.member(id)).collect();
        let more = [
            ("joined_at", json!(self.members.get(&self.bot).map(|bot| time(bot.joined)))),
            ("large", json!(false)),
            ("unavailable", json!(false)),
            ("member_count", json!(members.len())),
            ("members", json!(members)),
            ("channels", json!(channels)),
            ("threads", json!(threads)),
        ];
        for (name, value) in more {
            guild[name] = value;
        }
        for name in ["voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"] {
            guild[name] = json!([]);
        }
        guild
    }

    pub(super) fn channel(&self, channel: &Channel) -> Value {
        if channel.kind == Kind::Dm {
            let recipients: Vec<Value> = channel.recipients.iter().map(|id| self.user(id)).collect();
            return json!({
                "id": channel.id, "type": 1, "last_message_id": channel.last_message, "flags": 0,
                "recipients": recipients, "last_pin_timestamp": channel.last_pin.map(time),
            });
        }
        let mut shown = json!({
            "id": channel.id, "type": channel.kind.number(), "guild_id": self.guild, "name": channel.name,
            "parent_id": channel.parent, "last_message_id": channel.last_message, "flags": channel.flags,
            "rate_limit_per_user": channel.slow, "last_pin_timestamp": channel.last_pin.map(time),
        });
        if let Some(thread) = &channel.thread {
            let created =
                if channel.kind == Kind::PrivateThread { json!({"invitable": thread.invitable}) } else { json!({}) };
            shown["owner_id"] = json!(channel.owner);
            shown["thread_metadata"] = created;
            for (name, value) in [
                ("archived", json!(thread.archived)),
                ("archive_timestamp", json!(time(thread.archived_at))),
                ("auto_archive_duration", json!(thread.auto_archive)),
                ("locked", json!(thread.locked)),
                ("create_timestamp", json!(time(thread.created))),
            ] {
                shown["thread_metadata"][name] = value;
            }
            shown["message_count"] = json!(thread.sent);
            shown["total_message_sent"] = json!(thread.sent);
            shown["member_count"] = json!(thread.members.len().min(50));
            shown["member"] = match thread.members.iter().find(|member| member.user == self.bot) {
                Some(member) => json!({
                    "id": channel.id, "user_id": self.bot, "join_timestamp": time(member.joined), "flags": 1,
                    "muted": false, "mute_config": null,
                }),
                None => return without_member(shown, channel),
            };
            return without_member(shown, channel);
        }
        shown["position"] = json!(channel.position);
        shown["nsfw"] = json!(channel.nsfw);
        shown["topic"] = json!(channel.topic);
        shown["permission_overwrites"] = channel.overwrites.iter().map(overwrite).collect();
        if channel.kind == Kind::Forum {
            shown["available_tags"] = channel.tags.iter().map(tag).collect();
            for (name, value) in [("default_reaction_emoji", Value::Null), ("default_sort_order", Value::Null)] {
                shown[name] = value;
            }
            shown["default_forum_layout"] = json!(0);
            shown["default_thread_rate_limit_per_user"] = json!(0);
        }
        shown
    }

    /// A message as REST shows it to the bot, in whole.
    pub(super) fn message(&self, message: &Message) -> Value {
        let mut shown = json!({
            "id": message.id, "channel_id": message.channel, "type": message.kind, "content": message.content,
            "author": self.user(&message.author), "timestamp": time(message.at),
            "edited_timestamp": message.edited.map(time), "flags": message.flags, "tts": false, "mentions": [],
            "mention_everyone": message.pinged.everyone, "mention_roles": message.pinged.roles,
            "mention_channels": [], "components": message.components, "embeds": message.embeds,
            "attachments": message.attachments.iter().map(attachment).collect::<Vec<_>>(),
        });
        shown.as_object_mut().unwrap().remove("mention_channels");
        shown["mentions"] = message.pinged.users.iter().map(|id| self.user(id)).collect();
        let pinned = self.channels.get(&message.channel).is_some_and(|channel| is_pinned(channel, &message.id));
        shown["pinned"] = json!(pinned);
        if let Some(nonce) = &message.nonce {
            shown["nonce"] = nonce.clone();
        }
        if !message.reactions.is_empty() {
            shown["reactions"] = message.reactions.iter().map(|reaction| self.reaction(reaction)).collect();
        }
        if let Some((channel, id)) = &message.reference {
            let mut reference = json!({"type": 0, "channel_id": channel});
            if self.channels.get(channel).is_some_and(|channel| channel.kind != Kind::Dm) {
                reference["guild_id"] = json!(self.guild);
            }
            if let Some(id) = id {
                reference["message_id"] = json!(id);
                let found = self.channels.get(channel).and_then(|channel| channel.message(id));
                let without = |found: &Message| Message { reference: None, ..found.clone() };
                shown["referenced_message"] = found.map_or(Value::Null, |found| self.message(&without(found)));
            }
            shown["message_reference"] = reference;
        }
        if let Some(interaction) = &message.interaction {
            shown["interaction_metadata"] = interaction.clone();
            shown["application_id"] = json!(self.application);
            shown["webhook_id"] = json!(self.application);
        }
        if message.has_thread
            && let Some(thread) = self.channels.get(&message.id)
        {
            shown["thread"] = self.channel(thread);
        }
        shown
    }

    fn reaction(&self, reaction: &super::state::Reaction) -> Value {
        let count = reaction.users.len();
        json!({
            "emoji": emoji(&reaction.emoji), "count": count, "count_details": {"burst": 0, "normal": count},
            "burst_colors": [], "me_burst": false, "burst_me": false, "me": reaction.users.contains(&self.bot),
            "burst_count": 0,
        })
    }
}

fn without_member(mut shown: Value, channel: &Channel) -> Value {
    shown["applied_tags"] = json!(channel.applied_tags);
    if shown["member"].is_null() {
        shown.as_object_mut().unwrap().remove("member");
    }
    shown
}

pub(super) fn is_pinned(channel: &Channel, message: &str) -> bool {
    channel.pins.iter().any(|(id, _)| id == message)
}

/// `👀`, or `name:id`.
pub(super) fn emoji(text: &str) -> Value {
    match text.split_once(':') {
        Some((name, id)) => json!({"id": id, "name": name, "animated": false}),
        None => json!({"id": null, "name": text}),
    }
}

fn overwrite(overwrite: &Overwrite) -> Value {
    json!({
        "id": overwrite.id, "type": u8::from(overwrite.of_member), "allow": overwrite.allow.to_string(),
        "deny": overwrite.deny.to_string(),
    })
}

fn tag(tag: &Tag) -> Value {
    json!({
        "id": tag.id, "name": tag.name, "moderated": tag.moderated, "emoji_id": null, "emoji_name": tag.emoji_name,
    })
}

pub(super) fn attachment(file: &Attachment) -> Value {
    let mut shown = json!({
        "id": file.id, "filename": file.filename, "size": file.size, "url": file.url, "proxy_url": file.url,
    });
    for (name, value) in [("description", &file.description), ("content_type", &file.content_type)] {
        if let Some(value) = value {
            shown[name] = json!(value);
        }
    }
    shown
}
