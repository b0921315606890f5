//! People press buttons, choose from menus and use shortcuts:
//! <https://docs.slack.dev/reference/interaction-payloads>

use serde_json::{Value, json};

use super::super::blockkit::elements_of;
use super::super::shapes::merge;
use super::super::state::{State, View};
use super::super::{Fake, Kind};
use super::{Outcome, fill};

impl Fake {
    /// Somebody presses a button of a message; of one that only they see as well.
    pub(crate) async fn press(&self, user: &str, channel: &str, ts: &str, action_id: &str) -> Outcome {
        self.use_message((user, channel, ts), action_id, &Value::Null).await
    }

    /// Somebody chooses from a menu of a message.
    pub(crate) async fn choose(
        &self,
        user: &str,
        (channel, ts): (&str, &str),
        action_id: &str,
        value: &str,
    ) -> Outcome {
        self.use_message((user, channel, ts), action_id, &json!(value)).await
    }

    /// Somebody presses a button of the app's home.
    pub(crate) async fn press_in_home(&self, user: &str, action_id: &str) -> Outcome {
        let home = self.home(user).expect("nothing was published for them");
        self.use_view(user, &home, action_id, &Value::Null).await
    }

    /// Somebody presses a button of the modal that they have open.
    pub(crate) async fn press_in_view(&self, user: &str, action_id: &str) -> Outcome {
        let view = self.open_view(user).expect("they have no modal open");
        self.use_view(user, &view, action_id, &Value::Null).await
    }

    /// Somebody chooses from a menu of the modal that they have open.
    pub(crate) async fn choose_in_view(&self, user: &str, action_id: &str, value: &Value) -> Outcome {
        let view = self.open_view(user).expect("they have no modal open");
        self.use_view(user, &view, action_id, value).await
    }

    /// Somebody uses a shortcut of a message.
    pub(crate) async fn message_shortcut(&self, user: &str, callback_id: &str, channel: &str, ts: &str) -> Outcome {
        let payload = self.with(|state| {
            let place = &state.channels[channel];
            let message = place.message(ts).expect("there is no such message");
            let shown = state.show_message(place, message, true);
            let mut payload = state.frame(user, "message_action");
            let more = json!({
                "callback_id": callback_id, "trigger_id": state.trigger(user, false), "message_ts": ts,
                "action_ts": state.ts(), "channel": state.place(channel), "message": shown,
                "response_url": state.response_url(user, channel, None),
            });
            merge(&mut payload, more);
            payload
        });
        self.interact(payload).await
    }

    /// Somebody uses a shortcut that belongs to no message.
    pub(crate) async fn global_shortcut(&self, user: &str, callback_id: &str) -> Outcome {
        let payload = self.with(|state| {
            let mut payload = state.frame(user, "shortcut");
            let more = json!({
                "callback_id": callback_id, "trigger_id": state.trigger(user, false), "action_ts": state.ts(),
            });
            merge(&mut payload, more);
            payload
        });
        self.interact(payload).await
    }

    async fn use_message(&self, (user, channel, ts): (&str, &str, &str), action_id: &str, value: &Value) -> Outcome {
        let payload = self.with(|state| {
            let place = &state.channels[channel];
            let message = place.message(ts);
            let whispered = state.ephemerals.iter().find(|shown| shown.ts == ts && shown.user == user);
            let blocks = message.map(|message| &message.blocks).or(whispered.map(|shown| &shown.blocks));
            let action =
                action_of(blocks.expect("there is no such message"), action_id, value, &state.users[user].name);
            let shown = message.map(|message| state.show_message(place, message, false));
            let mut payload = state.frame(user, "block_actions");
            let container = json!({
                "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": shown.is_none(),
            });
            let more = json!({
                "container": container, "trigger_id": state.trigger(user, false), "channel": state.place(channel),
                "state": {"values": {}}, "response_url": state.response_url(user, channel, Some(ts)),
                "actions": [state.dated(action)],
            });
            merge(&mut payload, more);
            if let Some(shown) = shown {
                payload["message"] = shown;
            }
            payload
        });
        self.interact(payload).await
    }

    async fn use_view(&self, user: &str, view: &View, action_id: &str, value: &Value) -> Outcome {
        let payload = self.with(|state| {
            let blocks = view.body["blocks"].as_array().unwrap();
            let action = action_of(blocks, action_id, value, &state.users[user].name);
            let mut payload = state.frame(user, "block_actions");
            let more = json!({
                "container": {"type": "view", "view_id": view.id},
                "trigger_id": state.trigger(user, view.body["type"] == "modal"),
                "view": state.show_view(view, &json!({})), "actions": [state.dated(action)],
            });
            merge(&mut payload, more);
            payload
        });
        self.interact(payload).await
    }
}

impl State {
    /// What every interaction begins with.
    pub(super) fn frame(&self, user: &str, kind: &str) -> Value {
        json!({
            "type": kind, "team": {"id": self.team, "domain": self.domain}, "user": self.who(user),
            "api_app_id": self.app, "token": "verification-token", "enterprise": null, "is_enterprise_install": false,
        })
    }

    fn place(&self, channel: &str) -> Value {
        let place = &self.channels[channel];
        let name = match place.kind {
            Kind::Public | Kind::Mpim => &place.name,
            Kind::Private => "privategroup",
            Kind::Dm => "directmessage",
        };
        json!({"id": channel, "name": name})
    }

    fn dated(&mut self, mut action: Value) -> Value {
        action["action_ts"] = json!(self.ts());
        action
    }
}

/// What using an element says; panics where there is no such element, since nobody could use it.
fn action_of(blocks: &[Value], action_id: &str, value: &Value, who: &str) -> Value {
    let all = || blocks.iter().flat_map(|block| elements_of(block).into_iter().map(move |element| (block, element)));
    let found = all().find(|(_, element)| element["action_id"] == action_id);
    let known: Vec<&Value> = all().map(|(_, element)| &element["action_id"]).collect();
    let (block, element) = found.unwrap_or_else(|| panic!("{who} sees no {action_id}, only {known:?}"));
    let mut action = json!({"action_id": action_id, "block_id": block["block_id"], "type": element["type"]});
    if element["type"] == "button" {
        for field in ["text", "value", "style"] {
            if let Some(value) = element.get(field) {
                action[field] = value.clone();
            }
        }
    } else {
        merge(&mut action, fill::filled(element, Some(value)));
    }
    action
}
