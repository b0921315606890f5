//! Firebell.

pub mod alarm;
pub mod clock;
pub mod logging;
pub mod metrics;
pub mod seal;
pub mod web;
