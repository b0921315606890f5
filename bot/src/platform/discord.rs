//! The Discord platform: what Discord tells and asks becomes an [`Incoming`](super::incoming::Incoming), what is to be done
//! becomes calls of its REST API. No type of Discord's leaves this folder.

pub mod api;
pub mod gateway;
pub mod snowflake;

/// The name of the platform in the table of workspaces.
pub const PLATFORM: &str = "discord";
