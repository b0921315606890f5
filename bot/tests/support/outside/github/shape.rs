//! What GitHub answers with.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Issue, LOGIN, NAME, OWNER, State};
use crate::support::outside::wire::Call;

/// GitHub tells whole seconds.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

pub(super) fn user(login: &str) -> Value {
    json!({ "login": login, "id": login.len(), "node_id": "MDQ6VXNlcjE=", "type": "User", "site_admin": false })
}

pub(super) fn repository(state: &State, call: &Call) -> Value {
    let push = state.may.contains("contents");
    json!({
        "id": 1_296_269,
        "name": NAME,
        "full_name": format!("{OWNER}/{NAME}"),
        "private": true,
        "owner": user(OWNER),
        "html_url": page(&[]),
        "url": format!("{}/repos/{OWNER}/{NAME}", call.base),
        "default_branch": "main",
        "archived": state.archived,
        "disabled": false,
        "has_issues": state.has_issues,
        "permissions": { "admin": false, "maintain": false, "push": push, "triage": push, "pull": true },
    })
}

pub(super) fn issue(issue: &Issue, call: &Call) -> Value {
    let number = issue.number;
    let kind = if issue.pull.is_some() { "pull" } else { "issues" };
    let mut shape = json!({
        "id": 1_000_000 + number,
        "node_id": "MDU6SXNzdWUx",
        "url": format!("{}/repos/{OWNER}/{NAME}/issues/{number}", call.base),
        "html_url": page(&[kind, &number.to_string()]),
        "number": number,
        "state": if issue.open { "open" } else { "closed" },
        "state_reason": if issue.open { Value::Null } else { "completed".into() },
        "title": issue.title,
        "body": issue.body,
        "user": user(&issue.creator),
        "labels": issue.labels.iter().map(|label| json!({
            "id": label.len(), "name": label, "color": "ededed", "default": false, "description": null,
        })).collect::<Vec<_>>(),
        "assignee": issue.assignees.first().map(|who| user(who)),
        "assignees": issue.assignees.iter().map(|who| user(who)).collect::<Vec<_>>(),
        "milestone": null,
        "locked": false,
        "comments": 0,
        "created_at": time(issue.created),
        "updated_at": time(issue.updated),
        "closed_at": issue.closed.map(time),
        "author_association": "MEMBER",
    });
    if let Some(pull) = &issue.pull {
        let url = format!("{}/repos/{OWNER}/{NAME}/pulls/{number}", call.base);
        shape["pull_request"] = json!({ "url": url, "merged_at": pull.merged.map(time) });
    }
    shape
}

pub(super) fn pull(issue: &Issue, call: &Call) -> Value {
    let pull = issue.pull.as_ref().unwrap();
    let end = |branch: &str, sha: &str| {
        let repository = json!({ "full_name": format!("{OWNER}/{NAME}") });
        json!({ "label": format!("{OWNER}:{branch}"), "ref": branch, "sha": sha, "user": user(OWNER), "repo": repository })
    };
    json!({
        "id": 2_000_000 + issue.number,
        "url": format!("{}/repos/{OWNER}/{NAME}/pulls/{}", call.base, issue.number),
        "html_url": page(&["pull", &issue.number.to_string()]),
        "number": issue.number,
        "state": if issue.open { "open" } else { "closed" },
        "title": issue.title,
        "body": issue.body,
        "user": user(LOGIN),
        "draft": false,
        "created_at": time(issue.created),
        "updated_at": time(issue.updated),
        "closed_at": issue.closed.map(time),
        "merged_at": pull.merged.map(time),
        "head": end(&pull.head, &pull.sha),
        "base": end(&pull.base, "0".repeat(40).as_str()),
    })
}

/// A page for people.
pub(super) fn page(path: &[&str]) -> String {
    let path: Vec<&str> = ["https://github.test", OWNER, NAME].into_iter().chain(path.iter().copied()).collect();
    path.join("/")
}
