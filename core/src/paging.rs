//! Whom to page in which order, and the duty to get one subject acknowledged.

pub mod notice;
pub mod page;
pub mod policy;
pub mod simulate;
pub mod target;
