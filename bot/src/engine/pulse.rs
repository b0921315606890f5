//! The heartbeat, for as long as all is well.

use tokio::sync::watch;

use super::Engine;
use crate::heartbeat::{Beat, Heartbeat};

impl Engine {
    /// Tells the watcher outside that all is well, if it is; nothing where no watcher is configured.
    pub async fn beat(&self) -> Option<Beat> {
        let heartbeat = self.heartbeat.clone()?;
        Some(self.beat_once(&heartbeat).await)
    }

    /// Beats until `stop` turns true.
    pub(super) async fn keep_beating(self, mut stop: watch::Receiver<bool>) {
        let Some(heartbeat) = self.heartbeat.clone() else { return };
        while !*stop.borrow() {
            let began = self.intake.clock.now();
            let beat = tokio::select! {
                beat = self.beat_once(&heartbeat) => beat,
                _ = stop.changed() => continue,
            };
            let next = began.checked_add_signed(heartbeat.pause(beat)).unwrap_or(began);
            tokio::select! {
                () = self.intake.clock.sleep_until(next) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn beat_once(&self, heartbeat: &Heartbeat) -> Beat {
        let beat = heartbeat.beat(self.health.content()).await;
        match beat {
            Beat::Taken => self.metrics.heartbeat(Some(self.intake.clock.now())),
            Beat::NotTaken => self.metrics.heartbeat(None),
            Beat::HeldBack => {}
        }
        beat
    }
}
