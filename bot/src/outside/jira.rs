//! Tickets in Jira: Cloud through version 3 of its API, whose texts are documents, and Data Center through version 2, whose
//! texts are wiki markup.
//!
//! A ticket bears a label made of its key and a property that holds it. Before one is made, it is looked for by the label,
//! and, since the search of the Cloud lags, among the newest issues of the project, which are read by their numbers.

mod adf;
mod find;
mod form;
mod transition;
mod wiki;

use self::form::Writing;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Url;
use serde_json::{Value, json};

use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::atlassian::Edition;
use crate::outside::call::{CallError, Caller, SetupError};
use crate::outside::finding::failed;
use crate::outside::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState};
use crate::platform::finding::Finding;

const NAME: &str = "Jira";
/// The label and the property that all our issues bear.
const MARK: &str = "firebell";
/// By how much the search may lag behind what was written.
const LAG: TimeDelta = TimeDelta::minutes(10);
/// The fields that a ticket's state is read from.
const STATE_FIELDS: [&str; 6] =
    ["summary", "status", "assignee", "resolutiondate", "statuscategorychangedate", "updated"];

/// Where tickets go.
#[derive(Debug, Clone)]
pub struct JiraConfig {
    /// The site, such as `https://example.atlassian.net`; a server may live below a path.
    pub base: Url,
    pub edition: Edition,
    pub token: Secret,
    /// The project's key, such as `OPS`.
    pub project: String,
    /// The type of issue, by its name.
    pub issue_type: String,
}

/// One project of one site.
pub struct Jira {
    caller: Caller,
    edition: Edition,
    project: String,
    issue_type: String,
}

impl Jira {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: JiraConfig, clock: Clock) -> Result<Self, SetupError> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        if config.project.is_empty() || !config.project.chars().all(fits) {
            let why = "the project is no key of one; give what stands before the number of its issues, such as OPS";
            return Err(SetupError::new(NAME, why));
        }
        if config.issue_type.trim().is_empty() {
            return Err(SetupError::new(NAME, "there is no type of issue; give its name, such as Task"));
        }
        let account = config.edition.account(NAME, config.base, config.token);
        let caller = Caller::new(account, clock)?;
        Ok(Self { caller, edition: config.edition, project: config.project, issue_type: config.issue_type })
    }

    /// Makes a ticket. With `again` it may have been made before: it is looked for first, and brought up to date where it
    /// is found.
    ///
    /// # Errors
    /// [`CallError`]; after one that is unknown, call `again`.
    pub async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        ticket.check().map_err(CallError::not_asked)?;
        let found = if again { self.find(&ticket.key).await? } else { None };
        if let Some(at) = found {
            self.update(&at, ticket).await?;
            return Ok(at);
        }
        let mut fields = self.fields(ticket).await?;
        fields.insert("project".to_owned(), json!({ "key": self.project }));
        fields.insert("issuetype".to_owned(), json!({ "name": self.issue_type }));
        fields.insert("labels".to_owned(), json!(form::labels(ticket)));
        fields.insert("description".to_owned(), self.description(&Value::Null, &ticket.body));
        let made = self.write(fields, Writing::New { key: &ticket.key }).await?.body;
        let at = self.reference(&made).ok_or_else(|| unreadable("what it made"))?;
        self.bring(&at, ticket.done, false).await?;
        Ok(at)
    }

    /// Writes a ticket anew. What people wrote below our part of its description stays, and so do their labels.
    ///
    /// # Errors
    /// [`CallError`]; one that is missing was deleted.
    pub async fn update(&self, at: &TicketRef, ticket: &Ticket) -> Result<(), CallError> {
        let path = self.path(&["issue", &at.id]);
        let held = self.caller.get(&path, &[("fields", "description,status")]).await?.body;
        let mut fields = self.fields(ticket).await?;
        fields.insert("description".to_owned(), self.description(&held["fields"]["description"], &ticket.body));
        let labels: Vec<Value> = form::labels(ticket).iter().map(|label| json!({ "add": label })).collect();
        self.write(fields, Writing::Anew { id: &at.id, labels: &labels }).await?;
        self.bring(at, ticket.done, is_done(&held)).await
    }

    /// How a ticket stands.
    ///
    /// # Errors
    /// [`CallError`]; one that is missing was deleted.
    pub async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        let fields = STATE_FIELDS.join(",");
        let issue = self.caller.get(&self.path(&["issue", &at.id]), &[("fields", &fields)]).await?.body;
        Ok(self.state_of(&issue))
    }

    /// What has changed. It looks back by ten minutes more than the cursor says, as the search may lag.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        // Instants in a query are read in the time zone of the token's owner; spans are the same everywhere.
        let span = self.caller.clock().now() - cursor.since + LAG;
        let minutes = span.num_minutes().max(1) + 1;
        let query = format!(
            "project = \"{}\" AND labels = \"{MARK}\" AND updated >= \"-{minutes}m\" ORDER BY created ASC, key ASC",
            self.project
        );
        let mut states = BTreeMap::new();
        for issue in self.search(&query, &STATE_FIELDS).await? {
            let updated = instant(&issue["fields"]["updated"]).unwrap_or(cursor.since);
            if let Some(at) = self.reference(&issue) {
                states.insert((updated, at.clone()), self.state_of(&issue));
            }
        }
        let since = states.keys().map(|(updated, _)| *updated).max().unwrap_or(cursor.since).max(cursor.since);
        let states = states.into_iter().map(|((_, at), state)| (at, state)).collect();
        Ok(Changes { states, cursor: Cursor { since, mark: None } })
    }

    /// Looks at the account, the project and the type of issue, and makes nothing.
    pub async fn examine(&self) -> Vec<Finding> {
        let myself = match self.caller.get(&self.path(&["myself"]), &[]).await {
            Ok(answer) => answer.body,
            Err(error) => return vec![failed(format!("{NAME} token"), &error, self.edition.remedy())],
        };
        let name = myself["displayName"].as_str().unwrap_or("somebody");
        let mut findings = vec![Finding::ok(format!("{NAME} token"), format!("it is that of {name}"))];
        let about = format!("{NAME} project {}", self.project);
        let project = match self.caller.get(&self.path(&["project", &self.project]), &[]).await {
            Ok(answer) => answer.body,
            Err(error) => {
                findings.push(failed(about, &error, "check its key, and that the token's owner may see it"));
                return findings;
            }
        };
        findings.push(Finding::ok(about, "it is there"));
        let types = project["issueTypes"].as_array().into_iter().flatten();
        let mut names = types.filter(|kind| kind["subtask"] != true).filter_map(|kind| kind["name"].as_str());
        let about = format!("{NAME} type of issue {}", self.issue_type);
        findings.push(if names.clone().any(|name| name == self.issue_type) {
            Finding::ok(about, "the project has it")
        } else {
            let others = names.by_ref().collect::<Vec<_>>().join(", ");
            Finding::problem(about, format!("the project does not have it; choose one of: {others}"))
        });
        findings
    }

    /// A path of the edition's API.
    fn path<'a>(&self, path: &[&'a str]) -> Vec<&'a str> {
        let version = if self.edition.is_cloud() { "3" } else { "2" };
        ["rest", "api", version].into_iter().chain(path.iter().copied()).collect()
    }

    fn reference(&self, issue: &Value) -> Option<TicketRef> {
        let (id, number) = (issue["id"].as_str()?.to_owned(), issue["key"].as_str()?.to_owned());
        let url = self.caller.url(&["browse", &number]).to_string();
        Some(TicketRef { id, number, url })
    }

    fn state_of(&self, issue: &Value) -> TicketState {
        let fields = &issue["fields"];
        let done = is_done(issue);
        let closed = instant(&fields["resolutiondate"]).or_else(|| instant(&fields["statuscategorychangedate"]));
        let account = if self.edition.is_cloud() { "accountId" } else { "name" };
        TicketState {
            done,
            closed_at: closed.filter(|_| done),
            assignee: fields["assignee"][account].as_str().map(str::to_owned),
            title: fields["summary"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

fn is_done(issue: &Value) -> bool {
    issue["fields"]["status"]["statusCategory"]["key"] == "done"
}

/// Jira writes `2026-03-01T12:00:00.000+0100`.
fn instant(text: &Value) -> Option<DateTime<Utc>> {
    let text = text.as_str()?;
    let read = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").or_else(|_| DateTime::parse_from_rfc3339(text));
    read.ok().map(|read| read.to_utc())
}

fn unreadable(what: &str) -> CallError {
    CallError::Unknown(format!("{NAME}: its answer does not say {what}"))
}

#[cfg(test)]
mod tests;
