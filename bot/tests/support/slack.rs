//! A Slack of our own on loopback: the Web API, Socket Mode and signed HTTP, with people who do things.
//!
//! It follows <https://docs.slack.dev>, and `scripts/interop/slack_sdk_check.*` hold it against Slack's own SDKs. The
//! clock stands still until [`Fake::pass`] moves it, but whoever waits for the app waits in real time.

mod acts;
mod args;
mod blockkit;
mod control;
mod delivery;
mod events;
mod methods;
mod reading;
mod recording;
mod scopes;
mod server;
mod shapes;
mod signed;
mod socket;
mod state;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Map, Value};

pub(crate) use self::acts::{Outcome, Shared as SharedFile};
pub(crate) use super::fake::faults::{Fault, Trouble};

pub(crate) use self::delivery::{Sent, What};
pub(crate) use self::events::ALL as ALL_EVENTS;
pub(crate) use self::scopes::{ALL as ALL_SCOPES, of_event as scopes_of_event};
pub(crate) use self::signed::{Received, Signing};
pub(crate) use self::socket::Twice;
pub(crate) use self::state::{Bookmark, Channel, Ephemeral, File, Group, Kind, Message, Recorded, State, User, View};

use super::fake::clock::Clock;
use super::fake::faults::Faults;
use super::fake::listener;
use super::fake::waiting::Changes;

use self::delivery::Deliveries;
use self::socket::Sockets;

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

/// One workspace with the app installed. Clones share it; it ends with the runtime that it was started on.
#[derive(Clone)]
pub(crate) struct Fake {
    inner: Arc<Inner>,
}

struct Inner {
    base: String,
    signing_secret: String,
    state: Mutex<State>,
    clock: Clock,
    faults: Faults,
    calls: Mutex<Vec<Call>>,
    deliveries: Deliveries,
    sockets: Sockets,
    changed: Changes,
}

/// A call of the Web API.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) channel: Option<String>,
    /// Without the token.
    pub(crate) args: Map<String, Value>,
    /// When it came, in microseconds since 1970 of the fake's clock.
    pub(crate) at: i64,
    /// When it was carried out or refused, by the same clock.
    pub(crate) done: i64,
    /// What befell it.
    pub(crate) fault: Option<Fault>,
    /// What it did: `None` where it took no effect and had no result.
    pub(crate) result: Option<Value>,
}

impl Call {
    /// Whether it took effect.
    pub(crate) fn succeeded(&self) -> bool {
        self.result.as_ref().is_some_and(|result| result["ok"] == true)
    }
}

impl Fake {
    /// A workspace with the app and no people.
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
        let clock = start.map_or_else(Clock::running, Clock::standing);
        let state = State::new((&base, &format!("ws://{}", links.local_addr().unwrap())), &tag, clock.now());
        let fake = Self {
            inner: Arc::new(Inner {
                base,
                signing_secret: state.signing_secret.clone(),
                state: Mutex::new(state),
                clock,
                faults: Faults::default(),
                calls: Mutex::default(),
                deliveries: Deliveries::default(),
                sockets: Sockets::default(),
                changed: Changes::default(),
            }),
        };
        tokio::spawn(server::serve(http, fake.clone()));
        tokio::spawn(socket::accept(links, fake.clone()));
        if fake.inner.clock.runs() {
            tokio::spawn(delivery::tick_always(fake.clone()));
        }
        fake
    }

    /// The base URL of the Web API, without a slash at its end.
    pub(crate) fn api(&self) -> String {
        format!("{}/api", self.inner.base)
    }

    pub(crate) fn bot_token(&self) -> String {
        self.with(|state| state.bot_token.clone())
    }

    pub(crate) fn app_token(&self) -> String {
        self.with(|state| state.app_token.clone())
    }

    pub(crate) fn signing_secret(&self) -> String {
        self.inner.signing_secret.clone()
    }

    /// Looks at the workspace or changes it, at one instant, and sends what is to be told of that.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.inner.state.lock().unwrap();
        state.now = self.inner.clock.now();
        let result = act(&mut state);
        let events = std::mem::take(&mut state.outbox);
        let told = !events.is_empty();
        for event in events {
            self.send_event(event, 0, "");
        }
        drop(state);
        if told {
            self.touch();
        }
        result
    }

    /// Moves the clock; what fell due by then is redelivered.
    pub(crate) fn pass(&self, by: Duration) {
        self.inner.clock.pass(by);
        self.tick();
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

    /// Lets calls go wrong.
    pub(crate) fn breaks(&self, trouble: Trouble) {
        self.inner.faults.add(trouble);
    }

    /// From now on a method takes so many calls for each channel within a span of the fake's clock.
    pub(crate) fn limits(&self, method: &str, calls: usize, span: Duration) {
        self.inner.faults.limit(method, calls, span);
    }

    /// Nothing goes wrong any more, and there are no limits.
    pub(crate) fn heals(&self) {
        self.inner.faults.clear();
    }

    /// Every answer takes so long.
    pub(crate) fn set_latency(&self, latency: Duration) {
        self.inner.faults.set_latency(latency);
    }

    /// The scopes that the app has; all of them unless told otherwise.
    pub(crate) fn grant(&self, scopes: &[&str]) {
        self.with(|state| state.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect());
    }

    /// The events that the app is subscribed to; all of them unless told otherwise.
    pub(crate) fn subscribe(&self, events: &[&str]) {
        self.with(|state| state.subscribed = events.iter().map(|&event| event.to_owned()).collect());
    }

    /// The tokens are taken back.
    pub(crate) fn revoke(&self) {
        self.with(|state| state.revoked = true);
    }

    /// The tokens are good again, as when the app is installed once more.
    pub(crate) fn reinstate(&self) {
        self.with(|state| state.revoked = false);
    }

    /// Tells those that wait that something happened.
    fn touch(&self) {
        self.inner.changed.touch();
    }
}
