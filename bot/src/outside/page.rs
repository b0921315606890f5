//! A document as a page of somebody else's wiki, written in place.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::document::Document;
use crate::picture::Drawing;
use crate::text::hex;

/// What is to stand on a page.
#[derive(Clone, Copy)]
pub(crate) struct PageDraft<'a> {
    /// The same for the same page in every attempt and every export: by it the page is found again.
    pub(crate) key: &'a str,
    /// What the page is called. Where another page has the name, `tag` is put behind it.
    pub(crate) title: &'a str,
    /// What tells the page from others of its title, such as `INC-42`.
    pub(crate) tag: &'a str,
    pub(crate) document: &'a Document,
    /// Draws a picture as SVG, for services that take pictures.
    pub(crate) svg: fn(&Drawing) -> String,
}

/// A page that was written. It is stored, and handed in with the next export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageRef {
    /// The service's id of it.
    pub(crate) id: String,
    /// Where people read it.
    pub(crate) url: String,
    /// The number of the version that was written; 0 where the service counts none.
    pub(crate) version: u64,
    /// The version of somebody else's that this one took the place of. It stands in the page's history.
    #[serde(skip)]
    pub(crate) replaced: Option<u64>,
}

impl PageDraft<'_> {
    /// The title that sets the page apart.
    pub(crate) fn title_with_tag(&self) -> String {
        format!("{} ({})", self.title, self.tag)
    }

    /// The mark of the key, which may stand in the page.
    pub(crate) fn mark(&self) -> String {
        format!("firebell-{}", digest(&[self.key], 8))
    }
}

/// The first `bytes` of the SHA-256 of texts, in hexadecimal; where one ends and the next begins counts.
pub(crate) fn digest(texts: &[&str], bytes: usize) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    }
    let digest: Vec<u8> = hash.finalize().into_iter().take(bytes).collect();
    hex(&digest)
}
