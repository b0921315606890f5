//! Firebell core.

pub mod suggest;
pub mod when;
