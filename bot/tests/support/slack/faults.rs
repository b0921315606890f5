//! What goes wrong, by order of the test.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::clock::micros;

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Too many calls: 429 with `Retry-After` in seconds.
    RateLimited(u64),
    /// An HTTP status with a page for people, such as 500 or 503.
    Status(u16),
    /// It takes no effect, and nobody answers.
    Hang,
    /// It takes effect, and nobody answers.
    HangAfter,
    /// The connection is reset before the call takes effect.
    ResetBefore,
    /// The connection is reset after it took effect.
    ResetAfter,
    /// `{"ok":false,"error":...}`, and no effect.
    Error(String),
    /// It takes effect, and is answered so much later.
    Delay(Duration),
}

/// A fault with the calls that it befalls: by default every call of the method.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    method: String,
    fault: Fault,
    channel: Option<String>,
    spared: usize,
    left: Option<usize>,
}

impl Trouble {
    /// Befalls `method`, or every method where it is `*`; `response_url` stands for all addresses for answers, which are
    /// refused by 404.
    pub(crate) fn with(method: &str, fault: Fault) -> Self {
        Self { method: method.to_owned(), fault, channel: None, spared: 0, left: None }
    }

    /// Only calls about this channel, by id; for `conversations.create` by name.
    pub(crate) fn in_channel(mut self, channel: &str) -> Self {
        self.channel = Some(channel.to_owned());
        self
    }

    /// From the `n`-th call on, counted from 1.
    pub(crate) fn starting_at(mut self, n: usize) -> Self {
        self.spared = n - 1;
        self
    }

    /// For so many calls.
    pub(crate) fn times(mut self, count: usize) -> Self {
        self.left = Some(count);
        self
    }
}

/// So many calls of a method for one channel within a span; those beyond are answered by 429.
struct Limit {
    method: String,
    calls: usize,
    span: i64,
    /// When calls were let through, by channel.
    seen: BTreeMap<Option<String>, Vec<i64>>,
}

/// The faults in force.
#[derive(Default)]
pub(super) struct Faults {
    limits: Mutex<Vec<Limit>>,
    troubles: Mutex<Vec<Trouble>>,
    latency: Mutex<Duration>,
}

impl Faults {
    pub(super) fn add(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble);
    }

    pub(super) fn limit(&self, method: &str, calls: usize, span: Duration) {
        let limit = Limit { method: method.to_owned(), calls, span: micros(span), seen: BTreeMap::new() };
        self.limits.lock().unwrap().push(limit);
    }

    /// What the limits make of a call at this time, in microseconds.
    pub(super) fn limiting(&self, method: &str, channel: Option<&str>, now: i64) -> Option<Fault> {
        let mut limits = self.limits.lock().unwrap();
        let limit = limits.iter_mut().find(|limit| limit.method == method)?;
        let seen = limit.seen.entry(channel.map(str::to_owned)).or_default();
        seen.retain(|&at| now - at < limit.span);
        if seen.len() < limit.calls {
            seen.push(now);
            return None;
        }
        let wait = (seen[0] + limit.span - now + 999_999) / 1_000_000;
        Some(Fault::RateLimited(u64::try_from(wait).unwrap()))
    }

    pub(super) fn clear(&self) {
        self.limits.lock().unwrap().clear();
        self.troubles.lock().unwrap().clear();
    }

    pub(super) fn set_latency(&self, latency: Duration) {
        *self.latency.lock().unwrap() = latency;
    }

    pub(super) fn latency(&self) -> Duration {
        *self.latency.lock().unwrap()
    }

    /// What befalls this call; each fault that could counts it.
    pub(super) fn befalling(&self, method: &str, channel: Option<&str>) -> Option<Fault> {
        let mut befalls = None;
        for trouble in self.troubles.lock().unwrap().iter_mut() {
            let elsewhere = trouble.channel.is_some() && trouble.channel.as_deref() != channel;
            let all = trouble.method == "*" && method != "response_url";
            if (!all && trouble.method != method) || elsewhere {
                continue;
            }
            if trouble.spared > 0 {
                trouble.spared -= 1;
                continue;
            }
            if befalls.is_some() || trouble.left == Some(0) {
                continue;
            }
            trouble.left = trouble.left.map(|left| left - 1);
            befalls = Some(trouble.fault.clone());
        }
        befalls
    }
}
