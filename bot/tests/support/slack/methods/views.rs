//! Modals and home pages.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::super::fake::clock::micros;
use super::super::args::Args;
use super::super::blockkit::check_view;
use super::super::state::{State, View};
use super::{Answer, Refusal};

/// A trigger is good for this long: <https://docs.slack.dev/interactivity/handling-user-interaction>
const TRIGGER_LIFE: Duration = Duration::from_secs(3);

pub(super) fn open(state: &mut State, args: &Args) -> Answer {
    let body = checked(state, "views.open", args, "modal")?;
    let user = pull(state, args, false)?;
    let view = state.make_view(&user, body);
    state.modals.insert(user, vec![view.clone()]);
    Ok(json!({"view": state.show_view(&view, &json!({}))}))
}

pub(super) fn push(state: &mut State, args: &Args) -> Answer {
    let body = checked(state, "views.push", args, "modal")?;
    let user = pull(state, args, true)?;
    let view = state.push_view(&user, body).ok_or("push_limit_reached")?;
    Ok(json!({"view": state.show_view(&view, &json!({}))}))
}

pub(super) fn update(state: &mut State, args: &Args) -> Answer {
    let body = checked(state, "views.update", args, "")?;
    let (id, external) = (args.text("view_id"), args.text("external_id"));
    let named = |view: &View| match (&id, &external) {
        (Some(id), _) => view.id == *id,
        (None, Some(external)) => view.body["external_id"] == json!(external),
        (None, None) => false,
    };
    let hash = format!("{}.{}", state.seconds(), state.id("h"));
    let open = state.modals.values_mut().flatten().chain(state.homes.values_mut());
    let view = open.into_iter().find(|view| named(view)).ok_or("not_found")?;
    if args.text("hash").is_some_and(|hash| hash != view.hash) {
        return Err("hash_conflict".into());
    }
    (view.body, view.hash) = (body, hash);
    let view = view.clone();
    Ok(json!({"view": state.show_view(&view, &json!({}))}))
}

pub(super) fn publish(state: &mut State, args: &Args) -> Answer {
    let user = args.need("user_id")?;
    let body = checked(state, "views.publish", args, "home")?;
    if state.users.get(&user).is_none_or(|user| user.is_bot || user.deleted) {
        return Err("user_not_found".into());
    }
    let known = state.homes.get(&user);
    if let (Some(hash), Some(known)) = (args.text("hash"), known)
        && hash != known.hash
    {
        return Err("hash_conflict".into());
    }
    let id = known.map(|known| known.id.clone());
    let mut view = state.make_view(&user, body);
    if let Some(id) = id {
        (view.root, view.id) = (id.clone(), id);
    }
    state.homes.insert(user, view.clone());
    Ok(json!({"view": state.show_view(&view, &json!({}))}))
}

/// The view of a call, checked, with ids filled in. `kind` is the type that it must have, where that matters.
fn checked(state: &mut State, method: &str, args: &Args, kind: &str) -> Result<Value, Refusal> {
    let text = args.need("view")?;
    let view = args.json("view").filter(Value::is_object);
    let mut view = view.ok_or_else(|| invalid(&["[ERROR] must be a valid view".to_owned()]))?;
    if text.len() > 250_000 {
        return Err("view_too_large".into());
    }
    state.record(method, "view", &view);
    if !kind.is_empty() && view["type"] != kind {
        return Err(invalid(&[format!("[ERROR] invalid type, must be {kind} [json-pointer:/view/type]")]));
    }
    let faults = check_view(&mut view);
    if faults.is_empty() { Ok(view) } else { Err(invalid(&faults)) }
}

fn invalid(messages: &[String]) -> Refusal {
    Refusal::with("invalid_arguments", json!({"response_metadata": {"messages": messages}}))
}

/// Uses a trigger up; whose it was.
fn pull(state: &mut State, args: &Args, push: bool) -> Result<String, Refusal> {
    let id = args.need("trigger_id").map_err(|_| Refusal::from("invalid_trigger_id"))?;
    let now = state.now;
    let trigger = state.triggers.get_mut(&id).ok_or("invalid_trigger_id")?;
    if now - trigger.made > micros(TRIGGER_LIFE) {
        return Err("expired_trigger_id".into());
    }
    if trigger.used {
        return Err("exchanged_trigger_id".into());
    }
    if push && !trigger.from_modal {
        return Err("invalid_trigger_id".into());
    }
    trigger.used = true;
    Ok(trigger.user.clone())
}

impl State {
    /// A view that nobody sees as yet.
    pub(in super::super) fn make_view(&mut self, user: &str, body: Value) -> View {
        let id = self.id("V");
        let hash = format!("{}.{}", self.seconds(), self.id("h"));
        View { id: id.clone(), hash, user: user.to_owned(), root: id, previous: None, body }
    }

    /// Puts a modal on top of those that a user has open; none where there are three.
    pub(in super::super) fn push_view(&mut self, user: &str, body: Value) -> Option<View> {
        let mut view = self.make_view(user, body);
        let open = self.modals.entry(user.to_owned()).or_default();
        if open.len() >= 3 {
            return None;
        }
        if let Some(top) = open.last() {
            (view.root, view.previous) = (top.root.clone(), Some(top.id.clone()));
        }
        open.push(view.clone());
        Some(view)
    }
}
