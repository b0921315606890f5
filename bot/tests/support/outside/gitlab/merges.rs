//! Merge requests.

use serde_json::{Value, json};

use super::{ID, Merge, State, page, time};
use crate::support::outside::wire::{Call, Reply};

impl State {
    pub(super) fn merge_requests(&self, call: &Call) -> Reply {
        let fits = |name: &str, held: &str| call.query(name).is_none_or(|wanted| wanted == held || wanted == "all");
        let mut merges: Vec<&Merge> = self
            .merges
            .iter()
            .filter(|merge| fits("state", merge.state))
            .filter(|merge| fits("source_branch", &merge.source) && fits("target_branch", &merge.target))
            .collect();
        merges.sort_by_key(|merge| merge.updated);
        if call.query("sort") != Some("asc") {
            merges.reverse();
        }
        let merges: Vec<Value> = merges.into_iter().map(merge_request).collect();
        call.page(&merges)
    }

    pub(super) fn open_merge(&mut self, call: &Call) -> Reply {
        let texts = (call.text("title"), call.text("source_branch"), call.text("target_branch"));
        let (Some(title), Some(source), Some(target)) = texts else {
            return Reply::json(400, json!({ "error": "title is missing, source_branch is missing" }));
        };
        let is_same = |merge: &&Merge| {
            merge.state == "opened" && merge.from == ID && merge.source == source && merge.target == target
        };
        if let Some(same) = self.merges.iter().find(is_same) {
            let message = format!("Another open merge request already exists for this source branch: !{}", same.iid);
            return Reply::json(409, json!({ "message": [message] }));
        }
        let (Some(sha), true) = (self.git.branches.get(&source).cloned(), self.git.branches.contains_key(&target))
        else {
            return Reply::json(422, json!({ "message": ["Source branch or target branch does not exist"] }));
        };
        let merge = Merge {
            iid: self.merges.len() + 1,
            title,
            description: call.text("description"),
            source,
            target,
            from: ID,
            state: "opened",
            sha,
            updated: self.now,
        };
        let shape = merge_request(&merge);
        self.merges.push(merge);
        Reply::json(201, shape)
    }

    pub(super) fn change_merge(&mut self, iid: &str, call: &Call) -> Reply {
        let now = self.now;
        let Some(merge) = self.merges.iter_mut().find(|merge| merge.iid.to_string() == iid) else {
            return Reply::said(404, "404 Not found");
        };
        merge.updated = now;
        if let Some(title) = call.text("title") {
            merge.title = title;
        }
        if let Some(description) = call.text("description") {
            merge.description = Some(description);
        }
        if let Some(target) = call.text("target_branch") {
            merge.target = target;
        }
        Reply::json(200, merge_request(merge))
    }

    /// Merges a merge request as a person would, and deletes its branch or not.
    pub(crate) fn merge(&mut self, iid: usize, and_delete: bool) {
        let merge = self.merges.iter_mut().find(|merge| merge.iid == iid).unwrap();
        (merge.state, merge.updated) = ("merged", self.now);
        let (source, target) = (merge.source.clone(), merge.target.clone());
        self.git.merge(&source, &target);
        if and_delete {
            self.git.branches.remove(&source);
        }
    }

    /// A merge request of somebody's fork from a branch of the same name.
    pub(crate) fn open_from_fork(&mut self, source: &str) {
        let merge = Merge {
            iid: self.merges.len() + 1,
            title: "from a fork".to_owned(),
            description: None,
            source: source.to_owned(),
            target: "main".to_owned(),
            from: ID + 1,
            state: "opened",
            sha: "f".repeat(40),
            updated: self.now,
        };
        self.merges.push(merge);
    }
}

fn merge_request(merge: &Merge) -> Value {
    json!({
        "id": 7_000 + merge.iid,
        "iid": merge.iid,
        "project_id": ID,
        "title": merge.title,
        "description": merge.description,
        "state": merge.state,
        "source_branch": merge.source,
        "target_branch": merge.target,
        "source_project_id": merge.from,
        "target_project_id": ID,
        "sha": merge.sha,
        "draft": false,
        "updated_at": time(merge.updated),
        "web_url": page(&format!("/-/merge_requests/{}", merge.iid)),
    })
}
