//! Doors beside the chat: links by which people answer a page or prove an address, pages and calendars of programs, and what a
//! carrier posts. Each is opened by a signature or a token.

mod answer;
mod calendar;
mod page;
mod pages;
mod proof;
mod twilio;

use std::sync::Arc;

use axum::Router;
use firebell_core::ids::WorkspaceId;

pub use self::twilio::TwilioDoor;
use crate::intake::Intake;

/// The routes of programs that have a token: `/v1/pages` and `/v1/pages/<key>/resolve`.
pub fn for_programs(intake: &Intake, console: WorkspaceId) -> Router {
    pages::router(Arc::new(Door { intake: intake.clone(), console }))
}

/// The routes: `/a/<token>` and `/p/<token>` for people, `/v1/calendars/<token>.ics` for their calendars, and for Twilio, where it is configured, `/v1/twilio/sms`,
/// `/v1/twilio/voice/<token>` and `/v1/twilio/status/<token>`. `console` is the workspace on whose behalf an answer comes in.
pub fn router(intake: &Intake, console: WorkspaceId, twilio: Option<TwilioDoor>) -> Router {
    let door = Arc::new(Door { intake: intake.clone(), console });
    let router = answer::router(door.clone()).merge(proof::router(door.clone()));
    let router = router.merge(calendar::router(door.clone()));
    match twilio {
        None => router,
        Some(twilio) => router.merge(twilio::router(door, twilio)),
    }
}

/// What the doors lead to.
pub(in crate::doors) struct Door {
    intake: Intake,
    console: WorkspaceId,
}
