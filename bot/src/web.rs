//! The web side: is the process alive, is it ready, and its numbers. Other routes are merged in by the app.

mod health;
mod ping;
mod server;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

pub use self::health::{Audit, Database, Health, Part};
pub use self::ping::ping;
pub use self::server::serve_router;
use crate::metrics::Metrics;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Serves [`router`] on `listener` until `shutdown` completes, as [`serve_router`] does.
pub async fn serve(listener: TcpListener, health: Health, metrics: Arc<Metrics>, shutdown: impl Future<Output = ()>) {
    serve_router(listener, router(health, metrics), shutdown).await;
}

/// `/healthz` (the process is alive) and `/readyz` (it can do its work), each 200, or 503 with one line for each failing
/// check, JSON when the caller accepts it; and `/metrics` (`OpenMetrics` text). They need no authentication and tell
/// nothing of any incident.
pub fn router(health: Health, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/healthz", get(healthz).with_state(health.clone()))
        .route("/readyz", get(readyz).with_state(health))
        .route("/metrics", get(numbers).with_state(metrics))
}

async fn healthz(State(health): State<Health>, headers: HeaderMap) -> Response {
    told(health.alive(), ("alive", "ok"), &headers)
}

async fn readyz(State(health): State<Health>, headers: HeaderMap) -> Response {
    told(health.ready(), ("ready", "ready"), &headers)
}

/// `key` is what the state is called in JSON, `word` what is said as text where all is well.
fn told(checked: Result<(), Vec<String>>, (key, word): (&str, &str), headers: &HeaderMap) -> Response {
    let failing = checked.err().unwrap_or_default();
    let status = if failing.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let not_cached = [(header::CACHE_CONTROL, "no-store")];
    if accepts_json(headers) {
        let body = serde_json::json!({ key: failing.is_empty(), "failing": failing });
        return (status, not_cached, axum::Json(body)).into_response();
    }
    let text = if failing.is_empty() { word.to_owned() } else { failing.join("\n") };
    (status, not_cached, text).into_response()
}

fn accepts_json(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("application/json"))
}

async fn numbers(State(metrics): State<Arc<Metrics>>) -> Response {
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests;
