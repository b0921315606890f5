//! What Slack's payloads say.
