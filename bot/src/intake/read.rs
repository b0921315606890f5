//! The read side: queries are answered at once from a snapshot. Every read takes a viewer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use firebell_core::command::{ExportFormat, Query, ReviewQuery};
use firebell_core::directory::{Directory, Person};
use firebell_core::effect::{Effect, Told};
use firebell_core::facts::{Captured, Surroundings};
use firebell_core::ids::{IncidentId, PersonId};
use firebell_core::incident::Incident;
use firebell_core::message::Message;
use firebell_core::paging::page::{Notice, NoticeState, Page};
use firebell_core::policy::{self, Viewer};
use firebell_core::refusal::Refusal;
use firebell_core::timeline::Entry;
use firebell_core::view;

use super::load::surroundings;
use super::{Answer, Fault, Inbound, Intake};
use crate::content::Content;
use crate::render::{RenderError, Target};
use crate::seal::SealError;
use crate::store::incidents::{Listed, Loaded};
use crate::store::{StoreError, Tx, effects, entries, incidents, messages, pages};

/// What a query shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    Text(String),
    /// A document to keep, with the name it should have.
    Document {
        incident: IncidentId,
        name: String,
        content: Content,
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
        if let Query::Promised(asked) = query {
            return self.promised(inbound, person, (named, asked)).await;
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
        let id = match self.meant_by(inbound, person.id, named).await? {
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

    /// The incident that somebody means: the one that they name, else that of the room, else the only one that it can be.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal says that none is meant, or several may be.
    pub(crate) async fn meant_by(
        &self,
        inbound: &Inbound,
        person: PersonId,
        named: Option<IncidentId>,
    ) -> Result<Result<IncidentId, Refusal>, Fault> {
        if let Some(id) = named {
            return Ok(Ok(id));
        }
        let directory = self.directory().await?;
        let (workspace, room, actor) = (inbound.workspace, inbound.room.clone(), inbound.actor(person));
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
            Query::Show => {
                let view = view::ShowView::of(&core);
                let card = view.card.with_earlier(&core, &self.earlier(core.incident).await);
                self.renderer.show(target, &view::ShowView { card, ..view })
            }
            Query::Similar => {
                let found = self.similar(Viewer::person(person), core.incident).await?;
                self.renderer.similar(target, &view::SimilarView::of(&core, &found))
            }
            Query::Rooms => self.renderer.rooms(target, &view::RoomsView::of(core.incident, &self.places)),
            Query::Summary => self.renderer.summary(target, &view::ShowView::of(&core)),
            Query::Impact => self.renderer.impact(target, &view::ShowView::of(&core)),
            Query::Causes { at } => match analysis(&core, *at) {
                Ok(view) => self.renderer.causes(target, &view),
                Err(refusal) => return Ok(Answer::Refused(refusal)),
            },
            Query::Cause { cause } => match view::CauseShownView::of(&core, *cause) {
                Some(view) => self.renderer.cause(target, &view),
                None => {
                    let incident = core.incident.id;
                    return Ok(Answer::Refused(Refusal::NoCause { incident, cause: *cause }));
                }
            },
            Query::Times => self.renderer.key_times(target, &view::TimesView::of(&core)),
            Query::Timeline => self.renderer.timeline(target, &view::TimelineView::of(&core)),
            Query::Actions => self.renderer.actions(target, &view::ActionsView::of(&core, self.clock.now())),
            Query::WhyPaged { person } => {
                let whom = match person.as_deref().map(|named| record.directory.resolve_person(named)) {
                    Some(Err(refusal)) => return Ok(Answer::Refused(refusal)),
                    Some(Ok(person)) => Some(person.id),
                    None => None,
                };
                self.renderer.why(target, &view::WhyView::of(&core, whom))
            }
            Query::Review(ReviewQuery::Status) => {
                self.renderer.review(target, &view::ReviewView::of(&core, self.clock.now()))
            }
            Query::Review(ReviewQuery::Lint) => {
                self.renderer.lint(target, &view::LintView::of(&core, self.clock.now()))
            }
            Query::Review(ReviewQuery::Edit { section }) => {
                let view = view::SectionView::of(&core, section);
                self.renderer.section(target, &view)
            }
            Query::Postmortem { template } => {
                return self.exported((record, &core), ExportFormat::Markdown, template.as_deref()).await;
            }
            Query::Export { format, template } => {
                return self.exported((record, &core), *format, template.as_deref()).await;
            }
            Query::List { .. } | Query::Promised(_) | Query::Help { .. } | Query::Me | Query::OnCall(_) => {
                Ok(String::new())
            }
        };
        Ok(Answer::Shown(Shown::Text(text?)))
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

/// The analysis as it stands, or as it stood.
fn analysis(record: &view::Record<'_>, at: Option<DateTime<Utc>>) -> Result<view::CausesView, Refusal> {
    let Some(at) = at else { return Ok(view::CausesView::of(record)) };
    let incident = record.incident.id;
    view::CausesView::at(record, at)
        .ok_or_else(|| Refusal::BadTime { message: format!("{incident} was not declared by then") })
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
