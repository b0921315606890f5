//! Firebell.

pub mod store;
