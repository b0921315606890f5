//! Commands, buttons, menus and forms.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Outcome;
use crate::support::discord::Fake;
use crate::support::discord::interactions::{AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, Modal, SUBMIT};
use crate::support::discord::perms::flags::{USE_APPLICATION_COMMANDS, VIEW_CHANNEL};
use crate::support::discord::state::{Message, State};

impl Fake {
    /// Somebody types a slash command, such as `incident declare`, with options by name. Users, roles and channels are
    /// given by id, choices by name or value.
    pub(crate) async fn slash(&self, user: &str, channel: &str, words: &str, options: &[(&str, &str)]) -> Outcome {
        let asked = self.with(|state| {
            state.may_ask(user, channel)?;
            let filled = state.fill(words, options, None)?;
            Ok(state.ask(COMMAND, (user, channel), &filled.data, None))
        });
        self.send(asked).await
    }

    /// Somebody is typing the option `focused` of a slash command, which is among `options`.
    pub(crate) async fn autocomplete(
        &self,
        (user, channel): (&str, &str),
        words: &str,
        options: &[(&str, &str)],
        focused: &str,
    ) -> Outcome {
        let asked = self.with(|state| {
            state.may_ask(user, channel)?;
            let filled = state.fill(words, options, Some(focused))?;
            Ok(state.ask(AUTOCOMPLETE, (user, channel), &filled.data, None))
        });
        self.send(asked).await
    }

    /// Somebody presses a button, by its `custom_id` or label, of a message that they see.
    pub(crate) async fn press(&self, user: &str, channel: &str, message: &str, button: &str) -> Outcome {
        let asked = self.with(|state| {
            let source = state.seen_message(user, (channel, message))?;
            let part = part_of(&source, button).ok_or_else(|| format!("there is no button {button}"))?;
            if part["type"] != 2 || part["disabled"] == true || part["custom_id"].is_null() {
                return Err(format!("{button} cannot be pressed"));
            }
            let data = json!({"custom_id": part["custom_id"], "component_type": 2, "id": part["id"]});
            Ok(state.ask(COMPONENT, (user, channel), &data, Some(&source)))
        });
        self.send(asked).await
    }

    /// Somebody chooses in a menu of a message, by its `custom_id`: labels or values, or ids of users, roles or
    /// channels.
    pub(crate) async fn selects(
        &self,
        user: &str,
        (channel, message): (&str, &str),
        menu: &str,
        chosen: &[&str],
    ) -> Outcome {
        let asked = self.with(|state| {
            let source = state.seen_message(user, (channel, message))?;
            let part = part_of(&source, menu).ok_or_else(|| format!("there is no menu {menu}"))?;
            let data = state.chosen(&part, chosen)?;
            Ok(state.ask(COMPONENT, (user, channel), &data, Some(&source)))
        });
        self.send(asked).await
    }

    /// Somebody sends a form; fields by `custom_id` or label. What is not given stays as the app filled it in.
    pub(crate) async fn submits(&self, user: &str, modal: &Modal, fields: &[(&str, &str)]) -> Outcome {
        let asked = self.with(|state| {
            let given: BTreeMap<&str, &str> = fields.iter().copied().collect();
            let inputs = modal.inputs();
            let known =
                |name: &&str| inputs.iter().any(|(label, input)| label == *name || input["custom_id"] == **name);
            if let Some(unknown) = given.keys().find(|name| !known(name)) {
                return Err(format!("there is no field {unknown}"));
            }
            let rows = modal.components.iter().map(|row| sent_row(row, &given)).collect::<Result<Vec<_>, _>>()?;
            let data = json!({"custom_id": modal.custom_id, "components": rows, "resolved": {}});
            let source = modal.source.as_ref().and_then(|id| state.any_message(&modal.channel, id));
            Ok(state.ask(SUBMIT, (user, &modal.channel), &data, source.as_ref()))
        });
        self.send(asked).await
    }

    /// Somebody chooses a command from the menu of a message.
    pub(crate) async fn menu(&self, user: &str, command: &str, channel: &str, message: &str) -> Outcome {
        let asked = self.with(|state| {
            state.may_ask(user, channel)?;
            let source = state.seen_message(user, (channel, message))?;
            let known = state.command(command, 3).ok_or_else(|| format!("there is no command {command}"))?;
            let mut data = json!({
                "id": known["id"], "name": command, "type": 3, "target_id": message,
                "resolved": {"messages": {message: state.message(&source)}},
            });
            if let Some(guild) = known.get("guild_id") {
                data["guild_id"] = guild.clone();
            }
            Ok(state.ask(COMMAND, (user, channel), &data, None))
        });
        self.send(asked).await
    }

    /// Discord sends once more what somebody asked, as it does when a session is taken up again.
    pub(crate) fn repeats(&self, outcome: &Outcome) {
        self.with(|state| state.tell_interaction(&outcome.payload));
    }

    async fn send(&self, asked: Result<Interaction, String>) -> Outcome {
        match asked {
            Ok(asked) => Outcome::of(self.interact(asked).await),
            Err(error) => Outcome::refused(error),
        }
    }
}

impl State {
    fn may_ask(&self, user: &str, channel: &str) -> Result<(), String> {
        let may = self.permissions_in(channel, user);
        let dm = self.channels.get(channel).is_some_and(|place| !place.recipients.is_empty());
        if may & VIEW_CHANNEL == 0 {
            return Err("they do not see that channel".to_owned());
        }
        if dm || may & USE_APPLICATION_COMMANDS != 0 { Ok(()) } else { Err("they may use no commands".to_owned()) }
    }

    /// A message that somebody sees, be it theirs alone.
    fn seen_message(&self, user: &str, (channel, id): (&str, &str)) -> Result<Message, String> {
        let own = self.ephemerals.iter().find(|shown| shown.user == user && shown.message.id == id);
        if let Some(own) = own {
            return Ok(own.message.clone());
        }
        if !self.sees(channel, user) {
            return Err("they do not see that channel".to_owned());
        }
        self.channels[channel].message(id).cloned().ok_or_else(|| format!("there is no message {id}"))
    }

    fn chosen(&self, menu: &Value, chosen: &[&str]) -> Result<Value, String> {
        let kind = menu["type"].as_u64().unwrap_or_default();
        let (least, most) = (menu["min_values"].as_u64().unwrap_or(1), menu["max_values"].as_u64().unwrap_or(1));
        if !(least..=most).contains(&u64::try_from(chosen.len()).unwrap()) {
            return Err(format!("{least} to {most} must be chosen"));
        }
        let mut resolved = Map::new();
        let mut values = Vec::new();
        for name in chosen {
            if kind == 3 {
                let options = menu["options"].as_array().into_iter().flatten();
                let fits = |option: &&Value| option["label"] == **name || option["value"] == **name;
                let option = options.into_iter().find(fits).ok_or_else(|| format!("there is no option {name}"))?;
                values.push(option["value"].clone());
            } else {
                // The kinds of menus and of options do not agree.
                let of_option = [(5, 6), (6, 8), (7, 9), (8, 7)].iter().find(|(of_menu, _)| *of_menu == kind);
                let of_option = of_option.ok_or_else(|| format!("{} is no menu", menu["custom_id"]))?.1;
                self.resolve(of_option, name, &mut resolved).ok_or_else(|| format!("there is no {name} to choose"))?;
                values.push(json!(name));
            }
        }
        let mut data = json!({
            "custom_id": menu["custom_id"], "component_type": kind, "id": menu["id"], "values": values,
        });
        if kind != 3 {
            data["resolved"] = Value::Object(resolved);
        }
        Ok(data)
    }
}

/// The button or menu of a message by its `custom_id` or label.
fn part_of(message: &Message, name: &str) -> Option<Value> {
    let parts = message.components.iter().filter_map(|row| row["components"].as_array()).flatten();
    parts.into_iter().find(|part| part["custom_id"] == name || part["label"] == name).cloned()
}

/// A row of a form as it is sent.
fn sent_row(row: &Value, given: &BTreeMap<&str, &str>) -> Result<Value, String> {
    let labelled = row["component"].is_object();
    let input = if labelled { &row["component"] } else { &row["components"][0] };
    let Some(id) = input["custom_id"].as_str() else { return Ok(json!({"type": row["type"], "id": 1})) };
    let label = row["label"].as_str().or_else(|| input["label"].as_str()).unwrap_or_default();
    let text = given.get(id).or_else(|| given.get(label)).map(|text| (*text).to_owned());
    let text = text.unwrap_or_else(|| input["value"].as_str().unwrap_or_default().to_owned());
    let sent = if input["type"] == 4 {
        let length = u64::try_from(text.chars().count()).unwrap();
        if length == 0 && input["required"] != false {
            return Err(format!("{label}: this field is required"));
        }
        let (least, most) = (input["min_length"].as_u64().unwrap_or(0), input["max_length"].as_u64().unwrap_or(4000));
        if length > 0 && !(least..=most).contains(&length) {
            return Err(format!("{label}: it must have {least} to {most} characters"));
        }
        json!({"type": 4, "id": 2, "custom_id": id, "value": text})
    } else {
        json!({"type": input["type"], "id": 2, "custom_id": id, "values": text.split(',').collect::<Vec<_>>()})
    };
    let mut shown = json!({"type": row["type"], "id": 1});
    if labelled {
        shown["component"] = sent;
    } else {
        shown["components"] = json!([sent]);
    }
    Ok(shown)
}
