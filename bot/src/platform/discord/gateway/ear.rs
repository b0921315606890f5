//! Hears what serenity only writes to the log, and keeps it from there: it would log what people wrote (each event as a field
//! of its spans, and whatever it cannot read).

use std::fmt::{self, Write as _};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use super::told::{Teller, Told};
use super::trouble::Trouble;

/// Where serenity tells of its connection.
const SHARD: &str = "serenity::gateway::shard";
/// Where it tells of frames that it cannot read; it warns of nothing else there.
const FRAMES: &str = "serenity::gateway::ws";

/// What a thread of the gateway logs goes here, and nowhere else.
pub(super) struct Ear(pub(super) Teller);

impl Ear {
    fn hears(metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && matches!(metadata.target(), SHARD | FRAMES) && *metadata.level() <= Level::DEBUG
    }
}

impl Subscriber for Ear {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if Self::hears(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        Self::hears(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::DEBUG)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let told = match metadata.target() {
            FRAMES => (*metadata.level() == Level::WARN).then_some(Told::Unreadable),
            _ => {
                let mut said = Said(String::new());
                event.record(&mut said);
                meaning(&said.0)
            }
        };
        if let Some(told) = told {
            self.0.tell(told);
        }
    }

    // There are no spans, as none is enabled.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What matters of a line of serenity's; its tests show that the words are still these.
fn meaning(line: &str) -> Option<Told> {
    if line.ends_with("Attempting to resume") {
        Some(Told::Lost)
    } else if line.ends_with("Shard has too many guilds.") || line.ends_with("Sent invalid shard data.") {
        Some(Told::Refused(Trouble::TooManyServers))
    } else {
        None
    }
}

/// The message of an event.
struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            // Writing to a text does not fail.
            let _ = write!(self.0, "{value:?}");
        }
    }
}
