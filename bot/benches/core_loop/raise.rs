//! Pages that a program raises by HTTP: how long from the answer until a notice is handed to whoever carries it.

use std::sync::Arc;
use std::time::Instant;

use firebell::platform::Envelope;
use firebell::platform::console::Screen;
use firebell_core::effect::{Delivery, Reference};
use firebell_core::ids::Key;
use firebell_core::integration::Scope;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use crate::Failure;
use crate::place::{Place, app_before};
use crate::table::{Table, quantile};

/// Pages, one after the other.
const PAGES: usize = 300;

pub(crate) async fn measure(place: &Place, table: &mut Table) -> Result<(), Failure> {
    let fresh = place.fresh().await?;
    let (tell, mut handed) = unbounded_channel();
    let app = app_before(&fresh.url, Arc::new(Stamps(tell))).await?;
    let token = app.intake.add_token(Key::new("bench")?, Scope::ALL.to_vec()).await?.ok_or("it has a token already")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/v1/pages", listener.local_addr()?);
    let router = app.router();
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let (stop, stopped) = watch::channel(false);
    let engine = tokio::spawn({
        let engine = app.engine.clone();
        async move { engine.run(stopped).await }
    });
    // Whoever was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let (mut answered, mut after) = (Vec::with_capacity(PAGES), Vec::with_capacity(PAGES));
    for number in 0..PAGES {
        let body = serde_json::json!({ "service": "checkout", "title": "disk full", "key": format!("disk-{number}") });
        let begun = Instant::now();
        let response = client.post(&url).bearer_auth(&token).json(&body).send().await?.error_for_status()?;
        drop(response.bytes().await?);
        let accepted = Instant::now();
        let at = notice(&mut handed).await?;
        answered.push(accepted.duration_since(begun).as_secs_f64() * 1_000.0);
        // One that was quicker than the answer took no time after it.
        after.push(at.saturating_duration_since(accepted).as_secs_f64() * 1_000.0);
    }
    answered.sort_by(f64::total_cmp);
    after.sort_by(f64::total_cmp);
    table.told("raise: POST /v1/pages answered, p50", quantile(&answered, 0.5), "ms");
    table.told("raise: POST /v1/pages answered, p99", quantile(&answered, 0.99), "ms");
    table.at_most("raise: accepted to handed over, p50", quantile(&after, 0.5), 8.0, "ms");
    table.told("raise: accepted to handed over, p99", quantile(&after, 0.99), "ms");
    stop.send(true)?;
    engine.await?;
    served.abort();
    app.store.close().await;
    fresh.gone().await
}

/// When the next notice is handed over; cards and posts go the same way.
async fn notice(handed: &mut UnboundedReceiver<(String, Instant)>) -> Result<Instant, Failure> {
    loop {
        let (key, at) = handed.recv().await.ok_or("the engine ended")?;
        if key.contains(":notice:") {
            return Ok(at);
        }
    }
}

/// A screen that says when something reaches it.
struct Stamps(UnboundedSender<(String, Instant)>);

impl Screen for Stamps {
    fn show<'s>(&'s self, envelope: &'s Envelope) -> BoxFuture<'s, Delivery> {
        // Nobody listens any more once the measurement is over.
        let _ = self.0.send((envelope.key.clone(), Instant::now()));
        let reference = Reference { external_id: envelope.key.clone(), name: String::new() };
        Box::pin(std::future::ready(Delivery::Delivered(reference)))
    }
}
