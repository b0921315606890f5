//! One binary for all behaviours: it links once.

mod architecture;
mod cli;
mod compose;
