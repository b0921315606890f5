//! What is in a file that somebody posted.

use firebell_core::effect::{Delivery, Reference};
use firebell_core::file::size_text;

use super::{Notes, Step, Turn};
use crate::platform::Sink;
use crate::platform::attempt::Attempt;
use crate::platform::slack::api::{Api, ApiError, FileInfo};

/// Hands over what is in a file, if it is not longer than `max_bytes`.
pub(in crate::platform::slack) async fn fetch(
    (api, notes): (&Api, &Notes),
    file: &str,
    max_bytes: i64,
    into: &mut dyn Sink,
) -> Delivery {
    let turn = Turn { api, notes, attempt: Attempt::to_read(file) };
    match turn.fetch(file, max_bytes, into).await {
        Ok(()) => Delivery::Delivered(Reference::default()),
        Err(otherwise) => otherwise,
    }
}

impl Turn<'_> {
    async fn fetch(&self, file: &str, max_bytes: i64, into: &mut dyn Sink) -> Step<()> {
        let about = self.api.file_info(file).await.map_err(|error| self.stop_file(error, max_bytes))?;
        let url = place(&about, max_bytes)?;
        let limit = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        match self.api.download(url, limit, into).await {
            Ok(downloaded) => downloaded.map_err(|error| self.stop_file(error, max_bytes)),
            // The log has why; it is tried again.
            Err(_) => Err(Delivery::Unknown),
        }
    }

    fn stop_file(&self, error: ApiError, max_bytes: i64) -> Delivery {
        let text = match error.code() {
            Some("file_not_found" | "file_deleted" | "http_404") => "it is no longer in Slack".to_owned(),
            Some("file_too_large") => too_large(max_bytes),
            Some("http_302") => {
                "the Slack app lacks the scope files:read: add it to the app and reinstall it".to_owned()
            }
            Some("foreign_host") => {
                "Slack names a place for it that is not Slack's, and is not given the token".to_owned()
            }
            _ => return self.stop(error),
        };
        Delivery::Impossible(text)
    }
}

/// Where it is to be had.
///
/// Source: <https://docs.slack.dev/reference/objects/file-object>; `mode` is `external` for what is only linked to, and
/// `tombstone` or `hidden_by_limit` for what is not there any more.
fn place(info: &FileInfo, max_bytes: i64) -> Step<&str> {
    let never = |why: &str| Err(Delivery::Impossible(why.to_owned()));
    match info.mode.as_str() {
        "external" => return never("Slack only links to it, and it is kept elsewhere"),
        "tombstone" => return never("it is no longer in Slack"),
        "hidden_by_limit" => return never("Slack hides it, since the workspace is over the limit of its plan"),
        _ if info.is_external => return never("Slack only links to it, and it is kept elsewhere"),
        _ if info.size > max_bytes => return never(&too_large(max_bytes)),
        _ => {}
    }
    match [&info.url_private_download, &info.url_private].into_iter().find(|url| !url.is_empty()) {
        Some(url) => Ok(url),
        None => never("Slack does not say where it is"),
    }
}

fn too_large(max_bytes: i64) -> String {
    format!("it is larger than {}, up to which files are copied", size_text(max_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_elsewhere_gone_or_too_large_is_not_fetched() {
        let info = |mode: &str, is_external, size| FileInfo {
            mode: mode.to_owned(),
            is_external,
            size,
            url_private: "https://files.slack.com/a".to_owned(),
            url_private_download: String::new(),
            ..FileInfo::default()
        };
        assert_eq!(place(&info("hosted", false, 9), 9), Ok("https://files.slack.com/a"));
        assert_eq!(place(&info("snippet", false, 0), 9), Ok("https://files.slack.com/a"));
        let table = [
            (info("hosted", false, 10), "larger than 9 B"),
            (info("external", false, 1), "kept elsewhere"),
            (info("hosted", true, 1), "kept elsewhere"),
            (info("tombstone", false, 1), "no longer"),
            (info("hidden_by_limit", false, 1), "limit of its plan"),
            (FileInfo { url_private: String::new(), ..info("hosted", false, 1) }, "does not say"),
        ];
        for (info, why) in table {
            assert!(
                matches!(place(&info, 9), Err(Delivery::Impossible(reason)) if reason.contains(why)),
                "{info:?} is not refused with {why}"
            );
        }
    }
}
