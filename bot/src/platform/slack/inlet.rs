//! Where everything that Slack sends comes in, by socket or by HTTP.
