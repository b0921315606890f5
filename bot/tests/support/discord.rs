//! A Discord of our own on loopback: REST v10, the gateway and signed HTTP, with people who do things.
//!
//! It follows <https://docs.discord.com/developers>, every request is held against Discord's own description of its API, and
//! `scripts/interop/discord_js_check.mjs` holds the fake against discord.js. The clock stands still until [`Fake::pass`]
//! moves it, but whoever waits for the app waits in real time.

mod acts;
mod check;
mod control;
mod gateway;
mod interactions;
mod mentions;
mod openapi;
mod perms;
mod reading;
mod refusal;
mod render;
mod request;
mod rest;
mod server;
mod setup;
mod signed;
mod state;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::fake::clock::Clock;
use super::fake::faults::Faults;
use super::fake::listener;
use super::fake::waiting::Changes;

pub(crate) use super::fake::faults::{Fault, Trouble};

pub(crate) use self::acts::{Outcome, Shared as SharedFile};
pub(crate) use self::gateway::{Connection, intents};
pub(crate) use self::interactions::{Modal, Shown};
pub(crate) use self::mentions::Pinged;
pub(crate) use self::perms::{NAMES as PERMISSIONS, flags as permissions};
pub(crate) use self::signed::{Received, Signing};
pub(crate) use self::state::{
    Attachment, Channel, Ephemeral, Kind, Member, Message, Overwrite, Role, State, Tag, Thread, User,
};

use self::signed::Signer;

/// When the clock starts, in seconds since 1970, unless told otherwise: 2025-11-27 17:20:00 UTC.
pub(crate) const START: i64 = 1_764_264_000;

/// How a fake is to be.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// What its ids are made of, so that two of them differ.
    pub(crate) tag: String,
    /// When its clock stands, in seconds since 1970; the machine's clock where there is none.
    pub(crate) start: Option<i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { tag: "FIRE".to_owned(), start: Some(START) }
    }
}

/// One guild with the app installed. Clones share it; it ends with the runtime that it was started on.
#[derive(Clone)]
pub(crate) struct Fake {
    inner: Arc<Inner>,
}

struct Inner {
    base: String,
    gateway: String,
    state: Mutex<State>,
    clock: Clock,
    faults: Faults,
    calls: Mutex<Vec<Call>>,
    signer: Signer,
    changed: Changes,
}

/// A call of the REST API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Method and path of the document, such as `POST /channels/{channel_id}/messages`.
    pub(crate) method: String,
    /// The channel, guild or application that it is about.
    pub(crate) channel: Option<String>,
    /// What stands for the names in the path, without tokens.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    /// The JSON body, of a body in parts its `payload_json`; null where there was none.
    pub(crate) args: Value,
    /// The names of files that came along.
    pub(crate) files: Vec<String>,
    /// When it came, in microseconds since 1970 of the fake's clock.
    pub(crate) at: i64,
    /// When it was carried out or refused, by the same clock.
    pub(crate) done: i64,
    /// What befell it.
    pub(crate) fault: Option<Fault>,
    /// The status that it was answered with, or would have been; `None` where it took no effect and had no answer.
    pub(crate) status: Option<u16>,
    /// The body of that.
    pub(crate) result: Option<Value>,
}

impl Call {
    /// Whether it took effect.
    pub(crate) fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// What stands for a name in the path.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Fake {
    /// A guild with the app and no people.
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    #[expect(clippy::unused_async, reason = "a server is waited for, whatever it does until it is there")]
    pub(crate) async fn start_with(settings: Settings) -> Self {
        Self::begin(settings)
    }

    /// The same for those who cannot wait; there has to be a runtime nevertheless.
    pub(crate) fn begin(settings: Settings) -> Self {
        let Settings { tag, start } = settings;
        let (http, links) = (listener(), listener());
        let base = format!("http://{}", http.local_addr().unwrap());
        let gateway = format!("ws://{}", links.local_addr().unwrap());
        let clock = start.map_or_else(Clock::running, Clock::standing);
        let state = State::new((&base, &gateway), &tag, clock.now());
        let fake = Self {
            inner: Arc::new(Inner {
                base,
                gateway,
                state: Mutex::new(state),
                clock,
                faults: Faults::default(),
                calls: Mutex::default(),
                signer: Signer::of(&tag),
                changed: Changes::default(),
            }),
        };
        tokio::spawn(server::serve(http, fake.clone()));
        tokio::spawn(gateway::accept(links, fake.clone()));
        fake
    }

    /// Where the fake is reached by HTTP, without a slash at its end.
    pub(crate) fn base(&self) -> String {
        self.inner.base.clone()
    }

    /// The base URL of the REST API with its version, without a slash at its end.
    pub(crate) fn api(&self) -> String {
        format!("{}/api/v10", self.inner.base)
    }

    /// The URL of the gateway, as `GET /gateway` gives it.
    pub(crate) fn gateway_url(&self) -> String {
        self.inner.gateway.clone()
    }

    pub(crate) fn bot_token(&self) -> String {
        self.with(|state| state.token.clone())
    }

    /// The application's public key, in hex.
    pub(crate) fn public_key(&self) -> String {
        self.inner.signer.public_key()
    }

    /// Looks at the guild or changes it, at one instant; what is to be told of that is sent.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.inner.state.lock().unwrap();
        state.now = self.inner.clock.now();
        let told = state.told;
        let result = act(&mut state);
        let more = state.told != told;
        drop(state);
        if more {
            self.touch();
        }
        result
    }

    /// Moves the clock; interactions that nobody answered in time count as failed.
    pub(crate) fn pass(&self, by: Duration) {
        self.inner.clock.pass(by);
        self.with(State::give_up);
        self.touch();
    }

    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.inner.clock.now() / 1_000_000
    }

    /// Whether every call fails until further notice.
    pub(crate) fn is_down(&self) -> bool {
        self.inner.faults.are_total()
    }

    /// Lets calls go wrong; calls are named by method and path, `POST /channels/{channel_id}/messages`, and `GET /cdn`
    /// is the download of a file.
    pub(crate) fn breaks(&self, trouble: Trouble) {
        self.inner.faults.add(trouble);
    }

    /// From now on a method takes so many calls for each channel or guild within a span of the fake's clock; `*` stands
    /// for the global limit.
    pub(crate) fn limits(&self, method: &str, calls: usize, span: Duration) {
        self.inner.faults.limit(method, calls, span);
    }

    /// Nothing goes wrong any more, and there are no limits; of the gateway as well.
    pub(crate) fn heals(&self) {
        self.inner.faults.clear();
        self.with(|state| state.gateway.heal());
    }

    /// Every answer takes so long.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.inner.faults.set_latency(latency);
    }

    /// The token is taken back: 401, and the gateway closes by 4004.
    pub(crate) fn revoke(&self) {
        self.with(|state| state.revoked = true);
    }

    /// The token is good again.
    pub(crate) fn reinstate(&self) {
        self.with(|state| state.revoked = false);
    }

    /// Tells those that wait that something happened.
    fn touch(&self) {
        self.inner.changed.touch();
    }
}
