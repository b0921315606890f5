//! Who is on call when: schedules of layers, overrides on top of them, and the shifts that come of both.

pub mod overrides;
pub mod schedule;
