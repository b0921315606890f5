//! What can be chosen that the directory and the settings hold.

use firebell_core::command::verbs::VERBS;
use firebell_core::directory::{Directory, Person};
use firebell_core::form::{Choice, Source};
use firebell_core::settings::{Field, Settings};

/// Everything of a source, in the order in which it is offered; nothing of those that incidents, templates and
/// places hold.
pub(super) fn of(source: Source, directory: &Directory, settings: &Settings) -> Vec<Choice> {
    match source {
        Source::People => people(directory),
        Source::Services => services(directory),
        Source::Targets => people(directory).into_iter().chain(policies(directory)).collect(),
        Source::Pageable => {
            let all = services(directory).into_iter().chain(policies(directory)).chain(teams(directory));
            people(directory).into_iter().chain(all).collect()
        }
        Source::Teams => teams(directory),
        Source::Trackers => settings.trackers.iter().map(|held| alone(held.name.as_str())).collect(),
        Source::Covered => services(directory).into_iter().chain(policies(directory)).collect(),
        Source::Schedules => schedules(directory),
        Source::Duties => {
            services(directory).into_iter().chain(policies(directory)).chain(schedules(directory)).collect()
        }
        Source::Severities => settings.severities.iter().map(|held| named(held.key.as_str(), &held.name)).collect(),
        Source::Roles => settings.roles.iter().map(|held| named(held.key.as_str(), &held.name)).collect(),
        Source::Types => settings.types.iter().map(|key| alone(key.as_str())).collect(),
        Source::Fields => settings.fields.iter().map(|held| named(held.key.as_str(), &held.name)).collect(),
        Source::FieldValues => settings.fields.iter().flat_map(field_values).collect(),
        Source::Categories => settings.cause_categories.iter().map(|key| alone(key.as_str())).collect(),
        Source::Verbs => VERBS
            .iter()
            .map(|verb| Choice { value: verb.named(), label: format!("{}: {}", verb.named(), verb.about) })
            .collect(),
        Source::Words(words) => words.iter().map(|word| alone(word)).collect(),
        Source::Sections => settings.sections().into_iter().map(|key| alone(key.as_str())).collect(),
        Source::Incidents | Source::Actions | Source::Causes | Source::Templates | Source::Places => Vec::new(),
    }
}

/// What has no name besides the word that is read.
pub(super) fn alone(value: &str) -> Choice {
    Choice { value: value.to_owned(), label: value.to_owned() }
}

fn named(value: &str, name: &str) -> Choice {
    let label = if name.is_empty() || name == value { value.to_owned() } else { format!("{value}: {name}") };
    Choice { value: value.to_owned(), label }
}

/// A field that takes any text is offered with what stands before its value.
fn field_values(field: &Field) -> Vec<Choice> {
    let key = field.key.as_str();
    if field.values.is_empty() {
        return vec![Choice { value: format!("{key}="), label: format!("{key}= (any text)") }];
    }
    field.values.iter().map(|value| alone(&format!("{key}={value}"))).collect()
}

fn teams(directory: &Directory) -> Vec<Choice> {
    directory.teams.values().map(|team| named(team.key.as_str(), &team.name)).collect()
}

fn policies(directory: &Directory) -> Vec<Choice> {
    directory.policies.values().map(|policy| named(policy.key.as_str(), &policy.name)).collect()
}

fn schedules(directory: &Directory) -> Vec<Choice> {
    directory.schedules.values().map(|schedule| named(schedule.key.as_str(), &schedule.name)).collect()
}

fn people(directory: &Directory) -> Vec<Choice> {
    let choice = |person: &Person| Choice {
        value: person.handle.to_string(),
        label: if person.name == person.handle.as_str() {
            format!("@{}", person.handle)
        } else {
            format!("{} (@{})", person.name, person.handle)
        },
    };
    let mut people: Vec<Choice> = directory.people.values().filter(|person| person.may_respond()).map(choice).collect();
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
