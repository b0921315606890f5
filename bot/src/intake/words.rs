//! Answers as a person reads them, and documents for those who hold the database.

use chrono_tz::Tz;
use firebell_core::command::ExportFormat;
use firebell_core::ids::IncidentId;
use firebell_core::policy::Viewer;
use firebell_core::view;

use super::{Answer, Fault, Intake, Shown};
use crate::render::Target;

impl Intake {
    /// An answer in words for where it is read, with times in the reader's zone. A document answers with its text.
    ///
    /// # Errors
    /// A template does not render.
    pub fn words(&self, target: Target, answer: &Answer, zone: Tz) -> Result<String, Fault> {
        Ok(match answer {
            Answer::Done(reply) => {
                let said = self.renderer.reply(target, reply, zone);
                said.map_err(|error| Fault::Unsaid(error.to_string()))?
            }
            Answer::Refused(refusal) => self.renderer.refusal(target, refusal),
            Answer::Shown(Shown::Text(text) | Shown::Document { text, .. }) => text.clone(),
        })
    }

    /// The card of an incident for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn operator_show(&self, id: IncidentId, zone: Tz) -> Result<Answer, Fault> {
        let record = match self.record(Viewer::Operator, id).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let (core, captured) = record.view(&self.settings, zone.into());
        let view = view::ShowView::of(&view::Record { messages: &captured, ..core });
        Ok(Answer::Shown(Shown::Text(self.renderer.show(Target::Console, &view)?)))
    }

    /// The list of incidents for whoever holds the database.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn operator_list(&self, all: bool, zone: Tz) -> Result<String, Fault> {
        self.list((Target::Console, Viewer::Operator), zone, (all, None)).await
    }

    /// An incident's document for whoever holds the database, in a zone.
    ///
    /// # Errors
    /// The database cannot be read, or its template does not render.
    pub async fn operator_export(
        &self,
        id: IncidentId,
        format: ExportFormat,
        template: Option<&str>,
        zone: Tz,
    ) -> Result<Answer, Fault> {
        let record = match self.record(Viewer::Operator, id).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Answer::Refused(refusal)),
        };
        let (core, captured) = record.view(&self.settings, zone.into());
        let core = view::Record { messages: &captured, ..core };
        match format {
            ExportFormat::Markdown => self.document(&record, &core, template).await,
            ExportFormat::Json => self.json_document(&record, &core).await,
        }
    }
}
