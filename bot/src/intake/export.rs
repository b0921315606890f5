//! What leaves the database: the postmortem in each of its forms, and the whole record.

use firebell_core::command::ExportFormat;
use firebell_core::ids::IncidentId;
use firebell_core::policy::Viewer;
use firebell_core::refusal::Refusal;
use firebell_core::view;

use super::{Answer, Fault, Intake, Shown, WholeRecord};
use crate::content::Content;
use crate::store::incidents::Loaded;
use crate::store::{entries, installation};
use crate::targets::Copy;
use crate::text::hex;

impl Intake {
    /// A document; the head of the record that it is made of becomes an anchor, because it leaves the database. Without a template
    /// the postmortem is by that of the incident.
    pub(super) async fn exported(
        &self,
        (record, core): (&WholeRecord, &view::Record<'_>),
        format: ExportFormat,
        template: Option<&str>,
    ) -> Result<Answer, Fault> {
        let incident = record.loaded.incident.id;
        let (name, content, link) = if format == ExportFormat::Json {
            let value = self.export(record, core).await?;
            let text = serde_json::to_string_pretty(&value).map_err(|error| Fault::Render(error.to_string()))?;
            (format!("{incident}.json"), Content::Text(text + "\n"), None)
        } else {
            let template = match self.template(core, template) {
                Ok(template) => template,
                Err(refusal) => return Ok(Answer::Refused(refusal)),
            };
            let (ending, content) = self.postmortem(template, &view::PostmortemView::of(core), format)?;
            (format!("{incident}-postmortem.{ending}"), content, Some("Postmortem"))
        };
        self.anchor(&record.loaded).await?;
        Ok(Answer::Shown(Shown::Document { incident, name, content, link }))
    }

    /// A copy of the postmortem for somebody who keeps it, by this template or that of the incident and in these forms, with how
    /// many entries it is made of. The inner refusal says why there is none.
    pub(crate) async fn copy(
        &self,
        incident: IncidentId,
        template: Option<&str>,
        forms: &[ExportFormat],
    ) -> Result<Result<(Copy, i64), Refusal>, Fault> {
        let record = match self.record(Viewer::Operator, incident).await? {
            Ok(record) => record,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (core, captured) = record.view(&self.settings, chrono_tz::UTC.into());
        let core = view::Record { messages: &captured, ..core };
        let template = match self.template(&core, template) {
            Ok(template) => template,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let view = view::PostmortemView::of(&core);
        let mut made = Vec::with_capacity(forms.len());
        for form in forms {
            made.push(match form {
                ExportFormat::Json => {
                    let value = self.export(&record, &core).await?;
                    ("json", Content::Text(value.to_string()))
                }
                form => self.postmortem(template, &view, *form)?,
            });
        }
        let document = self.renderer.document(template, &view)?;
        let installation = self.store.read(|tx| Box::pin(installation::mark(tx))).await?;
        self.anchor(&record.loaded).await?;
        let held = &record.loaded.incident;
        let copy = Copy {
            key: format!("firebell:{installation}:{incident}/postmortem"),
            incident,
            heading: format!("{incident} {}", held.title),
            title: held.title.clone(),
            severity: held.severity.clone(),
            incident_type: held.kind.clone(),
            declared: held.declared.at,
            known: None,
            document,
            forms: made,
        };
        Ok(Ok((copy, held.entries)))
    }

    /// A postmortem in a form, with how its file's name ends.
    fn postmortem(
        &self,
        template: &str,
        view: &view::PostmortemView,
        format: ExportFormat,
    ) -> Result<(&'static str, Content), Fault> {
        Ok(match format {
            ExportFormat::Markdown | ExportFormat::Json => {
                ("md", Content::Text(self.renderer.postmortem(template, view)?))
            }
            ExportFormat::Html => ("html", Content::Text(self.renderer.page(template, view)?)),
            ExportFormat::Pdf => {
                let (bytes, uncovered) = self.renderer.print(template, view)?;
                if !uncovered.is_empty() {
                    tracing::warn!(
                        letters = uncovered.len(),
                        "a PDF has letters that are in no font; add one under `fonts`"
                    );
                }
                ("pdf", Content::Bytes(bytes))
            }
        })
    }

    /// The template that is asked for, else that of the incident.
    fn template<'t>(&'t self, core: &'t view::Record<'_>, asked: Option<&'t str>) -> Result<&'t str, Refusal> {
        let template = asked.unwrap_or_else(|| self.settings.template(core.incident));
        let known = self.renderer.templates();
        if known.iter().any(|name| name == template) {
            return Ok(template);
        }
        Err(Refusal::UnknownTemplate { named: Refusal::quote(template), known })
    }

    /// The whole record with the chain of its entries, so that it can be verified without the database.
    async fn export(&self, record: &WholeRecord, core: &view::Record<'_>) -> Result<serde_json::Value, Fault> {
        let stream = record.loaded.incident.stream();
        let chained = self.store.read(move |tx| Box::pin(async move { entries::stored(tx, &stream).await })).await?;
        let links = chained.into_iter().map(|stored| view::LinkExport {
            canonical: hex(&stored.canonical),
            hash: hex(&stored.hash),
            salt: stored.salt.as_deref().map(hex),
            body: stored.body,
        });
        view::ExportView::of(core, links).into_value().map_err(|error| Fault::Render(error.to_string()))
    }

    async fn anchor(&self, loaded: &Loaded) -> Result<(), Fault> {
        let now = self.clock.now();
        let (stream, seq, head) = (loaded.incident.stream(), loaded.incident.entries, loaded.head.clone());
        let write = self.store.write(move |tx| {
            let (stream, head) = (stream.clone(), head.clone());
            Box::pin(async move { entries::anchor(tx, &stream, (seq, &head), now).await })
        });
        Ok(write.await?)
    }
}
