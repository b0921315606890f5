//! One sitting at the console: who speaks, where they are, and what becomes of each line.

mod settle;
mod sight;
mod talk;

use std::collections::HashMap;
use std::path::PathBuf;

use chrono_tz::Tz;
use firebell_core::ids::{IncidentId, Key, Minter};
use firebell_core::refusal::Refusal;
use firebell_core::reply::Reply;
use uuid::Uuid;

use super::line::{Line, What};
use super::lines::Prompt;
use super::places::{self, Place};
use super::screen::ConsoleScreen;
use super::{ConsoleError, files, words};
use crate::app::App;
use crate::intake::{Answer, From, Inbound, Says, Shown};
use crate::platform::console::amend::Usage;
use crate::platform::console::screen::Look;
use crate::render::Target;

/// A sitting.
pub(super) struct Session {
    app: App,
    screen: ConsoleScreen,
    look: Look,
    speaker: Key,
    /// Where documents are written.
    folder: PathBuf,
    /// Somebody types the lines and sees them.
    typed: bool,
    /// The room that each speaker went to.
    rooms: HashMap<Key, String>,
    /// The room that was gone to last, for those who went nowhere yet.
    last_room: Option<String>,
    /// Declared by this speaker, and its room was not open yet.
    awaited: Option<(Key, IncidentId)>,
    id: Uuid,
    said: u64,
}

impl Session {
    /// A sitting that begins with nobody in any room.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub(super) fn new(
        app: App,
        screen: ConsoleScreen,
        (speaker, folder): (Key, PathBuf),
        typed: bool,
    ) -> Result<Self, ConsoleError> {
        let id = Minter::new(app.intake.seed()?, app.intake.clock.now()).uuid();
        let look = screen.look();
        let (rooms, last_room, awaited) = (HashMap::new(), None, None);
        Ok(Self { app, screen, look, speaker, folder, typed, rooms, last_room, awaited, id, said: 0 })
    }

    /// Says where one is, to whoever types.
    ///
    /// # Errors
    /// The database or the terminal is gone.
    pub(super) async fn greet(&mut self) -> Result<(), ConsoleError> {
        if !self.typed {
            return Ok(());
        }
        let hello =
            format!("Firebell console: you are @{}. /help explains, Tab completes, Ctrl-D leaves.", self.speaker);
        self.screen.reply(&self.look.paint("1", &hello))?;
        let places = self.places().await?;
        let open: Vec<&Place> = places.iter().filter(|place| !place.closed).collect();
        if let [only] = open.as_slice() {
            self.last_room = Some(only.room.clone());
        } else if !open.is_empty() {
            let open: Vec<Place> = open.into_iter().cloned().collect();
            self.screen.reply(&words::rooms(&open, None))?;
        }
        Ok(())
    }

    /// A last word to whoever typed; for other lines, what they set off is done before this returns.
    ///
    /// # Errors
    /// The database or the terminal is gone.
    pub(super) async fn leave(&mut self) -> Result<(), ConsoleError> {
        if !self.typed {
            return self.settled().await;
        }
        match self.app.engine.next().await? {
            Some(_) => Ok(self.screen.reply(words::STILL_DUE)?),
            None => Ok(()),
        }
    }

    /// Tells how to leave; answers that talking goes on.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn interrupted(&self) -> Result<bool, ConsoleError> {
        self.screen.reply("Ctrl-D or /quit leaves.")?;
        Ok(true)
    }

    /// What is shown before the next line, and what could be in it.
    ///
    /// # Errors
    /// The database is gone, where nobody types.
    pub(super) async fn prompt(&mut self) -> Result<Prompt, ConsoleError> {
        if !self.typed {
            return Ok(Prompt::default());
        }
        self.follow().await?;
        let places = self.places().await.unwrap_or_default();
        let room = self.here().and_then(|here| places.iter().find(|place| place.room == here));
        let label = room.map_or_else(String::new, |place| {
            format!(" #{}{}", place.room, if place.closed { " (closed)" } else { "" })
        });
        let known = self.known(&places).await.unwrap_or_default();
        let speaker = format!("@{}", self.speaker);
        let styled = format!("{}{}> ", self.look.paint("1;32", &speaker), self.look.paint("36", &label));
        Ok(Prompt { plain: format!("{speaker}{label}> "), styled, known })
    }

    /// Does what a line asks for; answers whether talking goes on.
    ///
    /// # Errors
    /// The terminal is gone; where nobody types, also a fault.
    pub(super) async fn line(&mut self, text: &str) -> Result<bool, ConsoleError> {
        let line = match Line::read(text) {
            Ok(line) => line,
            Err(error) => return self.refuse(&error.to_string()).map(|()| true),
        };
        let goes_on = match self.obey(line).await {
            Err(ConsoleError::Fault(fault)) if self.typed => self.refuse(&words::fault(&fault)).map(|()| true),
            outcome => outcome,
        }?;
        if !self.typed {
            self.settled().await?;
            self.follow().await?;
        }
        Ok(goes_on)
    }

    async fn obey(&mut self, line: Line) -> Result<bool, ConsoleError> {
        if let Some(who) = line.who {
            self.speaker = who;
        }
        match line.what {
            What::Quit => return Ok(false),
            What::Help { topic } => self.help(topic.as_deref())?,
            What::People => {
                let directory = self.app.intake.directory().await?;
                self.screen.reply(&words::people(directory.people.values(), self.speaker.as_str()))?;
            }
            What::Rooms => {
                let places = self.places().await?;
                self.screen.reply(&words::rooms(&places, self.here()))?;
            }
            What::Nothing if line.room.is_none() => {}
            what => {
                let zone = self.introduce().await?;
                let places = self.places().await?;
                let place = match line.room.as_deref() {
                    Some(named) => match places::find(&places, named) {
                        Some(place) => Some(place.clone()),
                        None => return self.no_such_room(&places, named).map(|()| true),
                    },
                    None => places.iter().find(|place| Some(place.room.as_str()) == self.here()).cloned(),
                };
                match what {
                    What::Say(text) => self.say(place, text, places.is_empty()).await?,
                    What::Command(text) => self.command(place, text, zone).await?,
                    What::Amend { message, amendment } => {
                        self.amend(place, places.is_empty(), (message, amendment)).await?;
                    }
                    _ => self.go(place),
                }
            }
        }
        Ok(true)
    }

    fn go(&mut self, place: Option<Place>) {
        let Some(place) = place else { return };
        self.rooms.insert(self.speaker.clone(), place.room.clone());
        self.last_room = Some(place.room);
    }

    async fn command(&mut self, place: Option<Place>, text: String, zone: Tz) -> Result<(), ConsoleError> {
        let inbound = Inbound {
            workspace: self.app.console,
            id: self.next_id(),
            from: From::Account { external_id: self.speaker.to_string() },
            room: place.map(|place| place.room),
            says: Says::Line(text),
            target: Target::Console,
        };
        let screen = self.screen.clone();
        let reply_first = screen.answering().await;
        let answer = self.app.intake.take(inbound).await?;
        self.answer(&answer, zone)?;
        drop(reply_first);
        if let Answer::Done(Reply::Declared { incident, .. }) = answer {
            self.awaited = Some((self.speaker.clone(), incident));
        }
        Ok(())
    }

    fn answer(&self, answer: &Answer, zone: Tz) -> Result<(), ConsoleError> {
        let text = self.app.intake.words(Target::Console, answer, zone)?;
        match answer {
            Answer::Shown(Shown::Document { name, content, .. }) => {
                if let Some(text) = content.text() {
                    self.screen.reply(&words::inert_lines(text))?;
                }
                match files::keep(&self.folder, name, content.bytes()) {
                    Ok(path) => self.screen.reply(&format!("Written to {}.", path.display()))?,
                    Err(error) => self.refuse(&format!("{name} could not be written: {error}"))?,
                }
            }
            Answer::Refused(_) => self.screen.reply(&self.look.paint("33", &text))?,
            Answer::Done(_) | Answer::Shown(Shown::Text(_)) => self.screen.reply(&text)?,
        }
        Ok(())
    }

    fn help(&self, topic: Option<&str>) -> Result<(), ConsoleError> {
        let amends = |topic: &str| Usage::of(&format!("/{}", topic.trim_start_matches('/')));
        if let Some(usage) = topic.and_then(amends) {
            return Ok(self.screen.reply(&words::amending(usage))?);
        }
        let commands = self.app.intake.help(Target::Console, topic)?;
        match topic {
            Some(_) => self.screen.reply(&commands)?,
            None => self.screen.reply(&format!("{}\n\n{commands}", words::ORIENTATION))?,
        }
        Ok(())
    }

    fn refuse(&self, why: &str) -> Result<(), ConsoleError> {
        Ok(self.screen.reply(&words::refusal(self.look, why))?)
    }

    fn no_such_room(&self, places: &[Place], named: &str) -> Result<(), ConsoleError> {
        let shown = Refusal::quote(named);
        let advice = match places::nearest(places, named) {
            Some(near) => format!("did you mean #{near}?"),
            None => "/rooms lists them".to_owned(),
        };
        self.refuse(&format!("no room is called #{shown}; {advice}"))
    }

    fn here(&self) -> Option<&str> {
        self.rooms.get(&self.speaker).or(self.last_room.as_ref()).map(String::as_str)
    }

    fn next_id(&mut self) -> String {
        self.said += 1;
        format!("console:{}:{}", self.id, self.said)
    }
}
