//! Issues brought from one status to another, as far as their workflow has a way.

use serde_json::{Value, json};

use super::{Jira, NAME};
use crate::outside::call::CallError;
use crate::outside::tracker::TicketRef;

impl Jira {
    /// Brings an issue to a status of the category that fits, where it is not in one.
    pub(super) async fn bring(&self, at: &TicketRef, done: bool, is_done: bool) -> Result<(), CallError> {
        if done == is_done {
            return Ok(());
        }
        let path = self.path(&["issue", &at.id, "transitions"]);
        let ways = self.caller.get(&path, &[("expand", "transitions.fields")]).await?.body;
        let ways = ways["transitions"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(way) = choose(ways, done) else {
            let wanted = if done { "done" } else { "not done" };
            let why = format!(
                "{NAME}: no transition of {} leads to a status that counts as {wanted}; add one to its workflow, or \
                 do it there by hand",
                at.number
            );
            return Err(CallError::Refused { status: 409, reason: why });
        };
        let mut body = json!({ "transition": { "id": way["id"] } });
        if let Some(resolution) = resolution(way) {
            body["fields"] = json!({ "resolution": { "name": resolution } });
        }
        self.caller.post(&path, &body).await.map(drop)
    }
}

/// What was taken up again is to be done: better a status of that kind than one of work that goes on.
fn choose(ways: &[Value], done: bool) -> Option<&Value> {
    let leads = |kind: &'static str| ways.iter().find(move |way| way["to"]["statusCategory"]["key"] == kind);
    if done { leads("done") } else { leads("new").or_else(|| leads("indeterminate")) }
}

/// The resolution for a transition that demands one.
fn resolution(way: &Value) -> Option<&str> {
    let field = &way["fields"]["resolution"];
    if field["required"] != true || field["hasDefaultValue"] == true {
        return None;
    }
    let names = || field["allowedValues"].as_array().into_iter().flatten().filter_map(|value| value["name"].as_str());
    names().find(|name| matches!(*name, "Done" | "Fixed")).or_else(|| names().next())
}
