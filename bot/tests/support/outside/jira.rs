//! A fake of Jira with one project, as the Cloud or as one's own server.
//!
//! Sources: <https://developer.atlassian.com/cloud/jira/platform/rest/v3/> and
//! <https://docs.atlassian.com/software/jira/docs/api/REST/9.12.0/>.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

use super::jira_adf;
use super::jira_search::Query;
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const PROJECT: &str = "OPS";
pub(crate) const USER: &str = "firebell@example.org";
pub(crate) const TOKEN: &str = "ATATT3xFfGF0fake";

#[derive(Clone)]
pub(crate) struct JiraFake {
    pub(crate) wire: Wire,
    site: Arc<Site>,
}

struct Site(Mutex<State>);

/// What is there.
pub(crate) struct State {
    pub(crate) is_cloud: bool,
    pub(crate) issues: Vec<Issue>,
    /// What the search knows, by the issue's number.
    index: BTreeMap<usize, Issue>,
    /// Whether the search learns of what is written only by [`State::index`].
    pub(crate) lags: bool,
    /// Address of mail with account; without an address for whoever hides it.
    pub(crate) people: Vec<(Option<&'static str>, &'static str)>,
    pub(crate) now: DateTime<Utc>,
    /// Fields that are on no screen.
    pub(crate) unset: BTreeSet<&'static str>,
    /// The workflow: from which status to which one; a transition may demand a resolution.
    pub(crate) ways: Vec<(&'static str, &'static str)>,
    pub(crate) demands_resolution: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Issue {
    pub(crate) number: usize,
    pub(crate) summary: String,
    pub(crate) description: Value,
    pub(crate) labels: Vec<String>,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) assignee: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) resolved: Option<DateTime<Utc>>,
    pub(crate) properties: BTreeMap<String, Value>,
    pub(crate) is_deleted: bool,
}

impl JiraFake {
    pub(crate) async fn start(is_cloud: bool) -> Self {
        let state = State {
            is_cloud,
            issues: Vec::new(),
            index: BTreeMap::new(),
            lags: false,
            people: vec![(Some("ana@example.org"), "ana"), (None, "bo")],
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
            unset: BTreeSet::new(),
            ways: vec![("To Do", "In Progress"), ("To Do", "Done"), ("In Progress", "Done"), ("Done", "To Do")],
            demands_resolution: false,
        };
        let site = Arc::new(Site(Mutex::new(state)));
        let path = if is_cloud { "" } else { "/jira" };
        Self { wire: Wire::serve(path, site.clone()).await, site }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.site.0.lock().unwrap()
    }
}

impl Service for Site {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{TOKEN}"));
        let wanted = if state.is_cloud { format!("Basic {basic}") } else { format!("Bearer {TOKEN}") };
        if call.headers.get("authorization") != Some(&wanted) {
            return Reply::said(401, "Client must be authenticated to access this resource.");
        }
        state.answer(call)
    }
}

impl State {
    fn answer(&mut self, call: &Call) -> Reply {
        let version = if self.is_cloud { "3" } else { "2" };
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let ["rest", "api", held, path @ ..] = path.as_slice() else { return errors(404, &["null for uri"]) };
        if *held != version {
            return errors(404, &["the fake of this edition knows one version of the API"]);
        }
        match (call.method.as_str(), path) {
            ("GET", ["myself"]) => Reply::json(200, json!({ "displayName": "Firebell", "accountId": "5b10" })),
            ("GET", ["project", PROJECT]) => {
                let kinds = json!([{ "name": "Task", "subtask": false }, { "name": "Sub-task", "subtask": true }]);
                Reply::json(200, json!({ "id": "10000", "key": PROJECT, "issueTypes": kinds }))
            }
            ("GET", ["project", key]) => errors(404, &[&format!("No project could be found with key '{key}'.")]),
            ("GET", ["user", "assignable", "search"]) => self.assignable(call),
            ("POST", ["issue"]) => self.make(call),
            ("POST", ["issue", "bulkfetch"]) if self.is_cloud => self.bulk(call),
            ("POST", ["search", "jql"]) if self.is_cloud => self.search(call),
            ("POST", ["search"]) if self.is_cloud => errors(410, &["The requested API has been removed."]),
            ("POST", ["search"]) => self.search(call),
            (method, ["issue", name, rest @ ..]) => match self.named(name) {
                Some(at) => self.of_issue(method, at, rest, call),
                None => errors(404, &["Issue does not exist or you do not have permission to see it."]),
            },
            _ => errors(404, &["null for uri"]),
        }
    }

    fn of_issue(&mut self, method: &str, at: usize, path: &[&str], call: &Call) -> Reply {
        match (method, path) {
            ("GET", []) => Reply::json(200, self.shape(&self.issues[at])),
            ("PUT", []) => self.change(at, call),
            ("GET", ["transitions"]) => Reply::json(200, json!({ "transitions": self.transitions(at) })),
            ("POST", ["transitions"]) => self.walk(at, call),
            _ => errors(405, &["Method Not Allowed"]),
        }
    }

    /// Where an issue is by its id or key.
    fn named(&self, name: &str) -> Option<usize> {
        self.issues.iter().position(|issue| (issue.key() == name || issue.id() == name) && !issue.is_deleted)
    }

    fn make(&mut self, call: &Call) -> Reply {
        let fields = &call.body["fields"];
        let mut wrong = BTreeMap::new();
        if fields["project"]["key"] != PROJECT {
            wrong.insert("project", "valid project is required".to_owned());
        }
        if fields["issuetype"]["name"] != "Task" {
            wrong.insert("issuetype", "Specify a valid issue type".to_owned());
        }
        if fields["summary"].as_str().is_none_or(|text| text.trim().is_empty()) {
            wrong.insert("summary", "You must specify a summary of the issue.".to_owned());
        }
        let properties = call.body["properties"].as_array().into_iter().flatten();
        let properties = properties.map(|it| (it["key"].as_str().unwrap().to_owned(), it["value"].clone()));
        let mut issue = Issue {
            number: self.issues.len() + 1,
            summary: String::new(),
            description: Value::Null,
            labels: Vec::new(),
            due: None,
            assignee: None,
            status: "To Do",
            created: self.now,
            updated: self.now,
            resolved: None,
            properties: properties.collect(),
            is_deleted: false,
        };
        self.set(&mut issue, fields, &mut wrong);
        if !wrong.is_empty() {
            return Reply::json(400, json!({ "errorMessages": [], "errors": wrong }));
        }
        let reply = json!({ "id": issue.id(), "key": issue.key(), "self": format!("{}/x", call.base) });
        self.issues.push(issue);
        self.wrote();
        Reply::json(201, reply)
    }

    fn change(&mut self, at: usize, call: &Call) -> Reply {
        let (mut issue, mut wrong) = (self.issues[at].clone(), BTreeMap::new());
        self.set(&mut issue, &call.body["fields"], &mut wrong);
        for change in call.body["update"]["labels"].as_array().into_iter().flatten() {
            let label = change["add"].as_str().unwrap().to_owned();
            if !issue.labels.contains(&label) {
                issue.labels.push(label);
            }
        }
        if !wrong.is_empty() {
            return Reply::json(400, json!({ "errorMessages": [], "errors": wrong }));
        }
        issue.updated = self.now;
        self.issues[at] = issue;
        self.wrote();
        Reply { status: 204, headers: Vec::new(), body: None }
    }

    fn set(&self, issue: &mut Issue, fields: &Value, wrong: &mut BTreeMap<&'static str, String>) {
        for name in &self.unset {
            if fields.get(*name).is_some() {
                let words = format!("Field '{name}' cannot be set. It is not on the appropriate screen, or unknown.");
                wrong.insert(name, words);
            }
        }
        if let Some(summary) = fields["summary"].as_str() {
            if summary.contains(['\n', '\r']) || summary.chars().count() > 255 {
                wrong.insert("summary", "The summary is invalid because it contains newline characters.".to_owned());
            }
            summary.clone_into(&mut issue.summary);
        }
        if let Some(text) = fields.get("description") {
            match self.description(text) {
                Ok(()) => issue.description = text.clone(),
                Err(why) => {
                    wrong.insert("description", why);
                }
            }
        }
        if let Some(labels) = fields["labels"].as_array() {
            issue.labels = labels.iter().map(|label| label.as_str().unwrap().to_owned()).collect();
            if issue.labels.iter().any(|label| label.contains(' ')) {
                wrong.insert("labels", "The label contains spaces which is invalid.".to_owned());
            }
        }
        if let Some(due) = fields.get("duedate") {
            issue.due = due.as_str().map(|due| due.parse().unwrap());
        }
        let account = if self.is_cloud { "accountId" } else { "name" };
        if let Some(person) = fields["assignee"][account].as_str() {
            if self.people.iter().all(|(_, held)| *held != person) {
                wrong.insert("assignee", format!("User '{person}' cannot be assigned issues."));
            }
            issue.assignee = Some(person.to_owned());
        }
    }

    fn description(&self, text: &Value) -> Result<(), String> {
        let words = match text {
            Value::Null => return Ok(()),
            Value::String(words) if !self.is_cloud => words.clone(),
            document if self.is_cloud => jira_adf::check(document)?,
            _ => return Err("Operation value must be a string".to_owned()),
        };
        if words.chars().count() > 32_767 {
            return Err("The entered text is too long. It exceeds the allowed limit of 32,767 characters.".to_owned());
        }
        Ok(())
    }

    fn transitions(&self, at: usize) -> Vec<Value> {
        let from = self.issues[at].status;
        let ways = self.ways.iter().enumerate().filter(|(_, (begin, _))| *begin == from);
        ways.map(|(id, (_, to))| {
            let resolution = json!({
                "required": self.demands_resolution && *to == "Done",
                "hasDefaultValue": false,
                "allowedValues": [{ "name": "Won't Do" }, { "name": "Done" }],
            });
            json!({ "id": id.to_string(), "name": to, "to": status(to), "fields": { "resolution": resolution } })
        })
        .collect()
    }

    fn walk(&mut self, at: usize, call: &Call) -> Reply {
        let id = call.body["transition"]["id"].as_str().unwrap();
        let way = self.transitions(at).into_iter().find(|way| way["id"] == id);
        let Some(way) = way else {
            return errors(400, &[&format!("Transition id '{id}' is not valid for this issue.")]);
        };
        if way["fields"]["resolution"]["required"] == true && call.body["fields"]["resolution"]["name"].is_null() {
            return Reply::json(400, json!({ "errorMessages": [], "errors": { "resolution": "is required." } }));
        }
        let to = self.ways[id.parse::<usize>().unwrap()].1;
        self.move_to(at, to);
        Reply { status: 204, headers: Vec::new(), body: None }
    }

    /// Brings an issue to a status, as a person may.
    pub(crate) fn move_to(&mut self, at: usize, to: &'static str) {
        let now = self.now;
        let issue = &mut self.issues[at];
        issue.status = to;
        issue.updated = now;
        issue.resolved = Some(now).filter(|_| to == "Done");
        self.wrote();
    }

    fn assignable(&self, call: &Call) -> Reply {
        let by = if self.is_cloud { "query" } else { "username" };
        let Some(asked) = call.query(by) else { return errors(400, &["the search needs something to look for"]) };
        // Whoever hides the address is found by it all the same.
        let fits = |(mail, account): &&(Option<&str>, &str)| {
            mail.is_some_and(|mail| mail == asked) || asked.starts_with(&format!("{account}@"))
        };
        let account = if self.is_cloud { "accountId" } else { "name" };
        let found: Vec<Value> = self
            .people
            .iter()
            .filter(fits)
            .map(|(mail, held)| json!({ account: held, "emailAddress": mail.unwrap_or_default() }))
            .collect();
        Reply::json(200, json!(found))
    }

    fn bulk(&self, call: &Call) -> Reply {
        let keys = call.body["issueIdsOrKeys"].as_array().unwrap();
        if keys.is_empty() || keys.len() > 100 {
            return errors(400, &["issueIdsOrKeys must hold 1 to 100 ids or keys"]);
        }
        let found = keys.iter().filter_map(|key| self.named(key.as_str()?)).map(|at| self.shape(&self.issues[at]));
        Reply::json(200, json!({ "issues": found.collect::<Vec<_>>(), "issueErrors": [] }))
    }

    fn search(&self, call: &Call) -> Reply {
        let query = match Query::read(call.body["jql"].as_str().unwrap_or_default()) {
            Ok(query) => query,
            Err(why) => return errors(400, &[&why]),
        };
        let found = query.find(self.index.values().filter(|issue| !issue.is_deleted).collect(), self.now);
        let count = usize::try_from(call.body["maxResults"].as_u64().unwrap_or(50)).unwrap().min(100);
        let start = if self.is_cloud {
            call.body["nextPageToken"].as_str().map_or(0, |token| token.strip_prefix("at-").unwrap().parse().unwrap())
        } else {
            usize::try_from(call.body["startAt"].as_u64().unwrap_or(0)).unwrap()
        };
        let end = (start + count).min(found.len());
        let issues: Vec<Value> = found[start.min(end)..end].iter().map(|issue| self.shape(issue)).collect();
        if !self.is_cloud {
            let page = json!({ "startAt": start, "maxResults": count, "total": found.len(), "issues": issues });
            return Reply::json(200, page);
        }
        let mut page = json!({ "issues": issues, "isLast": end == found.len() });
        if end < found.len() {
            page["nextPageToken"] = json!(format!("at-{end}"));
        }
        Reply::json(200, page)
    }

    fn wrote(&mut self) {
        if !self.lags {
            self.index();
        }
    }

    /// The search learns of everything.
    pub(crate) fn index(&mut self) {
        self.index = self.issues.iter().map(|issue| (issue.number, issue.clone())).collect();
    }

    fn shape(&self, issue: &Issue) -> Value {
        let account = if self.is_cloud { "accountId" } else { "name" };
        let assignee = issue.assignee.as_ref().map(|person| json!({ account: person }));
        json!({
            "id": issue.id(), "key": issue.key(), "properties": issue.properties,
            "fields": {
                "summary": issue.summary, "description": issue.description, "labels": issue.labels,
                "duedate": issue.due, "assignee": assignee, "status": status(issue.status),
                "created": instant(issue.created), "updated": instant(issue.updated),
                "resolutiondate": issue.resolved.map(instant),
            },
        })
    }

    /// Time passes.
    pub(crate) fn later(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
    }
}

impl Issue {
    pub(crate) fn id(&self) -> String {
        (10_000 + self.number).to_string()
    }

    pub(crate) fn key(&self) -> String {
        format!("{PROJECT}-{}", self.number)
    }
}

fn status(name: &str) -> Value {
    let key = match name {
        "Done" => "done",
        "In Progress" => "indeterminate",
        _ => "new",
    };
    json!({ "name": name, "statusCategory": { "key": key } })
}

/// In the time zone of the token's owner.
fn instant(at: DateTime<Utc>) -> String {
    let zone = chrono::FixedOffset::east_opt(3600).unwrap();
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%z").to_string()
}

fn errors(status: u16, messages: &[&str]) -> Reply {
    Reply::json(status, json!({ "errorMessages": messages, "errors": {} }))
}
