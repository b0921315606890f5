//! GitLab, as a service or on a server of one's own.
//!
//! Source: <https://docs.gitlab.com/api/rest/>.

mod examine;
mod issues;
mod merges;
mod publish;

use reqwest::Url;

use super::{LIST_BYTES, body_of};
use crate::clock::Clock;
use crate::notify::Secret;
use crate::outside::call::{Account, Auth, Caller, SetupError};

const NAME: &str = "GitLab";

/// One project on GitLab. Clones share its connections.
#[derive(Debug, Clone)]
pub struct GitLab {
    caller: Caller,
    /// With all groups, or its number.
    project: String,
}

impl GitLab {
    /// Prepares calls for a project (`group/name`, or its number). The base is `https://gitlab.com/api/v4/`, or that of a
    /// server of one's own, where `api/v4/` stands last, too.
    ///
    /// # Errors
    /// What of it cannot work.
    pub fn new(base: Url, project: &str, token: Secret, clock: Clock) -> Result<Self, SetupError> {
        let fits =
            |part: &str| !matches!(part, "" | "." | "..") && !part.chars().any(|l| l.is_control() || l.is_whitespace());
        let is_number = !project.is_empty() && project.bytes().all(|byte| byte.is_ascii_digit());
        if !(is_number || project.contains('/') && project.split('/').all(fits)) {
            let why = format!("{project:?} is no project; give one as group/name, or its number");
            return Err(SetupError::new(NAME, why));
        }
        let caller = Caller::new(Account::new(NAME, base, Auth::Header("private-token", token)), clock)?;
        Ok(Self { caller, project: project.to_owned() })
    }

    /// The path of something in the project.
    fn at<'p>(&'p self, more: &[&'p str]) -> Vec<&'p str> {
        ["projects", self.project.as_str()].into_iter().chain(more.iter().copied()).collect()
    }

    /// For lists, whose answers may be long.
    fn lists(&self) -> Caller {
        self.caller.clone().reading(LIST_BYTES)
    }
}

/// A body in which no line is an order to GitLab: `/close` at a line's beginning would be carried out.
///
/// Source: <https://docs.gitlab.com/user/project/quick_actions/>.
fn inert(text: &str) -> String {
    let escaped = |line: &str| {
        let order = line.trim_start().strip_prefix('/');
        let word = order.and_then(|order| order.split_whitespace().next()).unwrap_or_default();
        // An order is one word of letters; `/var/log` is none.
        let is_order = order.is_some_and(|order| order.starts_with(char::is_alphabetic))
            && word.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
        if is_order { line.replacen('/', "\\/", 1) } else { line.to_owned() }
    };
    body_of(text).split('\n').map(escaped).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_an_order() {
        let table = [
            ("/close", "\\/close"),
            ("a\n/assign @ana\nb", "a\n\\/assign @ana\nb"),
            ("  /label ~x", "  \\/label ~x"),
            ("a\r\n/close\r\n", "a\n\\/close\n"),
            ("/create_merge_request x", "\\/create_merge_request x"),
            ("/var/log/syslog", "/var/log/syslog"),
            ("see /close", "see /close"),
            ("/ close", "/ close"),
            ("`/close`", "`/close`"),
        ];
        for (text, wanted) in table {
            assert_eq!(inert(text), wanted);
        }
    }

    #[test]
    fn a_project_is_a_path_or_a_number() {
        let base: Url = "https://gitlab.example.com/gitlab/api/v4/".parse().unwrap();
        let made = |project: &str| {
            let clock = Clock::manual(chrono::DateTime::UNIX_EPOCH);
            GitLab::new(base.clone(), project, Secret::new("glpat-x").unwrap(), clock).is_ok()
        };
        for project in ["sre/post-mortems", "a/b/c", "17"] {
            assert!(made(project), "{project}");
        }
        for project in ["", "name", "a/", "/a", "a/../b", "a b/c"] {
            assert!(!made(project), "{project}");
        }
    }
}
