//! Firebell.

pub mod render;
pub mod seal;
