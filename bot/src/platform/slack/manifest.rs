//! The app's manifest: everything that Slack has to know of the app, so that installing it takes no clicking. Its lengths
//! are those of <https://github.com/slackapi/manifest-schema>.

mod yaml;

use std::collections::BTreeSet;

use firebell_core::command::verbs::Slash;
use serde_json::{Value, json};

use super::api::Method;

/// The longest name of an app, in characters.
pub const NAME_MAX: usize = 35;

/// The events that are listened to, and what the app must be allowed for each.
pub const EVENTS: [(&str, &[&str]); 14] = [
    ("app_home_opened", &[]),
    ("message.channels", &["channels:history"]),
    ("message.groups", &["groups:history"]),
    ("pin_added", &["pins:read"]),
    ("pin_removed", &["pins:read"]),
    ("reaction_added", &["reactions:read"]),
    ("reaction_removed", &["reactions:read"]),
    ("member_joined_channel", &["channels:read", "groups:read"]),
    ("channel_archive", &["channels:read"]),
    ("channel_unarchive", &["channels:read"]),
    ("channel_rename", &["channels:read"]),
    ("group_archive", &["groups:read"]),
    ("group_rename", &["groups:read"]),
    ("channel_deleted", &["channels:read"]),
];

/// What slash commands and shortcuts need.
const SURFACE_SCOPES: &[&str] = &["commands"];

/// What is to be done beside the manifest, which cannot say it.
pub const NOTE: &str =
    "For Socket Mode, make an app-level token with the scope connections:write: Basic Information > App-Level Tokens.";

/// What of the manifest is configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The app's name as people see it; what is beyond 35 characters is left out.
    pub name: String,
    /// Where Slack reaches this Firebell, such as `https://firebell.example.com`; `None` for Socket Mode.
    pub request_url: Option<String>,
}

impl Manifest {
    /// The manifest as Slack reads it.
    pub fn value(&self) -> Value {
        json!({
            "display_information": {
                "name": self.shown_name(),
                "description": "Incidents and paging, from the first alarm to the postmortem",
                "background_color": "#8b1a1a",
            },
            "features": self.features(),
            "oauth_config": { "scopes": { "bot": scopes() } },
            "settings": self.settings(),
        })
    }

    /// As JSON, with a line end.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.value())
    }

    /// As YAML, with [`NOTE`] as a comment.
    pub fn yaml(&self) -> String {
        format!("# {NOTE}\n{}", yaml::write(&self.value()))
    }

    fn shown_name(&self) -> String {
        let name: String = self.name.trim().chars().take(NAME_MAX).collect();
        if name.is_empty() { "Firebell".to_owned() } else { name }
    }

    fn features(&self) -> Value {
        json!({
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": true,
            },
            "bot_user": { "display_name": self.shown_name(), "always_online": true },
            "shortcuts": [
                shortcut("Declare incident", "global", "declare", "Open the form that declares an incident"),
                shortcut("Add to timeline", "message", "mark", "Put this message on the incident's timeline"),
                shortcut("Add as evidence", "message", "evidence", "Make this message evidence for a cause of the incident"),
                shortcut("Declare from message", "message", "declare_from", "Declare an incident that begins with this message"),
            ],
            "slash_commands": Slash::ALL.map(|slash| self.command(slash)),
        })
    }

    fn command(&self, slash: Slash) -> Value {
        let hint = match slash {
            Slash::Incident => "declare checkout is down | help",
            Slash::OnCall => "who checkout",
        };
        let mut command = json!({
            "command": slash.typed(),
            "description": slash.about(),
            "usage_hint": hint,
            // Without it the names of people and channels would come without their ids.
            "should_escape": true,
        });
        set(&mut command, "url", self.url("commands"));
        command
    }

    fn settings(&self) -> Value {
        let mut events = json!({ "bot_events": EVENTS.map(|(event, _)| event) });
        set(&mut events, "request_url", self.url("events"));
        let mut interactivity = json!({ "is_enabled": true });
        set(&mut interactivity, "request_url", self.url("interactions"));
        set(&mut interactivity, "message_menu_options_url", self.url("interactions"));
        json!({
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": self.request_url.is_none(),
            "token_rotation_enabled": false,
        })
    }

    fn url(&self, what: &str) -> Option<String> {
        self.request_url.as_ref().map(|base| format!("{}/slack/{what}", base.trim_end_matches('/')))
    }
}

/// All that the bot's token must be allowed, each once and sorted.
pub fn scopes() -> BTreeSet<&'static str> {
    let methods = Method::ALL.iter().flat_map(|method| method.scopes());
    let events = EVENTS.iter().flat_map(|(_, scopes)| *scopes);
    methods.chain(events).chain(SURFACE_SCOPES).copied().collect()
}

fn shortcut(name: &str, of: &str, callback: &str, description: &str) -> Value {
    json!({ "name": name, "type": of, "callback_id": callback, "description": description })
}

fn set(object: &mut Value, name: &str, value: Option<String>) {
    if let Some(value) = value {
        object[name] = value.into();
    }
}

#[cfg(test)]
mod tests;
