//! Firebell.

pub mod replay;
pub mod seal;
