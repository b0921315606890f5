//! What people do. Each act changes the workspace, tells the app of it and gives back what the person would see.

mod fill;
mod interact;
mod messages;
mod modals;
mod shown;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::delivery::{Sent, What};
use super::{Fake, Kind};

pub(crate) use self::messages::Shared;

/// What became of a command or an interaction.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// What was sent, with `trigger_id` and `response_url`.
    pub(crate) payload: Value,
    /// What came with the acknowledgement.
    pub(crate) ack: Option<Value>,
    /// How long that took, in real time.
    pub(crate) after: Option<Duration>,
    /// What Slack shows in the app's place: `operation_timeout`, `dispatch_failed`, or that a field is missing.
    pub(crate) error: Option<String>,
    /// What a modal says of its fields, by block id.
    pub(crate) errors: BTreeMap<String, String>,
}

impl Outcome {
    fn of(sent: Sent) -> Self {
        Self { payload: sent.payload, ack: sent.ack, after: sent.acked, error: sent.failed, errors: BTreeMap::new() }
    }

    /// Nothing reached the app.
    fn refused(error: String) -> Self {
        Self { payload: json!({}), ack: None, after: None, error: Some(error), errors: BTreeMap::new() }
    }

    /// The text of the acknowledgement, empty where it has none.
    pub(crate) fn text(&self) -> &str {
        self.ack.as_ref().and_then(|ack| ack["text"].as_str()).unwrap_or_default()
    }

    pub(crate) fn trigger(&self) -> &str {
        self.payload["trigger_id"].as_str().unwrap_or_default()
    }

    pub(crate) fn response_url(&self) -> &str {
        self.payload["response_url"].as_str().unwrap_or_default()
    }
}

impl Fake {
    /// Somebody types a slash command, such as `/incident`.
    pub(crate) async fn slash(&self, user: &str, channel: &str, command: &str, text: &str) -> Outcome {
        let payload = self.with(|state| {
            let place = &state.channels[channel];
            let name = match place.kind {
                Kind::Public | Kind::Mpim => place.name.clone(),
                Kind::Private => "privategroup".to_owned(),
                Kind::Dm => "directmessage".to_owned(),
            };
            let text = state.escaped(text, true);
            json!({
                "token": "verification-token", "team_id": state.team_of(user), "team_domain": state.domain,
                "channel_id": channel, "channel_name": name, "user_id": user, "user_name": state.users[user].name,
                "command": command, "text": text, "api_app_id": state.app, "is_enterprise_install": "false",
                "response_url": state.response_url(user, channel, None), "trigger_id": state.trigger(user, false),
            })
        });
        let mut outcome = Outcome::of(self.send_and_wait(What::Command, payload).await);
        if let Some(ack) = &outcome.ack
            && self.show(channel, user, ack).is_err()
        {
            outcome.error = Some("invalid_command_response".to_owned());
        }
        outcome
    }

    /// Slack sends once more what somebody typed.
    pub(crate) async fn repeats(&self, outcome: &Outcome) -> Outcome {
        Outcome::of(self.send_and_wait(What::Command, outcome.payload.clone()).await)
    }

    /// Slack sends once more what somebody pressed.
    pub(crate) async fn repeats_press(&self, outcome: &Outcome) -> Outcome {
        self.interact(outcome.payload.clone()).await
    }

    /// The act that Slack sends as an interaction.
    async fn interact(&self, payload: Value) -> Outcome {
        Outcome::of(self.send_and_wait(What::Interaction, payload).await)
    }
}
