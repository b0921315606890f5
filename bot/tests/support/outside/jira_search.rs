//! As much of Jira's query language as Firebell speaks.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};

use super::jira::{Issue, PROJECT};

pub(crate) struct Query {
    label: Option<String>,
    /// Changed within so many minutes.
    minutes: Option<i64>,
    order: Vec<(String, bool)>,
}

impl Query {
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (clauses, order) = text.split_once(" ORDER BY ").unwrap_or((text, ""));
        let mut query = Self { label: None, minutes: None, order: Vec::new() };
        let mut is_bounded = false;
        for clause in clauses.split(" AND ") {
            let quoted = |text: &str| Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned());
            let wrong = || format!("Error in the JQL Query: {clause:?}");
            if let Some(project) = clause.strip_prefix("project = ").and_then(quoted) {
                if project != PROJECT {
                    return Err(format!("The value '{project}' does not exist for the field 'project'."));
                }
                is_bounded = true;
            } else if let Some(label) = clause.strip_prefix("labels = ").and_then(quoted) {
                query.label = Some(label);
            } else if let Some(span) = clause.strip_prefix("updated >= ").and_then(quoted) {
                let minutes = span.strip_prefix('-').and_then(|span| span.strip_suffix('m')).ok_or_else(wrong)?;
                query.minutes = Some(minutes.parse().map_err(|_| wrong())?);
            } else {
                return Err(wrong());
            }
        }
        if !is_bounded {
            return Err("Unbounded JQL queries are not allowed here.".to_owned());
        }
        for part in order.split(", ").filter(|part| !part.is_empty()) {
            let (field, way) = part.split_once(' ').unwrap_or((part, "ASC"));
            query.order.push((field.to_owned(), way == "DESC"));
        }
        Ok(query)
    }

    pub(crate) fn find<'a>(&self, mut issues: Vec<&'a Issue>, now: DateTime<Utc>) -> Vec<&'a Issue> {
        issues.retain(|issue| self.label.as_ref().is_none_or(|label| issue.labels.contains(label)));
        let since = self.minutes.map(|minutes| now - TimeDelta::minutes(minutes));
        issues.retain(|issue| since.is_none_or(|since| issue.updated >= since));
        issues.sort_by(|one, other| {
            self.order.iter().fold(Ordering::Equal, |so_far, (field, turned)| {
                let order = match field.as_str() {
                    "key" => one.number.cmp(&other.number),
                    "created" => one.created.cmp(&other.created),
                    _ => one.updated.cmp(&other.updated),
                };
                so_far.then(if *turned { order.reverse() } else { order })
            })
        });
        issues
    }
}
