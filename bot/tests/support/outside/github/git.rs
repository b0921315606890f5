//! Objects of Git and branches.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{State, not_found, shape};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn reference(&self, branch: &str, call: &Call) -> Reply {
        match self.git.branches.get(branch) {
            Some(sha) => Reply::json(200, reference(branch, sha, call)),
            None => not_found(),
        }
    }

    pub(super) fn make_reference(&mut self, call: &Call) -> Reply {
        let (Some(name), Some(sha)) = (call.text("ref"), call.text("sha")) else {
            return Reply::said(422, "Invalid request.\n\n\"ref\", \"sha\" weren't supplied.");
        };
        let Some(branch) = name.strip_prefix("refs/heads/") else {
            return Reply::said(422, "Reference name must start with 'refs/'");
        };
        if !self.git.commits.contains_key(&sha) {
            return Reply::said(422, "Object does not exist");
        }
        if self.git.branches.contains_key(branch) {
            return Reply::said(422, "Reference already exists");
        }
        self.git.branches.insert(branch.to_owned(), sha.clone());
        Reply::json(201, reference(branch, &sha, call))
    }

    pub(super) fn move_reference(&mut self, branch: &str, call: &Call) -> Reply {
        let Some(old) = self.git.branches.get(branch).cloned() else {
            return Reply::said(422, "Reference does not exist");
        };
        let Some(sha) = call.text("sha").filter(|sha| self.git.commits.contains_key(sha)) else {
            return Reply::said(422, "Object does not exist");
        };
        if call.body["force"] != true && !self.git.is_ancestor(&old, &sha) {
            return Reply::said(422, "Update is not a fast forward");
        }
        self.git.branches.insert(branch.to_owned(), sha.clone());
        for pull in self.issues.iter_mut().filter(|issue| issue.open).filter_map(|issue| issue.pull.as_mut()) {
            if pull.head == branch {
                pull.sha.clone_from(&sha);
            }
        }
        Reply::json(200, reference(branch, &sha, call))
    }

    pub(super) fn commit(&self, sha: &str, call: &Call) -> Reply {
        let Some(commit) = self.git.commits.get(sha) else { return not_found() };
        let parents: Vec<Value> = commit.parents.iter().map(|parent| json!({ "sha": parent })).collect();
        let tree = json!({ "sha": commit.tree, "url": format!("{}/git/trees/{}", call.base, commit.tree) });
        Reply::json(200, json!({ "sha": sha, "message": commit.message, "tree": tree, "parents": parents }))
    }

    pub(super) fn make_commit(&mut self, call: &Call) -> Reply {
        let (Some(message), Some(tree)) = (call.text("message"), call.text("tree")) else {
            return Reply::said(422, "Invalid request.\n\n\"message\", \"tree\" weren't supplied.");
        };
        let parents = call.body["parents"].as_array().cloned().unwrap_or_default();
        let parents: Vec<String> = parents.iter().map(|parent| parent.as_str().unwrap().to_owned()).collect();
        let is_known = parents.iter().all(|parent| self.git.commits.contains_key(parent));
        if !is_known || !self.git.trees.contains_key(&tree) {
            return Reply::said(422, "Tree SHA or parent does not exist");
        }
        let sha = self.git.commit(tree.clone(), parents, &message);
        Reply::json(201, json!({ "sha": sha, "message": message, "tree": { "sha": tree } }))
    }

    pub(super) fn make_tree(&mut self, call: &Call) -> Reply {
        let Some(entries) = call.body["tree"].as_array().filter(|entries| !entries.is_empty()) else {
            return Reply::said(422, "Invalid tree info");
        };
        let mut tree = match call.text("base_tree") {
            Some(base) => match self.git.trees.get(&base) {
                Some(tree) => tree.clone(),
                None => return Reply::said(422, "base_tree is not a valid tree oid"),
            },
            None => std::collections::BTreeMap::new(),
        };
        for entry in entries {
            let blob = match (entry["content"].as_str(), entry["sha"].as_str()) {
                (Some(content), None) => self.git.blob(content.as_bytes()),
                (None, Some(sha)) if self.git.blobs.contains_key(sha) => sha.to_owned(),
                _ => return Reply::said(422, "tree.sha is not a valid blob"),
            };
            if entry["mode"] != "100644" || entry["type"] != "blob" {
                return Reply::said(422, "tree.mode is not supported by the fake");
            }
            tree.insert(entry["path"].as_str().unwrap().to_owned(), blob);
        }
        let sha = self.git.tree(tree);
        Reply::json(201, json!({ "sha": sha, "tree": [], "truncated": false }))
    }

    pub(super) fn make_blob(&mut self, call: &Call) -> Reply {
        let Some(content) = call.text("content") else {
            return Reply::said(422, "Invalid request.\n\n\"content\" wasn't supplied.");
        };
        let content = match call.text("encoding").as_deref() {
            Some("base64") => STANDARD.decode(content).unwrap(),
            _ => content.into_bytes(),
        };
        Reply::json(201, json!({ "sha": self.git.blob(&content), "url": call.base }))
    }

    /// How two branches (`base...head`) stand to each other, without commits and files.
    pub(super) fn compare(&self, ends: &str) -> Reply {
        let found =
            ends.split_once("...").and_then(|(base, head)| Some((self.git.resolve(base)?, self.git.resolve(head)?)));
        let Some((base, head)) = found else { return not_found() };
        let beyond = |newer: &str, older: &str| {
            let commits = self.git.commits.keys();
            commits.filter(|it| self.git.is_ancestor(it, newer) && !self.git.is_ancestor(it, older)).count()
        };
        let (ahead, behind) = (beyond(&head, &base), beyond(&base, &head));
        let status = match (ahead, behind) {
            (0, 0) => "identical",
            (0, _) => "behind",
            (_, 0) => "ahead",
            _ => "diverged",
        };
        Reply::json(
            200,
            json!({ "status": status, "ahead_by": ahead, "behind_by": behind, "commits": [], "files": [] }),
        )
    }

    pub(super) fn content(&self, path: &str, call: &Call) -> Reply {
        let commit = self.git.resolve(call.query("ref").unwrap_or("main"));
        let blob = commit.as_ref().and_then(|commit| self.git.tree_at(commit).get(path));
        let Some(blob) = blob else { return not_found() };
        let url = shape::page(&["blob", call.query("ref").unwrap_or("main"), path]);
        let content = STANDARD.encode(&self.git.blobs[blob]);
        Reply::json(
            200,
            json!({ "type": "file", "encoding": "base64", "sha": blob, "path": path, "html_url": url, "content": content }),
        )
    }
}

fn reference(branch: &str, sha: &str, call: &Call) -> Value {
    let name = format!("refs/heads/{branch}");
    json!({
        "ref": name,
        "node_id": "MDM6UmVm",
        "url": format!("{}/git/{name}", call.base),
        "object": { "type": "commit", "sha": sha, "url": format!("{}/git/commits/{sha}", call.base) },
    })
}
