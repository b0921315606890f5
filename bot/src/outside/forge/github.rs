//! GitHub, as a service or on a server of one's own.
//!
//! Source: <https://docs.github.com/en/rest?apiVersion=2022-11-28>.

mod examine;
mod issues;
mod publish;
mod pulls;

use std::sync::Arc;

use reqwest::Url;
use serde::Deserialize;
use tokio::sync::OnceCell;

use super::LIST_BYTES;
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::call::{Account, Auth, CallError, Caller, SetupError};

const NAME: &str = "GitHub";
const VERSION: &str = "2022-11-28";

/// One repository on GitHub. Clones share its connections.
#[derive(Debug, Clone)]
pub struct GitHub {
    caller: Caller,
    owner: String,
    repository: String,
    /// The account's name; absent for one that is no user, such as an app's installation.
    login: Arc<OnceCell<Option<String>>>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

impl GitHub {
    /// Prepares calls for a repository (`owner/name`). The base is `https://api.github.com/`, or that of a server of one's
    /// own: `https://github.example.com/api/v3/`.
    ///
    /// # Errors
    /// What of it cannot work.
    pub fn new(base: Url, repository: &str, token: Secret, clock: Clock) -> Result<Self, SetupError> {
        let Some((owner, name)) = repository.split_once('/').filter(|(owner, name)| is_name(owner) && is_name(name))
        else {
            return Err(SetupError::new(NAME, format!("{repository:?} is no repository; give one as owner/name")));
        };
        let account = Account::new(NAME, base, Auth::Bearer(token))
            .with_header("accept", "application/vnd.github+json")
            .with_header("x-github-api-version", VERSION);
        let caller = Caller::new(account, clock)?;
        Ok(Self { caller, owner: owner.to_owned(), repository: name.to_owned(), login: Arc::default() })
    }

    /// The path of something in the repository.
    fn at<'p>(&'p self, more: &[&'p str]) -> Vec<&'p str> {
        let repository = ["repos", self.owner.as_str(), self.repository.as_str()];
        repository.into_iter().chain(more.iter().copied()).collect()
    }

    /// For lists, whose answers may be long.
    fn lists(&self) -> Caller {
        self.caller.clone().reading(LIST_BYTES)
    }

    /// The account's name, asked for once.
    async fn login(&self) -> Result<Option<&str>, CallError> {
        let ask = || async {
            match self.caller.get(&["user"], &[]).await {
                Ok(answer) => self.caller.read(&answer).map(|user: User| Some(user.login)),
                Err(error) if matches!(error.status(), Some(403 | 404)) => Ok(None),
                Err(error) => Err(error),
            }
        };
        self.login.get_or_try_init(ask).await.map(Option::as_deref)
    }
}

fn is_name(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    !matches!(text, "" | "." | "..") && text.chars().all(fits)
}
