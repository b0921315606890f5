//! Issues.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Value, json};

use super::{ID, Issue, LOGIN, State, page, time, user};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn issues(&self, call: &Call) -> Reply {
        let since: Option<DateTime<Utc>> = match call.query("updated_after").map(str::parse).transpose() {
            Ok(since) => since,
            Err(_) => return Reply::json(400, json!({ "error": "updated_after is invalid" })),
        };
        let state = call.query("state").unwrap_or("all");
        let is_mine = call.query("scope") == Some("created_by_me");
        let mut issues: Vec<&Issue> = self
            .issues
            .iter()
            .filter(|issue| state == "all" || (state == "opened") == issue.open)
            .filter(|issue| !is_mine || issue.author == LOGIN)
            .filter(|issue| since.is_none_or(|since| issue.updated >= since))
            .collect();
        let by_change = call.query("order_by") == Some("updated_at");
        issues.sort_by_key(|issue| (if by_change { issue.updated } else { issue.created }, issue.iid));
        if call.query("sort") != Some("asc") {
            issues.reverse();
        }
        let issues: Vec<Value> = issues.into_iter().map(|issue| self.issue(issue)).collect();
        call.page(&issues)
    }

    pub(super) fn open_issue(&mut self, call: &Call) -> Reply {
        let Some(title) = call.text("title") else { return Reply::json(400, json!({ "error": "title is missing" })) };
        if let Err(reply) = check(call) {
            return reply;
        }
        let index = self.issues.len();
        self.opened(LOGIN, &title, call.text("description"));
        self.write(index, call);
        self.order(index);
        Reply::json(201, self.issue(&self.issues[index]))
    }

    /// Opens an issue as an account would.
    pub(crate) fn opened(&mut self, author: &str, title: &str, description: Option<String>) {
        let (created, updated) = (self.now, self.now);
        self.issues.push(Issue {
            iid: self.issues.len() + 1,
            author: author.to_owned(),
            title: title.to_owned(),
            description,
            labels: Vec::new(),
            assignees: Vec::new(),
            due: None,
            open: true,
            created,
            updated,
            closed: None,
        });
    }

    pub(super) fn change_issue(&mut self, iid: &str, call: &Call) -> Reply {
        let Some(index) = self.numbered(iid) else { return Reply::said(404, "404 Not found") };
        if let Err(reply) = check(call) {
            return reply;
        }
        self.write(index, call);
        if let Some(event) = call.text("state_event") {
            self.set_open(iid, event == "reopen");
        }
        self.order(index);
        Reply::json(200, self.issue(&self.issues[index]))
    }

    /// Closes an issue or opens it again, as anybody may.
    pub(crate) fn set_open(&mut self, iid: &str, open: bool) {
        let (index, now) = (self.numbered(iid).unwrap(), self.now);
        let issue = &mut self.issues[index];
        (issue.open, issue.updated, issue.closed) = (open, now, if open { None } else { Some(now) });
    }

    pub(crate) fn numbered(&self, iid: &str) -> Option<usize> {
        self.issues.iter().position(|issue| issue.iid.to_string() == iid)
    }

    fn write(&mut self, index: usize, call: &Call) {
        let now = self.now;
        let issue = &mut self.issues[index];
        issue.updated = now;
        if let Some(title) = call.text("title") {
            issue.title = title;
        }
        if let Some(description) = call.text("description") {
            issue.description = Some(description);
        }
        let parted = |name: &str| {
            let text = call.text(name)?;
            Some(text.split(',').filter(|label| !label.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        if let Some(labels) = parted("labels") {
            issue.labels = labels;
        }
        issue.labels.extend(parted("add_labels").unwrap_or_default());
        if let Some(ids) = call.body["assignee_ids"].as_array() {
            issue.assignees = ids.iter().map(|id| usize::try_from(id.as_u64().unwrap()).unwrap()).collect();
        }
        if let Some(due) = call.text("due_date") {
            issue.due = due.parse().ok();
        }
    }

    /// Lines that are orders are carried out and taken out of the description.
    fn order(&mut self, index: usize) {
        let issue = &mut self.issues[index];
        let description = issue.description.take().unwrap_or_default();
        let is_close = |line: &&str| line.trim_end() == "/close";
        if description.lines().any(|line| is_close(&line)) {
            issue.open = false;
        }
        issue.description = Some(description.split('\n').filter(|line| !is_close(line)).collect::<Vec<_>>().join("\n"));
    }

    pub(super) fn issue(&self, issue: &Issue) -> Value {
        let name = |id: &usize| self.people.iter().find(|(_, held)| *held == id).map(|(name, id)| user(name, *id));
        let assignees: Vec<Value> = issue.assignees.iter().filter_map(name).collect();
        json!({
            "id": 5_000 + issue.iid,
            "iid": issue.iid,
            "project_id": ID,
            "title": issue.title,
            "description": issue.description,
            "state": if issue.open { "opened" } else { "closed" },
            "created_at": time(issue.created),
            "updated_at": time(issue.updated),
            "closed_at": issue.closed.map(time),
            "labels": issue.labels,
            "assignees": assignees,
            "assignee": assignees.first(),
            "author": user(&issue.author, 9),
            "due_date": issue.due,
            "confidential": false,
            "web_url": page(&format!("/-/issues/{}", issue.iid)),
        })
    }
}

/// What GitLab refuses in an issue.
fn check(call: &Call) -> Result<(), Reply> {
    if call.text("title").is_some_and(|title| title.is_empty() || title.chars().count() > 255) {
        let message = json!({ "title": ["can't be blank, or is too long (maximum is 255 characters)"] });
        return Err(Reply::json(400, json!({ "message": message })));
    }
    let due = call.text("due_date").unwrap_or_default();
    if !due.is_empty() && due.parse::<NaiveDate>().is_err() {
        return Err(Reply::json(400, json!({ "error": "due_date is invalid" })));
    }
    Ok(())
}
