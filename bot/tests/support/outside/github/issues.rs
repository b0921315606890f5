//! Issues.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::{Value, json};

use super::{Issue, LOGIN, State, invalid, not_found, shape};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn issues(&self, call: &Call) -> Reply {
        let since: Option<DateTime<Utc>> = match call.query("since").map(str::parse).transpose() {
            Ok(since) => since,
            Err(_) => return invalid(&json!({ "resource": "Issue", "field": "since", "code": "invalid" })),
        };
        let state = call.query("state").unwrap_or("open");
        let mut issues: Vec<&Issue> = self
            .issues
            .iter()
            .filter(|issue| state == "all" || (state == "open") == issue.open)
            .filter(|issue| call.query("creator").is_none_or(|creator| creator == issue.creator))
            .filter(|issue| since.is_none_or(|since| issue.updated.trunc_subsecs(0) >= since))
            .collect();
        // What changed within one second has no order that could be relied on.
        let by_change = call.query("sort") == Some("updated");
        issues.sort_by_key(|issue| if by_change { issue.updated.trunc_subsecs(0) } else { issue.created });
        if call.query("direction") != Some("asc") {
            issues.reverse();
        }
        let issues: Vec<Value> = issues.into_iter().map(|issue| shape::issue(issue, call)).collect();
        call.page(&issues)
    }

    pub(super) fn open_issue(&mut self, call: &Call) -> Reply {
        let Some(title) = call.text("title").filter(|title| !title.is_empty()) else {
            return invalid(&json!({ "resource": "Issue", "field": "title", "code": "missing_field" }));
        };
        if title.chars().count() > 256 {
            let message = "title is too long (maximum is 256 characters)";
            return invalid(&json!({ "resource": "Issue", "field": "title", "code": "custom", "message": message }));
        }
        if let Err(reply) = self.check(call) {
            return reply;
        }
        let issue = self.opened(LOGIN, &title, call.text("body"));
        issue.labels = names(&call.body["labels"]).unwrap_or_default();
        issue.assignees = names(&call.body["assignees"]).unwrap_or_default();
        Reply::json(201, shape::issue(issue, call))
    }

    /// Opens an issue as an account would.
    pub(crate) fn opened(&mut self, creator: &str, title: &str, body: Option<String>) -> &mut Issue {
        let number = self.issues.last().map_or(1, |issue| issue.number + 1);
        let (created, updated) = (self.now, self.now);
        self.issues.push(Issue {
            number,
            creator: creator.to_owned(),
            title: title.to_owned(),
            body,
            labels: Vec::new(),
            assignees: Vec::new(),
            open: true,
            created,
            updated,
            closed: None,
            pull: None,
        });
        self.issues.last_mut().unwrap()
    }

    pub(super) fn change_issue(&mut self, number: &str, call: &Call) -> Reply {
        let Some(index) = self.numbered(number) else { return not_found() };
        if let Err(reply) = self.check(call) {
            return reply;
        }
        if let Some(open) = call.text("state") {
            self.set_open(number, open == "open");
        }
        let now = self.now;
        let issue = &mut self.issues[index];
        issue.updated = now;
        if let Some(title) = call.text("title") {
            issue.title = title;
        }
        if let Some(body) = call.text("body") {
            issue.body = Some(body);
        }
        if let Some(labels) = names(&call.body["labels"]) {
            issue.labels = labels;
        }
        if let Some(assignees) = names(&call.body["assignees"]) {
            issue.assignees = assignees;
        }
        Reply::json(200, shape::issue(issue, call))
    }

    /// Closes an issue or opens it again, as anybody may.
    pub(crate) fn set_open(&mut self, number: &str, open: bool) {
        let (index, now) = (self.numbered(number).unwrap(), self.now);
        let issue = &mut self.issues[index];
        issue.closed = if open { None } else { issue.closed.or(Some(now)) };
        issue.updated = now;
        issue.open = open;
    }

    /// What GitHub refuses in an issue.
    fn check(&self, call: &Call) -> Result<(), Reply> {
        if call.text("body").is_some_and(|body| body.chars().count() > 65_536) {
            let message = "body is too long (maximum is 65536 characters)";
            return Err(invalid(
                &json!({ "resource": "Issue", "field": "body", "code": "custom", "message": message }),
            ));
        }
        let assignees = names(&call.body["assignees"]).unwrap_or_default();
        match assignees.into_iter().find(|who| !self.people.contains(who)) {
            Some(who) => {
                let error = json!({ "value": who, "resource": "Issue", "field": "assignees", "code": "invalid" });
                Err(invalid(&error))
            }
            None => Ok(()),
        }
    }
}

fn names(value: &Value) -> Option<Vec<String>> {
    Some(value.as_array()?.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}
