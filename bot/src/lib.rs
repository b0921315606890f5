//! Firebell: the binary and all I/O. The rules live in `firebell-core`.

pub mod alarm;
pub mod app;
pub mod cli;
mod client;
pub mod clock;
pub mod config;
pub mod console;
pub mod desk;
pub mod engine;
pub mod entropy;
pub mod heartbeat;
pub mod intake;
pub mod links;
pub mod logging;
pub mod metrics;
pub mod naming;
pub mod platform;
pub mod render;
pub mod replay;
pub mod seal;
mod stop;
pub mod store;
pub mod web;
pub mod worker;
