//! What the Cloud has a form of its own for.

use serde_json::{Value, json};

use super::site::{Page, Site};
use super::storage::stub;
use crate::outside::call::{Answer, CallError};
use crate::outside::page::PageDraft;

/// How many of the newest pages are listed, and how many of them are looked at.
const NEWEST: &str = "25";
const LOOKED_AT: usize = 10;

/// The newest pages below the parent that were never changed: what an attempt leaves whose first answer was lost.
pub(super) async fn newest(site: &Site, space: &str) -> Result<Vec<Page>, CallError> {
    let query = [("sort", "-created-date"), ("status", "current"), ("limit", NEWEST)];
    let found = site.caller.get(&["api", "v2", "spaces", space, "pages"], &query).await?.body;
    let is_below = |page: &&Value| site.parent.as_deref().is_none_or(|parent| page["parentId"] == parent);
    let pages = found["results"].as_array().into_iter().flatten().filter(is_below);
    pages.filter(|page| page["version"]["number"] == 1).take(LOOKED_AT).map(|page| site.page(page)).collect()
}

pub(super) async fn make(site: &Site, space: &str, title: &str, draft: &PageDraft<'_>) -> Result<Answer, CallError> {
    let mut page = json!({
        "spaceId": space,
        "status": "current",
        "title": title,
        "body": { "representation": "storage", "value": stub(&draft.mark()) },
    });
    if let Some(parent) = &site.parent {
        page["parentId"] = json!(parent);
    }
    site.caller.post(&["api", "v2", "pages"], &page).await
}

pub(super) async fn write(
    site: &Site,
    page: &Page,
    (title, body): (&str, &str),
    version: Value,
) -> Result<Answer, CallError> {
    let next = json!({
        "id": page.id,
        "status": "current",
        "title": title,
        "body": { "representation": "storage", "value": body },
        "version": version,
    });
    site.caller.put(&["api", "v2", "pages", &page.id], &next).await
}
