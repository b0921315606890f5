//! Intake: every request passes through here, whatever surface it came from. Dedupe, load the facts, decide, commit;
//! only then is anything answered.

mod amend;
mod answer;
mod apply;
mod calendars;
mod code;
mod commands;
mod commit;
mod contacts;
mod digests;
mod directory;
mod export;
mod fairness;
mod feeds;
mod files;
mod handoff;
mod hear;
mod keys;
mod known;
mod load;
mod oncall;
mod own;
pub(crate) mod promised;
mod proof;
mod raised;
mod read;
mod receipt;
mod report;
mod returned;
mod rooms;
mod round;
mod rounds;
mod settle;
mod similar;
mod sync;
mod timers;
mod together;
mod token;
mod told;
mod verify;
mod words;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use firebell_core::actor::{Actor, Via, Who};
use firebell_core::command::parse::{Context, parse};
use firebell_core::command::{Ask, Command, OnCallCommand, Own, Query, Quote, Request, ReviewCommand};
use firebell_core::directory::Person;
use firebell_core::form::{self, FormKind, Values};
use firebell_core::ids::{IncidentId, Key, PersonId, WorkspaceId};
use firebell_core::place::Place;
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use firebell_core::settings::Settings;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::metrics::{CommandOutcome, Metrics};
use crate::notifiers::Notifiers;
use crate::render::{Renderer, Target};
use crate::seal::Keyring;
use crate::store::{Store, StoreError, Tx};

pub use self::amend::Amend;
pub(crate) use self::answer::ANSWER_GOOD_FOR;
pub use self::answer::{AnswerTo, Sender, Standing};
pub use self::apply::{Applied, Applying};
pub use self::calendars::CalendarStanding;
pub(crate) use self::digests::of_team;
pub use self::directory::Wanted;
pub(crate) use self::directory::replica_id;
pub(crate) use self::feeds::TOKEN_LENGTH;
pub use self::hear::Heard;
pub use self::keys::ForeignKey;
use self::known::{Held, Requester};
pub use self::proof::ProofOf;
pub use self::raised::{Resolving, dates, raised};
pub use self::read::{Answered, LIST_MAX, Shown, WholeRecord};
pub use self::receipt::ReceiptFor;
pub(crate) use self::returned::{Compared, Conflict};
pub use self::settle::Settled;
pub(crate) use self::sync::Reading;
pub use self::timers::Fired;
use self::told::Told;
pub use self::verify::{Exported, VerifyReport};

/// How often a lost race is decided again before it counts as a fault.
const RACES: u32 = 10;

/// The one door for requests. Clones share it.
#[derive(Clone)]
pub struct Intake {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) renderer: Arc<Renderer>,
    metrics: Arc<Metrics>,
    entropy: Entropy,
    settling: Arc<settle::Settling>,
    commanding: Arc<commands::Commanding>,
    /// Where rooms of new incidents are opened.
    pub(crate) places: Arc<Vec<Place>>,
    /// The contact methods beside chat, by which addresses are checked.
    notifiers: Notifiers,
    /// The directory as it was last read.
    held: Arc<Mutex<Option<Held>>>,
}

/// What the engine is made of.
pub struct Parts {
    pub store: Store,
    pub clock: Clock,
    pub keyring: Arc<Keyring>,
    pub settings: Arc<Settings>,
    pub renderer: Arc<Renderer>,
    pub metrics: Arc<Metrics>,
    pub entropy: Entropy,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Inbound {
    pub workspace: WorkspaceId,
    /// What the platform keeps stable of this request: a second arrival of it from the same sender gets the first one's
    /// reply.
    pub id: String,
    pub from: From,
    /// The platform's id of the room it was said in.
    pub room: Option<String>,
    pub says: Says,
    /// For whom what is shown is escaped.
    pub target: Target,
}

/// What a request says.
#[derive(Debug, Clone)]
pub enum Says {
    /// A line of the grammar.
    Line(String),
    /// What a button or a shortcut stands for.
    Request(Box<Request>),
    /// A form that was filled in, with the message on which it was opened.
    Form { kind: FormKind, incident: Option<IncidentId>, values: Values, quote: Option<Quote> },
}

impl Says {
    fn read(&self, context: &Context<'_>) -> Result<Request, Refusal> {
        match self {
            Self::Line(text) => parse(text, context),
            Self::Request(request) => Ok(Request::clone(request)),
            Self::Form { kind, incident, values, quote } => {
                form::request(*kind, *incident, (values, quote.as_ref()), context)
            }
        }
    }
}

impl Inbound {
    /// Under which its reply is stored. An id is no secret, and a reply is for whoever asked.
    fn key(&self) -> String {
        match &self.from {
            From::Account { external_id } => format!("{external_id} {}", self.id),
            From::Cli { .. } | From::Link { .. } | From::Program { .. } => self.id.clone(),
        }
    }

    /// The person who sent it, by the way that it came.
    fn actor(&self, person: PersonId) -> Actor {
        Actor { who: Who::Person(person), via: self.via() }
    }

    /// The way that it came.
    fn via(&self) -> Via {
        match &self.from {
            From::Account { .. } => Via::Chat { workspace: self.workspace },
            From::Cli { os_user, .. } => Via::Cli { os_user: os_user.clone() },
            From::Link { .. } | From::Program { .. } => Via::Web,
        }
    }
}

/// Who sent it.
#[derive(Debug, Clone)]
pub enum From {
    /// An account of the workspace.
    Account { external_id: String },
    /// A person named at the command line, and the operating system's user who did.
    Cli { handle: String, os_user: String },
    /// Somebody who came by a link that is theirs alone.
    Link { person: PersonId },
    /// A program that has a token.
    Program { name: Key },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Done(Reply),
    Refused(Refusal),
    Shown(Shown),
}

/// A failure that the operator must mend.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    #[error("failed to {0}")]
    Store(#[from] StoreError),
    #[error("failed to render: {0}")]
    Render(String),
    #[error("it is done, but the answer cannot be shown: {0}")]
    Unsaid(String),
    #[error("failed to settle a delivery: whoever settled it with others was stopped; it is attempted again")]
    Unsettled,
    #[error("failed to seal or sign: {0}")]
    Seal(String),
    #[error("failed to read {0}")]
    Calendar(String),
}

/// What is left of a request that ended in a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Nothing,
    /// Nobody knows. A repetition under the same inbound id finds out; one under another may do it twice.
    Unknown,
    All,
}

impl Fault {
    /// What is left of the request that it ended.
    pub fn kept(&self) -> Kept {
        match self {
            Self::Store(StoreError::Unheard { .. }) => Kept::Unknown,
            Self::Unsaid(_) => Kept::All,
            Self::Store(_) | Self::Render(_) | Self::Unsettled | Self::Seal(_) | Self::Calendar(_) => Kept::Nothing,
        }
    }
}

/// A decided request as it is stored beside its inbound id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decided {
    Done(Reply),
    Refused(Refusal),
}

impl std::convert::From<Decided> for Answer {
    fn from(decided: Decided) -> Self {
        match decided {
            Decided::Done(reply) => Self::Done(reply),
            Decided::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// Whether a request was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    First,
    Repeated,
}

/// What became of a command.
struct Outcome {
    decided: Decided,
    arrival: Arrival,
    /// The incident that it was about, where that had to be found out.
    incident: Option<IncidentId>,
}

/// Everything that one run of a command needs; deciding again uses the same.
struct Job {
    inbound: Inbound,
    /// By which its sender was found and its words were understood.
    held: Held,
    request: Request,
    actor: Actor,
    now: DateTime<Utc>,
    seed: [u8; 32],
}

/// A request that is no command to decide.
enum Other {
    Refused(Refusal),
    Query(Box<Person>, Option<IncidentId>, Box<Query>),
    Own(Box<Person>, Own),
    OnCall(Box<Person>, OnCallCommand),
}

impl Intake {
    /// An intake over these parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            store: parts.store,
            clock: parts.clock,
            keyring: parts.keyring,
            settings: parts.settings,
            renderer: parts.renderer,
            metrics: parts.metrics,
            entropy: parts.entropy,
            settling: Arc::default(),
            commanding: Arc::default(),
            places: Arc::default(),
            notifiers: Notifiers::default(),
            held: Arc::default(),
        }
    }

    /// The same intake with rooms of new incidents opened in these places.
    #[must_use]
    pub fn with_places(self, places: Vec<Place>) -> Self {
        Self { places: Arc::new(places), ..self }
    }

    /// The same intake with these contact methods beside chat.
    #[must_use]
    pub fn with_notifiers(self, notifiers: Notifiers) -> Self {
        Self { notifiers, ..self }
    }

    /// Takes one line of the grammar and answers it. A command is committed before this returns. The log has one line
    /// of it by then, a fault's too, so nobody who calls this logs it again.
    ///
    /// # Errors
    /// A fault; the sender is to be told what [`Fault::kept`] says of it.
    pub async fn take(&self, inbound: Inbound) -> Result<Answer, Fault> {
        let mut told = Told::of(&inbound);
        let outcome = self.answer(inbound, &mut told).await;
        told.ended(&outcome);
        outcome
    }

    /// Most requests are understood by the directory as it was last read; whether that still stands is seen in the
    /// transaction that decides.
    async fn answer(&self, inbound: Inbound, told: &mut Told) -> Result<Answer, Fault> {
        if let Some(held) = self.remembered()
            && let Ok(job) = self.understand(&inbound, held, told)?
            && let Some(answer) = self.decided(job, told).await?
        {
            return Ok(answer);
        }
        loop {
            let held = self.newest().await?;
            let answer = match self.understand(&inbound, held, told)? {
                Ok(job) => self.decided(job, told).await?,
                Err(Other::Refused(refusal)) => Some(Answer::Refused(refusal)),
                Err(Other::Query(person, incident, query)) => {
                    Some(Box::pin(self.query(&inbound, &person, incident, &query)).await?)
                }
                Err(Other::Own(person, own)) => Some(Box::pin(self.own(&inbound, &person, &own)).await?),
                Err(Other::OnCall(person, command)) => {
                    Some(Box::pin(self.change_on_call(&inbound, &person, &command)).await?)
                }
            };
            if let Some(answer) = answer {
                return Ok(answer);
            }
        }
    }

    /// What a request comes to by this directory: a command to decide, or something else.
    fn understand(&self, inbound: &Inbound, held: Held, told: &mut Told) -> Result<Result<Job, Other>, Fault> {
        let (owned, now) = (held.clone(), self.clock.now());
        let requester = match owned.requester(inbound) {
            Ok(requester) => requester,
            Err(refusal) => return Ok(Err(Other::Refused(refusal))),
        };
        told.actor = Some(requester.name().clone());
        let context = Context { zone: requester.zone(), now, severities: &self.settings.severities };
        let request = match inbound.says.read(&context) {
            Ok(request) => request,
            Err(refusal) => return Ok(Err(Other::Refused(refusal))),
        };
        told.asks(&request);
        if let Err(refusal) = self.knows_template(&request) {
            return Ok(Err(Other::Refused(refusal)));
        }
        let Request { incident, ask } = request;
        Ok(match (ask, requester) {
            (ask @ Ask::Command(_), requester) => {
                let request = Request { incident, ask };
                let (inbound, actor, seed) = (inbound.clone(), requester.actor(inbound), self.entropy.seed()?);
                Ok(Job { inbound, held, request, actor, now, seed })
            }
            (Ask::Query(query), Requester::Person(person)) => {
                Err(Other::Query(Box::new(person.clone()), incident, Box::new(query)))
            }
            (Ask::Own(own), Requester::Person(person)) => Err(Other::Own(Box::new(person.clone()), own)),
            (Ask::OnCall(command), Requester::Person(person)) => Err(Other::OnCall(Box::new(person.clone()), command)),
            (_, Requester::Program(_)) => {
                let message = "programs raise pages and resolve them; everything else is for people".to_owned();
                Err(Other::Refused(Refusal::NotAllowed { message }))
            }
        })
    }

    /// Refuses a template for the postmortem that the renderer does not have.
    fn knows_template(&self, request: &Request) -> Result<(), Refusal> {
        let Ask::Command(Command::Review(ReviewCommand::Template { template })) = &request.ask else { return Ok(()) };
        let known = self.renderer.templates();
        if known.contains(template) {
            return Ok(());
        }
        Err(Refusal::UnknownTemplate { named: Refusal::quote(template), known })
    }

    /// Decides a command and answers it; `None` if the directory by which it was understood is another by now.
    async fn decided(&self, job: Job, told: &mut Told) -> Result<Option<Answer>, Fault> {
        let job = Arc::new(job);
        let began = std::time::Instant::now();
        let Some(outcome) = self.command(job.clone()).await.transpose() else { return Ok(None) };
        // One that is understood anew is counted when it is decided.
        self.metrics.committed(began.elapsed());
        self.count(&job, outcome.as_ref().ok());
        let Outcome { decided, arrival, incident } = outcome?;
        told.arrival = Some(arrival);
        told.incident = incident.or(told.incident);
        Ok(Some(decided.into()))
    }

    fn count(&self, job: &Job, outcome: Option<&Outcome>) {
        let Ask::Command(command) = &job.request.ask else { return };
        let outcome = match outcome {
            Some(Outcome { arrival: Arrival::Repeated, .. }) => CommandOutcome::Repeated,
            Some(Outcome { decided: Decided::Done(_), .. }) => CommandOutcome::Done,
            Some(Outcome { decided: Decided::Refused(_), .. }) => CommandOutcome::Refused,
            None => CommandOutcome::Failed,
        };
        self.metrics.command_done(command, outcome);
    }

    /// Writes, and decides again on what others left wherever they were first.
    async fn write_in_race<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'t> Fn(&'t mut Tx<'_>) -> BoxFuture<'t, Result<T, StoreError>> + Clone + Send + Sync + 'static,
        T: Send + 'static,
    {
        let mut races = 0;
        loop {
            match self.store.write(work.clone()).await {
                Err(StoreError::Conflict { .. } | StoreError::Unique { .. }) if races < RACES => races += 1,
                done => return done,
            }
        }
    }

    /// A fresh seed, from the same source as every command's.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub(crate) fn seed(&self) -> Result<[u8; 32], Fault> {
        self.entropy.seed()
    }
}
