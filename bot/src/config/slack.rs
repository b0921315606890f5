//! `[[slack]]`: the Slack workspaces that are connected, checked.

use chrono::TimeDelta;
use firebell_core::directory::Standing;
use firebell_core::ids::Key;
use firebell_core::settings::Settings;
use toml::Spanned;

use super::directory::known;
use super::error::{ConfigError, Wrong};
use super::file;
use super::secret::Secret;
use super::workspace::{Chat, MAIN, Source};

/// Slack's own Web API.
pub(super) const API_URL: &str = "https://slack.com/api";
/// How long rooms stay open after the end of their incident unless something else is configured.
const ARCHIVE_AFTER: TimeDelta = TimeDelta::hours(24);

/// One Slack workspace.
#[derive(Debug, Clone)]
pub struct SlackConfig {
    /// By which people and variables name it.
    pub name: String,
    /// Where its Web API is, without a slash at its end.
    pub api_url: String,
    /// How many Socket Mode connections are kept.
    pub connections: usize,
    /// The template of the names of rooms.
    pub room_name: Option<String>,
    /// The ids of the channels in which incidents are shown that are not private.
    pub announce: Vec<String>,
    /// The id of the user group that comes into every room which is not private.
    pub invite_group: Option<String>,
    /// The id of the user group that holds whoever the policy pages first.
    pub on_call_group: Option<String>,
    pub on_call_policy: Option<Key>,
    /// How long after the end of its incident a room is archived; `None` for never.
    pub archive_after: Option<TimeDelta>,
    /// The reactions that mark a message.
    pub reactions: Vec<String>,
    /// Those that make it evidence for the newest cause besides.
    pub evidence_reactions: Vec<String>,
    /// The size in bytes up to which files are copied that people post; `None` where none are.
    pub copy_files: Option<i64>,
    /// What members of the workspace may do whom the directory does not hold.
    pub members: Standing,
    bot_token: Option<Source>,
    app_token: Option<Source>,
    signing_secret: Option<Source>,
}

/// The secrets of a workspace, read.
#[derive(Debug, Clone)]
pub struct SlackSecrets {
    pub bot_token: Secret,
    /// For Socket Mode.
    pub app_token: Option<Secret>,
    /// For signed HTTP.
    pub signing_secret: Option<Secret>,
}

impl SlackConfig {
    /// A workspace with everything as it is when nothing is said of it.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            api_url: API_URL.to_owned(),
            connections: 2,
            room_name: None,
            announce: Vec::new(),
            invite_group: None,
            on_call_group: None,
            on_call_policy: None,
            archive_after: Some(ARCHIVE_AFTER),
            reactions: vec!["pushpin".to_owned()],
            evidence_reactions: vec!["mag".to_owned()],
            copy_files: None,
            members: Standing::Responder,
            bot_token: None,
            app_token: None,
            signing_secret: None,
        }
    }

    /// Its secrets, from the environment or from files. To be asked at the start, while all is well.
    ///
    /// # Errors
    /// One is missing, or a file cannot be read; the words name the variable to set.
    pub fn secrets(&self) -> Result<SlackSecrets, ConfigError> {
        let missing = |what: &str| ConfigError::Workspace {
            chat: Chat::Slack,
            name: self.name.clone(),
            message: what.to_owned(),
        };
        let bot_token = self.bot_token.as_ref().map(Source::read).transpose()?;
        let bot_token = bot_token.ok_or_else(|| {
            missing(&format!("has no bot token (xoxb-...); set {} or \"bot_token_file\"", self.variable("BOT_TOKEN")))
        })?;
        let app_token = self.app_token.as_ref().map(Source::read).transpose()?;
        let signing_secret = self.signing_secret.as_ref().map(Source::read).transpose()?;
        if app_token.is_none() && signing_secret.is_none() {
            return Err(missing(&format!(
                "has neither an app-level token (xapp-...) for Socket Mode nor a signing secret for HTTP; set {} or {}",
                self.variable("APP_TOKEN"),
                self.variable("SIGNING_SECRET")
            )));
        }
        Ok(SlackSecrets { bot_token, app_token, signing_secret })
    }

    /// The name of a variable of this workspace: of the main one `FIREBELL_SLACK_BOT_TOKEN`, of one that is called `eu`
    /// `FIREBELL_SLACK_EU_BOT_TOKEN`.
    pub fn variable(&self, what: &str) -> String {
        Chat::Slack.variable(&self.name, what)
    }

    pub(super) fn look_into_environment(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        let found = |what: &str| variable(&self.variable(what)).map(|text| Source::Text(Secret::new(text.trim())));
        let (bot, app, signing) = (found("BOT_TOKEN"), found("APP_TOKEN"), found("SIGNING_SECRET"));
        self.bot_token = bot.or(self.bot_token.take());
        self.app_token = app.or(self.app_token.take());
        self.signing_secret = signing.or(self.signing_secret.take());
    }
}

/// The workspaces of the file, whose policies are known where it describes the directory; one that is only known by its variables is added later.
pub(super) fn check(
    sections: Vec<file::Slack>,
    policies: Option<&[Key]>,
    settings: &Settings,
) -> Result<Vec<SlackConfig>, Wrong> {
    let mut workspaces: Vec<SlackConfig> = Vec::with_capacity(sections.len());
    for section in sections {
        let named = section.name.as_ref().map(Spanned::span);
        let workspace = workspace(section, policies, settings.default_policy.as_ref())?;
        if workspaces.iter().any(|held| held.name == workspace.name) {
            return Err(Chat::Slack.twice(&workspace.name, named));
        }
        workspaces.push(workspace);
    }
    Ok(workspaces)
}

fn workspace(section: file::Slack, policies: Option<&[Key]>, default: Option<&Key>) -> Result<SlackConfig, Wrong> {
    if let Some((policy, policies)) = section.on_call_policy.as_ref().zip(policies) {
        known("\"on_call_policy\" in [[slack]]", "policy", policy, &policies.iter().collect::<Vec<_>>())?;
    }
    let name = section.name.map_or_else(|| MAIN.to_owned(), |name| name.into_inner().to_string());
    let defaults = SlackConfig::named(&name);
    let api_url = match section.api_url {
        Some(url) => Chat::Slack.api_url(&url)?,
        None => defaults.api_url.clone(),
    };
    let room_name = section.room_name.map(|template| {
        let at = template.span();
        let template = template.into_inner();
        let checked = crate::naming::Naming::new(&template).map(|_| template);
        checked.map_err(|why| Wrong::new(&at, format!("\"room_name\" in [[slack]] {why}")))
    });
    Ok(SlackConfig {
        api_url,
        connections: section.connections.map_or(defaults.connections, usize::from),
        room_name: room_name.transpose()?,
        announce: section.announce,
        invite_group: section.invite_group,
        on_call_group: section.on_call_group,
        on_call_policy: section.on_call_policy.map(Spanned::into_inner).or_else(|| default.cloned()),
        archive_after: section.archive_after.map_or(defaults.archive_after, |kept| kept.0),
        reactions: section.reactions.unwrap_or(defaults.reactions.clone()),
        evidence_reactions: section.evidence_reactions.unwrap_or(defaults.evidence_reactions.clone()),
        copy_files: section.copy_files.map(|size| size.0),
        members: section.members.map_or(defaults.members, file::Members::standing),
        bot_token: section.bot_token_file.map(|file| Source::File(file.0)),
        app_token: section.app_token_file.map(|file| Source::File(file.0)),
        signing_secret: section.signing_secret_file.map(|file| Source::File(file.0)),
        ..defaults
    })
}
