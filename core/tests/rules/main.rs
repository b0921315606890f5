//! The rules of incidents and pages, by way of `decide` alone.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod actions;
mod analysis;
mod contacts;
mod document;
mod ending;
mod escalation;
mod explore;
mod invariants;
mod lifecycle;
mod outlets;
mod overrides;
mod owed;
mod paging;
mod permissions;
mod raising;
mod random;
mod receipts;
mod record;
mod redaction;
mod reminders;
mod review;
mod targets;
mod terms;
mod times;
mod world;
