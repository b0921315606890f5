//! Exports of other on-call systems, turned into our configuration.

mod hostile;
mod input;
mod mutated;
mod overrides;
mod policies;
mod rules;
mod support;
mod vendors;
mod who;
