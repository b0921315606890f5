//! Merge requests of one branch.

use serde::Deserialize;
use serde_json::{Map, json};

use super::{GitLab, inert};
use crate::outside::call::CallError;
use crate::outside::forge::title_of;
use crate::outside::publishing::Publication;
use crate::outside::tracker::{marked, woven};

#[derive(Deserialize)]
pub(super) struct Merge {
    iid: u64,
    pub(super) web_url: String,
    title: String,
    description: Option<String>,
    source_branch: String,
    target_branch: String,
    source_project_id: Option<u64>,
    target_project_id: u64,
    /// The last commit of what is asked to be taken over.
    pub(super) sha: Option<String>,
}

impl GitLab {
    /// The open merge request of a branch.
    pub(super) async fn open_merge(&self, branch: &str) -> Result<Option<Merge>, CallError> {
        self.merge(branch, "opened").await
    }

    /// The merge request of a branch that was merged last.
    pub(super) async fn merged(&self, branch: &str) -> Result<Option<Merge>, CallError> {
        self.merge(branch, "merged").await
    }

    async fn merge(&self, branch: &str, state: &str) -> Result<Option<Merge>, CallError> {
        let order = [("order_by", "updated_at"), ("sort", "desc"), ("per_page", "50")];
        let query: Vec<_> = [("state", state), ("source_branch", branch)].into_iter().chain(order).collect();
        let lists = self.lists();
        let answer = lists.get(&self.at(&["merge_requests"]), &query).await?;
        let merges: Vec<Merge> = lists.read(&answer)?;
        // Forks have branches of the same name.
        let is_own =
            |merge: &Merge| merge.source_branch == branch && merge.source_project_id == Some(merge.target_project_id);
        Ok(merges.into_iter().find(is_own))
    }

    pub(super) async fn open(&self, publication: &Publication) -> Result<Merge, CallError> {
        let merge = json!({
            "title": title_of(&publication.title),
            "description": marked(&publication.key, &inert(&publication.body)),
            "source_branch": publication.branch,
            "target_branch": publication.base,
        });
        self.caller.read(&self.caller.post(&self.at(&["merge_requests"]), &merge).await?)
    }

    /// Brings a merge request up to date.
    pub(super) async fn edit(&self, held: &Merge, publication: &Publication) -> Result<(), CallError> {
        let mut change = Map::new();
        let title = title_of(&publication.title);
        if held.title != title {
            change.insert("title".to_owned(), title.into());
        }
        let held_body = held.description.as_deref().unwrap_or_default();
        let body = woven(held_body, &publication.key, &inert(&publication.body));
        if held_body.replace("\r\n", "\n") != body {
            change.insert("description".to_owned(), body.into());
        }
        if held.target_branch != publication.base {
            change.insert("target_branch".to_owned(), publication.base.clone().into());
        }
        if change.is_empty() {
            return Ok(());
        }
        let number = held.iid.to_string();
        self.caller.put(&self.at(&["merge_requests", &number]), &json!(change)).await.map(drop)
    }
}
