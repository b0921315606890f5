mod events;
mod faults;
mod life;
mod world;
