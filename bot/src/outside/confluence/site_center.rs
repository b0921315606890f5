//! What Data Center has a form of its own for.

use serde_json::{Value, json};

use super::site::{PROPERTY, Page, Site};
use super::storage::stub;
use crate::outside::call::{Answer, CallError};
use crate::outside::page::PageDraft;

/// How many pages are listed at once, and how often.
const PAGE: usize = 100;
const PAGES: usize = 20;

/// The page with our key among those below the parent, or of the space.
pub(super) async fn with_key(site: &Site, key: &str) -> Result<Vec<Page>, CallError> {
    let expand = format!("version,metadata.properties.{PROPERTY}");
    let limit = PAGE.to_string();
    for page in 0..PAGES {
        let start = (page * PAGE).to_string();
        let mut query = vec![("expand", expand.as_str()), ("limit", limit.as_str()), ("start", start.as_str())];
        let found = match &site.parent {
            Some(parent) => site.caller.get(&["rest", "api", "content", parent, "child", "page"], &query).await?,
            None => {
                query.extend([("spaceKey", site.space.as_str()), ("type", "page")]);
                site.caller.get(&["rest", "api", "content"], &query).await?
            }
        };
        let pages = found.body["results"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_of = |page: &&Value| page["metadata"]["properties"][PROPERTY]["value"]["key"] == key;
        if let Some(page) = pages.iter().find(is_of) {
            return Ok(vec![site.page(page)?]);
        }
        if found.body["_links"]["next"].is_null() {
            break;
        }
    }
    Ok(Vec::new())
}

/// The property comes about with the page.
pub(super) async fn make(site: &Site, title: &str, draft: &PageDraft<'_>) -> Result<Answer, CallError> {
    let mut page = json!({
        "type": "page",
        "title": title,
        "space": { "key": site.space },
        "body": { "storage": { "representation": "storage", "value": stub(&draft.mark()) } },
        "metadata": { "properties": { PROPERTY: { "value": { "key": draft.key } } } },
    });
    if let Some(parent) = &site.parent {
        page["ancestors"] = json!([{ "id": parent }]);
    }
    site.caller.post(&["rest", "api", "content"], &page).await
}

pub(super) async fn write(
    site: &Site,
    page: &Page,
    (title, body): (&str, &str),
    version: Value,
) -> Result<Answer, CallError> {
    let next = json!({
        "id": page.id,
        "type": "page",
        "title": title,
        "body": { "storage": { "representation": "storage", "value": body } },
        "version": version,
    });
    site.caller.put(&["rest", "api", "content", &page.id], &next).await
}
