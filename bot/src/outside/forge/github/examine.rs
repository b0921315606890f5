//! Whether everything is there for it to work.

use serde::Deserialize;
use serde_json::json;

use super::GitHub;
use crate::outside::call::CallError;

#[derive(Deserialize)]
struct Repository {
    #[serde(default)]
    archived: bool,
    #[serde(default = "yes")]
    has_issues: bool,
    permissions: Option<Permissions>,
}

/// What the account may do, whatever its token was cut down to.
#[derive(Deserialize)]
struct Permissions {
    #[serde(default)]
    push: bool,
}

fn yes() -> bool {
    true
}

impl GitHub {
    pub(in crate::outside::forge) async fn examine(&self, base: &str) -> Result<Vec<String>, CallError> {
        let name = format!("{}/{}", self.owner, self.repository);
        let repository: Repository = match self.caller.get(&self.at(&[]), &[]).await {
            Ok(answer) => self.caller.read(&answer)?,
            Err(error) => return refused(error, &name).map(|finding| vec![finding]),
        };
        let mut findings = Vec::new();
        let mut find = |is_wrong: bool, text: String| {
            if is_wrong {
                findings.push(text);
            }
        };
        find(repository.archived, format!("the repository {name} is archived; unarchive it, or configure another"));
        find(!repository.has_issues, format!("issues are turned off in {name}; turn them on in its settings"));
        let may_push = repository.permissions.is_none_or(|may| may.push);
        find(!may_push, format!("the token's account may not push to {name}; give it the role Write"));
        let is_there = may_push && !repository.archived;
        if repository.has_issues && is_there && !self.may_post(&["issues"]).await? {
            find(true, "the token may not write issues; give it the permission Issues: read and write".to_owned());
        }
        if is_there && !self.may_post(&["git", "trees"]).await? {
            find(true, "the token may not write files; give it the permission Contents: read and write".to_owned());
        }
        if is_there && !self.may_post(&["pulls"]).await? {
            let text = "the token may not open pull requests; give it the permission Pull requests: read and write";
            find(true, text.to_owned());
        }
        let path: Vec<&str> = ["git", "ref", "heads"].into_iter().chain(base.split('/')).collect();
        match self.caller.get(&self.at(&path), &[]).await {
            Ok(_) => {}
            Err(error) if matches!(error.status(), Some(404 | 409)) => {
                find(true, format!("{name} has no branch {base:?}; create it, or configure another base"));
            }
            Err(CallError::Refused { reason, .. }) => find(true, reason),
            Err(error) => return Err(error),
        }
        Ok(findings)
    }

    pub(in crate::outside::forge) async fn examine_issues(&self) -> Result<Vec<String>, CallError> {
        let name = format!("{}/{}", self.owner, self.repository);
        let repository: Repository = match self.caller.get(&self.at(&[]), &[]).await {
            Ok(answer) => self.caller.read(&answer)?,
            Err(error) => return refused(error, &name).map(|finding| vec![finding]),
        };
        Ok(if repository.archived {
            vec![format!("the repository {name} is archived; unarchive it, or configure another")]
        } else if !repository.has_issues {
            vec![format!("issues are turned off in {name}; turn them on in its settings")]
        } else if self.may_post(&["issues"]).await? {
            Vec::new()
        } else {
            vec!["the token may not write issues; give it the permission Issues: read and write".to_owned()]
        })
    }

    /// Whether something may be made there. What is sent lacks all that it must have, so that nothing is made; GitHub looks at
    /// permissions first.
    async fn may_post(&self, path: &[&str]) -> Result<bool, CallError> {
        match self.caller.post(&self.at(path), &json!({})).await {
            Err(CallError::Refused { status, .. }) => Ok(!matches!(status, 401 | 403 | 404)),
            Err(error) => Err(error),
            Ok(_) => Ok(true),
        }
    }
}

/// What a refusal of the repository means.
fn refused(error: CallError, name: &str) -> Result<String, CallError> {
    match error {
        CallError::Refused { status: 401, reason } => Ok(format!("the token is not valid; make a new one ({reason})")),
        CallError::Refused { status: 404, .. } => Ok(format!(
            "there is no repository {name}, or the token may not see it; check its name and the token's access"
        )),
        CallError::Refused { reason, .. } => Ok(reason),
        error => Err(error),
    }
}
