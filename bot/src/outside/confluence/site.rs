//! One space as both editions know it.

use serde_json::{Value, json};

use super::storage::File;
use super::{NAME, refused, site_center, site_cloud, upload};
use crate::outside::atlassian::Edition;
use crate::outside::call::{CallError, Caller};
use crate::outside::page::{PageDraft, PageRef};

/// The name of our property.
pub(super) const PROPERTY: &str = "firebell";
/// What begins the message of a version of ours.
pub(super) const MESSAGE: &str = "Exported by Firebell,";

/// A space of a site, and the page below which ours stand.
pub(super) struct Site {
    pub(super) caller: Caller,
    pub(super) edition: Edition,
    pub(super) space: String,
    pub(super) parent: Option<String>,
}

/// A page, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) version: u64,
    /// What was said of the version.
    pub(super) message: String,
    pub(super) url: String,
}

/// What is kept in our property.
#[derive(Debug, Default)]
pub(super) struct Property {
    pub(super) id: Option<String>,
    pub(super) version: u64,
    pub(super) key: Option<String>,
    /// Of the text that was written last.
    pub(super) digest: Option<String>,
}

/// What became of a version.
pub(super) enum Written {
    Done(Box<Page>),
    /// Somebody else wrote one in the meantime.
    Behind,
    /// Another page of the space has the title.
    TitleTaken,
}

impl Page {
    /// Whether the version is ours.
    pub(super) fn is_ours(&self) -> bool {
        self.message.starts_with(MESSAGE)
    }

    pub(super) fn reference(&self, replaced: Option<u64>) -> PageRef {
        PageRef { id: self.id.clone(), url: self.url.clone(), version: self.version, replaced }
    }
}

impl Site {
    /// The id of the space, which only the Cloud asks for; elsewhere its key.
    pub(super) async fn space(&self) -> Result<String, CallError> {
        if !self.edition.is_cloud() {
            self.caller.get(&["rest", "api", "space", &self.space], &[]).await?;
            return Ok(self.space.clone());
        }
        let found = self.caller.get(&["api", "v2", "spaces"], &[("keys", &self.space)]).await?.body;
        let id = found["results"][0]["id"].as_str().map(str::to_owned);
        let reason = || format!("{NAME}: there is no space {}, or the token's owner does not see it", self.space);
        id.ok_or_else(|| CallError::Refused { status: 404, reason: reason() })
    }

    /// The name of the token's owner.
    pub(super) async fn whoami(&self) -> Result<String, CallError> {
        let user = self.caller.get(&["rest", "api", "user", "current"], &[]).await?.body;
        match user["type"].as_str() {
            // A server that knows no such token serves whoever comes as a stranger.
            Some("anonymous") => {
                Err(CallError::Refused { status: 401, reason: format!("{NAME}: the token is unknown") })
            }
            _ => Ok(user["displayName"].as_str().unwrap_or("somebody").to_owned()),
        }
    }

    /// A page that was not deleted.
    pub(super) async fn read(&self, id: &str) -> Result<Option<Page>, CallError> {
        let answer = if self.edition.is_cloud() {
            self.caller.get(&["api", "v2", "pages", id], &[]).await
        } else {
            self.caller.get(&["rest", "api", "content", id], &[("expand", "version")]).await
        };
        match answer {
            Ok(answer) if answer.body["status"] == "current" => Ok(Some(self.page(&answer.body)?)),
            Ok(_) => Ok(None),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text of a page.
    pub(super) async fn body(&self, id: &str) -> Result<String, CallError> {
        let mut answer = if self.edition.is_cloud() {
            self.caller.get(&["api", "v2", "pages", id], &[("body-format", "storage")]).await?
        } else {
            self.caller.get(&["rest", "api", "content", id], &[("expand", "body.storage")]).await?
        };
        let body = answer.body["body"]["storage"]["value"].take();
        Ok(body.as_str().unwrap_or_default().to_owned())
    }

    /// The page of a title; a space has none twice.
    pub(super) async fn titled(&self, space: &str, title: &str) -> Result<Option<Page>, CallError> {
        let answer = if self.edition.is_cloud() {
            let query = [("title", title), ("status", "current"), ("limit", "1")];
            self.caller.get(&["api", "v2", "spaces", space, "pages"], &query).await?
        } else {
            let query =
                [("spaceKey", space), ("title", title), ("type", "page"), ("expand", "version"), ("limit", "1")];
            self.caller.get(&["rest", "api", "content"], &query).await?
        };
        match &answer.body["results"][0] {
            Value::Null => Ok(None),
            page => self.page(page).map(Some),
        }
    }

    /// Pages that may be the draft's though nothing else leads to them.
    pub(super) async fn candidates(&self, space: &str, draft: &PageDraft<'_>) -> Result<Vec<Page>, CallError> {
        if self.edition.is_cloud() {
            site_cloud::newest(self, space).await
        } else {
            site_center::with_key(self, draft.key).await
        }
    }

    /// Makes a page that is empty but for the draft's mark.
    pub(super) async fn make(&self, space: &str, title: &str, draft: &PageDraft<'_>) -> Result<Page, CallError> {
        let mut refusal = None;
        for title in [title.to_owned(), draft.title_with_tag()] {
            let made = if self.edition.is_cloud() {
                site_cloud::make(self, space, &title, draft).await
            } else {
                site_center::make(self, &title, draft).await
            };
            match made {
                Ok(answer) => return self.page(&answer.body),
                // Some pages have a title and are not shown to us.
                Err(error) if is_title_taken(&error) => refusal = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(refusal.unwrap_or_else(|| refused("the page cannot be made")))
    }

    /// Writes the version that comes after the one that was read.
    pub(super) async fn write(
        &self,
        page: &Page,
        title: &str,
        body: &str,
        message: &str,
    ) -> Result<Written, CallError> {
        let version = json!({ "number": page.version + 1, "message": message });
        let answer = if self.edition.is_cloud() {
            site_cloud::write(self, page, (title, body), version).await
        } else {
            site_center::write(self, page, (title, body), version).await
        };
        match answer {
            Ok(answer) => Ok(Written::Done(Box::new(self.page(&answer.body)?))),
            Err(error) if is_title_taken(&error) => Ok(Written::TitleTaken),
            Err(error) if error.status() == Some(409) => Ok(Written::Behind),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn property(&self, page: &str) -> Result<Property, CallError> {
        let found = if self.edition.is_cloud() {
            let found = self.caller.get(&["api", "v2", "pages", page, "properties"], &[("key", PROPERTY)]).await?;
            found.body["results"][0].clone()
        } else {
            match self.caller.get(&["rest", "api", "content", page, "property", PROPERTY], &[]).await {
                Ok(found) => found.body,
                Err(error) if error.is_missing() => Value::Null,
                Err(error) => return Err(error),
            }
        };
        Ok(property_of(&found))
    }

    /// Writes our property, and knows it as it is then.
    pub(super) async fn set_property(&self, page: &str, held: &mut Property, value: Value) -> Result<(), CallError> {
        let number = held.version + 1;
        let body = json!({ "key": PROPERTY, "value": value, "version": { "number": number, "message": "" } });
        let new = json!({ "key": PROPERTY, "value": value });
        let answer = match (self.edition.is_cloud(), &held.id) {
            (true, None) => self.caller.post(&["api", "v2", "pages", page, "properties"], &new).await?,
            (true, Some(id)) => self.caller.put(&["api", "v2", "pages", page, "properties", id], &body).await?,
            (false, None) => self.caller.post(&["rest", "api", "content", page, "property"], &new).await?,
            (false, Some(_)) => self.caller.put(&["rest", "api", "content", page, "property", PROPERTY], &body).await?,
        };
        *held = property_of(&answer.body);
        Ok(())
    }

    /// Attaches files that are not there. The name tells what a file holds, so one that is there is the same.
    pub(super) async fn upload(&self, page: &str, files: &[File]) -> Result<(), CallError> {
        for file in files {
            let query = [("filename", file.name.as_str()), ("limit", "1")];
            let held = if self.edition.is_cloud() {
                self.caller.get(&["api", "v2", "pages", page, "attachments"], &query).await?
            } else {
                self.caller.get(&["rest", "api", "content", page, "child", "attachment"], &query).await?
            };
            if held.body["results"][0].is_null() {
                upload::attach(&self.caller, page, file).await?;
            }
        }
        Ok(())
    }

    pub(super) fn page(&self, page: &Value) -> Result<Page, CallError> {
        let (id, number) = (page["id"].as_str(), page["version"]["number"].as_u64());
        let Some((id, version)) = id.zip(number) else {
            return Err(CallError::Unknown(format!("{NAME}: its answer does not say which page it means")));
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let base = self.caller.base().as_str().trim_end_matches('/');
        let url = format!("{base}{}", text(&page["_links"]["webui"]));
        let (title, message) = (text(&page["title"]), text(&page["version"]["message"]));
        Ok(Page { id: id.to_owned(), title, version, message, url })
    }
}

fn property_of(found: &Value) -> Property {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Property {
        id: text(&found["id"]),
        version: found["version"]["number"].as_u64().unwrap_or_default(),
        key: text(&found["value"]["key"]),
        digest: text(&found["value"]["digest"]),
    }
}

/// Both editions say so in words alone.
fn is_title_taken(error: &CallError) -> bool {
    matches!(error, CallError::Refused { status: 400 | 409, reason } if reason.contains("already exists"))
}
