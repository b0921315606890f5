//! Pull requests.

use serde_json::{Value, json};

use super::{LOGIN, OWNER, Pull, State, invalid, not_found, shape};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn pulls(&self, call: &Call) -> Reply {
        let state = call.query("state").unwrap_or("open");
        let fits = |pull: &Pull| {
            call.query("head").is_none_or(|head| head == format!("{OWNER}:{}", pull.head))
                && call.query("base").is_none_or(|base| base == pull.base)
        };
        let mut pulls: Vec<_> = self
            .issues
            .iter()
            .filter(|issue| state == "all" || (state == "open") == issue.open)
            .filter(|issue| issue.pull.as_ref().is_some_and(fits))
            .collect();
        if call.query("sort") == Some("updated") {
            pulls.sort_by_key(|pull| pull.updated);
        }
        if call.query("direction") != Some("asc") {
            pulls.reverse();
        }
        let pulls: Vec<Value> = pulls.into_iter().map(|pull| shape::pull(pull, call)).collect();
        call.page(&pulls)
    }

    pub(super) fn open_pull(&mut self, call: &Call) -> Reply {
        let (Some(title), Some(head), Some(base)) = (call.text("title"), call.text("head"), call.text("base")) else {
            return invalid(&json!({ "resource": "PullRequest", "field": "title", "code": "missing_field" }));
        };
        let ends = (self.git.branches.get(&head), self.git.branches.get(&base));
        let (sha, onto) = match ends {
            (Some(sha), Some(onto)) => (sha.clone(), onto.clone()),
            (None, _) => return invalid(&json!({ "resource": "PullRequest", "field": "head", "code": "invalid" })),
            _ => return invalid(&json!({ "resource": "PullRequest", "field": "base", "code": "invalid" })),
        };
        let custom =
            |message: String| invalid(&json!({ "resource": "PullRequest", "code": "custom", "message": message }));
        if self.git.is_ancestor(&sha, &onto) {
            return custom(format!("No commits between {base} and {head}"));
        }
        let is_same = |pull: &Pull| pull.head == head && pull.base == base;
        if self.issues.iter().any(|issue| issue.open && issue.pull.as_ref().is_some_and(is_same)) {
            return custom(format!("A pull request already exists for {OWNER}:{head}."));
        }
        let issue = self.opened(LOGIN, &title, call.text("body"));
        issue.pull = Some(Pull { head, sha, base, merged: None });
        Reply::json(201, shape::pull(issue, call))
    }

    pub(super) fn change_pull(&mut self, number: &str, call: &Call) -> Reply {
        let Some(index) = self.numbered(number).filter(|index| self.issues[*index].pull.is_some()) else {
            return not_found();
        };
        let now = self.now;
        let issue = &mut self.issues[index];
        issue.updated = now;
        if let Some(title) = call.text("title") {
            issue.title = title;
        }
        if let Some(body) = call.text("body") {
            issue.body = Some(body);
        }
        if let Some(base) = call.text("base") {
            issue.pull.as_mut().unwrap().base = base;
        }
        Reply::json(200, shape::pull(issue, call))
    }

    /// Merges a pull request as a person would, and deletes its branch or not.
    pub(crate) fn merge(&mut self, number: usize, and_delete: bool) {
        let index = self.numbered(&number.to_string()).unwrap();
        let pull = self.issues[index].pull.clone().unwrap();
        self.git.merge(&pull.head, &pull.base);
        if and_delete {
            self.git.branches.remove(&pull.head);
        }
        let now = self.now;
        self.issues[index].pull.as_mut().unwrap().merged = Some(now);
        self.set_open(&number.to_string(), false);
    }
}
