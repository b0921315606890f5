//! What the file says of contact methods beside chat.

use std::collections::BTreeMap;
use std::path::PathBuf;

use firebell_core::ids::Key;
use serde::Deserialize;

/// `[notify]`: contact methods beside chat.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [notify.mail]")]
pub struct Notify {
    /// Whether people's own URLs, and those of calendars, may lead into private networks.
    pub(super) private_networks: bool,
    pub(super) mail: Option<MailSection>,
    pub(super) twilio: Option<TwilioSection>,
    pub(super) carrier: Vec<CarrierSection>,
    pub(super) ntfy: Option<NtfySection>,
    pub(super) gotify: Option<Server>,
    pub(super) pushover: Option<PushoverSection>,
    pub(super) telegram: Option<TelegramSection>,
    pub(super) webhook: Option<WebhookSection>,
    pub(super) pagerduty: Option<Server>,
    pub(super) opsgenie: Option<OpsgenieSection>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [notify.mail]")]
pub(super) struct MailSection {
    pub(super) host: String,
    pub(super) port: Option<u16>,
    #[serde(default)]
    pub(super) encryption: Encrypted,
    pub(super) user: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    pub(super) from: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Encrypted {
    #[default]
    Starttls,
    Tls,
    None,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [notify.twilio]")]
pub(super) struct TwilioSection {
    pub(super) account: String,
    pub(super) auth_token_file: Option<PathBuf>,
    pub(super) from: String,
    pub(super) messaging_service: Option<String>,
    #[serde(default = "twilio_api")]
    pub(super) api_url: String,
    #[serde(default = "english")]
    pub(super) language: String,
}

/// A carrier of text messages beside Twilio.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[notify.carrier]]")]
pub(super) struct CarrierSection {
    pub(super) url: String,
    #[serde(default = "post")]
    pub(super) method: String,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// A file with one header, as `Authorization: Bearer ...`.
    pub(super) header_file: Option<PathBuf>,
    #[serde(default)]
    pub(super) format: BodyFormat,
    #[serde(default)]
    pub(super) body: String,
    #[serde(default)]
    pub(super) success: Vec<u16>,
    pub(super) id_pointer: Option<String>,
    /// Before Twilio rather than after it.
    #[serde(default)]
    pub(super) first: bool,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum BodyFormat {
    #[default]
    Json,
    Form,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [notify.ntfy]")]
pub(super) struct NtfySection {
    #[serde(default = "ntfy_server")]
    pub(super) url: String,
    pub(super) token_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section with \"url\"")]
pub(super) struct Server {
    pub(super) url: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [notify.pushover]")]
pub(super) struct PushoverSection {
    pub(super) token_file: Option<PathBuf>,
    pub(super) sound: Option<String>,
    pub(super) api_url: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [notify.telegram]")]
pub(super) struct TelegramSection {
    pub(super) token_file: Option<PathBuf>,
    pub(super) api_url: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [notify.webhook]")]
pub(super) struct WebhookSection {
    pub(super) secret_file: Option<PathBuf>,
    /// Where the webhooks lead that policies name.
    pub(super) targets: BTreeMap<Key, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [notify.opsgenie]")]
pub(super) struct OpsgenieSection {
    pub(super) api_key_file: Option<PathBuf>,
    pub(super) api_url: Option<String>,
}

fn twilio_api() -> String {
    "https://api.twilio.com".to_owned()
}

fn english() -> String {
    "en-GB".to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

fn ntfy_server() -> String {
    "https://ntfy.sh".to_owned()
}
