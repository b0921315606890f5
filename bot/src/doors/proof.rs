//! `/p/<token>`: to open it shows a page with one button, since scanners open links; to post to it proves that what was sent
//! there arrived.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use super::{Door, page};
use crate::intake::Fault;

pub(super) fn router(door: Arc<Door>) -> Router {
    Router::new().route("/p/{token}", get(open).post(prove)).with_state(door)
}

async fn open(State(door): State<Arc<Door>>, Path(token): Path<String>) -> Response {
    let Some(of) = door.intake.read_proof_token(&token) else { return page::no_proof() };
    match door.intake.proved_person(of).await {
        Ok(Some(handle)) => page::arrived(&handle),
        Ok(None) => page::no_proof(),
        Err(fault) => failed(&fault),
    }
}

async fn prove(State(door): State<Arc<Door>>, Path(token): Path<String>) -> Response {
    let Some(of) = door.intake.read_proof_token(&token) else { return page::no_proof() };
    match door.intake.prove_by_link(door.console, of).await {
        Ok(words) => page::told(&words),
        Err(fault) => failed(&fault),
    }
}

fn failed(fault: &Fault) -> Response {
    tracing::error!(%fault, "a proof by a link was not taken");
    page::failed()
}
