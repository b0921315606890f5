//! `[postmortem]`: by when documents are due, who reviews them and what they need, checked.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::TimeDelta;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Key;
use firebell_core::postmortem::remind::Reminders;
use firebell_core::postmortem::rules::Rules;
use firebell_core::settings::{Settings, TemplateRule};
use serde::Deserialize;
use toml::Spanned;

use super::directory::known;
use super::error::Wrong;
use super::targets::TargetSection;
use super::value::{Hour, Wait};

/// More would never come together.
const REQUIRED_MAX: u32 = 20;
/// Longer, and nobody would remember what it was about.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// `[postmortem]`, as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [postmortem]")]
pub(super) struct PostmortemSection {
    due: BTreeMap<Key, Spanned<Wait>>,
    required: BTreeMap<Key, Spanned<u32>>,
    reviewers: BTreeMap<Key, Vec<Spanned<Key>>>,
    service_reviewers: BTreeMap<Key, Vec<Spanned<Key>>>,
    publish_with_errors: bool,
    remind_at: Option<Hour>,
    remind_before: Option<Spanned<Wait>>,
    team_after: Option<Spanned<Wait>>,
    template: Option<Key>,
    templates: Vec<TemplateFor>,
    fonts: Vec<Font>,
    pub(super) targets: Vec<TargetSection>,
}

/// By which template the postmortems of some incidents are made, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateFor {
    severity: Option<Spanned<Key>>,
    #[serde(rename = "type")]
    incident_type: Option<Spanned<Key>>,
    service: Option<Spanned<Key>>,
    template: Key,
}

/// A font beside those that are built in, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Font {
    file: PathBuf,
    #[serde(default)]
    index: u32,
}

/// The fonts of printed documents, each with its place in its file.
pub(super) fn fonts(section: &PostmortemSection) -> Vec<(PathBuf, u32)> {
    section.fonts.iter().map(|font| (font.file.clone(), font.index)).collect()
}

/// By which template documents are made: the rules of the file in their order, and for all other incidents its `template`.
pub(super) fn templates(
    section: &PostmortemSection,
    settings: &Settings,
    directory: &FileDirectory,
) -> Result<Vec<TemplateRule>, Wrong> {
    let severities: Vec<&Key> = settings.severities.iter().map(|severity| &severity.key).collect();
    let types: Vec<&Key> = settings.types.iter().collect();
    let services: Vec<&Key> = directory.services.iter().map(|service| &service.key).collect();
    let checked = |what: &str, named: &Option<Spanned<Key>>, all: Option<&[&Key]>| {
        let Some(named) = named else { return Ok(None) };
        of("templates", what, named.get_ref(), named.span(), all)?;
        Ok(Some(named.get_ref().clone()))
    };
    let mut rules = Vec::new();
    for rule in &section.templates {
        rules.push(TemplateRule {
            severity: checked("severity", &rule.severity, Some(&severities))?,
            incident_type: checked("type", &rule.incident_type, Some(&types))?,
            service: checked("service", &rule.service, (!directory.is_empty()).then_some(services.as_slice()))?,
            template: rule.template.to_string(),
        });
    }
    let all = |template: String| TemplateRule { severity: None, incident_type: None, service: None, template };
    rules.extend(section.template.as_ref().map(|template| all(template.to_string())));
    Ok(rules)
}

/// The rules of the file over the defaults. Severities are those of the file; people, teams and services are known where the
/// file describes the directory, and elsewhere any may be named.
pub(super) fn check(
    section: PostmortemSection,
    settings: &Settings,
    directory: &FileDirectory,
) -> Result<Rules, Wrong> {
    let severities: Vec<&Key> = settings.severities.iter().map(|severity| &severity.key).collect();
    let services: Vec<&Key> = directory.services.iter().map(|service| &service.key).collect();
    let services = (!directory.is_empty()).then_some(services);
    let defaults = Reminders::default();
    let remind = Reminders {
        at: section.remind_at.map_or(defaults.at, |at| at.0),
        before: section.remind_before.map_or(Ok(defaults.before), |wait| bounded("remind_before", &wait))?,
        team_after: section.team_after.map_or(Ok(defaults.team_after), |wait| bounded("team_after", &wait))?,
    };
    let mut due = BTreeMap::new();
    for (severity, wait) in section.due {
        of("due", "severity", &severity, wait.span(), Some(&severities))?;
        due.insert(severity, bounded("due", &wait)?);
    }
    let mut required = BTreeMap::new();
    for (severity, count) in section.required {
        of("required", "severity", &severity, count.span(), Some(&severities))?;
        if *count.get_ref() > REQUIRED_MAX {
            let message = format!("\"required\" in [postmortem]: expected at most {REQUIRED_MAX} sign-offs");
            return Err(Wrong::new(&count.span(), message));
        }
        required.insert(severity, count.into_inner());
    }
    Ok(Rules {
        due,
        required,
        reviewers: reviewers(("reviewers", "severity"), section.reviewers, Some(&severities), directory)?,
        service_reviewers: reviewers(
            ("service_reviewers", "service"),
            section.service_reviewers,
            services.as_deref(),
            directory,
        )?,
        publish_with_errors: section.publish_with_errors,
        remind,
    })
}

fn bounded(name: &str, wait: &Spanned<Wait>) -> Result<TimeDelta, Wrong> {
    let length = wait.get_ref().0;
    if length > LONGEST {
        return Err(Wrong::new(&wait.span(), format!("\"{name}\" in [postmortem]: expected at most a year")));
    }
    Ok(length)
}

/// Refuses a name that is none of these.
fn of(name: &str, what: &str, named: &Key, span: std::ops::Range<usize>, all: Option<&[&Key]>) -> Result<(), Wrong> {
    let Some(all) = all else { return Ok(()) };
    known(&format!("\"{name}\" in [postmortem]"), what, &Spanned::new(span, named.clone()), all)
}

fn reviewers(
    (name, what): (&str, &str),
    section: BTreeMap<Key, Vec<Spanned<Key>>>,
    all: Option<&[&Key]>,
    directory: &FileDirectory,
) -> Result<BTreeMap<Key, Vec<Key>>, Wrong> {
    let people = directory.people.iter().map(|person| &person.handle);
    let people: Vec<&Key> = people.chain(directory.teams.iter().map(|team| &team.key)).collect();
    let mut checked = BTreeMap::new();
    for (of_what, named) in section {
        let span = named.first().map_or(0..0, Spanned::span);
        of(name, what, &of_what, span, all)?;
        for reviewer in named.iter().filter(|_| !directory.is_empty()) {
            known(&format!("\"{name}\" in [postmortem]"), "person or team", reviewer, &people)?;
        }
        checked.insert(of_what, named.into_iter().map(Spanned::into_inner).collect());
    }
    Ok(checked)
}
