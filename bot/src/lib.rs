//! Firebell.

pub mod config;
pub mod seal;
