//! What is said in rooms, and what becomes of it.

use firebell_core::ids::MessageId;
use firebell_core::message::{Amendment, Happened};

use super::Session;
use crate::console::ConsoleError;
use crate::console::places::Place;
use crate::console::words;
use crate::intake::{Amend, Answer, Heard};
use crate::platform::console::amend;

impl Session {
    /// Says something in a room.
    pub(super) async fn say(&mut self, place: Option<Place>, text: String, no_rooms: bool) -> Result<(), ConsoleError> {
        let Some(place) = self.open(place, no_rooms)? else { return Ok(()) };
        let heard = Heard {
            workspace: self.app.console,
            room: place.room.clone(),
            external_id: self.next_id(),
            sent_at: self.app.intake.clock.now(),
            parent: None,
            wanted: false,
            what: Happened::Said { author: self.speaker.to_string(), text: text.clone() },
            files: Vec::new(),
        };
        let label = format!("#{}", place.room);
        match self.app.intake.hear(heard).await? {
            Err(refusal) => return self.answer(&Answer::Refused(refusal), chrono_tz::UTC),
            // Whoever types sees their own words.
            Ok(Some((_, kept))) if self.typed => {
                self.screen.reply(&self.look.paint("2", &format!("{label} │ kept as {kept}")))?;
            }
            Ok(None) if self.typed => {}
            Ok(kept) => {
                let kept = kept.map_or_else(String::new, |(_, kept)| format!(" ({kept})"));
                let said = format!("@{}: {}{kept}", self.speaker, words::inert(&text));
                self.screen.reply(&self.look.block("36", &label, &said))?;
            }
        }
        Ok(())
    }

    /// Changes or takes back what the speaker said in a room.
    pub(super) async fn amend(
        &mut self,
        place: Option<Place>,
        no_rooms: bool,
        (message, amendment): (MessageId, Amendment),
    ) -> Result<(), ConsoleError> {
        let Some(place) = self.open(place, no_rooms)? else { return Ok(()) };
        let (label, done) = (format!("#{}", place.room), amend::done(message, &amendment));
        let asked = Amend {
            workspace: self.app.console,
            room: place.room,
            account: self.speaker.to_string(),
            message,
            amendment: amendment.clone(),
        };
        match (self.app.intake.amend(asked).await?, amendment) {
            (Err(refusal), _) => return self.answer(&Answer::Refused(refusal), chrono_tz::UTC),
            (Ok(()), Amendment::Edit { text }) if !self.typed => {
                let said = format!("@{}: {} ({message}, edited)", self.speaker, words::inert(&text));
                self.screen.reply(&self.look.block("36", &label, &said))?;
            }
            (Ok(()), _) => self.screen.reply(&self.look.paint("2", &format!("{label} │ {done}")))?,
        }
        Ok(())
    }

    /// The room that something can be said in; whoever is in none hears what to do.
    fn open(&self, place: Option<Place>, no_rooms: bool) -> Result<Option<Place>, ConsoleError> {
        match place {
            Some(place) if place.closed => {
                self.refuse(&format!("#{} is closed; /rooms lists the others", place.room)).map(|()| None)
            }
            Some(place) => Ok(Some(place)),
            None => self.refuse(if no_rooms { words::NO_ROOM } else { words::WHICH_ROOM }).map(|()| None),
        }
    }
}
