//! `firebell.toml`: the settings of the process, and the people, teams, services and policies that a file brings.
//!
//! Secrets come from a file or the environment. The environment prevails over the file, and an empty variable counts
//! as none. Paths are relative to the folder in which Firebell runs.

mod calendars;
mod contacts;
mod directory;
mod discord;
mod error;
mod file;
mod files;
mod incidents;
mod notify;
mod oncall;
mod outside;
mod postmortem;
mod proof;
mod rooms;
mod secret;
mod slack;
mod synthetic;
mod targets;
#[cfg(test)]
mod tests;
mod trackers;
mod value;
mod workspace;
mod write;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use chrono::TimeDelta;
use firebell_core::directory::ContactMethod;
use firebell_core::directory::plan::FileDirectory;
use firebell_core::ids::Key;
use firebell_core::place::split_channel;
use firebell_core::refusal::Refusal;
use firebell_core::settings::Settings;
use toml::Spanned;

pub use discord::{DiscordConfig, DiscordSecrets};
pub use error::ConfigError;
pub use file::{Database, Http, Log, LogLevel};
pub use files::{Sources, Text};
pub use notify::{Notify, TwilioSigns};
pub use secret::{Secret, Webhook};
pub use slack::{SlackConfig, SlackSecrets};
pub use synthetic::Synthetic;
pub use targets::TargetConfig;
pub use trackers::{TrackerConfig, TrackersConfig};
pub use value::Retention;
pub use workspace::Chat;
pub use write::{calendar_aside, write};

use directory::Known;
use error::Wrong;
use file::File;
use rooms::Places;
use workspace::MAIN;

use crate::store::DatabaseUrl;

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "firebell.toml";
/// Prevails over `url` in `[database]`.
pub const DATABASE_URL: &str = "FIREBELL_DATABASE_URL";
/// The installation's key; prevails over `file` in `[key]`.
pub const KEY: &str = "FIREBELL_KEY";
/// Prevails over `[alarm]`.
pub const ALARM_WEBHOOK: &str = "FIREBELL_ALARM_WEBHOOK";

/// Prevails over `url` and `url_file` in `[heartbeat]`.
pub const HEARTBEAT_URL: &str = "FIREBELL_HEARTBEAT_URL";

/// The installation's key lies beside the `SQLite` file unless another place is named.
const KEY_FILE: &str = "firebell.key";

/// Everything that is configured, checked.
#[derive(Debug, Clone, Default)]
pub struct Config {
    pub database: Database,
    pub http: Http,
    pub log: Log,
    /// Contact methods beside chat.
    pub notify: Notify,
    /// A folder whose templates replace the built-in ones of the same name.
    pub templates: Option<PathBuf>,
    /// Fonts of printed documents beside the built-in ones, each with its place in its file.
    pub fonts: Vec<(PathBuf, u32)>,
    pub retention: Retention,
    /// The notice that is sent now and then to prove that notices arrive.
    pub synthetic: Option<Synthetic>,
    /// The Slack workspaces that are connected.
    pub slack: Vec<SlackConfig>,
    /// The Discord servers that are connected.
    pub discord: Vec<DiscordConfig>,
    /// Where follow-ups are kept besides.
    pub trackers: TrackersConfig,
    /// Where postmortems are published besides.
    pub targets: Vec<TargetConfig>,
    settings: Settings,
    directory: FileDirectory,
    key: Option<KeySource>,
    alarm: Option<UrlSource>,
    heartbeat: Option<UrlSource>,
    heartbeat_every: value::Beat,
    /// Whether any of it was read from a file.
    from_file: bool,
}

/// Where the installation's key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    Text(Secret),
    File(PathBuf),
}

/// Where a URL comes from that is a secret.
#[derive(Debug, Clone)]
enum UrlSource {
    Url(Webhook),
    File(PathBuf),
}

impl UrlSource {
    /// One of two keys of a section, if any.
    fn of(
        section: &str,
        (key, url): (&str, Option<Webhook>),
        file: Option<Spanned<value::FilePath>>,
    ) -> Result<Option<Self>, Wrong> {
        match (url, file) {
            (Some(_), Some(file)) => {
                let message = format!("{section} has both \"{key}\" and \"{key}_file\"; keep one of them");
                Err(Wrong::new(&file.span(), message))
            }
            (Some(url), None) => Ok(Some(Self::Url(url))),
            (None, file) => Ok(file.map(|file| Self::File(file.into_inner().0))),
        }
    }

    fn read(&self) -> Result<Webhook, ConfigError> {
        let path = match self {
            Self::Url(url) => return Ok(url.clone()),
            Self::File(path) => path,
        };
        let text = fs::read_to_string(path);
        let text = text.map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
        Webhook::new(text.trim()).map_err(|message| ConfigError::BadFile { path: path.clone(), message })
    }
}

impl Config {
    /// Reads the file at `path`; without one, `firebell.toml` if there is such a file, else the defaults. Then looks
    /// into the environment.
    ///
    /// # Errors
    /// [`ConfigError`] names file, line and column, or the variable.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        Self::load_with(path, &|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
    }

    /// [`Config::load`] with another environment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn load_with(path: Option<&Path>, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let file = path.unwrap_or(Path::new(DEFAULT_FILE));
        let mut config = match fs::read_to_string(file) {
            Ok(text) => Self { from_file: true, ..Self::parse(&text, &file.display().to_string())? },
            Err(error) if path.is_none() && error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(source) => return Err(ConfigError::Unreadable { path: file.to_owned(), source }),
        };
        config.look_into_environment(variable)?;
        Ok(config)
    }

    /// Reads the text of a file; `source_name` is what errors call it. Looks at nothing else.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] for the first thing that is wrong.
    pub fn parse(text: &str, source_name: &str) -> Result<Self, ConfigError> {
        let file = toml::from_str(text).map_err(|error| Wrong::from_toml(text, &error));
        file.and_then(Self::checked).map_err(|wrong| wrong.in_file(text, source_name))
    }

    /// The rules of incidents.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// What the file wants the directory to hold.
    pub fn directory(&self) -> &FileDirectory {
        &self.directory
    }

    /// Whether the file says anything of the directory; one that does not leaves that of the database alone.
    pub fn describes_directory(&self) -> bool {
        !self.directory.is_empty()
    }

    /// Whether there was a file to read; without one nobody knows what will be configured where files are applied.
    pub fn has_file(&self) -> bool {
        self.from_file
    }

    /// Why the workspace cannot be told that the name of a channel begins with, as in `slack:C0123ABC`, if it cannot.
    pub fn lacks_place_of(&self, channel: &str) -> Option<Refusal> {
        let (place, _) = split_channel(channel)?;
        let slack: Vec<String> = self.slack.iter().map(|workspace| workspace.name.clone()).collect();
        let discord: Vec<String> = self.discord.iter().map(|server| server.name.clone()).collect();
        Places::configured(Known { slack: &slack, discord: &discord }).lacks(place)
    }

    /// The policies that the sections of chat platforms name.
    pub fn named_policies(&self) -> Vec<Key> {
        let slack = self.slack.iter().filter_map(|workspace| workspace.on_call_policy.clone());
        slack.chain(self.discord.iter().filter_map(|server| server.on_call_policy.clone())).collect()
    }

    /// Where the installation's key is: the environment, the file of `[key]`, else a file beside the `SQLite` database.
    /// To be asked once the database's URL is final.
    ///
    /// # Errors
    /// [`ConfigError::NoKey`] if none of these is there.
    pub fn key_source(&self) -> Result<KeySource, ConfigError> {
        let beside = || self.database.url.sqlite_file().map(|file| KeySource::File(file.with_file_name(KEY_FILE)));
        self.key.clone().or_else(beside).ok_or(ConfigError::NoKey)
    }

    /// Where Firebell sends its own alarm when the database is lost, if anywhere. Reads the file of `webhook_file`, so
    /// it is to be asked at the start, while all is well.
    ///
    /// # Errors
    /// The file cannot be read or holds no such URL.
    pub fn alarm_webhook(&self) -> Result<Option<Webhook>, ConfigError> {
        self.alarm.as_ref().map(UrlSource::read).transpose()
    }

    /// Whom Firebell tells that all is well, if anybody, and how often. Reads the file of `url_file`.
    ///
    /// # Errors
    /// The file cannot be read or holds no such URL.
    pub fn heartbeat(&self) -> Result<Option<(Webhook, TimeDelta)>, ConfigError> {
        let url = self.heartbeat.as_ref().map(UrlSource::read).transpose()?;
        Ok(url.map(|url| (url, self.heartbeat_every.0)))
    }

    fn checked(mut file: File) -> Result<Self, Wrong> {
        let named = |name: Option<&Spanned<Key>>| name.map_or(MAIN.to_owned(), |name| name.get_ref().to_string());
        let in_slack: Vec<String> = file.slack.iter().map(|section| named(section.name.as_ref())).collect();
        let in_discord: Vec<String> = file.discord.iter().map(|section| named(section.name.as_ref())).collect();
        let known = Known { slack: &in_slack, discord: &in_discord };
        let places = Places::new(known);
        let people = directory::people(file.people, known)?;
        let rows = directory::Rows {
            teams: file.teams,
            services: file.services,
            policies: file.policies,
            schedules: file.schedules,
            calendars: file.calendars,
            texts: &[],
        };
        let mut directory = directory::check(people, rows, &file.last_resort, &places)?;
        let policies = (!directory.is_empty()).then(|| directory.policies.iter().map(|policy| policy.key.clone()));
        let policies: Option<Vec<Key>> = policies.map(Iterator::collect);
        directory.default_contacts = reached_by(!in_slack.is_empty(), !in_discord.is_empty());
        let settings = incidents::check(file.incidents, policies.as_deref(), &places)?;
        let fonts = postmortem::fonts(&file.postmortem);
        let templates = postmortem::templates(&file.postmortem, &settings, &directory)?;
        let described = !directory.is_empty();
        let there = outside::Names {
            severities: settings.severities.iter().map(|severity| &severity.key).collect(),
            teams: described.then(|| directory.teams.iter().map(|team| &team.key).collect()),
            services: described.then(|| directory.services.iter().map(|service| &service.key).collect()),
        };
        let kept = trackers::check(file.trackers, file.actions, (&there, &places))?;
        let webhooks: Vec<Key> = file.notify.targets().into_keys().collect();
        let (targets, held_by) = targets::check(std::mem::take(&mut file.postmortem.targets), &there, &webhooks)?;
        let documents = postmortem::check(file.postmortem, &settings, &directory)?;
        let (proof, trackers, digest) = (proof::check(file.proof)?, kept.rules, kept.digest);
        let settings =
            Settings { proof, postmortem: documents, templates, trackers, targets: held_by, digest, ..settings };
        let synthetic = synthetic::check(file.synthetic, &directory)?;
        let slack = slack::check(file.slack, policies.as_deref(), &settings)?;
        let discord = discord::check(file.discord, policies.as_deref(), &settings)?;
        Ok(Self {
            settings,
            directory,
            key: file.key.file.map(KeySource::File),
            alarm: UrlSource::of("[alarm]", ("webhook", file.alarm.webhook), file.alarm.webhook_file)?,
            heartbeat: UrlSource::of("[heartbeat]", ("url", file.heartbeat.url), file.heartbeat.url_file)?,
            heartbeat_every: file.heartbeat.every,
            from_file: false,
            database: file.database,
            http: Http { listen: file.http.listen, public_url: notify::public_url(file.http.public_url)? },
            notify: file.notify,
            log: file.log,
            templates: file.templates.dir,
            fonts,
            retention: file.retention,
            synthetic,
            slack,
            discord,
            trackers: kept.config,
            targets,
        })
    }

    fn look_into_environment(&mut self, variable: &dyn Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        if let Some(url) = variable(DATABASE_URL) {
            let wrong = |message| ConfigError::Environment { name: DATABASE_URL, message };
            self.database.url = DatabaseUrl::parse(url.trim()).map_err(|refused| wrong(refused.to_string()))?;
        }
        if let Some(key) = variable(KEY) {
            self.key = Some(KeySource::Text(Secret::new(key)));
        }
        let (slack, discord) = (SlackConfig::named(MAIN), DiscordConfig::named(MAIN));
        if self.slack.is_empty() && variable(&slack.variable("BOT_TOKEN")).is_some() {
            self.slack.push(slack);
        }
        if self.discord.is_empty() && variable(&discord.variable("BOT_TOKEN")).is_some() {
            self.discord.push(discord);
        }
        self.directory.default_contacts = reached_by(!self.slack.is_empty(), !self.discord.is_empty());
        for workspace in &mut self.slack {
            workspace.look_into_environment(&variable);
        }
        for server in &mut self.discord {
            server.look_into_environment(&variable);
        }
        for (name, source) in [(ALARM_WEBHOOK, &mut self.alarm), (HEARTBEAT_URL, &mut self.heartbeat)] {
            if let Some(url) = variable(name) {
                let wrong = |message| ConfigError::Environment { name, message };
                *source = Some(UrlSource::Url(Webhook::new(url.trim()).map_err(wrong)?));
            }
        }
        Ok(())
    }
}

/// How someone new is reached of whom nothing says it: wherever they may be known, and a mention where messages to them
/// are closed.
fn reached_by(slack: bool, discord: bool) -> Vec<ContactMethod> {
    let slack = slack.then_some(ContactMethod::Slack);
    let discord = discord.then_some([ContactMethod::Discord, ContactMethod::DiscordRoom]);
    slack.into_iter().chain(discord.into_iter().flatten()).collect()
}
