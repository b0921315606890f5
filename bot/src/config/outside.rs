//! What the sections of services beside chat have in common: where they are, by what one is known there, and of which
//! incidents they keep something.

use std::ops::Range;

use firebell_core::ids::Key;
use firebell_core::scope::Scope;
use reqwest::Url;
use serde::Deserialize;
use toml::Spanned;

use super::directory::known;
use super::error::{ConfigError, Wrong};
use super::secret::is_loopback;
use super::workspace::Source;
use crate::notify::Secret;
use crate::outside::atlassian::Edition;

/// Teams and services are known where the file describes the directory; elsewhere they are in the database, and any may be
/// named. Severities are always known.
pub(super) struct Names<'k> {
    pub(super) severities: Vec<&'k Key>,
    pub(super) teams: Option<Vec<&'k Key>>,
    pub(super) services: Option<Vec<&'k Key>>,
}

/// Of which incidents something is kept, as a section says it.
#[derive(Default)]
pub(super) struct Scoped {
    pub(super) always: bool,
    pub(super) severities: Vec<Spanned<Key>>,
    pub(super) teams: Vec<Spanned<Key>>,
    pub(super) services: Vec<Spanned<Key>>,
    pub(super) private: bool,
}

impl Names<'_> {
    /// The scope of a section, whose names are all known.
    pub(super) fn scope(&self, of: &str, said: Scoped) -> Result<Scope, Wrong> {
        let plain = |keys: Vec<Spanned<Key>>| keys.into_iter().map(Spanned::into_inner).collect();
        for key in &said.severities {
            known(&format!("\"severities\" of {of}"), "severity", key, &self.severities)?;
        }
        for key in self.teams.iter().flat_map(|teams| said.teams.iter().map(move |key| (teams, key))) {
            known(&format!("\"teams\" of {of}"), "team", key.1, key.0)?;
        }
        for key in self.services.iter().flat_map(|services| said.services.iter().map(move |key| (services, key))) {
            known(&format!("\"services\" of {of}"), "service", key.1, key.0)?;
        }
        let (always, private) = (said.always, said.private);
        let (severities, teams, services) = (plain(said.severities), plain(said.teams), plain(said.services));
        Ok(Scope { always, severities, teams, services, private })
    }
}

/// Where a service is: the URL of the section, else the service's own one if it has one. Without TLS on this machine alone.
pub(super) fn base(
    of: &str,
    given: Option<Spanned<String>>,
    (default, kind): (Option<&str>, Range<usize>),
) -> Result<Url, Wrong> {
    let (text, span) = match (given, default) {
        (Some(url), _) => (url.get_ref().clone(), url.span()),
        (None, Some(default)) => (default.to_owned(), kind),
        (None, None) => return Err(Wrong::new(&kind, format!("{of} has no \"url\"; say where its service is"))),
    };
    let fits = |url: &Url| match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    };
    let expected = "expected a URL that begins with https://, or with http:// for this machine";
    let wrong = || Wrong::new(&span, format!("\"url\" of {of}: {expected}"));
    Url::parse(&text).ok().filter(fits).ok_or_else(wrong)
}

/// Which edition of Atlassian's a site is: whoever has an address of mail there is in the Cloud.
pub(super) fn edition(user: Option<&String>) -> Edition {
    user.map_or(Edition::DataCenter, |user| Edition::Cloud { user: user.clone() })
}

/// The token of `of`, such as `tracker "github"`: from the variable, else from the file.
pub(super) fn token(
    of: &str,
    (name, file): (&str, Option<&Source>),
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Secret, ConfigError> {
    let wrong = |message: String| ConfigError::Outside { of: of.to_owned(), message };
    let text = match (variable(name).filter(|text| !text.trim().is_empty()), file) {
        (Some(text), _) => text,
        (None, Some(file)) => file.read()?.expose().to_owned(),
        (None, None) => return Err(wrong(format!("has no token; set {name} or \"token_file\""))),
    };
    Secret::new(text.trim()).map_err(|why| wrong(format!("has a token that is none: {why}")))
}

/// The variable that holds a token: `FIREBELL_TRACKER_GITHUB_TOKEN`.
pub(super) fn variable(kind: &str, name: &Key) -> String {
    format!("FIREBELL_{kind}_{}_TOKEN", name.as_str().to_uppercase().replace('-', "_"))
}

/// A section's word for when something is kept.
#[derive(Deserialize, Clone, Copy, Default, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(super) enum When {
    Always,
    #[default]
    Asked,
}
