//! Pages in Confluence: Cloud through version 2 of its API, Data Center through version 1.
//!
//! A page is made empty but for a mark that nobody sees, then gets a property with our key, then its pictures and its text.
//! So wherever an attempt ends, the next one finds the page: by the reference that was kept, by its title, or among the
//! newest of its space, and never makes a second one.

mod site;
mod site_center;
mod site_cloud;
pub(crate) mod storage;
mod upload;

use reqwest::Url;
use serde_json::json;

use self::site::{Page, Site, Written};
use self::storage::Body;
pub(crate) use self::storage::Pictures;
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::atlassian::Edition;
use crate::outside::call::{CallError, Caller, SetupError};
use crate::outside::finding::failed;
use crate::outside::page::{PageDraft, PageRef, digest};
use crate::platform::finding::Finding;

const NAME: &str = "Confluence";
/// How often a page is read again because somebody was faster.
const TRIES: usize = 4;

/// Where pages go.
#[derive(Debug, Clone)]
pub(crate) struct ConfluenceConfig {
    /// The site with its path: `https://example.atlassian.net/wiki`, or one's own server.
    pub(crate) base: Url,
    pub(crate) edition: Edition,
    pub(crate) token: Secret,
    /// The key of the space.
    pub(crate) space: String,
    /// The id of the page below which ours stand; without it they stand at the top of the space.
    pub(crate) parent: Option<String>,
    pub(crate) pictures: Pictures,
}

/// One space of one site.
pub(crate) struct Confluence {
    site: Site,
    pictures: Pictures,
}

impl Confluence {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub(crate) fn new(config: ConfluenceConfig, clock: Clock) -> Result<Self, SetupError> {
        if config.space.is_empty() || config.space.contains(['"', '/', ' ']) {
            return Err(SetupError::new(NAME, "the space is no key of one; copy it from the settings of the space"));
        }
        if config.parent.as_deref().is_some_and(|id| id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(SetupError::new(NAME, "the parent is no id of a page; it is the number in the page's URL"));
        }
        let account = config.edition.account(NAME, config.base, config.token);
        let caller = Caller::new(account, clock)?;
        let site = Site { caller, edition: config.edition, space: config.space, parent: config.parent };
        Ok(Self { site, pictures: config.pictures })
    }

    /// Writes a page in place: makes it where there is none, changes nothing where it says the same already.
    ///
    /// # Errors
    /// [`CallError`]. After any of them another attempt goes on where this one ended.
    pub(crate) async fn publish(&self, draft: &PageDraft<'_>, known: Option<&PageRef>) -> Result<PageRef, CallError> {
        let body = storage::write(draft.document, &draft.mark(), self.pictures, draft.svg);
        let digest = digest(&[&body.storage], 12);
        let mut page = self.find(draft, known).await?;
        let mut property = self.site.property(&page.id).await?;
        if property.key.as_deref() != Some(draft.key) {
            self.site.set_property(&page.id, &mut property, json!({ "key": draft.key })).await?;
        }
        let is_same = if page.is_ours() {
            page.message == message(&digest)
        } else {
            // Whoever changed it since keeps their text until ours says something else.
            property.digest.as_deref() == Some(&digest)
        };
        if is_same && is_titled(&page, draft) {
            self.note(&page, &digest, &mut property, draft).await?;
            return Ok(page.reference(None));
        }
        self.site.upload(&page.id, &body.files).await?;
        let replaced = Some(page.version).filter(|_| page.version > 1 && !page.is_ours());
        page = self.write(page, draft, &body, &digest).await?;
        self.note(&page, &digest, &mut property, draft).await?;
        Ok(page.reference(replaced))
    }

    /// Looks at the account, the space and the parent, and makes nothing.
    pub(crate) async fn examine(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        match self.site.whoami().await {
            Ok(name) => findings.push(Finding::ok(format!("{NAME} token"), format!("it is that of {name}"))),
            Err(error) => return vec![failed(format!("{NAME} token"), &error, self.site.edition.remedy())],
        }
        let about = format!("{NAME} space {}", self.site.space);
        match self.site.space().await {
            Ok(_) => findings.push(Finding::ok(about, "it is there")),
            Err(error) => {
                findings.push(failed(about, &error, "check its key, and that the token's owner may see it"));
                return findings;
            }
        }
        if let Some(parent) = &self.site.parent {
            let about = format!("{NAME} parent page {parent}");
            findings.push(match self.site.read(parent).await {
                Ok(Some(page)) => Finding::ok(about, format!("it is there, {:?}", page.title)),
                Ok(None) => Finding::problem(about, "it is not there; give the number in its URL"),
                Err(error) => failed(about, &error, "check that the token's owner may see it"),
            });
        }
        findings
    }

    /// The page of a draft, which is made where there is none.
    async fn find(&self, draft: &PageDraft<'_>, known: Option<&PageRef>) -> Result<Page, CallError> {
        if let Some(known) = known
            && let Some(page) = self.site.read(&known.id).await?
        {
            return Ok(page);
        }
        let space = self.site.space().await?;
        let mut free = None;
        for title in [draft.title.to_owned(), draft.title_with_tag()] {
            match self.site.titled(&space, &title).await? {
                Some(page) if self.is_of(&page, draft).await? => return Ok(page),
                Some(_) => {}
                None => {
                    free = free.or(Some(title));
                }
            }
        }
        // The title may have changed since an attempt whose answer was lost.
        for page in self.site.candidates(&space, draft).await? {
            if self.is_of(&page, draft).await? {
                return Ok(page);
            }
        }
        let Some(title) = free else {
            let reason =
                format!("{NAME}: other pages have the titles {:?} and {:?}", draft.title, draft.title_with_tag());
            return Err(CallError::Refused { status: 409, reason });
        };
        self.site.make(&space, &title, draft).await
    }

    /// Whether a page is the draft's: by its property, or by its mark where there was no time for a property.
    async fn is_of(&self, page: &Page, draft: &PageDraft<'_>) -> Result<bool, CallError> {
        match self.site.property(&page.id).await?.key {
            Some(key) => Ok(key == draft.key),
            // Only a page that is still empty lacks its property, and one that is long is none of those.
            None if page.version > 1 => Ok(false),
            None => match self.site.body(&page.id).await {
                Ok(body) => Ok(body.contains(&draft.mark())),
                Err(CallError::Refused { .. }) => Ok(false),
                Err(error) => Err(error),
            },
        }
    }

    /// Writes the next version; where somebody was faster the page is read again.
    async fn write(&self, page: Page, draft: &PageDraft<'_>, body: &Body, hash: &str) -> Result<Page, CallError> {
        let mut page = page;
        let mut title = draft.title.to_owned();
        for _ in 0..TRIES {
            match self.site.write(&page, &title, &body.storage, &message(hash)).await? {
                Written::Done(page) => return Ok(*page),
                Written::TitleTaken if title == draft.title => title = draft.title_with_tag(),
                Written::TitleTaken => break,
                Written::Behind => {
                    let now = self.site.read(&page.id).await?;
                    page = now.ok_or_else(|| refused(&format!("the page {:?} was deleted meanwhile", page.title)))?;
                    if page.message == message(hash) {
                        return Ok(page);
                    }
                }
            }
        }
        Err(refused(&format!("the page {title:?} cannot be written: its title is taken, or it changes all the time")))
    }

    /// Keeps in the property what the page says now.
    async fn note(
        &self,
        page: &Page,
        digest: &str,
        property: &mut site::Property,
        draft: &PageDraft<'_>,
    ) -> Result<(), CallError> {
        if property.digest.as_deref() == Some(digest) {
            return Ok(());
        }
        let value = json!({ "key": draft.key, "digest": digest, "version": page.version });
        self.site.set_property(&page.id, property, value).await
    }
}

/// What stands in the page's history beside a version of ours.
fn message(digest: &str) -> String {
    format!("{} {digest}", site::MESSAGE)
}

fn is_titled(page: &Page, draft: &PageDraft<'_>) -> bool {
    page.title == draft.title || page.title == draft.title_with_tag()
}

fn refused(what: &str) -> CallError {
    CallError::Refused { status: 409, reason: format!("{NAME}: {what}") }
}

#[cfg(test)]
mod tests;
