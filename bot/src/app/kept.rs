//! What a platform sent that was kept and not carried out yet, by this process or one before it.

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::config::Chat;
use crate::platform::inlet::{Wire, WireInlet};
use crate::stop::stopped;

/// How often it is looked for.
const EVERY: TimeDelta = TimeDelta::minutes(1);

/// Takes it up.
pub(super) async fn resume<W: Wire>(inlet: &WireInlet<W>, (chat, name): (Chat, &str)) {
    if inlet.resume().await.is_err() {
        tracing::error!(workspace = name, "what {} sent before could not be taken up; it is tried again", chat.title());
    }
}

/// Takes up what another process left behind, too, until `stop` turns true.
pub(super) async fn keep_resuming<W: Wire>(
    inlet: &WireInlet<W>,
    named: (Chat, &str),
    (clock, mut stop): (&Clock, watch::Receiver<bool>),
) {
    while !*stop.borrow() {
        tokio::select! {
            () = clock.after(EVERY) => resume(inlet, named).await,
            () = stopped(&mut stop) => {}
        }
    }
}
