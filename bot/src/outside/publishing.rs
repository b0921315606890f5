//! Publications: files that stand in a repository on a branch of their own, with a request to take them over.

use std::collections::BTreeSet;

/// What is to stand in a repository.
#[derive(Clone, PartialEq, Eq)]
pub struct Publication {
    /// As that of [`Ticket`](super::tracker::Ticket).
    pub key: String,
    /// The branch of this publication alone.
    pub branch: String,
    /// The branch that it is to be taken over into.
    pub base: String,
    /// The commit's message.
    pub message: String,
    /// The request's title.
    pub title: String,
    /// What the request says, in Markdown. What people write is inert in it already.
    pub body: String,
    /// Put there in one commit; at least one.
    pub files: Vec<File>,
}

/// One file of a publication.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// From the repository's root.
    pub path: String,
    pub content: Vec<u8>,
}

/// Where a publication stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The page of the request, or of the first file where the base has all of it already.
    pub url: String,
    /// The last commit of the branch, or of the base.
    pub commit: String,
}

/// The most that the files of one publication may hold together; forges take no more within the time of a call.
pub const MAX_BYTES: usize = 20 * 1024 * 1024;
const MAX_FILES: usize = 100;
const MAX_PATH: usize = 400;
const MAX_BRANCH: usize = 200;

impl Publication {
    /// Whether it can be put anywhere.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self) -> Result<(), String> {
        super::tracker::check_key(&self.key)?;
        check_branch(&self.branch)?;
        check_branch(&self.base)?;
        if self.branch == self.base {
            return Err(format!("the branch {:?} is the one to publish into; give one of its own", self.branch));
        }
        if self.files.is_empty() || self.files.len() > MAX_FILES {
            return Err(format!("there are {} files to publish; give 1 to {MAX_FILES}", self.files.len()));
        }
        let mut paths = BTreeSet::new();
        for file in &self.files {
            check_path(&file.path)?;
            if !paths.insert(&file.path) {
                return Err(format!("the path {:?} is that of two files; give each its own", file.path));
            }
        }
        let bytes: usize = self.files.iter().map(|file| file.content.len()).sum();
        if bytes > MAX_BYTES {
            return Err(format!("the files hold {bytes} bytes; publish at most {MAX_BYTES}"));
        }
        Ok(())
    }
}

/// Whether a path stays in its repository and can be one on every machine that checks it out.
///
/// # Errors
/// What is wrong with it and what to give instead.
pub fn check_path(path: &str) -> Result<(), String> {
    let fail = |why: &str| Err(format!("the path {path:?} {why}"));
    if path.is_empty() || path.len() > MAX_PATH {
        return fail("is empty or too long; give one of 1 to 400 bytes");
    }
    if path.chars().any(|letter| letter.is_control() || letter == '\\') {
        return fail("holds a control character or a backslash; leave it out");
    }
    if path.starts_with('/') || path.ends_with('/') {
        return fail("begins or ends with a slash; give one of a file from the repository's root");
    }
    for part in path.split('/') {
        if matches!(part, "" | "." | "..") || part.eq_ignore_ascii_case(".git") {
            return fail("has a part that is empty, `.`, `..` or `.git`; leave it out");
        }
    }
    Ok(())
}

/// Whether Git takes a text for a branch's name.
///
/// Source: <https://git-scm.com/docs/git-check-ref-format>.
///
/// # Errors
/// What is wrong with it and what to give instead.
pub fn check_branch(branch: &str) -> Result<(), String> {
    let fail = |why: &str| Err(format!("the branch {branch:?} {why}"));
    if branch.is_empty() || branch.len() > MAX_BRANCH {
        return fail("is empty or too long; give a name of 1 to 200 bytes");
    }
    let is_bad = |letter: char| letter.is_control() || letter.is_whitespace() || "~^:?*[\\".contains(letter);
    if branch.chars().any(is_bad) || branch.contains("..") || branch.contains("@{") {
        return fail("holds a blank, `..`, `@{` or one of ~^:?*[\\; leave it out");
    }
    if branch == "@" || branch.starts_with('-') || branch.ends_with('.') {
        return fail("begins with - or ends with a dot; give another name");
    }
    // Git's own rule: the ending is that of its lock files, whatever its case on this machine.
    let is_lock =
        |part: &str| part.len() > 4 && part.is_char_boundary(part.len() - 5) && &part[part.len() - 5..] == ".lock";
    for part in branch.split('/') {
        if part.is_empty() || part.starts_with('.') || is_lock(part) {
            return fail("has a part that is empty, begins with a dot or ends with .lock; give another name");
        }
    }
    Ok(())
}

/// Without what is published, which is what people say.
impl std::fmt::Debug for Publication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publication").field("key", &self.key).field("branch", &self.branch).finish_non_exhaustive()
    }
}

/// As that of [`Publication`].
impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "File({:?}, {} bytes)", self.path, self.content.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_in_its_repository() {
        let good = ["a.md", "docs/post mortems/INC-42 é.md", "...", "a/.hidden", ".gitignore"];
        for path in good {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        let long = "a".repeat(401);
        let bad = ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\nb", "a\\..\\b", ".git/config", "a/.GIT/x", &long];
        for path in bad {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_branch_is_one_that_git_takes() {
        for branch in ["main", "firebell/INC-42", "a.b", "é", "lock", ".lockx/".trim_matches(['.', '/'])] {
            assert_eq!(check_branch(branch), Ok(()), "{branch}");
        }
        let long = "a".repeat(201);
        let bad = [
            "", "-a", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "@", "a@{1}", "/a", "a/", "a//b",
            ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a\u{7f}", &long,
        ];
        for branch in bad {
            assert!(check_branch(branch).is_err(), "{branch:?}");
        }
    }

    #[test]
    fn a_publication_has_files_of_its_own_on_a_branch_of_its_own() {
        let file = |path: &str| File { path: path.to_owned(), content: Vec::new() };
        let good = Publication {
            key: "firebell:f1:INC-42".to_owned(),
            branch: "firebell/INC-42".to_owned(),
            base: "main".to_owned(),
            message: String::new(),
            title: String::new(),
            body: String::new(),
            files: vec![file("a.md"), file("b.svg")],
        };
        assert_eq!(good.check(), Ok(()));
        let bad = [
            Publication { key: "a -->".to_owned(), ..good.clone() },
            Publication { branch: "main".to_owned(), ..good.clone() },
            Publication { base: "..".to_owned(), ..good.clone() },
            Publication { files: Vec::new(), ..good.clone() },
            Publication { files: vec![file("a.md"), file("a.md")], ..good.clone() },
            Publication { files: vec![file("../a.md")], ..good.clone() },
            Publication { files: vec![File { path: "a".to_owned(), content: vec![0; MAX_BYTES + 1] }], ..good },
        ];
        for publication in bad {
            assert!(publication.check().is_err(), "{publication:?}");
        }
    }
}
