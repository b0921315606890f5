//! Calendars that are read again and again while Firebell serves, beside everything else: a server may take its time.

use chrono::TimeDelta;
use tokio::sync::watch;

use super::Engine;
use super::failing::Failing;
use crate::stop::stopped;

/// How often it is looked whether one is due.
const EVERY: TimeDelta = TimeDelta::seconds(30);

impl Engine {
    pub(super) async fn keep_calendars(self, mut stop: watch::Receiver<bool>) {
        let mut failing =
            Failing::new("calendars not looked at; what they said last counts on", "calendars are looked at again");
        while !*stop.borrow() {
            let mut told = stop.clone();
            // One that is being read when the process ends is soon due again.
            tokio::select! {
                looked = self.calendars.refresh() => failing.heard(&looked, self.intake.clock.now()),
                () = stopped(&mut told) => return,
            }
            self.rest(EVERY, &mut stop).await;
        }
    }
}
