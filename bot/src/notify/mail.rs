//! Mail through a relay. What a letter looks like is in [`letter`], the talk with the relay in [`conversation`].

mod conversation;
mod letter;

use std::fmt;
use std::time::Duration;

use firebell_core::effect::Delivery;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use self::conversation::Relay;
use crate::notify::http::delivered;
use crate::notify::message::Message;
use crate::notify::secret::{Address, Secret};
use crate::notify::setup::{Now, Setup, SetupError};

const NAME: &str = "mail";

/// A relay, and as whom Firebell writes.
#[derive(Debug, Clone)]
pub struct MailConfig {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub login: Option<Login>,
    /// Such as `Firebell <firebell@example.org>`.
    pub from: String,
    /// As which host Firebell greets the relay; this machine's name where there is none.
    pub hello: Option<String>,
    /// Certificates in PEM that are trusted beside the machine's own, for a relay of a private authority.
    pub roots: Vec<String>,
}

/// How the way to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte, mostly on port 465.
    Implicit,
    /// TLS after a greeting, mostly on port 587. A relay that does not offer it gets nothing.
    StartTls,
    /// None, for a relay on this machine alone.
    None,
}

/// An account of the relay.
#[derive(Debug, Clone)]
pub struct Login {
    pub user: String,
    pub password: Secret,
}

/// Writes through one relay, whose connections it keeps for a minute.
pub struct Mail {
    relay: Relay,
    from: Mailbox,
    now: Now,
    time: Duration,
}

impl Mail {
    /// Prepares it; nobody is called yet.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: &MailConfig, setup: &Setup) -> Result<Self, SetupError> {
        let failed = |why: &str| SetupError::new(NAME, why);
        let is_local = matches!(config.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        if config.encryption == Encryption::None && !is_local {
            return Err(failed("the relay is on another machine, so its encryption must be implicit or starttls"));
        }
        let from =
            config.from.parse().map_err(|_| failed("the sender is no mail address; write Name <name@example.org>"))?;
        let hello = match &config.hello {
            Some(name) if name.is_empty() || name.bytes().any(|byte| !byte.is_ascii_graphic()) => {
                return Err(failed(
                    "the name to greet the relay with is none; write this machine's, such as fire.example.org",
                ));
            }
            Some(name) => ClientId::Domain(name.clone()),
            None => ClientId::default(),
        };
        let login = config.login.as_ref();
        let relay = Relay {
            server: (config.host.clone(), config.port),
            encryption: config.encryption,
            tls: tls_parameters(config)?,
            login: login.map(|login| Credentials::new(login.user.clone(), login.password.expose().to_owned())),
            hello,
            connect_time: setup.times.connect,
            idle: tokio::sync::Mutex::default(),
        };
        Ok(Self { relay, from, now: setup.now.clone(), time: setup.times.whole })
    }

    /// Whether an address is one of a mailbox.
    ///
    /// # Errors
    /// What is wrong with it and what to give instead.
    pub fn check(&self, address: &Address) -> Result<(), String> {
        mailbox(address).map(drop)
    }

    pub(crate) async fn send(&self, to: &Address, message: &Message) -> Delivery {
        let to = match mailbox(to) {
            Ok(to) => to,
            Err(why) => return Delivery::Impossible(why),
        };
        let Some(letter) = letter::write(message, &self.from, to.clone(), (self.now)()) else {
            return Delivery::Impossible("the letter cannot be written; check the sender and the address".to_owned());
        };
        match self.relay.deliver(&self.from.email, &to, &letter.bytes, self.time).await {
            Ok(()) => delivered(letter.id),
            Err(delivery) => delivery,
        }
    }
}

/// Without the relay's connections, and without the sender, who is nobody's business.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("time", &self.time).finish_non_exhaustive()
    }
}

/// The way to a mailbox. Names are not taken: an address is `ana@example.org` alone.
fn mailbox(address: &Address) -> Result<lettre::Address, String> {
    let text = address.expose();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic()) && text.len() <= 254;
    text.parse()
        .ok()
        .filter(|_| is_plain)
        .ok_or_else(|| "this is no mail address; write it as in ana@example.org".to_owned())
}

fn tls_parameters(config: &MailConfig) -> Result<Option<TlsParameters>, SetupError> {
    if config.encryption == Encryption::None {
        return Ok(None);
    }
    let mut parameters = TlsParameters::builder(config.host.clone());
    for root in &config.roots {
        // What is no PEM at all is read as no certificate, and would be found out by the first letter.
        let root = Certificate::from_pem(root.as_bytes()).ok().filter(|_| root.contains("-----BEGIN CERTIFICATE-----"));
        let no_pem = || SetupError::new(NAME, "a certificate to trust is not in PEM; give the authority's own");
        parameters = parameters.add_root_certificate(root.ok_or_else(no_pem)?);
    }
    let why = |error| SetupError::new(NAME, format!("{error}; check the relay's host and the certificates to trust"));
    parameters.build().map(Some).map_err(why)
}
