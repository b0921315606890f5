//! One binary for all behaviours: it links once.

#![expect(clippy::unwrap_used, reason = "a test that finds nothing fails, and says where")]

mod architecture;
mod cli;
mod compose;
