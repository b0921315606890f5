//! What the sections of all chat platforms share.

use std::fs;
use std::path::PathBuf;

use reqwest::Url;
use toml::Spanned;

use super::error::{ConfigError, Wrong};
use super::secret::{self, Secret};

/// The name of the workspace when there is but one and nobody names it.
pub(super) const MAIN: &str = "main";

/// The console's word, which is also the name of its only workspace.
pub(super) const CONSOLE: &str = "console";

/// The platforms whose workspaces a file can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chat {
    Slack,
    Discord,
}

/// Where a secret comes from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Text(Secret),
    File(PathBuf),
}

impl Chat {
    /// Its word in files, tables and variables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
        }
    }

    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Discord => "Discord",
        }
    }

    /// What a workspace of it is called.
    pub fn workspace(self) -> &'static str {
        match self {
            Self::Slack => "Slack workspace",
            Self::Discord => "Discord server",
        }
    }

    /// How a person's account names its workspace: on two platforms workspaces may have one name.
    pub fn label(self, name: &str) -> String {
        format!("{}:{name}", self.word())
    }

    /// The name of a variable of a workspace: of the main one `FIREBELL_SLACK_BOT_TOKEN`, of one that is called `eu`
    /// `FIREBELL_SLACK_EU_BOT_TOKEN`.
    pub(super) fn variable(self, name: &str, what: &str) -> String {
        let platform = self.word().to_uppercase();
        if name == MAIN {
            return format!("FIREBELL_{platform}_{what}");
        }
        format!("FIREBELL_{platform}_{}_{what}", name.to_uppercase().replace('-', "_"))
    }

    /// The base URL of its API.
    pub(super) fn api_url(self, url: &Spanned<String>) -> Result<String, Wrong> {
        self.url("api_url", ("https", "http"), url)
    }

    /// A URL with the first of two schemes. The second, which is not encrypted, is for this machine alone: a token goes
    /// with whatever is sent there.
    pub(super) fn url(self, key: &str, (safe, plain): (&str, &str), url: &Spanned<String>) -> Result<String, Wrong> {
        let text = url.get_ref().trim_end_matches('/');
        let fits = Url::parse(text).is_ok_and(|url| match url.scheme() {
            scheme if scheme == safe => url.has_host(),
            scheme if scheme == plain => secret::is_loopback(&url),
            _ => false,
        });
        let message = format!(
            "\"{key}\" in [[{}]]: expected a URL that begins with {safe}://, or with {plain}:// for this machine",
            self.word()
        );
        if fits { Ok(text.to_owned()) } else { Err(Wrong::new(&url.span(), message)) }
    }

    /// That a workspace is there twice.
    pub(super) fn twice(self, name: &str, at: Option<std::ops::Range<usize>>) -> Wrong {
        let message = format!("{} \"{name}\" is there twice; give each its own \"name\"", self.workspace());
        Wrong::new(&at.unwrap_or_default(), message)
    }
}

impl Source {
    pub(super) fn read(&self) -> Result<Secret, ConfigError> {
        match self {
            Self::Text(secret) => Ok(secret.clone()),
            Self::File(path) => {
                let text = fs::read_to_string(path)
                    .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
                let text = text.trim();
                if text.is_empty() {
                    let message = "is empty; put the secret into it".to_owned();
                    return Err(ConfigError::BadFile { path: path.clone(), message });
                }
                Ok(Secret::new(text))
            }
        }
    }
}
