//! Firebell's numbers for Prometheus. Every label value comes from a closed set, never from what people typed: else
//! anybody could fill the memory of whoever collects them, and titles would leave the house.

mod label;

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use firebell_core::command::Command;
use firebell_core::effect::Work;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

pub(crate) use self::label::command_word;
use self::label::work_word;
pub use self::label::{CommandOutcome, EffectOutcome};

/// From a fast disk's commit to one that people notice, in seconds.
const COMMIT_BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// From a wake-up in time to a replica that was down, in seconds.
const LATENESS_BUCKETS: [f64; 11] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0];

/// From a provider's quick answer to a page that came too late, in seconds.
const NOTICE_BUCKETS: [f64; 11] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0];

/// The numbers, each with a method in plain words that changes it.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    commands: Family<CommandLabels, Counter>,
    effects: Family<EffectLabels, Counter>,
    effects_open: Gauge,
    oldest_effect_age: Gauge<f64, AtomicU64>,
    pages_open: Gauge,
    incidents_open: Gauge,
    repairs: Counter,
    timer_lateness: Histogram,
    commit: Histogram,
    notice_latency: Histogram,
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

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("firebell"),
            commands: Family::default(),
            effects: Family::default(),
            effects_open: Gauge::default(),
            oldest_effect_age: Gauge::default(),
            pages_open: Gauge::default(),
            incidents_open: Gauge::default(),
            repairs: Counter::default(),
            timer_lateness: Histogram::new(LATENESS_BUCKETS),
            commit: Histogram::new(COMMIT_BUCKETS),
            notice_latency: Histogram::new(NOTICE_BUCKETS),
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

    /// How many effects wait to be done, and how long the oldest has waited; zero when none does.
    pub fn effects_waiting(&self, count: u64, oldest: Duration) {
        self.effects_open.set(whole(count));
        self.oldest_effect_age.set(oldest.as_secs_f64());
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
        let registry = &mut self.registry;
        registry.register("commands", "Commands answered", self.commands.clone());
        registry.register("effects", "Attempts at effects", self.effects.clone());
        registry.register("effects_open", "Effects that wait to be done", self.effects_open.clone());
        registry.register(
            "oldest_effect_age_seconds",
            "How long the oldest waiting effect has waited",
            self.oldest_effect_age.clone(),
        );
        registry.register("pages_open", "Pages that nobody has acknowledged", self.pages_open.clone());
        registry.register("incidents_open", "Incidents that are open", self.incidents_open.clone());
        registry.register("repairs", "Things that were missing and were put right", self.repairs.clone());
        registry.register(
            "timer_lateness_seconds",
            "From when a timer fell due until it was acted on",
            self.timer_lateness.clone(),
        );
        registry.register("commit_seconds", "From a write's arrival in the queue to its commit", self.commit.clone());
        registry.register(
            "notice_latency_seconds",
            "From when a notice was queued until it was delivered",
            self.notice_latency.clone(),
        );
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
        metrics.effects_waiting(3, Duration::from_millis(1500));
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
            "firebell_effects_open 3",
            "firebell_repairs_total 4",
            "firebell_oldest_effect_age_seconds 1.5",
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
