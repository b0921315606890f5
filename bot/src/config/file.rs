//! The keys of `firebell.toml`, as they are written there.

use std::net::SocketAddr;
use std::path::PathBuf;

use firebell_core::directory::{ContactMethod, Standing, Urgency};
use firebell_core::ids::Key;
use firebell_core::paging::policy::AckNeed;
use firebell_core::settings::Capture;
use serde::Deserialize;
use toml::Spanned;

use super::calendars::CalendarSection;
use super::notify::Notify;
use super::oncall::{ScheduleSection, WindowText};
use super::postmortem::PostmortemSection;
use super::secret::Webhook;
use super::trackers::{ActionsSection, TrackerSection};
use super::value::{self, Kept, Link, Name, Retention, Wait, Zone};
use crate::logging::LogFormat;
use crate::store::DatabaseUrl;

/// The whole file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "sections")]
pub(super) struct File {
    pub(super) database: Database,
    pub(super) key: KeySection,
    pub(super) http: HttpSection,
    pub(super) notify: Notify,
    pub(super) alarm: Alarm,
    pub(super) heartbeat: Heartbeat,
    pub(super) synthetic: Synthetic,
    pub(super) proof: Proof,
    pub(super) templates: Templates,
    pub(super) log: Log,
    pub(super) incidents: Incidents,
    pub(super) postmortem: PostmortemSection,
    pub(super) retention: Retention,
    pub(super) actions: ActionsSection,
    pub(super) trackers: Vec<TrackerSection>,
    pub(super) slack: Vec<Slack>,
    pub(super) discord: Vec<Discord>,
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<Team>,
    pub(super) services: Vec<Service>,
    pub(super) policies: Vec<Policy>,
    pub(super) schedules: Vec<ScheduleSection>,
    pub(super) calendars: Vec<CalendarSection>,
    pub(super) last_resort: Vec<Spanned<Key>>,
}

/// A file of the directory.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "sections")]
pub(super) struct DirectoryFile {
    pub(super) people: Vec<Person>,
    pub(super) teams: Vec<Team>,
    pub(super) services: Vec<Service>,
    pub(super) policies: Vec<Policy>,
    pub(super) schedules: Vec<ScheduleSection>,
    pub(super) calendars: Vec<CalendarSection>,
    pub(super) last_resort: Option<Spanned<Vec<Spanned<Key>>>>,
}

/// `[database]`: where everything is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [database]")]
pub struct Database {
    #[serde(deserialize_with = "value::database_url")]
    pub url: DatabaseUrl,
    /// How many connections to Postgres are kept at most.
    #[serde(deserialize_with = "value::connections")]
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: DatabaseUrl::default(), connections: 16 }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [key]")]
pub(super) struct KeySection {
    #[serde(deserialize_with = "value::some_path")]
    pub(super) file: Option<PathBuf>,
}

/// `[http]`: the HTTP server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [http]")]
pub(super) struct HttpSection {
    #[serde(deserialize_with = "value::listen")]
    pub(super) listen: SocketAddr,
    pub(super) public_url: Option<Spanned<Link>>,
}

impl Default for HttpSection {
    fn default() -> Self {
        Self { listen: Http::default().listen, public_url: None }
    }
}

/// Where the HTTP server listens, and where it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Http {
    pub listen: SocketAddr,
    /// Where people's browsers and carriers reach it, with a stroke at its end; without it, pages are answered in chat alone.
    pub public_url: Option<reqwest::Url>,
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 7373)), public_url: None }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [alarm]")]
pub(super) struct Alarm {
    pub(super) webhook: Option<Webhook>,
    pub(super) webhook_file: Option<Spanned<value::FilePath>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [heartbeat]")]
pub(super) struct Heartbeat {
    pub(super) url: Option<Webhook>,
    pub(super) url_file: Option<Spanned<value::FilePath>>,
    pub(super) every: value::Beat,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [synthetic]")]
pub(super) struct Synthetic {
    pub(super) person: Option<Spanned<Key>>,
    pub(super) method: Option<Spanned<ContactMethod>>,
    pub(super) every: Option<Spanned<Wait>>,
    pub(super) within: Option<Spanned<Wait>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [proof]")]
pub(super) struct Proof {
    pub(super) every: Option<Spanned<Wait>>,
    pub(super) at: Option<value::Hour>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [templates]")]
pub(super) struct Templates {
    #[serde(deserialize_with = "value::some_path")]
    pub(super) dir: Option<PathBuf>,
}

/// `[log]`: what is written to standard error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [log]")]
pub struct Log {
    pub format: LogFormat,
    pub level: LogLevel,
}

/// The least important lines that are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

impl LogLevel {
    /// The word that log filters understand.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [incidents]")]
pub(super) struct Incidents {
    pub(super) types: Option<Spanned<Vec<Spanned<Key>>>>,
    pub(super) default_severity: Option<Spanned<Key>>,
    pub(super) default_policy: Option<Spanned<Key>>,
    pub(super) capture: Option<CaptureWord>,
    pub(super) mirror: Option<Spanned<bool>>,
    pub(super) person_wait: Option<Wait>,
    pub(super) last_resort_every: Option<Wait>,
    pub(super) severity: Vec<Severity>,
    pub(super) role: Vec<Role>,
    pub(super) field: Vec<Field>,
    pub(super) cause_categories: Option<Spanned<Vec<Spanned<Key>>>>,
    pub(super) interval: Vec<Interval>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum CaptureWord {
    All,
    Marked,
}

impl From<CaptureWord> for Capture {
    fn from(word: CaptureWord) -> Self {
        match word {
            CaptureWord::All => Self::All,
            CaptureWord::Marked => Self::Marked,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[incidents.severity]]")]
pub(super) struct Severity {
    #[serde(default)]
    pub(super) urgency: Urgency,
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
    pub(super) update_every: Option<Kept>,
    #[serde(default)]
    pub(super) pages: bool,
    #[serde(default)]
    pub(super) rooms: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[incidents.role]]")]
pub(super) struct Role {
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[incidents.field]]")]
pub(super) struct Field {
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
    #[serde(default)]
    pub(super) values: Vec<Spanned<Name>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[incidents.interval]]")]
pub(super) struct Interval {
    pub(super) name: Spanned<Name>,
    pub(super) from: Spanned<String>,
    pub(super) to: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [[slack]]")]
#[derive(Default)]
pub(super) struct Slack {
    pub(super) name: Option<Spanned<Key>>,
    pub(super) bot_token_file: Option<value::FilePath>,
    pub(super) app_token_file: Option<value::FilePath>,
    pub(super) signing_secret_file: Option<value::FilePath>,
    pub(super) api_url: Option<Spanned<String>>,
    #[serde(deserialize_with = "value::sockets")]
    pub(super) connections: Option<u8>,
    pub(super) room_name: Option<Spanned<String>>,
    pub(super) announce: Vec<String>,
    pub(super) invite_group: Option<String>,
    pub(super) on_call_group: Option<String>,
    pub(super) on_call_policy: Option<Spanned<Key>>,
    pub(super) archive_after: Option<Kept>,
    pub(super) reactions: Option<Vec<String>>,
    pub(super) evidence_reactions: Option<Vec<String>>,
    pub(super) copy_files: Option<value::Size>,
    pub(super) members: Option<Members>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a section, such as [[discord]]")]
#[derive(Default)]
pub(super) struct Discord {
    pub(super) name: Option<Spanned<Key>>,
    pub(super) guild: Option<Spanned<String>>,
    pub(super) bot_token_file: Option<value::FilePath>,
    pub(super) public_key: Option<Spanned<String>>,
    pub(super) gateway: Option<Spanned<bool>>,
    pub(super) commands: Option<Commands>,
    pub(super) api_url: Option<Spanned<String>>,
    pub(super) gateway_url: Option<Spanned<String>>,
    pub(super) forum: Option<Spanned<String>>,
    pub(super) category: Option<Spanned<String>>,
    pub(super) private_threads: Option<Spanned<String>>,
    pub(super) room_name: Option<Spanned<String>>,
    pub(super) announce: Vec<Spanned<String>>,
    pub(super) announce_roles: Vec<Spanned<String>>,
    pub(super) invite_role: Option<Spanned<String>>,
    pub(super) invite_by: Option<InviteBy>,
    pub(super) on_call_role: Option<Spanned<String>>,
    pub(super) on_call_policy: Option<Spanned<Key>>,
    pub(super) tags: Option<bool>,
    pub(super) archive_after: Option<Kept>,
    pub(super) reactions: Option<Vec<String>>,
    pub(super) evidence_reactions: Option<Vec<String>>,
    pub(super) copy_files: Option<value::Size>,
    pub(super) members: Option<Members>,
}

/// For whom Discord's commands are registered.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Commands {
    Guild,
    Global,
}

/// How a role's members come into a room in Discord.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum InviteBy {
    Mention,
    Members,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
pub(super) enum Members {
    Responder,
    Guest,
}

impl Members {
    pub(super) fn standing(self) -> Standing {
        match self {
            Self::Responder => Standing::Responder,
            Self::Guest => Standing::Guest,
        }
    }
}

/// A person's accounts: one of the only workspace, or one of each by its name.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an account's id in quotes, or one for each workspace, as { main = \"...\" }")]
pub(super) enum Accounts {
    One(String),
    Each(std::collections::BTreeMap<String, String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[people]]")]
pub(super) struct Person {
    pub(super) handle: Spanned<Key>,
    pub(super) name: Option<Name>,
    pub(super) email: Option<Spanned<String>>,
    pub(super) slack: Option<Spanned<Accounts>>,
    pub(super) discord: Option<Spanned<Accounts>>,
    #[serde(default)]
    pub(super) zone: Zone,
    #[serde(default)]
    pub(super) admin: bool,
    #[serde(default)]
    pub(super) guest: Option<Spanned<bool>>,
    pub(super) contacts: Option<Vec<Spanned<ContactMethod>>>,
    #[serde(default)]
    pub(super) addresses: std::collections::BTreeMap<ContactMethod, Spanned<String>>,
    pub(super) rules: Option<Rules>,
}

/// Which methods come when, by urgency: each as `sms` or `sms after 2m`.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default, expecting = "{ high = [...], low = [...] }")]
pub(super) struct Rules {
    pub(super) high: Vec<Spanned<String>>,
    pub(super) low: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[teams]]")]
pub(super) struct Team {
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
    #[serde(default)]
    pub(super) members: Vec<Spanned<Key>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[services]]")]
pub(super) struct Service {
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
    pub(super) team: Option<Spanned<Key>>,
    pub(super) policy: Option<Spanned<Key>>,
    pub(super) tier: Option<Spanned<i64>>,
    #[serde(default)]
    pub(super) depends_on: Vec<Spanned<Key>>,
    pub(super) runbook: Option<Link>,
    #[serde(default)]
    pub(super) rooms: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[policies]]")]
pub(super) struct Policy {
    pub(super) key: Spanned<Key>,
    pub(super) name: Option<Name>,
    #[serde(default = "one", deserialize_with = "value::rounds")]
    pub(super) rounds: i64,
    /// Pages that do not hurry wait for these.
    #[serde(default)]
    pub(super) low_urgency_hours: Vec<WindowText>,
    pub(super) zone: Option<Spanned<Zone>>,
    pub(super) again_after: Option<Spanned<Wait>>,
    #[serde(default)]
    pub(super) steps: Vec<Spanned<Step>>,
}

fn one() -> i64 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section, such as [[policies.steps]]")]
pub(super) struct Step {
    #[serde(default)]
    pub(super) people: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) schedules: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) round_robin: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) teams: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) rooms: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) webhooks: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) severities: Vec<Spanned<Key>>,
    #[serde(default)]
    pub(super) urgencies: Vec<Urgency>,
    #[serde(default)]
    pub(super) tiers: Vec<Spanned<i64>>,
    #[serde(default)]
    pub(super) hours: Vec<WindowText>,
    pub(super) zone: Option<Spanned<Zone>>,
    #[serde(default)]
    pub(super) wait: Wait,
    #[serde(default)]
    pub(super) needs: Needs,
}

/// Whose acknowledgement a step waits for.
#[derive(Deserialize, Clone, Copy, Default)]
#[serde(rename_all = "lowercase")]
pub(super) enum Needs {
    #[default]
    Anyone,
    Everyone,
}

impl From<Needs> for AckNeed {
    fn from(needs: Needs) -> Self {
        match needs {
            Needs::Anyone => Self::Anyone,
            Needs::Everyone => Self::Everyone,
        }
    }
}
