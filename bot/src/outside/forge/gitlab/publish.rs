//! Files on a branch in one commit, which makes the branch where there is none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::GitLab;
use super::merges::Merge;
use crate::outside::call::CallError;
use crate::outside::forge::branch::{How, Start};
use crate::outside::publishing::{File, Publication, Published};
use crate::text::hex;

#[derive(Deserialize)]
struct Branch {
    commit: Commit,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
}

#[derive(Deserialize)]
struct Project {
    web_url: String,
}

impl GitLab {
    /// One look at what is there, and what is missing.
    pub(in crate::outside::forge) async fn bring_about(
        &self,
        publication: &Publication,
    ) -> Result<Published, CallError> {
        let open = self.open_merge(&publication.branch).await?;
        let start = self.start(publication, open.as_ref()).await?;
        let mut actions = Vec::new();
        for file in &publication.files {
            actions.extend(self.action(file, &start.commit).await?);
        }
        if actions.is_empty() && start.how != How::Advance {
            return self.nothing_new(publication, start.commit).await;
        }
        let commit = if actions.is_empty() { start.commit } else { self.commit(publication, &start, actions).await? };
        let url = match open {
            Some(merge) => {
                self.edit(&merge, publication).await?;
                merge.web_url
            }
            None => self.open(publication).await?.web_url,
        };
        Ok(Published { url, commit })
    }

    async fn start(&self, publication: &Publication, open: Option<&Merge>) -> Result<Start, CallError> {
        let tip = self.tip(&publication.branch).await?;
        let how = match &tip {
            None => How::Make,
            Some(_) if open.is_some() => How::Advance,
            Some(tip) if self.is_over(publication, tip).await? => How::Restart,
            Some(_) => How::Advance,
        };
        if let Some(commit) = tip.filter(|_| how == How::Advance) {
            return Ok(Start { commit, how });
        }
        let base = &publication.base;
        let commit = self.tip(base).await?.ok_or_else(|| {
            CallError::not_asked(format!("GitLab: the project has no branch {base:?}; create it, or configure another"))
        })?;
        Ok(Start { commit, how })
    }

    /// Whether a branch without an open merge request holds nothing that would be lost: it was merged, or the base has all of
    /// its commits.
    async fn is_over(&self, publication: &Publication, tip: &str) -> Result<bool, CallError> {
        let merged = self.merged(&publication.branch).await?;
        if merged.is_some_and(|merge| merge.sha.as_deref() == Some(tip)) {
            return Ok(true);
        }
        let ends = [("refs[]", publication.base.as_str()), ("refs[]", tip)];
        match self.caller.get(&self.at(&["repository", "merge_base"]), &ends).await {
            Ok(answer) => self.caller.read(&answer).map(|common: Commit| common.id == tip),
            Err(CallError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn tip(&self, branch: &str) -> Result<Option<String>, CallError> {
        match self.caller.get(&self.at(&["repository", "branches", branch]), &[]).await {
            Ok(answer) => self.caller.read(&answer).map(|branch: Branch| Some(branch.commit.id)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is to be done so that a file stands as it should behind a commit; nothing where it does.
    async fn action(&self, file: &File, at: &str) -> Result<Option<Value>, CallError> {
        let mut action = json!({
            "action": "create",
            "file_path": file.path,
            "content": STANDARD.encode(&file.content),
            "encoding": "base64",
        });
        let held = match self.caller.head(&self.at(&["repository", "files", &file.path]), &[("ref", at)]).await {
            Ok(answer) => answer,
            Err(error) if error.is_missing() => return Ok(Some(action)),
            Err(error) => return Err(error),
        };
        let said = |name: &str| held.headers.get(name).and_then(|value| value.to_str().ok());
        if said("x-gitlab-content-sha256") == Some(hex(&Sha256::digest(&file.content)).as_str()) {
            return Ok(None);
        }
        action["action"] = "update".into();
        // GitLab refuses the change of a file that somebody else changed since.
        if let Some(commit) = said("x-gitlab-last-commit-id") {
            action["last_commit_id"] = commit.into();
        }
        Ok(Some(action))
    }

    async fn commit(&self, publication: &Publication, start: &Start, actions: Vec<Value>) -> Result<String, CallError> {
        let mut commit = json!({
            "branch": publication.branch,
            "commit_message": publication.message,
            "actions": actions,
        });
        match start.how {
            How::Make => commit["start_sha"] = start.commit.as_str().into(),
            How::Restart => {
                commit["start_sha"] = start.commit.as_str().into();
                commit["force"] = true.into();
            }
            How::Advance => {}
        }
        let answer = self.caller.post(&self.at(&["repository", "commits"]), &commit).await?;
        self.caller.read(&answer).map(|commit: Commit| commit.id)
    }

    /// The base has it all: the merge request that brought it, else the file itself.
    async fn nothing_new(&self, publication: &Publication, commit: String) -> Result<Published, CallError> {
        if let Some(merge) = self.merged(&publication.branch).await? {
            return Ok(Published { url: merge.web_url, commit });
        }
        let project: Project = self.caller.read(&self.caller.get(&self.at(&[]), &[]).await?)?;
        let path = publication.files.first().map(|file| file.path.as_str()).unwrap_or_default();
        let mut url = project
            .web_url
            .parse::<reqwest::Url>()
            .map_err(|_| CallError::not_asked("GitLab: the project has no page; set the server's external URL"))?;
        if let Ok(mut segments) = url.path_segments_mut() {
            let base = publication.base.split('/');
            segments.pop_if_empty().extend(["-", "blob"]).extend(base).extend(path.split('/'));
        }
        Ok(Published { url: url.into(), commit })
    }
}
