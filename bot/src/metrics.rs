//! Firebell's numbers for Prometheus. Every label value comes from a closed set, never from what people typed: else
//! anybody could fill the memory of whoever collects them, and titles would leave the house.

mod label;
#[cfg(test)]
mod table;
mod tally;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firebell_core::command::Command;
use firebell_core::effect::{Priority, Work};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub(crate) use self::label::command_word;
pub use self::label::{CommandOutcome, EffectOutcome};
use self::label::{PRIORITIES, priority_word, work_word};
pub use self::tally::Tally;

/// From a fast disk's commit to one that people notice, in seconds.
const COMMIT_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// From a wake-up in time to a replica that was down, in seconds.
const LATENESS_BUCKETS: [f64; 11] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// From a provider's quick answer to a page that came too late, in seconds.
const NOTICE_BUCKETS: [f64; 11] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0];

/// From a page that was told at once to one that nobody answered for an hour, in seconds.
const PAGE_BUCKETS: [f64; 13] = [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0];

/// The numbers, each with a method in plain words that changes it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    commands: Family<CommandLabels, Counter>,
    effects: Family<EffectLabels, Counter>,
    notices: Family<NoticeLabels, Counter>,
    effects_open: Family<QueueLabels, Gauge>,
    oldest_effect_age: Family<QueueLabels, Gauge<f64, AtomicU64>>,
    pages_open: Gauge,
    incidents_open: Gauge,
    repairs: Counter,
    timer_lateness: Histogram,
    commit: Histogram,
    notice_latency: Histogram,
    first_notice: Histogram,
    acknowledgement: Histogram,
    connected: Family<LinkLabels, Gauge>,
    heartbeat_success: Gauge,
    heartbeat_failures: Counter,
    proven: Gauge,
    contacts_unproved: Gauge,
    audit_run: Gauge,
    audit_findings: Family<FindingLabels, Gauge>,
}

/// What waits in the queue of one priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub priority: Priority,
    pub count: u64,
    /// How long the oldest has waited.
    pub oldest: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CommandLabels {
    command: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EffectLabels {
    work: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NoticeLabels {
    state: &'static str,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabels {
    priority: &'static str,
}

/// Workspaces are few, and their names are the configuration's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LinkLabels {
    platform: &'static str,
    workspace: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FindingLabels {
    finding: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("firebell"),
            commands: Family::default(),
            effects: Family::default(),
            notices: Family::default(),
            effects_open: Family::default(),
            oldest_effect_age: Family::default(),
            pages_open: Gauge::default(),
            incidents_open: Gauge::default(),
            repairs: Counter::default(),
            timer_lateness: Histogram::new(LATENESS_BUCKETS),
            commit: Histogram::new(COMMIT_BUCKETS),
            notice_latency: Histogram::new(NOTICE_BUCKETS),
            first_notice: Histogram::new(PAGE_BUCKETS),
            acknowledgement: Histogram::new(PAGE_BUCKETS),
            connected: Family::default(),
            heartbeat_success: Gauge::default(),
            heartbeat_failures: Counter::default(),
            proven: Gauge::default(),
            contacts_unproved: Gauge::default(),
            audit_run: Gauge::default(),
            audit_findings: Family::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    /// A command was answered.
    pub fn command_done(&self, command: &Command, outcome: CommandOutcome) {
        let labels = CommandLabels { command: command_word(command), outcome: outcome.word() };
        self.commands.get_or_create(&labels).inc();
    }

    /// An attempt at an effect ended; `&delivery` makes an [`EffectOutcome`].
    pub fn effect_tried(&self, work: &Work, outcome: impl Into<EffectOutcome>) {
        let labels = EffectLabels { work: work_word(work), outcome: outcome.into().word() };
        self.effects.get_or_create(&labels).inc();
    }

    /// How many effects wait to be done; none of the priorities that are not named.
    pub fn effects_waiting(&self, waiting: &[Waiting]) {
        for priority in PRIORITIES {
            let found = waiting.iter().find(|held| held.priority == priority);
            let labels = QueueLabels { priority: priority_word(priority) };
            self.effects_open.get_or_create(&labels).set(found.map_or(0, |held| whole(held.count)));
            let oldest = found.map_or(0.0, |held| held.oldest.as_secs_f64());
            self.oldest_effect_age.get_or_create(&labels).set(oldest);
        }
    }

    /// A decision was committed.
    pub fn add(&self, tally: &Tally) {
        for (state, method) in &tally.notices {
            self.notices.get_or_create(&NoticeLabels { state, method }).inc();
        }
        tally.told.iter().for_each(|after| self.first_notice.observe(after.as_secs_f64()));
        tally.acknowledged.iter().for_each(|after| self.acknowledgement.observe(after.as_secs_f64()));
    }

    /// Whether the connection to a workspace is up; `None` where that cannot be told here.
    pub fn connected(&self, platform: &'static str, workspace: &str, up: Option<bool>) {
        let labels = LinkLabels { platform, workspace: workspace.to_owned() };
        match up {
            Some(up) => drop(self.connected.get_or_create(&labels).set(i64::from(up))),
            None => drop(self.connected.remove(&labels)),
        }
    }

    /// A heartbeat was taken at this instant, or was not.
    pub fn heartbeat(&self, taken: Option<DateTime<Utc>>) {
        match taken {
            Some(at) => drop(self.heartbeat_success.set(at.timestamp())),
            None => drop(self.heartbeat_failures.inc()),
        }
    }

    /// A synthetic page was delivered last at this instant.
    pub fn proven(&self, at: Option<DateTime<Utc>>) {
        self.proven.set(at.map_or(0, |at| at.timestamp()));
    }

    /// So many contact methods beside chat are not proved.
    pub fn contacts_unproved(&self, count: usize) {
        self.contacts_unproved.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// The auditor looked and found so much of each kind.
    pub fn audited(&self, at: DateTime<Utc>, found: &[(&'static str, u64)]) {
        self.audit_run.set(at.timestamp());
        for (finding, count) in found {
            self.audit_findings.get_or_create(&FindingLabels { finding }).set(whole(*count));
        }
    }

    /// How many pages nobody has acknowledged yet.
    pub fn pages_open(&self, count: u64) {
        self.pages_open.set(whole(count));
    }

    /// How many incidents are open.
    pub fn incidents_open(&self, count: u64) {
        self.incidents_open.set(whole(count));
    }

    /// The reconcile pass put so many things right that were missing.
    pub fn repaired(&self, count: u64) {
        self.repairs.inc_by(count);
    }

    /// A timer was acted on this long after it fell due.
    pub fn timer_fired(&self, late: Duration) {
        self.timer_lateness.observe(late.as_secs_f64());
    }

    /// A transaction was committed and took this long, its time in the queue included.
    pub fn committed(&self, took: Duration) {
        self.commit.observe(took.as_secs_f64());
    }

    /// A notice was delivered this long after it was queued.
    pub fn notice_delivered(&self, after: Duration) {
        self.notice_latency.observe(after.as_secs_f64());
    }

    /// All numbers as `OpenMetrics` text.
    ///
    /// # Errors
    /// Only when the text cannot be written, which a text in memory can always be.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    fn register(&mut self) {
        self.register_work();
        self.register_paging();
        self.register_proof();
    }

    /// What is asked and done.
    fn register_work(&mut self) {
        let registry = &mut self.registry;
        registry.register("commands", "Commands answered", self.commands.clone());
        registry.register("commit_seconds", "From a write's arrival in the queue to its commit", self.commit.clone());
        registry.register("effects", "Attempts at effects", self.effects.clone());
        registry.register("effects_open", "Effects that wait to be done", self.effects_open.clone());
        registry.register(
            "oldest_effect_age_seconds",
            "How long the oldest waiting effect has waited; 0 when none does",
            self.oldest_effect_age.clone(),
        );
        registry.register("incidents_open", "Incidents that are open", self.incidents_open.clone());
        registry.register("repairs", "Things that were missing and were put right", self.repairs.clone());
    }

    /// What pages come to.
    fn register_paging(&mut self) {
        let registry = &mut self.registry;
        registry.register("pages_open", "Pages that nobody has acknowledged", self.pages_open.clone());
        registry.register("notices", "Notices that came into a state", self.notices.clone());
        registry.register(
            "notice_latency_seconds",
            "From when a notice was queued until a provider or the person had it",
            self.notice_latency.clone(),
        );
        registry.register(
            "page_first_notice_seconds",
            "From when a page was raised until a provider or a person had its first notice",
            self.first_notice.clone(),
        );
        registry.register(
            "page_acknowledgement_seconds",
            "From when a page was raised until it was acknowledged",
            self.acknowledgement.clone(),
        );
        registry.register(
            "timer_lateness_seconds",
            "From when a timer fell due until it was acted on",
            self.timer_lateness.clone(),
        );
    }

    /// Whether all of that can be relied on.
    fn register_proof(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "platform_connected",
            "1 while the workspace's connection is up, 0 while it is not; absent where it posts here or another replica listens",
            self.connected.clone(),
        );
        registry.register(
            "heartbeat_last_success_timestamp_seconds",
            "When the watcher outside was last told that all is well; 0 for never",
            self.heartbeat_success.clone(),
        );
        registry.register("heartbeat_failures", "Heartbeats that were not taken", self.heartbeat_failures.clone());
        registry.register(
            "synthetic_last_success_timestamp_seconds",
            "When a synthetic page was last delivered, by whichever replica; 0 for never",
            self.proven.clone(),
        );
        registry.register(
            "contacts_unproved",
            "Contact methods beside chat that nobody has proved to reach their person",
            self.contacts_unproved.clone(),
        );
        registry.register(
            "audit_last_run_timestamp_seconds",
            "When the auditor looked last; 0 for never",
            self.audit_run.clone(),
        );
        registry.register("audit_findings", "What the auditor found when it looked last", self.audit_findings.clone());
    }
}

/// A gauge is signed; a count beyond its range shows as its end.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use firebell_core::effect::{Delivery, Reference};
    use firebell_core::ids::PersonId;

    use super::*;

    #[test]
    fn every_number_appears_under_its_name() {
        let metrics = Metrics::default();
        metrics.command_done(&Command::Ack, CommandOutcome::Done);
        metrics.command_done(&Command::Ack, CommandOutcome::Done);
        metrics.command_done(&Command::Severity { to: "<script>".to_owned() }, CommandOutcome::Refused);
        let oldest = Duration::from_millis(1500);
        metrics.effects_waiting(&[Waiting { priority: Priority::Post, count: 3, oldest }]);
        metrics.connected("discord", "eu", Some(false));
        metrics.connected("slack", "main", Some(true));
        metrics.connected("slack", "main", None);
        metrics.heartbeat(Some(DateTime::from_timestamp(1_772_442_000, 0).unwrap()));
        metrics.heartbeat(None);
        metrics.proven(DateTime::from_timestamp(1_772_442_030, 0));
        metrics.audited(DateTime::from_timestamp(1_772_442_060, 0).unwrap(), &[("overdue", 2), ("timeless", 0)]);
        let (told, acknowledged) = (vec![Duration::from_secs(3)], vec![Duration::from_secs(90)]);
        metrics.add(&Tally { notices: vec![("delivered", "slack")], told, acknowledged });
        metrics.pages_open(2);
        metrics.incidents_open(1);
        metrics.repaired(4);
        metrics.timer_fired(Duration::from_millis(20));
        metrics.committed(Duration::from_micros(900));
        metrics.notice_delivered(Duration::from_secs(1000));
        let text = metrics.text().unwrap();
        for line in [
            r#"firebell_commands_total{command="ack",outcome="done"} 2"#,
            r#"firebell_commands_total{command="severity",outcome="refused"} 1"#,
            r#"firebell_effects_open{priority="post"} 3"#,
            r#"firebell_effects_open{priority="notice"} 0"#,
            r#"firebell_platform_connected{platform="discord",workspace="eu"} 0"#,
            "firebell_heartbeat_last_success_timestamp_seconds 1772442000",
            "firebell_heartbeat_failures_total 1",
            "firebell_synthetic_last_success_timestamp_seconds 1772442030",
            "firebell_audit_last_run_timestamp_seconds 1772442060",
            r#"firebell_audit_findings{finding="overdue"} 2"#,
            r#"firebell_notices_total{state="delivered",method="slack"} 1"#,
            r#"firebell_page_first_notice_seconds_bucket{le="2.5"} 0"#,
            r#"firebell_page_first_notice_seconds_bucket{le="5.0"} 1"#,
            r#"firebell_page_acknowledgement_seconds_bucket{le="60.0"} 0"#,
            r#"firebell_page_acknowledgement_seconds_bucket{le="120.0"} 1"#,
            "firebell_repairs_total 4",
            r#"firebell_oldest_effect_age_seconds{priority="post"} 1.5"#,
            "firebell_pages_open 2",
            "firebell_incidents_open 1",
            r#"firebell_timer_lateness_seconds_bucket{le="0.01"} 0"#,
            r#"firebell_timer_lateness_seconds_bucket{le="0.05"} 1"#,
            r#"firebell_commit_seconds_bucket{le="0.001"} 1"#,
            r#"firebell_notice_latency_seconds_bucket{le="900.0"} 0"#,
            "firebell_notice_latency_seconds_count 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(!text.contains("script"), "what people typed is no label");
        assert!(!text.contains(r#"workspace="main""#), "what cannot be told is not told");
    }

    #[test]
    fn a_delivery_is_counted_by_its_outcome() {
        let metrics = Metrics::default();
        let work = Work::Alarm {
            finding: "x".to_owned(),
            person: PersonId(uuid::Uuid::nil()),
            method: firebell_core::directory::ContactMethod::Console,
        };
        metrics.effect_tried(&work, &Delivery::Delivered(Reference::default()));
        metrics.effect_tried(&work, &Delivery::Unknown);
        metrics.effect_tried(&work, &Delivery::Impossible("secret".to_owned()));
        let text = metrics.text().unwrap();
        for outcome in ["delivered", "unknown", "impossible"] {
            let line = format!(r#"firebell_effects_total{{work="alarm",outcome="{outcome}"}} 1"#);
            assert!(text.contains(&line), "{line} is missing in\n{text}");
        }
        assert!(!text.contains("secret"));
    }
}
