//! Who the bot is in a workspace: asked at the start, and remembered for a start while the platform is down. An incident goes
//! on in one platform when the other is gone, a restart included.

use std::fmt::Display;

use firebell_core::ids::WorkspaceId;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::WiringError;
use crate::config::Chat;
use crate::intake::Intake;

/// A workspace with who the bot is there.
pub(super) struct Known<T> {
    pub(super) workspace: WorkspaceId,
    pub(super) said: T,
}

/// The workspace, connected at its first use, with what its platform said.
pub(super) async fn told<T: Serialize>(
    intake: &Intake,
    (chat, external_id, name): (Chat, &str, &str),
    said: T,
) -> Result<Known<T>, WiringError> {
    let workspace = intake.connect_workspace(chat.word(), external_id, name).await?;
    // What cannot be written as JSON is asked for again the next time.
    if let Ok(bot) = serde_json::to_value(&said) {
        intake.know_bot(workspace, bot).await?;
    }
    Ok(Known { workspace, said })
}

/// What an earlier start was told of the workspace that is called so, where its platform cannot be asked now; nothing where
/// there was none, or it was another workspace than `external_id`, where that is known.
pub(super) async fn remembered<T: DeserializeOwned>(
    intake: &Intake,
    (chat, external_id, name): (Chat, Option<&str>, &str),
    error: &impl Display,
) -> Result<Option<Known<T>>, WiringError> {
    let known = intake.known_bot(chat.word(), name).await?;
    let known = known.filter(|known| external_id.is_none_or(|expected| known.external_id == expected));
    // Words of another version are as good as none.
    let known = known
        .and_then(|known| Some(Known { workspace: known.workspace, said: serde_json::from_value(known.bot).ok()? }));
    if known.is_some() {
        tracing::error!(
            workspace = name,
            %error,
            "{} cannot be reached; all else starts, and what is to be done there is done once it can",
            chat.title()
        );
    }
    Ok(known)
}
