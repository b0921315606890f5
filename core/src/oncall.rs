//! Who is on call when: schedules of layers, overrides on top of them, and the shifts that come of both.

pub mod calendar;
pub mod fairness;
mod gate;
pub mod handoff;
mod layer;
pub mod overrides;
pub mod roster;
mod rotation;
pub mod schedule;
pub mod shift;
mod staff;
mod state;
pub mod text;
pub mod wall;
pub(crate) mod window;
