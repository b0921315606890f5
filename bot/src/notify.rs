//! Contact methods: the adapters that carry a notice to a person. Each translates a [`Message`] into its provider's
//! calls and the answer into a `Delivery`; when to send, to whom, and how often is decided elsewhere.
//!
//! Nothing of a message's text, of an address or of a credential is logged or put into an error.

mod carriers;
mod gotify;
pub mod guard;
mod http;
mod mail;
mod message;
mod notifier;
mod ntfy;
mod opsgenie;
mod pagerduty;
mod phone;
mod pushover;
mod secret;
mod setup;
pub mod standard_webhooks;
mod telegram;
pub mod throttle;
pub mod twilio;
mod webhook;

pub use carriers::generic::{Format, HttpCarrier, HttpCarrierConfig};
pub use carriers::{Carrier, Carriers};
pub use gotify::{Gotify, GotifyConfig};
pub use mail::{Encryption, Login, Mail, MailConfig};
pub use message::{Ack, Message, Purpose};
pub use notifier::Notifier;
pub use ntfy::{Ntfy, NtfyAuth, NtfyConfig};
pub use opsgenie::{Opsgenie, OpsgenieConfig};
pub use pagerduty::{PagerDuty, PagerDutyConfig};
pub use pushover::{Pushover, PushoverConfig};
pub use reqwest::Url;
pub use secret::{Address, Secret};
pub use setup::{Now, Setup, SetupError, Times};
pub use telegram::updates::{Happened, Update, Updates, UpdatesError};
pub use telegram::{Telegram, TelegramConfig};
pub use webhook::{Webhook, WebhookConfig};
