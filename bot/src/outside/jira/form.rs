//! The fields of an issue.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Jira, MARK, adf, find, wiki};
use crate::document::{Block, Document};
use crate::outside::call::{Answer, CallError};
use crate::outside::foot::{self, FOOT};
use crate::outside::tracker::Ticket;

/// What Jira takes, in characters.
const SUMMARY: usize = 255;
const LABEL: usize = 255;
/// Jira takes 32,767 characters of text with the markup that it makes of it.
const TEXT: usize = 30_000;
const CUT: &str = "More is said here than Jira takes; the whole is in Firebell.";
/// What a project may not let us set; the ticket is worth more than these.
const OPTIONAL: [&str; 2] = ["assignee", "duedate"];

/// By which call an issue is written.
#[derive(Clone, Copy)]
pub(super) enum Writing<'w> {
    /// It is made, with the key of its ticket.
    New { key: &'w str },
    /// The one with this id is changed, and given these labels besides.
    Anew { id: &'w str, labels: &'w [Value] },
}

/// The blocks of a text, none of whose headings is the title of a document.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    Document::read(&format!("# Ticket\n\n{markdown}"), &BTreeMap::new()).blocks
}

/// The labels of a ticket: those that were asked for, ours, and the one of its key.
pub(super) fn labels(ticket: &Ticket) -> Vec<String> {
    let asked = ticket.labels.iter().map(|label| label.split_whitespace().collect::<Vec<_>>().join("-"));
    let asked = asked.map(|label| label.chars().take(LABEL).collect::<String>()).filter(|label| !label.is_empty());
    asked.chain([MARK.to_owned(), find::label(&ticket.key)]).collect()
}

impl Jira {
    /// The fields that a ticket has from the beginning and after each change.
    pub(super) async fn fields(&self, ticket: &Ticket) -> Result<Map<String, Value>, CallError> {
        let mut fields = Map::new();
        fields.insert("summary".to_owned(), json!(summary(&ticket.title)));
        fields.insert("duedate".to_owned(), json!(ticket.due.map(|due| due.to_string())));
        if let Some(person) = &ticket.assignee
            && let Some(assignee) = self.person(person).await?
        {
            fields.insert("assignee".to_owned(), assignee);
        }
        Ok(fields)
    }

    /// Our part of a description with what people wrote below it in what is held.
    pub(super) fn description(&self, held: &Value, body: &str) -> Value {
        let blocks = blocks(&foot::with_foot(body));
        if !self.edition.is_cloud() {
            let ours = cut_wiki(wiki::write(&blocks));
            return json!(foot::woven(held.as_str().unwrap_or_default(), &ours));
        }
        let mut nodes = cut_nodes(adf::nodes(&blocks));
        let held = held["content"].as_array().map(Vec::as_slice).unwrap_or_default();
        let below = held.iter().skip_while(|node| !adf::words(node).contains(FOOT)).skip(1);
        nodes.extend(below.cloned());
        adf::document(&nodes)
    }

    /// Writes an issue by one of these; fields that the project does not let us set are left out.
    pub(super) async fn write(&self, mut fields: Map<String, Value>, call: Writing<'_>) -> Result<Answer, CallError> {
        loop {
            let written = match call {
                Writing::New { key } => {
                    let properties = json!([{ "key": MARK, "value": { "key": key } }]);
                    let body = json!({ "fields": fields, "properties": properties });
                    self.caller.post(&self.path(&["issue"]), &body).await
                }
                Writing::Anew { id, labels } => {
                    let body = json!({ "fields": fields, "update": { "labels": labels } });
                    self.caller.put(&self.path(&["issue", id]), &body).await
                }
            };
            let error = match written {
                Err(CallError::Refused { status: 400, reason }) => CallError::Refused { status: 400, reason },
                other => return other,
            };
            let reason = error.to_string();
            let is_named = |field: &&&str| fields.contains_key(**field) && reason.contains(&format!("{field}:"));
            let Some(field) = OPTIONAL.iter().find(is_named) else { return Err(error) };
            tracing::warn!(field, "Jira does not let us set a field of an issue; it is left out");
            fields.remove(*field);
        }
    }

    /// Somebody whom issues can be assigned to, by address of mail or account.
    async fn person(&self, person: &str) -> Result<Option<Value>, CallError> {
        let (by, id) = if self.edition.is_cloud() { ("query", "accountId") } else { ("username", "name") };
        if !person.contains('@') {
            return Ok(Some(json!({ id: person })));
        }
        let query = [("project", self.project.as_str()), (by, person), ("maxResults", "2")];
        let found = match self.caller.get(&self.path(&["user", "assignable", "search"]), &query).await {
            Ok(answer) => answer.body,
            Err(CallError::Refused { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
        let mail = |user: &&Value| user["emailAddress"].as_str().is_some_and(|mail| mail.eq_ignore_ascii_case(person));
        // Whoever hides their address is found by it, and alone.
        let hides = |user: &&Value| user["emailAddress"].as_str().is_none_or(str::is_empty);
        let alone = if let [user] = found { Some(user).filter(hides) } else { None };
        Ok(found.iter().find(mail).or(alone).map(|user| json!({ id: user[id] })))
    }
}

/// One line that fits.
fn summary(title: &str) -> String {
    let line = title.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= SUMMARY {
        return line;
    }
    let kept: String = line.chars().take(SUMMARY - 1).collect();
    format!("{kept}…")
}

/// The nodes that fit, and the last of all, which is the line below our part.
fn cut_nodes(mut nodes: Vec<Value>) -> Vec<Value> {
    let lengths: Vec<usize> = nodes.iter().map(length).collect();
    if lengths.iter().sum::<usize>() <= TEXT {
        return nodes;
    }
    let foot = nodes.split_off(nodes.len().saturating_sub(2));
    let mut room = TEXT - 1_000;
    let fitting = lengths.iter().take_while(|length| {
        let fits = **length <= room;
        room = room.saturating_sub(**length);
        fits
    });
    nodes.truncate(fitting.count());
    nodes.push(json!({ "type": "paragraph", "content": [{ "type": "text", "text": CUT }] }));
    nodes.extend(foot);
    nodes
}

/// A cell or an item costs some characters of markup beside its words.
fn length(node: &Value) -> usize {
    let own = node["text"].as_str().map_or(4, |text| text.chars().count());
    own + node["content"].as_array().into_iter().flatten().map(length).sum::<usize>()
}

fn cut_wiki(wiki: String) -> String {
    if wiki.chars().count() <= TEXT {
        return wiki;
    }
    let room: usize = TEXT - 1_000;
    let mut kept = String::new();
    let mut used = 0;
    let mut is_open = false;
    // A part without markup must be closed where it is cut.
    for line in wiki.lines() {
        used += line.chars().count() + 1;
        if used > room {
            break;
        }
        is_open ^= line == "{noformat}";
        kept.push_str(line);
        kept.push('\n');
    }
    let close = if is_open { "{noformat}\n" } else { "" };
    format!("{kept}{close}\n{CUT}\n\n----\n\n{{_}}{FOOT}{{_}}")
}
