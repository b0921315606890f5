//! A fake of GitLab with one private project.
//!
//! Source: <https://docs.gitlab.com/api/rest/>.

mod issues;
mod merges;
mod repository;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::git::Git;
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const PROJECT: &str = "sre/teams/postmortems";
pub(crate) const ID: usize = 17;
pub(crate) const TOKEN: &str = "glpat-0123456789";
/// The account of the token.
pub(crate) const LOGIN: &str = "project_17_bot";

#[derive(Clone)]
pub(crate) struct GitLabFake {
    pub(crate) wire: Wire,
    lab: Arc<Lab>,
}

struct Lab(Mutex<State>);

/// Who is known, what is there, and what is allowed.
pub(crate) struct State {
    pub(crate) git: Git,
    pub(crate) issues: Vec<Issue>,
    pub(crate) merges: Vec<Merge>,
    pub(crate) people: BTreeMap<String, usize>,
    pub(crate) now: DateTime<Utc>,
    /// The account's role: 20 may not push, 30 may.
    pub(crate) role: usize,
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) expires: NaiveDate,
    pub(crate) archived: bool,
    pub(crate) no_issues: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) iid: usize,
    pub(crate) author: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<usize>,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) open: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) closed: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merge {
    pub(crate) iid: usize,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) source: String,
    pub(crate) target: String,
    /// Another project's number where it comes from a fork.
    pub(crate) from: usize,
    /// `opened`, `merged` or `closed`.
    pub(crate) state: &'static str,
    pub(crate) sha: String,
    pub(crate) updated: DateTime<Utc>,
}

impl GitLabFake {
    /// Starts it below a path, such as `/gitlab/api/v4`.
    pub(crate) async fn start(path: &str) -> Self {
        let people = ["ana", "bo", LOGIN].into_iter().zip(1..).map(|(name, id)| (name.to_owned(), id)).collect();
        let state = State {
            git: Git::with_main(),
            issues: Vec::new(),
            merges: Vec::new(),
            people,
            now: "2026-03-01T12:00:00.123Z".parse().unwrap(),
            role: 30,
            scopes: vec!["api"],
            expires: "2027-01-01".parse().unwrap(),
            archived: false,
            no_issues: false,
        };
        let lab = Arc::new(Lab(Mutex::new(state)));
        Self { wire: Wire::serve(path, lab.clone()).await, lab }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.lab.0.lock().unwrap()
    }
}

impl Service for Lab {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        if call.headers.get("private-token").is_none_or(|token| token != TOKEN) {
            return Reply::said(401, "401 Unauthorized");
        }
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["users"]) => state.users(call),
            ("GET", ["personal_access_tokens", "self"]) => state.token(),
            // What the token may not see is not there.
            (method, ["projects", PROJECT | "17", rest @ ..]) => state.in_project(method, rest, call),
            _ => Reply::said(404, "404 Project Not Found"),
        }
    }
}

impl State {
    fn in_project(&mut self, method: &str, path: &[&str], call: &Call) -> Reply {
        let is_read = matches!(method, "GET" | "HEAD");
        if !is_read && !self.scopes.contains(&"api") {
            let body = json!({
                "error": "insufficient_scope",
                "error_description": "The request requires higher privileges than provided by the access token.",
                "scope": "api",
            });
            return Reply::json(403, body);
        }
        if !is_read && (self.archived || self.role < 30 && path[0] != "issues") {
            return Reply::said(403, "403 Forbidden");
        }
        match (method, path) {
            ("GET", []) => self.project(call),
            (_, ["issues", ..]) if self.no_issues => Reply::said(403, "403 Forbidden"),
            ("GET", ["issues"]) => self.issues(call),
            ("POST", ["issues"]) => self.open_issue(call),
            ("GET", ["issues", iid]) => match self.numbered(iid) {
                Some(index) => Reply::json(200, self.issue(&self.issues[index])),
                None => Reply::said(404, "404 Not found"),
            },
            ("PUT", ["issues", iid]) => self.change_issue(iid, call),
            ("GET", ["repository", "branches", branch]) => self.branch(branch),
            ("GET", ["repository", "merge_base"]) => self.merge_base(call),
            ("HEAD", ["repository", "files", path]) => self.head(path, call),
            ("POST", ["repository", "commits"]) => self.make_commit(call),
            ("GET", ["merge_requests"]) => self.merge_requests(call),
            ("POST", ["merge_requests"]) => self.open_merge(call),
            ("PUT", ["merge_requests", iid]) => self.change_merge(iid, call),
            _ => Reply::json(404, json!({ "error": "404 Not Found" })),
        }
    }

    fn project(&self, call: &Call) -> Reply {
        let level = |off: bool| if off { "disabled" } else { "enabled" };
        let body = json!({
            "id": ID,
            "name": "postmortems",
            "path_with_namespace": PROJECT,
            "default_branch": "main",
            "visibility": "private",
            "web_url": page(""),
            "_links": { "self": format!("{}/projects/{ID}", call.base) },
            "archived": self.archived,
            "issues_enabled": !self.no_issues,
            "issues_access_level": level(self.no_issues),
            "merge_requests_access_level": level(false),
            "permissions": {
                "project_access": { "access_level": self.role, "notification_level": 3 },
                "group_access": null,
            },
        });
        Reply::json(200, body)
    }

    fn users(&self, call: &Call) -> Reply {
        let name = call.query("username").unwrap_or_default();
        let found = self.people.iter().filter(|(held, _)| held.eq_ignore_ascii_case(name));
        Reply::json(200, found.map(|(name, id)| user(name, *id)).collect())
    }

    fn token(&self) -> Reply {
        let body = json!({
            "id": 4,
            "name": "firebell",
            "revoked": false,
            "active": true,
            "scopes": self.scopes,
            "user_id": self.people[LOGIN],
            "expires_at": self.expires,
        });
        Reply::json(200, body)
    }
}

fn user(name: &str, id: usize) -> Value {
    json!({ "id": id, "username": name, "name": name, "state": "active", "web_url": format!("https://gitlab.test/{name}") })
}

/// GitLab tells milliseconds.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A page for people.
fn page(path: &str) -> String {
    format!("https://gitlab.test/gitlab/{PROJECT}{path}")
}
