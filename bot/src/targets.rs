//! Where published postmortems are kept besides: in repositories, wikis, and by programs that are told of them.

mod path;
mod repository;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::command::ExportFormat;
use firebell_core::effect::{Delivery, Reference};
use firebell_core::ids::{IncidentId, Key};
use serde::{Deserialize, Serialize};

pub(crate) use self::path::Path;
pub(crate) use self::repository::Repository;
use crate::content::Content;
use crate::document::Document;
use crate::notifiers::Notifiers;
use crate::outside::confluence::Confluence;
use crate::outside::notion::Notion;
use crate::outside::page::{PageDraft, PageRef};
use crate::outside::webhook::{self, HookDraft};
use crate::picture::svg;
use crate::platform::finding::Finding;

/// All targets by their names. Clones share them.
#[derive(Clone, Default)]
pub struct Targets {
    by_name: Arc<BTreeMap<Key, Target>>,
}

/// One target as it is configured.
#[derive(Clone)]
pub struct Target {
    pub(crate) held: Held,
    /// The template of what it holds; else that of the incident.
    pub(crate) template: Option<String>,
}

/// By what it is held.
#[derive(Clone)]
pub(crate) enum Held {
    Repository(Arc<Repository>),
    Confluence(Arc<Confluence>),
    Notion(Arc<Notion>),
    Webhook {
        to: Key,
        form: ExportFormat,
    },
    /// As a file in the rooms of the incident, which platforms put there.
    Rooms {
        form: ExportFormat,
    },
}

/// A postmortem that is to be held.
pub(crate) struct Copy {
    /// The same for all versions: `firebell:<installation>:INC-42/postmortem`.
    pub(crate) key: String,
    pub(crate) incident: IncidentId,
    /// What it is called where others read it.
    pub(crate) heading: String,
    pub(crate) title: String,
    pub(crate) severity: Key,
    pub(crate) incident_type: Key,
    pub(crate) declared: DateTime<Utc>,
    /// Where it is held already, as the target said it.
    pub(crate) known: Option<String>,
    /// The document itself, for those who write it in blocks of their own.
    pub(crate) document: Document,
    /// The same in the forms that the target wants, with how their files' names end.
    pub(crate) forms: Vec<(&'static str, Content)>,
}

/// Where a target holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    reference: String,
    url: Option<String>,
}

/// What came of it, as its effect keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Published {
    /// What the target calls it.
    pub(crate) reference: String,
    /// Where people read it.
    pub(crate) url: Option<String>,
    /// How many entries the record had that it was made of.
    pub(crate) entries: i64,
}

/// Why nothing can be held by a target that takes files.
pub(crate) const NO_FORM: &str = "it is told no form of the document";

/// Why nothing can be held by a target of this name.
pub(crate) fn unknown(name: &Key) -> String {
    format!("no target {name} is configured; add it to [[postmortem.targets]]")
}

impl Targets {
    /// These targets.
    pub fn new(by_name: BTreeMap<Key, Target>) -> Self {
        Self { by_name: Arc::new(by_name) }
    }

    /// Whether any is outside of chat.
    pub(crate) fn any_outside(&self) -> bool {
        self.by_name.values().any(|target| !matches!(target.held, Held::Rooms { .. }))
    }

    pub(crate) fn get(&self, name: &Key) -> Option<&Target> {
        self.by_name.get(name)
    }
}

impl Target {
    /// The forms in which it wants documents.
    pub(crate) fn forms(&self) -> &[ExportFormat] {
        match &self.held {
            Held::Repository(repository) => repository.forms(),
            Held::Webhook { form, .. } | Held::Rooms { form } => std::slice::from_ref(form),
            Held::Confluence(_) | Held::Notion(_) => &[],
        }
    }

    /// Has it hold a document, in the place of what it held of the same before.
    pub(crate) async fn hold(&self, copy: &Copy, entries: i64, notifiers: &Notifiers) -> Delivery {
        let kept = match &self.held {
            Held::Repository(repository) => Box::pin(repository.hold(copy)).await,
            Held::Confluence(site) => Box::pin(site.publish(&copy.draft(), copy.page().as_ref())).await.map(Kept::of),
            Held::Notion(space) => Box::pin(space.publish(&copy.draft(), copy.page().as_ref())).await.map(Kept::of),
            Held::Webhook { to, .. } => return Box::pin(copy.post(to, entries, notifiers)).await,
            Held::Rooms { .. } => return Delivery::Impossible("platforms put files in rooms".to_owned()),
        };
        match kept {
            Ok(Kept { reference, url }) => Delivery::Delivered(Published { reference, url, entries }.into()),
            Err(error) => error.into(),
        }
    }

    /// What an examination finds of it, which makes nothing.
    pub async fn examine(&self, about: &str) -> Vec<Finding> {
        match &self.held {
            Held::Repository(repository) => Box::pin(repository.examine(about)).await,
            Held::Confluence(site) => Box::pin(site.examine()).await,
            Held::Notion(space) => Box::pin(space.examine()).await,
            Held::Webhook { to, .. } => vec![Finding::ok(about, format!("is told by the webhook {to}"))],
            Held::Rooms { .. } => vec![Finding::ok(about, "is a file in each room of the incident".to_owned())],
        }
    }
}

impl Copy {
    fn draft(&self) -> PageDraft<'_> {
        PageDraft {
            key: &self.key,
            title: &self.heading,
            tag: "Firebell",
            document: &self.document,
            svg: |drawing| svg(drawing, "f"),
        }
    }

    fn page(&self) -> Option<PageRef> {
        serde_json::from_str(self.known.as_deref()?).ok()
    }

    async fn post(&self, to: &Key, entries: i64, notifiers: &Notifiers) -> Delivery {
        let Some((ending, content)) = self.forms.first() else {
            return Delivery::Impossible(NO_FORM.to_owned());
        };
        let text = content.text().unwrap_or_default();
        let content = match *ending {
            "html" => webhook::Content::Html(text.to_owned()),
            "json" => webhook::Content::Document(serde_json::from_str(text).unwrap_or_default()),
            _ => webhook::Content::Markdown(text.to_owned()),
        };
        let draft = HookDraft {
            key: self.key.clone(),
            event: "published".to_owned(),
            incident: self.incident.to_string(),
            title: self.heading.clone(),
            url: None,
            content,
        };
        match notifiers.publish(to, &draft).await {
            Delivery::Delivered(reference) => {
                let reference = reference.external_id;
                Delivery::Delivered(Published { reference, url: None, entries }.into())
            }
            other => other,
        }
    }
}

impl Kept {
    fn of(page: PageRef) -> Self {
        if let Some(version) = page.replaced {
            tracing::info!(page = %page.url, version, "what somebody changed on the page is in its history; it was replaced");
        }
        // Texts and numbers always serialise.
        Self { reference: serde_json::to_string(&page).unwrap_or_default(), url: Some(page.url) }
    }
}

impl From<Published> for Reference {
    fn from(published: Published) -> Self {
        Self { external_id: serde_json::to_string(&published).unwrap_or_default(), name: String::new() }
    }
}

impl Published {
    /// Reads what [`Reference`] keeps of it.
    pub(crate) fn read(reference: &Reference) -> Option<Self> {
        serde_json::from_str(&reference.external_id).ok()
    }
}
