//! `/a/<token>`: to open it shows a page with one button, since scanners open links; to post to it acknowledges.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;

use super::{Door, page};
use crate::intake::Fault;

pub(super) fn router(door: Arc<Door>) -> Router {
    Router::new().route("/a/{token}", get(open).post(answer)).with_state(door)
}

async fn open(State(door): State<Arc<Door>>, Path(token): Path<String>) -> Response {
    let Some(to) = door.intake.read_answer_token(&token) else { return page::no_good() };
    match door.intake.standing(to).await {
        Ok(Some(standing)) => page::question(&standing),
        Ok(None) => page::no_good(),
        Err(fault) => failed(&fault),
    }
}

async fn answer(State(door): State<Arc<Door>>, Path(token): Path<String>) -> Response {
    let Some(to) = door.intake.read_answer_token(&token) else { return page::no_good() };
    match door.intake.answer_page(door.console, to).await {
        Ok(words) => page::told(&words),
        Err(fault) => failed(&fault),
    }
}

fn failed(fault: &Fault) -> Response {
    tracing::error!(%fault, "an answer by a link was not taken");
    page::failed()
}
