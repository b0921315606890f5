//! A fake of Confluence with one space, as the Cloud or as one's own server.
//!
//! Sources: <https://developer.atlassian.com/cloud/confluence/rest/v2/> and
//! <https://docs.atlassian.com/ConfluenceServer/rest/8.5.0/>.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine as _;
use serde_json::{Value, json};

use super::confluence_xml;
use super::wire::{Call, Reply, Service, Wire};

pub(crate) const SPACE: &str = "OPS";
const SPACE_ID: &str = "98304";
pub(crate) const USER: &str = "firebell@example.org";
pub(crate) const TOKEN: &str = "ATATT3xFfGF0fake";
/// The page below which ours stand.
pub(crate) const PARENT: &str = "1000";

#[derive(Clone)]
pub(crate) struct ConfluenceFake {
    pub(crate) wire: Wire,
    site: Arc<Site>,
}

struct Site(Mutex<State>);

/// What is there.
pub(crate) struct State {
    is_cloud: bool,
    pub(crate) pages: Vec<Page>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) parent: Option<String>,
    pub(crate) body: String,
    pub(crate) version: u64,
    pub(crate) message: String,
    pub(crate) is_trashed: bool,
    /// Whether somebody keeps it from us; its title is taken all the same.
    pub(crate) is_hidden: bool,
    /// Values with their versions.
    pub(crate) properties: BTreeMap<String, (Value, u64)>,
    /// Files by name.
    pub(crate) files: BTreeMap<String, String>,
}

impl ConfluenceFake {
    pub(crate) async fn start(is_cloud: bool) -> Self {
        let mut state = State { is_cloud, pages: Vec::new() };
        state.add("Postmortems", None);
        let site = Arc::new(Site(Mutex::new(state)));
        let path = if is_cloud { "/wiki" } else { "/confluence" };
        Self { wire: Wire::serve(path, site.clone()).await, site }
    }

    /// What is there, to look at and to change as people would.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.site.0.lock().unwrap()
    }
}

impl Service for Site {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.0.lock().unwrap();
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{TOKEN}"));
        let wanted = if state.is_cloud { format!("Basic {basic}") } else { format!("Bearer {TOKEN}") };
        if call.headers.get("authorization") != Some(&wanted) {
            return state.failed(401, "Unauthorized");
        }
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            ["api", "v2", path @ ..] if state.is_cloud => state.second(call, path),
            ["rest", "api", path @ ..] => state.first(call, path),
            _ => state.failed(404, "Not Found"),
        }
    }
}

impl State {
    /// A page as a person makes it.
    pub(crate) fn add(&mut self, title: &str, parent: Option<&str>) -> usize {
        self.pages.push(Page {
            id: (1_000 + self.pages.len()).to_string(),
            title: title.to_owned(),
            parent: parent.map(str::to_owned),
            body: "<p>By hand.</p>".to_owned(),
            version: 1,
            message: String::new(),
            is_trashed: false,
            is_hidden: false,
            properties: BTreeMap::new(),
            files: BTreeMap::new(),
        });
        self.pages.len() - 1
    }

    /// Changes a page as a person does.
    pub(crate) fn edit(&mut self, at: usize, body: &str) {
        let page = &mut self.pages[at];
        (page.body, page.version, page.message) = (body.to_owned(), page.version + 1, "by hand".to_owned());
    }

    /// Version 2.
    fn second(&mut self, call: &Call, path: &[&str]) -> Reply {
        match (call.method.as_str(), path) {
            ("GET", ["spaces"]) => {
                let found = json!([{ "id": SPACE_ID, "key": SPACE }]);
                let is_known = call.query("keys") == Some(SPACE);
                Reply::json(200, json!({ "results": if is_known { found } else { json!([]) }, "_links": {} }))
            }
            ("GET", ["spaces", SPACE_ID, "pages"]) => {
                let is_titled = |page: &&Page| call.query("title").is_none_or(|title| title == page.title);
                let mut pages: Vec<&Page> = self.visible().filter(is_titled).collect();
                if call.query("sort") == Some("-created-date") {
                    pages.reverse();
                }
                let limit = call.query("limit").map_or(25, |limit| limit.parse().unwrap());
                let shapes: Vec<Value> = pages.iter().take(limit).map(|page| self.shape(page, call)).collect();
                Reply::json(200, json!({ "results": shapes, "_links": { "base": call.base } }))
            }
            ("POST", ["pages"]) => {
                let (title, body) = (call.text("title").unwrap(), call.body["body"]["value"].as_str().unwrap());
                if call.body["spaceId"] != SPACE_ID || call.body["body"]["representation"] != "storage" {
                    return self.failed(400, "Provided value for 'spaceId' or 'representation' is not valid");
                }
                self.make(&title, body, call.body["parentId"].as_str(), BTreeMap::new(), call)
            }
            (method, ["pages", id, rest @ ..]) => match self.at(id) {
                None => self.failed(404, "Not Found"),
                Some(at) => self.of_page_second(method, at, rest, call),
            },
            _ => self.failed(404, "Not Found"),
        }
    }

    fn of_page_second(&mut self, method: &str, at: usize, path: &[&str], call: &Call) -> Reply {
        match (method, path) {
            ("GET", []) => Reply::json(200, self.shape(&self.pages[at], call)),
            ("PUT", []) => {
                let body = call.body["body"]["value"].as_str().unwrap().to_owned();
                self.change(at, &body, call)
            }
            ("GET", ["attachments"]) => self.attachments(at, call),
            ("GET", ["properties"]) => {
                let key = call.query("key").unwrap();
                let found = self.pages[at].properties.get(key).map(|held| property(key, held));
                Reply::json(200, json!({ "results": found.into_iter().collect::<Vec<_>>() }))
            }
            ("POST", ["properties"]) => self.make_property(at, call),
            ("PUT", ["properties", _]) => self.change_property(at, call),
            _ => self.failed(405, "Method Not Allowed"),
        }
    }

    /// Version 1, of which the Cloud has kept a part.
    fn first(&mut self, call: &Call, path: &[&str]) -> Reply {
        match (call.method.as_str(), path) {
            ("GET", ["user", "current"]) => Reply::json(200, json!({ "type": "known", "displayName": "Firebell" })),
            ("POST", ["content", id, "child", "attachment"]) => match self.at(id) {
                Some(at) => self.attach(at, call),
                None => self.failed(404, "Not Found"),
            },
            _ if self.is_cloud => self.failed(410, "Gone"),
            ("GET", ["space", SPACE]) => Reply::json(200, json!({ "key": SPACE, "id": 1 })),
            ("GET", ["content"]) => {
                let is_titled = |page: &&Page| call.query("title").is_none_or(|title| title == page.title);
                let pages: Vec<&Page> = self.visible().filter(is_titled).collect();
                self.listed(&pages, call)
            }
            ("POST", ["content"]) => {
                let (title, body) = (call.text("title").unwrap(), &call.body["body"]["storage"]["value"]);
                let properties = call.body["metadata"]["properties"].as_object().into_iter().flatten();
                let properties = properties.map(|(key, held)| (key.clone(), (held["value"].clone(), 1))).collect();
                let parent = call.body["ancestors"][0]["id"].as_str();
                self.make(&title, body.as_str().unwrap(), parent, properties, call)
            }
            (method, ["content", id, rest @ ..]) => match self.at(id) {
                None => self.failed(404, "No content found with id"),
                Some(at) => self.of_page_first(method, at, rest, call),
            },
            _ => self.failed(404, "Not Found"),
        }
    }

    fn of_page_first(&mut self, method: &str, at: usize, path: &[&str], call: &Call) -> Reply {
        match (method, path) {
            ("GET", []) => Reply::json(200, self.shape(&self.pages[at], call)),
            ("PUT", []) => {
                let body = call.body["body"]["storage"]["value"].as_str().unwrap().to_owned();
                self.change(at, &body, call)
            }
            ("GET", ["child", "page"]) => {
                let id = Some(self.pages[at].id.clone());
                let pages: Vec<&Page> = self.visible().filter(|page| page.parent == id).collect();
                self.listed(&pages, call)
            }
            ("GET", ["child", "attachment"]) => self.attachments(at, call),
            ("GET", ["property", key]) => match self.pages[at].properties.get(*key) {
                Some(held) => Reply::json(200, property(key, held)),
                None => self.failed(404, "No property found"),
            },
            ("POST", ["property"]) => self.make_property(at, call),
            ("PUT", ["property", _]) => self.change_property(at, call),
            _ => self.failed(405, "Method Not Allowed"),
        }
    }

    fn listed(&self, pages: &[&Page], call: &Call) -> Reply {
        let number = |name: &str, other: usize| call.query(name).map_or(other, |it| it.parse().unwrap());
        let (start, limit) = (number("start", 0), number("limit", 25).min(100));
        let shapes: Vec<Value> = pages.iter().skip(start).take(limit).map(|page| self.shape(page, call)).collect();
        let next = (start + limit < pages.len()).then(|| format!("?start={}", start + limit));
        Reply::json(200, json!({ "results": shapes, "_links": { "next": next } }))
    }

    fn visible(&self) -> impl DoubleEndedIterator<Item = &Page> {
        self.pages.iter().filter(|page| !page.is_trashed && !page.is_hidden)
    }

    fn at(&self, id: &str) -> Option<usize> {
        self.pages.iter().position(|page| page.id == id && !page.is_hidden)
    }

    fn is_taken(&self, title: &str, but: &str) -> bool {
        self.pages.iter().any(|page| !page.is_trashed && page.id != but && page.title.eq_ignore_ascii_case(title))
    }

    fn make(
        &mut self,
        title: &str,
        body: &str,
        parent: Option<&str>,
        properties: BTreeMap<String, (Value, u64)>,
        call: &Call,
    ) -> Reply {
        if let Err(why) = confluence_xml::read(body) {
            return self.failed(400, &why);
        }
        if self.is_taken(title, "") {
            return self.title_taken();
        }
        let at = self.add(title, parent);
        self.pages[at].properties = properties;
        body.clone_into(&mut self.pages[at].body);
        Reply::json(200, self.shape(&self.pages[at], call))
    }

    fn change(&mut self, at: usize, body: &str, call: &Call) -> Reply {
        let (title, number) = (call.text("title").unwrap(), call.body["version"]["number"].as_u64().unwrap());
        if call.body["id"] != self.pages[at].id {
            return self.failed(400, "the id in the body is another one");
        }
        if self.pages[at].is_trashed {
            return self.failed(404, "Not Found");
        }
        let current = self.pages[at].version;
        if number != current + 1 {
            let why = format!("Version must be incremented on update. Current version is: {current}");
            return self.failed(409, &why);
        }
        if let Err(why) = confluence_xml::read(body) {
            return self.failed(400, &why);
        }
        if self.is_taken(&title, &self.pages[at].id) {
            return self.title_taken();
        }
        let page = &mut self.pages[at];
        call.body["version"]["message"].as_str().unwrap_or_default().clone_into(&mut page.message);
        (page.title, page.body, page.version) = (title, body.to_owned(), number);
        Reply::json(200, self.shape(&self.pages[at], call))
    }

    fn title_taken(&self) -> Reply {
        self.failed(
            400,
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        )
    }

    fn make_property(&mut self, at: usize, call: &Call) -> Reply {
        let key = call.text("key").unwrap();
        if self.pages[at].properties.contains_key(&key) {
            return self.failed(409, "a property with the key exists");
        }
        let held = (call.body["value"].clone(), 1);
        let shape = property(&key, &held);
        self.pages[at].properties.insert(key, held);
        Reply::json(200, shape)
    }

    fn change_property(&mut self, at: usize, call: &Call) -> Reply {
        let key = call.text("key").unwrap();
        let held = self.pages[at].properties.get_mut(&key).unwrap();
        if call.body["version"]["number"].as_u64() != Some(held.1 + 1) {
            return self.failed(409, "the property has another version");
        }
        *held = (call.body["value"].clone(), held.1 + 1);
        let shape = property(&key, held);
        Reply::json(200, shape)
    }

    fn attachments(&self, at: usize, call: &Call) -> Reply {
        let names = self.pages[at].files.keys().filter(|name| call.query("filename").is_none_or(|it| it == *name));
        let found: Vec<Value> = names.map(|name| json!({ "id": "att1", "title": name })).collect();
        Reply::json(200, json!({ "results": found }))
    }

    fn attach(&mut self, at: usize, call: &Call) -> Reply {
        if call.headers.get("x-atlassian-token").is_none_or(|token| token != "nocheck") {
            return self.failed(403, "XSRF check failed");
        }
        let kind = call.headers["content-type"].clone();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let form = call.body.as_str().unwrap();
        let file = form.split(&format!("--{boundary}")).find(|part| part.contains("name=\"file\"")).unwrap();
        let (head, content) = file.split_once("\r\n\r\n").unwrap();
        let name = head.split_once("filename=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        if self.pages[at].files.contains_key(&name) {
            return self.failed(400, "Cannot add a new attachment with same file name as an existing attachment");
        }
        self.pages[at].files.insert(name, content.trim_end_matches("\r\n").to_owned());
        Reply::json(200, json!({ "results": [{ "id": "att1" }] }))
    }

    fn shape(&self, page: &Page, call: &Call) -> Value {
        let expand = call.query("expand").unwrap_or_default();
        let webui = format!("/spaces/{SPACE}/pages/{}", page.id);
        let mut shape = json!({
            "id": page.id, "title": page.title, "status": if page.is_trashed { "trashed" } else { "current" },
            "_links": { "webui": webui, "base": call.base },
        });
        let is_read = call.method == "GET";
        if self.is_cloud || !is_read || expand.contains("version") {
            shape["version"] = json!({ "number": page.version, "message": page.message });
        }
        if self.is_cloud {
            shape["parentId"] = json!(page.parent);
            shape["spaceId"] = json!(SPACE_ID);
        }
        if expand.contains("body.storage") || call.query("body-format") == Some("storage") {
            shape["body"] = json!({ "storage": { "representation": "storage", "value": page.body } });
        }
        if expand.contains("metadata.properties") {
            let held = page.properties.iter().map(|(key, held)| (key.clone(), property(key, held)));
            shape["metadata"]["properties"] = Value::Object(held.collect());
        }
        shape
    }

    /// The editions have their own words for what went wrong.
    fn failed(&self, status: u16, why: &str) -> Reply {
        if self.is_cloud {
            let error = json!({ "status": status, "code": "ERROR", "title": why, "detail": null });
            return Reply::json(status, json!({ "errors": [error] }));
        }
        Reply::json(status, json!({ "statusCode": status, "message": why, "data": { "errors": [] } }))
    }
}

fn property(key: &str, (value, version): &(Value, u64)) -> Value {
    json!({ "id": format!("property-{key}"), "key": key, "value": value, "version": { "number": version } })
}
