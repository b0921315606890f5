//! Forms and what can be chosen in them.

use firebell_core::actor::Actor;
use firebell_core::directory::{Directory, Person, Standing};
use firebell_core::form::{self, Choice, FormKind, Source};
use firebell_core::ids::IncidentId;
use firebell_core::incident::Incident;
use firebell_core::policy::{self, Viewer};
use firebell_core::refusal::Refusal;

use super::requests::Asker;
use super::{FrontDesk, failed};
use crate::intake::LIST_MAX;
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

    /// What there is to choose. Whoever may not act is offered nothing.
    pub(super) async fn options(&self, asker: &Asker, source: Source, typed: &str) -> Result<Answer, NotKept> {
        if self.may_act(asker).await?.is_err() {
            return Ok(Answer::Options(Vec::new()));
        }
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        let all = match source {
            Source::People => people(&directory),
            Source::Services => services(&directory),
            Source::Incidents => self.open_incidents(asker).await?.iter().map(incident).collect(),
        };
        Ok(Answer::Options(matching(all, typed)))
    }

    /// The open incidents that whoever asks may see, newest first.
    pub(super) async fn open_incidents(&self, asker: &Asker) -> Result<Vec<Incident>, NotKept> {
        let viewer = self.viewer(asker).await?;
        self.intake.incidents(viewer, false, Some(LIST_MAX)).await.map_err(|fault| failed(&fault))
    }

    async fn viewer(&self, asker: &Asker) -> Result<Viewer, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        directory.people.get(&asker.person).map(Viewer::person).ok_or(NotKept)
    }

    async fn may_act(&self, asker: &Asker) -> Result<Result<(), Refusal>, NotKept> {
        let directory = self.intake.directory().await.map_err(|error| failed(&error.into()))?;
        Ok(policy::may_act(&Actor::chat(asker.person, asker.workspace), &directory))
    }
}

fn people(directory: &Directory) -> Vec<Choice> {
    let can_act = |person: &&Person| person.active && person.standing != Standing::Guest;
    let choice = |person: &Person| Choice {
        value: person.handle.to_string(),
        label: if person.name == person.handle.as_str() {
            format!("@{}", person.handle)
        } else {
            format!("{} (@{})", person.name, person.handle)
        },
    };
    let mut people: Vec<Choice> = directory.people.values().filter(can_act).map(choice).collect();
    people.sort_by(|one, other| one.value.cmp(&other.value));
    people
}

fn services(directory: &Directory) -> Vec<Choice> {
    let choice = |service: &firebell_core::directory::Service| Choice {
        value: service.key.to_string(),
        label: service.name.clone(),
    };
    directory.services.values().map(choice).collect()
}

fn incident(incident: &Incident) -> Choice {
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
