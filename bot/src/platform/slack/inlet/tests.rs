mod events;
mod requests;

use std::sync::Arc;
use std::time::Duration;

use firebell_core::ids::WorkspaceId;
use serde_json::Value;
use uuid::Uuid;

use super::{Settings, SlackInlet};
use crate::platform::inlet::script::Script;
use crate::platform::inlet::{Ack, Inlet as _, Kind, Raw};
use crate::platform::slack::answer::tests::Line;
use crate::platform::slack::inbound::tests::fixtures::slash;

/// An inlet between a scripted desk and scripted calls.
struct Stand {
    desk: Arc<Script>,
    line: Arc<Line>,
    inlet: SlackInlet,
}

impl Stand {
    fn new() -> Self {
        Self::with(Arc::new(Script::default()), Arc::new(Line::default()))
    }

    fn with(desk: Arc<Script>, line: Arc<Line>) -> Self {
        let settings =
            Settings { reactions: vec!["pushpin".to_owned()], evidence: Vec::new(), bot_user: "UBOT".to_owned() };
        let inlet = SlackInlet::new(WorkspaceId(Uuid::nil()), desk.clone(), line.clone(), settings);
        Self { desk, line, inlet }
    }

    async fn sends(&self, kind: Kind, payload: Value) -> Ack {
        self.inlet.receive(Raw { kind, payload, retry: 0 }).await
    }

    async fn types(&self, text: &str) -> Ack {
        self.sends(Kind::Command, slash(text)).await
    }
}

/// What the acknowledgement carries.
fn body(ack: Ack) -> Option<Value> {
    match ack {
        Ack::Received(body) => body,
        Ack::NotKept => panic!("not kept"),
    }
}

fn text(ack: Ack) -> String {
    body(ack).expect("a body")["text"].as_str().expect("a text").to_owned()
}

/// Lets everything happen that happens within this time.
async fn pass(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
