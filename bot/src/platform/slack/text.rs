//! Slack's mrkdwn.
