//! What Firebell does, seen through its front door: each file tells of one behaviour. One binary, so that it links once.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod amending;
mod architecture;
mod at_a_terminal;
mod cli;
mod compose;
mod configured;
mod dedup;
mod discord_fake;
mod doctor;
mod files;
mod full_disk;
mod happy_path;
mod hostile;
mod keys;
mod messages;
mod outages;
mod outlets;
mod paging;
mod private;
mod races;
mod reconcile;
mod redaction;
mod refusals;
mod request_log;
mod restart;
mod severed;
mod shutdown;
mod slack;
mod slack_fake;
mod support;
mod tampering;
mod templates;
mod two_replicas;
mod unheard;
mod usage;
