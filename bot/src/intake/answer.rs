//! Answers to a page without the chat: by a link or a code that is for one person and one page alone.

use chrono::{DateTime, TimeDelta, Utc};
use firebell_core::command::{Ask, Command, Request};
use firebell_core::directory::{Address, ContactMethod, Person, PlainAddress};
use firebell_core::ids::{IncidentId, PageId, PersonId, WorkspaceId};
use firebell_core::paging::page::{Page, PageState};
use firebell_core::refusal::Refusal;
use uuid::Uuid;

use super::code::code;
use super::{Answer, Decided, Fault, From, Inbound, Intake, Says, token};
use crate::notifiers;
use crate::render::Target;
use crate::store::{inbox, pages};

/// For how long a link or a code answers a page.
pub(crate) const ANSWER_GOOD_FOR: TimeDelta = TimeDelta::hours(24);
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
    /// The other incidents whose pages wait for them.
    pub others: Vec<IncidentId>,
    /// Who has it, where somebody does.
    pub acknowledged_by: Option<String>,
}

/// Where a message came from.
#[derive(Debug)]
pub struct Sender {
    /// The methods by which its address may be somebody's.
    pub methods: &'static [ContactMethod],
    pub address: String,
    /// What is said to somebody whom nobody knows.
    pub stranger: String,
}

/// The pages that somebody may mean who answers by a message.
#[derive(Default)]
struct Candidates {
    /// Those that wait for them, and that they were told of within a day.
    waiting: Vec<Meant>,
    /// Those among them that have the code.
    meant: Vec<Meant>,
    /// The incident of a page that has the code, which came too long ago.
    expired: Option<IncidentId>,
}

type Meant = (IncidentId, PageId, PersonId);

impl Candidates {
    /// The page that is meant, or what to say; where somebody says no more than yes, it is the only one.
    fn meant(&self, is_yes: bool) -> Result<Meant, String> {
        match (self.meant.as_slice(), self.expired, self.waiting.as_slice()) {
            ([page], ..) => Ok(*page),
            ([], Some(old), _) => {
                Err(format!("the code of {old} was good for a day and is not any more; acknowledge it in chat"))
            }
            ([], None, [page]) if is_yes => Ok(*page),
            ([], None, [_, _, ..]) if is_yes => {
                Err("several pages wait for you; reply with the code of the one that you mean".to_owned())
            }
            _ => Err("no page of yours has this code; reply with the code that came with it".to_owned()),
        }
    }
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
        let others = self.pages_waiting_for(of.person).await?.into_iter().map(|page| page.incident);
        let others = others.filter(|other| *other != page.incident).collect();
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
            others,
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
        let id = format!("answer:{}:{}:{}", of.page, of.person, of.until.timestamp());
        let answer = self.answer_once(console, (page.incident, of.person), id).await?;
        Ok(self.words(Target::Console, &answer, chrono_tz::UTC)?.trim().to_owned())
    }

    async fn answer_once(
        &self,
        console: WorkspaceId,
        (incident, person): (IncidentId, PersonId),
        id: String,
    ) -> Result<Answer, Fault> {
        let request = Request { incident: Some(incident), ask: Ask::Command(Command::Ack) };
        let (from, says) = (From::Link { person }, Says::Request(Box::new(request)));
        self.take(Inbound { workspace: console, id, from, room: None, says, target: Target::Console }).await
    }

    /// Acknowledges by a message: the sender is known by their address, and the page by its code, or as the only one that
    /// waits for them. What came in under `once` before gets the same answer.
    ///
    /// # Errors
    /// A fault; nothing may have been committed.
    pub async fn answer_by_message(
        &self,
        console: WorkspaceId,
        sender: &Sender,
        text: &str,
        once: Option<&str>,
    ) -> Result<Answer, Fault> {
        let no = |message: &str| Ok(Answer::Refused(Refusal::NotAllowed { message: message.to_owned() }));
        if let Some(once) = once
            && let Some(answer) = self.answered(console, once).await?
        {
            return Ok(answer);
        }
        let people = self.people_at(sender).await?;
        if people.is_empty() {
            return no(&sender.stranger);
        }
        let word = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        let is_yes = people.len() == 1 && ["ACK", "OK", "YES", "4"].contains(&word.as_str());
        let (incident, page, person) = match self.candidates(&people, &word).await?.meant(is_yes) {
            Ok(meant) => meant,
            Err(why) => return no(&why),
        };
        let by_time = || format!("answer:{page}:{person}:{}", self.clock.now().timestamp());
        self.answer_once(console, (incident, person), once.map_or_else(by_time, str::to_owned)).await
    }

    async fn candidates(&self, people: &[PersonId], word: &str) -> Result<Candidates, Fault> {
        let mut found = Candidates::default();
        for person in people {
            for page in self.pages_waiting_for(*person).await? {
                let is_meant = self.answer_code(page.id, *person)? == word;
                let of = (page.incident, page.id, *person);
                if self.is_told_of_late(&page, *person) {
                    found.meant.extend(is_meant.then_some(of));
                    found.waiting.push(of);
                } else if is_meant {
                    found.expired = Some(page.incident);
                }
            }
        }
        Ok(found)
    }

    /// Whether what somebody was sent of a page can still answer it.
    fn is_told_of_late(&self, page: &Page, person: PersonId) -> bool {
        let told = page.last_told(person).and_then(|told| told.checked_add_signed(ANSWER_GOOD_FOR));
        told.is_some_and(|until| self.clock.now() < until)
    }

    /// What was answered to what came in under this id before.
    async fn answered(&self, console: WorkspaceId, id: &str) -> Result<Option<Answer>, Fault> {
        let id = id.to_owned();
        let read = self
            .store
            .read(move |tx| Box::pin(async move { Ok(inbox::open::<Decided>(tx, console, &id).await?.answered) }));
        Ok(read.await?.map(Answer::from))
    }

    /// Those to whom an address leads by one of these methods.
    async fn people_at(&self, sender: &Sender) -> Result<Vec<PersonId>, Fault> {
        let mark = notifiers::mark(&self.keyring, &PlainAddress(sender.address.clone()))?;
        let directory = self.directory().await?;
        let known = |held: &&Person| {
            let own = |(method, own): (&ContactMethod, &Address)| sender.methods.contains(method) && own.mark == mark;
            held.active && held.addresses.iter().any(own)
        };
        Ok(directory.people.values().filter(known).map(|person| person.id).collect())
    }

    pub(super) async fn page(&self, page: PageId) -> Result<Option<Page>, Fault> {
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
