//! What time it is in the fake.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

/// Stands still until it is moved, unless it is told to run with the machine's.
pub(in super::super) struct Clock {
    real: bool,
    moved: AtomicI64,
}

impl Clock {
    /// Stands at `seconds` since 1970.
    pub(in super::super) fn standing(seconds: i64) -> Self {
        Self { real: false, moved: AtomicI64::new(seconds * 1_000_000) }
    }

    pub(in super::super) fn running() -> Self {
        Self { real: true, moved: AtomicI64::new(0) }
    }

    pub(in super::super) fn runs(&self) -> bool {
        self.real
    }

    /// Microseconds since 1970.
    pub(in super::super) fn now(&self) -> i64 {
        let base = if self.real { machine() } else { 0 };
        base + self.moved.load(Ordering::SeqCst)
    }

    pub(in super::super) fn pass(&self, by: Duration) {
        self.moved.fetch_add(micros(by), Ordering::SeqCst);
    }
}

pub(in super::super) fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "for the platforms' own clients, which look at the machine's clock")]
fn machine() -> i64 {
    micros(std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap())
}
