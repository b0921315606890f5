//! Doors beside the chat: links by which people answer a page, calendars that programs read, and what a carrier posts. Each is
//! opened by a signature or a token.

mod answer;
mod calendar;
mod page;
mod twilio;

use std::sync::Arc;

use axum::Router;
use firebell_core::ids::WorkspaceId;

pub use self::twilio::TwilioDoor;
use crate::intake::Intake;

/// The routes: `/a/<token>` for people, `/v1/calendars/<token>.ics` for their calendars, and for Twilio, where it is configured, `/v1/twilio/sms` and
/// `/v1/twilio/voice/<token>`. `console` is the workspace on whose behalf an answer comes in.
pub fn router(intake: &Intake, console: WorkspaceId, twilio: Option<TwilioDoor>) -> Router {
    let door = Arc::new(Door { intake: intake.clone(), console });
    let router = answer::router(door.clone()).merge(calendar::router(door.clone()));
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
