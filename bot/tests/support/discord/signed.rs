//! Interactions by HTTP, signed:
//! <https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint>

use std::sync::Mutex;
use std::time::Duration;

use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};

use super::request::Request;
use super::{Fake, interactions};
use crate::support::fake::clock::micros;

/// How the next request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Signing {
    #[default]
    Good,
    /// By somebody who does not know the key.
    Forged,
    /// Ten minutes ago.
    Stale,
    /// Not at all.
    Missing,
    /// By bytes that are no signature.
    Malformed,
}

/// Keys and the address of the app.
pub(super) struct Signer {
    key: SigningKey,
    url: Mutex<Option<String>>,
    next: Mutex<Signing>,
    last: Mutex<Option<Posted>>,
}

/// A request as it was sent.
#[derive(Debug, Clone)]
struct Posted {
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

impl Received {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Signer {
    pub(super) fn of(tag: &str) -> Self {
        let mut seed = [7; 32];
        seed.iter_mut().zip(tag.bytes()).for_each(|(seed, byte)| *seed = byte);
        let key = SigningKey::from_bytes(&seed);
        Self { key, url: Mutex::default(), next: Mutex::default(), last: Mutex::default() }
    }

    pub(super) fn public_key(&self) -> String {
        hex(self.key.verifying_key().as_bytes())
    }

    /// Where interactions go; the gateway where there is none.
    pub(super) fn url(&self) -> Option<String> {
        self.url.lock().unwrap().clone()
    }

    /// Adds the signature, as told; `now` in microseconds since 1970.
    fn sign(&self, url: String, body: String, now: i64) -> Posted {
        let signing = std::mem::take(&mut *self.next.lock().unwrap());
        let ago = if signing == Signing::Stale { micros(Duration::from_mins(10)) } else { 0 };
        let time = ((now - ago) / 1_000_000).to_string();
        let other = SigningKey::from_bytes(&[9; 32]);
        let key = if signing == Signing::Forged { &other } else { &self.key };
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if signing != Signing::Missing {
            let signature = hex(&key.sign(format!("{time}{body}").as_bytes()).to_bytes());
            let signature = if signing == Signing::Malformed { "no signature".to_owned() } else { signature };
            headers.extend([("x-signature-ed25519", signature), ("x-signature-timestamp", time)]);
        }
        let posted = Posted { url, headers, body };
        *self.last.lock().unwrap() = Some(posted.clone());
        posted
    }
}

impl Fake {
    /// From now on interactions are sent as signed requests to this URL, such as
    /// `http://127.0.0.1:8080/discord/interactions`.
    pub(crate) fn deliver_to(&self, url: &str) {
        *self.inner.signer.url.lock().unwrap() = Some(url.to_owned());
    }

    /// The next request is signed like this.
    pub(crate) fn sign_next(&self, signing: Signing) {
        *self.inner.signer.next.lock().unwrap() = signing;
    }

    /// Sends the last request again as it was, as somebody could who listens on the line.
    pub(crate) async fn replay(&self) -> Received {
        let last = self.inner.signer.last.lock().unwrap().clone().expect("nothing was sent by HTTP");
        send(&last).await.expect("the app cannot be reached")
    }

    /// Discord's check that the URL is the app's.
    pub(crate) async fn pings(&self) -> Received {
        let body = self.with(|state| {
            json!({"id": state.id(), "application_id": state.application, "type": 1, "token": "ping", "version": 1,
                "user": state.user(&state.owner), "entitlements": []})
        });
        self.posts(&body.to_string()).await
    }

    /// Sends any body, signed as told by [`Fake::sign_next`].
    pub(crate) async fn posts(&self, body: &str) -> Received {
        let url = self.inner.signer.url().expect("tell where to deliver to first");
        let posted = self.inner.signer.sign(url, body.to_owned(), self.inner.clock.now());
        send(&posted).await.expect("the app cannot be reached")
    }

    /// Sends an interaction in the background; the answer is its callback.
    pub(super) fn post_interaction(&self, url: String, id: String, payload: &Value) {
        let fake = self.clone();
        let posted = fake.inner.signer.sign(url, payload.to_string(), fake.inner.clock.now());
        tokio::spawn(async move {
            let answer = tokio::time::timeout(interactions::PATIENCE, send(&posted)).await;
            let Ok(Ok(received)) = answer else { return fake.misses(&id) };
            let body = received.json();
            let name = "POST /interactions/{interaction_id}/{interaction_token}/callback".to_owned();
            let request =
                Request { name, params: Vec::new(), query: std::collections::BTreeMap::new(), body, files: Vec::new() };
            match received.status {
                // The callback was made by REST.
                202 | 204 => {}
                200 => {
                    let taken = fake.with(|state| {
                        let asked = state.interaction(&id).unwrap().clone();
                        state.hold_against(&request);
                        state.respond(&asked, &request)
                    });
                    if let Err(refusal) = taken {
                        let what = format!("an answer by HTTP was refused: {}", refusal.body());
                        fake.with(|state| state.violations.push(what));
                        fake.misses(&id);
                    }
                }
                _ => fake.misses(&id),
            }
        });
    }

    fn misses(&self, id: &str) {
        self.with(|state| state.fail(id));
    }
}

async fn send(posted: &Posted) -> reqwest::Result<Received> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().post(&posted.url).body(posted.body.clone());
    for (name, value) in &posted.headers {
        request = request.header(*name, value);
    }
    let agent = "Discord-Interactions/1.0 (+https://discord.com)";
    let response = request.header("user-agent", agent).send().await?;
    Ok(Received { status: response.status().as_u16(), body: response.text().await? })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
