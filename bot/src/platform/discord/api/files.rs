//! Files: uploaded with a message, and downloaded from Discord's own hosts.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Api, ApiError, Ask, Call, NewMessage, Posted};
use crate::platform::Sink;
use crate::platform::hosts::is_loopback;
use crate::platform::incoming::NotKept;
use crate::platform::rest::{Key, Outcome};
use crate::text::hex;

/// The longest that a file may be under way.
const TRANSFER_TIME: Duration = Duration::from_secs(15);
/// Where Discord keeps what people post.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// How long a file's name may be.
const NAME_MAX: usize = 100;

/// A file to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    pub name: &'a str,
    pub content: &'a [u8],
    /// Such as `text/markdown`.
    pub media_type: &'a str,
}

impl Api {
    /// Posts a message with a file.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn upload(&self, channel: &str, message: &NewMessage, file: &Upload<'_>) -> Result<Posted, ApiError> {
        let message = serde_json::to_value(message).unwrap_or_default();
        let posted: Posted = self.call(Call::UploadFile, with_file(Ask::at(&[channel]), &message, file)).await?;
        if posted.id.is_empty() { Err(ApiError::Unknown) } else { Ok(posted) }
    }

    /// Edits a message of the bot's in place so that it has this text and this file alone.
    ///
    /// # Errors
    /// As of [`Api::edit`].
    pub async fn edit_with(
        &self,
        channel: &str,
        id: &str,
        message: &NewMessage,
        file: &Upload<'_>,
    ) -> Result<(), ApiError> {
        self.done(Call::EditMessage, with_file(Ask::at(&[channel, id]), &message.edit(), file)).await
    }

    /// Downloads an attachment by its signed URL into a sink. The bot's token is not sent: the URL is key enough.
    ///
    /// # Errors
    /// [`ApiError`]; refused with status 400 when it is not on Discord's hosts, 413 when it is longer than `max_bytes`, and
    /// with that of the answer when it is not there. The outer one: the sink failed.
    pub async fn download(
        &self,
        url: &str,
        max_bytes: usize,
        into: &mut dyn Sink,
    ) -> Result<Result<(), ApiError>, NotKept> {
        let Some(url) = url.parse().ok().filter(|url| is_trusted(url, &self.base)) else {
            return Ok(Err(ApiError::refused(400, 0, "not on a host of Discord's")));
        };
        let begun = self.apart.request(reqwest::Method::GET, url).timeout(TRANSFER_TIME);
        let key = Key { method: "download", place: None };
        Ok(match self.apart.stream(key, begun, max_bytes, into).await? {
            Outcome::Answered(answered) if answered.status != StatusCode::OK => {
                Err(ApiError::refused(answered.status.as_u16(), 0, "the file cannot be had"))
            }
            Outcome::Answered(answered) if answered.cut => Err(ApiError::refused(413, 0, "the file is too large")),
            Outcome::Answered(_) => Ok(()),
            Outcome::Limited(wait) => Err(ApiError::RetryAfter(wait)),
            Outcome::NotSent | Outcome::Unknown => Err(ApiError::NotSent),
        })
    }
}

/// A message and a file in one body.
///
/// Source: <https://discord.com/developers/docs/reference#uploading-files>.
pub(super) fn with_file<'a>(ask: Ask<'a>, message: &Value, file: &Upload<'_>) -> Ask<'a> {
    let name = file_name(file.name);
    let mut message = message.clone();
    message["attachments"] = json!([{ "id": 0, "filename": name }]);
    let boundary = boundary(file.content);
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n\
         {message}\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\n\
         Content-Type: {}\r\n\r\n",
        file.media_type
    )
    .into_bytes();
    body.extend_from_slice(file.content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let media_type = format!("multipart/form-data; boundary={boundary}");
    Ask { raw: Some((media_type, body)), time: Some(TRANSFER_TIME), ..ask }
}

/// What stands between the parts. Whoever writes a file cannot know it from inside of it.
fn boundary(content: &[u8]) -> String {
    format!("firebell-{}", hex(&Sha256::digest(content)))
}

/// A name without what would end it early or lead elsewhere.
fn file_name(name: &str) -> String {
    let fits = |c: char| if c.is_alphanumeric() || "._- ()".contains(c) { c } else { '_' };
    let name: String = name.chars().map(fits).take(NAME_MAX).collect();
    if name.trim_matches(['.', ' ']).is_empty() { "file".to_owned() } else { name }
}

/// Whether a file's URL is Discord's, or on the host that the API is configured on; this very machine only where the API is
/// on it.
fn is_trusted(url: &Url, base: &Url) -> bool {
    let (Some(host), Some(api)) = (url.host_str(), base.host_str()) else { return false };
    if is_loopback(host) {
        return is_loopback(api) && matches!(url.scheme(), "http" | "https");
    }
    let same = host == api && url.port_or_known_default() == base.port_or_known_default();
    (same && url.scheme() == base.scheme())
        || (HOSTS.contains(&host) && url.scheme() == "https" && url.port_or_known_default() == Some(443))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_from_discords_hosts_alone() {
        let discord = "https://discord.com/api/v10";
        let table = [
            (discord, "https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1&is=2&hm=3", true),
            (discord, "https://media.discordapp.net/attachments/1/2/a.png", true),
            (discord, "https://discord.com/attachments/1", true),
            (discord, "http://cdn.discordapp.com/a", false),
            (discord, "https://cdn.discordapp.com:8443/a", false),
            (discord, "https://cdn.discordapp.com.evil.example/a", false),
            (discord, "https://cdn.discordapp.com@evil.example/a", false),
            (discord, "https://evil.example/?cdn.discordapp.com", false),
            (discord, "http://127.0.0.1:9/a", false),
            (discord, "file:///etc/passwd", false),
            ("http://127.0.0.1:9/api/v10", "http://127.0.0.1:10/a", true),
            ("http://127.0.0.1:9/api/v10", "http://10.0.0.1/a", false),
            ("https://proxy.example/discord", "https://proxy.example/a", true),
        ];
        for (base, url, trusted) in table {
            assert_eq!(is_trusted(&url.parse().unwrap(), &base.parse().unwrap()), trusted, "{url} of {base}");
        }
    }

    #[test]
    fn a_name_cannot_end_the_part_that_it_stands_in() {
        let table = [
            ("postmortem INC-42.md", "postmortem INC-42.md"),
            ("a\"\r\nx: y", "a___x_ y"),
            ("../..", ".._.."),
            ("..", "file"),
            ("", "file"),
        ];
        for (name, fit) in table {
            assert_eq!(file_name(name), fit, "{name:?}");
        }
    }
}
