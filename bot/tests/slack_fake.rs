//! The fake Slack itself.
