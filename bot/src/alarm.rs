//! The one exception to commit-first: when the database is lost, nothing can be committed, and yet somebody must hear
//! of it. The alarm goes from configuration alone to the last resort.

use std::io::Write as _;
use std::sync::OnceLock;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use reqwest::{Client, StatusCode, Url};
use tokio::sync::Mutex;

use crate::clock::Clock;

/// From the start of one attempt to the start of the next; their number is that of the attempts less one.
const SPACING: [TimeDelta; 2] = [TimeDelta::seconds(2), TimeDelta::seconds(8)];

/// Sounds at most one alarm for each loss of the database, and the all-clear when it is over.
pub struct Alarm {
    webhook: Option<Url>,
    clock: Clock,
    /// Made at the first alarm: its certificates and pools would sit in memory for years without need.
    client: OnceLock<Client>,
    loss: Mutex<Loss>,
}

/// What an alarm says. It holds no password and no connection string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmText {
    /// Which replica speaks.
    pub replica: String,
    /// When the database was first found lost.
    pub since: DateTime<Utc>,
    /// What the database or the network said.
    pub reason: String,
}

/// The webhook did not take the alarm. The URL is left out, since whoever knows it may post there.
#[derive(Debug, thiserror::Error)]
pub enum AlarmError {
    /// The HTTP client cannot be made.
    #[error("prepare the alarm's webhook: {0}; check this machine's certificates")]
    Client(#[source] reqwest::Error),
    /// The last of the attempts got no answer.
    #[error("send the alarm to its webhook: {0}; check its URL and the network")]
    NoAnswer(#[source] reqwest::Error),
    /// The last of the attempts was answered with something else than success.
    #[error("send the alarm to its webhook: it answered {0}; check its URL")]
    Answered(StatusCode),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Loss {
    /// The line is on stderr.
    written: bool,
    /// The webhook may have got the alarm: it was called, and an attempt without an answer may have arrived.
    called: bool,
    /// The webhook has taken the alarm.
    taken: bool,
}

impl Alarm {
    /// An alarm to `webhook`, which is given `{"text", "source", "at"}` as JSON; without one it is a line on stderr
    /// alone.
    pub fn new(webhook: Option<Url>, clock: Clock) -> Self {
        Self { webhook, clock, client: OnceLock::new(), loss: Mutex::default() }
    }

    /// Says that the database is lost: one line on stderr, then the webhook, with three attempts. When this loss has
    /// been told already, it does nothing; when the webhook did not take it the last time, the webhook is tried again.
    ///
    /// # Errors
    /// [`AlarmError`] when the webhook took it at none of the attempts. The line is on stderr all the same.
    pub async fn raise(&self, what: &AlarmText) -> Result<(), AlarmError> {
        let mut loss = self.loss.lock().await;
        let text = what.sentence();
        if !loss.written {
            loss.written = true;
            write_line(&text);
        }
        if loss.taken {
            return Ok(());
        }
        loss.called = self.webhook.is_some();
        self.call(&text).await?;
        loss.taken = true;
        Ok(())
    }

    /// Says that the database is back, to whoever may have got the alarm, and is ready for the next loss. It does
    /// nothing when there was no alarm.
    ///
    /// # Errors
    /// [`AlarmError`] when the webhook took the all-clear at none of three attempts. The next loss is told all the same.
    pub async fn over(&self) -> Result<(), AlarmError> {
        // Held to the end, so that an alarm of the next loss cannot arrive before this all-clear.
        let mut held = self.loss.lock().await;
        let loss = std::mem::take(&mut *held);
        if !loss.written {
            return Ok(());
        }
        let text = "firebell: all clear, the database answers again";
        write_line(text);
        if loss.called { self.call(text).await } else { Ok(()) }
    }

    async fn call(&self, text: &str) -> Result<(), AlarmError> {
        let Some(webhook) = &self.webhook else { return Ok(()) };
        let at = self.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = serde_json::json!({ "text": text, "source": "firebell", "at": at });
        let client = self.client()?;
        for spacing in SPACING {
            let next = self.clock.now() + spacing;
            match post(client, webhook, &body).await {
                Ok(()) => return Ok(()),
                Err(error) => tracing::warn!(%error, "the alarm was not taken; trying again"),
            }
            self.clock.sleep_until(next).await;
        }
        post(client, webhook, &body).await
    }

    fn client(&self) -> Result<&Client, AlarmError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = crate::client::client().map_err(AlarmError::Client)?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl AlarmText {
    fn sentence(&self) -> String {
        let Self { replica, since, reason } = self;
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        // One line, whatever the database said.
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        format!(
            "firebell: {replica} has lost the database since {since}: {reason}. Pages and escalations do not run until it is back."
        )
    }
}

/// Not `eprintln!`, which panics when stderr is closed, and not the log, whose filter may leave it out.
fn write_line(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

async fn post(client: &Client, webhook: &Url, body: &serde_json::Value) -> Result<(), AlarmError> {
    let answer = client
        .post(webhook.clone())
        .json(body)
        .send()
        .await
        .map_err(|error| AlarmError::NoAnswer(error.without_url()))?;
    if answer.status().is_success() { Ok(()) } else { Err(AlarmError::Answered(answer.status())) }
}

#[cfg(test)]
mod tests;
