//! `[[trackers]]` and `[actions]`: where follow-ups are kept besides, and when teams hear of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveTime, TimeDelta, Weekday};
use firebell_core::action::ActionKind;
use firebell_core::digest::Digest;
use firebell_core::ids::Key;
use firebell_core::place::split_channel;
use firebell_core::tracking;
use reqwest::Url;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::directory::{known, unique};
use super::error::{ConfigError, Wrong};
use super::outside::{self, Names, Scoped, When, base};
use super::rooms::Places;
use super::value::{FilePath, Zone, from_text, text_value};
use super::workspace::Source;
use crate::clock::Clock;
use crate::notify;
use crate::outside::forge::{Forge, GitHub, GitLab};
use crate::outside::jira::{Jira, JiraConfig};
use crate::outside::linear::{Linear, LinearConfig};
use crate::trackers::{Tracked, Tracker, Trackers};

/// How often what changed in trackers is read, where the file does not say it.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// More often, and trackers would take it for a flood; less often, and nobody would see in time what was done there.
const EVERY_MIN: TimeDelta = TimeDelta::seconds(15);
const EVERY_MAX: TimeDelta = TimeDelta::hours(1);

text_value!(Weekly, (Weekday, NaiveTime), "a day and a time, such as \"mon 09:00\"", read_weekly);
text_value!(Every, TimeDelta, "a duration, such as \"1m\"", read_every);
text_value!(Kind, ActionKind, "a type of follow-ups in quotes", read_kind);

/// `[actions]`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [actions]")]
pub(super) struct ActionsSection {
    digest: Option<Weekly>,
    zone: Zone,
    channels: BTreeMap<Spanned<Key>, Spanned<String>>,
    read_trackers_every: Option<Every>,
}

/// `[[trackers]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[trackers]]")]
pub(super) struct TrackerSection {
    name: Spanned<Key>,
    kind: Spanned<Service>,
    url: Option<Spanned<String>>,
    project: Spanned<String>,
    user: Option<String>,
    issue_type: Option<String>,
    token_file: Option<FilePath>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    accounts: BTreeMap<Key, String>,
    #[serde(default)]
    when: When,
    #[serde(default)]
    teams: Vec<Spanned<Key>>,
    #[serde(default)]
    services: Vec<Spanned<Key>>,
    #[serde(default)]
    types: Vec<Kind>,
    #[serde(default)]
    private: bool,
}

#[derive(Deserialize, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Service {
    Github,
    Gitlab,
    Jira,
    Linear,
}

/// One tracker, whose secret is read once it is needed.
#[derive(Debug, Clone)]
pub struct TrackerConfig {
    pub name: Key,
    service: Service,
    url: Url,
    project: String,
    user: Option<String>,
    issue_type: Option<String>,
    token: Option<Source>,
    labels: Vec<String>,
    accounts: BTreeMap<Key, String>,
}

/// Where follow-ups are kept besides, as the file says it.
#[derive(Debug, Clone)]
pub struct TrackersConfig {
    pub all: Vec<TrackerConfig>,
    /// From one reading of what changed there to the next.
    pub every: TimeDelta,
}

impl Default for TrackersConfig {
    fn default() -> Self {
        Self { all: Vec::new(), every: EVERY }
    }
}

/// What the sections come to.
pub(super) struct Checked {
    pub(super) config: TrackersConfig,
    pub(super) rules: Vec<tracking::Tracker>,
    pub(super) digest: Option<Digest>,
}

/// Reads the sections, whose names are checked against what is known.
pub(super) fn check(
    sections: Vec<TrackerSection>,
    actions: ActionsSection,
    (names, places): (&Names<'_>, &Places),
) -> Result<Checked, Wrong> {
    unique("tracker", sections.iter().map(|section| &section.name))?;
    let (mut all, mut rules) = (Vec::new(), Vec::new());
    for mut section in sections {
        let who = format!("tracker \"{}\"", section.name.get_ref());
        let scoped = Scoped {
            always: section.when == When::Always,
            severities: Vec::new(),
            teams: std::mem::take(&mut section.teams),
            services: std::mem::take(&mut section.services),
            private: section.private,
        };
        rules.push(tracking::Tracker {
            name: section.name.get_ref().clone(),
            scope: names.scope(&who, scoped)?,
            kinds: section.types.iter().map(|kind| kind.0).collect(),
        });
        all.push(tracker(section)?);
    }
    let every = actions.read_trackers_every.map_or(EVERY, |every| every.0);
    let mut channels = BTreeMap::new();
    for (team, channel) in actions.channels {
        if let Some(teams) = &names.teams {
            known("\"channels\" in [actions]", "team", &team, teams)?;
        }
        check_channel(&channel, places)?;
        channels.insert(team.into_inner(), channel.into_inner());
    }
    let zone = actions.zone.0;
    let digest = actions.digest.map(|Weekly((day, at))| Digest { day, at, zone, channels });
    Ok(Checked { config: TrackersConfig { all, every }, rules, digest })
}

fn check_channel(channel: &Spanned<String>, places: &Places) -> Result<(), Wrong> {
    let wrong = |why: String| Wrong::new(&channel.span(), format!("\"channels\" in [actions]: {why}"));
    let named = split_channel(channel.get_ref());
    let (place, _) = named.ok_or_else(|| wrong("expected a channel, such as \"slack:C0123ABC\"".to_owned()))?;
    places.lacks(place).map_or(Ok(()), |refusal| Err(wrong(refusal.to_string())))
}

fn tracker(section: TrackerSection) -> Result<TrackerConfig, Wrong> {
    let (name, service) = (section.name.into_inner(), *section.kind.get_ref());
    for (key, is_there) in [("user", section.user.is_some()), ("issue_type", section.issue_type.is_some())] {
        if is_there && service != Service::Jira {
            let what = format!("\"{key}\" says nothing for tracker \"{name}\", which is not of Jira");
            return Err(Wrong::new(&section.kind.span(), what));
        }
    }
    let default = match service {
        Service::Github => Some("https://api.github.com/"),
        Service::Gitlab => Some("https://gitlab.com/api/v4/"),
        Service::Jira => None,
        Service::Linear => Some("https://api.linear.app/graphql"),
    };
    let url = base(&format!("tracker \"{name}\""), section.url, (default, section.kind.span()))?;
    let config = TrackerConfig {
        url,
        project: section.project.get_ref().clone(),
        user: section.user,
        issue_type: section.issue_type,
        token: section.token_file.map(|file| Source::File(file.0)),
        labels: section.labels,
        accounts: section.accounts,
        name,
        service,
    };
    // With any token: what is wrong with the rest is said where the file is read.
    let probe = notify::Secret::new("probe").ok().map(|token| config.client(token, &Clock::system()));
    match probe {
        Some(Err(why)) => Err(Wrong::new(&section.project.span(), format!("tracker \"{}\": {why}", config.name))),
        _ => Ok(config),
    }
}

impl TrackersConfig {
    /// The trackers, ready to be called. Reads the files of their tokens, so it is to be asked at the start, while all is well.
    ///
    /// # Errors
    /// A token is missing or cannot be read.
    pub fn trackers(&self, clock: &Clock, variable: &dyn Fn(&str) -> Option<String>) -> Result<Trackers, ConfigError> {
        let ready = self.all.iter().map(|held| Ok((held.name.clone(), held.tracked(clock, variable)?)));
        Ok(Trackers::new(ready.collect::<Result<_, ConfigError>>()?, self.every))
    }
}

impl TrackerConfig {
    /// The name of the variable that holds its token.
    pub fn variable(&self) -> String {
        outside::variable("TRACKER", &self.name)
    }

    /// This one, ready to be called.
    ///
    /// # Errors
    /// Its token is missing or cannot be read.
    pub fn tracked(&self, clock: &Clock, variable: &dyn Fn(&str) -> Option<String>) -> Result<Tracked, ConfigError> {
        let of = format!("tracker \"{}\"", self.name);
        let token = outside::token(&of, (&self.variable(), self.token.as_ref()), variable)?;
        let tracker = self.client(token, clock).map_err(|message| ConfigError::Outside { of, message })?;
        Ok(Tracked { tracker, labels: self.labels.clone(), accounts: self.accounts.clone() })
    }

    fn client(&self, token: notify::Secret, clock: &Clock) -> Result<Tracker, String> {
        let (base, clock, project) = (self.url.clone(), clock.clone(), self.project.clone());
        let made = match self.service {
            Service::Github => {
                GitHub::new(base, &project, token, clock).map(|hub| Tracker::Forge(Arc::new(Forge::GitHub(hub))))
            }
            Service::Gitlab => {
                GitLab::new(base, &project, token, clock).map(|lab| Tracker::Forge(Arc::new(Forge::GitLab(lab))))
            }
            Service::Jira => {
                let (edition, issue_type) = (
                    outside::edition(self.user.as_ref()),
                    self.issue_type.clone().unwrap_or_else(|| "Task".to_owned()),
                );
                let config = JiraConfig { base, edition, token, project, issue_type };
                Jira::new(config, clock).map(|jira| Tracker::Jira(Arc::new(jira)))
            }
            Service::Linear => {
                let config = LinearConfig { base, token, team: project };
                Linear::new(config, clock).map(|linear| Tracker::Linear(Arc::new(linear)))
            }
        };
        made.map_err(|error| error.to_string())
    }
}

fn read_weekly(text: &str) -> Result<(Weekday, NaiveTime), String> {
    let wrong = || format!("{text:?} is no day and time; write them as \"mon 09:00\"");
    let (day, time) = text.trim().split_once(char::is_whitespace).ok_or_else(wrong)?;
    let time = NaiveTime::parse_from_str(time.trim(), "%H:%M").map_err(|_| wrong())?;
    Ok((day.parse().map_err(|_| wrong())?, time))
}

fn read_every(text: &str) -> Result<TimeDelta, String> {
    let every = firebell_core::when::parse_duration(text).map_err(|error| error.to_string())?;
    let wrong = "expected a duration from \"15s\" to \"1h\"";
    if (EVERY_MIN..=EVERY_MAX).contains(&every) { Ok(every) } else { Err(wrong.to_owned()) }
}

fn read_kind(text: &str) -> Result<ActionKind, String> {
    let known = ActionKind::ALL.map(ActionKind::word).join(", ");
    ActionKind::parse(text).ok_or_else(|| format!("{text:?} is no type of follow-ups; it is one of {known}"))
}
