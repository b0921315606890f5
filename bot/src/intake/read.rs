//! The read side: queries are answered at once from a snapshot. Every read takes a viewer.

use std::sync::Arc;

use firebell_core::command::{ExportFormat, Query};
use firebell_core::directory::{Directory, Person};
use firebell_core::effect::{Effect, Told};
use firebell_core::facts::{Captured, Surroundings};
use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::message::Message;
use firebell_core::paging::page::{Notice, NoticeState, Page};
use firebell_core::policy::{self, Viewer};
use firebell_core::refusal::Refusal;
use firebell_core::timeline::Entry;
use firebell_core::view;

use super::load::surroundings;
use super::{Answer, Fault, Inbound, Intake};
use crate::render::{RenderError, Target};
use crate::seal::SealError;
use crate::store::incidents::{Listed, Loaded};
use crate::store::{StoreError, Tx, effects, entries, incidents, messages, pages};
use crate::text::hex;

/// What a query shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Text(String),
    /// A document to keep, with the name it should have.
    Document {
        incident: IncidentId,
        name: String,
        text: String,
        /// What a room calls the newest of its kind, where it keeps it at hand.
        link: Option<&'static str>,
    },
}

/// Everything that is known of one incident, as of one snapshot.
#[derive(Debug, Clone)]
pub struct WholeRecord {
    pub loaded: Loaded,
    pub entries: Vec<Entry>,
    pub messages: Vec<Captured>,
    pub pages: Vec<Page>,
    pub directory: Arc<Directory>,
}

/// What was found, as programs read it and as people do.
#[derive(Debug, Clone)]
pub struct Answered<V> {
    pub view: V,
    pub text: String,
}

/// Longest list of incidents that is shown in a chat.
pub const LIST_MAX: usize = 200;

impl Intake {
    pub(super) async fn query(
        &self,
        inbound: &Inbound,
        person: &Person,
        named: Option<IncidentId>,
        query: &Query,
    ) -> Result<Answer, Fault> {
        if let Err(refusal) = policy::may_act(&inbound.actor(person.id), &*self.directory().await?) {
            return Ok(Answer::Refused(refusal));
        }
        let viewer = Viewer::person(person);
        if let Query::List { all } = query {
            return Ok(Answer::Shown(Shown::Text(
                self.list((inbound.target, viewer), person.zone, (*all, Some(LIST_MAX))).await?,
            )));
        }
        if let Query::Me = query {
            let view = view::MeView::of(person, &*self.directory().await?, &self.places);
            return Ok(Answer::Shown(Shown::Text(self.renderer.me(inbound.target, &view)?)));
        }
        if let Query::OnCall(query) = query {
            return self.asked_on_call(inbound, person, query).await;
        }
        if let Query::Help { topic } = query {
            return Ok(Answer::Shown(Shown::Text(self.help(inbound.target, topic.as_deref())?)));
        }
        let id = match self.meant(inbound, person, named).await? {
            Ok(id) => id,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        match self.record(viewer, id).await? {
            Ok(record) => self.show((inbound.target, &record), person, query).await,
            Err(refusal) => Ok(Answer::Refused(refusal)),
        }
    }

    /// Everything known of one incident, for a viewer who may see it.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal hides what the viewer may not see.
    pub async fn record(&self, viewer: Viewer, id: IncidentId) -> Result<Result<WholeRecord, Refusal>, Fault> {
        let directory = self.directory().await?;
        let record = self.store.read(move |tx| Box::pin(whole(tx, id, directory))).await?;
        Ok(record.filter(|record| viewer.sees(&record.loaded.incident)).ok_or(Refusal::NoIncident { named: id }))
    }

    /// The incidents that a viewer may see, newest first, at most `limit`; all of them without one.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn incidents(&self, viewer: Viewer, all: bool, limit: Option<usize>) -> Result<Vec<Incident>, Fault> {
        let listed = if all { Listed::All } else { Listed::Active };
        let limit = limit.and_then(|limit| i64::try_from(limit).ok()).unwrap_or(i64::MAX);
        let loaded = self.store.read(move |tx| Box::pin(incidents::list(tx, listed, viewer, limit))).await?;
        Ok(loaded.into_iter().map(|loaded| loaded.incident).collect())
    }

    pub(super) async fn list(
        &self,
        (target, viewer): (Target, Viewer),
        zone: chrono_tz::Tz,
        (all, limit): (bool, Option<usize>),
    ) -> Result<String, Fault> {
        // One more tells whether there are older ones.
        let mut incidents = self.incidents(viewer, all, limit.map(|limit| limit.saturating_add(1))).await?;
        let older = limit.is_some_and(|limit| incidents.len() > limit);
        incidents.truncate(limit.unwrap_or(usize::MAX));
        let directory = self.directory().await?;
        let rows: Vec<&Incident> = incidents.iter().collect();
        let view = view::ListView { older, ..view::ListView::of(&rows, &directory, target.times(zone), all) };
        Ok(self.renderer.list(target, &view)?)
    }

    /// The help for all commands or for one.
    ///
    /// # Errors
    /// A template of the operator's does not render.
    pub fn help(&self, target: Target, topic: Option<&str>) -> Result<String, Fault> {
        let view = topic.and_then(view::HelpView::topic).unwrap_or_else(view::HelpView::all);
        Ok(self.renderer.help(target, &view)?)
    }

    /// Why the pages of an incident reached somebody or everybody, or did not, for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal says what is not there.
    pub async fn operator_why(
        &self,
        incident: IncidentId,
        person: Option<&str>,
        zone: chrono_tz::Tz,
    ) -> Result<Result<Answered<view::WhyView>, Refusal>, Fault> {
        let record = match self.record(Viewer::Operator, incident).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let whom = match person.map(|named| record.directory.resolve_person(named)).transpose() {
            Ok(person) => person.map(|person| person.id),
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (core, _) = record.view(&self.settings, zone.into());
        let text = self.renderer.why(Target::Console, &view::WhyView::of(&core, whom))?;
        let (core, _) = record.view(&self.settings, view::ShownIn::Program(zone));
        Ok(Ok(Answered { view: view::WhyView::of(&core, whom), text }))
    }

    async fn meant(
        &self,
        inbound: &Inbound,
        person: &Person,
        named: Option<IncidentId>,
    ) -> Result<Result<IncidentId, Refusal>, Fault> {
        if let Some(id) = named {
            return Ok(Ok(id));
        }
        let directory = self.directory().await?;
        let (workspace, room, actor) = (inbound.workspace, inbound.room.clone(), inbound.actor(person.id));
        let found: Surroundings = self
            .store
            .read(move |tx| {
                Box::pin(async move {
                    let mut found = surroundings(tx, &actor, &directory).await?;
                    if let Some(room) = room {
                        found.room = incidents::of_room(tx, workspace, &room).await?.map(|(incident, _)| incident);
                    }
                    Ok(found)
                })
            })
            .await?;
        Ok(found.incident())
    }

    async fn show(
        &self,
        (target, record): (Target, &WholeRecord),
        person: &Person,
        query: &Query,
    ) -> Result<Answer, Fault> {
        // What leaves the chat is read elsewhere, and has words for its times.
        let leaves = matches!(query, Query::Postmortem { .. } | Query::Export { .. });
        let times = if leaves { person.zone.into() } else { target.times(person.zone) };
        let core = record.view(&self.settings, times);
        let (core, captured) = (core.0, core.1);
        let core = view::Record { messages: &captured, ..core };
        let text = match query {
            Query::Show => self.renderer.show(target, &view::ShowView::of(&core)),
            Query::Rooms => self.renderer.rooms(target, &view::RoomsView::of(core.incident, &self.places)),
            Query::Summary => self.renderer.summary(target, &view::ShowView::of(&core)),
            Query::Impact => self.renderer.impact(target, &view::ShowView::of(&core)),
            Query::Timeline => self.renderer.timeline(target, &view::TimelineView::of(&core)),
            Query::Actions => self.renderer.actions(target, &view::ActionsView::of(&core)),
            Query::WhyPaged { person } => {
                let whom = match person.as_deref().map(|named| record.directory.resolve_person(named)) {
                    Some(Err(refusal)) => return Ok(Answer::Refused(refusal)),
                    Some(Ok(person)) => Some(person.id),
                    None => None,
                };
                self.renderer.why(target, &view::WhyView::of(&core, whom))
            }
            Query::Postmortem { template } => return self.document(record, &core, template.as_deref()).await,
            Query::Export { format: ExportFormat::Markdown } => return self.document(record, &core, None).await,
            Query::Export { format: ExportFormat::Json } => return self.json_document(record, &core).await,
            Query::List { .. } | Query::Help { .. } | Query::Me | Query::OnCall(_) => Ok(String::new()),
        };
        Ok(Answer::Shown(Shown::Text(text?)))
    }

    /// The postmortem; its head becomes an anchor, because it leaves the database.
    pub(super) async fn document(
        &self,
        record: &WholeRecord,
        core: &view::Record<'_>,
        template: Option<&str>,
    ) -> Result<Answer, Fault> {
        let template = template.unwrap_or("standard");
        let known = self.renderer.templates();
        if !known.iter().any(|name| name == template) {
            return Ok(Answer::Refused(Refusal::UnknownTemplate { named: Refusal::quote(template), known }));
        }
        let text = self.renderer.postmortem(template, &view::PostmortemView::of(core))?;
        self.anchor(&record.loaded).await?;
        let incident = record.loaded.incident.id;
        let name = format!("{incident}-postmortem.md");
        Ok(Answer::Shown(Shown::Document { incident, name, text, link: Some("Postmortem") }))
    }

    pub(super) async fn json_document(&self, record: &WholeRecord, core: &view::Record<'_>) -> Result<Answer, Fault> {
        let value = self.export(record, core).await?;
        self.anchor(&record.loaded).await?;
        let text = serde_json::to_string_pretty(&value).map_err(|error| Fault::Render(error.to_string()))?;
        let incident = record.loaded.incident.id;
        let name = format!("{incident}.json");
        Ok(Answer::Shown(Shown::Document { incident, name, text: text + "\n", link: None }))
    }

    /// The whole record with the chain of its entries, so that it can be verified without the database.
    async fn export(&self, record: &WholeRecord, core: &view::Record<'_>) -> Result<serde_json::Value, Fault> {
        let stream = record.loaded.incident.stream();
        let chained = self.store.read(move |tx| Box::pin(async move { entries::stored(tx, &stream).await })).await?;
        let mut export = view::ExportView::of(core).map_err(|error| Fault::Render(error.to_string()))?;
        for (entry, stored) in export.entries.iter_mut().zip(&chained) {
            if let Some(fields) = entry.as_object_mut() {
                fields.insert("canonical".to_owned(), hex(&stored.canonical).into());
                fields.insert("hash".to_owned(), hex(&stored.hash).into());
                fields.insert("salt".to_owned(), stored.salt.as_deref().map(hex).into());
                fields.insert("body".to_owned(), stored.body.clone().into());
            }
        }
        export.into_value().map_err(|error| Fault::Render(error.to_string()))
    }

    async fn anchor(&self, loaded: &Loaded) -> Result<(), Fault> {
        let now = self.clock.now();
        let (stream, seq, head) = (loaded.incident.stream(), loaded.incident.entries, loaded.head.clone());
        let write = self.store.write(move |tx| {
            let (stream, head) = (stream.clone(), head.clone());
            Box::pin(async move { entries::anchor(tx, &stream, (seq, &head), now).await })
        });
        Ok(write.await?)
    }
}

impl WholeRecord {
    /// What templates speak of, with times as they are to be shown; the second part is lent to the first.
    pub fn view<'a>(
        &'a self,
        settings: &'a firebell_core::settings::Settings,
        times: view::ShownIn,
    ) -> (view::Record<'a>, Vec<view::Captured>) {
        let captured = self.messages.iter().map(captured).collect();
        let head = view::Head {
            seq: self.loaded.incident.entries,
            hash: self.loaded.head.hash,
            signature: self.loaded.head.signature.clone(),
        };
        let record = view::Record {
            incident: &self.loaded.incident,
            entries: &self.entries,
            messages: &[],
            pages: &self.pages,
            directory: &self.directory,
            settings,
            times,
            head,
        };
        (record, captured)
    }
}

fn captured(message: &Captured) -> view::Captured {
    view::Captured {
        id: message.id,
        author: message.author,
        sent_at: message.sent_at,
        edited: message.edited,
        deleted: message.deleted,
        text: message.text.clone(),
    }
}

async fn whole(tx: &mut Tx<'_>, id: IncidentId, directory: Arc<Directory>) -> Result<Option<WholeRecord>, StoreError> {
    let Some(loaded) = incidents::get(tx, id).await? else { return Ok(None) };
    let pages = pages::of_incident(tx, id).await?;
    Ok(Some(WholeRecord {
        loaded,
        entries: entries::history(tx, id).await?,
        messages: messages::of_incident(tx, id).await?.iter().filter_map(Message::captured).collect(),
        pages: tried(tx, pages).await?,
        directory,
    }))
}

/// The same pages with how often what is still queued was tried, which is written into them once that has an end.
async fn tried(tx: &mut Tx<'_>, mut pages: Vec<Page>) -> Result<Vec<Page>, StoreError> {
    let key = |page: &Page, notice: &Notice| Effect::notice(page.incident, page.id, &Told::of(notice)).key;
    let queued = |page: &Page| -> Vec<String> {
        let of_page = page.notices.iter().filter(|notice| notice.state == NoticeState::Queued);
        of_page.map(|notice| key(page, notice)).collect()
    };
    let keys: Vec<String> = pages.iter().flat_map(queued).collect();
    if keys.is_empty() {
        return Ok(pages);
    }
    let attempts = effects::attempts(tx, &keys).await?;
    for page in &mut pages {
        let keys: Vec<String> = page.notices.iter().map(|notice| key(page, notice)).collect();
        for (notice, key) in page.notices.iter_mut().zip(keys) {
            notice.trail.attempts = notice.trail.attempts.max(attempts.get(&key).copied().unwrap_or(0));
        }
    }
    Ok(pages)
}

impl std::convert::From<SealError> for Fault {
    fn from(error: SealError) -> Self {
        Self::Seal(error.to_string())
    }
}

impl std::convert::From<RenderError> for Fault {
    fn from(error: RenderError) -> Self {
        Self::Render(error.to_string())
    }
}
