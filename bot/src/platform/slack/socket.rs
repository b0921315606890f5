//! Socket Mode: several WebSocket connections to Slack, each kept up by a line of its own, all on one inlet. The rules
//! are those of <https://docs.slack.dev/apis/events-api/using-socket-mode>.

mod connection;
mod dial;
mod envelope;
mod handle;
mod line;
mod pace;
mod status;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

pub use self::pace::Pace;
pub use self::status::{Gap, Health, Status, Trouble};
use crate::clock::Clock;
use crate::platform::inlet::Inlet;

/// How many connections are kept up at once unless somebody says otherwise. Slack allows ten for an app, which all its
/// replicas share.
pub const CONNECTIONS: usize = 2;

/// Gives the URL of a connection: `apps.connections.open`. A URL is good for one connection.
pub trait Opener: Send + Sync + 'static {
    /// Asks Slack for a URL.
    fn open(&self) -> BoxFuture<'_, Result<String, OpenError>>;
}

/// Slack gave no URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Slack answered with an error, such as `invalid_auth`.
    #[error("Slack refused a connection: {code}")]
    Refused {
        /// Slack's word for it.
        code: String,
    },
    /// Slack wants to be asked again after this time.
    #[error("Slack wants to be asked for a connection again in {} s", .0.as_secs())]
    RetryAfter(Duration),
    /// There was no answer, or none that can be read.
    #[error("Slack could not be asked for a connection")]
    Failed,
}

/// Socket Mode for one app.
pub struct Socket {
    /// Where URLs come from.
    pub open: Arc<dyn Opener>,
    /// Where envelopes go.
    pub inlet: Arc<dyn Inlet>,
    /// How many connections are kept up at once, at least one.
    pub connections: usize,
    pub pace: Pace,
}

/// Makes one connection, up to Slack's hello, and closes it.
///
/// # Errors
/// What kept it from coming about; [`advice`] may know what to do.
pub async fn try_out(open: &dyn Opener, clock: Clock) -> Result<(), Trouble> {
    let pace = Pace::default();
    let mut ws = dial::dial(open, &pace, &Status::new(clock)).await?;
    // It was a good one, however it ends.
    let _ = tokio::time::timeout(pace.close, ws.close(None)).await;
    Ok(())
}

/// What a person has to do, where it does not pass by itself.
pub fn advice(trouble: &Trouble) -> Option<&'static str> {
    line::advice(trouble)
}

/// What the lines and connections share.
struct Shared {
    open: Arc<dyn Opener>,
    inlet: Arc<dyn Inlet>,
    pace: Pace,
    status: Status,
    stop: watch::Receiver<bool>,
    /// Its other end learns when nothing is left that could hold this.
    _alive: mpsc::Sender<()>,
}

impl Socket {
    /// Socket Mode in the usual pace.
    pub fn new(open: Arc<dyn Opener>, inlet: Arc<dyn Inlet>) -> Self {
        Self { open, inlet, connections: CONNECTIONS, pace: Pace::default() }
    }

    /// Listens until `stop` says true or its sender is gone. Then no envelope is taken any more, those that are being
    /// handled finish, 10 s at most, their acknowledgements are sent, and the connections are closed.
    pub async fn run(self, stop: watch::Receiver<bool>, status: Status) {
        let (alive, mut gone) = mpsc::channel(1);
        let Self { open, inlet, connections, pace } = self;
        let patience = pace.drain + pace.close * 2;
        let stagger = pace.stagger;
        let shared = Arc::new(Shared { open, inlet, pace, status, stop, _alive: alive });
        let mut lines = JoinSet::new();
        let mut after = Duration::ZERO;
        for _ in 0..connections.max(1) {
            lines.spawn(line::keep(shared.clone(), after));
            after += stagger;
        }
        while lines.join_next().await.is_some() {}
        drop(shared);
        if tokio::time::timeout(patience, gone.recv()).await.is_err() {
            tracing::warn!("what Slack sent last was cut off while it was handled; Slack sends it again");
        }
    }
}

impl Shared {
    /// Returns once there is to be an end.
    async fn stopped(&self) {
        // Without a sender nobody could say it any more.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }
}

#[cfg(test)]
mod tests;
