//! What the servers send to the app, and whether it said that it got it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::super::fake::clock::micros;
use super::super::fake::waiting::in_real_time;
use super::Fake;

/// The app has this long: <https://docs.slack.dev/interactivity/handling-user-interaction>
const PATIENCE: Duration = Duration::from_secs(3);

/// How long after a failure an event is sent again: <https://docs.slack.dev/apis/events-api/#retries>
const RETRIES: [Duration; 3] = [Duration::ZERO, Duration::from_mins(1), Duration::from_mins(5)];

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Event,
    Command,
    Interaction,
}

/// Something that was sent.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) what: What,
    pub(crate) envelope: String,
    pub(crate) event: Option<String>,
    /// 0 at first, then the number of the retry.
    pub(crate) attempt: usize,
    pub(crate) payload: Value,
    /// The connection that it went to, in Socket Mode.
    pub(crate) socket: Option<u64>,
    /// How long the app took to acknowledge it, in real time.
    pub(crate) acked: Option<Duration>,
    /// What came with the acknowledgement.
    pub(crate) ack: Option<Value>,
    /// How often it was acknowledged.
    pub(crate) acks: usize,
    /// Why it counts as not received.
    pub(crate) failed: Option<String>,
    since: Instant,
    at: i64,
}

#[derive(Default)]
pub(super) struct Deliveries {
    log: Mutex<Vec<Sent>>,
    retries: Mutex<Vec<Retry>>,
    /// Who waits for which envelope, each woken by its own alone: hundreds may wait at once.
    waiting: Mutex<HashMap<String, Arc<Notify>>>,
    /// Where signed requests go; Socket Mode where there is none.
    pub(super) http: Mutex<Option<String>>,
    pub(super) signing: Mutex<super::Signing>,
    pub(super) last: Mutex<Option<super::signed::Posted>>,
}

struct Retry {
    payload: Value,
    attempt: usize,
    due: i64,
    reason: String,
}

impl Fake {
    /// From now on everything is sent as signed requests below this URL, such as `http://127.0.0.1:8080`.
    pub(crate) fn deliver_to(&self, base: &str) {
        *self.inner.deliveries.http.lock().unwrap() = Some(base.trim_end_matches('/').to_owned());
    }

    /// Everything that was sent, in order.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.inner.deliveries.log.lock().unwrap().clone()
    }

    /// Sends again, as a retry, every event that was not acknowledged; how many.
    pub(crate) fn redeliver(&self) -> usize {
        self.give_up(i64::MAX, &[What::Event]);
        self.retry(i64::MAX)
    }

    /// Sends the latest event again, as a retry, though it was acknowledged: Slack may have missed that.
    pub(crate) fn redeliver_latest(&self) {
        let latest = self.sent().into_iter().rev().find(|sent| sent.what == What::Event).expect("no event was sent");
        self.send_event(latest.payload, latest.attempt + 1, "timeout");
        self.touch();
    }

    pub(super) fn send_event(&self, payload: Value, attempt: usize, reason: &str) {
        self.send(What::Event, payload, (attempt, reason));
    }

    /// Sends something and waits until it is acknowledged or counts as failed.
    pub(super) async fn send_and_wait(&self, what: What, payload: Value) -> Sent {
        let envelope = self.send(what, payload, (0, ""));
        self.touch();
        let told = Arc::new(Notify::new());
        self.inner.deliveries.waiting.lock().unwrap().insert(envelope.clone(), told.clone());
        let find = || self.inner.deliveries.find(&envelope);
        let done = || find().acked.is_some() || find().failed.is_some();
        let is_done = || async {
            while !done() {
                told.notified().await;
            }
        };
        if in_real_time(PATIENCE, is_done).await.is_none() {
            self.fail(&envelope, "operation_timeout");
        }
        self.inner.deliveries.waiting.lock().unwrap().remove(&envelope);
        find()
    }

    fn send(&self, what: What, payload: Value, (attempt, reason): (usize, &str)) -> String {
        let envelope = uuid::Uuid::from_u128(self.inner.sockets.number()).to_string();
        let mut sent = Sent {
            what,
            envelope: envelope.clone(),
            event: payload["event_id"].as_str().map(str::to_owned),
            attempt,
            payload,
            socket: None,
            acked: None,
            ack: None,
            acks: 0,
            failed: None,
            since: Instant::now(),
            at: self.inner.clock.now(),
        };
        let http = self.inner.deliveries.http.lock().unwrap().clone();
        if let Some(base) = http {
            self.inner.deliveries.log.lock().unwrap().push(sent.clone());
            self.post(base, sent, reason);
            return envelope;
        }
        let mut log = self.inner.deliveries.log.lock().unwrap();
        sent.socket = self.inner.sockets.send(&frame(&sent, reason));
        let deaf = sent.socket.is_none();
        log.push(sent);
        drop(log);
        if deaf {
            self.fail(&envelope, "dispatch_failed");
        }
        envelope
    }

    /// The app said that it got something.
    pub(super) fn ack(&self, envelope: &str, payload: Option<Value>) {
        let mut log = self.inner.deliveries.log.lock().unwrap();
        let Some(sent) = log.iter_mut().rev().find(|sent| sent.envelope == envelope) else { return };
        sent.acks += 1;
        if sent.acked.is_none() {
            sent.acked = Some(sent.since.elapsed());
            sent.ack = payload;
        }
        let event = sent.event.clone();
        drop(log);
        let mut retries = self.inner.deliveries.retries.lock().unwrap();
        retries.retain(|retry| event.is_none() || retry.payload["event_id"].as_str() != event.as_deref());
        drop(retries);
        self.inner.deliveries.wake(envelope);
        self.touch();
    }

    pub(super) fn fail(&self, envelope: &str, reason: &str) {
        let mut log = self.inner.deliveries.log.lock().unwrap();
        let open = |sent: &&mut Sent| sent.envelope == envelope && sent.acked.is_none() && sent.failed.is_none();
        let Some(sent) = log.iter_mut().find(open) else { return };
        sent.failed = Some(reason.to_owned());
        let (what, attempt, payload) = (sent.what, sent.attempt, sent.payload.clone());
        drop(log);
        if what == What::Event
            && let Some(&delay) = RETRIES.get(attempt)
        {
            let due = self.inner.clock.now() + micros(delay);
            let retry = Retry { payload, attempt: attempt + 1, due, reason: reason.to_owned() };
            self.inner.deliveries.retries.lock().unwrap().push(retry);
        }
        self.inner.deliveries.wake(envelope);
        // Whoever holds the state may be the one that sends.
        self.inner.changed.touch();
    }

    /// What was not acknowledged in time counts as failed; what is due is sent again.
    pub(super) fn tick(&self) {
        let now = self.inner.clock.now();
        self.give_up(now - micros(PATIENCE), &[What::Event, What::Command, What::Interaction]);
        self.retry(now);
    }

    /// Counts as failed what was sent by then and not acknowledged.
    fn give_up(&self, by: i64, which: &[What]) {
        let late = |sent: &&Sent| sent.acked.is_none() && sent.failed.is_none() && sent.at <= by;
        let log = self.inner.deliveries.log.lock().unwrap();
        let open = log.iter().filter(late).filter(|sent| which.contains(&sent.what));
        let open: Vec<(String, What)> = open.map(|sent| (sent.envelope.clone(), sent.what)).collect();
        drop(log);
        for (envelope, what) in open {
            self.fail(&envelope, if what == What::Event { "timeout" } else { "operation_timeout" });
        }
    }

    fn retry(&self, by: i64) -> usize {
        let mut retries = self.inner.deliveries.retries.lock().unwrap();
        let due: Vec<Retry> = retries.extract_if(.., |retry| retry.due <= by).collect();
        drop(retries);
        for retry in &due {
            self.send_event(retry.payload.clone(), retry.attempt, &retry.reason);
        }
        due.len()
    }
}

impl Deliveries {
    fn find(&self, envelope: &str) -> Sent {
        self.log.lock().unwrap().iter().rev().find(|sent| sent.envelope == envelope).unwrap().clone()
    }

    fn wake(&self, envelope: &str) {
        if let Some(told) = self.waiting.lock().unwrap().get(envelope) {
            told.notify_one();
        }
    }
}

/// Looks after retries while the clock runs.
pub(super) async fn tick_always(fake: Fake) {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        fake.tick();
    }
}

/// The envelope of Socket Mode: <https://docs.slack.dev/apis/events-api/using-socket-mode>
fn frame(sent: &Sent, reason: &str) -> String {
    let kind = match sent.what {
        What::Event => "events_api",
        What::Command => "slash_commands",
        What::Interaction => "interactive",
    };
    let mut frame = json!({
        "envelope_id": sent.envelope, "type": kind, "payload": sent.payload,
        "accepts_response_payload": sent.what != What::Event,
    });
    if sent.what == What::Event {
        frame["retry_attempt"] = json!(sent.attempt);
        frame["retry_reason"] = json!(reason);
    }
    frame.to_string()
}
