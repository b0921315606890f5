//! Slack's Web API.

/// The Web API of one workspace.
pub struct Api {}
