//! The HTTP server. It is not `axum::serve`, which has no time limit for a request's header and would let a caller
//! that never finishes one hold a connection, and the shutdown, for ever.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The largest body that is read, in bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The longest that a caller may take to send a request's header.
const HEADER_TIME: Duration = Duration::from_secs(10);

/// The longest that a shutdown waits for requests that have begun.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// The wait after a connection could not be accepted, which means that the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Beyond this many connections the next ones wait to be accepted.
const MAX_CONNECTIONS: usize = 1024;

/// Serves HTTP/1.1 on `listener` until `shutdown` completes; then takes no new request, lets those that have begun
/// finish for 10 s, and returns. A body of more than 1 MiB is answered with 413, and a caller that has not sent a
/// request's header after 10 s is cut off. How long a body may take is the matter of the route that reads it.
pub async fn serve_router(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let router = router.layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
    let stop = watch::Sender::new(false);
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(talk(stream, router.clone(), stop.subscribe()));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted; trying again in a second");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
    drop(listener);
    stop.send_replace(true);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(DRAIN_TIME, finished).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests were cut off, as they did not finish in 10 s");
    }
}

async fn talk(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    // The channel closes only when the server is gone, which ends this connection as well.
    let stopped = async move { drop(stop.wait_for(|stop| *stop).await) };
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection ended early");
    }
}
