//! Intake's answers as a chat platform shows them.

use firebell_core::form::{self, FormKind};
use firebell_core::ids::{PersonId, WorkspaceId};
use firebell_core::refusal::Refusal;

use super::people::Nobody;
use super::{FrontDesk, failed};
use crate::intake::{Answer as Decided, Fault, Kept, Shown};
use crate::platform::incoming::{Answer, NotKept};
use crate::render::Target;

impl FrontDesk {
    /// An answer for whoever asked, with times in their zone.
    pub(super) async fn answer(
        &self,
        (workspace, person, room): (WorkspaceId, PersonId, Option<&str>),
        decided: Result<Decided, Fault>,
    ) -> Result<Answer, NotKept> {
        let target = self.door(workspace)?.target;
        // The log knows of it by now.
        let decided = match decided {
            Ok(decided) => decided,
            Err(fault) => return fault_told(&fault),
        };
        if let Decided::Shown(Shown::Document { incident, name, content, link }) = decided {
            // Who reads along elsewhere may not see the incident.
            let place = match room {
                Some(room) => self.intake.room(workspace, room).await.map_err(|error| failed(&error.into()))?,
                None => None,
            };
            let (title, for_room) = (name.clone(), place.is_some_and(|(held, _)| held == incident));
            return Ok(Answer::Document { name, title, content, for_room, link });
        }
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        let zone = directory.people.get(&person).map_or(chrono_tz::UTC, |person| person.zone);
        match self.intake.words(target, &decided, zone) {
            Ok(text) if text.is_empty() => Ok(Answer::Nothing),
            Ok(text) => Ok(Answer::Text(text)),
            Err(fault) => fault_told(&fault),
        }
    }

    /// Why something is not done, for the person who asked.
    pub(super) fn refused(&self, workspace: WorkspaceId, refusal: &Refusal) -> Result<Answer, NotKept> {
        Ok(Answer::Text(self.intake.renderer.refusal(self.door(workspace)?.target, refusal)))
    }

    /// Why a form is not taken, at the field that it is about. Modals show plain text.
    pub(super) fn invalid(&self, kind: FormKind, refusal: &Refusal) -> Answer {
        let field = form::field_of(kind, refusal).to_owned();
        let message = self.intake.renderer.refusal(Target::Console, refusal);
        Answer::Invalid { field, message: message.trim_start_matches("! ").to_owned() }
    }

    /// What whoever cannot be known is told.
    pub(super) fn unknown(&self, workspace: WorkspaceId, nobody: &Nobody) -> Result<Answer, NotKept> {
        let message = match nobody {
            Nobody::NotKept => return Err(NotKept),
            Nobody::Unknown => "nobody is known behind this account, so nothing was done; ask an administrator",
            Nobody::Unanswered => "who you are cannot be found out at present, so nothing was done; try again shortly",
        };
        self.refused(workspace, &Refusal::NotAllowed { message: message.to_owned() })
    }
}

/// Where nothing is stored, the adapter says so in its own words; it must not say so where something may be.
fn fault_told(fault: &Fault) -> Result<Answer, NotKept> {
    match fault.kept() {
        Kept::Nothing => Err(NotKept),
        Kept::Unknown => Ok(Answer::Text(
            "! The database did not answer in time, so nobody knows whether this is stored. Look with `/incident show` \
             before you try again; an operator must look at Firebell's log."
                .to_owned(),
        )),
        Kept::All => Ok(Answer::Text(
            "! It is done, but the answer cannot be shown; an operator must look at Firebell's log.".to_owned(),
        )),
    }
}
