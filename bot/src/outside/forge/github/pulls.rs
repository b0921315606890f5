//! Pull requests of one branch.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, json};

use super::GitHub;
use crate::outside::call::CallError;
use crate::outside::forge::{body_of, title_of};
use crate::outside::publishing::Publication;
use crate::outside::tracker::{marked, woven};

#[derive(Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    pub(super) html_url: String,
    title: String,
    body: Option<String>,
    pub(super) merged_at: Option<DateTime<Utc>>,
    pub(super) head: End,
    base: End,
}

#[derive(Deserialize)]
pub(super) struct End {
    #[serde(rename = "ref")]
    branch: String,
    pub(super) sha: String,
}

impl GitHub {
    /// The open pull request of a branch.
    pub(super) async fn open_pull(&self, branch: &str) -> Result<Option<Pull>, CallError> {
        Ok(self.pulls(branch, "open").await?.into_iter().next())
    }

    /// The pull request of a branch that was merged last.
    pub(super) async fn merged_pull(&self, branch: &str) -> Result<Option<Pull>, CallError> {
        let pulls = self.pulls(branch, "closed").await?;
        Ok(pulls.into_iter().filter(|pull| pull.merged_at.is_some()).max_by_key(|pull| pull.merged_at))
    }

    async fn pulls(&self, branch: &str, state: &str) -> Result<Vec<Pull>, CallError> {
        let head = format!("{}:{branch}", self.owner);
        let order = [("sort", "updated"), ("direction", "desc"), ("per_page", "50")];
        let query = [("state", state), ("head", &head)].into_iter().chain(order).collect::<Vec<_>>();
        let lists = self.lists();
        let answer = lists.get(&self.at(&["pulls"]), &query).await?;
        let pulls: Vec<Pull> = lists.read(&answer)?;
        Ok(pulls.into_iter().filter(|pull| pull.head.branch == branch).collect())
    }

    pub(super) async fn open(&self, publication: &Publication) -> Result<Pull, CallError> {
        let pull = json!({
            "title": title_of(&publication.title),
            "body": marked(&publication.key, &body_of(&publication.body)),
            "head": publication.branch,
            "base": publication.base,
        });
        self.caller.read(&self.caller.post(&self.at(&["pulls"]), &pull).await?)
    }

    /// Brings a pull request up to date.
    pub(super) async fn edit(&self, held: &Pull, publication: &Publication) -> Result<(), CallError> {
        let mut change = Map::new();
        let title = title_of(&publication.title);
        if held.title != title {
            change.insert("title".to_owned(), title.into());
        }
        let held_body = held.body.as_deref().unwrap_or_default();
        let body = woven(held_body, &publication.key, &body_of(&publication.body));
        if held_body.replace("\r\n", "\n") != body {
            change.insert("body".to_owned(), body.into());
        }
        if held.base.branch != publication.base {
            change.insert("base".to_owned(), publication.base.clone().into());
        }
        if change.is_empty() {
            return Ok(());
        }
        let number = held.number.to_string();
        self.caller.patch(&self.at(&["pulls", &number]), &json!(change)).await.map(drop)
    }
}
