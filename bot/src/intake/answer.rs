//! Answers to a page without the chat: by a link or a code that is for one person and one page alone.

use chrono::{DateTime, Utc};
use firebell_core::command::{Ask, Command, Request};
use firebell_core::directory::{ContactMethod, PlainAddress};
use firebell_core::ids::{IncidentId, PageId, PersonId, WorkspaceId};
use firebell_core::paging::page::{Page, PageState};
use firebell_core::refusal::Refusal;
use uuid::Uuid;

use super::code::code;
use super::{Answer, Fault, From, Inbound, Intake, Says, token};
use crate::notifiers;
use crate::render::Target;
use crate::store::pages;

/// For what tokens are signed.
const TOKEN: &str = "page-answer";
/// For what codes are made.
const CODE: &str = "page-answer-code";
/// How many bytes a token says: page and person.
const SAYS: usize = 16 + 16;
/// How many signs a code has.
const CODE_LENGTH: usize = 6;

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerTo {
    pub page: PageId,
    pub person: PersonId,
    until: DateTime<Utc>,
}

/// How a page stands to somebody who came by a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub incident: IncidentId,
    /// `None` for a private incident: a link may be forwarded.
    pub title: Option<String>,
    pub severity: String,
    pub handle: String,
    /// Whether an answer is still wanted.
    pub open: bool,
    /// Who has it, where somebody does.
    pub acknowledged_by: Option<String>,
}

impl Intake {
    /// A token with which this person answers this page until an instant.
    ///
    /// # Errors
    /// The key cannot sign.
    pub(crate) fn answer_token(&self, page: PageId, person: PersonId, until: DateTime<Utc>) -> Result<String, Fault> {
        let says = [page.0.as_bytes().as_slice(), person.0.as_bytes()].concat();
        Ok(token::token(&self.keyring, TOKEN, &says, until)?)
    }

    /// What a token is good for; nothing where it was not made here, or is no longer good.
    pub fn read_answer_token(&self, token: &str) -> Option<AnswerTo> {
        let (says, until) = token::read::<SAYS>(&self.keyring, TOKEN, token, self.clock.now())?;
        let (page, person) = says.split_at(16);
        let page = PageId(Uuid::from_slice(page).ok()?);
        Some(AnswerTo { page, person: PersonId(Uuid::from_slice(person).ok()?), until })
    }

    /// The code with which this person answers this page by a text message.
    ///
    /// # Errors
    /// The key cannot sign.
    pub(crate) fn answer_code(&self, page: PageId, person: PersonId) -> Result<String, Fault> {
        let says = [page.0.as_bytes().as_slice(), person.0.as_bytes()].concat();
        Ok(code(&self.keyring.digest(CODE, &says)?, CODE_LENGTH))
    }

    /// How the page of a token stands.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn standing(&self, of: AnswerTo) -> Result<Option<Standing>, Fault> {
        let Some(page) = self.page(of.page).await? else { return Ok(None) };
        let viewer = firebell_core::policy::Viewer::Operator;
        let Ok(record) = self.record(viewer, page.incident).await? else { return Ok(None) };
        let incident = &record.loaded.incident;
        let acknowledged_by = match &page.state {
            PageState::Acknowledged { by, .. } => Some(record.directory.handle(*by).to_owned()),
            PageState::Open | PageState::Ended { .. } => None,
        };
        Ok(Some(Standing {
            incident: page.incident,
            title: (!incident.is_private()).then(|| incident.title.clone()),
            severity: incident.severity.to_string().to_uppercase(),
            handle: record.directory.handle(of.person).to_owned(),
            open: page.is_open(),
            acknowledged_by,
        }))
    }

    /// Acknowledges the page of a token, once however often it is asked; in the words for whoever asked.
    ///
    /// # Errors
    /// A fault; nothing may have been committed.
    pub async fn answer_page(&self, console: WorkspaceId, of: AnswerTo) -> Result<String, Fault> {
        let gone = "this page is over; nobody waits for an answer".to_owned();
        let Some(page) = self.page(of.page).await?.filter(Page::is_open) else { return Ok(gone) };
        let request = Request { incident: Some(page.incident), ask: Ask::Command(Command::Ack) };
        let inbound = Inbound {
            workspace: console,
            id: format!("answer:{}:{}:{}", of.page, of.person, of.until.timestamp()),
            from: From::Link { person: of.person },
            room: None,
            says: Says::Request(Box::new(request)),
            target: Target::Console,
        };
        let answer = self.take(inbound).await?;
        Ok(self.words(Target::Console, &answer, chrono_tz::UTC)?.trim().to_owned())
    }

    /// Acknowledges by a text message: the sender is known by the number, and the page by its code, or as the only one that
    /// waits for them.
    ///
    /// # Errors
    /// A fault; nothing may have been committed.
    pub async fn answer_by_text(&self, console: WorkspaceId, number: &str, text: &str) -> Result<Answer, Fault> {
        let no = |message: &str| Ok(Answer::Refused(Refusal::NotAllowed { message: message.to_owned() }));
        let mark = notifiers::mark(&self.keyring, &PlainAddress(number.to_owned()))?;
        let directory = self.directory().await?;
        let calls = |method: ContactMethod| matches!(method, ContactMethod::Sms | ContactMethod::Voice);
        let known = |held: &&firebell_core::directory::Person| {
            held.active && held.addresses.iter().any(|(method, own)| calls(*method) && own.mark == mark)
        };
        let mut people = directory.people.values().filter(known);
        let (Some(person), None) = (people.next(), people.next()) else {
            return no("this number is nobody's here");
        };
        let waiting = self.pages_waiting_for(person.id).await?;
        let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        let mut meant = Vec::new();
        for page in &waiting {
            if self.answer_code(page.id, person.id)? == word {
                meant.push(page);
            }
        }
        let only = if ["ACK", "OK", "YES", "4"].contains(&word.as_str()) { waiting.as_slice() } else { &[] };
        let page = match (meant.as_slice(), only) {
            ([page], _) => *page,
            ([], [page]) => page,
            ([], [_, _, ..]) => return no("several pages wait for you; reply with the code of the one that you mean"),
            _ => return no("no page of yours has this code; reply with the code that came with it"),
        };
        let until = self.clock.now();
        let words = self.answer_page(console, AnswerTo { page: page.id, person: person.id, until }).await?;
        Ok(Answer::Shown(super::Shown::Text(words)))
    }

    async fn page(&self, page: PageId) -> Result<Option<Page>, Fault> {
        let read = self.store.read(move |tx| Box::pin(async move { pages::get_all(tx, &[page.0]).await }));
        Ok(read.await?.into_iter().next())
    }

    async fn pages_waiting_for(&self, person: PersonId) -> Result<Vec<Page>, Fault> {
        let read = self.store.read(move |tx| {
            Box::pin(async move {
                let incidents = pages::incidents_waiting_for(tx, person).await?;
                pages::open_of(tx, &incidents.into_iter().map(|id| id.0).collect::<Vec<_>>()).await
            })
        });
        let waits = |page: &Page| {
            let waiting = firebell_core::paging::page::RecipientState::Waiting;
            page.recipient(person).is_some_and(|held| held.state == waiting)
        };
        Ok(read.await?.into_iter().filter(waits).collect())
    }
}
