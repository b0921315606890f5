//! How people are reached: contact methods, where each leads, and which comes when.

mod read;

use std::fmt;

use chrono::TimeDelta;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::read::NoRule;
use super::Origin;
use crate::when::compact_duration;

/// A way to reach a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactMethod {
    /// The terminal of the console platform.
    Console,
    /// A direct message in Slack.
    Slack,
    /// A direct message in Discord.
    Discord,
    /// A mention in the incident's room in Discord.
    #[serde(rename = "discord-room")]
    DiscordRoom,
    Email,
    /// A text message to a telephone.
    Sms,
    /// A call to a telephone.
    Voice,
    Ntfy,
    Gotify,
    Pushover,
    Telegram,
    /// A signed request to a URL.
    Webhook,
    /// An event to a service of `PagerDuty`, for teams that keep it.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// An alert in Opsgenie, for teams that keep it.
    Opsgenie,
}

/// Where a method leads: a number, a mailbox, a topic. It is sealed with the installation's key, and nothing here can open
/// it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Base64.
    pub sealed: String,
    /// What the installation's key makes of it; the same for the same address, so that a change can be told.
    pub mark: String,
    /// Files take back only what files gave.
    pub origin: Origin,
}

/// An address as a file or a person says it. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainAddress(pub String);

/// How much a page hurries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// People are woken.
    #[default]
    High,
    /// It has time until somebody looks.
    Low,
}

/// A person's own rule: by this method, so long after a step has told them, unless they have answered by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalRule {
    pub urgency: Urgency,
    pub method: ContactMethod,
    /// In seconds.
    pub after_s: i64,
}

/// What a person said in chat of how they are reached. Of that a file has no say until they take it back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Chosen {
    /// Which method comes first.
    pub order: bool,
    /// Their rules.
    pub rules: bool,
}

impl Chosen {
    /// Whether a file has its say in everything.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl PlainAddress {
    /// As much of it as its owner needs to know it again: the end of a number, the domain of a mailbox, the host of a URL.
    pub fn masked(&self) -> String {
        let text = self.0.trim();
        if let Some((scheme, rest)) = text.split_once("://") {
            let place = rest.split(['/', '?', '#']).next().unwrap_or_default();
            // What stands before an at sign is a user with a password.
            let host = place.rsplit('@').next().unwrap_or_default();
            return format!("{scheme}://{host}/…");
        }
        let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
        if let Some((name, domain)) = text.split_once('@') {
            return format!("{}…@{domain}", first(name));
        }
        // Of a short one, two signs would be too much.
        let length = text.chars().count();
        let shown = if length < 6 { 0 } else { 2 };
        format!("…{}", text.chars().skip(length - shown).collect::<String>())
    }
}

/// What the end of a page is by a contact method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A message of its own.
    Message,
    /// It takes the place of what each notice said.
    Edit,
    /// It stops what each notice set going: a call, an alarm that repeats itself.
    Stop,
    /// It closes what the page opened elsewhere.
    Close,
}

impl Ending {
    /// Whether something goes on until then, whoever knows that the page is over.
    pub fn acts(self) -> bool {
        matches!(self, Self::Stop | Self::Close)
    }

    /// Whether it is one of each notice, and not of all together.
    pub fn is_of_each(self) -> bool {
        matches!(self, Self::Edit | Self::Stop)
    }
}

impl ContactMethod {
    /// Every method.
    pub const ALL: [Self; 14] = [
        Self::Console,
        Self::Slack,
        Self::Discord,
        Self::DiscordRoom,
        Self::Email,
        Self::Sms,
        Self::Voice,
        Self::Ntfy,
        Self::Gotify,
        Self::Pushover,
        Self::Telegram,
        Self::Webhook,
        Self::PagerDuty,
        Self::Opsgenie,
    ];

    /// Whether it calls people, or tells a service whose business is to.
    pub fn is_loud(self) -> bool {
        matches!(self, Self::Voice | Self::PagerDuty | Self::Opsgenie)
    }

    /// Whether a text of many lines is read there as it should be.
    pub fn takes_long_texts(self) -> bool {
        matches!(self, Self::Console | Self::Slack | Self::Discord | Self::DiscordRoom | Self::Email | Self::Telegram)
    }

    /// The word used in files, tables and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::DiscordRoom => "discord-room",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Voice => "voice",
            Self::Ntfy => "ntfy",
            Self::Gotify => "gotify",
            Self::Pushover => "pushover",
            Self::Telegram => "telegram",
            Self::Webhook => "webhook",
            Self::PagerDuty => "pagerduty",
            Self::Opsgenie => "opsgenie",
        }
    }

    /// Whether a provider tells after it has accepted a notice how it fared. By the others nobody hears more than that, so
    /// what they accepted counts as delivered.
    pub fn tells_receipts(self) -> bool {
        matches!(self, Self::Sms | Self::Voice)
    }

    /// Whether each notice disturbs somebody, so that many at once are told as one; programs want each.
    pub fn disturbs(self) -> bool {
        self.has_address() && !matches!(self, Self::Webhook | Self::PagerDuty | Self::Opsgenie)
    }

    /// What the end of a page is there.
    pub fn ending(self) -> Ending {
        match self {
            Self::Console | Self::Email | Self::Sms | Self::Gotify => Ending::Message,
            Self::Slack | Self::Discord | Self::DiscordRoom | Self::Telegram | Self::Ntfy => Ending::Edit,
            Self::Voice | Self::Pushover => Ending::Stop,
            Self::Webhook | Self::PagerDuty | Self::Opsgenie => Ending::Close,
        }
    }

    /// Whether the end of a page is a message of its own that reaches them like any other.
    pub fn tells_ends(self) -> bool {
        self.has_address() && self.ending() == Ending::Message
    }

    /// Whether it leads to an address that somebody has to name, and not to an account of a chat platform.
    pub fn has_address(self) -> bool {
        !matches!(self, Self::Console | Self::Slack | Self::Discord | Self::DiscordRoom)
    }
}

impl Urgency {
    /// Whether it is what a page has of which nothing else was said.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
    pub(crate) fn is_high(&self) -> bool {
        *self == Self::High
    }

    /// The word used in files and texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
        }
    }
}

impl PersonalRule {
    /// How long after the step.
    pub fn after(&self) -> TimeDelta {
        TimeDelta::try_seconds(self.after_s).unwrap_or(TimeDelta::MAX)
    }
}

/// As files write it: `sms after 2m`.
impl fmt::Display for PersonalRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method.word())?;
        if self.after_s > 0 { write!(f, " after {}", compact_duration(self.after())) } else { Ok(()) }
    }
}

/// Without what leads to the person.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl fmt::Debug for PlainAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainAddress(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_again_by_its_owner_alone() {
        for (address, masked) in [
            ("+4366012345642", "…42"),
            (" ana@example.org ", "a…@example.org"),
            ("https://hooks.example.org/services/T1/B2?x=secret", "https://hooks.example.org/…"),
            ("https://ana:word@hooks.example.org/", "https://hooks.example.org/…"),
            ("bos-phone", "…ne"),
            ("12345", "…"),
            ("äöüäöü", "…öü"),
            ("", "…"),
        ] {
            assert_eq!(PlainAddress(address.to_owned()).masked(), masked, "{address}");
        }
    }

    #[test]
    fn files_and_tables_call_a_contact_by_the_same_word() {
        for method in ContactMethod::ALL {
            let written = serde_json::to_string(&method).unwrap();
            assert_eq!(written, format!("\"{}\"", method.word()));
            assert_eq!(serde_json::from_str::<ContactMethod>(&written).unwrap(), method);
        }
    }

    #[test]
    fn an_address_is_shown_nowhere() {
        let address = Address { sealed: "c2VjcmV0".to_owned(), mark: "m4rk".to_owned(), origin: Origin::File };
        let shown = format!("{address:?} {:?}", PlainAddress("+4915112345678".to_owned()));
        assert_eq!(shown, "Address { origin: File, .. } PlainAddress(..)");
    }
}
