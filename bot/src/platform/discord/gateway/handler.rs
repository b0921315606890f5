//! Takes the events from serenity, in their order.

use std::sync::Arc;

use reqwest::Url;
use serenity::async_trait;
use serenity::model::event::Event;
use serenity::prelude::{Context, Mutex, RawEventHandler};

use super::mend::as_discord_told;
use super::told::{Teller, Told};

/// serenity starts a task for each event. The thread has one worker, which takes its tasks in the order in which they were
/// started (<https://docs.rs/tokio/latest/tokio/runtime/index.html#current-thread-runtime-behavior-at-the-time-of-writing>),
/// so what is sent before the first wait is sent in order.
pub(super) struct Handler {
    pub(super) teller: Teller,
    /// Where serenity connects to when the session goes on.
    pub(super) url: Arc<Mutex<String>>,
}

#[async_trait]
impl RawEventHandler for Handler {
    async fn raw_event(&self, _: Context, event: Event) {
        match &event {
            Event::Ready(ready) => {
                self.resume_at(&ready.ready.resume_gateway_url);
                self.teller.tell(Told::Ready);
            }
            Event::Resumed(_) => {
                self.teller.tell(Told::Resumed);
            }
            _ => {}
        }
        self.teller.tell(as_discord_told(event).map_or(Told::Unreadable, Told::Event));
    }
}

impl Handler {
    /// Discord names a place where a session should go on
    /// (<https://discord.com/developers/docs/events/gateway#resuming>); serenity knows only the one that it began at.
    fn resume_at(&self, wanted: &str) {
        // serenity holds it while it begins to connect, which it does not do now.
        let Ok(mut url) = self.url.try_lock() else { return };
        if goes_to_the_same(&url, wanted) {
            wanted.trim_end_matches('/').clone_into(&mut url);
        }
    }
}

/// Whether a session that began at one URL may go on at the other: it stays with whom it was begun, a proxy of the operator's
/// as well as Discord, and as well protected.
fn goes_to_the_same(began: &str, wanted: &str) -> bool {
    let (Ok(began), Ok(wanted)) = (Url::parse(began), Url::parse(wanted)) else { return false };
    let discords = |url: &Url| url.host_str().is_some_and(|host| host == "discord.gg" || host.ends_with(".discord.gg"));
    began.scheme() == wanted.scheme()
        && wanted.query().is_none()
        && (began.host_str() == wanted.host_str() || (discords(&began) && discords(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_stays_with_whom_it_began() {
        let table = [
            ("wss://gateway.discord.gg", "wss://gateway-us-east1-b.discord.gg", true),
            ("wss://gateway.discord.gg", "wss://gateway-us-east1-b.discord.gg/", true),
            ("wss://gateway.discord.gg", "ws://gateway-us-east1-b.discord.gg", false),
            ("wss://gateway.discord.gg", "wss://gateway.notdiscord.gg", false),
            ("wss://gateway.discord.gg", "wss://gateway.discord.gg?v=6", false),
            ("wss://proxy.example.org", "wss://gateway-us-east1-b.discord.gg", false),
            ("ws://127.0.0.1:1", "ws://127.0.0.1:2", true),
            ("ws://127.0.0.1:1", "no URL", false),
            ("ws://127.0.0.1:1", "", false),
        ];
        for (began, wanted, same) in table {
            assert_eq!(goes_to_the_same(began, wanted), same, "{began} {wanted}");
        }
    }
}
