//! What Jira and Confluence have in common: two editions, with other ways to prove oneself.

use reqwest::Url;

use crate::notify::Secret;
use crate::outside::call::{Account, Auth};

/// Which of Atlassian's editions a site is.
#[derive(Debug, Clone)]
pub enum Edition {
    /// At `*.atlassian.net`: an API token together with the address of mail of whoever made it.
    Cloud { user: String },
    /// One's own server: a personal access token.
    DataCenter,
}

impl Edition {
    /// Whether it is the Cloud.
    pub fn is_cloud(&self) -> bool {
        matches!(self, Self::Cloud { .. })
    }

    pub(crate) fn account(&self, service: &'static str, base: Url, token: Secret) -> Account {
        let auth = match self {
            Self::Cloud { user } => Auth::Basic { user: user.clone(), token },
            Self::DataCenter => Auth::Bearer(token),
        };
        Account::new(service, base, auth).with_header("accept", "application/json")
    }

    /// What to check where a token is refused.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Cloud { .. } => "check the address of mail and the API token that belongs to it",
            Self::DataCenter => "check the personal access token, and that it has not expired",
        }
    }
}
