//! Each contact method against a provider that speaks the real protocol on loopback, and that fails when told to.

mod carriers;
mod mail;
pub(crate) mod outcomes;
pub(crate) mod providers;
mod push;
mod relays;
mod silence;
mod support;
mod telegram;
mod twilio;
