//! Tickets in Linear, through its GraphQL API.
//!
//! Whoever makes an issue there may choose its id, so ours is made of the ticket's key: whatever becomes of an answer, there
//! is never a second issue.

mod label;
mod query;

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::Url;
use serde_json::{Map, Value, json};

use self::query::{CREATE, ISSUES, TEAM, UPDATE, USERS, VIEWER};
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::call::{Account, Auth, CallError, Caller, SetupError};
use crate::outside::finding::failed;
use crate::outside::foot;
use crate::outside::page::digest;
use crate::outside::tracker::{Changes, Cursor, Ticket, TicketRef, TicketState};
use crate::platform::finding::Finding;

const NAME: &str = "Linear";
/// The label that all our issues bear.
const MARK: &str = "firebell";
/// Issues of one page, and the most pages that are read. Linear counts what a query could give against a limit.
const PAGE: u64 = 50;
const PAGES: usize = 100;
/// The most characters of a title.
const TITLE: usize = 255;

/// Where tickets go.
#[derive(Debug, Clone)]
pub struct LinearConfig {
    /// The whole URL of the API, `https://api.linear.app/graphql`.
    pub base: Url,
    pub token: Secret,
    /// The team's key, such as `OPS`.
    pub team: String,
}

/// One team of one workspace.
pub struct Linear {
    caller: Caller,
    team: String,
}

/// What is known of the team.
struct Team {
    id: String,
    /// Its statuses: kind, position, id.
    states: Vec<(String, f64, String)>,
}

impl Linear {
    /// Prepares it; nobody is called yet. A personal key stands in the header as it is, a token of OAuth behind `Bearer`.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: LinearConfig, clock: Clock) -> Result<Self, SetupError> {
        if config.team.trim().is_empty() {
            return Err(SetupError::new(NAME, "there is no team; give the key that stands before its issues' numbers"));
        }
        let is_personal = config.token.expose().starts_with("lin_api_");
        let auth = if is_personal { Auth::Header("authorization", config.token) } else { Auth::Bearer(config.token) };
        let caller = Caller::new(Account::new(NAME, config.base, auth), clock)?;
        Ok(Self { caller, team: config.team })
    }

    /// Makes a ticket. With `again` it may have been made before: it is looked for first, and brought up to date where it
    /// is found.
    ///
    /// # Errors
    /// [`CallError`]; after one that is unknown, call `again`.
    pub async fn create(&self, ticket: &Ticket, again: bool) -> Result<TicketRef, CallError> {
        ticket.check().map_err(CallError::not_asked)?;
        let id = issue_id(&ticket.key);
        let found = if again { self.look_up(&id).await? } else { None };
        if let Some(found) = found {
            let at = reference(&found)?;
            self.update(&at, ticket).await?;
            return Ok(at);
        }
        let team = self.team().await?;
        let mut input = self.fields(ticket).await?;
        input.insert("id".to_owned(), json!(id));
        input.insert("teamId".to_owned(), json!(team.id));
        input.insert("description".to_owned(), json!(foot::with_foot(&ticket.body)));
        input.insert("labelIds".to_owned(), json!(self.labels(&team.id, &ticket.labels).await?));
        if ticket.done {
            input.insert("stateId".to_owned(), json!(team.state(true)?));
        }
        match self.caller.graphql(CREATE, &json!({ "input": input })).await {
            Ok(data) => reference(&data["issueCreate"]["issue"]),
            // Two attempts at once: the other one was faster.
            Err(CallError::Refused { status, reason }) => match self.look_up(&id).await? {
                Some(found) => reference(&found),
                None => Err(CallError::Refused { status, reason }),
            },
            Err(error) => Err(error),
        }
    }

    /// Writes a ticket anew. What people wrote below our part of its description stays, and so do their labels.
    ///
    /// # Errors
    /// [`CallError`]; one that is missing was deleted.
    pub async fn update(&self, at: &TicketRef, ticket: &Ticket) -> Result<(), CallError> {
        let held = self.look_up(&at.id).await?.ok_or_else(|| missing(at))?;
        let team = self.team().await?;
        let mut input = self.fields(ticket).await?;
        let ours = foot::with_foot(&ticket.body);
        let description = foot::woven(held["description"].as_str().unwrap_or_default(), &ours);
        input.insert("description".to_owned(), json!(description));
        let labels = self.labels(&team.id, &ticket.labels).await?;
        input.insert("addedLabelIds".to_owned(), json!(labels));
        if ticket.done != is_done(&held) {
            input.insert("stateId".to_owned(), json!(team.state(ticket.done)?));
        }
        let data = self.caller.graphql(UPDATE, &json!({ "id": at.id, "input": input })).await?;
        reference(&data["issueUpdate"]["issue"]).map(drop)
    }

    /// How a ticket stands; the assignee by address of mail.
    ///
    /// # Errors
    /// [`CallError`]; one that is missing was deleted.
    pub async fn state(&self, at: &TicketRef) -> Result<TicketState, CallError> {
        self.look_up(&at.id).await?.map(|issue| state_of(&issue)).ok_or_else(|| missing(at))
    }

    /// What has changed since a cursor.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn states_since(&self, cursor: &Cursor) -> Result<Changes, CallError> {
        let since = cursor.since.to_rfc3339_opts(SecondsFormat::Millis, true);
        let filter = json!({
            "team": { "key": { "eq": self.team } },
            "labels": { "name": { "eq": MARK } },
            "updatedAt": { "gte": since },
        });
        let mut states = BTreeMap::new();
        let mut after = Value::Null;
        for _ in 0..PAGES {
            let variables = json!({ "filter": filter, "first": PAGE, "after": after });
            let page = self.caller.graphql(ISSUES, &variables).await?["issues"].take();
            for issue in page["nodes"].as_array().into_iter().flatten() {
                let updated = instant(&issue["updatedAt"]).unwrap_or(cursor.since);
                states.insert((updated, reference(issue)?), state_of(issue));
            }
            if page["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        let since = states.keys().map(|(updated, _)| *updated).max().unwrap_or(cursor.since).max(cursor.since);
        let states = states.into_iter().map(|((_, at), state)| (at, state)).collect();
        Ok(Changes { states, cursor: Cursor { since, mark: None } })
    }

    /// Looks at the token and the team, and makes nothing.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.caller.graphql(VIEWER, &json!({})).await {
            Ok(data) => {
                let name = data["viewer"]["name"].as_str().unwrap_or("somebody");
                findings.push(Finding::ok(format!("{NAME} token"), format!("it is that of {name}")));
            }
            Err(error) => {
                return vec![failed(format!("{NAME} token"), &error, "make a new one in the settings of Linear")];
            }
        }
        let about = format!("{NAME} team {}", self.team);
        findings.push(match self.team().await {
            Ok(team) if team.state(true).is_ok() && team.state(false).is_ok() => Finding::ok(about, "it is there"),
            Ok(_) => Finding::problem(about, "it lacks a status for what is done or to be done; add one"),
            Err(error) => failed(about, &error, "check its key, and that the token's owner belongs to it"),
        });
        findings
    }

    /// An issue by its id, unless it was deleted. What is archived is still there.
    async fn look_up(&self, id: &str) -> Result<Option<Value>, CallError> {
        let variables = json!({ "filter": { "id": { "eq": id } }, "first": 1, "after": null });
        let mut data = self.caller.graphql(ISSUES, &variables).await?;
        let found = data["issues"]["nodes"].get_mut(0).map(Value::take);
        Ok(found.filter(|issue| issue["trashed"] != true))
    }

    async fn team(&self) -> Result<Team, CallError> {
        let data = self.caller.graphql(TEAM, &json!({ "filter": { "key": { "eq": self.team } } })).await?;
        let team = &data["teams"]["nodes"][0];
        let Some(id) = team["id"].as_str() else {
            let reason = format!("{NAME}: there is no team {}, or the token's owner does not see it", self.team);
            return Err(CallError::Refused { status: 404, reason });
        };
        let states = team["states"]["nodes"].as_array().into_iter().flatten();
        let states = states.filter_map(|state| {
            let (kind, id) = (state["type"].as_str()?, state["id"].as_str()?);
            Some((kind.to_owned(), state["position"].as_f64().unwrap_or_default(), id.to_owned()))
        });
        Ok(Team { id: id.to_owned(), states: states.collect() })
    }

    /// The fields that a ticket has from the beginning and after each change.
    async fn fields(&self, ticket: &Ticket) -> Result<Map<String, Value>, CallError> {
        let mut fields = Map::new();
        let title = ticket.title.split_whitespace().collect::<Vec<_>>().join(" ");
        fields.insert("title".to_owned(), json!(title.chars().take(TITLE).collect::<String>()));
        fields.insert("dueDate".to_owned(), json!(ticket.due.map(|due| due.to_string())));
        if let Some(person) = &ticket.assignee
            && let Some(id) = self.person(person).await?
        {
            fields.insert("assigneeId".to_owned(), json!(id));
        }
        Ok(fields)
    }

    /// Somebody by address of mail or id.
    async fn person(&self, person: &str) -> Result<Option<String>, CallError> {
        let by = if person.contains('@') { "email" } else { "id" };
        let data = self.caller.graphql(USERS, &json!({ "filter": { by: { "eq": person } } })).await?;
        let user = &data["users"]["nodes"][0];
        Ok(user["id"].as_str().filter(|_| user["active"] != false).map(str::to_owned))
    }
}

impl Team {
    /// The first status of a kind that fits.
    fn state(&self, done: bool) -> Result<&str, CallError> {
        let kinds: &[&str] = if done { &["completed"] } else { &["unstarted", "backlog", "triage", "started"] };
        let first = |kind: &&str| {
            let of_kind = self.states.iter().filter(|(held, ..)| held == kind);
            of_kind.min_by(|(_, one, _), (_, other, _)| one.total_cmp(other)).map(|(.., id)| id.as_str())
        };
        kinds.iter().find_map(first).ok_or_else(|| {
            let wanted = if done { "done" } else { "to be done" };
            CallError::Refused { status: 409, reason: format!("{NAME}: the team has no status for what is {wanted}") }
        })
    }
}

/// An id of the form that Linear asks for (UUID version 4), made of a ticket's key.
fn issue_id(key: &str) -> String {
    uuid("issue", key)
}

fn uuid(kind: &str, of: &str) -> String {
    let hex = digest(&[kind, of], 16);
    let variant = match hex.as_bytes()[16] % 4 {
        0 => '8',
        1 => '9',
        2 => 'a',
        _ => 'b',
    };
    format!("{}-{}-4{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

fn reference(issue: &Value) -> Result<TicketRef, CallError> {
    let text = |name: &str| issue[name].as_str().map(str::to_owned);
    match (text("id"), text("identifier"), text("url")) {
        (Some(id), Some(number), Some(url)) => Ok(TicketRef { id, number, url }),
        _ => Err(CallError::Unknown(format!("{NAME}: its answer does not say which issue it means"))),
    }
}

fn missing(at: &TicketRef) -> CallError {
    CallError::Refused { status: 404, reason: format!("{NAME}: there is no issue {} any more", at.number) }
}

fn is_done(issue: &Value) -> bool {
    matches!(issue["state"]["type"].as_str(), Some("completed" | "canceled" | "duplicate"))
}

fn state_of(issue: &Value) -> TicketState {
    let done = is_done(issue);
    let closed = instant(&issue["completedAt"]).or_else(|| instant(&issue["canceledAt"]));
    TicketState {
        done,
        closed_at: closed.filter(|_| done),
        assignee: issue["assignee"]["email"].as_str().map(str::to_owned),
        title: issue["title"].as_str().unwrap_or_default().to_owned(),
    }
}

fn instant(text: &Value) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(text.as_str()?).ok()?.to_utc())
}
