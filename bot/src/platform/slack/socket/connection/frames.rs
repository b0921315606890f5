//! What is heard on a connection, and said.

use std::ops::ControlFlow::{self, Break, Continue};

use futures_util::SinkExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Connection, Turn};
use crate::platform::slack::socket::Trouble;
use crate::platform::slack::socket::dial::why;
use crate::platform::slack::socket::envelope::{self, Envelope, Frame, Reason};
use crate::platform::slack::socket::handle;

impl Connection {
    pub(super) async fn hear(&mut self, message: Message) -> ControlFlow<Option<Trouble>> {
        self.heard = Instant::now();
        self.shared.status.heard();
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Break(Some(Trouble::Closed)),
            Message::Binary(_) => {
                tracing::debug!("a binary frame of Slack's is ignored");
                return Continue(());
            }
            // The answer to a ping goes out with the next read.
            _ => return Continue(()),
        };
        match envelope::read(&text) {
            Frame::Hello => {}
            Frame::Envelope(_) | Frame::Unknown { .. } if self.acks.is_none() => {
                tracing::debug!("an envelope is left to another connection, as this one ends");
            }
            Frame::Envelope(envelope) => match self.room.clone().try_acquire_owned() {
                Ok(permit) => self.handle(envelope, permit),
                Err(_) => self.waiting = Some(envelope),
            },
            Frame::Unknown { id, kind } => {
                let kind: String = kind.chars().take(40).collect();
                tracing::debug!(kind, "an envelope of a type that is not handled is acknowledged");
                return self.say(Message::text(envelope::ack(&id, None))).await;
            }
            Frame::Disconnect(reason) => self.tell(match reason {
                Reason::Renewal => Turn::Replace,
                Reason::Disabled => Turn::Ended(Trouble::Disabled),
                Reason::Crowded => Turn::Ended(Trouble::Crowded),
            }),
            Frame::Unreadable => {
                self.shared.status.unreadable();
                tracing::warn!(bytes = text.len(), "a frame of Slack's cannot be read; it is passed over");
            }
        }
        Continue(())
    }

    pub(super) fn handle(&self, envelope: Envelope, permit: OwnedSemaphorePermit) {
        if let Some(acks) = self.acks.clone() {
            handle::handle(self.shared.clone(), envelope, acks, permit);
        }
    }

    pub(super) async fn say(&mut self, message: Message) -> ControlFlow<Option<Trouble>> {
        match timeout(self.shared.pace.silence, self.ws.send(message)).await {
            Ok(Ok(())) => Continue(()),
            Ok(Err(error)) => Break(Some(trouble_of(&error))),
            Err(_) => Break(Some(Trouble::Silent)),
        }
    }
}

pub(super) fn trouble_of(error: &Error) -> Trouble {
    tracing::debug!(why = why(error), "a connection to Slack ended");
    match error {
        Error::Capacity(_) => Trouble::TooLarge,
        Error::ConnectionClosed | Error::AlreadyClosed => Trouble::Closed,
        _ => Trouble::Broken,
    }
}
