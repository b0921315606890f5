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
    /// The same for the whole app, which Discord alone has; elsewhere as [`Fault::RateLimited`].
    LimitedEverywhere(u64),
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
    /// What the platform names by this, such as `not_in_channel` in Slack or `50013` in Discord; no effect.
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
    /// Befalls `method`, or every method where it is `*`. Slack: `chat.postMessage`; `response_url` stands for all
    /// addresses for answers, which are refused by 404. Discord: `POST /channels/{channel_id}/messages`.
    pub(crate) fn with(method: &str, fault: Fault) -> Self {
        Self { method: method.to_owned(), fault, channel: None, spared: 0, left: None }
    }

    /// Only calls about this channel, by id; for `conversations.create` by name. In Discord also about a guild.
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
    /// `*` counts all methods and channels together.
    method: String,
    calls: usize,
    span: i64,
    /// When calls were let through, by channel.
    seen: BTreeMap<Option<String>, Vec<i64>>,
}

/// How far a limit is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Allowance {
    pub(in super::super) calls: usize,
    pub(in super::super) left: usize,
    /// When the oldest call no longer counts, in microseconds since 1970.
    pub(in super::super) reset: i64,
}

/// The faults in force.
#[derive(Default)]
pub(in super::super) struct Faults {
    limits: Mutex<Vec<Limit>>,
    troubles: Mutex<Vec<Trouble>>,
    latency: Mutex<Duration>,
}

impl Faults {
    pub(in super::super) fn add(&self, trouble: Trouble) {
        self.troubles.lock().unwrap().push(trouble);
    }

    /// Whether every call fails until further notice.
    pub(in super::super) fn are_total(&self) -> bool {
        self.troubles.lock().unwrap().iter().any(|trouble| trouble.method == "*" && trouble.left.is_none())
    }

    pub(in super::super) fn limit(&self, method: &str, calls: usize, span: Duration) {
        let limit = Limit { method: method.to_owned(), calls, span: micros(span), seen: BTreeMap::new() };
        self.limits.lock().unwrap().push(limit);
    }

    /// What the limits make of a call at this time, in microseconds.
    pub(in super::super) fn limiting(&self, method: &str, channel: Option<&str>, now: i64) -> Option<Fault> {
        let mut limits = self.limits.lock().unwrap();
        let mut used = Vec::new();
        for (index, limit) in limits.iter_mut().enumerate() {
            let all = limit.method == "*";
            if !all && limit.method != method {
                continue;
            }
            let key = channel.filter(|_| !all).map(str::to_owned);
            let seen = limit.seen.entry(key.clone()).or_default();
            seen.retain(|&at| now - at < limit.span);
            if seen.len() >= limit.calls {
                let wait = u64::try_from((seen[0] + limit.span - now + 999_999) / 1_000_000).unwrap();
                return Some(if all { Fault::LimitedEverywhere(wait) } else { Fault::RateLimited(wait) });
            }
            used.push((index, key));
        }
        for (index, key) in used {
            limits[index].seen.entry(key).or_default().push(now);
        }
        None
    }

    /// What is left of the limit of a method for a channel.
    pub(in super::super) fn allowance(&self, method: &str, channel: Option<&str>, now: i64) -> Option<Allowance> {
        let limits = self.limits.lock().unwrap();
        let limit = limits.iter().find(|limit| limit.method == method)?;
        let seen = limit.seen.get(&channel.map(str::to_owned)).map(Vec::as_slice).unwrap_or_default();
        let seen: Vec<i64> = seen.iter().copied().filter(|&at| now - at < limit.span).collect();
        let reset = seen.first().map_or(now, |first| first + limit.span);
        Some(Allowance { calls: limit.calls, left: limit.calls.saturating_sub(seen.len()), reset })
    }

    pub(in super::super) fn clear(&self) {
        self.limits.lock().unwrap().clear();
        self.troubles.lock().unwrap().clear();
    }

    pub(in super::super) fn set_latency(&self, latency: Duration) {
        *self.latency.lock().unwrap() = latency;
    }

    pub(in super::super) fn latency(&self) -> Duration {
        *self.latency.lock().unwrap()
    }

    /// What befalls this call; each fault that could counts it.
    pub(in super::super) fn befalling(&self, method: &str, channel: Option<&str>) -> Option<Fault> {
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
