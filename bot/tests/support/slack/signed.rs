//! The same by HTTP, signed: <https://docs.slack.dev/authentication/verifying-requests-from-slack>

use std::time::Duration;

use ring::hmac;
use serde_json::{Value, json};

use super::super::fake::clock;
use super::Fake;
use super::delivery::{Sent, What};

/// How the next request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Signing {
    #[default]
    Good,
    /// By somebody who does not know the secret.
    Forged,
    /// Ten minutes ago.
    Stale,
    /// Not at all.
    Missing,
}

/// A request as it was sent.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

/// What the app answered.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Fake {
    /// The next request is signed like this.
    pub(crate) fn sign_next(&self, signing: Signing) {
        *self.inner.deliveries.signing.lock().unwrap() = signing;
    }

    /// Sends the last request again as it was, as somebody could who listens on the line.
    pub(crate) async fn replay(&self) -> Received {
        let last = self.inner.deliveries.last.lock().unwrap().clone().expect("nothing was sent by HTTP");
        send(&last).await.expect("the app cannot be reached")
    }

    /// Slack's check that the URL is the app's.
    pub(crate) async fn verifies_url(&self, challenge: &str) -> Received {
        let body = json!({"token": "verification-token", "challenge": challenge, "type": "url_verification"});
        self.request("/slack/events", "application/json", body.to_string(), Vec::new()).await.unwrap()
    }

    /// Slack's check of the certificate of the URL for commands.
    pub(crate) async fn checks_ssl(&self) -> Received {
        let form = "ssl_check=1&token=verification-token".to_owned();
        self.request("/slack/commands", "application/x-www-form-urlencoded", form, Vec::new()).await.unwrap()
    }

    /// Sends any body, signed as told by [`Fake::sign_next`].
    pub(crate) async fn posts(&self, path: &str, content_type: &str, body: &str) -> Received {
        self.request(path, content_type, body.to_owned(), Vec::new()).await.unwrap()
    }

    /// Sends something in the background; the answer is its acknowledgement.
    pub(super) fn post(&self, base: String, sent: Sent, reason: &str) {
        let fake = self.clone();
        let signed = fake.sign(base, &sent, reason);
        tokio::spawn(async move {
            let answer = tokio::time::timeout(Duration::from_secs(3), send(&signed)).await;
            let (to_people, for_retries) = match answer {
                Ok(Ok(received)) if (200..300).contains(&received.status) => {
                    return fake.ack(&sent.envelope, payload_of(&received.body));
                }
                Ok(Ok(_)) => ("dispatch_failed", "http_error"),
                Ok(Err(_)) => ("dispatch_failed", "connection_failed"),
                Err(_) => ("operation_timeout", "http_timeout"),
            };
            fake.fail(&sent.envelope, if sent.what == What::Event { for_retries } else { to_people });
        });
    }

    fn sign(&self, base: String, sent: &Sent, reason: &str) -> Posted {
        let form = "application/x-www-form-urlencoded";
        let (path, content_type, body) = match sent.what {
            What::Event => ("/slack/events", "application/json", sent.payload.to_string()),
            What::Command => ("/slack/commands", form, form_of(&sent.payload)),
            What::Interaction => ("/slack/interactions", form, form_of(&json!({"payload": sent.payload.to_string()}))),
        };
        let mut headers = Vec::new();
        if sent.attempt > 0 {
            headers.push(("x-slack-retry-num", sent.attempt.to_string()));
            headers.push(("x-slack-retry-reason", reason.to_owned()));
        }
        self.signed(base + path, content_type, body, headers)
    }

    async fn request(
        &self,
        path: &str,
        content_type: &str,
        body: String,
        headers: Vec<(&'static str, String)>,
    ) -> reqwest::Result<Received> {
        let base = self.inner.deliveries.http.lock().unwrap().clone().expect("tell where to deliver to first");
        send(&self.signed(base + path, content_type, body, headers)).await
    }

    /// Adds the signature, as told.
    fn signed(
        &self,
        url: String,
        content_type: &str,
        body: String,
        mut headers: Vec<(&'static str, String)>,
    ) -> Posted {
        let signing = std::mem::take(&mut *self.inner.deliveries.signing.lock().unwrap());
        let now =
            self.inner.clock.now() - if signing == Signing::Stale { clock::micros(Duration::from_mins(10)) } else { 0 };
        let time = (now / 1_000_000).to_string();
        let secret = if signing == Signing::Forged { "not the secret" } else { &self.inner.signing_secret };
        headers.push(("content-type", content_type.to_owned()));
        if signing != Signing::Missing {
            headers.push(("x-slack-signature", signature(secret, &time, &body)));
            headers.push(("x-slack-request-timestamp", time));
        }
        let posted = Posted { url, headers, body };
        *self.inner.deliveries.last.lock().unwrap() = Some(posted.clone());
        posted
    }
}

fn signature(secret: &str, time: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{time}:{body}").as_bytes());
    tag.as_ref().iter().fold("v0=".to_owned(), |hex, byte| hex + &format!("{byte:02x}"))
}

async fn send(posted: &Posted) -> reqwest::Result<Received> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().post(&posted.url).body(posted.body.clone());
    for (name, value) in &posted.headers {
        request = request.header(*name, value);
    }
    let response = request.header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)").send().await?;
    Ok(Received { status: response.status().as_u16(), body: response.text().await? })
}

/// The form of an object's fields.
fn form_of(fields: &Value) -> String {
    let mut url = reqwest::Url::parse("http://slack/").unwrap();
    for (name, value) in fields.as_object().unwrap() {
        url.query_pairs_mut().append_pair(name, value.as_str().unwrap_or_default());
    }
    url.query().unwrap_or_default().to_owned()
}

/// An empty answer says nothing; one that is not JSON is text to show.
fn payload_of(body: &str) -> Option<Value> {
    if body.is_empty() {
        return None;
    }
    Some(serde_json::from_str(body).unwrap_or_else(|_| json!({"text": body})))
}
