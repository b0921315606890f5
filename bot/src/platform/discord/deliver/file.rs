//! What is in a file that somebody posted.

use firebell_core::effect::{Delivery, Reference};
use firebell_core::file::size_text;
use serde_json::Value;

use super::{Step, Turn};
use crate::platform::Sink;
use crate::platform::attempt::Attempt;
use crate::platform::discord::Discord;
use crate::platform::discord::api::ApiError;

/// What names an attachment: the address that Discord gives for one is good for a day only, so it is asked for anew by the
/// message that it is attached to.
pub fn file_id(channel: &str, message: &str, attachment: &str) -> String {
    format!("{channel}/{message}/{attachment}")
}

/// Hands over what is in a file, if it is not longer than `max_bytes`.
pub(in crate::platform::discord) async fn fetch(
    discord: &Discord,
    file: &str,
    max_bytes: i64,
    into: &mut dyn Sink,
) -> Delivery {
    let turn = Turn::of(discord, Attempt::to_read(file));
    match turn.fetch(file, max_bytes, into).await {
        Ok(()) => Delivery::Delivered(Reference::default()),
        Err(otherwise) => otherwise,
    }
}

impl Turn<'_> {
    async fn fetch(&self, file: &str, max_bytes: i64, into: &mut dyn Sink) -> Step<()> {
        let gone = || Delivery::Impossible("it is no longer in Discord".to_owned());
        let mut parts = file.splitn(3, '/');
        let (Some(channel), Some(message), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Delivery::Impossible("it is not known where in Discord it is".to_owned()));
        };
        let said = self.api.message(channel, message).await.map_err(|error| self.stop_in(channel, error))?;
        let said = said.ok_or_else(gone)?;
        let attached = attachment(&said, id).ok_or_else(gone)?;
        if attached["size"].as_i64().is_some_and(|size| size > max_bytes) {
            return Err(too_large(max_bytes));
        }
        let limit = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        let url = attached["url"].as_str().unwrap_or_default();
        match self.api.download(url, limit, into).await {
            Ok(downloaded) => downloaded.map_err(|error| self.stop_file(error, max_bytes)),
            // The log has why; it is tried again.
            Err(_) => Err(Delivery::Unknown),
        }
    }

    fn stop_file(&self, error: ApiError, max_bytes: i64) -> Delivery {
        match error {
            ApiError::Refused { status: 413, .. } => too_large(max_bytes),
            ApiError::Refused { status: 404 | 410, .. } => {
                Delivery::Impossible("it is no longer in Discord".to_owned())
            }
            ApiError::Refused { status: 400, .. } => Delivery::Impossible(
                "Discord names a place for it that is not Discord's, and it is not fetched from there".to_owned(),
            ),
            ApiError::Refused { status, .. } => {
                Delivery::Impossible(format!("Discord does not hand it over (HTTP {status})"))
            }
            other => self.stop(other),
        }
    }
}

/// An attachment of a message, or of one that was forwarded in it.
fn attachment<'v>(message: &'v Value, id: &str) -> Option<&'v Value> {
    let forwarded = message["message_snapshots"].as_array().into_iter().flatten().map(|held| &held["message"]);
    let messages = std::iter::once(message).chain(forwarded);
    let mut all = messages.flat_map(|message| message["attachments"].as_array().into_iter().flatten());
    all.find(|attached| attached["id"] == id)
}

fn too_large(max_bytes: i64) -> Delivery {
    Delivery::Impossible(format!("it is larger than {}, up to which files are copied", size_text(max_bytes)))
}
