//! What the app is told of by the Events API.
//!
//! The shapes are those of <https://docs.slack.dev/reference/events>.

use serde_json::{Value, json};

use super::shapes::merge;
use super::state::{Kind, Message, State};

/// Every event that the fake can tell of.
pub(crate) const ALL: &[&str] = &[
    "app_home_opened",
    "channel_archive",
    "channel_created",
    "channel_deleted",
    "channel_rename",
    "channel_unarchive",
    "file_shared",
    "group_archive",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
];

/// These are told of public channels that the bot is no member of, too.
const ANYWHERE: &[&str] =
    &["channel_archive", "channel_created", "channel_deleted", "channel_rename", "channel_unarchive"];

impl State {
    /// Adds an event about a channel, where the app is subscribed to it and sees the channel.
    pub(super) fn tell(&mut self, channel: &str, mut event: Value) {
        let kind = event["type"].as_str().unwrap().to_owned();
        let place = &self.channels[channel];
        let subscription = match (kind.as_str(), place.kind) {
            ("message", Kind::Public) => "message.channels".to_owned(),
            ("message", Kind::Private) => "message.groups".to_owned(),
            ("message", Kind::Dm) => "message.im".to_owned(),
            ("message", Kind::Mpim) => "message.mpim".to_owned(),
            _ => kind.clone(),
        };
        let sees = place.has(&self.bot_user) || (place.kind == Kind::Public && ANYWHERE.contains(&kind.as_str()));
        if !sees || !self.subscribed.contains(&subscription) {
            return;
        }
        if event.get("event_ts").is_none() {
            event["event_ts"] = json!(self.ts());
        }
        self.put_event(&event);
    }

    /// Adds an event, whoever sees it.
    pub(super) fn put_event(&mut self, event: &Value) {
        let id = self.id("Ev");
        let authorization = json!({
            "enterprise_id": null, "team_id": self.team, "user_id": self.bot_user, "is_bot": true,
            "is_enterprise_install": false,
        });
        self.outbox.push(json!({
            "token": "verification-token", "team_id": self.team, "context_team_id": self.team,
            "context_enterprise_id": null, "api_app_id": self.app, "event": event, "type": "event_callback",
            "event_id": id, "event_time": self.seconds(), "authorizations": [authorization],
            "is_ext_shared_channel": false, "event_context": format!("4-{id}"),
        }));
    }

    /// Adds a message to a channel and tells of it; its timestamp.
    pub(super) fn post(&mut self, channel: &str, mut message: Message) -> String {
        message.ts = self.ts();
        let ts = message.ts.clone();
        self.channels.get_mut(channel).unwrap().messages.push(message.clone());
        let mut event = self.shown(channel, &message);
        merge(&mut event, json!({"event_ts": ts}));
        self.tell(channel, event);
        ts
    }

    /// What Slack itself says in a channel, such as `channel_join`. `word` goes behind `channel_`.
    pub(super) fn announce(&mut self, channel: &str, user: &str, word: &str, (text, extra): (String, Value)) {
        let place = &self.channels[channel];
        // Joins are told alike in both kinds of channel.
        let prefix = if place.kind == Kind::Private && word != "join" && word != "leave" { "group" } else { "channel" };
        let Value::Object(extra) = extra else { unreachable!("the extra fields are an object") };
        let message = Message {
            user: user.to_owned(),
            subtype: Some(format!("{prefix}_{word}")),
            text,
            extra: extra.into_iter().collect(),
            ..Message::default()
        };
        self.post(channel, message);
    }

    /// Tells that a message is other than it was.
    pub(super) fn tell_changed(&mut self, channel: &str, previous: &Message) {
        let now = self.channels[channel].message(&previous.ts).unwrap().clone();
        let shown = self.shown(channel, &now);
        let previous = self.shown(channel, previous);
        let event = json!({"subtype": "message_changed", "message": shown, "previous_message": previous});
        self.tell_hidden(channel, event);
    }

    pub(super) fn tell_deleted(&mut self, channel: &str, gone: &Message) {
        let previous = self.shown(channel, gone);
        let event = json!({"subtype": "message_deleted", "previous_message": previous, "deleted_ts": gone.ts});
        self.tell_hidden(channel, event);
    }

    fn tell_hidden(&mut self, channel: &str, mut event: Value) {
        let ts = self.ts();
        let frame = json!({
            "type": "message", "channel": channel, "hidden": true, "ts": ts, "event_ts": ts,
            "channel_type": self.channel_type(channel),
        });
        merge(&mut event, frame);
        self.tell(channel, event);
    }

    /// A message as its own event has it.
    fn shown(&self, channel: &str, message: &Message) -> Value {
        let mut shown = self.show_message(&self.channels[channel], message, true);
        merge(&mut shown, json!({"channel": channel, "channel_type": self.channel_type(channel)}));
        shown
    }

    pub(super) fn channel_type(&self, channel: &str) -> &'static str {
        match self.channels[channel].kind {
            Kind::Public => "channel",
            Kind::Private => "group",
            Kind::Dm => "im",
            Kind::Mpim => "mpim",
        }
    }

    /// Lets somebody into a channel, with all that Slack makes of it.
    pub(super) fn join(&mut self, channel: &str, user: &str, inviter: Option<&str>) {
        self.channels.get_mut(channel).unwrap().members.push(user.to_owned());
        let extra = inviter.map_or(json!({}), |inviter| json!({"inviter": inviter}));
        self.announce(channel, user, "join", (format!("<@{user}> has joined the channel"), extra.clone()));
        let letter = if self.channels[channel].kind == Kind::Private { "G" } else { "C" };
        let mut event = json!({
            "type": "member_joined_channel", "user": user, "channel": channel, "channel_type": letter,
            "team": self.team_of(user),
        });
        merge(&mut event, extra);
        self.tell(channel, event);
    }

    pub(super) fn leave(&mut self, channel: &str, user: &str) {
        let letter = if self.channels[channel].kind == Kind::Private { "G" } else { "C" };
        let team = self.team_of(user);
        self.announce(channel, user, "leave", (format!("<@{user}> has left the channel"), json!({})));
        let event = json!({
            "type": "member_left_channel", "user": user, "channel": channel, "channel_type": letter, "team": team,
        });
        self.tell(channel, event);
        self.channels.get_mut(channel).unwrap().members.retain(|member| member != user);
    }

    /// Archives a channel or brings it back.
    pub(super) fn set_archived(&mut self, channel: &str, user: &str, archived: bool) {
        let word = if archived { "archive" } else { "unarchive" };
        let group = self.channels[channel].kind == Kind::Private;
        self.announce(channel, user, word, (format!("{word}d the channel"), json!({})));
        let kind = if group { format!("group_{word}") } else { format!("channel_{word}") };
        self.tell(channel, json!({"type": kind, "channel": channel, "user": user, "is_moved": 0}));
        self.channels.get_mut(channel).unwrap().archived = archived;
    }
}
