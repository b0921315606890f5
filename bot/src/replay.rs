//! Playing incidents again from transcripts: demonstrations, drills and tests.

pub mod transcript;
