//! Labels, which Linear knows by id; those that are not there are made.

use serde_json::{Value, json};

use super::query::{CREATE_LABEL, LABELS};
use super::{Linear, MARK, uuid};
use crate::outside::call::CallError;

/// The most characters of a label's name.
const NAME: usize = 80;

impl Linear {
    /// The ids of labels, and of ours.
    pub(super) async fn labels(&self, team: &str, asked: &[String]) -> Result<Vec<String>, CallError> {
        let mut names: Vec<String> = vec![MARK.to_owned()];
        for name in asked {
            let name: String = name.trim().chars().take(NAME).collect();
            if !name.is_empty() && names.iter().all(|held| !held.eq_ignore_ascii_case(&name)) {
                names.push(name);
            }
        }
        let held = self.known(&names).await?;
        let mut ids = Vec::new();
        for name in &names {
            match usable(&held, team, name) {
                Some(id) => ids.push(id),
                None => ids.extend(self.make(team, name).await?),
            }
        }
        Ok(ids)
    }

    async fn known(&self, names: &[String]) -> Result<Vec<Value>, CallError> {
        let either: Vec<Value> = names.iter().map(|name| json!({ "name": { "eqIgnoreCase": name } })).collect();
        let mut data = self.caller.graphql(LABELS, &json!({ "filter": { "or": either } })).await?;
        Ok(serde_json::from_value(data["issueLabels"]["nodes"].take()).unwrap_or_default())
    }

    /// Makes a label of the team, under an id that is the same in every attempt. Ours must come about, since tickets are
    /// found by it; without another one the ticket is worth as much.
    async fn make(&self, team: &str, name: &str) -> Result<Option<String>, CallError> {
        let id = uuid("label", &format!("{team}:{name}"));
        let input = json!({ "id": id, "name": name, "teamId": team });
        let refused = match self.caller.graphql(CREATE_LABEL, &json!({ "input": input })).await {
            Ok(_) => return Ok(Some(id)),
            Err(error @ CallError::Refused { .. }) => error,
            Err(error) => return Err(error),
        };
        // Another attempt may have made it in the meantime.
        let known = self.known(&[name.to_owned()]).await?;
        match usable(&known, team, name) {
            Some(id) => Ok(Some(id)),
            None if name == MARK => Err(refused),
            None => {
                tracing::warn!("Linear does not let us make a label; it is left out");
                Ok(None)
            }
        }
    }
}

/// A label of the team or of all teams; a group of labels cannot be given.
fn usable(held: &[Value], team: &str, name: &str) -> Option<String> {
    let fits = |label: &&Value| {
        let is_named = label["name"].as_str().is_some_and(|held| held.eq_ignore_ascii_case(name));
        let is_ours = label["team"].is_null() || label["team"]["id"] == team;
        is_named && is_ours && label["isGroup"] != true
    };
    held.iter().find(fits)?["id"].as_str().map(str::to_owned)
}
