//! Firebell.

pub mod seal;
