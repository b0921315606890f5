mod faults;
mod life;
mod world;
