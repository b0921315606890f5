//! Branches, files and commits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::State;
use crate::support::outside::git::{Tree, digest};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn branch(&self, branch: &str) -> Reply {
        match self.git.branches.get(branch) {
            Some(id) => {
                Reply::json(200, json!({ "name": branch, "merged": false, "protected": false, "commit": { "id": id } }))
            }
            None => Reply::said(404, "404 Branch Not Found"),
        }
    }

    /// The last commit that two have in common, along the first parents of the first one or the second itself.
    pub(super) fn merge_base(&self, call: &Call) -> Reply {
        let ends: Option<Vec<String>> = call.all("refs[]").into_iter().map(|name| self.git.resolve(name)).collect();
        let Some([base, other]) = ends.as_deref() else {
            return Reply::said(400, "400 Bad request - Could not find ref");
        };
        let mut common = if self.git.is_ancestor(other, base) { other } else { base };
        while !self.git.is_ancestor(common, other) {
            common = &self.git.commits[common].parents[0];
        }
        Reply::json(200, json!({ "id": common, "short_id": &common[..8] }))
    }

    /// The headers of a file; an answer to HEAD has no body.
    pub(super) fn head(&self, path: &str, call: &Call) -> Reply {
        let commit = call.query("ref").and_then(|name| self.git.resolve(name));
        let blob = commit.as_ref().and_then(|commit| self.git.tree_at(commit).get(path));
        let (Some(commit), Some(blob)) = (&commit, blob) else {
            return Reply { status: 404, headers: Vec::new(), body: None };
        };
        let headers = vec![
            ("x-gitlab-blob-id", blob.clone()),
            ("x-gitlab-content-sha256", digest(&self.git.blobs[blob])),
            ("x-gitlab-commit-id", commit.clone()),
            ("x-gitlab-last-commit-id", self.last_change(commit, path)),
        ];
        Reply { status: 200, headers, body: None }
    }

    /// The last commit that changed a file, along first parents.
    fn last_change(&self, commit: &str, path: &str) -> String {
        let blob = self.git.tree_at(commit).get(path);
        match self.git.commits[commit].parents.first() {
            Some(parent) if self.git.tree_at(parent).get(path) == blob => self.last_change(parent, path),
            _ => commit.to_owned(),
        }
    }

    pub(super) fn make_commit(&mut self, call: &Call) -> Reply {
        let (Some(branch), Some(message)) = (call.text("branch"), call.text("commit_message")) else {
            return Reply::json(400, json!({ "error": "branch is missing, commit_message is missing" }));
        };
        let held = self.git.branches.get(&branch).cloned();
        let start = call.text("start_sha").or_else(|| call.text("start_branch"));
        let parent = match (start.as_deref().map(|start| self.git.resolve(start)), held) {
            (Some(_), Some(_)) if call.body["force"] != true => {
                let message = format!(
                    "A branch called '{branch}' already exists. Switch to that branch in order to make changes"
                );
                return Reply::said(400, &message);
            }
            (Some(Some(start)), _) | (None, Some(start)) => start,
            _ => return Reply::said(400, "You can only create or edit files when you are on a branch"),
        };
        let actions = call.body["actions"].as_array().cloned().unwrap_or_default();
        let mut tree = self.git.tree_at(&parent).clone();
        for action in &actions {
            if let Err(message) = self.act(&parent, &mut tree, action) {
                return Reply::said(400, message);
            }
        }
        let tree = self.git.tree(tree);
        let id = self.git.commit(tree, vec![parent.clone()], &message);
        self.git.branches.insert(branch.clone(), id.clone());
        for merge in self.merges.iter_mut().filter(|merge| merge.state == "opened" && merge.source == branch) {
            merge.sha.clone_from(&id);
        }
        Reply::json(201, json!({ "id": id, "short_id": &id[..8], "title": message, "parent_ids": [parent] }))
    }

    fn act(&mut self, parent: &str, tree: &mut Tree, action: &Value) -> Result<(), &'static str> {
        let path = action["file_path"].as_str().unwrap();
        match (action["action"].as_str(), tree.contains_key(path)) {
            (Some("create"), true) => return Err("A file with this name already exists"),
            (Some("update"), false) => return Err("A file with this name doesn't exist"),
            (Some("create" | "update"), _) => {}
            _ => return Err("actions[0][action] does not have a valid value"),
        }
        if action["last_commit_id"].as_str().is_some_and(|last| self.last_change(parent, path) != last) {
            return Err("You are attempting to update a file that has changed since you started editing it.");
        }
        let content = action["content"].as_str().unwrap();
        let content = match action["encoding"].as_str() {
            Some("base64") => STANDARD.decode(content).unwrap(),
            _ => content.as_bytes().to_vec(),
        };
        let blob = self.git.blob(&content);
        tree.insert(path.to_owned(), blob);
        Ok(())
    }
}
