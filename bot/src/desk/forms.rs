//! Forms and what can be chosen in them.

use firebell_core::actor::Actor;
use firebell_core::command::parse::{Context, parse};
use firebell_core::command::{Ask, Query, Request, ReviewQuery};
use firebell_core::form::{self, Choice, FormKind, Source};
use firebell_core::ids::{IncidentId, Key};
use firebell_core::incident::{Action, Incident};
use firebell_core::policy::{self, Viewer};
use firebell_core::refusal::Refusal;

use super::choices::{self, alone};
use super::requests::Asker;
use super::{FrontDesk, failed};
use crate::intake::{LIST_MAX, Says};
use crate::platform::incoming::{Answer, Cited, NotKept};

/// How many things are offered to choose from; platforms show no more.
const CHOICES_MAX: usize = 100;

impl FrontDesk {
    pub(super) async fn declare_form(&self, asker: &Asker, from: Option<&Cited>) -> Result<Answer, NotKept> {
        if let Err(refusal) = self.may_act(asker).await? {
            return self.refused(asker.workspace, &refusal);
        }
        let said = from.map_or("", |cited| cited.message.text.as_str());
        let title = said.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Ok(Answer::Form(Box::new(form::declare(&self.intake.settings, title, ""))))
    }

    /// A form about an incident that whoever asks may see; without a number, the one that is meant.
    pub(super) async fn form_about(
        &self,
        asker: &Asker,
        (kind, incident): (FormKind, Option<IncidentId>),
    ) -> Result<Answer, NotKept> {
        if let Err(refusal) = self.may_act(asker).await? {
            return self.refused(asker.workspace, &refusal);
        }
        let Some(id) = incident else { return self.refused(asker.workspace, &Refusal::NothingOpen) };
        let viewer = self.viewer(asker).await?;
        let record = self.intake.record(viewer, id).await.map_err(|fault| failed(&fault))?;
        match record {
            Ok(record) => {
                let form = form::about(kind, &record.loaded.incident, &self.intake.settings);
                Ok(Answer::Form(Box::new(form)))
            }
            Err(refusal) => self.refused(asker.workspace, &refusal),
        }
    }

    /// The section that a line asks a form for, with the incident that it names.
    pub(super) async fn edits_section(
        &self,
        asker: &Asker,
        line: &str,
    ) -> Result<Option<(Option<IncidentId>, Key)>, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        let zone = directory.people.get(&asker.person).map_or(chrono_tz::UTC, |person| person.zone);
        let context = Context { zone, now: self.intake.clock.now(), severities: &self.intake.settings.severities };
        Ok(match parse(line, &context) {
            Ok(Request { incident, ask: Ask::Query(Query::Review(ReviewQuery::Edit { section })) }) => {
                Some((incident, section))
            }
            _ => None,
        })
    }

    /// The form in which a section is edited: of the incident that is named, else of the one that is meant.
    pub(super) async fn section_form(
        &self,
        asker: &Asker,
        named: Option<IncidentId>,
        section: &Key,
    ) -> Result<Answer, NotKept> {
        if let Err(refusal) = self.may_act(asker).await? {
            return self.refused(asker.workspace, &refusal);
        }
        let inbound = self.inbound(asker, &asker.id, Says::Line(String::new()))?;
        let meant = self.intake.meant_by(&inbound, asker.person, named).await.map_err(|fault| failed(&fault))?;
        let viewer = self.viewer(asker).await?;
        let record = match meant {
            Ok(id) => self.intake.record(viewer, id).await.map_err(|fault| failed(&fault))?,
            Err(refusal) => Err(refusal),
        };
        match record.and_then(|record| form::section(&record.loaded.incident, section)) {
            Ok(form) => Ok(Answer::Form(Box::new(form))),
            Err(refusal) => self.refused(asker.workspace, &refusal),
        }
    }

    /// What there is to choose. Whoever may not act is offered nothing.
    pub(super) async fn options(
        &self,
        asker: &Asker,
        (source, incident): (Source, Option<IncidentId>),
        typed: &str,
    ) -> Result<Answer, NotKept> {
        if self.may_act(asker).await?.is_err() {
            return Ok(Answer::Options(Vec::new()));
        }
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        let all = match source {
            Source::Incidents => self.open_incidents(asker).await?.iter().map(offered).collect(),
            Source::Actions => self.open_actions(asker, incident).await?,
            Source::Causes => self.causes(asker, incident).await?,
            Source::Templates => self.intake.renderer.templates().into_iter().map(|name| alone(&name)).collect(),
            Source::Places => self.intake.places.iter().map(|place| alone(&place.qualified())).collect(),
            _ => choices::of(source, &directory, &self.intake.settings),
        };
        Ok(Answer::Options(matching(all, typed)))
    }

    /// The open incidents that whoever asks may see, newest first.
    pub(super) async fn open_incidents(&self, asker: &Asker) -> Result<Vec<Incident>, NotKept> {
        let viewer = self.viewer(asker).await?;
        self.intake.incidents(viewer, false, Some(LIST_MAX)).await.map_err(|fault| failed(&fault))
    }

    /// The follow-ups of an incident, first those that are still to be done: what is done may be to be done after all.
    async fn open_actions(&self, asker: &Asker, named: Option<IncidentId>) -> Result<Vec<Choice>, NotKept> {
        let incident = self.here(asker, named).await?;
        let choice = |action: &Action| Choice {
            value: action.id.to_string(),
            label: format!("{} {}", action.id, action.said.text),
        };
        let actions = incident.iter().flat_map(|held| &held.actions);
        let (open, done): (Vec<&Action>, Vec<&Action>) = actions.partition(|action| action.done.is_none());
        Ok(open.into_iter().chain(done).map(choice).collect())
    }

    /// The causes of an incident, the newest first.
    async fn causes(&self, asker: &Asker, named: Option<IncidentId>) -> Result<Vec<Choice>, NotKept> {
        let incident = self.here(asker, named).await?;
        Ok(incident.iter().flat_map(|held| held.analysis.causes.iter().rev()).map(form::cause_choice).collect())
    }

    /// The incident that is named, else the one whose room it is, if whoever asks may see it.
    pub(super) async fn here(&self, asker: &Asker, named: Option<IncidentId>) -> Result<Option<Incident>, NotKept> {
        let here = match (named, asker.room.as_deref()) {
            (None, Some(room)) => {
                let found = self.intake.room(asker.workspace, room).await.map_err(|error| failed(&error.into()))?;
                found.map(|(incident, _)| incident)
            }
            (named, _) => named,
        };
        let Some(id) = here else { return Ok(None) };
        let record = self.intake.record(self.viewer(asker).await?, id).await.map_err(|fault| failed(&fault))?;
        Ok(record.ok().map(|record| record.loaded.incident))
    }

    async fn viewer(&self, asker: &Asker) -> Result<Viewer, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        directory.people.get(&asker.person).map(Viewer::person).ok_or(NotKept)
    }

    pub(super) async fn may_act(&self, asker: &Asker) -> Result<Result<(), Refusal>, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        Ok(policy::may_act(&Actor::chat(asker.person, asker.workspace), &directory))
    }
}

fn offered(incident: &Incident) -> Choice {
    Choice { value: incident.id.to_string(), label: format!("{} {}", incident.id, incident.title) }
}

/// What holds the typed words, in the order given; what begins with them first.
fn matching(all: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let wanted = typed.trim().trim_start_matches('@').to_lowercase();
    let holds = |choice: &Choice| {
        choice.label.to_lowercase().contains(&wanted) || choice.value.to_lowercase().contains(&wanted)
    };
    let mut found: Vec<Choice> = all.into_iter().filter(holds).collect();
    found.sort_by_key(|choice| {
        !(choice.label.to_lowercase().starts_with(&wanted) || choice.value.to_lowercase().starts_with(&wanted))
    });
    found.truncate(CHOICES_MAX);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_the_words_comes_first() {
        let choice = |value: &str| Choice { value: value.to_owned(), label: format!("{value} service") };
        let all: Vec<Choice> = ["api", "checkout", "search-api", "Apples"].map(choice).to_vec();
        let found = |typed: &str| matching(all.clone(), typed).into_iter().map(|held| held.value).collect::<Vec<_>>();
        assert_eq!(found("ap"), ["api", "Apples", "search-api"]);
        assert_eq!(found(""), ["api", "checkout", "search-api", "Apples"]);
        assert_eq!(found("@CHECK"), ["checkout"]);
        assert!(found("nothing like it").is_empty());
        let many: Vec<Choice> = (0..300).map(|number| choice(&number.to_string())).collect();
        assert_eq!(matching(many, "").len(), CHOICES_MAX);
    }
}
