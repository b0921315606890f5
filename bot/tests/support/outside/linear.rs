//! A fake of Linear with one team.
//!
//! Source: <https://studio.apollographql.com/public/Linear-API/schema/reference> and
//! <https://linear.app/developers/graphql>.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::linear_graphql::{Field, project, read};
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const TEAM: &str = "OPS";
pub(crate) const TOKEN: &str = "lin_api_fake0123456789";
const TEAM_ID: &str = "11111111-1111-4111-8111-111111111111";
/// What Linear gives at once.
const MOST: usize = 250;

#[derive(Clone)]
pub(crate) struct LinearFake {
    pub(crate) wire: Wire,
    space: Arc<Space>,
}

struct Space(Mutex<State>);

/// What is there.
pub(crate) struct State {
    pub(crate) issues: Vec<Issue>,
    /// Name, id, and whether it is of another team.
    pub(crate) labels: Vec<(String, String, bool)>,
    pub(crate) people: Vec<(&'static str, &'static str)>,
    pub(crate) now: DateTime<Utc>,
    /// So many calls are answered before there were too many.
    pub(crate) allowance: Option<usize>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Issue {
    pub(crate) id: String,
    pub(crate) number: usize,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) due: Option<String>,
    pub(crate) assignee: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) closed: Option<DateTime<Utc>>,
    pub(crate) trashed: bool,
}

const STATES: [(&str, &str, f64); 5] = [
    ("backlog", "a", 0.0),
    ("unstarted", "b", 1.0),
    ("started", "c", 2.0),
    ("completed", "d", 3.0),
    ("canceled", "e", 4.0),
];

impl LinearFake {
    pub(crate) async fn start() -> Self {
        let state = State {
            issues: Vec::new(),
            labels: vec![("firebell".to_owned(), "l-other".to_owned(), true)],
            people: vec![("ana@example.org", "u-ana"), ("bo@example.org", "u-bo")],
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
            allowance: None,
        };
        let space = Arc::new(Space(Mutex::new(state)));
        Self { wire: Wire::serve("/graphql", space.clone()).await, space }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.space.0.lock().unwrap()
    }
}

impl Service for Space {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        if call.headers.get("authorization").is_none_or(|token| token != TOKEN) {
            return failed(401, "AUTHENTICATION_ERROR", "Authentication required, not authenticated");
        }
        if let Some(left) = &mut state.allowance {
            let Some(less) = left.checked_sub(1) else {
                let mut reply = failed(400, "RATELIMITED", "Rate limit exceeded");
                reply.headers.push(("x-ratelimit-requests-remaining", "0".to_owned()));
                let reset = (state.now + TimeDelta::seconds(90)).timestamp_millis();
                reply.headers.push(("x-ratelimit-requests-reset", reset.to_string()));
                return reply;
            };
            *left = less;
        }
        let Some(text) = call.text("query").filter(|_| call.method == "POST" && call.path.is_empty()) else {
            return failed(400, "BAD_REQUEST", "GraphQL operations must contain a non-empty `query`");
        };
        let (is_mutation, field) = match read(&text, &call.body["variables"]) {
            Ok(read) => read,
            Err(why) => return failed(400, "GRAPHQL_VALIDATION_FAILED", &why),
        };
        match state.resolve(is_mutation, &field).and_then(|(value, kind)| {
            project(&value, kind, &field.fields).map_err(|why| (400, "GRAPHQL_VALIDATION_FAILED", why))
        }) {
            Ok(value) => Reply::json(200, json!({ "data": { field.name.as_str(): value } })),
            Err((status, code, why)) => failed(status, code, &why),
        }
    }
}

type Failure = (u16, &'static str, String);

impl State {
    fn resolve(&mut self, is_mutation: bool, field: &Field) -> Result<(Value, &'static str), Failure> {
        let filter = field.arguments.get("filter").cloned().unwrap_or_default();
        match (is_mutation, field.name.as_str()) {
            (false, "viewer") => Ok((json!({ "id": "u-bot", "name": "Firebell" }), "User")),
            (false, "teams") => {
                let states: Vec<Value> = STATES
                    .iter()
                    .map(|(kind, id, position)| json!({ "id": id, "name": kind, "type": kind, "position": position }))
                    .collect();
                let team = json!({ "id": TEAM_ID, "key": TEAM, "states": { "nodes": states } });
                let found = [team].into_iter().filter(|team| filter["key"]["eq"] == team["key"]);
                Ok((json!({ "nodes": found.collect::<Vec<_>>() }), "TeamConnection"))
            }
            (false, "users") => {
                let users = self.people.iter().map(|(mail, id)| json!({ "id": id, "email": mail, "active": true }));
                let fits = |user: &Value| ["email", "id"].iter().any(|by| filter[by]["eq"] == user[by]);
                Ok((json!({ "nodes": users.filter(fits).collect::<Vec<_>>() }), "UserConnection"))
            }
            (false, "issueLabels") => Ok((self.find_labels(&filter), "LabelConnection")),
            (false, "issues") => Ok((self.find(&filter, field)?, "IssueConnection")),
            (true, "issueLabelCreate") => Ok((self.make_label(&field.arguments["input"])?, "Payload")),
            (true, "issueCreate") => Ok((self.make(&field.arguments["input"])?, "Payload")),
            (true, "issueUpdate") => Ok((self.change(&field.arguments)?, "Payload")),
            (_, name) => {
                let why = format!("Cannot query field \"{name}\" on type \"Query\".");
                Err((400, "GRAPHQL_VALIDATION_FAILED", why))
            }
        }
    }

    fn find_labels(&self, filter: &Value) -> Value {
        let asked: Vec<&str> =
            filter["or"].as_array().unwrap().iter().map(|it| it["name"]["eqIgnoreCase"].as_str().unwrap()).collect();
        let fits = |(name, ..): &&(String, String, bool)| asked.iter().any(|asked| asked.eq_ignore_ascii_case(name));
        let shape = |(name, id, is_other): &(String, String, bool)| {
            let team = if *is_other { "22222222-2222-4222-8222-222222222222" } else { TEAM_ID };
            json!({ "id": id, "name": name, "isGroup": false, "team": { "id": team } })
        };
        json!({ "nodes": self.labels.iter().filter(fits).map(shape).collect::<Vec<_>>() })
    }

    fn make_label(&mut self, input: &Value) -> Result<Value, Failure> {
        let (id, name) = (uuid(&input["id"])?, input["name"].as_str().unwrap().to_owned());
        let is_taken = self
            .labels
            .iter()
            .any(|(held, held_id, is_other)| held_id == &id || held.eq_ignore_ascii_case(&name) && !is_other);
        if is_taken {
            return Err(invalid("duplicate label name"));
        }
        self.labels.push((name, id.clone(), false));
        Ok(json!({ "success": true, "issueLabel": { "id": id } }))
    }

    fn make(&mut self, input: &Value) -> Result<Value, Failure> {
        let id = uuid(&input["id"])?;
        if self.issues.iter().any(|issue| issue.id == id) {
            return Err(invalid("Entity already exists"));
        }
        if input["teamId"] != TEAM_ID {
            return Err(invalid("Argument Validation Error"));
        }
        let mut issue = Issue {
            id,
            number: self.issues.len() + 1,
            title: String::new(),
            description: String::new(),
            labels: BTreeSet::new(),
            due: None,
            assignee: None,
            state: "backlog",
            updated: self.now,
            closed: None,
            trashed: false,
        };
        self.set(&mut issue, input)?;
        let shape = shape(&issue);
        self.issues.push(issue);
        Ok(json!({ "success": true, "issue": shape }))
    }

    fn change(&mut self, arguments: &std::collections::BTreeMap<String, Value>) -> Result<Value, Failure> {
        let at = self.issues.iter().position(|issue| arguments["id"] == issue.id);
        let Some(at) = at else { return Err(invalid("Entity not found: Issue")) };
        let mut issue = self.issues[at].clone();
        self.set(&mut issue, &arguments["input"])?;
        let shape = shape(&issue);
        self.issues[at] = issue;
        Ok(json!({ "success": true, "issue": shape }))
    }

    fn set(&self, issue: &mut Issue, input: &Value) -> Result<(), Failure> {
        const KNOWN: [&str; 9] =
            ["id", "teamId", "title", "description", "labelIds", "addedLabelIds", "dueDate", "assigneeId", "stateId"];
        for (name, value) in input.as_object().unwrap() {
            if !KNOWN.contains(&name.as_str()) {
                let why = format!("Field \"{name}\" is not defined by type \"IssueCreateInput\".");
                return Err((400, "GRAPHQL_VALIDATION_FAILED", why));
            }
            let text = value.as_str().map(str::to_owned);
            match (name.as_str(), text) {
                ("title", Some(title)) if title.is_empty() || title.chars().count() > 255 => {
                    return Err(invalid("title must be between 1 and 255 characters"));
                }
                ("title", Some(title)) => issue.title = title,
                // The editor writes emphasis in its own way.
                ("description", Some(text)) => issue.description = text.replace("\n*", "\n_").replace(".*", "._"),
                ("dueDate", due) => issue.due = due,
                ("assigneeId", Some(id)) => {
                    let mail =
                        self.people.iter().find(|(_, held)| *held == id).ok_or_else(|| invalid("no such user"))?;
                    issue.assignee = Some(mail.0.to_owned());
                }
                ("stateId", Some(id)) => {
                    let state =
                        STATES.iter().find(|(_, held, _)| *held == id).ok_or_else(|| invalid("no such state"))?;
                    issue.state = state.0;
                    issue.closed = Some(self.now).filter(|_| matches!(state.0, "completed" | "canceled"));
                }
                ("labelIds" | "addedLabelIds", _) => {
                    for id in value.as_array().unwrap() {
                        let usable = self.labels.iter().find(|(_, held, is_other)| id == held && !is_other);
                        let (label, ..) = usable.ok_or_else(|| invalid("the label is of another team"))?;
                        issue.labels.insert(label.clone());
                    }
                }
                _ => {}
            }
        }
        issue.updated = self.now;
        Ok(())
    }

    fn find(&self, filter: &Value, field: &Field) -> Result<Value, Failure> {
        let first = usize::try_from(field.arguments["first"].as_u64().unwrap_or(50)).unwrap();
        if first > MOST {
            return Err(invalid("first must not be greater than 250"));
        }
        let since = filter["updatedAt"]["gte"].as_str().map(|since| since.parse::<DateTime<Utc>>().unwrap());
        let fits = |issue: &&Issue| {
            let by_id = filter["id"]["eq"].as_str().is_none_or(|id| id == issue.id);
            let by_team = filter["team"]["key"]["eq"].as_str().is_none_or(|team| team == TEAM);
            let by_label = filter["labels"]["name"]["eq"].as_str().is_none_or(|label| issue.labels.contains(label));
            by_id && by_team && by_label && since.is_none_or(|since| issue.updated >= since)
        };
        // The newest first.
        let found: Vec<&Issue> = self.issues.iter().rev().filter(fits).collect();
        let start = field.arguments["after"].as_str();
        let start = start.map_or(0, |after| found.iter().position(|issue| issue.id == after).unwrap() + 1);
        let page: Vec<Value> = found.iter().skip(start).take(first).map(|issue| shape(issue)).collect();
        let end = page.last().map(|issue| issue["id"].clone());
        Ok(json!({ "nodes": page, "pageInfo": { "hasNextPage": start + first < found.len(), "endCursor": end } }))
    }

    /// Brings an issue to a status, as a person may.
    pub(crate) fn move_to(&mut self, at: usize, state: &'static str) {
        let now = self.now;
        let issue = &mut self.issues[at];
        (issue.state, issue.updated) = (state, now);
        issue.closed = Some(now).filter(|_| matches!(state, "completed" | "canceled"));
    }
}

/// Linear takes ids of version 4 alone.
fn uuid(id: &Value) -> Result<String, Failure> {
    let id = id.as_str().unwrap_or_default();
    match uuid::Uuid::parse_str(id) {
        Ok(read) if read.get_version_num() == 4 && read.hyphenated().to_string() == id => Ok(id.to_owned()),
        _ => Err(invalid("id must be a UUID")),
    }
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn invalid(why: &str) -> Failure {
    (200, "INVALID_INPUT", why.to_owned())
}

fn failed(status: u16, code: &str, why: &str) -> Reply {
    let extensions = json!({ "code": code, "type": code.to_ascii_lowercase(), "userPresentableMessage": why });
    Reply::json(status, json!({ "errors": [{ "message": why, "extensions": extensions }], "data": null }))
}

fn shape(issue: &Issue) -> Value {
    let closed = issue.closed.map(text);
    json!({
        "id": issue.id, "identifier": format!("{TEAM}-{}", issue.number),
        "url": format!("https://linear.app/acme/issue/{TEAM}-{}/x", issue.number),
        "title": issue.title, "description": issue.description, "trashed": Some(true).filter(|_| issue.trashed),
        "updatedAt": text(issue.updated),
        "completedAt": closed.clone().filter(|_| issue.state == "completed"),
        "canceledAt": closed.filter(|_| issue.state == "canceled"),
        "state": { "type": issue.state },
        "assignee": issue.assignee.as_ref().map(|mail| json!({ "email": mail })),
    })
}
