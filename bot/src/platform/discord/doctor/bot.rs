//! The bot: its token, what it may hear, and how it listens.

use super::{Finding, Subject};
use crate::platform::discord::GroupHow;
use crate::platform::discord::api::{ApiError, Application, User};

pub(super) fn token(asked: &Result<&User, ApiError>, subject: &Subject) -> Finding {
    const ABOUT: &str = "bot token";
    let variable = &subject.token_variable;
    match asked {
        Ok(me) => Finding::ok(ABOUT, format!("is that of {}", me.shown())),
        Err(error) if error.is_of_token() => Finding::problem(
            ABOUT,
            format!(
                "Discord does not take it; reset the token on the \"Bot\" page of the application and put it into {variable}"
            ),
        ),
        Err(ApiError::RetryAfter(wait)) => {
            Finding::problem(ABOUT, format!("Discord takes no more calls for {} s; ask again then", wait.num_seconds()))
        }
        Err(ApiError::NotSent | ApiError::Unknown) => Finding::problem(
            ABOUT,
            format!(
                "Discord gave no answer at {} that can be read; check \"api_url\" and the network",
                subject.api_url
            ),
        ),
        Err(ApiError::Refused { status, code, .. }) => {
            Finding::problem(ABOUT, format!("Discord refused to say whose it is (HTTP {status}, {code})"))
        }
    }
}

/// The privileged intents, which are switched on at the "Bot" page of the application.
pub(super) fn intents(asked: &Result<&Application, ApiError>, subject: &Subject) -> Vec<Finding> {
    let application = match asked {
        Ok(application) => application,
        Err(error) => return vec![Finding::problem("intents", super::unanswered(error))],
    };
    let mut found = Vec::new();
    found.push(match (application.reads_messages(), subject.captures_all) {
        (true, _) => Finding::ok("message content", "the Message Content Intent is on"),
        (false, true) => Finding::note(
            "message content",
            "the Message Content Intent is off, so that in spite of capture = \"all\" only commands and what is added to the \
             timeline from a message's menu are recorded with their words; switch it on at the \"Bot\" page of the application",
        ),
        (false, false) => Finding::note(
            "message content",
            "the Message Content Intent is off: messages that are marked by a pin or a reaction come without their words, those \
             that are added from their menu with them",
        ),
    });
    let brings = subject.group.as_ref().is_some_and(|group| group.how == GroupHow::Brought);
    if brings && !application.lists_members() {
        found.push(Finding::problem(
            "members",
            "the Server Members Intent is off, and without it nobody can say who has the role of \"invite_role\"; switch it on at \
             the \"Bot\" page of the application, or have the role called: invite_by = \"mention\"",
        ));
    }
    found
}

/// Whether interactions come by the gateway or are posted, and are known to be Discord's.
pub(super) fn listening(asked: &Result<&Application, ApiError>, subject: &Subject) -> Finding {
    const ABOUT: &str = "interactions";
    let posted_to = asked.as_ref().map_or("", |application| application.interactions_endpoint_url.as_str());
    let Some(key) = &subject.public_key else {
        if posted_to.is_empty() {
            return Finding::ok(ABOUT, "come by the gateway");
        }
        return Finding::problem(
            ABOUT,
            format!(
                "Discord posts them to {posted_to}, and none comes by the gateway; take the Interactions Endpoint URL off the \
                 \"General Information\" page of the application, or give its public key"
            ),
        );
    };
    let wrong = |says: &str| Finding::problem(ABOUT, says.to_owned());
    if !is_public_key(key) {
        return wrong("\"public_key\" is none (64 hexadecimal digits); copy it from \"General Information\"");
    }
    match asked {
        Ok(application) if !application.verify_key.is_empty() && !application.verify_key.eq_ignore_ascii_case(key) => {
            wrong("\"public_key\" is that of another application; copy it from \"General Information\"")
        }
        Ok(_) if posted_to.is_empty() => Finding::note(
            ABOUT,
            "the public key is there, and Discord posts none as long as \"General Information\" names no Interactions Endpoint URL \
             (this server's public address with /discord/interactions)",
        ),
        _ => Finding::ok(ABOUT, "are posted and signed with the key that is configured"),
    }
}

/// Whether a text has the form of an Ed25519 key.
fn is_public_key(key: &str) -> bool {
    key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}
