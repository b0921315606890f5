//! What Discord tells, by the gateway or by HTTP, handed to the inlet.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::clock::Clock;
use crate::platform::discord::api::Interaction;
use crate::platform::discord::calls::DiscordCalls;
use crate::platform::discord::gateway::{Listener, Ready};
use crate::platform::discord::http::{self, Receiver};
use crate::platform::discord::inbound;
use crate::platform::discord::inlet::DiscordInlet;
use crate::platform::inlet::{Ack, Inlet as _, Kind, Raw};
use crate::platform::json::{at, owned};

/// How often an event that could not be kept is handed over again: Discord tells nothing twice.
const ATTEMPTS: u32 = 30;
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Hears one server. Clones share it.
#[derive(Clone)]
pub(super) struct Ear {
    inlet: DiscordInlet,
    calls: DiscordCalls,
    clock: Clock,
    /// Where the work goes on: the gateway has a thread of its own, which must not be held up.
    work: Handle,
}

impl Ear {
    /// To be made within the runtime that is to do the work.
    pub(super) fn new(inlet: DiscordInlet, calls: DiscordCalls, clock: Clock) -> Self {
        Self { inlet, calls, clock, work: Handle::current() }
    }

    async fn keep(self, payload: Value, first: BoxFuture<'static, Ack>) {
        let (mut ack, mut pause) = (first.await, FIRST_PAUSE);
        for attempt in 1..=ATTEMPTS {
            if ack != Ack::NotKept {
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            ack = self.inlet.receive(Raw { kind: Kind::Event, payload: payload.clone(), retry: attempt }).await;
        }
        tracing::error!(kind = at(&payload, "/t"), "something that Discord told could not be kept, and is lost");
    }

    /// Decides an interaction and responds by a call.
    async fn respond(self, interaction: Value) {
        let to = Interaction {
            id: owned(&interaction, "/id").unwrap_or_default(),
            application: owned(&interaction, "/application_id").unwrap_or_default(),
            token: owned(&interaction, "/token").unwrap_or_default(),
        };
        let account = owned(&interaction, "/member/user/id").or_else(|| owned(&interaction, "/user/id"));
        let raw = Raw { kind: Kind::Interaction, payload: interaction, retry: 0 };
        let Ack::Received(Some(response)) = self.inlet.receive(raw).await else { return };
        self.calls.respond(&to, account.as_deref(), &response).await;
    }
}

impl Listener for Ear {
    fn event(&self, event: Value) {
        // What is begun here is to go on there.
        let _within = self.work.enter();
        if at(&event, "/t") == Some("INTERACTION_CREATE") {
            if let Some(interaction) = event.get("d") {
                self.work.spawn(self.clone().respond(interaction.clone()));
            }
            return;
        }
        for payload in inbound::each(&event, self.clock.now()) {
            // Its place in the order is taken by this call.
            let receiving = self.inlet.receive(Raw { kind: Kind::Event, payload: payload.clone(), retry: 0 });
            self.work.spawn(self.clone().keep(payload, receiving));
        }
    }

    fn ready(&self, how: Ready) {
        tracing::info!(?how, "listening to Discord");
    }
}

impl Receiver for Ear {
    fn receive(&self, interaction: Value) -> BoxFuture<'static, http::Ack> {
        let receiving = self.inlet.receive(Raw { kind: Kind::Interaction, payload: interaction, retry: 0 });
        Box::pin(async move {
            match receiving.await {
                Ack::Received(Some(response)) => http::Ack::Answer(response),
                Ack::Received(None) | Ack::NotKept => http::Ack::NotKept,
            }
        })
    }
}
