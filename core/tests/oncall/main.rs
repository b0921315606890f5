//! The calculator of who is on call, against a slow reference and against what other systems say.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod build;
mod cases;
mod random;
mod reference;
mod zones;
