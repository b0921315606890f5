//! Files: uploaded by the three steps that replaced `files.upload`, and downloaded with the app's token.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde::Serialize;
use serde_json::{Value, json};
use slack_morphism::prelude::SlackApiFilesGetUploadUrlExternalRequest;

use super::{Api, ApiError, Method};
use crate::platform::Sink;
use crate::platform::hosts::is_loopback;
use crate::platform::incoming::NotKept;
use crate::platform::lenient::answer;
use crate::platform::rest::{Answered, Key, Outcome};

/// The longest that a file may be under way.
const TRANSFER_TIME: Duration = Duration::from_secs(15);
/// What is read of the answer to an upload.
const RECEIPT_BYTES: usize = 4096;

/// A file to be shown in a channel, or to be kept for the app alone where there is none.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    pub name: &'a str,
    pub title: &'a str,
    pub content: &'a [u8],
    pub channel: Option<&'a str>,
    /// What is said with it, in mrkdwn.
    pub comment: Option<&'a str>,
}

/// A file that was uploaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Uploaded {
    pub id: String,
    pub permalink: String,
}

answer! {
    pub(super) struct UploadUrl {
        upload_url: String,
        file_id: String,
    }
}

answer! {
    pub(super) struct Completed {
        files: Vec<File>,
    }
}

answer! {
    struct File {
        id: String,
        permalink: String,
    }
}

answer! {
    struct About {
        file: FileInfo,
    }
}

answer! {
    /// A file as `files.info` tells of it; a deleted one keeps its id and a mode that says so.
    pub struct FileInfo {
        pub mode: String,
        pub is_external: bool,
        pub size: i64,
        pub url_private: String,
        pub url_private_download: String,
        /// The messages that show it, by `public` or `private` and by the channel.
        pub shares: BTreeMap<String, BTreeMap<String, Vec<Share>>>,
    }
}

answer! {
    /// One message that shows a file.
    pub struct Share {
        pub ts: String,
    }
}

answer! {
    struct Listed {
        files: Vec<HeldFile>,
    }
}

answer! {
    /// A file as `files.list` tells of it.
    pub struct HeldFile {
        pub id: String,
        pub name: String,
        pub title: String,
    }
}

#[derive(Serialize)]
struct Complete<'a> {
    files: [Part<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    initial_comment: Option<&'a str>,
}

#[derive(Serialize)]
struct Part<'a> {
    id: &'a str,
    title: &'a str,
}

impl Api {
    /// Uploads a file (<https://docs.slack.dev/messaging/working-with-files>).
    ///
    /// # Errors
    /// [`ApiError`] of the step that failed; before the last one nobody has seen the file. Refused with `foreign_host`
    /// when Slack names a place that is not its own.
    pub async fn upload(&self, file: &Upload<'_>) -> Result<Uploaded, ApiError> {
        let request = SlackApiFilesGetUploadUrlExternalRequest::new(file.name.to_owned(), file.content.len());
        let place: UploadUrl = self.call(Method::FilesGetUploadUrlExternal, None, &request).await?;
        let url = self.trusted(&place.upload_url)?;
        // Without the token: the URL is key enough, and whoever takes the bytes needs no other.
        let begun = self.rest.request(reqwest::Method::POST, url).timeout(TRANSFER_TIME);
        let key = Key { method: "upload", place: None };
        done(self.rest.send(key, begun.body(file.content.to_vec()), RECEIPT_BYTES).await)?;
        let parts = [Part { id: &place.file_id, title: file.title }];
        let complete = Complete { files: parts, channel_id: file.channel, initial_comment: file.comment };
        let completed: Completed = self.call(Method::FilesCompleteUploadExternal, file.channel, &complete).await?;
        let File { id, permalink } = completed.files.into_iter().next().unwrap_or_default();
        Ok(Uploaded { id: if id.is_empty() { place.file_id } else { id }, permalink })
    }

    /// What Slack tells of a file.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `file_not_found` or `file_deleted`.
    pub async fn file_info(&self, file: &str) -> Result<FileInfo, ApiError> {
        let about: About = self.call(Method::FilesInfo, None, &[("file", file)]).await?;
        Ok(about.file)
    }

    /// The newest files that an account has put in a channel (<https://docs.slack.dev/reference/methods/files.list>).
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn files_by(&self, user: &str, channel: &str) -> Result<Vec<HeldFile>, ApiError> {
        let arguments = [("channel", channel), ("user", user), ("count", "100")];
        let listed: Listed = self.call(Method::FilesList, None, &arguments).await?;
        Ok(listed.files)
    }

    /// Deletes a file of the app's own (<https://docs.slack.dev/reference/methods/files.delete>).
    ///
    /// # Errors
    /// [`ApiError`]; refused with `file_not_found` or `file_deleted` when it is gone.
    pub async fn delete_file(&self, file: &str) -> Result<(), ApiError> {
        self.call::<_, Value>(Method::FilesDelete, None, &json!({ "file": file })).await.map(drop)
    }

    /// Downloads a file that somebody posted, by its `url_private_download`, into a sink.
    ///
    /// # Errors
    /// [`ApiError`]; refused with `foreign_host` when the file is not on Slack's hosts, which alone are given the token,
    /// `file_too_large` when it is longer than `max_bytes`, and `http_302` when the app lacks the scope `files:read`. The
    /// outer one: the sink failed.
    pub async fn download(
        &self,
        url: &str,
        max_bytes: usize,
        into: &mut dyn Sink,
    ) -> Result<Result<(), ApiError>, NotKept> {
        let url = match self.trusted(url) {
            Ok(url) => url,
            Err(error) => return Ok(Err(error)),
        };
        let begun = self.rest.request(reqwest::Method::GET, url).timeout(TRANSFER_TIME);
        let key = Key { method: "download", place: None };
        let outcome = self.rest.stream(key, begun.bearer_auth(self.bot.expose()), max_bytes, into).await?;
        Ok(match done(outcome) {
            Ok(answered) if answered.cut => Err(ApiError::refused("file_too_large")),
            other => other.map(drop),
        })
    }

    /// A URL on a host of Slack's.
    pub(super) fn trusted(&self, url: &str) -> Result<Url, ApiError> {
        url.parse().ok().filter(|url| is_trusted(url, &self.base)).ok_or_else(|| ApiError::refused("foreign_host"))
    }
}

/// Whether a file's URL is the API's own host or Slack's; this very machine only where the API is on it.
fn is_trusted(url: &Url, base: &Url) -> bool {
    let (Some(host), Some(api)) = (url.host_str(), base.host_str()) else { return false };
    if is_loopback(host) {
        return is_loopback(api) && matches!(url.scheme(), "http" | "https");
    }
    let same = host == api && url.port_or_known_default() == base.port_or_known_default();
    // Government's Slack has a domain of its own, whose files are beside its API.
    let beside = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    let slacks = beside("slack.com") || (api == "slack-gov.com" && beside(api));
    (same && url.scheme() == base.scheme())
        || (slacks && url.scheme() == "https" && url.port_or_known_default() == Some(443))
}

pub(super) fn done(outcome: Outcome) -> Result<Answered, ApiError> {
    match outcome {
        Outcome::Answered(answered) if answered.status == StatusCode::OK => Ok(answered),
        Outcome::Answered(answered) => Err(ApiError::refused(&format!("http_{}", answered.status.as_u16()))),
        Outcome::Limited(wait) => Err(ApiError::RetryAfter(wait)),
        Outcome::NotSent => Err(ApiError::NotSent),
        Outcome::Unknown => Err(ApiError::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_slacks_hosts_alone() {
        let slack = "https://slack.com/api";
        let table = [
            (slack, "https://files.slack.com/files-pri/T1-F1/a.txt", true),
            (slack, "https://slack.com/files/a", true),
            (slack, "https://acme.slack.com/files/a", true),
            (slack, "http://files.slack.com/a", false),
            (slack, "https://files.slack.com:8443/a", false),
            (slack, "https://files.slack.com.evil.example/a", false),
            (slack, "https://evilslack.com/a", false),
            (slack, "https://files.slack.com@evil.example/a", false),
            (slack, "https://evil.example/?files.slack.com", false),
            (slack, "http://127.0.0.1:9/a", false),
            (slack, "http://localhost/a", false),
            (slack, "file:///etc/passwd", false),
            ("https://slack-gov.com/api", "https://files.slack-gov.com/a", true),
            ("https://proxy.example/slack", "https://proxy.example/files/a", true),
            ("https://proxy.example/slack", "https://other.proxy.example/files/a", false),
            ("https://proxy.example/slack", "http://proxy.example/files/a", false),
            ("https://proxy.example/slack", "https://files.slack.com/a", true),
            ("http://127.0.0.1:9/api", "http://127.0.0.1:10/files/a", true),
            ("http://127.0.0.1:9/api", "http://[::1]:10/files/a", true),
            ("http://127.0.0.1:9/api", "http://10.0.0.1/a", false),
        ];
        for (base, url, trusted) in table {
            assert_eq!(is_trusted(&url.parse().unwrap(), &base.parse().unwrap()), trusted, "{url} of {base}");
        }
    }
}
