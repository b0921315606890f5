//! `firebell manifest`.

use super::say::{complain, say};
use super::{Exit, Failure, ManifestArgs, ManifestAs, ManifestOf};
use crate::platform::slack::manifest::Manifest;

/// Prints the manifest on standard output, and what is to be done beside it on standard error.
pub(super) fn manifest(args: ManifestArgs) -> Result<Exit, Failure> {
    let ManifestArgs { platform: ManifestOf::Slack, format, name, url } = args;
    let manifest = Manifest { name, request_url: url };
    let text = match format {
        ManifestAs::Yaml => manifest.yaml(),
        ManifestAs::Json => manifest.json(),
    };
    say(text.trim_end())?;
    for line in steps(manifest.request_url.is_none()) {
        complain(line);
    }
    Ok(Exit::Done)
}

fn steps(by_socket: bool) -> [&'static str; 3] {
    [
        "1. api.slack.com/apps > Create New App > From a manifest: paste this there. Then Install App.",
        if by_socket {
            "2. Basic Information > App-Level Tokens: one with the scope connections:write, into FIREBELL_SLACK_APP_TOKEN."
        } else {
            "2. Basic Information > App Credentials: the Signing Secret, into FIREBELL_SLACK_SIGNING_SECRET."
        },
        "3. OAuth & Permissions: the Bot User OAuth Token, into FIREBELL_SLACK_BOT_TOKEN. Then `firebell doctor`.",
    ]
}
