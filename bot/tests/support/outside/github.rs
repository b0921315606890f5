//! A fake of GitHub with one private repository.
//!
//! Source: <https://docs.github.com/en/rest?apiVersion=2022-11-28>.

mod git;
mod issues;
mod pulls;
mod shape;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::git::Git;
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const OWNER: &str = "acme";
pub(crate) const NAME: &str = "postmortems";
pub(crate) const TOKEN: &str = "github_pat_0123456789";
/// The account of the token.
pub(crate) const LOGIN: &str = "firebell-bot";

#[derive(Clone)]
pub(crate) struct GitHubFake {
    pub(crate) wire: Wire,
    hub: Arc<Hub>,
}

struct Hub(Mutex<State>);

/// Who is known, what is there, and what is allowed.
pub(crate) struct State {
    pub(crate) git: Git,
    /// Issues and pull requests, whose numbers are of one row.
    pub(crate) issues: Vec<Issue>,
    pub(crate) people: BTreeSet<String>,
    pub(crate) now: DateTime<Utc>,
    /// What the token may write: `issues`, `contents`, `pulls`.
    pub(crate) may: BTreeSet<&'static str>,
    pub(crate) archived: bool,
    pub(crate) has_issues: bool,
    /// Whether the token is an app's, which is no user.
    pub(crate) is_app: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Issue {
    pub(crate) number: usize,
    pub(crate) creator: String,
    pub(crate) title: String,
    pub(crate) body: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) open: bool,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) closed: Option<DateTime<Utc>>,
    pub(crate) pull: Option<Pull>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pull {
    pub(crate) head: String,
    pub(crate) sha: String,
    pub(crate) base: String,
    pub(crate) merged: Option<DateTime<Utc>>,
}

impl GitHubFake {
    /// Starts it below a path, as a server of one's own has `/api/v3`.
    pub(crate) async fn start(path: &str) -> Self {
        let people = ["ana", "bo", LOGIN].map(str::to_owned).into();
        let state = State {
            git: Git::with_main(),
            issues: Vec::new(),
            people,
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
            may: ["issues", "contents", "pulls"].into(),
            archived: false,
            has_issues: true,
            is_app: false,
        };
        let hub = Arc::new(Hub(Mutex::new(state)));
        Self { wire: Wire::serve(path, hub.clone()).await, hub }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.hub.0.lock().unwrap()
    }
}

impl Service for Hub {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        if call.headers.get("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return Reply::said(401, "Bad credentials");
        }
        if !call.headers.contains_key("user-agent") {
            return Reply::said(403, "Request forbidden by administrative rules.");
        }
        if call.headers.get("x-github-api-version").is_none_or(|version| version != "2022-11-28") {
            return Reply::said(400, "the fake knows one version of the API");
        }
        let mut reply = state.answer(call);
        reply.headers.push(("x-ratelimit-remaining", "4999".to_owned()));
        reply.headers.push(("x-ratelimit-reset", (state.now + TimeDelta::hours(1)).timestamp().to_string()));
        with_tag(call, reply)
    }
}

/// Answers to questions have a mark, and one that is known is not repeated.
fn with_tag(call: &Call, mut reply: Reply) -> Reply {
    if call.method != "GET" || reply.status != 200 {
        return reply;
    }
    let body = reply.body.as_ref().map(Value::to_string).unwrap_or_default();
    let tag = format!("W/\"{}\"", super::git::digest(body.as_bytes()));
    if call.headers.get("if-none-match") == Some(&tag) {
        reply.status = 304;
        reply.body = None;
    }
    reply.headers.push(("etag", tag));
    reply
}

impl State {
    fn answer(&mut self, call: &Call) -> Reply {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["user"]) if self.is_app => Reply::said(403, "Resource not accessible by integration"),
            ("GET", ["user"]) => Reply::json(200, shape::user(LOGIN)),
            // What the token may not see is not there.
            (method, ["repos", OWNER, NAME, rest @ ..]) => self.in_repository(method, rest, call),
            _ => not_found(),
        }
    }

    fn in_repository(&mut self, method: &str, path: &[&str], call: &Call) -> Reply {
        let needed = match path {
            ["issues", ..] => "issues",
            ["git", ..] => "contents",
            ["pulls", ..] => "pulls",
            _ => "",
        };
        if method != "GET" && self.archived {
            return Reply::said(403, "Repository was archived so is read-only.");
        }
        if method != "GET" && !self.may.contains(needed) {
            return Reply::said(403, "Resource not accessible by personal access token");
        }
        match (method, path) {
            ("GET", []) => Reply::json(200, shape::repository(self, call)),
            (_, ["issues", ..]) if !self.has_issues => Reply::said(410, "Issues has been disabled in this repository."),
            ("GET", ["issues"]) => self.issues(call),
            ("POST", ["issues"]) => self.open_issue(call),
            ("GET", ["issues", number]) => match self.numbered(number) {
                Some(index) => Reply::json(200, shape::issue(&self.issues[index], call)),
                None => not_found(),
            },
            ("PATCH", ["issues", number]) => self.change_issue(number, call),
            ("GET", ["git", "ref", "heads", branch @ ..]) => self.reference(&branch.join("/"), call),
            ("POST", ["git", "refs"]) => self.make_reference(call),
            ("PATCH", ["git", "refs", "heads", branch @ ..]) => self.move_reference(&branch.join("/"), call),
            ("GET", ["git", "commits", sha]) => self.commit(sha, call),
            ("POST", ["git", "commits"]) => self.make_commit(call),
            ("POST", ["git", "trees"]) => self.make_tree(call),
            ("POST", ["git", "blobs"]) => self.make_blob(call),
            ("GET", ["compare", ends]) => self.compare(ends),
            ("GET", ["contents", path @ ..]) => self.content(&path.join("/"), call),
            ("GET", ["pulls"]) => self.pulls(call),
            ("POST", ["pulls"]) => self.open_pull(call),
            ("PATCH", ["pulls", number]) => self.change_pull(number, call),
            _ => not_found(),
        }
    }

    /// Where an issue is by its number.
    pub(crate) fn numbered(&self, number: &str) -> Option<usize> {
        self.issues.iter().position(|issue| issue.number.to_string() == number)
    }

    /// Issues that are no pull requests.
    pub(crate) fn plain_issues(&self) -> Vec<&Issue> {
        self.issues.iter().filter(|issue| issue.pull.is_none()).collect()
    }

    pub(crate) fn pull_requests(&self) -> Vec<&Issue> {
        self.issues.iter().filter(|issue| issue.pull.is_some()).collect()
    }
}

fn not_found() -> Reply {
    let body = json!({
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    });
    Reply::json(404, body)
}

/// 422 with one error.
fn invalid(error: &Value) -> Reply {
    let body = json!({
        "message": "Validation Failed",
        "errors": [error],
        "documentation_url": "https://docs.github.com/rest",
        "status": "422",
    });
    Reply::json(422, body)
}
