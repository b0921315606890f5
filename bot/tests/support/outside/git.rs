//! As much of Git as forges show: blobs, flat trees, commits and branches. Names of objects come from what is in them.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Paths with the blobs that stand there.
pub(crate) type Tree = BTreeMap<String, String>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) tree: String,
    pub(crate) parents: Vec<String>,
    pub(crate) message: String,
}

#[derive(Default)]
pub(crate) struct Git {
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) trees: BTreeMap<String, Tree>,
    pub(crate) commits: BTreeMap<String, Commit>,
    pub(crate) branches: BTreeMap<String, String>,
    made: usize,
}

impl Git {
    /// A repository with one commit on `main`.
    pub(crate) fn with_main() -> Self {
        let mut git = Self::default();
        let tree = git.tree(Tree::new());
        let first = git.commit(tree, Vec::new(), "first");
        git.branches.insert("main".to_owned(), first);
        git.push("main", "README.md", b"# Read me\n");
        git
    }

    pub(crate) fn blob(&mut self, content: &[u8]) -> String {
        let name = name("blob", content);
        self.blobs.insert(name.clone(), content.to_vec());
        name
    }

    pub(crate) fn tree(&mut self, tree: Tree) -> String {
        let name = name("tree", format!("{tree:?}").as_bytes());
        self.trees.insert(name.clone(), tree);
        name
    }

    /// Every commit has a name of its own, as the time is in it.
    pub(crate) fn commit(&mut self, tree: String, parents: Vec<String>, message: &str) -> String {
        self.made += 1;
        let commit = Commit { tree, parents, message: message.to_owned() };
        let name = name("commit", format!("{commit:?} {}", self.made).as_bytes());
        self.commits.insert(name.clone(), commit);
        name
    }

    pub(crate) fn tree_at(&self, commit: &str) -> &Tree {
        &self.trees[&self.commits[commit].tree]
    }

    /// A branch's or a commit's commit.
    pub(crate) fn resolve(&self, name: &str) -> Option<String> {
        self.branches.get(name).cloned().or_else(|| self.commits.contains_key(name).then(|| name.to_owned()))
    }

    /// Changes one file as a person would.
    pub(crate) fn push(&mut self, branch: &str, path: &str, content: &[u8]) {
        let tip = self.branches[branch].clone();
        let blob = self.blob(content);
        let mut tree = self.tree_at(&tip).clone();
        tree.insert(path.to_owned(), blob);
        let tree = self.tree(tree);
        let commit = self.commit(tree, vec![tip], "by hand");
        self.branches.insert(branch.to_owned(), commit);
    }

    /// Merges a branch into another by a commit with two parents.
    pub(crate) fn merge(&mut self, head: &str, base: &str) -> String {
        let parents = vec![self.branches[base].clone(), self.branches[head].clone()];
        let mut tree = self.tree_at(&parents[0]).clone();
        tree.extend(self.tree_at(&parents[1]).clone());
        let tree = self.tree(tree);
        let commit = self.commit(tree, parents, "merge");
        self.branches.insert(base.to_owned(), commit.clone());
        commit
    }

    pub(crate) fn is_ancestor(&self, older: &str, newer: &str) -> bool {
        older == newer || self.commits[newer].parents.iter().any(|parent| self.is_ancestor(older, parent))
    }

    /// The messages of a branch along its first parents, the newest first.
    pub(crate) fn history(&self, branch: &str) -> Vec<String> {
        let mut at = self.branches.get(branch);
        let mut messages = Vec::new();
        while let Some(commit) = at.map(|at| &self.commits[at]) {
            messages.push(commit.message.clone());
            at = commit.parents.first();
        }
        messages
    }

    pub(crate) fn file(&self, branch: &str, path: &str) -> Option<&[u8]> {
        let blob = self.tree_at(self.branches.get(branch)?).get(path)?;
        self.blobs.get(blob).map(Vec::as_slice)
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn name(kind: &str, content: &[u8]) -> String {
    digest(&[kind.as_bytes(), b" ", content].concat())[..40].to_owned()
}
