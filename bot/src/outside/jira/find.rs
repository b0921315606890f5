//! Issues found again, though the search of the Cloud shows a new one only after seconds or minutes.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Jira, MARK};
use crate::outside::call::CallError;
use crate::outside::page::digest;
use crate::outside::tracker::TicketRef;

/// Issues of one page of a search.
const PAGE: usize = 100;
/// The most pages that are read.
const PAGES: usize = 50;
/// How many issues before the newest that the search knows are read by number, and how many in all; the most that the Cloud
/// gives at once.
const BEHIND: u64 = 20;
const AT_ONCE: u64 = 100;
/// How many numbers are tried one by one on a server, whose search lags by moments only and between its nodes.
const ONE_BY_ONE: u64 = 5;

/// The label of one ticket.
pub(super) fn label(key: &str) -> String {
    format!("{MARK}-{}", digest(&[key], 8))
}

impl Jira {
    /// The oldest issue of a key.
    pub(super) async fn find(&self, key: &str) -> Result<Option<TicketRef>, CallError> {
        let query = format!("project = \"{}\" AND labels = \"{}\" ORDER BY key ASC", self.project, label(key));
        let found = self.search_page(&query, &["status"], PAGE, &Start::default()).await?.issues;
        if let Some(found) = found.first().and_then(|issue| self.reference(issue)) {
            return Ok(Some(found));
        }
        let query = format!("project = \"{}\" ORDER BY key DESC", self.project);
        let newest = self.search_page(&query, &["status"], 1, &Start::default()).await?.issues;
        let newest = newest.first().and_then(|issue| issue["key"].as_str()).and_then(number).unwrap_or(0);
        let unsearched = if self.edition.is_cloud() {
            self.read_at_once(newest.saturating_sub(BEHIND) + 1).await?
        } else {
            self.read_one_by_one(newest + 1).await?
        };
        let mut ours: Vec<&Value> = unsearched.iter().filter(|issue| is_of(issue, key)).collect();
        ours.sort_by_key(|issue| issue["key"].as_str().and_then(number));
        Ok(ours.first().and_then(|issue| self.reference(issue)))
    }

    /// Issues by number. To read them shows what was written, other than a search.
    async fn read_at_once(&self, first: u64) -> Result<Vec<Value>, CallError> {
        let keys: Vec<String> = (first..first + AT_ONCE).map(|number| format!("{}-{number}", self.project)).collect();
        let body = json!({ "issueIdsOrKeys": keys, "fields": ["labels", "status"], "properties": [MARK] });
        let mut answer = self.caller.post(&self.path(&["issue", "bulkfetch"]), &body).await?.body;
        Ok(serde_json::from_value(answer["issues"].take()).unwrap_or_default())
    }

    async fn read_one_by_one(&self, first: u64) -> Result<Vec<Value>, CallError> {
        let mut issues = Vec::new();
        for number in first..first + ONE_BY_ONE {
            let key = format!("{}-{number}", self.project);
            let query = [("fields", "labels,status"), ("properties", MARK)];
            match self.caller.get(&self.path(&["issue", &key]), &query).await {
                Ok(answer) => issues.push(answer.body),
                Err(error) if error.is_missing() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(issues)
    }

    /// All issues that a query finds. Its order must be one that changes of issues do not change, since pages are read one
    /// after the other.
    pub(super) async fn search(&self, query: &str, fields: &[&str]) -> Result<Vec<Value>, CallError> {
        let mut issues = Vec::new();
        let mut start = Start::default();
        for _ in 0..PAGES {
            let page = self.search_page(query, fields, PAGE, &start).await?;
            issues.extend(page.issues);
            match page.next {
                Some(next) => start = next,
                None => break,
            }
        }
        Ok(issues)
    }

    async fn search_page(&self, query: &str, fields: &[&str], count: usize, from: &Start) -> Result<Page, CallError> {
        let mut body = json!({ "jql": query, "fields": fields, "maxResults": count });
        let path = if self.edition.is_cloud() { self.path(&["search", "jql"]) } else { self.path(&["search"]) };
        match &from.token {
            Some(token) => body["nextPageToken"] = json!(token),
            None if self.edition.is_cloud() => {}
            None => body["startAt"] = json!(from.at),
        }
        let request = self.caller.request(Method::POST, self.caller.url(&path)).json(&body);
        let mut answer = self.caller.send(request).await?.body;
        let issues: Vec<Value> = serde_json::from_value(answer["issues"].take()).unwrap_or_default();
        let next = if self.edition.is_cloud() {
            let token = answer["nextPageToken"].as_str().filter(|_| answer["isLast"] != true);
            token.map(|token| Start { at: 0, token: Some(token.to_owned()) })
        } else {
            let at = from.at + issues.len();
            let total = answer["total"].as_u64().unwrap_or_default();
            Some(Start { at, token: None }).filter(|_| !issues.is_empty() && (at as u64) < total)
        };
        Ok(Page { issues, next })
    }
}

#[derive(Default)]
struct Start {
    at: usize,
    token: Option<String>,
}

struct Page {
    issues: Vec<Value>,
    next: Option<Start>,
}

/// People can take a label away, and a property is seen by programs alone, so either tells.
fn is_of(issue: &Value, key: &str) -> bool {
    let label = label(key);
    let mut labels = issue["fields"]["labels"].as_array().into_iter().flatten();
    issue["properties"][MARK]["key"] == key || labels.any(|held| *held == label)
}

/// The number of `OPS-17`.
fn number(key: &str) -> Option<u64> {
    key.rsplit_once('-')?.1.parse().ok()
}
