//! Who speaks, and what they can see.

use chrono_tz::Tz;
use firebell_core::directory::{Person, Standing};
use firebell_core::ids::PersonId;
use firebell_core::policy::Viewer;
use firebell_core::suggest;
use uuid::Uuid;

use super::Session;
use crate::console::ConsoleError;
use crate::console::complete::Known;
use crate::console::places::{self, Place};
use crate::intake::Fault;

impl Session {
    /// Makes sure that the speaker is a person; answers their zone.
    pub(super) async fn introduce(&self) -> Result<Tz, ConsoleError> {
        let directory = self.app.intake.directory().await?;
        let known = directory.person_by_account(self.app.console, self.speaker.as_str());
        if let Some(person) = known {
            return Ok(person.zone);
        }
        let namesake = directory.person_by_handle(self.speaker.as_str());
        self.app.intake.introduce(self.app.console, &self.speaker).await?;
        if namesake.is_none() {
            let handles = directory.people.values().map(|person| person.handle.as_str());
            let near = suggest::nearest(self.speaker.as_str(), handles);
            let near = near.map_or_else(String::new, |near| format!(" Did you mean @{near}?"));
            self.screen.reply(&format!("@{} is new here and now a responder.{near}", self.speaker))?;
        }
        Ok(namesake.map_or(chrono_tz::UTC, |person| person.zone))
    }

    /// The rooms that the speaker may see.
    pub(super) async fn places(&self) -> Result<Vec<Place>, ConsoleError> {
        let directory = self.app.intake.directory().await?;
        let person = directory.person_by_account(self.app.console, self.speaker.as_str());
        // Whoever is introduced by speaking sees what every responder sees.
        let newcomer = Viewer::Person { id: PersonId(Uuid::nil()), standing: Standing::Responder };
        Ok(places::places(&self.app, person.map_or(newcomer, Viewer::person)).await?)
    }

    /// The names that the next line may use.
    pub(super) async fn known(&self, places: &[Place]) -> Result<Known, ConsoleError> {
        let directory = self.app.intake.directory().await?;
        let handle = |person: &Person| person.active.then(|| person.handle.to_string());
        let mut people: Vec<String> = directory.people.values().filter_map(handle).collect();
        people.sort();
        let (open, closed): (Vec<&Place>, Vec<&Place>) = places.iter().partition(|place| !place.closed);
        let settings = &self.app.intake.settings;
        let messages = match self.here() {
            Some(room) => self.app.intake.own_messages(self.app.console, room, self.speaker.as_str()).await?,
            None => Vec::new(),
        };
        Ok(Known {
            people,
            rooms: open.into_iter().chain(closed).map(|place| place.room.clone()).collect(),
            incidents: places.iter().map(|place| place.incident.to_string()).collect(),
            services: directory.services.keys().map(ToString::to_string).collect(),
            severities: settings.severities.iter().map(|severity| severity.key.to_string()).collect(),
            policies: directory.policies.keys().map(ToString::to_string).collect(),
            schedules: directory.schedules.keys().map(ToString::to_string).collect(),
            messages: messages.iter().map(ToString::to_string).collect(),
            templates: self.app.intake.renderer.templates(),
            sections: self.app.intake.settings.sections().into_iter().map(ToString::to_string).collect(),
            types: settings.types.iter().map(ToString::to_string).collect(),
            roles: settings.roles.iter().map(|role| role.key.to_string()).collect(),
            fields: settings.fields.iter().map(|field| field.key.to_string()).collect(),
            causes: self.causes().await?,
            categories: settings.cause_categories.iter().map(ToString::to_string).collect(),
            teams: directory.teams.keys().map(ToString::to_string).collect(),
            trackers: settings.trackers.iter().map(|tracker| tracker.name.to_string()).collect(),
        })
    }

    /// The causes of the incident whose room the speaker is in, the newest first.
    async fn causes(&self) -> Result<Vec<String>, ConsoleError> {
        let (intake, console) = (&self.app.intake, self.app.console);
        let Some(room) = self.here() else { return Ok(Vec::new()) };
        let Some((incident, _)) = intake.room(console, room).await.map_err(Fault::from)? else { return Ok(Vec::new()) };
        let directory = intake.directory().await?;
        let person = directory.person_by_account(console, self.speaker.as_str());
        let Some(viewer) = person.map(Viewer::person) else { return Ok(Vec::new()) };
        let record = intake.record(viewer, incident).await?;
        let causes = record.iter().flat_map(|held| held.loaded.incident.analysis.causes.iter().rev());
        Ok(causes.map(|cause| cause.id.to_string()).collect())
    }
}
