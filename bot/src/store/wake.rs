//! Hints that somebody committed something. Timers are the truth; a hint only makes them early.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::watch;

use super::dialect::PG_CHANNEL;

/// Passes the hints of other replicas on, until nobody can ask for them any more. Does not return by itself.
pub(super) async fn listen(pool: PgPool, hints: watch::Sender<u64>) {
    const PAUSE: Duration = Duration::from_secs(1);
    loop {
        if let Err(error) = listen_once(&pool, &hints).await {
            tracing::debug!(%error, "no hints from other replicas for now; timers go on");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen_once(pool: &PgPool, hints: &watch::Sender<u64>) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(PG_CHANNEL).await?;
    loop {
        // Whatever was notified before the first LISTEN or during a gap is lost, so both count as a hint.
        hints.send_modify(|count| *count += 1);
        listener.try_recv().await?;
    }
}
