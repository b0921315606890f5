//! How what runs for long learns that there is to be an end.

use tokio::sync::watch;

/// Returns once there is to be an end; without a sender nobody could say it any more.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
