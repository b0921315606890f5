//! Calls of Notion's API: not faster than it takes them, and not more in one attempt than there is time for.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::node::{Kind, Node, rich_text};
use super::split::written;
use crate::outside::call::{CallError, Caller};

/// Notion takes three calls in a second.
const PACE: Duration = Duration::from_millis(334);
/// The calls of one attempt, which has twenty seconds. The next attempt goes on where this one ended.
const CALLS: usize = 40;
/// The blocks of one list, and of one request with all that are within.
const LIST: usize = 100;
const BLOCKS: usize = 1_000;
/// The bytes of one request, of which Notion takes 500 KB.
const BYTES: usize = 400_000;

/// How deep blocks may stand within others in one request.
const DEPTH: usize = 2;

/// What one attempt needs.
pub(super) struct Wire<'a> {
    caller: &'a Caller,
    pace: &'a Pace,
    calls: AtomicUsize,
}

/// When the next call may be made, shared by all attempts of an account.
#[derive(Clone)]
pub(super) struct Pace {
    next: Arc<Mutex<Instant>>,
    every: Duration,
    /// What was read of blocks within blocks by attempts that ran out of calls, so that the next one comes further.
    read: Arc<Mutex<BTreeMap<String, Vec<Node>>>>,
}

/// A block that stands on a page.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) node: Node,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self::every(PACE)
    }

    pub(super) fn every(every: Duration) -> Self {
        Self { next: Arc::new(Mutex::new(Instant::now())), every, read: Arc::default() }
    }

    pub(super) async fn forget(&self) {
        self.read.lock().await.clear();
    }
}

impl<'a> Wire<'a> {
    pub(super) fn new(caller: &'a Caller, pace: &'a Pace) -> Self {
        Self { caller, pace, calls: AtomicUsize::new(0) }
    }

    /// Waits for the turn of the next call.
    async fn turn(&self) -> Result<&'a Caller, CallError> {
        if self.calls.fetch_add(1, Ordering::Relaxed) >= CALLS {
            return Err(CallError::Limited { after: TimeDelta::seconds(1) });
        }
        let turn = {
            let mut next = self.pace.next.lock().await;
            let turn = (*next).max(Instant::now());
            *next = turn + self.pace.every;
            turn
        };
        sleep_until(turn).await;
        Ok(self.caller)
    }

    pub(super) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Value, CallError> {
        let answer = self.turn().await?.get(path, query).await;
        Ok(answer.map_err(eased)?.body)
    }

    pub(super) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, CallError> {
        let answer = self.turn().await?.post(path, body).await;
        Ok(answer.map_err(eased)?.body)
    }

    pub(super) async fn patch(&self, path: &[&str], body: &Value) -> Result<Value, CallError> {
        let answer = self.turn().await?.patch(path, body).await;
        Ok(answer.map_err(eased)?.body)
    }

    /// Takes a block away with all within it; one that is gone is no matter.
    pub(super) async fn delete(&self, block: &str) -> Result<(), CallError> {
        match self.turn().await?.delete(&["blocks", block]).await.map_err(eased) {
            Err(error) if !error.is_missing() => Err(error),
            _ => Ok(()),
        }
    }

    /// The first blocks of a page or block, as they came.
    pub(super) async fn first(&self, parent: &str, count: &str) -> Result<Vec<Value>, CallError> {
        let mut page = self.get(&["blocks", parent, "children"], &[("page_size", count)]).await?;
        Ok(serde_json::from_value(page["results"].take()).unwrap_or_default())
    }

    /// The blocks of a page or block, as they came.
    pub(super) async fn all(&self, parent: &str) -> Result<Vec<Value>, CallError> {
        let mut blocks: Vec<Value> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let mut query = vec![("page_size", "100")];
            query.extend(cursor.as_deref().map(|cursor| ("start_cursor", cursor)));
            let mut page = self.get(&["blocks", parent, "children"], &query).await?;
            blocks.extend(serde_json::from_value::<Vec<Value>>(page["results"].take()).unwrap_or_default());
            cursor = page["next_cursor"].as_str().filter(|_| page["has_more"] == true).map(str::to_owned);
            if cursor.is_none() {
                return Ok(blocks);
            }
        }
    }

    /// Blocks that came, with those within them.
    pub(super) async fn with_inner(&self, blocks: &[Value]) -> Result<Vec<Held>, CallError> {
        let mut held = Vec::new();
        for block in blocks {
            let id = block["id"].as_str().unwrap_or_default().to_owned();
            let mut node = Node::read(block);
            if block["has_children"] == true && !matches!(node.kind, Kind::Inner | Kind::Foreign) {
                node.children = self.inner(&id).await?;
            }
            held.push(Held { id, node });
        }
        Ok(held)
    }

    async fn inner(&self, block: &str) -> Result<Vec<Node>, CallError> {
        if let Some(known) = self.pace.read.lock().await.get(block) {
            return Ok(known.clone());
        }
        let blocks = self.all(block).await?;
        let held = Box::pin(self.with_inner(&blocks)).await?;
        let nodes: Vec<Node> = held.into_iter().map(|held| held.node).collect();
        self.pace.read.lock().await.insert(block.to_owned(), nodes.clone());
        Ok(nodes)
    }

    /// Writes another text into a paragraph.
    pub(super) async fn rewrite(&self, block: &str, node: &Node) -> Result<(), CallError> {
        let body = json!({ "paragraph": { "rich_text": rich_text(&node.text) } });
        self.patch(&["blocks", block], &body).await.map(drop)
    }

    /// Puts blocks behind another one, or at the end, and gives the last of them.
    pub(super) async fn append(&self, parent: &str, after: Option<&str>, nodes: &[Node]) -> Result<String, CallError> {
        let mut last = after.unwrap_or_default().to_owned();
        let mut rest = nodes;
        while !rest.is_empty() {
            let (batch, more) = rest.split_at(batch(rest));
            rest = more;
            let children: Vec<Value> = batch.iter().map(|node| shallow(node).0).collect();
            let mut body = json!({ "children": children });
            if after.is_some() {
                body["after"] = json!(last);
            }
            let made = self.patch(&["blocks", parent, "children"], &body).await?;
            let made = made["results"].as_array().into_iter().flatten().filter_map(|block| block["id"].as_str());
            // With `after`, some versions tell the blocks that were there as well; ours are the first.
            let made: Vec<&str> = made.take(batch.len()).collect();
            if made.len() < batch.len() {
                return Err(CallError::Unknown("Notion: its answer does not say which blocks it made".to_owned()));
            }
            for (id, node) in made.iter().zip(batch) {
                if !shallow(node).1 {
                    Box::pin(self.append(id, None, &node.children)).await?;
                }
            }
            last = made.last().map(|id| (*id).to_owned()).unwrap_or(last);
        }
        Ok(last)
    }
}

/// How many blocks go in one request.
fn batch(nodes: &[Node]) -> usize {
    let (mut blocks, mut bytes) = (0, 0);
    let fitting = nodes.iter().take(LIST).take_while(|node| {
        let is_whole = shallow(node).1;
        blocks += if is_whole { node.count() } else { 1 };
        bytes += if is_whole { weight(node) } else { own_weight(node) };
        blocks <= BLOCKS && bytes <= BYTES
    });
    fitting.count().max(1)
}

/// A block for a request, and whether those within it are in it; if not they are put there by another.
fn shallow(node: &Node) -> (Value, bool) {
    let is_whole = fits(node, DEPTH) && weight(node) <= BYTES && node.count() <= BLOCKS;
    (if is_whole { whole(node) } else { node.json() }, is_whole)
}

fn whole(node: &Node) -> Value {
    let mut block = node.json();
    if !node.children.is_empty() {
        let name = block["type"].as_str().unwrap_or_default().to_owned();
        block[name]["children"] = node.children.iter().map(whole).collect();
    }
    block
}

fn fits(node: &Node, depth: usize) -> bool {
    let is_leaf = node.children.is_empty();
    is_leaf || depth > 0 && node.children.len() <= LIST && node.children.iter().all(|inner| fits(inner, depth - 1))
}

fn weight(node: &Node) -> usize {
    own_weight(node) + node.children.iter().map(weight).sum::<usize>()
}

/// About the bytes of a block in JSON, rather more than less.
fn own_weight(node: &Node) -> usize {
    let cells: &[Vec<_>] = if let Kind::Row(cells) = &node.kind { cells } else { &[] };
    let runs = node.text.iter().chain(cells.iter().flatten());
    let text = |run: &super::node::Run| {
        let link = run.link.as_deref().map_or(0, str::len);
        // Each piece of 1,000 to 2,000 letters says all of its style again.
        (1 + run.text.len() / 1_000) * (250 + link) + written(&run.text)
    };
    150 + runs.map(text).sum::<usize>()
}

/// Notion says 409 where two calls met, and nothing was done.
fn eased(error: CallError) -> CallError {
    match error {
        CallError::Refused { status: 409, .. } => CallError::Limited { after: TimeDelta::seconds(1) },
        other => other,
    }
}
