//! Tickets as GitLab's issues.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{GitLab, inert};
use crate::outside::call::{CallError, Caller};
use crate::outside::forge::changes::{Entry, Kind, List};
use crate::outside::forge::{reworded, title_of};
use crate::outside::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState, is_marked, marked};

const ISSUES: Kind = Kind {
    since: "updated_after",
    by_change: &[("state", "all"), ("order_by", "updated_at"), ("sort", "asc")],
    by_making: &[("state", "all"), ("order_by", "created_at"), ("sort", "desc")],
    read,
};

#[derive(Deserialize)]
struct Issue {
    id: u64,
    iid: u64,
    web_url: String,
    title: String,
    description: Option<String>,
    state: String,
    closed_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
    #[serde(default)]
    assignees: Vec<User>,
    #[serde(default)]
    labels: Vec<String>,
    due_date: Option<NaiveDate>,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    username: String,
}

impl GitLab {
    pub(in crate::outside::forge) async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        ticket.check().map_err(CallError::not_asked)?;
        let found = if again { self.find(&ticket.key).await? } else { None };
        if let Some(at) = found {
            self.update(&at, ticket).await?;
            return Ok(at);
        }
        let mut issue = Map::new();
        issue.insert("title".to_owned(), title_of(&ticket.title).into());
        issue.insert("description".to_owned(), marked(&ticket.key, &inert(&ticket.body)).into());
        issue.insert("labels".to_owned(), labels_of(ticket).join(",").into());
        if let Some(due) = ticket.due {
            issue.insert("due_date".to_owned(), due.to_string().into());
        }
        if let Some(id) = self.user(ticket.assignee.as_deref()).await? {
            issue.insert("assignee_ids".to_owned(), json!([id]));
        }
        let answer = self.caller.post(&self.at(&["issues"]), &json!(issue)).await?;
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
        let is_held = |who: &String| held.assignees.iter().any(|held| held.username.eq_ignore_ascii_case(who));
        let assignee = ticket.assignee.as_ref().filter(|who| !is_held(who));
        if let Some(id) = self.user(assignee.map(String::as_str)).await? {
            change.insert("assignee_ids".to_owned(), json!([id]));
        }
        if change.is_empty() {
            return Ok(());
        }
        self.caller.put(&path, &json!(change)).await.map(drop)
    }

    pub(in crate::outside::forge) async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        let answer = self.caller.get(&self.at(&["issues", at.number.as_str()]), &[]).await?;
        self.caller.read::<Issue>(&answer).map(Issue::state)
    }

    pub(in crate::outside::forge) async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        let (caller, path) = (self.lists(), self.at(&["issues"]));
        list(&caller, &path).changes(cursor).await
    }

    async fn find(&self, key: &str) -> Result<Option<TicketRef>, CallError> {
        let (caller, path) = (self.lists(), self.at(&["issues"]));
        list(&caller, &path).find(|body| is_marked(body, key)).await
    }

    /// The number of a user; absent for one whom GitLab does not know.
    async fn user(&self, name: Option<&str>) -> Result<Option<u64>, CallError> {
        let Some(name) = name else { return Ok(None) };
        let answer = self.caller.get(&["users"], &[("username", name)]).await?;
        let users: Vec<User> = self.caller.read(&answer)?;
        Ok(users.into_iter().find(|user| user.username.eq_ignore_ascii_case(name)).map(|user| user.id))
    }
}

impl Issue {
    fn at(&self) -> TicketRef {
        TicketRef { id: self.id.to_string(), number: self.iid.to_string(), url: self.web_url.clone() }
    }

    fn state(self) -> TicketState {
        TicketState {
            done: self.state == "closed",
            closed_at: self.closed_at,
            assignee: self.assignees.into_iter().next().map(|who| who.username),
            title: self.title,
        }
    }

    /// What of it is to be changed, but for the assignee.
    fn difference(&self, ticket: &Ticket) -> Map<String, Value> {
        let mut change = Map::new();
        let (title, body) = reworded((&self.title, self.description.as_deref()), ticket, &inert(&ticket.body));
        change.extend(title.map(|title| ("title".to_owned(), title.into())));
        change.extend(body.map(|body| ("description".to_owned(), body.into())));
        if (self.state == "closed") != ticket.done {
            let event = if ticket.done { "close" } else { "reopen" };
            change.insert("state_event".to_owned(), event.into());
        }
        let mut missing = labels_of(ticket);
        missing.retain(|label| !self.labels.contains(label));
        if !missing.is_empty() {
            change.insert("add_labels".to_owned(), missing.join(",").into());
        }
        if self.due_date != ticket.due {
            let due = ticket.due.map(|due| due.to_string()).unwrap_or_default();
            change.insert("due_date".to_owned(), due.into());
        }
        change
    }
}

fn list<'l>(caller: &'l Caller, path: &'l [&'l str]) -> List<'l> {
    List { caller, path, own: Some(("scope", "created_by_me".to_owned())), kind: &ISSUES }
}

fn read(caller: &Caller, value: &Value) -> Result<Entry, CallError> {
    let mut issue: Issue = caller.read_value(value)?;
    let (id, changed) = (issue.id.to_string(), issue.updated_at);
    let body = issue.description.take().unwrap_or_default();
    Ok(Entry { changed, body, ticket: Some((issue.at(), issue.state())), id })
}

/// GitLab parts labels by commas.
fn labels_of(ticket: &Ticket) -> Vec<String> {
    ticket.labels.iter().map(|label| label.replace(',', " ").trim().to_owned()).collect()
}
