//! What holds for all pictures, of any input.

mod sample;
mod shapes;
mod written;
