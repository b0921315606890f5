//! Where everything that Slack sends comes in, by socket or by HTTP.

use futures_util::future::BoxFuture;
use serde_json::Value;

/// What Slack sent, whichever way it came. It holds what people wrote, so it has no `Debug`.
pub struct Raw {
    pub kind: Kind,
    /// The payload as in Socket Mode: a command is an object of texts.
    pub payload: Value,
    /// How often Slack had tried before.
    pub retry: u32,
}

/// What kind of payload it is, by the way that Slack delivers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A slash command.
    Command,
    /// A button, a menu, a shortcut, a form.
    Interaction,
    /// Something happened; the payload is the outer event with its `event_id`.
    Event,
}

/// What goes back.
pub enum Ack {
    /// Received; with what whoever asked is to see at once.
    Received(Option<Value>),
    /// Not kept: Slack is to send it again.
    NotKept,
}

/// Takes in what Slack sends.
pub trait Inlet: Send + Sync + 'static {
    /// Takes one payload. Slack waits 3 s for the answer.
    fn receive(&self, raw: Raw) -> BoxFuture<'_, Ack>;
}
