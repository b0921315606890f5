//! People fill in modals.

use serde_json::{Map, Value, json};

use super::super::Fake;
use super::super::blockkit::{check_options, check_view, elements_of};
use super::super::shapes::merge;
use super::super::state::{State, View};
use super::{Outcome, fill};

impl Fake {
    /// Somebody sends the modal of this id, which they have open on top, with values by block or action id. What is
    /// not given stays as the app set it.
    pub(crate) async fn submit(&self, user: &str, view_id: &str, values: &[(&str, Value)]) -> Outcome {
        let view = self.open_view(user).filter(|view| view.id == view_id).expect("they do not see that modal");
        let filled = match fill_in(&view, values) {
            Ok(filled) => filled,
            Err(refusal) => return Outcome::refused(refusal),
        };
        let payload = self.with(|state| {
            let mut payload = state.frame(user, "view_submission");
            let more = json!({
                "trigger_id": state.trigger(user, true), "view": state.show_view(&view, &filled), "response_urls": [],
            });
            merge(&mut payload, more);
            payload
        });
        let mut outcome = self.interact(payload).await;
        if outcome.error.is_none() {
            let ack = outcome.ack.clone().unwrap_or_else(|| json!({}));
            outcome.errors = errors_of(&ack);
            outcome.error = self.with(|state| state.answered(user, view_id, &ack)).err();
        }
        self.touch();
        outcome
    }

    /// Somebody closes the modal that they see without sending it.
    pub(crate) async fn closes_view(&self, user: &str) {
        let payload = self.with(|state| {
            let view = state.modals.get_mut(user).and_then(Vec::pop).expect("they have no modal open");
            let mut payload = state.frame(user, "view_closed");
            merge(&mut payload, json!({"view": state.show_view(&view, &json!({})), "is_cleared": false}));
            payload
        });
        if payload["view"]["notify_on_close"] == true {
            self.interact(payload).await;
        }
    }

    /// Somebody types into an external menu of the modal that they see; the options that they are shown.
    pub(crate) async fn suggest(&self, user: &str, action_id: &str, block_id: &str, typed: &str) -> Outcome {
        let view = self.open_view(user).expect("they have no modal open");
        let blocks = view.body["blocks"].as_array().unwrap();
        let block = blocks.iter().find(|block| block["block_id"] == block_id).expect("there is no such block");
        assert!(
            elements_of(block).iter().any(|element| element["action_id"] == action_id),
            "the block {block_id} has no {action_id}"
        );
        let payload = self.with(|state| {
            let mut payload = state.frame(user, "block_suggestion");
            let more = json!({
                "container": {"type": "view", "view_id": view.id}, "action_id": action_id, "block_id": block_id,
                "value": typed, "view": state.show_view(&view, &json!({})),
            });
            merge(&mut payload, more);
            payload
        });
        let mut outcome = self.interact(payload).await;
        if outcome.error.is_none() {
            outcome.error = wrong_options(outcome.ack.as_ref().unwrap_or(&Value::Null));
        }
        outcome
    }
}

fn fill_in(view: &View, values: &[(&str, Value)]) -> Result<Value, String> {
    let blocks = view.body["blocks"].as_array().unwrap();
    let inputs = || blocks.iter().filter(|block| block["type"] == "input");
    let named = |block: &Value, name: &str| block["block_id"] == name || block["element"]["action_id"] == name;
    for (name, _) in values {
        assert!(inputs().any(|block| named(block, name)), "the modal has no field {name}");
    }
    let mut filled = Map::new();
    for block in inputs() {
        let element = &block["element"];
        let given = values.iter().find(|(name, _)| named(block, name)).map(|(_, value)| value);
        let state = fill::filled(element, given);
        let block_id = block["block_id"].as_str().unwrap();
        if let Some(refusal) = fill::refusal(block, &state) {
            return Err(format!("{block_id}: {refusal}"));
        }
        filled.insert(block_id.to_owned(), json!({element["action_id"].as_str().unwrap(): state}));
    }
    Ok(Value::Object(filled))
}

fn errors_of(ack: &Value) -> std::collections::BTreeMap<String, String> {
    let errors = ack["errors"].as_object().filter(|_| ack["response_action"] == "errors").into_iter().flatten();
    errors.map(|(block, text)| (block.clone(), text.as_str().unwrap_or_default().to_owned())).collect()
}

/// What is wrong with suggested options, which the client would then not show.
fn wrong_options(ack: &Value) -> Option<String> {
    let mut faults = Vec::new();
    match (ack["options"].as_array(), ack["option_groups"].as_array()) {
        (Some(options), _) if options.is_empty() => {}
        (Some(_), _) => check_options(&ack["options"], 100, "/options", &mut faults),
        (None, Some(groups)) => {
            for group in groups {
                check_options(&group["options"], 100, "/option_groups", &mut faults);
            }
        }
        (None, None) => faults.push("there are no options".to_owned()),
    }
    faults.into_iter().next()
}

impl State {
    /// Does what the app answered to a modal that was sent; an error where that makes no sense.
    fn answered(&mut self, user: &str, view_id: &str, ack: &Value) -> Result<(), String> {
        let open = self.modals.entry(user.to_owned()).or_default();
        match ack["response_action"].as_str() {
            None => open.retain(|view| view.id != view_id),
            Some("clear") => open.clear(),
            Some("errors") => {
                let view = open.iter().find(|view| view.id == view_id).ok_or("the modal is gone")?;
                let blocks = view.body["blocks"].as_array().unwrap();
                let input =
                    |id: &String| blocks.iter().any(|block| block["block_id"] == **id && block["type"] == "input");
                let errors =
                    ack["errors"].as_object().filter(|errors| !errors.is_empty()).ok_or("there are no errors")?;
                if let Some(unknown) = errors.keys().find(|id| !input(id)) {
                    return Err(format!("there is no input block {unknown}"));
                }
            }
            Some(action @ ("update" | "push")) => {
                let mut body = ack["view"].clone();
                self.record("view_submission", "view", &body);
                if let Some(fault) = check_view(&mut body).into_iter().next() {
                    return Err(fault);
                }
                if action == "push" {
                    self.push_view(user, body).ok_or("push_limit_reached")?;
                    return Ok(());
                }
                let hash = self.id("h");
                let open = self.modals.entry(user.to_owned()).or_default();
                let view = open.iter_mut().find(|view| view.id == view_id).ok_or("the modal is gone")?;
                (view.body, view.hash) = (body, hash);
            }
            Some(other) => return Err(format!("unknown response_action {other}")),
        }
        Ok(())
    }
}
