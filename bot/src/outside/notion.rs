//! Pages in Notion, through version 2022-06-28 of its API.
//!
//! A page begins with a line that says whose it is, with a mark of its key, which comes about with the page in one call. By it
//! the page is found below a parent page; below a database it is found by a property. To write it anew, what stands there
//! is read and compared, and only what differs is put in and taken away: so whatever an attempt leaves behind, the next one
//! brings to the same end.

mod build;
mod diff;
mod node;
mod split;
mod wire;

use reqwest::Url;
use serde_json::{Value, json};

use self::node::{Kind, Node, Run, Style, rich_text};
use self::wire::{Held, Pace, Wire};
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::call::{Account, Auth, CallError, Caller, SetupError};
use crate::outside::finding::failed;
use crate::outside::page::{PageDraft, PageRef, digest};
use crate::platform::finding::Finding;

const NAME: &str = "Notion";
const VERSION: &str = "2022-06-28";
/// The property of a database in which our key stands.
const PROPERTY: &str = "Firebell key";
const BANNER: &str = "Written by Firebell. What is changed here is replaced when the document changes there. ";
/// The longest title.
const TITLE: usize = 2_000;
/// How many of the newest pages below a parent are looked at.
const LOOKED_AT: usize = 8;

/// Where pages go.
#[derive(Debug, Clone)]
pub(crate) struct NotionConfig {
    /// `https://api.notion.com/v1`.
    pub(crate) base: Url,
    pub(crate) token: Secret,
    pub(crate) parent: Parent,
}

/// What pages stand in, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Parent {
    Page(String),
    Database(String),
}

/// One parent of one workspace.
pub(crate) struct Notion {
    caller: Caller,
    parent: Parent,
    pace: Pace,
}

/// A page as it stands, without its blocks.
struct Page {
    id: String,
    url: String,
    title: String,
    /// The name of the property that is its title.
    title_property: String,
}

impl Notion {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub(crate) fn new(config: NotionConfig, clock: Clock) -> Result<Self, SetupError> {
        let (Parent::Page(id) | Parent::Database(id)) = &config.parent;
        let digits = id.bytes().filter(|byte| *byte != b'-');
        if digits.clone().count() != 32 || !digits.clone().all(|byte| byte.is_ascii_hexdigit()) {
            let why = "the parent is no id; it is the 32 letters and digits at the end of its URL";
            return Err(SetupError::new(NAME, why));
        }
        let account =
            Account::new(NAME, config.base, Auth::Bearer(config.token)).with_header("notion-version", VERSION);
        Ok(Self { caller: Caller::new(account, clock)?, parent: config.parent, pace: Pace::new() })
    }

    /// The same with another pace, for a server that has no limits.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn at_pace(self, every: std::time::Duration) -> Self {
        Self { pace: Pace::every(every), ..self }
    }

    /// Writes a page in place: makes it where there is none, changes nothing where it says the same already.
    ///
    /// # Errors
    /// [`CallError`]. After any of them another attempt goes on where this one ended; a long page needs several, each of
    /// which but the last ends with [`CallError::Limited`].
    pub(crate) async fn publish(&self, draft: &PageDraft<'_>, known: Option<&PageRef>) -> Result<PageRef, CallError> {
        let wire = Wire::new(&self.caller, &self.pace);
        let wanted = build::nodes(draft.document);
        let digest = digest(&[&format!("{wanted:?}")], 8);
        let page = match self.find(&wire, draft, known).await? {
            Some(page) => page,
            None => self.make(&wire, draft).await?,
        };
        let title = title(draft);
        if page.title != title {
            let properties = json!({ &page.title_property: { "title": rich_text(&[Run::plain(title)]) } });
            wire.patch(&["pages", &page.id], &json!({ "properties": properties })).await?;
        }
        let first = wire.first(&page.id, "1").await?;
        let whole = banner(draft, Some(&digest));
        if first.first().is_some_and(|block| Node::read(block) == whole) {
            return Ok(page.reference());
        }
        let blocks = wire.all(&page.id).await?;
        let held = wire.with_inner(&blocks).await?;
        let first = bring(&wire, &page.id, draft, held, &wanted).await?;
        wire.rewrite(&first, &whole).await?;
        self.pace.forget().await;
        Ok(page.reference())
    }

    /// Looks at the token and the parent, and makes nothing.
    pub(crate) async fn examine(&self) -> Vec<Finding> {
        let wire = Wire::new(&self.caller, &self.pace);
        let name = match wire.get(&["users", "me"], &[]).await {
            Ok(user) => user["name"].as_str().unwrap_or("an integration").to_owned(),
            Err(error) => {
                return vec![failed(format!("{NAME} token"), &error, "copy it from the integration's settings")];
            }
        };
        let mut findings = vec![Finding::ok(format!("{NAME} token"), format!("it is that of {name}"))];
        let (kind, id) = match &self.parent {
            Parent::Page(id) => ("pages", id),
            Parent::Database(id) => ("databases", id),
        };
        let about = format!("{NAME} parent");
        let remedy = "check its id, and add the integration to it under Connections";
        findings.push(match wire.get(&[kind, id], &[]).await {
            Ok(parent) if parent["archived"] == true || parent["in_trash"] == true => {
                Finding::problem(about, "it is in the trash; restore it or choose another one")
            }
            Ok(_) => Finding::ok(about, "it is there"),
            Err(error) => failed(about, &error, remedy),
        });
        findings
    }

    /// The page of a draft, unless there is none or it was thrown away.
    async fn find(
        &self,
        wire: &Wire<'_>,
        draft: &PageDraft<'_>,
        known: Option<&PageRef>,
    ) -> Result<Option<Page>, CallError> {
        if let Some(known) = known {
            match wire.get(&["pages", &known.id], &[]).await {
                Ok(found) => {
                    if let Some(page) = Page::read(&found) {
                        return Ok(Some(page));
                    }
                }
                Err(error) if error.is_missing() => {}
                Err(error) => return Err(error),
            }
        }
        match &self.parent {
            Parent::Database(id) => {
                self.title_property(wire, id).await?;
                let filter = json!({ "property": PROPERTY, "rich_text": { "equals": draft.key } });
                let found =
                    wire.post(&["databases", id, "query"], &json!({ "filter": filter, "page_size": 1 })).await?;
                Ok(Page::read(&found["results"][0]))
            }
            Parent::Page(id) => self.find_below(wire, id, draft).await,
        }
    }

    /// The page below a parent that begins with the draft's mark. To list what is below shows at once what was made, other
    /// than a search.
    async fn find_below(
        &self,
        wire: &Wire<'_>,
        parent: &str,
        draft: &PageDraft<'_>,
    ) -> Result<Option<Page>, CallError> {
        let blocks = wire.all(parent).await?;
        let pages = blocks.iter().rev().filter(|block| block["type"] == "child_page");
        let (titled, others): (Vec<&Value>, Vec<&Value>) =
            pages.partition(|page| page["child_page"]["title"] == title(draft));
        for page in titled.into_iter().take(LOOKED_AT).chain(others.into_iter().take(LOOKED_AT)) {
            let Some(id) = page["id"].as_str() else { continue };
            let first = wire.first(id, "1").await?;
            if first.first().is_some_and(|block| is_banner(&Node::read(block), draft)) {
                let found = wire.get(&["pages", id], &[]).await?;
                return Ok(Page::read(&found));
            }
        }
        Ok(None)
    }

    async fn make(&self, wire: &Wire<'_>, draft: &PageDraft<'_>) -> Result<Page, CallError> {
        let title = rich_text(&[Run::plain(title(draft))]);
        let (parent, properties) = match &self.parent {
            Parent::Page(id) => (json!({ "page_id": id }), json!({ "title": { "title": title } })),
            Parent::Database(id) => {
                let name = self.title_property(wire, id).await?;
                let key = rich_text(&[Run::plain(draft.key)]);
                (json!({ "database_id": id }), json!({ name: { "title": title }, PROPERTY: { "rich_text": key } }))
            }
        };
        let children = [banner(draft, None).json()];
        let body = json!({ "parent": parent, "properties": properties, "children": children });
        let made = wire.post(&["pages"], &body).await?;
        Page::read(&made).ok_or_else(|| CallError::Unknown(format!("{NAME}: its answer does not say what it made")))
    }

    /// The name of the database's title; the property of our key is made where there is none.
    async fn title_property(&self, wire: &Wire<'_>, database: &str) -> Result<String, CallError> {
        let found = wire.get(&["databases", database], &[]).await?;
        match found["properties"][PROPERTY]["type"].as_str() {
            Some("rich_text") => {}
            Some(_) => {
                let reason = format!("{NAME}: the database's property {PROPERTY:?} is no text; rename it");
                return Err(CallError::Refused { status: 409, reason });
            }
            None => {
                let properties = json!({ PROPERTY: { "rich_text": {} } });
                wire.patch(&["databases", database], &json!({ "properties": properties })).await?;
            }
        }
        Ok(title_of(&found).0)
    }
}

/// Brings the blocks of a page to what is wanted, and gives its first. New ones come before old ones go, so that nobody finds
/// a gap.
async fn bring(
    wire: &Wire<'_>,
    page: &str,
    draft: &PageDraft<'_>,
    held: Vec<Held>,
    wanted: &[Node],
) -> Result<String, CallError> {
    let mut held: Vec<Held> = held.into_iter().filter(|held| diff::may_go(&held.node)).collect();
    let open = banner(draft, None);
    let place = held.iter().position(|held| is_banner(&held.node, draft));
    // Nothing can be put before what stands first, so a page that lost its first line gets all of it below, and what stood
    // there goes.
    let gone: Vec<Held> = held.drain(..place.unwrap_or(held.len())).collect();
    let first = if held.is_empty() {
        wire.append(page, None, std::slice::from_ref(&open)).await?
    } else {
        let first = held.remove(0);
        if first.node != open {
            wire.rewrite(&first.id, &open).await?;
        }
        first.id
    };
    let old: Vec<Node> = held.iter().map(|held| held.node.clone()).collect();
    for change in diff::changes(&old, wanted) {
        let after = change.at.checked_sub(1).map_or(first.as_str(), |at| held[at].id.as_str());
        wire.append(page, Some(after), &wanted[change.new]).await?;
        for gone in &held[change.at..change.at + change.gone] {
            wire.delete(&gone.id).await?;
        }
    }
    for gone in gone {
        wire.delete(&gone.id).await?;
    }
    Ok(first)
}

impl Page {
    /// Nothing where it was thrown away.
    fn read(page: &Value) -> Option<Self> {
        if page["archived"] == true || page["in_trash"] == true {
            return None;
        }
        let (title_property, title) = title_of(page);
        let text = |name: &str| page[name].as_str().map(str::to_owned);
        Some(Self { id: text("id")?, url: text("url")?, title, title_property })
    }

    fn reference(&self) -> PageRef {
        PageRef { id: self.id.clone(), url: self.url.clone(), version: 0, replaced: None }
    }
}

/// The name and the words of the property that is a title.
fn title_of(object: &Value) -> (String, String) {
    let properties = object["properties"].as_object().into_iter().flatten();
    let Some((name, property)) = properties.into_iter().find(|(_, property)| property["type"] == "title") else {
        return ("title".to_owned(), String::new());
    };
    let pieces = property["title"].as_array().into_iter().flatten();
    (name.clone(), pieces.filter_map(|piece| piece["plain_text"].as_str()).collect())
}

fn title(draft: &PageDraft<'_>) -> String {
    draft.title.chars().take(TITLE / 2).collect()
}

/// The first line of a page; with the digest of what stands below it once that is whole.
fn banner(draft: &PageDraft<'_>, digest: Option<&str>) -> Node {
    let mark = match digest {
        Some(digest) => format!("{} {digest}", draft.mark()),
        None => draft.mark(),
    };
    let mark = Run { style: Style { code: true, ..Style::default() }, ..Run::plain(mark) };
    Node::new(Kind::Paragraph, vec![Run::plain(BANNER), mark])
}

fn is_banner(node: &Node, draft: &PageDraft<'_>) -> bool {
    let mark = draft.mark();
    node.kind == Kind::Paragraph && node.text.iter().any(|run| run.text.split(' ').any(|word| word == mark))
}

#[cfg(test)]
mod tests;
