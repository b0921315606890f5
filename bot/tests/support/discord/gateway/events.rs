//! Which session is told of what: <https://docs.discord.com/developers/events/gateway-events>

use serde_json::{Value, json};

use super::intents::{
    DIRECT_MESSAGE_REACTIONS, DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGE_REACTIONS, GUILD_MESSAGES,
    GUILD_MODERATION, GUILDS, MESSAGE_CONTENT,
};
use crate::support::discord::perms::flags::VIEW_AUDIT_LOG;
use crate::support::discord::rest::shown_member;
use crate::support::discord::state::{Kind, Message, State};

impl State {
    /// Tells of something in a channel that the bot can see; `guild_id` is filled in.
    pub(in super::super) fn tell(&mut self, name: &str, channel: &str, mut data: Value) {
        if !self.sees(channel, &self.bot) {
            return;
        }
        let dm = self.channels[channel].kind == Kind::Dm;
        if !dm {
            data["guild_id"] = json!(self.guild);
        }
        let wanted = match name {
            name if name.starts_with("MESSAGE_REACTION") => [GUILD_MESSAGE_REACTIONS, DIRECT_MESSAGE_REACTIONS],
            name if name.starts_with("MESSAGE") => [GUILD_MESSAGES, DIRECT_MESSAGES],
            _ => [GUILDS, DIRECT_MESSAGES],
        };
        self.tell_those(name, wanted[usize::from(dm)], &data);
    }

    /// Tells of a change of members or roles.
    pub(in super::super) fn tell_guild(&mut self, name: &str, mut data: Value) {
        data["guild_id"] = json!(self.guild);
        let intent = if name.starts_with("GUILD_MEMBER") { GUILD_MEMBERS } else { GUILDS };
        self.tell_those(name, intent, &data);
    }

    /// The audit log's line on a pin that was taken away, for bots that may read it.
    pub(in super::super) fn tell_unpinned(&mut self, (channel, message): (&str, &Message), user: &str) {
        if self.permissions_of(&self.bot) & VIEW_AUDIT_LOG == 0 {
            return;
        }
        let data = json!({
            "id": self.id(), "guild_id": self.guild, "action_type": 75, "user_id": user, "target_id": message.author,
            "options": {"channel_id": channel, "message_id": message.id},
        });
        self.tell_those("GUILD_AUDIT_LOG_ENTRY_CREATE", GUILD_MODERATION, &data);
    }

    /// Who came into a thread and who left it.
    pub(in super::super) fn tell_thread_members(&mut self, thread: &str, added: &[String], removed: &[String]) {
        if !self.sees(thread, &self.bot) && !removed.contains(&self.bot) {
            return;
        }
        let place = &self.channels[thread];
        let members = place.thread.as_ref().map(|thread| thread.members.clone()).unwrap_or_default();
        let came = members.iter().filter(|member| added.contains(&member.user)).map(|member| {
            let mut shown = shown_member(thread, member);
            shown["member"] = self.member(&member.user);
            shown["presence"] = Value::Null;
            shown
        });
        let data = json!({
            "id": thread, "guild_id": self.guild, "member_count": members.len().min(50),
            "added_members": came.collect::<Vec<_>>(), "removed_member_ids": removed,
        });
        let own = added.contains(&self.bot) || removed.contains(&self.bot);
        self.tell_those("THREAD_MEMBERS_UPDATE", if own { GUILDS } else { GUILD_MEMBERS }, &data);
    }

    /// Interactions need no intent. Whether there is a session, be it one that could still be taken up again.
    pub(in super::super) fn tell_interaction(&mut self, data: &Value) -> bool {
        let heard = !self.gateway.sessions.is_empty();
        self.tell_those("INTERACTION_CREATE", u64::MAX, data);
        heard
    }

    /// Tells of a message as it is now: `MESSAGE_CREATE` or `MESSAGE_UPDATE`.
    pub(in super::super) fn tell_message(&mut self, name: &str, message: &Message) {
        let mut data = self.message(message);
        let member = self.partial_member(&message.author);
        if self.channels[&message.channel].kind != Kind::Dm {
            if !member.is_null() {
                data["member"] = member;
            }
            for mention in data["mentions"].as_array_mut().unwrap() {
                let member = self.partial_member(mention["id"].as_str().unwrap());
                if !member.is_null() {
                    mention["member"] = member;
                }
            }
        }
        self.tell(name, &message.channel, data);
    }

    fn tell_those(&mut self, name: &str, intent: u64, data: &Value) {
        self.told += 1;
        self.gateway.log.push((name.to_owned(), data.clone()));
        if self.gateway.wrong.swallow > 0 {
            self.gateway.wrong.swallow -= 1;
            return;
        }
        for index in 0..self.gateway.sessions.len() {
            let intents = self.gateway.sessions[index].intents;
            if intent != u64::MAX && intents & intent == 0 {
                continue;
            }
            let shown = if name.starts_with("MESSAGE_") && intents & MESSAGE_CONTENT == 0 {
                self.without_content(data.clone())
            } else {
                data.clone()
            };
            self.gateway.dispatch(index, name, &shown);
        }
    }

    /// What is left of a message for those who may not read it:
    /// <https://docs.discord.com/developers/events/gateway#message-content-intent>
    pub(in super::super) fn without_content(&self, mut data: Value) -> Value {
        let mentioned = |one: &Value| one["id"] == self.bot.as_str();
        let own = data["author"]["id"] == self.bot.as_str();
        let dm = data.get("guild_id").is_none();
        if own || dm || data["mentions"].as_array().is_some_and(|all| all.iter().any(mentioned)) {
            return data;
        }
        if data.get("content").is_some() {
            data["content"] = json!("");
            for name in ["embeds", "attachments", "components"] {
                data[name] = json!([]);
            }
        }
        if data["referenced_message"].is_object() {
            let mut inner = data["referenced_message"].take();
            inner["guild_id"] = data["guild_id"].clone();
            data["referenced_message"] = self.without_content(inner);
        }
        data
    }
}
