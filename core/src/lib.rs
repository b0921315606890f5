//! Firebell core.

pub mod chain;
