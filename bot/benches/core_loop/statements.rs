//! Counts the statements that reach the database, as the driver's own log tells of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use crate::Failure;

const TARGET: &str = "sqlx::query";

static COUNTING: AtomicBool = AtomicBool::new(false);
static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Listens to the driver; costs one look at a flag per statement while nothing is counted.
pub(crate) fn count_from_now_on() -> Result<(), Failure> {
    Ok(tracing::subscriber::set_global_default(Counter)?)
}

/// Begins to collect.
pub(crate) fn begin() {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).clear();
    COUNTING.store(true, Ordering::SeqCst);
}

/// Ends collecting and answers what was run; a text of several statements counts as several.
pub(crate) fn end() -> Vec<String> {
    COUNTING.store(false, Ordering::SeqCst);
    std::mem::take(&mut *SEEN.lock().unwrap_or_else(PoisonError::into_inner))
}

struct Counter;

impl Subscriber for Counter {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.target() == TARGET || *metadata.level() <= tracing::Level::WARN {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() != TARGET || COUNTING.load(Ordering::Relaxed)
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        if event.metadata().target() == TARGET {
            let statements = text.0.split(';').map(str::trim).filter(|sql| !sql.is_empty()).map(str::to_owned);
            SEEN.lock().unwrap_or_else(PoisonError::into_inner).extend(statements);
        } else {
            eprintln!("{} {}", event.metadata().level(), text.0);
        }
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Text(String);

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        // A short statement is its own summary; of others that is the beginning, and what follows has all of it.
        if field.name() == "summary" || (field.name() == "db.statement" && !value.trim().is_empty()) {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        use std::fmt::Write as _;
        if matches!(field.name(), "message" | "fault" | "error") {
            let _ = write!(self.0, "{}={value:?} ", field.name());
        }
    }
}
