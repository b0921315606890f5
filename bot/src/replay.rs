//! Playing incidents again from transcripts, through the same path as real ones: demonstrations, drills and tests. The
//! clock is moved by the transcript, and only when nothing is due, so the same transcript gives the same bytes.

pub mod transcript;

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::{FileDirectory, FilePerson, FilePolicy, FileService, FileStep};
use firebell_core::ids::{IncidentId, Key, MessageId};
use firebell_core::incident::RoomState;
use firebell_core::message::{Amendment, Happened};
use firebell_core::paging::policy::{AckNeed, Terms};
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;

use self::transcript::{Line, Place, Transcript, What};
use crate::app::App;
use crate::clock::{Clock, ClockError};
use crate::intake::{self, Answer, Fault, From, Inbound, Says, Shown};
use crate::platform::console::amend;
use crate::render::Target;

/// Why a replay stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error("{0}")]
    Clock(#[from] ClockError),
    #[error("{file}:{line}: the reply does not contain \"{expected}\"; it was: {reply}")]
    Unexpected { file: String, line: usize, expected: String, reply: String },
    #[error("{file}:{line}: nobody has declared an incident that this could be said in")]
    NoRoom { file: String, line: usize },
    #[error("{file}:{line}: there is no room #{room} here; write INC-n, or the name that the room was opened under")]
    NoSuchRoom { file: String, line: usize, room: String },
    #[error("show what was said: {0}")]
    Unwatched(std::io::Error),
    #[error("write {path}: {source}")]
    Write { path: String, source: std::io::Error },
}

/// How fast a transcript is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// Without any waiting.
    Instant,
    /// So many times as fast as it happened.
    Speed(f64),
    /// In about so long, whatever the transcript's length.
    Within(Duration),
}

/// One utterance and what was answered, for those who watch.
pub struct Heard<'l> {
    pub at: DateTime<Utc>,
    pub speaker: &'l Key,
    pub text: &'l str,
    /// `None` for plain talk.
    pub reply: Option<String>,
}

/// Plays one transcript on one fresh app.
pub struct Player<'t> {
    transcript: &'t Transcript,
    /// The name of its file, for errors.
    file: &'t str,
    app: App,
    clock: Clock,
    pace: Pace,
    current: HashMap<Key, IncidentId>,
    last_declared: Option<IncidentId>,
}

impl Transcript {
    /// The directory that the transcript's header describes; everybody is reached at the console.
    pub fn directory(&self) -> FileDirectory {
        FileDirectory {
            people: self
                .people
                .iter()
                .map(|person| FilePerson {
                    handle: person.handle.clone(),
                    name: person.name.clone(),
                    email: None,
                    accounts: Vec::new(),
                    zone: person.zone,
                    standing: person.standing,
                    contacts: Some(vec![ContactMethod::Console]),
                    addresses: std::collections::BTreeMap::new(),
                    rules: None,
                })
                .collect(),
            teams: Vec::new(),
            services: self
                .services
                .iter()
                .map(|service| FileService {
                    key: service.key.clone(),
                    name: service.name.clone(),
                    team: None,
                    policy: service.policy.clone(),
                    runbook: service.runbook.clone(),
                    tier: None,
                    depends_on: Vec::new(),
                    rooms: Vec::new(),
                })
                .collect(),
            policies: self.policies.iter().map(policy).collect(),
            last_resort: self.last_resort.clone(),
            ..FileDirectory::default()
        }
    }
}

fn policy(policy: &transcript::Policy) -> FilePolicy {
    let step = |step: &transcript::Step| FileStep {
        people: step.people.clone(),
        wait_s: step.wait.num_seconds(),
        needs: AckNeed::Anyone,
        ..FileStep::default()
    };
    FilePolicy {
        key: policy.key.clone(),
        name: policy.name.clone(),
        rounds: 1,
        terms: Terms::default(),
        steps: policy.steps.iter().map(step).collect(),
    }
}

impl<'t> Player<'t> {
    /// A player; `clock` is the manual clock that `app` was wired with.
    pub fn new((transcript, file): (&'t Transcript, &'t str), app: App, clock: Clock, pace: Pace) -> Self {
        Self { transcript, file, app, clock, pace, current: HashMap::new(), last_declared: None }
    }

    /// Plays it to the end; `watch` is told of every utterance. Answers the incidents that were declared.
    ///
    /// # Errors
    /// The first line that cannot be played or watched.
    pub async fn play(
        mut self,
        mut watch: impl FnMut(Heard<'_>) -> std::io::Result<()>,
    ) -> Result<Vec<IncidentId>, ReplayError> {
        for person in &self.transcript.people {
            self.app.intake.introduce(self.app.console, &person.handle).await?;
        }
        for line in &self.transcript.lines {
            self.wait_for(line).await?;
            if let What::Said { speaker, place, text, expect } = &line.what {
                let reply = self.say(line, (speaker, place.as_ref()), text).await?;
                watch(Heard { at: line.at, speaker, text, reply: reply.clone() }).map_err(ReplayError::Unwatched)?;
                self.check(line, expect, reply.as_deref().unwrap_or(""))?;
            }
            self.app.engine.settle().await?;
        }
        let all = self.app.intake.incidents(Viewer::Operator, true, None).await?;
        let mut numbers: Vec<IncidentId> = all.into_iter().map(|incident| incident.id).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Lets time pass up to a line: every timer on the way fires at its own instant.
    async fn wait_for(&self, line: &Line) -> Result<(), ReplayError> {
        loop {
            self.app.engine.settle().await?;
            match self.app.engine.next().await? {
                Some(next) if next <= line.at => self.pass(next).await?,
                _ => break,
            }
        }
        self.pass(line.at).await
    }

    async fn pass(&self, to: DateTime<Utc>) -> Result<(), ReplayError> {
        let now = self.clock.now();
        if to <= now {
            return Ok(());
        }
        let takes = to.signed_duration_since(now).to_std().unwrap_or_default();
        let pause = match self.pace {
            Pace::Instant => Duration::ZERO,
            Pace::Speed(speed) => Duration::try_from_secs_f64(takes.as_secs_f64() / speed).unwrap_or(Duration::ZERO),
            Pace::Within(all) => all / u32::try_from(self.transcript.lines.len().max(1)).unwrap_or(u32::MAX),
        };
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        Ok(self.clock.set(to)?)
    }

    async fn say(
        &mut self,
        line: &Line,
        (speaker, place): (&Key, Option<&Place>),
        text: &str,
    ) -> Result<Option<String>, ReplayError> {
        // Who amends a message in no room is refused like anybody who does.
        if let Some(Place::Room(room)) = place
            && amend::read(text).is_none()
            && !self.is_room(room).await?
        {
            let (file, line, room) = (self.file.to_owned(), line.number, Refusal::quote(room));
            return Err(ReplayError::NoSuchRoom { file, line, room });
        }
        let room = self.room(speaker, place).await?;
        if !text.starts_with('/') {
            let Some(room) = room else {
                return Err(ReplayError::NoRoom { file: self.file.to_owned(), line: line.number });
            };
            let heard = intake::Heard {
                workspace: self.app.console,
                room,
                external_id: format!("line-{}", line.number),
                sent_at: line.at,
                parent: None,
                wanted: false,
                what: Happened::Said { author: speaker.to_string(), text: text.to_owned() },
                files: Vec::new(),
            };
            return Ok(self.app.intake.hear(heard).await?.err().map(|refusal| self.refusal(&refusal)));
        }
        if let Some(amend) = amend::read(text) {
            return self.amend(line, (speaker, room), amend).await.map(Some);
        }
        let inbound = Inbound {
            workspace: self.app.console,
            id: format!("line-{}", line.number),
            from: From::Account { external_id: speaker.to_string() },
            room,
            says: Says::Line(text.to_owned()),
            target: Target::Console,
        };
        let answer = self.app.intake.take(inbound).await?;
        if let Answer::Done(firebell_core::reply::Reply::Declared { incident, .. }) = &answer {
            self.last_declared = Some(*incident);
            self.current.insert(speaker.clone(), *incident);
        }
        Ok(Some(self.app.intake.words(Target::Console, &answer, self.zone(speaker))?))
    }

    async fn amend(
        &self,
        line: &Line,
        (speaker, room): (&Key, Option<String>),
        amend: Result<(MessageId, Amendment), Refusal>,
    ) -> Result<String, ReplayError> {
        let (message, amendment) = match amend {
            Ok(amend) => amend,
            Err(refusal) => return Ok(self.refusal(&refusal)),
        };
        let room = room.ok_or_else(|| ReplayError::NoRoom { file: self.file.to_owned(), line: line.number })?;
        let (workspace, account, done) = (self.app.console, speaker.to_string(), amend::done(message, &amendment));
        let asked = intake::Amend { workspace, room, account, message, amendment };
        Ok(match self.app.intake.amend(asked).await? {
            Ok(()) => done,
            Err(refusal) => self.refusal(&refusal),
        })
    }

    fn refusal(&self, refusal: &Refusal) -> String {
        self.app.intake.renderer.refusal(Target::Console, refusal)
    }

    fn zone(&self, speaker: &Key) -> Tz {
        self.transcript.people.iter().find(|p| p.handle == *speaker).map_or(self.transcript.zone, |p| p.zone)
    }

    /// The room that is meant: the named one, that of the named incident, the one the speaker was in last, or the newest.
    async fn room(&mut self, speaker: &Key, place: Option<&Place>) -> Result<Option<String>, Fault> {
        let incident = match place {
            Some(Place::Room(room)) => return Ok(Some(room.clone())),
            Some(Place::Incident(incident)) => Some(*incident),
            None => self.current.get(speaker).copied().or(self.last_declared),
        };
        let Some(incident) = incident else { return Ok(None) };
        self.current.insert(speaker.clone(), incident);
        room_of(&self.app, incident).await
    }

    /// Whether a room of an incident has this name.
    async fn is_room(&self, named: &str) -> Result<bool, Fault> {
        let incidents = self.app.intake.incidents(Viewer::Operator, true, None).await?;
        let mut rooms = incidents.iter().flat_map(|incident| &incident.rooms);
        Ok(rooms.any(|room| name_of(&room.state).is_some_and(|name| name == named)))
    }

    fn check(&self, line: &Line, expect: &[String], reply: &str) -> Result<(), ReplayError> {
        match expect.iter().find(|expected| !reply.contains(expected.as_str())) {
            None => Ok(()),
            Some(expected) => Err(ReplayError::Unexpected {
                file: self.file.to_owned(),
                line: line.number,
                expected: expected.clone(),
                reply: reply.to_owned(),
            }),
        }
    }
}

/// The console room of an incident, once it is open.
///
/// # Errors
/// The database cannot be read.
pub async fn room_of(app: &App, incident: IncidentId) -> Result<Option<String>, Fault> {
    let Ok(record) = app.intake.record(Viewer::Operator, incident).await? else { return Ok(None) };
    let mut rooms = record.loaded.incident.rooms.iter().filter(|room| room.workspace == app.console);
    Ok(rooms.find_map(|room| name_of(&room.state).map(str::to_owned)))
}

/// The name by which the console knows a room, once it was opened.
fn name_of(state: &RoomState) -> Option<&str> {
    match state {
        RoomState::Open { external_id, .. } | RoomState::Closed { external_id, .. } => Some(external_id),
        RoomState::Requested | RoomState::Failed { .. } => None,
    }
}

/// Writes a shown document into a folder; answers its path.
///
/// # Errors
/// The file cannot be written.
pub fn write_document(shown: &Shown, folder: &Path) -> Result<Option<std::path::PathBuf>, ReplayError> {
    let Shown::Document { name, content, .. } = shown else { return Ok(None) };
    let path = folder.join(name);
    let failed = |source| ReplayError::Write { path: path.display().to_string(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::write(&path, content.bytes()).map_err(failed)?;
    Ok(Some(path))
}
