//! The talk with a relay, step by step: what went wrong before the letter itself was handed over had no effect.

use std::error::Error as _;
use std::time::Duration;
use std::{io, iter};

use chrono::TimeDelta;
use firebell_core::effect::Delivery;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::{Instant, timeout_at};

use super::{Encryption, NAME};
use crate::notify::http::misconfigured;

/// How many connections wait for the next letter, and for how long: relays close them after a few minutes.
const IDLE_MAX: usize = 4;
const IDLE_TIME: Duration = Duration::from_mins(1);
/// The wait after a relay was not reached.
const WAIT_UNREACHED: TimeDelta = TimeDelta::seconds(5);
/// The wait after a relay said that it cannot now: greylisting asks for a minute and more.
const WAIT_BUSY: TimeDelta = TimeDelta::seconds(60);

/// A relay and the connections to it.
pub(super) struct Relay {
    pub(super) server: (String, u16),
    pub(super) encryption: Encryption,
    pub(super) tls: Option<TlsParameters>,
    pub(super) login: Option<Credentials>,
    pub(super) hello: ClientId,
    pub(super) connect_time: Duration,
    pub(super) idle: tokio::sync::Mutex<Vec<Idle>>,
}

/// A connection that waits for the next letter.
pub(super) struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

/// How far the talk had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    Login,
    Sender,
    Recipient,
    /// The letter itself: once it has begun, it may arrive whatever we hear.
    Letter,
}

impl Relay {
    /// Hands a letter over within `time`.
    ///
    /// # Errors
    /// How the attempt ended without the relay having taken it for sure.
    pub(super) async fn deliver(
        &self,
        from: &Address,
        to: &Address,
        bytes: &[u8],
        time: Duration,
    ) -> Result<(), Delivery> {
        let end = Instant::now() + time;
        let mut connection = match timeout_at(end, self.begin(from, to)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err((step, error))) => return Err(judge(step, &error)),
            Err(_) => return Err(Delivery::RetryAfter(WAIT_UNREACHED)),
        };
        match timeout_at(end, connection.message(bytes)).await {
            Ok(Ok(_)) => {
                self.keep(connection).await;
                Ok(())
            }
            Ok(Err(error)) => Err(judge(Step::Letter, &error)),
            Err(_) => Err(Delivery::Unknown),
        }
    }

    /// Comes as far as the relay's wish for the letter.
    async fn begin(&self, from: &Address, to: &Address) -> Result<AsyncSmtpConnection, (Step, Error)> {
        let mut connection = match self.take_idle().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let sender = Mail::new(Some(from.clone()), Vec::new());
        connection.command(sender).await.map_err(|error| (Step::Sender, error))?;
        let recipient = Rcpt::new(to.clone(), Vec::new());
        if let Err(error) = connection.command(recipient).await {
            connection.abort().await;
            return Err((Step::Recipient, error));
        }
        connection.command(Data).await.map_err(|error| (Step::Recipient, error))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, (Step, Error)> {
        let server = (self.server.0.as_str(), self.server.1);
        let implicit = self.tls.clone().filter(|_| self.encryption == Encryption::Implicit);
        let failed = |error| (Step::Connect, error);
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.connect_time), &self.hello, implicit, None).await;
        let mut connection = connected.map_err(failed)?;
        if let Some(tls) = self.tls.clone().filter(|_| self.encryption == Encryption::StartTls) {
            connection.starttls(tls, &self.hello).await.map_err(failed)?;
        }
        if let Some(login) = &self.login {
            let ways = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&ways, login).await.map_err(|error| (Step::Login, error))?;
        }
        Ok(connection)
    }

    /// A connection that waits and still answers.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            // Not held while the relay is asked, or all letters would wait for one answer.
            let Idle { mut connection, since } = self.idle.lock().await.pop()?;
            if since.elapsed() < IDLE_TIME && connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    async fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().await;
        idle.retain(|idle| idle.since.elapsed() < IDLE_TIME);
        if idle.len() < IDLE_MAX {
            idle.push(Idle { connection, since: Instant::now() });
        }
    }
}

fn judge(step: Step, error: &Error) -> Delivery {
    let code = error.status().map(u16::from);
    tracing::debug!(?step, code, "the relay did not take a letter");
    match code {
        Some(code) if error.is_permanent() => refused(step, code, error),
        Some(_) => Delivery::RetryAfter(WAIT_BUSY),
        None if step == Step::Letter => Delivery::Unknown,
        None if is_of_tls(error) => misconfigured(NAME, "TLS with the relay fails; check its certificate and the port"),
        None if error.is_client() && step == Step::Connect => {
            misconfigured(NAME, "the relay offers no STARTTLS; check the port and the encryption")
        }
        None if error.is_client() && step == Step::Login => {
            misconfigured(NAME, "the relay offers neither PLAIN nor LOGIN; check the login")
        }
        None => Delivery::RetryAfter(WAIT_UNREACHED),
    }
}

/// What a 5xx means depends on what was said. The relay's own words are left out: they repeat the address.
fn refused(step: Step, code: u16, error: &Error) -> Delivery {
    let policy = has_class(error, "5.7.");
    match step {
        Step::Connect => {
            misconfigured(NAME, &format!("the relay does not talk to this machine ({code}); check its access list"))
        }
        Step::Login => {
            misconfigured(NAME, &format!("the relay does not know Firebell's user or password ({code}); correct them"))
        }
        Step::Sender => {
            misconfigured(NAME, &format!("the relay does not take the sender ({code}); configure one that it does"))
        }
        Step::Recipient if policy || matches!(code, 530 | 535) => {
            misconfigured(NAME, &format!("the relay does not pass mail on for Firebell ({code}); configure a login"))
        }
        Step::Recipient => Delivery::Impossible(format!(
            "the relay refused the mail address ({code}); check that it exists and is not full"
        )),
        Step::Letter => {
            Delivery::Impossible(format!("the relay refused the letter itself ({code}); see its log for why"))
        }
    }
}

/// Whether TLS itself failed, as for a certificate that is not trusted, and not the connection below it.
fn is_of_tls(error: &Error) -> bool {
    let of_tls = |error: &(dyn std::error::Error + 'static)| {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.is_some_and(|inner| inner.downcast_ref::<rustls::Error>().is_some())
    };
    error.is_tls() || iter::successors(error.source(), |&error| error.source()).any(of_tls)
}

/// Whether the reply begins with such an enhanced status (RFC 3463).
fn has_class(error: &Error, class: &str) -> bool {
    error.source().is_some_and(|text| text.to_string().trim_start().starts_with(class))
}
