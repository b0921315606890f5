//! Tickets as GitHub's issues.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::GitHub;
use crate::outside::call::{CallError, Caller};
use crate::outside::forge::changes::{Entry, Kind, List};
use crate::outside::forge::{body_of, reworded, title_of};
use crate::outside::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState, is_marked, marked};

/// The longest name of a label, in characters.
const LABEL: usize = 50;

const ISSUES: Kind = Kind {
    since: "since",
    by_change: &[("state", "all"), ("sort", "updated"), ("direction", "asc")],
    by_making: &[("state", "all"), ("sort", "created"), ("direction", "desc")],
    read,
};

#[derive(Deserialize)]
struct Issue {
    id: u64,
    number: u64,
    html_url: String,
    title: String,
    body: Option<String>,
    state: String,
    closed_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
    #[serde(default)]
    assignees: Vec<Named>,
    #[serde(default)]
    labels: Vec<Label>,
    /// There where it is a pull request.
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Named {
    login: String,
}

/// Older answers give names alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Label {
    Whole { name: String },
    Name(String),
}

impl GitHub {
    pub(in crate::outside::forge) async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        ticket.check().map_err(CallError::not_asked)?;
        let found = if again { self.find(&ticket.key).await? } else { None };
        if let Some(at) = found {
            self.update(&at, ticket).await?;
            return Ok(at);
        }
        let mut issue = Map::new();
        issue.insert("title".to_owned(), title_of(&ticket.title).into());
        issue.insert("body".to_owned(), marked(&ticket.key, &text_of(ticket)).into());
        issue.insert("labels".to_owned(), labels_of(ticket).into());
        if let Some(assignee) = &ticket.assignee {
            issue.insert("assignees".to_owned(), json!([assignee]));
        }
        let path = self.at(&["issues"]);
        let answer = match self.caller.post(&path, &json!(issue)).await {
            Err(error) if is_invalid(&error) && issue.remove("assignees").is_some() => {
                self.caller.post(&path, &json!(issue)).await?
            }
            answer => answer?,
        };
        let made = self.caller.read::<Issue>(&answer)?.at();
        if ticket.done {
            self.update(&made, ticket).await?;
        }
        Ok(made)
    }

    pub(in crate::outside::forge) async fn update(&self, at: &TicketRef, ticket: &Ticket) -> Result<(), CallError> {
        ticket.check().map_err(CallError::not_asked)?;
        let path = self.at(&["issues", at.number.as_str()]);
        let held: Issue = self.caller.read(&self.caller.get(&path, &[]).await?)?;
        let mut change = held.difference(ticket);
        if change.is_empty() {
            return Ok(());
        }
        match self.caller.patch(&path, &json!(change)).await {
            Err(error) if is_invalid(&error) && change.remove("assignees").is_some() => {
                if !change.is_empty() {
                    self.caller.patch(&path, &json!(change)).await?;
                }
                Ok(())
            }
            done => done.map(drop),
        }
    }

    pub(in crate::outside::forge) async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        let answer = self.caller.get(&self.at(&["issues", at.number.as_str()]), &[]).await?;
        self.caller.read::<Issue>(&answer).map(Issue::state)
    }

    pub(in crate::outside::forge) async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        let (caller, path) = (self.lists(), self.at(&["issues"]));
        let list = List { caller: &caller, path: &path, own: self.own().await?, kind: &ISSUES };
        list.changes(cursor).await
    }

    async fn find(&self, key: &str) -> Result<Option<TicketRef>, CallError> {
        let (caller, path) = (self.lists(), self.at(&["issues"]));
        let list = List { caller: &caller, path: &path, own: self.own().await?, kind: &ISSUES };
        list.find(|body| is_marked(body, key)).await
    }

    async fn own(&self) -> Result<Option<(&'static str, String)>, CallError> {
        Ok(self.login().await?.map(|login| ("creator", login.to_owned())))
    }
}

impl Issue {
    fn at(&self) -> TicketRef {
        TicketRef { id: self.id.to_string(), number: self.number.to_string(), url: self.html_url.clone() }
    }

    fn state(self) -> TicketState {
        TicketState {
            done: self.state == "closed",
            closed_at: self.closed_at,
            assignee: self.assignees.into_iter().next().map(|who| who.login),
            title: self.title,
        }
    }

    /// What of it is to be changed.
    fn difference(&self, ticket: &Ticket) -> Map<String, Value> {
        let mut change = Map::new();
        let (title, body) = reworded((&self.title, self.body.as_deref()), ticket, &text_of(ticket));
        change.extend(title.map(|title| ("title".to_owned(), title.into())));
        change.extend(body.map(|body| ("body".to_owned(), body.into())));
        if (self.state == "closed") != ticket.done {
            let state = if ticket.done { "closed" } else { "open" };
            change.insert("state".to_owned(), state.into());
        }
        // GitHub tells no labels apart by case alone.
        let has = |label: &String| self.labels.iter().any(|held| held.name().to_lowercase() == label.to_lowercase());
        let missing: Vec<String> = labels_of(ticket).into_iter().filter(|label| !has(label)).collect();
        if !missing.is_empty() {
            let held = self.labels.iter().map(|label| label.name().to_owned());
            change.insert("labels".to_owned(), held.chain(missing).collect::<Vec<_>>().into());
        }
        let is_held = |who: &String| self.assignees.iter().any(|held| held.login.eq_ignore_ascii_case(who));
        if let Some(assignee) = ticket.assignee.as_ref().filter(|who| !is_held(who)) {
            change.insert("assignees".to_owned(), json!([assignee]));
        }
        change
    }
}

impl Label {
    fn name(&self) -> &str {
        match self {
            Self::Whole { name } | Self::Name(name) => name,
        }
    }
}

fn read(caller: &Caller, value: &Value) -> Result<Entry, CallError> {
    let mut issue: Issue = caller.read_value(value)?;
    let (id, changed) = (issue.id.to_string(), issue.updated_at);
    let body = issue.body.take().unwrap_or_default();
    let ticket = issue.pull_request.is_none().then(|| (issue.at(), issue.state()));
    Ok(Entry { changed, body, ticket, id })
}

/// Issues have no due date, so that the body tells it.
fn text_of(ticket: &Ticket) -> String {
    let body = body_of(&ticket.body);
    match ticket.due {
        Some(due) => format!("{}\n\n**Due:** {due}", body.trim_end()),
        None => body,
    }
}

fn labels_of(ticket: &Ticket) -> Vec<String> {
    ticket.labels.iter().map(|label| label.chars().take(LABEL).collect()).collect()
}

/// Whether the person may be at fault, whom the repository does not know: GitHub says which field it is, others do not. Nothing
/// was done.
fn is_invalid(error: &CallError) -> bool {
    error.status() == Some(422)
}
