//! `[[postmortem.targets]]`: where published postmortems are kept besides.

use std::sync::Arc;

use firebell_core::command::ExportFormat;
use firebell_core::ids::Key;
use firebell_core::publishing;
use reqwest::Url;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::directory::unique;
use super::error::{ConfigError, Wrong};
use super::outside::{self, Names, Scoped, When, base};
use super::value::{FilePath, from_text, text_value};
use super::workspace::Source;
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::confluence::{Confluence, ConfluenceConfig, Pictures};
use crate::outside::forge::{Forge, GitHub, GitLab};
use crate::outside::notion::{Notion, NotionConfig, Parent};
use crate::targets::{Held, Path, Repository, Target};

/// The file in a repository, where the section does not say it.
const PATH: &str = "postmortems/{{year}}/{{id}}.md";

text_value!(Form, ExportFormat, "a form of documents in quotes", read_form);

/// `[[postmortem.targets]]`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[postmortem.targets]]")]
pub(super) struct TargetSection {
    name: Spanned<Key>,
    kind: Spanned<Service>,
    url: Option<Spanned<String>>,
    token_file: Option<FilePath>,
    user: Option<String>,
    project: Option<Spanned<String>>,
    branch: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    forms: Vec<Form>,
    space: Option<Spanned<String>>,
    parent: Option<Spanned<String>>,
    database: Option<Spanned<String>>,
    #[serde(default)]
    pictures: PicturesWord,
    webhook: Option<Spanned<Key>>,
    template: Option<Key>,
    #[serde(default)]
    when: When,
    #[serde(default)]
    severities: Vec<Spanned<Key>>,
    #[serde(default)]
    teams: Vec<Spanned<Key>>,
    #[serde(default)]
    services: Vec<Spanned<Key>>,
    #[serde(default)]
    private: bool,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Service {
    Github,
    Gitlab,
    Confluence,
    Notion,
    Webhook,
    Room,
}

/// How pictures stand on a page of Confluence.
#[derive(Deserialize, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum PicturesWord {
    #[default]
    Attached,
    Words,
}

/// One target, whose secret is read once it is needed.
#[derive(Debug, Clone)]
pub struct TargetConfig {
    pub name: Key,
    /// The template of what it holds; else that of the incident.
    template: Option<String>,
    token: Option<Source>,
    place: Place,
}

/// What there is to know of each kind.
#[derive(Debug, Clone)]
enum Place {
    Repository { service: Service, url: Url, project: String, branch: String, path: String, forms: Vec<ExportFormat> },
    Confluence { url: Url, user: Option<String>, space: String, parent: Option<String>, pictures: PicturesWord },
    Notion { url: Url, parent: Parent },
    Webhook { to: Key, form: ExportFormat },
    Rooms { form: ExportFormat },
}

/// Reads the sections, whose names are checked against what is known.
pub(super) fn check(
    sections: Vec<TargetSection>,
    names: &Names<'_>,
    webhooks: &[Key],
) -> Result<(Vec<TargetConfig>, Vec<publishing::Target>), Wrong> {
    unique("target", sections.iter().map(|section| &section.name))?;
    let (mut all, mut rules) = (Vec::new(), Vec::new());
    for mut section in sections {
        let who = format!("target \"{}\"", section.name.get_ref());
        let in_rooms = *section.kind.get_ref() == Service::Room;
        let scoped = Scoped {
            always: section.when == When::Always,
            severities: std::mem::take(&mut section.severities),
            teams: std::mem::take(&mut section.teams),
            services: std::mem::take(&mut section.services),
            // Whoever is in a room of the incident knows of it.
            private: section.private || in_rooms,
        };
        let scope = names.scope(&who, scoped)?;
        let place = if in_rooms { publishing::Place::Rooms } else { publishing::Place::Outside };
        rules.push(publishing::Target { name: section.name.get_ref().clone(), scope, place });
        all.push(target(section, &who, webhooks)?);
    }
    Ok((all, rules))
}

fn target(mut section: TargetSection, who: &str, webhooks: &[Key]) -> Result<TargetConfig, Wrong> {
    refuse_strange(&section, who)?;
    let (service, kind) = (*section.kind.get_ref(), section.kind.span());
    let needed = |value: Option<Spanned<String>>, key: &str, what: &str| {
        value.ok_or_else(|| Wrong::new(&kind, format!("{who} has no \"{key}\"; {what}")))
    };
    let place = match service {
        Service::Github | Service::Gitlab => {
            let default =
                if service == Service::Github { "https://api.github.com/" } else { "https://gitlab.com/api/v4/" };
            let url = base(who, section.url.take(), (Some(default), kind.clone()))?;
            let project = needed(section.project.take(), "project", "say which repository, such as \"acme/handbook\"")?;
            let path = section.path.take().map_or_else(|| PATH.to_owned(), Spanned::into_inner);
            let branch = section.branch.take().map_or_else(|| "main".to_owned(), Spanned::into_inner);
            let project = project.into_inner();
            Place::Repository {
                service,
                url,
                project,
                branch,
                path,
                forms: section.forms.iter().map(|form| form.0).collect(),
            }
        }
        Service::Confluence => {
            let url = base(who, section.url.take(), (None, kind.clone()))?;
            let space = needed(section.space.take(), "space", "say the key of the space")?.into_inner();
            let (user, parent) = (section.user.take(), section.parent.take().map(Spanned::into_inner));
            Place::Confluence { url, user, space, parent, pictures: section.pictures }
        }
        Service::Notion => {
            let url = base(who, section.url.take(), (Some("https://api.notion.com/v1"), kind.clone()))?;
            let parent = match (section.parent.take(), section.database.take()) {
                (Some(page), None) => Parent::Page(page.into_inner()),
                (None, Some(database)) => Parent::Database(database.into_inner()),
                _ => {
                    let what =
                        format!("{who} needs either \"parent\", the id of a page, or \"database\", that of a database");
                    return Err(Wrong::new(&kind, what));
                }
            };
            Place::Notion { url, parent }
        }
        Service::Webhook => webhook(&section, who, webhooks)?,
        Service::Room => Place::Rooms { form: room_form(&section, who)? },
    };
    let config = TargetConfig {
        name: section.name.into_inner(),
        template: section.template.map(String::from),
        token: section.token_file.map(|file| Source::File(file.0)),
        place,
    };
    // With any token: what is wrong with the rest is said where the file is read.
    let probe = Secret::new("probe").ok().map(|token| config.ready(Some(token), &Clock::system()));
    match probe {
        Some(Err(why)) => Err(Wrong::new(&kind, format!("{who}: {why}"))),
        _ => Ok(config),
    }
}

fn webhook(section: &TargetSection, who: &str, webhooks: &[Key]) -> Result<Place, Wrong> {
    let to = section.webhook.as_ref();
    let what = || format!("{who} has no \"webhook\"; say which one of [notify.webhook.targets]");
    let to = to.ok_or_else(|| Wrong::new(&section.kind.span(), what()))?;
    super::directory::known(&format!("\"webhook\" of {who}"), "webhook", to, &webhooks.iter().collect::<Vec<_>>())?;
    let form = match section.forms.as_slice() {
        [] => ExportFormat::Markdown,
        [form] if form.0 != ExportFormat::Pdf => form.0,
        _ => {
            let what = format!("\"forms\" of {who}: a webhook is told one of \"markdown\", \"html\" and \"json\"");
            return Err(Wrong::new(&to.span(), what));
        }
    };
    Ok(Place::Webhook { to: to.get_ref().clone(), form })
}

fn room_form(section: &TargetSection, who: &str) -> Result<ExportFormat, Wrong> {
    match section.forms.as_slice() {
        [] => Ok(ExportFormat::Pdf),
        [form] => Ok(form.0),
        _ => {
            let what =
                format!("\"forms\" of {who}: in a room stands one of \"markdown\", \"html\", \"pdf\" and \"json\"");
            Err(Wrong::new(&section.kind.span(), what))
        }
    }
}

/// A key that says nothing for a kind is a mistake: whoever wrote it meant something by it.
fn refuse_strange(section: &TargetSection, who: &str) -> Result<(), Wrong> {
    use Service::{Confluence, Github, Gitlab, Notion, Room, Webhook};
    let there = [
        ("url", section.url.is_some(), [Github, Gitlab, Confluence, Notion].as_slice()),
        ("token_file", section.token_file.is_some(), &[Github, Gitlab, Confluence, Notion]),
        ("user", section.user.is_some(), &[Confluence]),
        ("project", section.project.is_some(), &[Github, Gitlab]),
        ("branch", section.branch.is_some(), &[Github, Gitlab]),
        ("path", section.path.is_some(), &[Github, Gitlab]),
        ("forms", !section.forms.is_empty(), &[Github, Gitlab, Webhook, Room]),
        ("space", section.space.is_some(), &[Confluence]),
        ("parent", section.parent.is_some(), &[Confluence, Notion]),
        ("database", section.database.is_some(), &[Notion]),
        ("pictures", section.pictures != PicturesWord::default(), &[Confluence]),
        ("webhook", section.webhook.is_some(), &[Webhook]),
        ("private", section.private, &[Github, Gitlab, Confluence, Notion, Webhook]),
    ];
    let kind = section.kind.get_ref();
    match there.into_iter().find(|(_, is_there, of)| *is_there && !of.contains(kind)) {
        Some((key, ..)) => {
            Err(Wrong::new(&section.kind.span(), format!("\"{key}\" says nothing for {who}, which is of another kind")))
        }
        None => Ok(()),
    }
}

impl TargetConfig {
    /// The name of the variable that holds its token.
    pub fn variable(&self) -> String {
        outside::variable("TARGET", &self.name)
    }

    /// Whether its copies stand in rooms, which needs nothing besides what serves those.
    pub fn is_in_rooms(&self) -> bool {
        matches!(self.place, Place::Rooms { .. })
    }

    /// The template that it names, if any.
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// This one, ready to be called.
    ///
    /// # Errors
    /// Its token is missing or cannot be read.
    pub fn target(&self, clock: &Clock, variable: &dyn Fn(&str) -> Option<String>) -> Result<Target, ConfigError> {
        let of = format!("target \"{}\"", self.name);
        let token = match self.place {
            Place::Webhook { .. } | Place::Rooms { .. } => None,
            _ => Some(outside::token(&of, (&self.variable(), self.token.as_ref()), variable)?),
        };
        let held = self.ready(token, clock).map_err(|message| ConfigError::Outside { of, message })?;
        Ok(Target { held, template: self.template.clone() })
    }

    fn ready(&self, token: Option<Secret>, clock: &Clock) -> Result<Held, String> {
        let (clock, needed) = (clock.clone(), || "has no token".to_owned());
        Ok(match &self.place {
            Place::Repository { service, url, project, branch, path, forms } => {
                let (url, token) = (url.clone(), token.ok_or_else(needed)?);
                let forge = match service {
                    Service::Gitlab => GitLab::new(url, project, token, clock).map(Forge::GitLab),
                    _ => GitHub::new(url, project, token, clock).map(Forge::GitHub),
                };
                let forge = forge.map_err(|error| error.to_string())?;
                Held::Repository(Arc::new(Repository::new(forge, branch, Path::new(path)?, forms)?))
            }
            Place::Confluence { url, user, space, parent, pictures } => {
                let config = ConfluenceConfig {
                    base: url.clone(),
                    edition: outside::edition(user.as_ref()),
                    token: token.ok_or_else(needed)?,
                    space: space.clone(),
                    parent: parent.clone(),
                    pictures: match pictures {
                        PicturesWord::Attached => Pictures::Attached,
                        PicturesWord::Words => Pictures::Words,
                    },
                };
                Held::Confluence(Arc::new(Confluence::new(config, clock).map_err(|error| error.to_string())?))
            }
            Place::Notion { url, parent } => {
                let token = token.ok_or_else(needed)?;
                let config = NotionConfig { base: url.clone(), token, parent: parent.clone() };
                Held::Notion(Arc::new(Notion::new(config, clock).map_err(|error| error.to_string())?))
            }
            Place::Webhook { to, form } => Held::Webhook { to: to.clone(), form: *form },
            Place::Rooms { form } => Held::Rooms { form: *form },
        })
    }
}

fn read_form(text: &str) -> Result<ExportFormat, String> {
    match text {
        "markdown" => Ok(ExportFormat::Markdown),
        "html" => Ok(ExportFormat::Html),
        "pdf" => Ok(ExportFormat::Pdf),
        "json" => Ok(ExportFormat::Json),
        other => Err(format!("{other:?} is no form of documents; it is one of markdown, html, pdf, json")),
    }
}
