//! Files on a branch in one commit, through Git's own objects: a tree that comes out as the one that is there needs no
//! commit, and a commit that no branch leads to is nowhere seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::GitHub;
use super::pulls::Pull;
use crate::outside::call::CallError;
use crate::outside::forge::branch::{How, Start};
use crate::outside::publishing::{File, Publication, Published};

#[derive(Deserialize)]
struct Reference {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    sha: String,
}

#[derive(Deserialize)]
struct Commit {
    tree: Object,
}

#[derive(Deserialize)]
struct Page {
    html_url: String,
}

#[derive(Deserialize)]
struct Compared {
    ahead_by: u64,
}

impl GitHub {
    /// One look at what is there, and what is missing.
    pub(in crate::outside::forge) async fn bring_about(
        &self,
        publication: &Publication,
    ) -> Result<Published, CallError> {
        let open = self.open_pull(&publication.branch).await?;
        let start = self.start(publication, open.as_ref()).await?;
        let (how, held) = (start.how, start.commit.clone());
        let commit = self.commit(publication, start).await?;
        if commit == held && how != How::Advance {
            return self.nothing_new(publication, commit).await;
        }
        if let Some(pull) = open {
            self.edit(&pull, publication).await?;
            return Ok(Published { url: pull.html_url, commit });
        }
        match self.open(publication).await {
            Ok(pull) => Ok(Published { url: pull.html_url, commit }),
            // The branch is one that the base has gone beyond, with no pull request to tell it.
            Err(error) if error.to_string().contains("No commits between") => {
                self.nothing_new(publication, commit).await
            }
            Err(error) => Err(error),
        }
    }

    async fn start(&self, publication: &Publication, open: Option<&Pull>) -> Result<Start, CallError> {
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
            CallError::not_asked(format!(
                "GitHub: the repository has no branch {base:?}; create it, or configure another"
            ))
        })?;
        Ok(Start { commit, how })
    }

    /// Whether a branch without an open pull request holds nothing that would be lost: it was merged, or the base has all of its
    /// commits.
    async fn is_over(&self, publication: &Publication, tip: &str) -> Result<bool, CallError> {
        let merged = self.merged_pull(&publication.branch).await?;
        if merged.is_some_and(|pull| pull.head.sha == tip) {
            return Ok(true);
        }
        let ends = format!("{}...{}", publication.base, publication.branch);
        // What differs in the files stands on the first page alone.
        let query = [("page", "2"), ("per_page", "1")];
        match self.caller.get(&self.at(&["compare", &ends]), &query).await {
            Ok(answer) => self.caller.read(&answer).map(|compared: Compared| compared.ahead_by == 0),
            Err(CallError::Refused { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn tip(&self, branch: &str) -> Result<Option<String>, CallError> {
        let path: Vec<&str> = ["git", "ref", "heads"].into_iter().chain(branch.split('/')).collect();
        match self.caller.get(&self.at(&path), &[]).await {
            Ok(answer) => self.caller.read(&answer).map(|reference: Reference| Some(reference.object.sha)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts the files behind the start; gives the start itself where it has them.
    async fn commit(&self, publication: &Publication, start: Start) -> Result<String, CallError> {
        let answer = self.caller.get(&self.at(&["git", "commits", &start.commit]), &[]).await?;
        let held = self.caller.read::<Commit>(&answer)?.tree.sha;
        let mut entries = Vec::new();
        for file in &publication.files {
            entries.push(self.entry(file).await?);
        }
        let tree = self.make("trees", &json!({ "base_tree": held, "tree": entries })).await?;
        if tree == held {
            return Ok(start.commit);
        }
        let commit = json!({ "message": publication.message, "tree": tree, "parents": [start.commit] });
        let commit = self.make("commits", &commit).await?;
        let branch = &publication.branch;
        if start.how == How::Make {
            let reference = json!({ "ref": format!("refs/heads/{branch}"), "sha": commit });
            self.caller.post(&self.at(&["git", "refs"]), &reference).await?;
        } else {
            let path: Vec<&str> = ["git", "refs", "heads"].into_iter().chain(branch.split('/')).collect();
            let reference = json!({ "sha": commit, "force": start.how == How::Restart });
            self.caller.patch(&self.at(&path), &reference).await?;
        }
        Ok(commit)
    }

    /// A file as an entry of a tree: text as it is, all else by a blob.
    async fn entry(&self, file: &File) -> Result<Value, CallError> {
        let mut entry = json!({ "path": file.path, "mode": "100644", "type": "blob" });
        if let Ok(text) = std::str::from_utf8(&file.content) {
            entry["content"] = text.into();
        } else {
            let blob = json!({ "content": STANDARD.encode(&file.content), "encoding": "base64" });
            entry["sha"] = self.make("blobs", &blob).await?.into();
        }
        Ok(entry)
    }

    /// Makes an object of Git and gives its name.
    async fn make(&self, kind: &str, object: &Value) -> Result<String, CallError> {
        let answer = self.caller.post(&self.at(&["git", kind]), object).await?;
        self.caller.read(&answer).map(|object: Object| object.sha)
    }

    /// The base has it all: the pull request that brought it, else the file itself.
    async fn nothing_new(&self, publication: &Publication, commit: String) -> Result<Published, CallError> {
        if let Some(pull) = self.merged_pull(&publication.branch).await? {
            return Ok(Published { url: pull.html_url, commit });
        }
        let path = publication.files.first().map(|file| file.path.as_str()).unwrap_or_default();
        let path: Vec<&str> = ["contents"].into_iter().chain(path.split('/')).collect();
        let answer = self.caller.get(&self.at(&path), &[("ref", &publication.base)]).await?;
        let url = self.caller.read::<Page>(&answer)?.html_url;
        Ok(Published { url, commit })
    }
}
