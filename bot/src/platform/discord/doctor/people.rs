//! The people whom the configuration names.

use std::time::Duration;

use tokio::time::timeout;

use super::{Finding, Subject, unanswered};
use crate::platform::discord::api::Api;
use crate::platform::discord::snowflake::is_id;

/// How long people are asked about altogether.
const PEOPLE_TIME: Duration = Duration::from_mins(1);

/// Whether those who are to be reached in Discord are in the server.
pub(super) async fn examine(api: &Api, subject: &Subject) -> Vec<Finding> {
    const ABOUT: &str = "people";
    if subject.people.is_empty() {
        return Vec::new();
    }
    let (mut found, mut known) = (Vec::new(), 0);
    let look = async {
        for person in &subject.people {
            let handle = &person.handle;
            let note = match person.account.as_deref() {
                None => Some(format!(
                    "@{handle} has no \"discord\", so Discord reaches them only once they typed /incident me link there"
                )),
                Some(account) if !is_id(account) => {
                    Some(format!("@{handle}: {account} is no Discord id (digits); mend it in [[people]]"))
                }
                Some(account) => match api.member(&subject.guild, account).await {
                    Ok(Some(member)) if member.user.bot => Some(format!("@{handle}: the account {account} is a bot's")),
                    Ok(Some(_)) => None,
                    Ok(None) => Some(format!("@{handle}: the account {account} is not in the server; invite them")),
                    Err(error) => Some(format!("@{handle}: {}", unanswered(&error))),
                },
            };
            match note {
                None => known += 1,
                Some(note) => found.push(Finding::note(ABOUT, note)),
            }
        }
    };
    if timeout(PEOPLE_TIME, look).await.is_err() {
        found
            .push(Finding::note(ABOUT, "there are more than can be asked about in a minute; the others were left out"));
    }
    found.insert(0, Finding::ok(ABOUT, format!("{known} of {} are in the server", subject.people.len())));
    found
}
