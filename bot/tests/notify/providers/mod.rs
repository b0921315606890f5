//! Pretend providers, each with a state of its own.

pub(crate) mod carrier;
pub(crate) mod gotify;
pub(crate) mod http;
pub(crate) mod ntfy;
pub(crate) mod opsgenie;
pub(crate) mod pagerduty;
pub(crate) mod pushover;
pub(crate) mod receiver;
pub(crate) mod smtp;
pub(crate) mod telegram;
pub(crate) mod twilio;
