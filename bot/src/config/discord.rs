//! `[[discord]]`: the Discord servers that are connected, checked.

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

/// Discord's own REST API.
pub(super) const API_URL: &str = "https://discord.com/api/v10";
/// How long rooms stay open after the end of their incident unless something else is configured.
const ARCHIVE_AFTER: TimeDelta = TimeDelta::hours(24);

/// One Discord server.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of the file")]
pub struct DiscordConfig {
    /// By which people and variables name it.
    pub name: String,
    /// Its id. Absent until the environment names it.
    pub guild: Option<String>,
    /// Where the REST API is, without a slash at its end.
    pub api_url: String,
    /// Where the gateway is, if not where Discord says.
    pub gateway_url: Option<String>,
    /// Whether the gateway is listened to. Without it, what people say is not heard.
    pub gateway: bool,
    /// The application's public key, in hexadecimal digits, for signed HTTP.
    pub public_key: Option<String>,
    /// Whether commands are registered for all servers of the application.
    pub global_commands: bool,
    /// The id of the forum channel in which each room is a post.
    pub forum: Option<String>,
    /// The id of the category in which each room is a text channel; of a private incident always.
    pub category: Option<String>,
    /// The id of the text channel in which the room of a private incident is a private thread.
    pub private_threads: Option<String>,
    /// The template of the titles of rooms.
    pub room_name: Option<String>,
    /// The ids of the channels in which incidents are shown that are not private.
    pub announce: Vec<String>,
    /// The ids of the roles that are mentioned where incidents are shown.
    pub announce_roles: Vec<String>,
    /// The id of the role whose members come into every room which is not private.
    pub invite_role: Option<String>,
    /// Whether they are brought in one by one, where they are mentioned otherwise.
    pub invites_members: bool,
    /// The id of the role that is kept to hold whoever is on call.
    pub on_call_role: Option<String>,
    /// The policy whose first step says who that is.
    pub on_call_policy: Option<Key>,
    /// Whether the forum's posts have tags for status and severity.
    pub tags: bool,
    /// How long after the end of its incident a room is archived; `None` for never.
    pub archive_after: Option<TimeDelta>,
    /// The emoji whose reactions mark a message.
    pub reactions: Vec<String>,
    /// Those that make it evidence for the newest cause besides.
    pub evidence_reactions: Vec<String>,
    /// The size in bytes up to which files are copied that people post; `None` where none are.
    pub copy_files: Option<i64>,
    /// What members of the server may do whom the directory does not hold.
    pub members: Standing,
    bot_token: Option<Source>,
}

/// The secrets of a server, read.
#[derive(Debug, Clone)]
pub struct DiscordSecrets {
    pub bot_token: Secret,
}

impl DiscordConfig {
    /// A server with everything as it is when nothing is said of it.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            guild: None,
            api_url: API_URL.to_owned(),
            gateway_url: None,
            gateway: true,
            public_key: None,
            global_commands: false,
            forum: None,
            category: None,
            private_threads: None,
            room_name: None,
            announce: Vec::new(),
            announce_roles: Vec::new(),
            invite_role: None,
            invites_members: false,
            on_call_role: None,
            on_call_policy: None,
            tags: true,
            archive_after: Some(ARCHIVE_AFTER),
            reactions: vec!["📌".to_owned()],
            evidence_reactions: vec!["🔍".to_owned()],
            copy_files: None,
            members: Standing::Responder,
            bot_token: None,
        }
    }

    /// Its secrets, from the environment or from a file. To be asked at the start, while all is well.
    ///
    /// # Errors
    /// One is missing, or a file cannot be read; the words name the variable to set.
    pub fn secrets(&self) -> Result<DiscordSecrets, ConfigError> {
        let bot_token = self.bot_token.as_ref().map(Source::read).transpose()?;
        let bot_token = bot_token.ok_or_else(|| {
            self.lacks(&format!("has no bot token; set {} or \"bot_token_file\"", self.variable("BOT_TOKEN")))
        })?;
        Ok(DiscordSecrets { bot_token })
    }

    /// The server's id.
    ///
    /// # Errors
    /// Nothing says it; the words name the variable to set.
    pub fn guild(&self) -> Result<&str, ConfigError> {
        let message = || {
            format!(
                "has no id; set \"guild\" or {} (with Discord's developer mode on: right-click the server, Copy Server ID)",
                self.variable("GUILD")
            )
        };
        self.guild.as_deref().ok_or_else(|| self.lacks(&message()))
    }

    /// The name of a variable of this server, such as `FIREBELL_DISCORD_BOT_TOKEN`.
    pub fn variable(&self, what: &str) -> String {
        Chat::Discord.variable(&self.name, what)
    }

    pub(super) fn look_into_environment(&mut self, variable: &dyn Fn(&str) -> Option<String>) {
        let found = |what: &str| variable(&self.variable(what)).map(|text| text.trim().to_owned());
        let (token, guild) = (found("BOT_TOKEN"), found("GUILD"));
        self.bot_token = token.map(|text| Source::Text(Secret::new(&*text))).or(self.bot_token.take());
        self.guild = guild.or(self.guild.take());
    }

    fn lacks(&self, what: &str) -> ConfigError {
        ConfigError::Workspace { chat: Chat::Discord, name: self.name.clone(), message: what.to_owned() }
    }
}

/// The servers of the file; one that is only known by its variables is added later.
pub(super) fn check(
    sections: Vec<file::Discord>,
    policies: Option<&[Key]>,
    settings: &Settings,
) -> Result<Vec<DiscordConfig>, Wrong> {
    let mut servers: Vec<DiscordConfig> = Vec::with_capacity(sections.len());
    for section in sections {
        let named = section.name.as_ref().map(Spanned::span);
        let server = server(section, policies, settings.default_policy.as_ref())?;
        if servers.iter().any(|held| held.name == server.name) {
            return Err(Chat::Discord.twice(&server.name, named));
        }
        servers.push(server);
    }
    Ok(servers)
}

fn server(section: file::Discord, policies: Option<&[Key]>, default: Option<&Key>) -> Result<DiscordConfig, Wrong> {
    if let Some((policy, policies)) = section.on_call_policy.as_ref().zip(policies) {
        known("\"on_call_policy\" in [[discord]]", "policy", policy, &policies.iter().collect::<Vec<_>>())?;
    }
    let name = section.name.map_or_else(|| MAIN.to_owned(), |name| name.into_inner().to_string());
    let defaults = DiscordConfig::named(&name);
    let api_url = section.api_url.as_ref().map(|url| Chat::Discord.api_url(url)).transpose()?;
    let gateway_url = section.gateway_url.as_ref();
    let gateway_url = gateway_url.map(|url| Chat::Discord.url("gateway_url", ("wss", "ws"), url)).transpose()?;
    let public_key = section.public_key.map(public_key).transpose()?;
    let gateway = section.gateway.as_ref().is_none_or(|gateway| *gateway.get_ref());
    if let Some(gateway) = section.gateway.filter(|on| !*on.get_ref() && public_key.is_none()) {
        let message = "without \"gateway\" nothing reaches Firebell from Discord; give the application's \"public_key\" for \
                       signed HTTP, or leave \"gateway\" out";
        return Err(Wrong::new(&gateway.span(), message));
    }
    let room_name = section.room_name.map(|template| {
        let at = template.span();
        let template = template.into_inner();
        let checked = crate::naming::Naming::new(&template).map(|_| template);
        checked.map_err(|why| Wrong::new(&at, format!("\"room_name\" in [[discord]] {why}")))
    });
    Ok(DiscordConfig {
        api_url: api_url.unwrap_or(defaults.api_url),
        gateway_url,
        guild: one_id("guild", section.guild)?,
        gateway,
        public_key,
        global_commands: matches!(section.commands, Some(file::Commands::Global)),
        forum: one_id("forum", section.forum)?,
        category: one_id("category", section.category)?,
        private_threads: one_id("private_threads", section.private_threads)?,
        room_name: room_name.transpose()?,
        announce: ids("announce", section.announce)?,
        announce_roles: ids("announce_roles", section.announce_roles)?,
        invite_role: one_id("invite_role", section.invite_role)?,
        invites_members: matches!(section.invite_by, Some(file::InviteBy::Members)),
        on_call_role: one_id("on_call_role", section.on_call_role)?,
        on_call_policy: section.on_call_policy.map(Spanned::into_inner).or_else(|| default.cloned()),
        tags: section.tags.unwrap_or(defaults.tags),
        archive_after: section.archive_after.map_or(defaults.archive_after, |kept| kept.0),
        reactions: section.reactions.unwrap_or(defaults.reactions),
        evidence_reactions: section.evidence_reactions.unwrap_or(defaults.evidence_reactions),
        copy_files: section.copy_files.map(|size| size.0),
        members: section.members.map_or(defaults.members, file::Members::standing),
        bot_token: section.bot_token_file.map(|file| Source::File(file.0)),
        name: defaults.name,
    })
}

fn public_key(text: Spanned<String>) -> Result<String, Wrong> {
    let fits = text.get_ref().len() == 64 && text.get_ref().bytes().all(|byte| byte.is_ascii_hexdigit());
    let message = "\"public_key\" in [[discord]]: expected the 64 hexadecimal digits that stand under \"General Information\" \
                   of the application";
    if fits { Ok(text.into_inner()) } else { Err(Wrong::new(&text.span(), message)) }
}

fn one_id(key: &str, text: Option<Spanned<String>>) -> Result<Option<String>, Wrong> {
    text.map(|text| id(key, text)).transpose()
}

fn ids(key: &str, texts: Vec<Spanned<String>>) -> Result<Vec<String>, Wrong> {
    texts.into_iter().map(|text| id(key, text)).collect()
}

fn id(key: &str, text: Spanned<String>) -> Result<String, Wrong> {
    let fits = (15..=20).contains(&text.get_ref().len()) && text.get_ref().bytes().all(|byte| byte.is_ascii_digit());
    let message = format!(
        "\"{key}\" in [[discord]]: expected an id of 15 to 20 digits (with Discord's developer mode on: right-click, Copy ID)"
    );
    if fits { Ok(text.into_inner()) } else { Err(Wrong::new(&text.span(), message)) }
}
