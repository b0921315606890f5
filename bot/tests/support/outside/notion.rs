//! A fake of Notion with one page and one database that an integration may write to.
//!
//! Source: <https://developers.notion.com/reference>, version 2022-06-28.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::notion_check;
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const TOKEN: &str = "ntn_fake0123456789";
pub(crate) const PARENT: &str = "aaaaaaaaaaaa4aaa8aaaaaaaaaaaaaaa";
pub(crate) const DATABASE: &str = "dddddddddddd4ddd8ddddddddddddddd";

#[derive(Clone)]
pub(crate) struct NotionFake {
    pub(crate) wire: Wire,
    space: Arc<Space>,
}

struct Space(Mutex<State>);

/// What is there. A page is a block, too.
pub(crate) struct State {
    pub(crate) blocks: Vec<Block>,
    /// Names of the database's properties with their types.
    pub(crate) properties: Vec<(String, String)>,
    /// So many calls are answered before there were too many.
    pub(crate) allowance: Option<usize>,
    /// The greatest request so far, in bytes.
    pub(crate) greatest: usize,
    made: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) id: String,
    pub(crate) parent: String,
    pub(crate) kind: String,
    /// Without those within.
    pub(crate) body: Value,
    /// Of a page.
    pub(crate) properties: Value,
    pub(crate) archived: bool,
}

impl NotionFake {
    pub(crate) async fn start() -> Self {
        let state = State {
            blocks: Vec::new(),
            properties: vec![("Name".to_owned(), "title".to_owned())],
            allowance: None,
            greatest: 0,
            made: 0,
        };
        let space = Arc::new(Space(Mutex::new(state)));
        Self { wire: Wire::serve("/v1", space.clone()).await, space }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.space.0.lock().unwrap()
    }
}

impl Service for Space {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        if call.headers.get("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return error(401, "unauthorized", "API token is invalid.");
        }
        if call.headers.get("notion-version").is_none_or(|version| version != "2022-06-28") {
            return error(400, "missing_version", "Notion-Version header should be defined.");
        }
        if let Some(left) = &mut state.allowance {
            if *left == 0 {
                let mut reply =
                    error(429, "rate_limited", "You have been rate limited. Please try again in a few minutes.");
                reply.headers.push(("retry-after", "3".to_owned()));
                return reply;
            }
            *left -= 1;
        }
        let bytes = call.body.to_string().len();
        state.greatest = state.greatest.max(bytes);
        if bytes > 500_000 {
            return error(413, "validation_error", "Payload too large");
        }
        match state.answer(call) {
            Ok(body) => Reply::json(200, body),
            Err((404, why)) => error(404, "object_not_found", &why),
            Err((status, why)) => error(status, "validation_error", &format!("body failed validation: {why}")),
        }
    }
}

type Answered = Result<Value, (u16, String)>;

impl State {
    fn answer(&mut self, call: &Call) -> Answered {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.as_str(), path.as_slice()) {
            ("GET", ["users", "me"]) => Ok(json!({ "object": "user", "name": "Firebell", "type": "bot" })),
            ("GET", ["databases", DATABASE]) => Ok(self.database()),
            ("PATCH", ["databases", DATABASE]) => {
                for (name, kind) in call.body["properties"].as_object().unwrap() {
                    let kind = kind.as_object().unwrap().keys().next().unwrap().clone();
                    self.properties.push((name.clone(), kind));
                }
                Ok(self.database())
            }
            ("POST", ["databases", DATABASE, "query"]) => self.query(call),
            ("POST", ["pages"]) => self.make(call),
            ("GET", ["pages", PARENT]) => Ok(json!({ "object": "page", "id": PARENT, "archived": false })),
            ("GET", ["pages", id]) => self.page(id).map(|at| page_shape(&self.blocks[at])),
            ("PATCH", ["pages", id]) => {
                let at = self.page(id)?;
                for (name, value) in call.body["properties"].as_object().unwrap() {
                    self.blocks[at].properties[name] = property(value)?;
                }
                Ok(page_shape(&self.blocks[at]))
            }
            ("GET", ["blocks", id, "children"]) => self.children(id, call),
            ("PATCH", ["blocks", id, "children"]) => self.append(id, call),
            ("PATCH", ["blocks", id]) => {
                let at = self.living(id)?;
                let kind = self.blocks[at].kind.clone();
                let text = &call.body[&kind]["rich_text"];
                notion_check::rich_text(text, "body").map_err(invalid)?;
                self.blocks[at].body["rich_text"] = read_back(text);
                Ok(self.shape(&self.blocks[at]))
            }
            ("DELETE", ["blocks", id]) => {
                let at = self.living(id)?;
                self.blocks[at].archived = true;
                Ok(self.shape(&self.blocks[at]))
            }
            (_, path) => Err((404, format!("Could not find {path:?}."))),
        }
    }

    fn database(&self) -> Value {
        let properties = self.properties.iter().map(|(name, kind)| (name.clone(), json!({ "type": kind, kind: {} })));
        let properties: serde_json::Map<String, Value> = properties.collect();
        json!({ "object": "database", "id": DATABASE, "archived": false, "properties": properties })
    }

    fn query(&self, call: &Call) -> Answered {
        let name = call.body["filter"]["property"].as_str().unwrap();
        if self.properties.iter().all(|(held, _)| held != name) {
            return Err((400, format!("Could not find property with name or id: {name}")));
        }
        let wanted = &call.body["filter"]["rich_text"]["equals"];
        let in_it = self.blocks.iter().filter(|block| block.parent == DATABASE && !block.archived);
        let found: Vec<Value> = in_it
            .filter(|block| block.properties[name]["rich_text"][0]["plain_text"] == *wanted)
            .map(page_shape)
            .collect();
        Ok(json!({ "object": "list", "results": found, "has_more": false, "next_cursor": null }))
    }

    fn make(&mut self, call: &Call) -> Answered {
        let parent = &call.body["parent"];
        let parent = match (parent["page_id"].as_str(), parent["database_id"].as_str()) {
            (Some(PARENT), _) => PARENT,
            (_, Some(DATABASE)) => DATABASE,
            _ => return Err((404, "Could not find the parent.".to_owned())),
        };
        let mut properties = json!({});
        for (name, value) in call.body["properties"].as_object().unwrap() {
            let is_known = self.properties.iter().any(|(held, _)| held == name);
            if parent == DATABASE && !is_known || parent == PARENT && name != "title" {
                return Err((400, format!("{name} is not a property that exists.")));
            }
            properties[name] = property(value)?;
        }
        let children = call.body.get("children").cloned().unwrap_or_else(|| json!([]));
        notion_check::children(&children, "body.children", 2, &mut 0).map_err(invalid)?;
        let id = self.add(parent, "child_page", json!({}));
        self.blocks.last_mut().unwrap().properties = properties;
        self.add_all(&id, None, &children);
        let at = self.page(&id)?;
        Ok(page_shape(&self.blocks[at]))
    }

    fn append(&mut self, id: &str, call: &Call) -> Answered {
        if id != PARENT {
            self.living(id)?;
        }
        let children = &call.body["children"];
        notion_check::children(children, "body.children", 2, &mut 0).map_err(invalid)?;
        let after = match call.body["after"].as_str() {
            None => None,
            Some(after) => {
                let at = self.living(after)?;
                if self.blocks[at].parent != id {
                    return Err((400, format!("{after} is not a child of {id}.")));
                }
                Some(at)
            }
        };
        let made = self.add_all(id, after, children);
        let shapes: Vec<Value> = made.iter().map(|id| self.shape(&self.blocks[self.living(id).unwrap()])).collect();
        Ok(json!({ "object": "list", "results": shapes, "has_more": false, "next_cursor": null }))
    }

    fn children(&self, id: &str, call: &Call) -> Answered {
        if id != PARENT {
            self.living(id)?;
        }
        let all: Vec<&Block> = self.blocks.iter().filter(|block| block.parent == id && !block.archived).collect();
        let size: usize = call.query("page_size").map_or(100, |size| size.parse().unwrap());
        if size > 100 {
            return Err((400, "page_size should be ≤ `100`".to_owned()));
        }
        let start = call.query("start_cursor").map_or(0, |id| all.iter().position(|block| block.id == id).unwrap());
        let shapes: Vec<Value> = all.iter().skip(start).take(size).map(|block| self.shape(block)).collect();
        let next = all.get(start + size).map(|block| block.id.clone());
        Ok(json!({ "object": "list", "results": shapes, "has_more": next.is_some(), "next_cursor": next }))
    }

    /// Puts a block at the end, and gives its id.
    pub(crate) fn add(&mut self, parent: &str, kind: &str, body: Value) -> String {
        self.made += 1;
        let id = format!("{:08x}-0000-4000-8000-000000000000", self.made);
        let (parent, kind) = (parent.to_owned(), kind.to_owned());
        self.blocks.push(Block { id: id.clone(), parent, kind, body, properties: json!({}), archived: false });
        id
    }

    fn add_all(&mut self, parent: &str, after: Option<usize>, list: &Value) -> Vec<String> {
        let mut made = Vec::new();
        let mut place = after;
        for block in list.as_array().unwrap() {
            let kind = block["type"].as_str().unwrap();
            let mut body = block[kind].clone();
            let inner = body.as_object_mut().and_then(|body| body.remove("children")).unwrap_or_else(|| json!([]));
            if let Some(text) = body.get("rich_text") {
                body["rich_text"] = read_back(text);
            }
            if let Some(cells) = body["cells"].as_array() {
                body["cells"] = cells.iter().map(read_back).collect();
            }
            let id = self.add(parent, kind, body);
            if let Some(place) = &mut place {
                let block = self.blocks.pop().unwrap();
                *place += 1;
                self.blocks.insert(*place, block);
            }
            self.add_all(&id, None, &inner);
            made.push(id);
        }
        made
    }

    fn page(&self, id: &str) -> Result<usize, (u16, String)> {
        let is_it = |block: &Block| same(&block.id, id) && block.kind == "child_page";
        self.blocks.iter().position(is_it).ok_or_else(|| (404, format!("Could not find page with ID: {id}.")))
    }

    fn living(&self, id: &str) -> Result<usize, (u16, String)> {
        let found = self.blocks.iter().position(|block| same(&block.id, id));
        match found {
            Some(at) if self.blocks[at].archived => Err((400, "Can't edit block that is archived.".to_owned())),
            Some(at) => Ok(at),
            None => Err((404, format!("Could not find block with ID: {id}."))),
        }
    }

    fn shape(&self, block: &Block) -> Value {
        let has_children = self.blocks.iter().any(|inner| inner.parent == block.id && !inner.archived);
        let mut body = block.body.clone();
        if block.kind == "child_page" {
            body = json!({ "title": title(block) });
        }
        json!({
            "object": "block", "id": block.id, "type": block.kind, block.kind.as_str(): body,
            "has_children": has_children, "archived": block.archived,
        })
    }

    /// Pages that stand.
    pub(crate) fn pages(&self) -> Vec<&Block> {
        self.blocks.iter().filter(|block| block.kind == "child_page" && !block.archived).collect()
    }

    /// What stands within, line by line, as people see it.
    pub(crate) fn seen(&self, parent: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for block in self.blocks.iter().filter(|block| block.parent == parent && !block.archived) {
            let cells = block.body["cells"].as_array().into_iter().flatten().map(words);
            let text = words(&block.body["rich_text"]) + &cells.collect::<Vec<_>>().join(" | ");
            lines.push(format!("{} {text}", block.kind));
            lines.extend(self.seen(&block.id).into_iter().map(|line| format!("  {line}")));
        }
        lines
    }
}

pub(crate) fn title(page: &Block) -> String {
    let mut properties = page.properties.as_object().unwrap().values();
    properties.find(|value| value["type"] == "title").map(|value| words(&value["title"])).unwrap_or_default()
}

fn words(text: &Value) -> String {
    text.as_array().into_iter().flatten().filter_map(|piece| piece["plain_text"].as_str()).collect()
}

fn same(one: &str, other: &str) -> bool {
    one.replace('-', "") == other.replace('-', "")
}

fn property(value: &Value) -> Result<Value, (u16, String)> {
    let kind = value.as_object().unwrap().keys().next().unwrap().clone();
    notion_check::rich_text(&value[&kind], &format!("body.properties.{kind}")).map_err(invalid)?;
    Ok(json!({ "type": kind, kind.as_str(): read_back(&value[&kind]) }))
}

/// Text as it is told: what looks alike is one piece.
fn read_back(text: &Value) -> Value {
    let mut pieces: Vec<Value> = Vec::new();
    for piece in text.as_array().unwrap() {
        let (content, link) = (piece["text"]["content"].as_str().unwrap(), &piece["text"]["link"]["url"]);
        match pieces.last_mut() {
            Some(last) if last["annotations"] == piece["annotations"] && last["href"] == *link => {
                let whole = last["plain_text"].as_str().unwrap().to_owned() + content;
                last["plain_text"] = json!(whole);
            }
            _ => pieces.push(json!({
                "type": "text", "text": piece["text"], "annotations": piece["annotations"],
                "plain_text": content, "href": link,
            })),
        }
    }
    json!(pieces)
}

fn page_shape(block: &Block) -> Value {
    json!({
        "object": "page", "id": block.id, "archived": block.archived, "in_trash": block.archived,
        "url": format!("https://www.notion.so/{}", block.id.replace('-', "")), "properties": block.properties,
    })
}

fn invalid(why: String) -> (u16, String) {
    (400, why)
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "object": "error", "status": status, "code": code, "message": message }))
}
