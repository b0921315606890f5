//! Answers as a person reads them, and documents for those who hold the database.

use chrono_tz::Tz;
use firebell_core::command::ExportFormat;
use firebell_core::ids::IncidentId;
use firebell_core::incident::{Incident, StatusWord};
use firebell_core::policy::Viewer;
use firebell_core::postmortem::Review;
use firebell_core::postmortem::lint::{Finding, lint};
use firebell_core::refusal::Refusal;
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
            Answer::Shown(Shown::Text(text)) => text.clone(),
            Answer::Shown(Shown::Document { content, .. }) => content.text().unwrap_or_default().to_owned(),
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

    /// What is missing in the postmortem of an incident, or of all that were resolved or closed, are no drills and whose
    /// postmortem is not published; the oldest first.
    ///
    /// # Errors
    /// The database cannot be read; the inner refusal says that there is no such incident.
    pub async fn operator_lint(
        &self,
        named: Option<IncidentId>,
    ) -> Result<Result<Vec<(Incident, Vec<Finding>)>, Refusal>, Fault> {
        let all = self.incidents(Viewer::Operator, true, None).await?;
        let is_over = |incident: &Incident| matches!(incident.status.word(), StatusWord::Resolved | StatusWord::Closed);
        let wanted = |incident: &Incident| match named {
            Some(named) => incident.id == named,
            None => is_over(incident) && !incident.drill && incident.postmortem.state != Review::Published,
        };
        let mut wanted: Vec<Incident> = all.into_iter().filter(wanted).collect();
        if let Some(named) = named.filter(|_| wanted.is_empty()) {
            return Ok(Err(Refusal::NoIncident { named }));
        }
        wanted.sort_by_key(|incident| incident.id);
        let (directory, now) = (self.directory().await?, self.clock.now());
        let linted = wanted.into_iter().map(|incident| {
            let findings = lint(&incident, &directory, &self.settings, now);
            (incident, findings)
        });
        Ok(Ok(linted.collect()))
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
        self.exported((&record, &core), format, template).await
    }
}
