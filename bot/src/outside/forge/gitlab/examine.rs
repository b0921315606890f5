//! Whether everything is there for it to work.

use chrono::NaiveDate;
use serde::Deserialize;

use super::GitLab;
use crate::outside::call::CallError;

/// GitLab's roles by number: who has less than the one may not label issues, than the other may not push.
const REPORTER: u32 = 20;
const DEVELOPER: u32 = 30;

#[derive(Deserialize)]
struct Project {
    #[serde(default)]
    archived: bool,
    issues_access_level: Option<String>,
    merge_requests_access_level: Option<String>,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    project_access: Option<Access>,
    group_access: Option<Access>,
}

#[derive(Deserialize)]
struct Access {
    access_level: u32,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    scopes: Vec<String>,
    expires_at: Option<NaiveDate>,
}

impl GitLab {
    pub(in crate::outside::forge) async fn examine(&self, base: &str) -> Result<Vec<String>, CallError> {
        let name = &self.project;
        let project: Project = match self.caller.get(&self.at(&[]), &[]).await {
            Ok(answer) => self.caller.read(&answer)?,
            Err(error) => return refused(error, name).map(|finding| vec![finding]),
        };
        let mut findings = self.examine_token().await?;
        let mut find = |is_wrong: bool, text: String| {
            if is_wrong {
                findings.push(text);
            }
        };
        let is_off = |level: Option<String>| level.is_some_and(|level| level == "disabled");
        find(project.archived, format!("the project {name} is archived; unarchive it, or configure another"));
        find(
            is_off(project.issues_access_level),
            format!("issues are turned off in {name}; turn them on in its settings"),
        );
        let no_merges = is_off(project.merge_requests_access_level);
        find(no_merges, format!("merge requests are turned off in {name}; turn them on in its settings"));
        if let Some(permissions) = project.permissions {
            let levels = [permissions.project_access, permissions.group_access];
            // An administrator has neither, and may do all.
            if let Some(level) = levels.into_iter().flatten().map(|access| access.access_level).max() {
                let role = "give it the role Developer";
                find(level < REPORTER, format!("the token's account may not label issues of {name}; {role}"));
                find(level < DEVELOPER, format!("the token's account may not push to {name}; {role}"));
            }
        }
        match self.tip(base).await {
            Ok(Some(_)) => {}
            Ok(None) => find(true, format!("{name} has no branch {base:?}; create it, or configure another base")),
            Err(CallError::Refused { reason, .. }) => find(true, reason),
            Err(error) => return Err(error),
        }
        Ok(findings)
    }

    pub(in crate::outside::forge) async fn examine_issues(&self) -> Result<Vec<String>, CallError> {
        let name = &self.project;
        let project: Project = match self.caller.get(&self.at(&[]), &[]).await {
            Ok(answer) => self.caller.read(&answer)?,
            Err(error) => return refused(error, name).map(|finding| vec![finding]),
        };
        let mut findings = self.examine_token().await?;
        if project.archived {
            findings.push(format!("the project {name} is archived; unarchive it, or configure another"));
        }
        if project.issues_access_level.is_some_and(|level| level == "disabled") {
            findings.push(format!("issues are turned off in {name}; turn them on in its settings"));
        }
        let levels = project.permissions.map(|permissions| [permissions.project_access, permissions.group_access]);
        let level = levels.into_iter().flatten().flatten().map(|access| access.access_level).max();
        // An administrator has neither, and may do all.
        if level.is_some_and(|level| level < REPORTER) {
            findings.push(format!("the token's account may not label issues of {name}; give it the role Reporter"));
        }
        Ok(findings)
    }

    /// What the token was made for and until when; older servers do not tell.
    async fn examine_token(&self) -> Result<Vec<String>, CallError> {
        let token: Token = match self.caller.get(&["personal_access_tokens", "self"], &[]).await {
            Ok(answer) => self.caller.read(&answer)?,
            Err(CallError::Refused { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut findings = Vec::new();
        if !token.scopes.iter().any(|scope| scope == "api") {
            findings.push("the token may not write; make one with the scope api".to_owned());
        }
        let today = self.caller.clock().now().date_naive();
        if let Some(end) = token.expires_at.filter(|end| *end - today < chrono::TimeDelta::days(14)) {
            findings.push(format!("the token is valid until {end} alone; make a new one"));
        }
        Ok(findings)
    }
}

/// What a refusal of the project means.
fn refused(error: CallError, name: &str) -> Result<String, CallError> {
    match error {
        CallError::Refused { status: 401, reason } => Ok(format!("the token is not valid; make a new one ({reason})")),
        CallError::Refused { status: 404, .. } => Ok(format!(
            "there is no project {name}, or the token may not see it; check its name and the token's access"
        )),
        CallError::Refused { reason, .. } => Ok(reason),
        error => Err(error),
    }
}
